//! The engine, with the world in memory that its own stories are told in.
//!
//! Invariant: translates, and decides nothing.

mod seen;

use std::collections::{BTreeMap, BTreeSet};

use syncline_engine::approval::{self, GuardApproval, GuardMode, Release, Standing};
use syncline_engine::config::{ConfigHash, Meanings, config_hash};
use syncline_engine::export;
use syncline_engine::guard::{DeleteLimits, Sent, WINDOW_S, delete_guard};
use syncline_engine::hand;
use syncline_model::approval::ReviewState;
use syncline_model::object::{CsObject, TypeId};
use syncline_model::op::{ObjectKey, OpHash, Operation};
use syncline_model::plan::{EventKind, PlanPart, PlannedOp};
use syncline_model::profile::Profile;
use syncline_model::run::RunStatus;
use syncline_model::schema::Schema;
use syncline_model::{Anchor, ApprovalId, AttrName, DirectoryId, PartId};

use crate::house::{Earlier, Guard, House, How, Sending, ended};
use crate::view::{Facts, label};
use crate::world::directory::{anchor, nickname};
use crate::world::{Directory, PROFILE, World};

/// The engine.
pub struct Engine {
    /// The world it works in.
    pub world: World,
    quiet: bool,
    standing: Standing,
    /// What was sent that nobody had named, and when (D-52).
    ledger: Vec<(i64, Sent)>,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            world: World::new(r#"{"name":"empty"}"#, Vec::new()),
            quiet: true,
            standing: unapproved(),
            ledger: Vec::new(),
        }
    }
}

/// A profile that nobody approved.
fn unapproved() -> Standing {
    Standing {
        config: ConfigHash([0; 32]),
        approval: None,
        live: None,
        last_exported: None,
        guards: Vec::new(),
    }
}

/// What guards count of the operations that no person named, by object and pass.
fn unnamed_facts(release: &Release, ops: &[&PlannedOp]) -> BTreeMap<(ObjectKey, u8), Vec<Sent>> {
    let unnamed = approval::unnamed(release, ops).into_iter();
    let facts = unnamed.map(|op| {
        let sent = op.facts.iter().map(|fact| Sent {
            directory: op.directory,
            object_type: op.object_type,
            cs: op.cs,
            fact: *fact,
        });
        ((op.op.object.clone(), op.pass()), sent.collect())
    });
    facts.collect()
}

impl Engine {
    /// The hash of all that can alter an operation (D-65).
    fn config(&self) -> ConfigHash {
        let profile = &self.world.profiles[&PROFILE];
        let said = |part: &dyn Fn() -> serde_json::Result<String>| Meanings {
            own: part().expect("a part is JSON"),
            ..Meanings::default()
        };
        let inbound = profile
            .inbound
            .iter()
            .filter_map(|part| Some((part.id?, said(&|| serde_json::to_string(part)))));
        let outbound = profile
            .outbound
            .iter()
            .filter_map(|part| Some((part.id?, said(&|| serde_json::to_string(part)))));
        let meanings: BTreeMap<PartId, Meanings> = inbound.chain(outbound).collect();
        let directories = self.world.directories.iter();
        let schemas: BTreeMap<DirectoryId, Schema> =
            directories.map(|(id, d)| (*id, d.schema())).collect();
        let schemas = schemas.iter().map(|(id, schema)| (*id, schema)).collect();
        config_hash(profile, &meanings, &schemas)
    }

    fn row(&self, id: DirectoryId, name: &str) -> CsObject {
        let known = self.world.db.by_anchor(id, &anchor(name));
        known
            .cloned()
            .unwrap_or_else(|| panic!("{name} is known in {id}"))
    }

    /// Writes what an administrator said, between two cycles.
    fn by_hand(&mut self, part: &PlanPart) {
        let seen = self.world.db.work.clone();
        self.world.db.apply_plan(part, &seen);
    }
}

impl House for Engine {
    fn name(&self) -> &'static str {
        "engine"
    }

    fn begin(&mut self, directories: Vec<(DirectoryId, Directory)>, profile: &Profile) {
        let text = serde_json::to_string(profile).expect("a profile is JSON");
        self.world = World::new(&text, directories);
        self.quiet = true;
        self.standing = unapproved();
        self.ledger.clear();
    }

    fn configure(&mut self, profile: &Profile) {
        let text = serde_json::to_string(profile).expect("a profile is JSON");
        self.world.configure(PROFILE, &text);
    }

    fn directories(&self) -> Vec<DirectoryId> {
        self.world.directories.keys().copied().collect()
    }

    fn directory(&mut self, id: DirectoryId) -> &mut Directory {
        self.world.dir(id)
    }

    fn import(&mut self, id: DirectoryId, how: How) -> RunStatus {
        match how {
            How::Full => drop(self.world.full_import(id)),
            How::Guarded => {
                let off = std::mem::take(&mut self.world.sweep_limits);
                self.world.full_import(id);
                self.world.sweep_limits = off;
            }
            How::Broken(after) => {
                self.world.broken_full_import(id, after);
                return RunStatus::StoppedConnectivity;
            }
            How::Delta => drop(self.world.delta_import(id)),
            How::Entries(entries, full) => drop(self.world.import_all(id, entries, full, true)),
            How::Earlier(read) => {
                let Earlier {
                    entries,
                    full,
                    fence,
                } = read;
                self.world.import_read(id, entries, full, true, 3, fence);
            }
        }
        self.world.status
    }

    fn approve_sweep(&mut self, id: DirectoryId) {
        self.world.approve_sweep(id);
    }

    fn has_read(&mut self, id: DirectoryId, read: Option<BTreeMap<String, Vec<AttrName>>>) {
        match read {
            None => drop(self.world.read.remove(&id)),
            Some(read) => {
                let types = read.into_iter();
                let read = types.map(|(t, attrs)| (t, attrs.into_iter().collect()));
                self.world.read.insert(id, read.collect());
            }
        }
        self.world.requeue();
    }

    fn sync(&mut self, everything: bool) {
        if everything {
            self.world.requeue();
        }
        let parts = self.world.sync();
        self.quiet = parts.iter().all(PlanPart::is_quiet);
    }

    fn staged(&self) -> Vec<Operation> {
        let staged = self.world.staged();
        staged.into_iter().map(|planned| planned.op).collect()
    }

    fn what_if(&mut self) -> Vec<Operation> {
        let seen = self.world.db.work.clone();
        let mut apart = self.world.db.clone();
        for part in self.world.sync_profile(PROFILE) {
            apart.apply_plan(&part, &seen);
        }
        let mut ops: Vec<PlannedOp> = apart.pending.into_values().flatten().collect();
        export::in_order(&mut ops);
        ops.into_iter().map(|planned| planned.op).collect()
    }

    fn fence(&self) -> i64 {
        self.world.db.export_seq
    }

    fn linked(&self, id: DirectoryId) -> BTreeSet<Anchor> {
        let objects = self.world.db.cs.values();
        let linked = objects.filter(|o| o.row.directory == id && o.row.link.is_some());
        linked.filter_map(|o| o.body.anchor.clone()).collect()
    }

    fn export(&mut self, id: DirectoryId, released: &dyn Fn(&Operation) -> bool) -> Vec<Operation> {
        let sent = self.world.export_only(id, |planned| released(&planned.op));
        sent.into_iter().map(|planned| planned.op).collect()
    }

    fn accept(&mut self) {
        let config = self.config();
        self.standing.config = config;
        self.standing.approval = Some(self.world.approve(config));
    }

    fn accept_list(&mut self, ops: &[Operation]) {
        let guard = GuardApproval {
            id: ApprovalId(99),
            config: self.config(),
            ops: ops.iter().map(Operation::hash).collect(),
        };
        self.standing.guards.push(guard);
    }

    fn review(&self) -> ReviewState {
        let config = self.config();
        let standing = Standing {
            config,
            ..self.standing.clone()
        };
        standing.state(self.world.now)
    }

    fn export_released(&mut self, id: DirectoryId, guard: Option<Guard>) -> Sending {
        self.standing.config = self.config();
        let staged = self.world.staged();
        let ops: Vec<&PlannedOp> = staged.iter().collect();
        let mut release = approval::release(&self.standing, &ops, self.world.now);
        if let Some(approval) = release.goes_live {
            self.standing.live = Some((self.standing.config, approval));
            self.standing.approval = None;
        }
        let mut held = BTreeSet::new();
        if let Some(guard) = guard {
            let limits = DeleteLimits {
                least: guard.limit,
                most: guard.limit,
                percent: 0,
            };
            let rows = self.world.db.cs.values().map(|object| object.row);
            let mut sizes: BTreeMap<TypeId, u64> = BTreeMap::new();
            for row in rows.filter(|row| row.directory == id) {
                row.object_type
                    .into_iter()
                    .for_each(|t| *sizes.entry(t).or_default() += 1);
            }
            let unnamed = approval::unnamed(&release, &ops);
            let begin = self.world.now - WINDOW_S;
            let in_window = self.ledger.iter().filter(|(at, _)| *at > begin);
            let before: Vec<Sent> = in_window.map(|(_, sent)| *sent).collect();
            let tripped = delete_guard(&limits, &sizes, &before, &unnamed);
            held.extend(tripped.iter().flat_map(|tripped| tripped.held.clone()));
            let mode = match guard.stops {
                true => GuardMode::Stop,
                false => GuardMode::HoldListed,
            };
            approval::hold(&mut release, &ops, &tripped, mode);
        }
        let goes: BTreeSet<OpHash> = release.send.iter().map(|(n, _)| ops[*n].hash).collect();
        let held: Vec<Operation> = staged
            .iter()
            .filter(|op| held.contains(&op.hash))
            .map(|op| op.op.clone())
            .collect();
        let facts_of = unnamed_facts(&release, &ops);
        let sent = self.export(id, &|op| goes.contains(&op.hash()));
        for op in &sent {
            let facts = facts_of.get(&(op.object.clone(), op.pass)).into_iter();
            let facts = facts.flatten().copied();
            self.ledger.extend(facts.map(|fact| (self.world.now, fact)));
        }
        if !sent.is_empty() {
            self.standing.last_exported = Some(self.standing.config);
            if let Some(approval) = &mut self.standing.approval {
                approval.exported = true;
            }
        }
        Sending {
            sent,
            status: ended(&held, guard.is_some_and(|guard| guard.stops)),
            held,
        }
    }

    fn crash_in_export(&mut self, id: DirectoryId, done: bool) {
        let mut staged = self.world.staged().into_iter();
        let op = staged
            .find(|op| op.directory == id)
            .expect("something is staged");
        self.world.db.claim(&op, self.world.now);
        if done {
            let created = self.world.db.created.clone();
            self.world.dir(id).apply(&created, &op.op);
        }
    }

    fn recover(&mut self, id: DirectoryId) -> bool {
        self.world.recover(id)
    }

    fn disconnect(&mut self, id: DirectoryId, name: &str) {
        let row = self.row(id, name).row;
        let change = hand::disconnect(&row).expect("it is there");
        let set = self.world.rule_set();
        let beside = self.world.db.beside(&set, &row, &change);
        self.by_hand(&hand::part(&set, &row, &change, &beside));
    }

    fn clear(&mut self, id: DirectoryId, name: &str) {
        let row = self.row(id, name).row;
        let change = hand::clear(&row).expect("it was disconnected by hand");
        let set = self.world.rule_set();
        let beside = self.world.db.beside(&set, &row, &change);
        self.by_hand(&hand::part(&set, &row, &change, &beside));
    }

    fn contest_limit(&mut self, limit: u8) {
        self.world.contest_limit = limit;
    }

    fn pass(&mut self, days: i64) {
        self.world.now += days * 86_400;
    }

    fn waiting(&self) -> bool {
        let events = &self.world.last.events;
        events.contains_key(&EventKind::WaitingForAttribute)
    }

    fn was_quiet(&self) -> bool {
        self.quiet
    }

    fn refuses(&self, profile: &Profile) -> bool {
        !syncline_engine::ruleset::mixed(profile, &[]).is_empty()
    }

    fn has_drifted(&self) -> bool {
        self.world.last.events.contains_key(&EventKind::MatchDrift)
    }

    fn identities(&self) -> BTreeMap<String, i64> {
        let db = &self.world.db;
        let people = db.mv.values().map(|person| {
            let name = nickname(&person.body.origin.anchor);
            (format!("MV {name}"), person.id.get())
        });
        let objects = db
            .cs
            .values()
            .map(|object| (label(&self.object(object)), object.row.id.get()));
        people.chain(objects).collect()
    }

    fn describe(&self, op: &Operation) -> String {
        self.view().operation(op)
    }

    fn facts(&self) -> Facts {
        self.view().facts()
    }
}
