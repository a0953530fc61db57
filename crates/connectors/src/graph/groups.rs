//! Groups of a round, put together from rows that come in portions, twice and in any order.
//!
//! A big group spreads over many pages with its properties repeated. Invariants: nothing of a group is handed
//! out before its round has ended; the last word on a member counts; a member costs seventeen octets.

use std::collections::HashMap;

use syncline_model::AttrName;
use syncline_model::value::Values;

use super::rows::Object;

/// A group as far as its rows told.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) attrs: Vec<(AttrName, Option<Values>)>,
    members: Members,
    /// It is gone.
    pub(super) removed: bool,
    /// It could not be read once: what is known of it is not whole.
    pub(super) unreadable: bool,
}

/// Members that came and went, in the order of arrival.
#[derive(Debug, Default)]
struct Members {
    told: Vec<([u8; 16], bool)>,
    /// How many were left when the list was last brought down to the last words.
    kept: usize,
}

impl Members {
    fn tell(&mut self, told: Vec<([u8; 16], bool)>) {
        self.told.extend(told);
        if self.told.len() > 2 * self.kept + 4_096 {
            self.compact();
        }
    }

    /// Keeps the last word on each member.
    fn compact(&mut self) {
        // Stable: of equal ids the last one told comes last.
        self.told.sort_by_key(|(id, _)| *id);
        self.told.reverse();
        self.told.dedup_by_key(|(id, _)| *id);
        self.told.reverse();
        self.told.shrink_to_fit();
        self.kept = self.told.len();
    }
}

impl Group {
    /// The members that came, and those that went, by id.
    pub(super) fn members(mut self) -> (Vec<[u8; 16]>, Vec<[u8; 16]>) {
        self.members.compact();
        let (came, went): (Vec<_>, Vec<_>) = self
            .members
            .told
            .into_iter()
            .partition(|(_, present)| *present);
        let ids = |list: Vec<([u8; 16], bool)>| list.into_iter().map(|(id, _)| id).collect();
        (ids(came), ids(went))
    }
}

/// The groups of a round.
#[derive(Debug, Default)]
pub(super) struct Groups {
    by_id: HashMap<[u8; 16], usize>,
    all: Vec<([u8; 16], Group)>,
}

impl Groups {
    fn entry(&mut self, id: [u8; 16]) -> &mut Group {
        let next = self.all.len();
        let at = *self.by_id.entry(id).or_insert(next);
        if at == next {
            self.all.push((id, Group::default()));
        }
        &mut self.all[at].1
    }

    /// Takes a row.
    pub(super) fn tell(&mut self, object: Object) {
        let group = self.entry(object.id);
        if group.removed {
            *group = Group::default();
        }
        if !object.attrs.is_empty() {
            group.attrs = object.attrs;
        }
        group.members.tell(object.references.unwrap_or_default());
    }

    /// Takes a removal: what was told before is void.
    pub(super) fn remove(&mut self, id: [u8; 16]) {
        let group = self.entry(id);
        *group = Group::default();
        group.removed = true;
    }

    /// Takes a row that could not be read: the group is not whole.
    pub(super) fn spoil(&mut self, id: [u8; 16]) {
        self.entry(id).unreadable = true;
    }

    /// All of them, in the order in which they were first told.
    pub(super) fn into_all(self) -> impl Iterator<Item = ([u8; 16], Group)> {
        self.all.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn row(id: u8, members: &[(u8, bool)]) -> Object {
        let members = members
            .iter()
            .map(|(member, present)| ([*member; 16], *present));
        Object {
            id: [id; 16],
            attrs: Vec::new(),
            references: Some(members.collect()),
            synced: None,
        }
    }

    fn only(groups: Groups) -> Group {
        groups.into_all().next().unwrap().1
    }

    #[test]
    fn portions_add_up_and_a_removal_voids_what_was_told() {
        let mut groups = Groups::default();
        groups.tell(row(1, &[(1, true), (2, true)]));
        groups.tell(row(1, &[(3, true), (2, false)]));
        assert_eq!(
            only(groups).members(),
            (vec![[1; 16], [3; 16]], vec![[2; 16]])
        );

        let mut groups = Groups::default();
        groups.tell(row(1, &[(1, true)]));
        groups.remove([1; 16]);
        groups.tell(row(1, &[(2, true)]));
        let group = only(groups);
        assert!(!group.removed);
        assert_eq!(group.members(), (vec![[2; 16]], vec![]));
    }

    proptest! {
        #[test]
        fn the_last_word_counts_however_often_the_list_is_compacted(
            told in prop::collection::vec((0_u8..12, any::<bool>()), 0..200),
            compact_at in prop::collection::vec(any::<bool>(), 200),
        ) {
            let mut members = Members::default();
            let mut expected = BTreeMap::new();
            for ((id, present), compact) in told.into_iter().zip(compact_at) {
                members.tell(vec![([id; 16], present)]);
                expected.insert([id; 16], present);
                if compact {
                    members.compact();
                }
            }
            members.compact();
            prop_assert_eq!(members.told, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
