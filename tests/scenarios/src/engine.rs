//! The engine, with the world in memory that its own stories are told in.
//!
//! Invariant: translates, and decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use syncline_engine::approval::{self, GuardApproval, GuardMode, Standing};
use syncline_engine::config::{ConfigHash, Meanings, config_hash};
use syncline_engine::export::{self, Look, Resolution};
use syncline_engine::guard::{DeleteLimits, delete_guard};
use syncline_engine::hand;
use syncline_model::approval::ReviewState;
use syncline_model::connector::AddTrace;
use syncline_model::object::{CsFlags, CsKind, CsObject, Subject, TypeId};
use syncline_model::op::{OpHash, Operation};
use syncline_model::plan::{EscrowEntry, EventKind, PlanPart, PlannedOp};
use syncline_model::profile::Profile;
use syncline_model::run::RunStatus;
use syncline_model::schema::Schema;
use syncline_model::{Anchor, ApprovalId, AttrId, AttrName, CsId, DirectoryId, MvId, PartId};

use crate::house::{Guard, House, How, Sending, ended, trace};
use crate::view::{About, Facts, ObjectView, PersonView, ProblemView, View, label, unconfirmed};
use crate::world::directory::{anchor, nickname};
use crate::world::{Directory, PROFILE, World};

/// The engine.
pub struct Engine {
    world: World,
    quiet: bool,
    standing: Standing,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            world: World::new(r#"{"name":"empty"}"#, Vec::new()),
            quiet: true,
            standing: unapproved(),
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

    fn object(&self, object: &CsObject) -> ObjectView {
        let row = object.row;
        let name = |id: TypeId| self.world.types.name(id).map(str::to_owned);
        let linked_as = row.link.and_then(|link| {
            let mut profiles = self.world.profiles.values();
            profiles.find_map(|profile| {
                let inbound = profile.inbound.iter().map(|p| (p.id, &p.object_type));
                let outbound = profile.outbound.iter().map(|p| (p.id, &p.object_type));
                let mut parts = inbound.chain(outbound);
                let part = parts.find(|(id, _)| *id == Some(link.part));
                part.and_then(|(_, name)| self.world.types.id(name))
            })
        });
        let memory = self.world.db.memory.values().filter(|m| m.cs == row.id);
        let mut words = BTreeSet::new();
        for entry in memory {
            let attrs = entry.effect.attrs.iter().map(|(attr, _)| *attr);
            let refs = entry.effect.refs.iter().map(|change| change.attr);
            let names: Vec<String> = attrs.chain(refs).map(|attr| self.attr(attr)).collect();
            let named = entry.effect.place.is_some();
            let names = names.iter().map(String::as_str);
            words.extend(unconfirmed(entry.effect.verb, named, names));
        }
        ObjectView {
            directory: row.directory,
            anchor: object.body.anchor.clone(),
            object_type: row
                .object_type
                .and_then(name)
                .filter(|_| row.kind == CsKind::Staging),
            dn: self.dn(object),
            pending: row.pending_import_as(linked_as),
            link: row.link.and_then(|link| {
                let person = self.world.db.mv.get(&link.mv)?;
                Some((person.body.origin.anchor.clone(), link.kind))
            }),
            disjoin: row.disjoin,
            provenance: row.provenance,
            transient: row.flags.has(CsFlags::TRANSIENT),
            retired: row.retired.is_some(),
            in_doubt: self.world.db.escrow.contains_key(&row.id),
            unconfirmed: words,
        }
    }

    fn dn(&self, object: &CsObject) -> String {
        let mut rdns = Vec::new();
        let mut at = Some(object);
        while let Some(object) = at {
            rdns.extend(object.body.rdn.clone());
            let parent = object.row.parent;
            at = parent.and_then(|parent| self.world.db.cs.get(&parent));
        }
        match object.body.rdn {
            Some(_) => rdns.join(","),
            None => String::new(),
        }
    }

    fn attr(&self, attr: AttrId) -> String {
        let name = self.world.attrs.name(attr);
        name.map_or_else(|| "?".into(), ToString::to_string)
    }

    fn origin(&self, mv: MvId) -> Anchor {
        let person = self.world.db.mv.get(&mv);
        person.map_or_else(|| anchor("(gone)"), |p| p.body.origin.anchor.clone())
    }

    fn about(&self, subject: &Subject, at: &BTreeMap<CsId, usize>) -> Option<About> {
        match subject {
            Subject::Cs(cs) => at.get(cs).copied().map(About::Object),
            Subject::Mv(mv) => Some(About::Person(self.origin(*mv))),
        }
    }

    fn view(&self) -> View {
        let db = &self.world.db;
        let at: BTreeMap<CsId, usize> = db.cs.keys().copied().zip(0..).collect();
        let mut problems = Vec::new();
        for ((subject, ..), entries) in &db.errors {
            for entry in entries {
                problems.extend(self.about(subject, &at).map(|about| {
                    ProblemView {
                        about,
                        kind: entry.kind.to_string(),
                        attr: entry.attr.map(|attr| self.attr(attr)),
                        others: entry
                            .others
                            .iter()
                            .filter_map(|other| self.about(other, &at))
                            .collect(),
                    }
                }));
            }
        }
        let people = db.mv.values().map(|person| {
            let values = person.body.values.iter();
            let mut refs: BTreeMap<String, BTreeSet<Anchor>> = BTreeMap::new();
            for reference in db.mv_refs.iter().filter(|r| r.from == person.id) {
                let to = refs.entry(self.attr(reference.attr)).or_default();
                to.insert(self.origin(reference.to));
            }
            let mv_type = self.world.types.name(person.mv_type);
            PersonView {
                origin: person.body.origin.anchor.clone(),
                mv_type: mv_type.unwrap_or_default().to_owned(),
                state: person.state,
                values: values
                    .map(|v| (self.attr(v.attr), v.values.iter().cloned().collect()))
                    .collect(),
                refs: refs
                    .into_iter()
                    .map(|(attr, to)| (attr, to.into_iter().collect()))
                    .collect(),
            }
        });
        View {
            objects: db.cs.values().map(|object| self.object(object)).collect(),
            people: people.collect(),
            problems,
            staged: self.staged(),
        }
    }

    /// The operation whose outcome is unknown.
    fn escrowed(&self, id: DirectoryId) -> EscrowEntry {
        let mut escrow = self.world.db.escrow.values();
        let entry = escrow.find(|entry| entry.op.directory == id);
        entry.cloned().expect("an operation is in doubt")
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
            let tripped = delete_guard(&limits, &sizes, &[], &unnamed);
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
        let sent = self.export(id, &|op| goes.contains(&op.hash()));
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
        let entry = self.escrowed(id);
        let created = self.world.db.created.clone();
        let found = trace(self.world.dir(id), &created, &entry.op.op);
        let look = match &found {
            None => AddTrace::Absent,
            Some((anchor, dn)) => AddTrace::Present {
                anchor: anchor.clone(),
                dn: dn.clone(),
                created: None,
                differing: Vec::new(),
                unfinished: Vec::new(),
                sealed: None,
            },
        };
        let known = |anchor: &Anchor| self.world.db.by_anchor(id, anchor).is_some();
        let fresh = Look::new(self.world.now, 0, 0);
        match export::resolve_add(&entry, &look, known, fresh) {
            Resolution::Settle(outcome) => {
                let set = self.world.rule_set();
                self.world.finish(&set, &entry, &outcome);
            }
            Resolution::Repeat => drop(self.world.db.escrow.remove(&entry.op.cs)),
            Resolution::Wait => panic!("its reads are fresh"),
        }
        found.is_some()
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
