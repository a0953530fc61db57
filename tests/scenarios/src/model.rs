//! The reference model in the same world: directories in memory around the whole-state functions.
//!
//! Invariant: translates, and decides nothing.

mod seen;

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::approval::ReviewState;
use syncline_model::op::Operation;
use syncline_model::profile::Profile;
use syncline_model::run::RunStatus;
use syncline_model::{Anchor, AttrName, DirectoryId};
use syncline_reference::approval::{self, Standing};
use syncline_reference::config::{self, Config};
use syncline_reference::state::{Cs, Object};
use syncline_reference::{Read, Shrink, State, acknowledge, hand_over, import, sendable, sync};

use crate::house::{Guard, House, How, Sending, ended, trace};
use crate::template::compile;
use crate::view::{Facts, label};
use crate::world::Directory;
use crate::world::directory::{anchor, nickname};

/// The reference model.
pub struct Model {
    /// Its whole state.
    pub state: State,
    config: Config,
    directories: Vec<(DirectoryId, Directory)>,
    profile: Profile,
    held: BTreeSet<Cs>,
    limit: u8,
    now: i64,
    quiet: bool,
    standing: Standing,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            state: State::default(),
            config: Config::default(),
            directories: Vec::new(),
            profile: serde_json::from_str(r#"{"name":"empty"}"#).expect("a profile"),
            held: BTreeSet::new(),
            limit: syncline_model::contest::CONTEST_LIMIT,
            now: 1_750_000_000,
            quiet: true,
            standing: Standing::default(),
        }
    }
}

impl Model {
    /// All of the configuration that can alter an operation (D-65).
    fn meaning(&self) -> String {
        let document = (
            &self.profile.inbound,
            &self.profile.outbound,
            &self.profile.deletion,
        );
        serde_json::to_string(&document).expect("a profile is JSON")
    }

    fn compile(&mut self) {
        let directories = self.directories.iter().map(|(id, directory)| {
            let schema = directory.schema();
            config::Directory {
                id: *id,
                schema,
                contest_limit: self.limit,
            }
        });
        self.config = compile(&self.profile, directories.collect());
    }

    fn find(&self, id: DirectoryId, name: &str) -> Cs {
        let known = self.state.by_anchor(id, &anchor(name));
        known.unwrap_or_else(|| panic!("{name} is known in {id}"))
    }
}

impl House for Model {
    fn name(&self) -> &'static str {
        "model"
    }

    fn begin(&mut self, directories: Vec<(DirectoryId, Directory)>, profile: &Profile) {
        *self = Self {
            directories,
            profile: profile.clone(),
            ..Self::default()
        };
        self.directories.sort_by_key(|(id, _)| *id);
        self.compile();
    }

    fn configure(&mut self, profile: &Profile) {
        self.profile = profile.clone();
        // A change of the rules ends every contest (D-48).
        for object in self.state.objects.values_mut() {
            object.contests.clear();
        }
        self.compile();
    }

    fn directories(&self) -> Vec<DirectoryId> {
        self.directories.iter().map(|(id, _)| *id).collect()
    }

    fn directory(&mut self, id: DirectoryId) -> &mut Directory {
        let mut directories = self.directories.iter_mut();
        let found = directories.find(|(other, _)| *other == id);
        &mut found.expect("a directory of this world").1
    }

    fn import(&mut self, id: DirectoryId, how: How) -> RunStatus {
        self.compile();
        let guarded = matches!(how, How::Guarded);
        let mut fence = self.fence();
        let directory = self.directory(id);
        let (entries, full, complete) = match how {
            How::Full | How::Guarded => (directory.full(), true, true),
            How::Delta if directory.no_delta => (directory.full(), true, true),
            How::Earlier(read) => {
                fence = read.fence;
                (read.entries, read.full, true)
            }
            How::Broken(after) => {
                let mut entries = directory.full();
                entries.truncate(after);
                (entries, true, false)
            }
            How::Delta => (directory.delta(), false, true),
            How::Entries(entries, full) => (entries, full, true),
        };
        let unread = directory.unread.clone();
        let read = Read {
            directory: id,
            entries: &entries,
            full,
            complete,
            unread: &unread,
            fence: u64::try_from(fence).expect("exports are counted from 0 on"),
            shrink: guarded.then(Shrink::default),
        };
        let imported = import(&mut self.state, &self.config, &read);
        self.held = imported.held;
        imported.status
    }

    fn approve_sweep(&mut self, _: DirectoryId) {
        let held = std::mem::take(&mut self.held);
        syncline_reference::approve_sweep(&mut self.state, &held);
    }

    fn has_read(&mut self, id: DirectoryId, read: Option<BTreeMap<String, Vec<AttrName>>>) {
        match read {
            None => drop(self.state.read.remove(&id)),
            Some(read) => {
                let types = read.into_iter();
                let read = types.map(|(t, attrs)| (t, attrs.into_iter().collect()));
                self.state.read.insert(id, read.collect());
            }
        }
    }

    fn sync(&mut self, _: bool) {
        self.compile();
        let before = self.state.clone();
        sync(&mut self.state, &self.config, self.now);
        let ids = self.state.ids;
        self.quiet = State { ids, ..before } == self.state;
    }

    fn staged(&self) -> Vec<Operation> {
        let staged = self.state.staged.iter();
        staged.map(|staged| staged.operation.clone()).collect()
    }

    fn what_if(&mut self) -> Vec<Operation> {
        self.compile();
        let mut apart = self.state.clone();
        sync(&mut apart, &self.config, self.now);
        apart.staged.into_iter().map(|s| s.operation).collect()
    }

    fn fence(&self) -> i64 {
        i64::try_from(self.state.exported).expect("exports are few")
    }

    fn linked(&self, id: DirectoryId) -> BTreeSet<Anchor> {
        let objects = self.state.objects.values();
        let linked = objects.filter(|o| o.directory == id && o.link.is_some());
        linked.filter_map(|o| o.anchor.clone()).collect()
    }

    fn export(&mut self, id: DirectoryId, released: &dyn Fn(&Operation) -> bool) -> Vec<Operation> {
        let mut sent = Vec::new();
        syncline_reference::learn_names(&mut self.state);
        for op in sendable(&self.state, id, &|staged| released(&staged.operation)) {
            let Some(op) = hand_over(&mut self.state, &op) else {
                continue;
            };
            sent.push(op.operation.clone());
            let created = self.state.created.clone();
            let outcome = self.directory(id).apply(&created, &op.operation);
            acknowledge(&mut self.state, &op, &outcome);
        }
        sent
    }

    fn accept(&mut self) {
        self.standing.config = self.meaning();
        self.standing.accept(&self.state);
    }

    fn accept_list(&mut self, ops: &[Operation]) {
        let config = self.meaning();
        let named = ops.iter().map(|op| (config.clone(), op.hash()));
        self.standing.named.extend(named);
    }

    fn review(&self) -> ReviewState {
        let config = self.meaning();
        Standing {
            config,
            ..self.standing.clone()
        }
        .review()
    }

    fn export_released(&mut self, id: DirectoryId, guard: Option<Guard>) -> Sending {
        self.standing.config = self.meaning();
        let guard = guard.map(|guard| approval::Guard {
            limit: usize::try_from(guard.limit).expect("limits are small"),
            stops: guard.stops,
        });
        let release = self.standing.release(&self.state, guard);
        let mut held = self.staged();
        held.retain(|op| release.held.contains(&op.hash()));
        let sent = self.export(id, &|op| release.goes.contains(&op.hash()));
        if !sent.is_empty() {
            self.standing.exported = Some(self.standing.config.clone());
        }
        Sending {
            sent,
            status: ended(&held, guard.is_some_and(|guard| guard.stops)),
            held,
        }
    }

    fn crash_in_export(&mut self, id: DirectoryId, done: bool) {
        let staged = sendable(&self.state, id, &|_| true);
        let op = staged.first().expect("something is staged").clone();
        let op = hand_over(&mut self.state, &op).expect("it can go");
        if done {
            let created = self.state.created.clone();
            self.directory(id).apply(&created, &op.operation);
        }
    }

    fn recover(&mut self, id: DirectoryId) -> bool {
        let here = |object: &&Object| object.directory == id;
        let mut objects = self.state.objects.values().filter(here);
        let op = objects.find_map(|object| object.escrow.clone());
        let op = op.expect("an operation is in doubt");
        let created = self.state.created.clone();
        let found = trace(self.directory(id), &created, &op.operation);
        let found = found.map(|(anchor, _)| anchor);
        let is_there = found.is_some();
        syncline_reference::resolve_add(&mut self.state, &op, found);
        is_there
    }

    fn disconnect(&mut self, id: DirectoryId, name: &str) {
        let cs = self.find(id, name);
        syncline_reference::disconnect(&mut self.state, cs);
    }

    fn clear(&mut self, id: DirectoryId, name: &str) {
        let cs = self.find(id, name);
        syncline_reference::clear(&mut self.state, cs);
    }

    fn contest_limit(&mut self, limit: u8) {
        self.limit = limit;
        self.compile();
    }

    fn pass(&mut self, days: i64) {
        self.now += days * 86_400;
    }

    fn waiting(&self) -> bool {
        !self.state.waiting.is_empty()
    }

    fn was_quiet(&self) -> bool {
        self.quiet
    }

    fn refuses(&self, profile: &Profile) -> bool {
        compile(profile, self.config.directories.clone()).mixes()
    }

    fn has_drifted(&self) -> bool {
        !self.state.drifted.is_empty()
    }

    fn identities(&self) -> BTreeMap<String, i64> {
        let id = |id: u64| i64::try_from(id).expect("ids are small");
        let people = self.state.people.iter().map(|(mv, person)| {
            let name = nickname(&person.origin.1);
            (format!("MV {name}"), id(mv.0))
        });
        let objects = self.state.objects.iter();
        let objects = objects.map(|(cs, object)| (label(&self.object(*cs, object)), id(cs.0)));
        people.chain(objects).collect()
    }

    fn describe(&self, op: &Operation) -> String {
        self.view().operation(op)
    }

    fn facts(&self) -> Facts {
        self.view().facts()
    }
}
