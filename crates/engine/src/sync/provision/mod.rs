//! Linking outward: which target object, if any, a metaverse object has or gets (D-40 to D-42, D-45, D-46).
//!
//! Invariants: nothing is sent here; all that ends does so before anything begins; ambiguity never creates (P-11); no decision without a baseline import
//! (D-41); an adopted object is never deleted without the separate right (P-12); a failing rule changes nothing.

mod create;
mod deprovision;
mod find;
mod handover;
mod retire;

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
use super::believed::Naming;
use super::fate::Fate;
use super::links::{Links, NewName};
use super::observe::Verdict;
use crate::keys;
use crate::ruleset::Outbound;
use handover::Handover;
pub(in crate::sync) use handover::naming;

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
    /// Objects that an inbound part joined and whose values flow all the same, with the part that owns the flow.
    pub managed: BTreeMap<CsId, PartId>,
    /// The names that retiring objects are to have meanwhile.
    pub retreats: BTreeMap<CsId, Wish>,
    /// What exports did to names, of objects that hold a wanted one or are to have another one.
    pub naming: BTreeMap<CsId, Naming>,
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
            if let Some(unique) = wish.name.unique() {
                let directory = cx.set.outbound[wish.part].directory;
                wanted.entry(directory).or_default().insert(unique);
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
        /// Whether it goes aside before it takes its name, which another object exchanges with it.
        aside: bool,
    },
    /// Linked, no flow; what is staged is withdrawn.
    Rest,
    /// Kept for the return of its metaverse object: what is staged is withdrawn, what was wanted stays known.
    Freeze,
    /// Disabled; nothing else flows.
    Retire {
        /// Whether the name may change.
        place: bool,
    },
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

/// Ends what no longer applies: targets of metaverse objects without owners, and of parts that say "out".
///
/// Runs over all of `order` before anything is linked, so that what one object gives up another can have in
/// the same run, whichever of them comes first (D-23, D-50).
pub fn release(
    cx: &Context<'_>,
    links: &mut Links,
    order: &[MvId],
    wishes: &[Wish],
    targets: &Targets,
) -> Decided {
    let mut pass = Pass::new(cx, links, targets);
    for mv in order {
        if pass.links.alive(*mv) {
            for (directory, wishes) in pass.slots(*mv, of(wishes, *mv)) {
                match pass.look(*mv, directory, &wishes) {
                    Slot::Ending(row, link) => {
                        if row.retired.is_none() {
                            let others = vec![Subject::Cs(row.id)];
                            let part = pass.part_of(&row, link);
                            pass.event(EventKind::OutOfScope, *mv, Some(part), others);
                        }
                        pass.deprovision(*mv, &row, link, false);
                    }
                    Slot::Kept(row, ..) if pass.never_sent(&row) => {
                        pass.doubt_add(*mv, &row, &wishes);
                    }
                    _ => {}
                }
            }
        } else if pass.links.fate(*mv) == Fate::Gone {
            pass.dead(*mv);
        } else {
            pass.keep(*mv);
        }
    }
    pass.decided
}

/// Decides about the targets of every live metaverse object in `order`, after [`release`].
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
    let mut pass = Pass::new(cx, links, targets);
    pass.hand_over(order, wishes);
    for mv in order {
        if !pass.links.alive(*mv) {
            continue;
        }
        let wishes = of(wishes, *mv);
        for wish in wishes {
            for entry in &wish.errors {
                pass.fail(*mv, cx.set.outbound[wish.part].id, entry.clone());
            }
        }
        for (directory, wishes) in pass.slots(*mv, wishes) {
            pass.slot(*mv, directory, &wishes, &mut next);
        }
    }
    pass.decided
}

/// The wishes of one metaverse object.
fn of(wishes: &[Wish], mv: MvId) -> &[Wish] {
    let from = wishes.partition_point(|wish| wish.mv < mv);
    let to = wishes.partition_point(|wish| wish.mv <= mv);
    &wishes[from..to]
}

struct Pass<'a> {
    cx: &'a Context<'a>,
    links: &'a mut Links,
    targets: &'a Targets,
    handover: Handover,
    decided: Decided,
}

/// The target object of a metaverse object in one directory, before the parts are asked for another one.
enum Slot<'w> {
    /// There is none.
    Empty,
    /// It belongs to a part of another profile.
    Foreign(CsRow),
    /// A part that applies keeps it; the parts of its type follow.
    Kept(CsRow, &'w Wish, Vec<&'w Wish>),
    /// No part applies any more.
    Ending(CsRow, Link),
    /// A rule failed, or an inbound part joined it and nothing of ours flows: it stays as it is.
    Stuck,
}

impl<'a> Pass<'a> {
    fn new(cx: &'a Context<'a>, links: &'a mut Links, targets: &'a Targets) -> Self {
        Self {
            cx,
            links,
            targets,
            handover: Handover::default(),
            decided: Decided::default(),
        }
    }
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

    /// Waits for an object to go, to be given up, or to take another name.
    fn wait_for(&mut self, mv: MvId, part: &Outbound, cs: CsId) {
        let hash = keys::blocked_by(self.cx.hashing, cs);
        self.decided.waits.push((mv, KeyId::awaited(part.id), hash));
    }

    /// The directories in which a metaverse object has or may get a target, each with its wishes.
    fn slots<'w>(&self, mv: MvId, wishes: &'w [Wish]) -> Vec<(DirectoryId, Vec<&'w Wish>)> {
        let directory_of = |wish: &Wish| self.cx.set.outbound[wish.part].directory;
        let mut directories: BTreeSet<DirectoryId> = wishes.iter().map(directory_of).collect();
        directories.extend(
            self.links
                .of(mv)
                .filter(|row| {
                    let ours = |l: Link| matches!(l.kind, LinkKind::Target | LinkKind::Departing);
                    row.link.is_some_and(ours) || self.targets.managed.contains_key(&row.id)
                })
                .map(|row| row.directory),
        );
        let here = |directory| {
            wishes
                .iter()
                .filter(|wish| directory_of(wish) == directory)
                .collect()
        };
        directories.into_iter().map(|d| (d, here(d))).collect()
    }

    fn look<'w>(&self, mv: MvId, directory: DirectoryId, wishes: &[&'w Wish]) -> Slot<'w> {
        let Some(row) = self.links.holder(mv, directory).copied() else {
            return Slot::Empty;
        };
        let Some(link) = row.link else {
            return Slot::Empty;
        };
        let owner = self.cx.owner_of(link.part);
        if link.kind == LinkKind::Target && owner.is_some_and(|owner| owner != self.cx.profile) {
            return Slot::Foreign(row);
        }
        let failed = wishes.iter().any(|wish| wish.verdict == Verdict::Failed);
        let part = |wish: &Wish| &self.cx.set.outbound[wish.part];
        let same_type: Vec<&Wish> = wishes
            .iter()
            .copied()
            .filter(|wish| wish.verdict == Verdict::In)
            .filter(|wish| Some(part(wish).object_type) == row.object_type)
            .collect();
        let keeps = same_type.iter().find(|wish| part(wish).id == link.part);
        match keeps.or(same_type.first().filter(|_| !failed)).copied() {
            Some(owner) => Slot::Kept(row, owner, same_type),
            None if failed => Slot::Stuck,
            None if link.kind == LinkKind::Target => Slot::Ending(row, link),
            None => match self.targets.managed.get(&row.id) {
                Some(part) if self.cx.owner_of(*part).is_none_or(|p| p == self.cx.profile) => {
                    Slot::Ending(row, link)
                }
                _ => Slot::Stuck,
            },
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
        match self.look(mv, directory, wishes) {
            Slot::Empty => {}
            Slot::Kept(row, owner, _) if self.lost_its_name(&row, owner) => self.withdraw(mv, &row),
            Slot::Kept(row, owner, same_type) => {
                let part = self.cx.set.outbound[owner.part].id;
                let new_owner = |link: &Link| link.kind == LinkKind::Target && link.part != part;
                if let Some(link) = row.link
                    && (new_owner(&link) || row.retired.is_some())
                {
                    let part = if new_owner(&link) { part } else { link.part };
                    self.links
                        .set(row.id, Some(Link { part, ..link }), Disjoin::Normal);
                }
                self.reinstate(mv, &row, part);
                self.flow(mv, &row, owner, &same_type);
                if self.never_sent(&row)
                    && let Some(first) = wanted.first()
                {
                    self.wait_for_match(mv, &self.cx.set.outbound[first.part], first);
                }
                return;
            }
            Slot::Foreign(row) => {
                if let Some(first) = wanted.first() {
                    self.wait_for(mv, &self.cx.set.outbound[first.part], row.id);
                }
                return;
            }
            Slot::Stuck | Slot::Ending(..) => return, // `leave` keeps the slot
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
            self.reinstate(mv, &row, part.id);
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
        let exchanged = self.links.aside.get(&row.id).copied();
        let aside = place && exchanged.is_some() && exchanged == owner.name.unique();
        let act = Act::Flow {
            parts,
            place,
            aside,
        };
        self.decide(mv, row.id, part.id, act);
    }
}

enum Found {
    One(CsId),
    Several(BTreeSet<CsId>),
    Taken(CsId),
    None,
}
