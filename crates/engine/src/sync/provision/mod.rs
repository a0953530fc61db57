//! Linking outward: which target object, if any, a metaverse object has or gets (D-40 to D-42, D-45, D-46).
//!
//! Invariants: nothing is sent here; ambiguity never creates (P-11); no decision without a baseline import
//! (D-41); an adopted object is never deleted without the separate right (P-12); a failing rule changes nothing.

mod create;
mod deprovision;
mod find;

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::error::ErrorKind;
use syncline_model::object::{
    CsBody, CsFlags, CsKind, CsRow, Disjoin, KeyHash, KeyId, Link, LinkKind, Provenance, Subject,
};
use syncline_model::plan::{Event, EventKind, Provisioned};
use syncline_model::profile::{Action, Deprovision};
use syncline_model::stage::ErrorEntry;
use syncline_model::{CsId, DirectoryId, MvId, PartId};

use super::Context;
use super::appraise::{Name, Wish};
use super::links::{Links, NewName};
use super::observe::Verdict;
use crate::keys;
use crate::ruleset::Outbound;

/// What outward linking may look up.
#[derive(Debug, Default)]
pub struct Targets {
    /// Target objects by key.
    pub by_key: BTreeMap<(KeyId, KeyHash), BTreeSet<CsId>>,
    /// Objects by the name they occupy under the uniqueness fold.
    pub by_unique: BTreeMap<KeyHash, BTreeSet<CsId>>,
    /// Objects whose deletion the directory acknowledged and no import confirmed.
    pub deleted: BTreeSet<CsId>,
    /// Objects with an operation of unknown outcome.
    pub in_doubt: BTreeSet<CsId>,
}

impl Targets {
    /// Keys worth looking up.
    pub fn wanted_keys(cx: &Context<'_>, wishes: &[Wish]) -> Vec<(KeyId, KeyHash)> {
        let mut wanted = BTreeSet::new();
        for wish in wishes.iter().filter(|wish| wish.verdict == Verdict::In) {
            let groups = &cx.set.outbound[wish.part].groups;
            for (group, hash) in groups.iter().zip(&wish.keys) {
                wanted.extend(hash.map(|hash| (group.other_key, hash)));
            }
        }
        wanted.into_iter().collect()
    }

    /// Names worth looking up, by directory.
    pub fn wanted_names(cx: &Context<'_>, wishes: &[Wish]) -> BTreeMap<DirectoryId, Vec<KeyHash>> {
        let mut wanted: BTreeMap<DirectoryId, BTreeSet<KeyHash>> = BTreeMap::new();
        for wish in wishes.iter().filter(|wish| wish.verdict == Verdict::In) {
            if let Name::At { unique, .. } = &wish.name {
                let directory = cx.set.outbound[wish.part].directory;
                wanted.entry(directory).or_default().insert(*unique);
            }
        }
        wanted
            .into_iter()
            .map(|(d, names)| (d, names.into_iter().collect()))
            .collect()
    }
}

/// What is to become of a target object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Values flow.
    Flow {
        /// Indexes of the parts that flow, by precedence.
        parts: Vec<usize>,
        /// Whether the name may change.
        place: bool,
    },
    /// Linked, no flow; what is staged is withdrawn.
    Rest,
    /// Deleted, once released.
    Delete,
    /// No longer ours; what is staged is withdrawn.
    Release,
}

/// A decision about one target object of a metaverse object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The target object.
    pub cs: CsId,
    /// The part that owns the link.
    pub owner: PartId,
    /// What is to become of it.
    pub act: Act,
}

/// What outward linking says beside the links themselves.
#[derive(Debug, Default)]
pub struct Decided {
    /// Decisions by metaverse object.
    pub decisions: BTreeMap<MvId, Vec<Decision>>,
    /// What happened.
    pub events: Vec<Event>,
    /// Errors by object and part.
    pub errors: Vec<(MvId, PartId, ErrorEntry)>,
    /// What metaverse objects wait for (D-37).
    pub waits: Vec<(MvId, KeyId, KeyHash)>,
}

/// Decides about the targets of every metaverse object in `order`.
///
/// `wishes` are sorted by (metaverse object, part); `order` is that of D-23; `next` gives ids for new objects.
pub fn link_outbound(
    cx: &Context<'_>,
    links: &mut Links,
    order: &[MvId],
    wishes: &[Wish],
    targets: &Targets,
    mut next: impl FnMut() -> CsId,
) -> Decided {
    let mut pass = Pass {
        cx,
        links,
        targets,
        taken: BTreeMap::new(),
        decided: Decided::default(),
    };
    for mv in order {
        let from = wishes.partition_point(|wish| wish.mv < *mv);
        let to = wishes.partition_point(|wish| wish.mv <= *mv);
        if pass.links.alive(*mv) {
            pass.live(*mv, &wishes[from..to], &mut next);
        } else {
            pass.dead(*mv);
        }
    }
    pass.decided
}

struct Pass<'a> {
    cx: &'a Context<'a>,
    links: &'a mut Links,
    targets: &'a Targets,
    /// Names that this run gives out.
    taken: BTreeMap<KeyHash, CsId>,
    decided: Decided,
}

impl Pass<'_> {
    fn event(&mut self, kind: EventKind, mv: MvId, part: Option<PartId>, others: Vec<Subject>) {
        let subject = Subject::Mv(mv);
        self.decided.events.push(Event {
            kind,
            subject,
            part,
            others,
        });
    }

    fn decide(&mut self, mv: MvId, cs: CsId, owner: PartId, act: Act) {
        self.decided
            .decisions
            .entry(mv)
            .or_default()
            .push(Decision { cs, owner, act });
    }

    fn fail(&mut self, mv: MvId, part: PartId, entry: ErrorEntry) {
        self.decided.errors.push((mv, part, entry));
    }

    fn live(&mut self, mv: MvId, wishes: &[Wish], next: &mut impl FnMut() -> CsId) {
        for wish in wishes {
            for entry in &wish.errors {
                self.fail(mv, self.cx.set.outbound[wish.part].id, entry.clone());
            }
        }
        let mut directories: BTreeSet<DirectoryId> = wishes
            .iter()
            .map(|wish| self.cx.set.outbound[wish.part].directory)
            .collect();
        directories.extend(
            self.links
                .of(mv)
                .filter(|row| {
                    row.link
                        .is_some_and(|l| matches!(l.kind, LinkKind::Target | LinkKind::Departing))
                })
                .map(|row| row.directory),
        );
        for directory in directories {
            let here = |wish: &&Wish| self.cx.set.outbound[wish.part].directory == directory;
            let wishes: Vec<&Wish> = wishes.iter().filter(here).collect();
            self.slot(mv, directory, &wishes, next);
        }
    }

    /// One slot: the target object of a metaverse object in one directory.
    fn slot(
        &mut self,
        mv: MvId,
        directory: DirectoryId,
        wishes: &[&Wish],
        next: &mut impl FnMut() -> CsId,
    ) {
        let wanted: Vec<&Wish> = wishes
            .iter()
            .copied()
            .filter(|wish| wish.verdict == Verdict::In)
            .collect();
        let failed = wishes.iter().any(|wish| wish.verdict == Verdict::Failed);
        if let Some(row) = self.links.holder(mv, directory).copied() {
            let link = row.link.expect("a holder is linked");
            if self
                .cx
                .owner_of(link.part)
                .is_some_and(|profile| profile != self.cx.profile)
                && link.kind == LinkKind::Target
            {
                return;
            }
            let same_type: Vec<&Wish> = wanted
                .iter()
                .copied()
                .filter(|wish| Some(self.cx.set.outbound[wish.part].object_type) == row.object_type)
                .collect();
            let keeps = same_type
                .iter()
                .find(|wish| self.cx.set.outbound[wish.part].id == link.part);
            if let Some(owner) = keeps.or(same_type.first().filter(|_| !failed)).copied() {
                let part = self.cx.set.outbound[owner.part].id;
                if link.kind == LinkKind::Target && link.part != part {
                    self.links
                        .set(row.id, Some(Link { part, ..link }), Disjoin::Normal);
                }
                self.flow(mv, &row, owner, &same_type);
                return;
            }
            if failed || link.kind != LinkKind::Target {
                return;
            }
            self.event(
                EventKind::OutOfScope,
                mv,
                Some(link.part),
                vec![Subject::Cs(row.id)],
            );
            self.deprovision(mv, &row, link, false);
            if self.links.holder(mv, directory).is_some() {
                return; // `leave` keeps the slot
            }
        }
        let Some(first) = wanted.first() else {
            self.keep_departing(mv, directory);
            return;
        };
        let part = &self.cx.set.outbound[first.part];
        if let Some(row) = self.departing(mv, directory, part) {
            let link = Link {
                mv,
                part: part.id,
                kind: LinkKind::Target,
                explicit: false,
            };
            self.links.set(row.id, Some(link), Disjoin::Normal);
            self.flow(mv, &row, first, &wanted);
            return;
        }
        self.keep_departing(mv, directory);
        self.find_or_create(mv, first, &wanted, next);
    }

    fn flow(&mut self, mv: MvId, row: &CsRow, owner: &Wish, wanted: &[&Wish]) {
        let part = &self.cx.set.outbound[owner.part];
        if matches!(part.action, Action::CreateOnly | Action::MatchOnly)
            && !self.links.provisioned.contains_key(&row.id)
            && !row.is_provisional()
        {
            self.decide(mv, row.id, part.id, Act::Rest);
            return;
        }
        let place = self.may_move(mv, row, owner);
        let mut parts: Vec<usize> = vec![owner.part];
        parts.extend(
            wanted
                .iter()
                .map(|wish| wish.part)
                .filter(|p| *p != owner.part),
        );
        parts.sort_unstable();
        self.decide(mv, row.id, part.id, Act::Flow { parts, place });
    }
}

enum Found {
    One(CsId),
    Several(BTreeSet<CsId>),
    Taken(CsId),
    None,
}
