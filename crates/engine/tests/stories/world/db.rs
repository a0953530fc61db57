//! The tenant's tables in memory, and what applying parts does to them: the reference for the store.
//!
//! Invariants: a part is applied whole; a removed row that others refer to or lie under becomes a
//! placeholder in place (D-05); consumption is per profile.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ops::Range;
use std::sync::atomic::{AtomicI64, Ordering};

use syncline_engine::export::Settlement;
use syncline_engine::hand;
use syncline_engine::reader::{CsReader, Due, SyncReader, TargetState};
use syncline_engine::ruleset::RuleSet;
use syncline_model::contest::{Contest, ContestSet};
use syncline_model::error::Stage;
use syncline_model::object::{
    CsBody, CsFlags, CsKind, CsObject, CsRef, CsRow, KeyHash, KeyId, KeyRow, LinkKind, MvObject,
    MvRef, Provenance, Subject,
};
use syncline_model::op::ObjectKey;
use syncline_model::plan::{EscrowEntry, Intent, MemoryEntry, PlanPart, PlannedOp, Verb, WorkItem};
use syncline_model::stage::{Before, ErrorEntry, StagePart};
use syncline_model::{Anchor, CsId, DirectoryId, MvId, PartId, ProfileId};

/// Work lists with how often each object was asked for.
pub type Work = BTreeMap<WorkItem, u32>;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Db {
    pub cs: BTreeMap<CsId, CsObject>,
    pub refs: BTreeSet<CsRef>,
    pub mv: BTreeMap<MvId, MvObject>,
    pub mv_refs: BTreeSet<MvRef>,
    pub keys: BTreeSet<KeyRow>,
    pub intents: BTreeMap<CsId, Intent>,
    pub pending: BTreeMap<CsId, Vec<PlannedOp>>,
    pub memory: BTreeMap<(CsId, i64), MemoryEntry>,
    /// As the store keeps them, with the intent.
    pub contests: BTreeMap<CsId, Vec<Contest>>,
    pub escrow: BTreeMap<CsId, EscrowEntry>,
    pub errors: BTreeMap<(Subject, Stage, Option<PartId>), Vec<ErrorEntry>>,
    /// What each profile has to look at, with how often it was asked for.
    pub work: Work,
    pub seen: BTreeSet<CsId>,
    /// What the pages of the running full import changed, as it was before.
    pub aside: Vec<Vec<Before>>,
    /// Accounts whose initial password was not handed over yet.
    pub withheld: BTreeSet<CsId>,
    pub export_seq: i64,
    /// Objects that an export created, by the key the operation had.
    pub created: BTreeMap<ObjectKey, Anchor>,
    next: Sequence,
}

/// The tenant's sequence of ids; where it stands is no part of what tables hold.
#[derive(Debug, Default)]
struct Sequence(AtomicI64);

impl Clone for Sequence {
    fn clone(&self) -> Self {
        Self(AtomicI64::new(self.0.load(Ordering::Relaxed)))
    }
}

impl PartialEq for Sequence {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Db {
    /// What depends on an object's link when a person changes it, as the runner finds it.
    pub fn beside(&self, set: &RuleSet, row: &CsRow, act: &hand::Act) -> BTreeSet<Subject> {
        let mvs = row.link.iter().chain(&act.change.link).map(|l| l.mv);
        let mvs: BTreeSet<MvId> = mvs.collect();
        let referring = self.refs.iter().filter(|r| r.to == row.id);
        let mut beside: BTreeSet<Subject> = referring.map(|r| Subject::Cs(r.from)).collect();
        let referring = self.mv_refs.iter().filter(|r| mvs.contains(&r.to));
        beside.extend(referring.map(|r| Subject::Mv(r.from)));
        let of_mv = |row: &&KeyRow| matches!(row.subject, Subject::Mv(mv) if mvs.contains(&mv));
        let keys: Vec<KeyRow> = self.keys.iter().filter(of_mv).copied().collect();
        let awaiting = hand::awaiting(set, &keys);
        let waits = |row: &&KeyRow| awaiting.contains(&(row.key, row.hash));
        beside.extend(self.keys.iter().filter(waits).map(|row| row.subject));
        beside
    }

    pub fn anchor(&self, cs: CsId) -> Option<&Anchor> {
        self.cs.get(&cs)?.body.anchor.as_ref()
    }

    pub fn by_anchor(&self, directory: DirectoryId, anchor: &Anchor) -> Option<&CsObject> {
        self.cs
            .values()
            .find(|o| o.row.directory == directory && o.body.anchor.as_ref() == Some(anchor))
    }

    /// How many objects of a directory wait for their own entry.
    pub fn nameless(&self, directory: DirectoryId) -> u64 {
        let objects = self.cs.values().map(|object| object.row);
        let nameless =
            objects.filter(|row| row.directory == directory && row.flags.has(CsFlags::TRANSIENT));
        nameless.count() as u64
    }

    pub fn apply_stage(&mut self, part: &StagePart) {
        for staged in &part.rows {
            let id = staged.row.id;
            assert_eq!(
                staged.new,
                !self.cs.contains_key(&id),
                "{id} is new exactly if it says so"
            );
            let old = self.cs.get(&id).cloned();
            let mut row = staged.row;
            if let Some(old) = &old {
                (row.synced, row.link, row.disjoin) =
                    (old.row.synced, old.row.link, old.row.disjoin);
                row.retired = old.row.retired;
            }
            let body = staged
                .body
                .clone()
                .or(old.map(|old| old.body))
                .expect("new rows have a body");
            self.cs.insert(id, CsObject { row, body });
        }
        for cs in &part.refs_cleared {
            self.refs.retain(|r| r.from != *cs);
        }
        for change in &part.refs {
            let changed = if change.added {
                self.refs.insert(change.reference)
            } else {
                self.refs.remove(&change.reference)
            };
            assert!(
                changed,
                "staging changes only what is different: {change:?}"
            );
        }
        for (from, into) in &part.merged {
            for object in self.cs.values_mut().filter(|o| o.row.parent == Some(*from)) {
                object.row.parent = Some(*into);
            }
            let moved: Vec<CsRef> = self
                .refs
                .iter()
                .filter(|r| r.to == *from)
                .copied()
                .collect();
            for reference in moved {
                self.refs.remove(&reference);
                self.refs.insert(CsRef {
                    to: *into,
                    ..reference
                });
            }
            self.cs.remove(from);
        }
        for change in &part.memory {
            match &change.left {
                Some(left) => drop(
                    self.memory
                        .insert((change.cs, change.export_seq), left.clone()),
                ),
                None => drop(self.memory.remove(&(change.cs, change.export_seq))),
            }
        }
        self.set_contests(&part.contests);
        for set in &part.errors {
            self.set_errors((set.subject, set.stage, set.part), &set.entries);
        }
        self.seen.extend(part.seen.iter().copied());
        self.aside.push(part.before.clone());
        for cs in &part.removed {
            self.remove(*cs);
        }
        for subject in &part.work {
            for profile in &part.profiles {
                self.ask(WorkItem {
                    profile: *profile,
                    subject: *subject,
                });
            }
        }
        self.check();
    }

    fn set_contests(&mut self, sets: &[ContestSet]) {
        for set in sets {
            self.contests.remove(&set.cs);
            if self.intents.contains_key(&set.cs) && !set.contests.is_empty() {
                self.contests.insert(set.cs, set.contests.clone());
            }
        }
    }

    fn set_errors(&mut self, key: (Subject, Stage, Option<PartId>), entries: &[ErrorEntry]) {
        if entries.is_empty() {
            self.errors.remove(&key);
        } else {
            self.errors.insert(key, entries.to_vec());
        }
    }

    fn remove(&mut self, cs: CsId) {
        let subject = Subject::Cs(cs);
        self.refs.retain(|r| r.from != cs);
        self.intents.remove(&cs);
        self.contests.remove(&cs);
        self.pending.remove(&cs);
        self.memory.retain(|(id, _), _| *id != cs);
        self.escrow.remove(&cs);
        self.keys.retain(|row| row.subject != subject);
        self.errors.retain(|(s, _, _), _| *s != subject);
        let needed = self.refs.iter().any(|r| r.to == cs)
            || self.cs.values().any(|o| o.row.parent == Some(cs));
        if !needed {
            self.cs.remove(&cs);
            return;
        }
        if let Some(object) = self.cs.get_mut(&cs) {
            let (name, unique, parent) = (object.row.name, object.row.unique, object.row.parent);
            object.row = CsRow {
                name,
                unique,
                parent,
                ..CsRow::placeholder(cs, object.row.directory)
            };
            object.body.attrs = Default::default();
        }
    }

    /// Unreferenced placeholders go at the end of a successful import (D-05).
    pub fn collect_placeholders(&mut self, directory: DirectoryId) {
        loop {
            let unused: Vec<CsId> = self
                .cs
                .values()
                .filter(|o| o.row.kind == CsKind::Placeholder && o.row.directory == directory)
                .map(|o| o.row.id)
                .filter(|cs| {
                    !self.refs.iter().any(|r| r.to == *cs)
                        && !self.cs.values().any(|o| o.row.parent == Some(*cs))
                })
                .collect();
            if unused.is_empty() {
                return;
            }
            unused.iter().for_each(|cs| drop(self.cs.remove(cs)));
        }
    }

    /// Puts an object on a list, or asks for it once more.
    pub fn ask(&mut self, item: WorkItem) {
        *self.work.entry(item).or_default() += 1;
    }

    /// Takes an object off a list, unless somebody asked for it since it was seen there.
    fn done(&mut self, item: WorkItem, seen: &Work) {
        let asked = self.work.get(&item);
        if asked.is_some() && seen.get(&item).is_none_or(|then| asked == Some(then)) {
            self.work.remove(&item);
        }
    }

    /// Applies a plan part. `seen` is the work list as the sync read it.
    pub fn apply_plan(&mut self, part: &PlanPart, seen: &Work) {
        for object in &part.mv {
            self.mv.insert(object.id, object.clone());
        }
        for reference in &part.mv_refs_removed {
            self.mv_refs.remove(reference);
        }
        self.mv_refs.extend(part.mv_refs_added.iter().copied());
        for provisioned in &part.provisioned {
            let object = CsObject {
                row: provisioned.row,
                body: provisioned.body.clone(),
            };
            self.cs.insert(object.row.id, object);
        }
        for change in &part.links {
            let object = self
                .cs
                .get_mut(&change.cs)
                .expect("links change on rows that exist");
            object.row.link = change.link;
            object.row.disjoin = change.disjoin;
            object.row.provenance = change.provenance;
            object.row.retired = change.retired;
        }
        for set in &part.keys {
            self.keys
                .retain(|r| r.subject != set.subject || !set.covered.contains(&r.key));
            self.keys.extend(set.rows.iter().map(|(key, hash)| {
                assert!(
                    set.covered.contains(key),
                    "a key row under a definition that is not covered"
                );
                KeyRow {
                    key: *key,
                    hash: *hash,
                    subject: set.subject,
                }
            }));
        }
        for intent in &part.intents {
            self.intents.insert(intent.cs, intent.clone());
        }
        for cs in &part.intents_removed {
            self.intents.remove(cs);
            self.contests.remove(cs);
        }
        self.set_contests(&part.contests);
        for set in &part.pending {
            if set.ops.is_empty() {
                self.pending.remove(&set.cs);
            } else {
                self.pending.insert(set.cs, set.ops.clone());
            }
        }
        for set in &part.errors {
            self.set_errors((set.subject, set.stage, set.part), &set.entries);
        }
        for consumed in &part.consumed {
            let subject = Subject::Cs(consumed.cs);
            let current = self
                .cs
                .get(&consumed.cs)
                .and_then(|object| object.row.imported);
            if current != consumed.image {
                continue;
            }
            let profile = consumed.profile;
            self.done(WorkItem { profile, subject }, seen);
            let others = self.work.keys().any(|item| item.subject == subject);
            if let Some(object) = self.cs.get_mut(&consumed.cs).filter(|_| !others) {
                object.row.synced = consumed.image;
            }
        }
        for cs in &part.cs_removed {
            self.remove(*cs);
        }
        for mv in &part.mv_removed {
            let subject = Subject::Mv(*mv);
            self.mv.remove(mv);
            self.mv_refs.retain(|r| r.from != *mv);
            self.keys.retain(|row| row.subject != subject);
            self.errors.retain(|(s, _, _), _| *s != subject);
        }
        part.work_added.iter().for_each(|item| self.ask(*item));
        part.work_done
            .iter()
            .for_each(|item| self.done(*item, seen));
        self.check();
    }

    /// What must hold after every part (P-08, P-15).
    fn check(&self) {
        let mut slots = BTreeSet::new();
        for object in self.cs.values() {
            let row = object.row;
            if row.kind == CsKind::Placeholder {
                assert!(
                    row.link.is_none() && row.object_type.is_none(),
                    "placeholder {} is bare",
                    row.id
                );
            }
            if let Some(link) = row.link {
                let departing = link.kind == LinkKind::Departing;
                assert!(
                    departing || slots.insert((link.mv, row.directory)),
                    "{} has two links in {}",
                    link.mv,
                    row.directory
                );
            }
            if let Some(parent) = row.parent {
                assert!(
                    self.cs.contains_key(&parent),
                    "{} lies in a container that exists",
                    row.id
                );
            }
        }
        let names: Vec<KeyHash> = self.cs.values().filter_map(|o| o.row.name).collect();
        let distinct: BTreeSet<KeyHash> = names.iter().copied().collect();
        assert_eq!(names.len(), distinct.len(), "a name has one holder");
        for reference in &self.refs {
            assert!(
                self.cs.contains_key(&reference.to),
                "{reference:?} points at a row"
            );
        }
    }

    pub fn claim(&mut self, op: &PlannedOp, since: i64) -> EscrowEntry {
        self.export_seq += 1;
        let entry = EscrowEntry {
            op: op.clone(),
            export_seq: self.export_seq,
            since,
        };
        self.escrow.insert(op.cs, entry.clone());
        entry
    }

    /// Under which ids a target knows what operations name as new, also where only an import found it out: what the runner
    /// tells whoever writes.
    pub fn learn_names(&mut self) {
        for object in self.cs.values() {
            let target = object.row.link.filter(|link| link.kind == LinkKind::Target);
            let (Some(link), Some(anchor)) = (target, &object.body.anchor) else {
                continue;
            };
            let Some(origin) = self.mv.get(&link.mv).map(|mv| &mv.body.origin) else {
                continue;
            };
            let key = ObjectKey::New {
                part: link.part,
                source: origin.directory,
                anchor: origin.anchor.clone(),
            };
            self.created.insert(key, anchor.clone());
        }
    }

    pub fn settle(&mut self, entry: &EscrowEntry, settled: Settlement) {
        let cs = entry.op.cs;
        if settled.in_doubt {
            return;
        }
        self.escrow.remove(&cs);
        if settled.put_back.is_some() {
            return;
        }
        let subject = Subject::Cs(cs);
        let key = (subject, Stage::Export, None);
        let mut errors = settled.errors.clone();
        let pending = self.pending.get(&cs).cloned().unwrap_or_default();
        let of_other = |e: &&ErrorEntry| {
            let other = e.op.filter(|op| *op != entry.op.hash);
            let is_pending = |op| pending.iter().any(|p| p.hash == op);
            other.is_some_and(|op| entry.op.pass() == 2 || is_pending(op))
        };
        let standing = self.errors.get(&key).into_iter().flatten();
        errors.extend(standing.filter(of_other).cloned());
        self.set_errors(key, &errors);
        if !settled.acknowledged {
            return;
        }
        if let Some(intent) = self.intents.get_mut(&cs) {
            intent.note_sent(&settled.sent);
        }
        let is_whole = settled
            .memory
            .as_ref()
            .is_some_and(|m| m.effect == entry.op.effect);
        if let Some(memory) = settled.memory {
            self.memory.insert((cs, memory.export_seq), memory);
        }
        if pending.iter().all(|op| op.hash != entry.op.hash) || !is_whole {
            // A part of what is pending, or not all of it was taken: the rest is derived anew.
            let subject = entry.op.mv.map_or(subject, Subject::Mv);
            let profile = entry.op.profile;
            self.ask(WorkItem { profile, subject });
        }
        if let Some(ops) = self.pending.get_mut(&cs) {
            ops.retain(|op| op.hash != entry.op.hash);
            if ops.is_empty() {
                self.pending.remove(&cs);
            }
        }
        if let Some(object) = self
            .cs
            .get_mut(&cs)
            .filter(|_| entry.op.verb() == Verb::Add)
        {
            object.row.flags = object.row.flags.with(CsFlags::ACKNOWLEDGED, true);
            let policy = entry.op.op.password();
            if policy.is_some_and(|policy| policy.disabled_until_handed_over) {
                self.withheld.insert(cs);
            }
            if let Some(anchor) = settled.anchor {
                self.created
                    .insert(entry.op.op.object.clone(), anchor.clone());
                object.body.anchor = Some(anchor);
            }
        }
    }
}

type Ok<T> = Result<T, Infallible>;

impl CsReader for Db {
    type Error = Infallible;

    async fn by_anchor(
        &self,
        directory: DirectoryId,
        anchors: &[Anchor],
    ) -> Ok<Vec<(Anchor, CsRow)>> {
        let wanted: BTreeSet<&Anchor> = anchors.iter().collect();
        Ok(self
            .cs
            .values()
            .filter(|o| o.row.directory == directory)
            .filter_map(|o| Some((o.body.anchor.clone()?, o.row)))
            .filter(|(anchor, _)| wanted.contains(anchor))
            .collect())
    }

    async fn by_name(&self, directory: DirectoryId, names: &[KeyHash]) -> Ok<Vec<CsRow>> {
        let wanted: BTreeSet<KeyHash> = names.iter().copied().collect();
        let rows = self
            .cs
            .values()
            .map(|o| o.row)
            .filter(|row| row.directory == directory);
        Ok(rows
            .filter(|row| row.name.is_some_and(|name| wanted.contains(&name)))
            .collect())
    }

    async fn rows(&self, ids: &[CsId]) -> Ok<Vec<CsRow>> {
        Ok(ids
            .iter()
            .filter_map(|id| Some(self.cs.get(id)?.row))
            .collect())
    }

    async fn objects(&self, ids: &[CsId]) -> Ok<Vec<CsObject>> {
        Ok(ids
            .iter()
            .filter_map(|id| self.cs.get(id).cloned())
            .collect())
    }

    async fn refs_from(&self, ids: &[CsId]) -> Ok<Vec<CsRef>> {
        let wanted: BTreeSet<CsId> = ids.iter().copied().collect();
        Ok(self
            .refs
            .iter()
            .filter(|r| wanted.contains(&r.from))
            .copied()
            .collect())
    }

    async fn refs_exist(&self, refs: &[CsRef]) -> Ok<Vec<CsRef>> {
        Ok(refs
            .iter()
            .filter(|r| self.refs.contains(r))
            .copied()
            .collect())
    }

    async fn in_doubt(&self, ids: &[CsId]) -> Ok<Vec<CsId>> {
        Ok(ids
            .iter()
            .filter(|id| self.escrow.contains_key(id))
            .copied()
            .collect())
    }

    async fn memory(&self, ids: &[CsId]) -> Ok<Vec<MemoryEntry>> {
        let wanted: BTreeSet<CsId> = ids.iter().copied().collect();
        Ok(self
            .memory
            .values()
            .filter(|m| wanted.contains(&m.cs))
            .cloned()
            .collect())
    }

    async fn contests(&self, ids: &[CsId]) -> Ok<Vec<ContestSet>> {
        let known = ids.iter().filter_map(|cs| {
            let contests = self.contests.get(cs)?.clone();
            Some(ContestSet { cs: *cs, contests })
        });
        Ok(known.collect())
    }

    async fn erring(&self, subjects: &[Subject]) -> Ok<Vec<(Subject, Stage, Option<PartId>)>> {
        let wanted: BTreeSet<Subject> = subjects.iter().copied().collect();
        Ok(self
            .errors
            .keys()
            .filter(|(s, _, _)| wanted.contains(s))
            .copied()
            .collect())
    }

    async fn aside(&self, page: i32, ids: &[CsId]) -> Ok<Vec<Before>> {
        let aside = usize::try_from(page).ok().and_then(|n| self.aside.get(n));
        let found = aside.into_iter().flatten();
        Ok(found.filter(|b| ids.contains(&b.cs)).cloned().collect())
    }

    async fn reserve(&self, count: u64) -> Ok<Range<i64>> {
        let count = i64::try_from(count).expect("stories are small");
        let start = self.next.0.fetch_add(count, Ordering::Relaxed) + 1000;
        Ok(start..start + count)
    }
}

impl SyncReader for Db {
    async fn work(&self, profile: ProfileId) -> Ok<Vec<Subject>> {
        Ok(self
            .work
            .keys()
            .filter(|w| w.profile == profile)
            .map(|w| w.subject)
            .collect())
    }

    async fn due(&self, due: &[Due]) -> Ok<Vec<MvId>> {
        let passed = |row: &CsRow| {
            let link = row.link?;
            let is_due = |due: &Due| match due {
                Due::Retired {
                    part,
                    directory,
                    until,
                    adopted,
                } => {
                    let may = *adopted || row.provenance == Provenance::CreatedByUs;
                    let owned = link.kind.owns() && row.directory == *directory;
                    (link.part == *part || owned)
                        && may
                        && row.retired.is_some_and(|since| since <= *until)
                }
                Due::Scheduled { .. } => false,
            };
            due.iter().any(is_due).then_some(link.mv)
        };
        let ended = |mv: &&MvObject| {
            due.iter().any(|due| match due {
                Due::Scheduled { mv_type, until } => {
                    mv.mv_type == *mv_type && mv.since.is_some_and(|since| since <= *until)
                }
                Due::Retired { .. } => false,
            })
        };
        let retired = self.cs.values().filter_map(|o| passed(&o.row));
        let ended = self.mv.values().filter(ended).map(|mv| mv.id);
        Ok(retired.chain(ended).collect())
    }

    async fn refs_to(&self, ids: &[CsId]) -> Ok<Vec<CsRef>> {
        let wanted: BTreeSet<CsId> = ids.iter().copied().collect();
        Ok(self
            .refs
            .iter()
            .filter(|r| wanted.contains(&r.to))
            .copied()
            .collect())
    }

    async fn links_of(&self, ids: &[MvId]) -> Ok<Vec<CsRow>> {
        let wanted: BTreeSet<MvId> = ids.iter().copied().collect();
        let rows = self.cs.values().map(|o| o.row);
        Ok(rows
            .filter(|row| row.link.is_some_and(|link| wanted.contains(&link.mv)))
            .collect())
    }

    async fn by_unique(&self, directory: DirectoryId, names: &[KeyHash]) -> Ok<Vec<CsRow>> {
        let wanted: BTreeSet<KeyHash> = names.iter().copied().collect();
        let rows = self
            .cs
            .values()
            .map(|o| o.row)
            .filter(|row| row.directory == directory);
        Ok(rows
            .filter(|row| row.unique.is_some_and(|name| wanted.contains(&name)))
            .collect())
    }

    async fn bodies(&self, ids: &[CsId]) -> Ok<Vec<(CsId, CsBody)>> {
        Ok(ids
            .iter()
            .filter_map(|id| Some((*id, self.cs.get(id)?.body.clone())))
            .collect())
    }

    async fn mv(&self, ids: &[MvId]) -> Ok<Vec<MvObject>> {
        Ok(ids
            .iter()
            .filter_map(|id| self.mv.get(id).cloned())
            .collect())
    }

    async fn mv_refs(&self, ids: &[MvId]) -> Ok<Vec<MvRef>> {
        let wanted: BTreeSet<MvId> = ids.iter().copied().collect();
        Ok(self
            .mv_refs
            .iter()
            .filter(|r| wanted.contains(&r.from))
            .copied()
            .collect())
    }

    async fn mv_referrers(&self, ids: &[MvId]) -> Ok<Vec<MvId>> {
        let wanted: BTreeSet<MvId> = ids.iter().copied().collect();
        Ok(self
            .mv_refs
            .iter()
            .filter(|r| wanted.contains(&r.to))
            .map(|r| r.from)
            .collect())
    }

    async fn find_keys(&self, keys: &[(KeyId, KeyHash)]) -> Ok<Vec<KeyRow>> {
        let wanted: BTreeSet<(KeyId, KeyHash)> = keys.iter().copied().collect();
        Ok(self
            .keys
            .iter()
            .filter(|r| wanted.contains(&(r.key, r.hash)))
            .copied()
            .collect())
    }

    async fn keys_of(&self, subjects: &[Subject]) -> Ok<Vec<KeyRow>> {
        let wanted: BTreeSet<Subject> = subjects.iter().copied().collect();
        Ok(self
            .keys
            .iter()
            .filter(|r| wanted.contains(&r.subject))
            .copied()
            .collect())
    }

    async fn targets(&self, ids: &[CsId]) -> Ok<Vec<(CsId, TargetState)>> {
        Ok(ids
            .iter()
            .map(|cs| {
                let state = TargetState {
                    intent: self.intents.get(cs).cloned(),
                    memory: self
                        .memory
                        .values()
                        .filter(|m| m.cs == *cs)
                        .cloned()
                        .collect(),
                    contests: self.contests.get(cs).cloned().unwrap_or_default(),
                    escrow: self.escrow.get(cs).cloned().into_iter().collect(),
                    pending: self.pending.get(cs).cloned().unwrap_or_default(),
                    withheld: self.withheld.contains(cs),
                };
                (*cs, state)
            })
            .collect())
    }
}
