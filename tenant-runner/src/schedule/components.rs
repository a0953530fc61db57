//! Which profiles can meet in one object, and take turns therefore.
//!
//! Invariants: profiles that share a directory or a metaverse type, also by way of others, are one component, and only
//! one of a component is synchronised at a time, and nothing of it is sent meanwhile (T-03): each sync decides on one
//! snapshot of the whole, and would write over what an export learns. Exports of a component go together.

use std::collections::BTreeMap;
use std::sync::Arc;

use syncline_model::ProfileId;
use tokio::sync::RwLock;

use super::graph::Edges;

/// Whose turn it is, by profile: one lock a component, which a sync writes and an export reads.
pub type Turns = Arc<BTreeMap<ProfileId, Arc<RwLock<()>>>>;

/// The turns of these profiles.
pub fn turns(edges: &BTreeMap<ProfileId, Edges>) -> Turns {
    let mut turns: BTreeMap<ProfileId, Arc<RwLock<()>>> = BTreeMap::new();
    for component in components(edges) {
        let turn = Arc::new(RwLock::new(()));
        turns.extend(component.into_iter().map(|profile| (profile, turn.clone())));
    }
    Arc::new(turns)
}

/// Profiles that take turns, the first profile's first.
pub fn groups(edges: &BTreeMap<ProfileId, Edges>) -> Vec<Vec<ProfileId>> {
    let mut all = components(edges);
    all.iter_mut().for_each(|group| group.sort_unstable());
    all.sort();
    all
}

fn components(edges: &BTreeMap<ProfileId, Edges>) -> Vec<Vec<ProfileId>> {
    let mut all: Vec<(Vec<ProfileId>, Edges)> = Vec::new();
    for (profile, mine) in edges {
        let mut joined = (vec![*profile], mine.clone());
        for (profiles, theirs) in all.extract_if(.., |(_, theirs)| touch(theirs, mine)) {
            joined.0.extend(profiles);
            joined.1.reads.extend(theirs.reads);
            joined.1.writes.extend(theirs.writes);
            joined.1.types.extend(theirs.types);
        }
        all.push(joined);
    }
    all.into_iter().map(|(profiles, _)| profiles).collect()
}

/// What a profile writes it also reads.
fn touch(a: &Edges, b: &Edges) -> bool {
    !a.reads.is_disjoint(&b.reads) || !a.types.is_disjoint(&b.types)
}

#[cfg(test)]
mod tests {
    use syncline_model::DirectoryId;

    use super::*;

    fn edges(list: &[(i64, &[i64], &str)]) -> BTreeMap<ProfileId, Edges> {
        let one = |(profile, reads, types): &(i64, &[i64], &str)| {
            let edges = Edges {
                reads: reads.iter().map(|d| DirectoryId(*d)).collect(),
                types: types.split_whitespace().map(str::to_owned).collect(),
                ..Edges::default()
            };
            (ProfileId(*profile), edges)
        };
        list.iter().map(one).collect()
    }

    fn of(list: &[(i64, &[i64], &str)]) -> Vec<Vec<i64>> {
        let mut all: Vec<Vec<i64>> = components(&edges(list))
            .into_iter()
            .map(|one| one.into_iter().map(ProfileId::get).collect())
            .collect();
        all.iter_mut().for_each(|one| one.sort_unstable());
        all.sort();
        all
    }

    #[test]
    fn profiles_that_share_nothing_take_no_turns() {
        assert_eq!(
            of(&[(1, &[1, 2], "person"), (2, &[3, 4], "contact")]),
            [[1], [2]]
        );
    }

    #[test]
    fn a_shared_directory_or_type_joins_also_by_way_of_others() {
        let by_directory = of(&[(1, &[1], "a"), (2, &[2], "b"), (3, &[1, 2], "c")]);
        let by_type = of(&[(1, &[1], "person"), (2, &[2], "group person")]);

        assert_eq!(by_directory, [[1, 2, 3]]);
        assert_eq!(by_type, [[1, 2]]);
    }

    #[test]
    fn one_component_has_one_turn() {
        let turns = turns(&edges(&[(1, &[1], "a"), (2, &[1], "a"), (3, &[2], "b")]));

        assert!(Arc::ptr_eq(&turns[&ProfileId(1)], &turns[&ProfileId(2)]));
        assert!(!Arc::ptr_eq(&turns[&ProfileId(1)], &turns[&ProfileId(3)]));
    }
}
