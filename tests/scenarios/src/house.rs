//! What a scenario may do: edit a directory, import, synchronise, export, approve, and look.
//!
//! Invariant: nothing here says how a house is built inside.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::approval::ReviewState;
use syncline_model::import::ImportEntry;
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation};
use syncline_model::profile::Profile;
use syncline_model::run::RunStatus;
use syncline_model::{Anchor, AttrName, DirectoryId, Dn, Value};

use crate::view::Facts;
use crate::world::Directory;
use crate::world::directory::Created;

/// How a directory is read.
#[derive(Debug, Clone)]
pub enum How {
    /// Everything.
    Full,
    /// Everything, with the guard on vanishing objects at its default (D-17).
    Guarded,
    /// Everything, but the connection drops after so many entries.
    Broken(usize),
    /// What changed since the last read.
    Delta,
    /// Exactly these entries, of a full (true) or a delta import.
    Entries(Vec<ImportEntry>, bool),
    /// What was read some time ago.
    Earlier(Earlier),
}

/// What a read of a directory showed, and when it began.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// Its entries.
    pub entries: Vec<ImportEntry>,
    /// Whether it read everything.
    pub full: bool,
    /// The number of the last export before it began (D-55).
    pub fence: i64,
}

/// The guard on what destroys (D-52).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// How many destructive operations go without being asked.
    pub limit: u64,
    /// Nothing goes when it trips, or everything but what it lists.
    pub stops: bool,
}

/// What an export sent, and what a guard held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// What was sent, in order.
    pub sent: Vec<Operation>,
    /// What a guard lists.
    pub held: Vec<Operation>,
    /// How it ended.
    pub status: RunStatus,
}

/// A synchronisation service: the model, or the engine.
pub trait House {
    /// What it is called in print.
    fn name(&self) -> &'static str;

    /// Begins anew with these directories, in the order of their precedence, and this profile.
    fn begin(&mut self, directories: Vec<(DirectoryId, Directory)>, profile: &Profile);

    /// Saves another configuration.
    fn configure(&mut self, profile: &Profile);

    /// The directories, in the order of their precedence.
    fn directories(&self) -> Vec<DirectoryId>;

    /// A directory, for what happens outside.
    fn directory(&mut self, id: DirectoryId) -> &mut Directory;

    /// Imports a directory.
    fn import(&mut self, id: DirectoryId, how: How) -> RunStatus;

    /// Approves what the last held sweep lists: exactly these objects are gone.
    fn approve_sweep(&mut self, id: DirectoryId);

    /// Says which attributes of a type the last complete import of a directory read; until it is said, all.
    fn has_read(&mut self, id: DirectoryId, read: Option<BTreeMap<String, Vec<AttrName>>>);

    /// Synchronises: delta, or everything.
    fn sync(&mut self, everything: bool);

    /// Operations that are staged, in the order in which they go.
    fn staged(&self) -> Vec<Operation>;

    /// What a delta synchronisation would leave staged; changes nothing (D-63).
    fn what_if(&mut self) -> Vec<Operation>;

    /// The number of the last export.
    fn fence(&self) -> i64;

    /// The objects of a directory that are linked.
    fn linked(&self, id: DirectoryId) -> BTreeSet<Anchor>;

    /// Exports the released ones of a directory; answers what was sent, in order.
    fn export(&mut self, id: DirectoryId, released: &dyn Fn(&Operation) -> bool) -> Vec<Operation>;

    /// Approves the present plan; when all of it was sent, the profile is live.
    fn accept(&mut self);

    /// Approves what a guard holds: exactly these operations.
    fn accept_list(&mut self, ops: &[Operation]);

    /// Where the profile's approval stands.
    fn review(&self) -> ReviewState;

    /// Exports what approvals and the guard let go.
    fn export_released(&mut self, id: DirectoryId, guard: Option<Guard>) -> Sending;

    /// Hands an operation over and dies before the answer; `done` says whether the directory had taken it.
    fn crash_in_export(&mut self, id: DirectoryId, done: bool);

    /// After a restart: reads back what is in doubt (D-53), and answers whether the directory had taken it.
    fn recover(&mut self, id: DirectoryId) -> bool;

    /// Disconnects an object by hand, for good (D-07).
    fn disconnect(&mut self, id: DirectoryId, anchor: &str);

    /// Lets an object that was disconnected by hand take part again.
    fn clear(&mut self, id: DirectoryId, anchor: &str);

    /// How many contradictions of a value make it contested (D-48).
    fn contest_limit(&mut self, limit: u8);

    /// Lets time pass.
    fn pass(&mut self, days: i64);

    /// Whether the last synchronisation left rules waiting for an attribute that was not read yet (D-21).
    fn waiting(&self) -> bool;

    /// The last synchronisation changed nothing, or had nothing to do.
    fn was_quiet(&self) -> bool;

    /// Whether saving this configuration is refused (D-33).
    fn refuses(&self, profile: &Profile) -> bool;

    /// Whether the last synchronisation found match values that no longer agree with a link (D-27).
    fn has_drifted(&self) -> bool;

    /// The ids that never change, by what metaverse objects and objects of sources are called.
    fn identities(&self) -> BTreeMap<String, i64>;

    /// An operation in one line.
    fn describe(&self, op: &Operation) -> String;

    /// All that can be seen.
    fn facts(&self) -> Facts;
}

/// How an export ended of which a guard held this.
pub fn ended(held: &[Operation], stops: bool) -> RunStatus {
    match !held.is_empty() && stops {
        true => RunStatus::StoppedDeletionThreshold,
        false => RunStatus::Success,
    }
}

/// Looks for the object of an Add whose answer was lost, where the directory would have made it.
pub fn trace(directory: &Directory, created: &Created, add: &Operation) -> Option<(Anchor, Dn)> {
    let place = match &add.kind {
        OpKind::Add { place, .. } => place.as_ref(),
        OpKind::Update { .. } | OpKind::Delete { .. } => None,
    };
    let found = match place {
        Some(place) => {
            let parent = match &place.parent {
                ObjectKey::Anchor(anchor) => anchor,
                new => created.get(new)?,
            };
            let dn = format!("{},{}", place.rdn, directory.objects.get(parent)?.dn);
            directory.by_dn(&dn).map(|(anchor, _)| anchor)
        }
        None => {
            let is_name = |(name, _): &&(AttrName, Change)| *name == AttrName::new("displayName");
            match add.deltas.iter().find(is_name)? {
                (_, Change::Set(values)) => match values.first()? {
                    OpValue::Value(Value::Text(text)) => directory.by_value("displayName", text),
                    _ => None,
                },
                _ => None,
            }
        }
    }?;
    Some((found.clone(), directory.objects.get(found)?.dn.clone()))
}
