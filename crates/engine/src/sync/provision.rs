//! Linking outward: which target object, if any, a metaverse object has or gets (D-40 to D-42, D-45, D-46).
//!
//! Invariants: nothing is sent here; ambiguity never creates (P-11); no decision without a baseline import
//! (D-41); an adopted object is never deleted without the separate right (P-12); a failing rule changes nothing.

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

    /// A metaverse object without owners: every link ends as its part says (D-45).
    fn dead(&mut self, mv: MvId) {
        let linked: Vec<CsRow> = self.links.of(mv).copied().collect();
        for row in linked {
            let Some(link) = row.link else { continue };
            match link.kind {
                LinkKind::Departing => self.decide(mv, row.id, link.part, Act::Delete),
                LinkKind::Target => self.deprovision(mv, &row, link, true),
                _ => self.links.set(row.id, None, Disjoin::Normal),
            }
        }
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

    /// Links that wait for their delete stay as they are.
    fn keep_departing(&mut self, mv: MvId, directory: DirectoryId) {
        let departing: Vec<(CsId, PartId)> = self
            .links
            .of(mv)
            .filter(|row| row.directory == directory)
            .filter_map(|row| row.link.map(|link| (row.id, link)))
            .filter(|(_, link)| link.kind == LinkKind::Departing)
            .map(|(cs, link)| (cs, link.part))
            .collect();
        for (cs, part) in departing {
            self.decide(mv, cs, part, Act::Delete);
        }
    }

    /// The object's own target whose delete was not sent yet: it is wanted again (D-46).
    fn departing(&self, mv: MvId, directory: DirectoryId, part: &Outbound) -> Option<CsRow> {
        self.links
            .of(mv)
            .find(|row| {
                row.directory == directory
                    && row.object_type == Some(part.object_type)
                    && row
                        .link
                        .is_some_and(|link| link.kind == LinkKind::Departing)
                    && !self.targets.deleted.contains(&row.id)
                    && !self.targets.in_doubt.contains(&row.id)
            })
            .copied()
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

    /// Whether the wanted name is free or the object's own. A collision withholds only the move (D-41).
    fn may_move(&mut self, mv: MvId, row: &CsRow, wish: &Wish) -> bool {
        let part = &self.cx.set.outbound[wish.part];
        match &wish.name {
            Name::At { unique, .. } if row.unique == Some(*unique) => true,
            Name::At {
                parent,
                rdn,
                name,
                unique,
            } => match self.occupant(*unique, row.id) {
                None => {
                    self.taken.insert(*unique, row.id);
                    if row.is_provisional() && !row.flags.has(CsFlags::ACKNOWLEDGED) {
                        let (parent, rdn) = (*parent, rdn.clone());
                        let place = NewName {
                            parent,
                            rdn,
                            name: *name,
                            unique: *unique,
                        };
                        self.links.rename(row.id, place);
                    }
                    true
                }
                Some(other) => {
                    self.conflict(mv, part, other, *unique);
                    false
                }
            },
            Name::NoParent { wait, parent } => {
                self.no_parent(mv, part, *wait, parent);
                false
            }
            Name::None | Name::Bad => false,
        }
    }

    /// The object other than this one that holds a name.
    fn occupant(&self, unique: KeyHash, own: CsId) -> Option<CsId> {
        let here = |cs: &&CsId| {
            **cs != own
                && !self.links.removed.contains(*cs)
                && self
                    .links
                    .row(**cs)
                    .is_some_and(|row| row.unique == Some(unique))
        };
        let known = self
            .targets
            .by_unique
            .get(&unique)
            .into_iter()
            .flatten()
            .find(here);
        known
            .or_else(|| self.taken.get(&unique).filter(|cs| **cs != own))
            .copied()
    }

    fn conflict(&mut self, mv: MvId, part: &Outbound, other: CsId, unique: KeyHash) {
        let others = vec![Subject::Cs(other)];
        self.event(
            EventKind::ProvisionConflict,
            mv,
            Some(part.id),
            others.clone(),
        );
        let entry = ErrorEntry {
            kind: ErrorKind::ProvisionConflict,
            attr: None,
            message: format!(
                "the name is taken by {other}, which is not this object's: rename one of the two, correct the \
                 match so that it is found, or allow adoption on conflict"
            ),
            others,
            op: None,
        };
        self.fail(mv, part.id, entry);
        let key = KeyId::awaited(part.id);
        self.decided.waits.push((mv, key, unique));
        self.decided
            .waits
            .push((mv, key, keys::blocked_by(self.cx.hashing, other)));
    }

    fn no_parent(&mut self, mv: MvId, part: &Outbound, wait: KeyHash, parent: &str) {
        let entry = ErrorEntry {
            kind: ErrorKind::ParentMissing,
            attr: None,
            message: format!(
                "the container `{parent}` is not known in the directory: create it, include it in the import, \
                 or correct the name rule"
            ),
            others: Vec::new(),
            op: None,
        };
        self.fail(mv, part.id, entry);
        self.decided.waits.push((mv, KeyId::awaited(part.id), wait));
    }

    fn find_or_create(
        &mut self,
        mv: MvId,
        wish: &Wish,
        wanted: &[&Wish],
        next: &mut impl FnMut() -> CsId,
    ) {
        let part = &self.cx.set.outbound[wish.part];
        let baseline = self
            .cx
            .set
            .directories
            .get(&part.directory)
            .is_some_and(|d| d.baseline);
        if !baseline {
            self.event(EventKind::NoBaseline, mv, Some(part.id), Vec::new());
            return;
        }
        match self.find(part, wish) {
            Found::One(cs) => self.adopt(mv, cs, wish, wanted),
            Found::Several(several) => {
                let others: Vec<Subject> = several.into_iter().map(Subject::Cs).collect();
                self.event(
                    EventKind::AmbiguousTarget,
                    mv,
                    Some(part.id),
                    others.clone(),
                );
                let entry = ErrorEntry {
                    kind: ErrorKind::AmbiguousMatch,
                    attr: None,
                    message: format!(
                        "{} target objects match and none was chosen: make the match values unique, or add a \
                         match group that tells them apart",
                        others.len()
                    ),
                    others,
                    op: None,
                };
                self.fail(mv, part.id, entry);
                self.wait_for_match(mv, part, wish);
            }
            Found::Taken(cs) => {
                self.event(
                    EventKind::AlreadyJoined,
                    mv,
                    Some(part.id),
                    vec![Subject::Cs(cs)],
                );
                let entry = ErrorEntry {
                    kind: ErrorKind::AlreadyJoined,
                    attr: None,
                    message: format!(
                        "the only match, {cs}, belongs to another metaverse object: correct the match value of \
                         one of the two"
                    ),
                    others: vec![Subject::Cs(cs)],
                    op: None,
                };
                self.fail(mv, part.id, entry);
                self.wait_for_match(mv, part, wish);
                let key = KeyId::awaited(part.id);
                self.decided
                    .waits
                    .push((mv, key, keys::blocked_by(self.cx.hashing, cs)));
            }
            Found::None => match part.action {
                Action::CreateOrUpdate | Action::CreateOnly => {
                    self.create(mv, wish, wanted, next);
                }
                Action::UpdateOnly | Action::MatchOnly => {
                    self.event(EventKind::Unmatched, mv, Some(part.id), Vec::new());
                    self.wait_for_match(mv, part, wish);
                }
            },
        }
    }

    fn wait_for_match(&mut self, mv: MvId, part: &Outbound, wish: &Wish) {
        for (group, hash) in part.groups.iter().zip(&wish.keys) {
            if let Some(hash) = hash {
                self.decided.waits.push((mv, group.own_key, *hash));
            }
        }
    }

    fn find(&self, part: &Outbound, wish: &Wish) -> Found {
        let fits = |cs: &&CsId| {
            self.links.row(**cs).is_some_and(|row| {
                row.directory == part.directory
                    && row.object_type == Some(part.object_type)
                    && row.is_present()
                    && row.disjoin != Disjoin::Explicit
                    && !self.targets.deleted.contains(&row.id)
            })
        };
        let free = |cs: &CsId| {
            self.links
                .link(*cs)
                .is_none_or(|link| link.kind == LinkKind::Departing)
        };
        let mut set: Option<BTreeSet<CsId>> = None;
        let mut taken = None;
        for (group, hash) in part.groups.iter().zip(&wish.keys) {
            let Some(hash) = hash else { continue };
            let known = self.targets.by_key.get(&(group.other_key, *hash));
            let all: BTreeSet<CsId> = known.into_iter().flatten().filter(fits).copied().collect();
            let mut found: BTreeSet<CsId> = all.iter().copied().filter(free).collect();
            if let Some(several) = &set {
                found = found.intersection(several).copied().collect();
            } else if found.is_empty() {
                taken = taken.or_else(|| all.first().copied());
            }
            match found.len() {
                0 => {}
                1 => return Found::One(*found.first().expect("one was counted")),
                _ => set = Some(found),
            }
        }
        match (set, taken) {
            (Some(several), _) => Found::Several(several),
            (None, Some(cs)) => Found::Taken(cs),
            (None, None) => Found::None,
        }
    }

    fn adopt(&mut self, mv: MvId, cs: CsId, wish: &Wish, wanted: &[&Wish]) {
        let part = &self.cx.set.outbound[wish.part];
        let link = Link {
            mv,
            part: part.id,
            kind: LinkKind::Target,
            explicit: false,
        };
        self.links.set(cs, Some(link), Disjoin::Normal);
        let Some(mut row) = self.links.row(cs).copied() else {
            return;
        };
        if row.provenance == Provenance::Discovered {
            row.provenance = Provenance::Adopted;
            self.links.set_provenance(cs, Provenance::Adopted);
        }
        self.event(EventKind::Adopted, mv, Some(part.id), vec![Subject::Cs(cs)]);
        self.flow(mv, &row, wish, wanted);
    }

    fn create(&mut self, mv: MvId, wish: &Wish, wanted: &[&Wish], next: &mut impl FnMut() -> CsId) {
        let part = &self.cx.set.outbound[wish.part];
        if !wish.missing.is_empty() {
            let names: Vec<&str> = wish
                .missing
                .iter()
                .map(|attr| self.cx.set.attr_name(*attr))
                .collect();
            let names = names.join(", ");
            self.event(EventKind::MissingMandatory, mv, Some(part.id), Vec::new());
            let entry = ErrorEntry {
                kind: ErrorKind::MissingMandatory,
                attr: wish.missing.first().copied(),
                message: format!(
                    "the object cannot be created without a value for {names}: add a flow or complete the source"
                ),
                others: Vec::new(),
                op: None,
            };
            self.fail(mv, part.id, entry);
            return;
        }
        let (parent, rdn, name, unique) = match &wish.name {
            Name::None => (None, None, None, None),
            Name::Bad => return,
            Name::NoParent { wait, parent } => {
                self.no_parent(mv, part, *wait, parent);
                return;
            }
            Name::At {
                parent,
                rdn,
                name,
                unique,
            } => {
                if let Some(other) = self.occupant(*unique, CsId(0)) {
                    let adoptable = part.adopt_on_conflict
                        && self.links.row(other).is_some_and(|row| {
                            row.link.is_none()
                                && row.is_present()
                                && row.object_type == Some(part.object_type)
                        });
                    if adoptable {
                        self.adopt(mv, other, wish, wanted);
                    } else {
                        self.conflict(mv, part, other, *unique);
                    }
                    return;
                }
                (Some(*parent), Some(rdn.clone()), Some(*name), Some(*unique))
            }
        };
        let id = next();
        let row = CsRow {
            kind: CsKind::Staging,
            object_type: Some(part.object_type),
            parent,
            name,
            unique,
            link: Some(Link {
                mv,
                part: part.id,
                kind: LinkKind::Target,
                explicit: false,
            }),
            provenance: Provenance::CreatedByUs,
            ..CsRow::placeholder(id, part.directory)
        };
        if let Some(unique) = unique {
            self.taken.insert(unique, id);
        }
        let body = CsBody {
            anchor: None,
            rdn,
            ..CsBody::default()
        };
        self.links.provision(Provisioned { row, body });
        self.event(
            EventKind::Provisioned,
            mv,
            Some(part.id),
            vec![Subject::Cs(id)],
        );
        self.flow(mv, &row, wish, wanted);
    }

    /// A target object whose part no longer applies (D-46).
    fn deprovision(&mut self, mv: MvId, row: &CsRow, link: Link, dead: bool) {
        let part = self.cx.set.outbound_part(link.part).map(|(_, part)| part);
        let others = vec![Subject::Cs(row.id)];
        let never_sent = row.is_provisional()
            && !row.flags.has(CsFlags::ACKNOWLEDGED)
            && !self.targets.in_doubt.contains(&row.id);
        if never_sent {
            self.links.remove(row.id);
            self.event(EventKind::AddWithdrawn, mv, Some(link.part), others);
            return;
        }
        let ours = row.provenance == Provenance::CreatedByUs;
        match part.map(|part| (part.deprovision, part.delete_adopted)) {
            Some((Deprovision::Delete, adopted_too)) if ours || adopted_too => {
                let departing = Link {
                    kind: LinkKind::Departing,
                    ..link
                };
                self.links.set(row.id, Some(departing), row.disjoin);
                self.event(EventKind::DeleteStaged, mv, Some(link.part), others);
                self.decide(mv, row.id, link.part, Act::Delete);
            }
            Some((Deprovision::Leave, _)) | None if !dead => {
                self.decide(mv, row.id, link.part, Act::Rest);
            }
            other => {
                let kept = matches!(other, Some((Deprovision::Delete, _)));
                self.links.set(row.id, None, Disjoin::Normal);
                let kind = if kept {
                    EventKind::AdoptedKept
                } else {
                    EventKind::Released
                };
                self.event(kind, mv, Some(link.part), others);
                self.decide(mv, row.id, link.part, Act::Release);
            }
        }
    }
}

enum Found {
    One(CsId),
    Several(BTreeSet<CsId>),
    Taken(CsId),
    None,
}
