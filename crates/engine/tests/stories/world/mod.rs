//! A small world in memory: directories, the tenant's tables, and the jobs around the engine.
//!
//! Invariants: tables change only by applying staging and plan parts, exactly as the store does; rules are
//! a tiny template language, evaluated here; ids come from one sequence, so stories print alike every time.

pub mod db;
pub mod directory;
pub mod print;
pub mod rules;
pub mod target;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::num::NonZeroUsize;
use std::task::{Context as Poller, Poll, Waker};

use syncline_engine::approval::{self, PlanApproval, Standing};
use syncline_engine::config::ConfigHash;
use syncline_engine::export;
use syncline_engine::import::{self, Freshness, Import, SweepLimits, SweepVerdict};
use syncline_engine::ruleset::{
    self, Affected, AttrsByType, DirectoryConfig, Evaluated, ProfileConfig, RuleSet,
};
use syncline_engine::sync::{self, Context, Sink, Summary};
use syncline_model::attrs::AttrTable;
use syncline_model::contest::CONTEST_LIMIT;
use syncline_model::import::ImportEntry;
use syncline_model::object::{CsRow, Hashing, KeyHash, MvObject, Subject, TypeTable};
use syncline_model::op::ObjectKey;
use syncline_model::plan::{EscrowEntry, PlanPart, PlannedOp, Verb, WorkItem};
use syncline_model::profile::Profile;
use syncline_model::run::RunStatus;
use syncline_model::schema::Schema;
use syncline_model::stage::StageCounts;
use syncline_model::{ApprovalId, CsId, DirectoryId, PartId, ProfileId};

pub use db::Db;
pub use directory::Directory;
pub use target::Target;
pub(crate) use target::in_both_worlds;

pub const SRC: DirectoryId = DirectoryId(1);
pub const TGT: DirectoryId = DirectoryId(2);
pub const HR: DirectoryId = DirectoryId(3);
pub const PROFILE: ProfileId = ProfileId(10);

/// Runs a future that never waits.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Poller::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the world in memory never waits"),
    }
}

/// Hashing under a fixed key.
pub struct TestHashing;

impl Hashing for TestHashing {
    fn content(&self, bytes: &[u8]) -> u128 {
        fnv(b"content", bytes)
    }
    fn key(&self, domain: &str, bytes: &[u8]) -> KeyHash {
        KeyHash(fnv(domain.as_bytes(), bytes))
    }
}

fn fnv(domain: &[u8], bytes: &[u8]) -> u128 {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in domain.iter().chain(&[0xff]).chain(bytes) {
        hash = (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    hash
}

/// How an import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Success,
    Transient,
    DiscoveryErrors,
    Held,
    Connectivity,
}

impl Ended {
    fn of(status: RunStatus) -> Self {
        match status {
            RunStatus::CompletedTransientObjects => Self::Transient,
            RunStatus::CompletedDiscoveryErrors => Self::DiscoveryErrors,
            RunStatus::StoppedObsoletionGuard => Self::Held,
            _ => Self::Success,
        }
    }
}

pub struct World {
    pub db: Db,
    pub directories: BTreeMap<DirectoryId, Directory>,
    pub profiles: BTreeMap<ProfileId, Profile>,
    pub baseline: BTreeSet<DirectoryId>,
    /// What the last complete import of a directory read, where that is not all.
    pub read: BTreeMap<DirectoryId, AttrsByType>,
    pub sweep_limits: SweepLimits,
    /// Objects that the last held sweep lists.
    pub held_sweep: Vec<CsId>,
    pub now: i64,
    pub last: Summary,
    pub counts: StageCounts,
    /// How the last import ended.
    pub status: RunStatus,
    /// Most objects of one part.
    pub batch: NonZeroUsize,
    /// How many parts of a synchronisation reach the database before it is killed and begins again; none is killed
    /// where this is `None`.
    pub killed_after: Option<usize>,
    /// A synchronisation is repeated until it leaves no work, so that one which was killed, and therefore ran twice, is
    /// not ahead of one which was not.
    pub settles: bool,
    /// After how many contradictions a value is not exported any more.
    pub contest_limit: u8,
    /// Of directories whose reads lag behind: by how many seconds at most.
    pub settle: BTreeMap<DirectoryId, i64>,
    /// A changed configuration has only those looked at again whom it concerns.
    pub narrows: bool,
    /// What the standard profile was evaluated under, where that is known.
    pub evaluated: Option<Evaluated>,
    /// Everything is to be looked at.
    pub everything: bool,
    /// Objects of the target are printed by what they are made of and their ids, not by their names.
    pub by_source: bool,
    /// What was created, and when.
    created: Vec<(CsId, i64)>,
    pub attrs: AttrTable,
    pub types: TypeTable,
}

impl World {
    pub fn new(profile: &str, directories: Vec<(DirectoryId, Directory)>) -> Self {
        let mut world = Self {
            db: Db::default(),
            directories: directories.into_iter().collect(),
            profiles: BTreeMap::new(),
            baseline: BTreeSet::new(),
            read: BTreeMap::new(),
            sweep_limits: SweepLimits {
                count: u64::MAX,
                percent: 100,
                percent_always: None,
                hold_empty: false,
            },
            held_sweep: Vec::new(),
            now: 1_750_000_000,
            last: Summary::default(),
            counts: StageCounts::default(),
            status: RunStatus::SuccessNoChanges,
            batch: sync::BATCH,
            killed_after: None,
            settles: false,
            contest_limit: CONTEST_LIMIT,
            settle: BTreeMap::new(),
            narrows: false,
            evaluated: None,
            everything: false,
            by_source: false,
            created: Vec::new(),
            attrs: AttrTable::default(),
            types: TypeTable::default(),
        };
        world.configure(PROFILE, profile);
        world
    }

    /// The standard world of the oracle scenarios.
    pub fn standard() -> Self {
        Self::with(STANDARD)
    }

    /// The standard directories under another profile.
    pub fn with(profile: &str) -> Self {
        let mut world = Self::new(
            profile,
            vec![
                (
                    SRC,
                    Directory::new("src", &["OU=People,DC=src", "OU=Groups,DC=src"]),
                ),
                (TGT, Directory::new("tgt", &["OU=Synced,DC=tgt"])),
            ],
        );
        world.full_import(TGT);
        world
    }

    /// Saves a profile: everything is evaluated again.
    pub fn configure(&mut self, id: ProfileId, text: &str) {
        let mut profile: Profile = serde_json::from_str(text).expect("a profile");
        let mut next = id.0 * 100;
        for part in &mut profile.inbound {
            next += 1;
            part.id = Some(PartId(next));
        }
        let mut next = id.0 * 100 + 50;
        for part in &mut profile.outbound {
            next += 1;
            part.id = Some(PartId(next));
        }
        self.profiles.insert(id, profile);
        self.db.contests.clear();
        self.requeue();
    }

    /// A profile as it is configured.
    pub fn profile_text(&self, id: ProfileId) -> String {
        serde_json::to_string(&self.profiles[&id]).expect("a profile")
    }

    /// Puts everything on every work list, as a changed configuration does.
    pub fn requeue(&mut self) {
        if self.narrows {
            self.everything = true;
            return;
        }
        let set = self.rule_set();
        for profile in self.profiles.keys() {
            let directories = set.directories_of(*profile);
            let rows = self.db.cs.values().map(|object| object.row);
            let listed = rows.filter(|row| directories.contains(&row.directory));
            let subjects: Vec<Subject> = listed
                .map(|row| Subject::Cs(row.id))
                .chain(self.db.mv.keys().map(|mv| Subject::Mv(*mv)))
                .collect();
            for subject in subjects {
                let profile = *profile;
                self.db.ask(WorkItem { profile, subject });
            }
        }
    }

    pub fn rule_set(&mut self) -> RuleSet {
        let profiles: Vec<ProfileConfig<'_>> = self
            .profiles
            .iter()
            .map(|(id, document)| ProfileConfig { id: *id, document })
            .collect();
        let schemas: BTreeMap<DirectoryId, Schema> = self
            .directories
            .iter()
            .map(|(id, d)| (*id, d.schema()))
            .collect();
        let directories: Vec<DirectoryConfig<'_>> = schemas
            .iter()
            .map(|(id, schema)| DirectoryConfig {
                id: *id,
                schema,
                baseline: self.baseline.contains(id),
                contest_limit: self.contest_limit,
                read: self.read.get(id),
            })
            .collect();
        ruleset::build(&profiles, &directories, &mut self.attrs, &mut self.types)
    }

    pub fn dir(&mut self, id: DirectoryId) -> &mut Directory {
        self.directories
            .get_mut(&id)
            .expect("a directory of this world")
    }

    pub fn full_import(&mut self, id: DirectoryId) -> Ended {
        let entries = self.dir(id).full();
        self.import_all(id, entries, true, true)
    }

    /// A full import whose connection drops after this many entries.
    pub fn broken_full_import(&mut self, id: DirectoryId, after: usize) -> Ended {
        let mut entries = self.dir(id).full();
        entries.truncate(after);
        self.import_all(id, entries, true, false);
        Ended::Connectivity
    }

    pub fn delta_import(&mut self, id: DirectoryId) -> Ended {
        if self.dir(id).no_delta {
            return self.full_import(id);
        }
        let entries = self.dir(id).delta();
        self.import_all(id, entries, false, true)
    }

    /// Stages exactly these entries, in pages of this size.
    pub fn import_all(
        &mut self,
        id: DirectoryId,
        entries: Vec<ImportEntry>,
        full: bool,
        complete: bool,
    ) -> Ended {
        self.import_pages(id, entries, full, complete, 3)
    }

    pub fn import_pages(
        &mut self,
        id: DirectoryId,
        entries: Vec<ImportEntry>,
        full: bool,
        complete: bool,
        page: usize,
    ) -> Ended {
        let fence = self.db.export_seq;
        self.import_read(id, entries, full, complete, page, fence)
    }

    /// Stages what was read when this export was the last one.
    pub fn import_read(
        &mut self,
        id: DirectoryId,
        entries: Vec<ImportEntry>,
        full: bool,
        complete: bool,
        page: usize,
        fence: i64,
    ) -> Ended {
        let set = self.rule_set();
        let selected = self.directories[&id].selected(&set);
        let freshness = self.freshness(id, fence);
        let mut run = Import::new(&set, &TestHashing, id, full, freshness.clone(), selected);
        let mut counts = StageCounts::default();
        self.db.seen.clear();
        self.db.aside.clear();
        for chunk in entries.chunks(page.max(1)) {
            let part = now(run.page(&self.db, chunk.to_vec())).expect("reading memory");
            counts.add(&part.counts);
            self.db.apply_stage(&part);
        }
        let mut verdict = SweepVerdict::Go;
        if full && complete {
            let rows: Vec<_> = self
                .db
                .cs
                .values()
                .map(|object| object.row)
                .filter(|row| row.directory == id && import::is_swept(row, &freshness))
                .collect();
            let unseen: Vec<_> = rows
                .iter()
                .filter(|row| !self.db.seen.contains(&row.id))
                .copied()
                .collect();
            let (known, gone) = (rows.len() as u64, unseen.len() as u64);
            verdict = import::judge_sweep(&self.sweep_limits, known, gone, counts.unattributable);
            match verdict {
                SweepVerdict::Go => {
                    let memory: Vec<_> = self.db.memory.values().cloned().collect();
                    let part = import::sweep(id, set.profiles_of(id), &freshness, &unseen, &memory);
                    counts.add(&part.counts);
                    self.db.apply_stage(&part);
                }
                SweepVerdict::Held => {
                    self.held_sweep = unseen.iter().map(|row| row.id).collect();
                }
                SweepVerdict::Unattributable => {}
            }
        }
        if complete {
            self.db.collect_placeholders(id);
        }
        self.status = import::status(verdict, &counts, self.db.nameless(id));
        let ended = Ended::of(self.status);
        if full && complete && verdict == SweepVerdict::Go && ended != Ended::DiscoveryErrors {
            self.baseline.insert(id).then(|| self.requeue());
        }
        self.counts = counts;
        ended
    }

    /// Approves what a held sweep lists: exactly these objects are gone.
    pub fn approve_sweep(&mut self, id: DirectoryId) {
        let profiles = self.rule_set().profiles_of(id);
        let held = std::mem::take(&mut self.held_sweep);
        let rows: Vec<_> = held
            .iter()
            .filter_map(|cs| Some(self.db.cs.get(cs)?.row))
            .collect();
        let part = import::sweep(id, profiles, &self.freshness(id, 0), &rows, &[]);
        self.db.apply_stage(&part);
    }

    /// Synchronises a profile and returns the parts.
    pub fn sync_profile(&mut self, profile: ProfileId) -> Vec<PlanPart> {
        let set = self.rule_set();
        let rules = rules::TemplateRules::new(&self.profiles, &set);
        let cx = Context {
            set: &set,
            rules: &rules,
            hashing: &TestHashing,
            profile,
            now: self.now,
            batch: self.batch,
        };
        let mut parts = Collected::default();
        self.last = now(sync::sync(cx, &self.db, &mut parts)).expect("rules and memory");
        parts.0
    }

    /// Synchronises the standard profile and applies the result.
    pub fn sync(&mut self) -> Vec<PlanPart> {
        if let Some(reached) = self.killed_after {
            self.sync_up_to(reached);
        }
        let mut parts = self.sync_up_to(usize::MAX);
        while self.settles && !self.db.work.is_empty() {
            parts.extend(self.sync_up_to(usize::MAX));
        }
        parts
    }

    /// Puts on the list whom everything is, if that is to be looked at, as the runner does when it begins.
    fn list_affected(&mut self, now: &Evaluated) {
        let before = self.evaluated.take();
        if std::mem::take(&mut self.everything) {
            let affected = before
                .as_ref()
                .map_or(Affected::All, |before| before.affected(now));
            let concerns_cs = |row: &CsRow| match (&affected, row.object_type) {
                (Affected::All, _) => true,
                (Affected::Kinds { cs, .. }, Some(t)) => cs.contains(&(row.directory, t)),
                (Affected::Kinds { .. }, None) => false,
            };
            let concerns_mv = |object: &MvObject| match &affected {
                Affected::All => true,
                Affected::Kinds { mv, .. } => mv.contains(&object.mv_type),
            };
            let rows = self.db.cs.values().map(|object| object.row);
            let listed: Vec<Subject> = rows
                .filter(|row| concerns_cs(row))
                .map(|row| Subject::Cs(row.id))
                .chain((self.db.mv.values().filter(|o| concerns_mv(o))).map(|o| Subject::Mv(o.id)))
                .collect();
            for subject in listed {
                let profile = PROFILE;
                self.db.ask(WorkItem { profile, subject });
            }
            self.evaluated = Some(now.clone());
        } else {
            self.evaluated = before.map(|before| before.mixed_with(now));
        }
    }

    /// Synchronises and applies the first parts.
    pub fn sync_up_to(&mut self, reached: usize) -> Vec<PlanPart> {
        if self.narrows {
            let set = self.rule_set();
            let meanings = rules::TemplateRules::new(&self.profiles, &set).meanings();
            self.list_affected(&Evaluated::under(&set, &meanings));
        }
        let seen = self.db.work.clone();
        let parts = self.sync_profile(PROFILE);
        for part in parts.iter().take(reached) {
            self.db.apply_plan(part, &seen);
        }
        parts
    }

    /// Synchronises until no work is left, as due work does.
    pub fn settle(&mut self) {
        for _ in 0..5 {
            if self.db.work.is_empty() {
                return;
            }
            self.sync();
        }
    }

    pub fn staged(&self) -> Vec<PlannedOp> {
        let mut ops: Vec<PlannedOp> = self.db.pending.values().flatten().cloned().collect();
        export::in_order(&mut ops);
        ops
    }

    /// Exports everything staged for a directory; returns what was sent, in order.
    pub fn export(&mut self, id: DirectoryId) -> Vec<PlannedOp> {
        let all: BTreeSet<_> = self.staged().iter().map(|op| op.hash).collect();
        self.export_only(id, |op| all.contains(&op.hash))
    }

    pub fn export_only(
        &mut self,
        id: DirectoryId,
        released: impl Fn(&PlannedOp) -> bool,
    ) -> Vec<PlannedOp> {
        let set = self.rule_set();
        self.db.learn_names();
        let mut sent = Vec::new();
        let staged = self.staged();
        let here: Vec<&PlannedOp> = staged.iter().filter(|op| op.directory == id).collect();
        let mut sending: Vec<&PlannedOp> = here.iter().copied().filter(|op| released(op)).collect();
        let waiting = export::held_back(&sending, &here);
        let mut n = 0..;
        sending.retain(|_| n.next().is_some_and(|n| !waiting.contains(&n)));
        // What is in doubt is not sent again before somebody looked.
        let in_doubt: BTreeSet<CsId> = self.db.escrow.keys().copied().collect();
        sending.retain(|op| !in_doubt.contains(&op.cs));
        for op in sending.into_iter().cloned() {
            let Some(op) = self.sendable(op) else {
                continue;
            };
            let entry = self.db.claim(&op, self.now);
            assert_eq!(
                op.op.hash(),
                op.hash,
                "the operation that travels is the one that is approved"
            );
            sent.push(op.clone());
            let outcome = self
                .directories
                .get_mut(&id)
                .expect("a directory")
                .apply(&self.db.created, &op.op);
            self.finish(&set, &entry, &outcome);
        }
        sent
    }

    /// An operation, or the part of it whose references exist.
    pub fn sendable(&self, op: PlannedOp) -> Option<PlannedOp> {
        let exists = |cs| self.db.anchor(cs).is_some();
        if export::ready(&op, exists) {
            return Some(op);
        }
        let referred = op.effect.refs.iter().map(|change| change.to);
        let adds = self.db.pending.values().flatten();
        let missing: BTreeMap<CsId, ObjectKey> = adds
            .filter(|add| add.verb() == Verb::Add)
            .map(|add| (add.cs, add.op.object.clone()))
            .collect();
        let missing = referred
            .filter(|to| !exists(*to))
            .filter_map(|to| Some((to, missing.get(&to)?.clone())))
            .collect();
        export::part_without(&op, &missing).filter(|part| export::ready(part, exists))
    }

    pub fn finish(
        &mut self,
        set: &RuleSet,
        entry: &EscrowEntry,
        outcome: &syncline_model::connector::OpOutcome,
    ) {
        let settled = export::settle(set, entry, outcome, self.now);
        if settled.acknowledged && entry.op.verb() == Verb::Add {
            self.created.push((entry.op.cs, self.now));
        }
        self.db.settle(entry, settled);
    }

    /// What a read of a directory that begins now has to show.
    fn freshness(&self, id: DirectoryId, fence: i64) -> Freshness {
        let Some(settle) = self.settle.get(&id) else {
            return Freshness::immediate(fence);
        };
        let settled = self.now - settle;
        let young = self.created.iter().filter(|(_, at)| *at > settled);
        Freshness {
            fence,
            settled,
            young: young.map(|(cs, _)| *cs).collect(),
        }
    }

    /// Delta imports, sync, export, confirming import, sync.
    pub fn cycle(&mut self) -> Vec<PlannedOp> {
        let ids: Vec<DirectoryId> = self.directories.keys().copied().collect();
        for id in &ids {
            self.delta_import(*id);
        }
        self.sync();
        let sent = self.export(TGT);
        self.delta_import(TGT);
        self.sync();
        sent
    }

    /// First imports and a cycle.
    pub fn start(&mut self) -> &mut Self {
        let ids: Vec<DirectoryId> = self.directories.keys().copied().collect();
        for id in ids {
            self.full_import(id);
        }
        self.cycle();
        self
    }

    /// An approval of everything that is staged.
    pub fn approve(&self, config: ConfigHash) -> PlanApproval {
        let staged = self.staged();
        PlanApproval {
            id: ApprovalId(77),
            config,
            ops: staged.iter().map(|op| op.hash).collect(),
            kinds: staged
                .iter()
                .map(|op| (op.verb(), op.object_type))
                .collect(),
            then: syncline_model::profile::Then::Live,
            at: self.now,
            exported: false,
        }
    }

    pub fn release(&self, standing: &Standing) -> approval::Release {
        let staged = self.staged();
        approval::release(standing, &staged.iter().collect::<Vec<_>>(), self.now)
    }
}

/// A sink that keeps parts, as a what-if does.
#[derive(Default)]
pub struct Collected(pub Vec<PlanPart>);

impl Sink for Collected {
    type Error = std::convert::Infallible;

    async fn part(&mut self, part: PlanPart) -> Result<(), Self::Error> {
        self.0.push(part);
        Ok(())
    }
}

/// The rules of the standard world W (spec/engine.md, vi).
pub const STANDARD: &str = r#"{"name":"W","inbound":[
  {"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision","flows":[
    {"to":"employeeID","from":"employeeID"},{"to":"givenName","from":"givenName"},{"to":"sn","from":"sn"},
    {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},
    {"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_1","type":"group","metaverse_type":"group","link":"provision","flows":[
    {"to":"name","from":"name"},{"to":"member","from":"member"}]},
  {"directory":"dir_2","type":"user","metaverse_type":"person","link":"join"}],
 "outbound":[
  {"directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update",
   "match":[[{"metaverse":"employeeID","target":"employeeID"}],[{"metaverse":"mail","target":"mail"}]],
   "dn":{"expr":"CN=<displayName>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"employeeID","from":"employeeID"},{"to":"givenName","from":"givenName"},{"to":"sn","from":"sn"},
    {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},
    {"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"group","metaverse_type":"group","action":"create-or-update",
   "match":[[{"metaverse":"name","target":"name"}]],
   "dn":{"expr":"CN=<name>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"name","from":"name"},{"to":"member","from":"member"}]}]}"#;
