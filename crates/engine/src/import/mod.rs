//! Import: from a connector's pages to staged objects (D-11 to D-20, D-22, D-55).
//!
//! Invariants: a page is one [`StagePart`]; staging never touches `synced`, links or the metaverse but for
//! what D-15 names; a read error never deletes; the order of entries in a page decides nothing, DN swaps
//! and rotations included; operations of unknown outcome are resolved before an import starts.

mod confirm;
mod image;
mod page;
mod status;
mod sweep;
mod twice;

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::AttrId;
use syncline_model::import::ImportEntry;
use syncline_model::object::{Hashing, KeyHash, TypeId};
use syncline_model::stage::StagePart;
use syncline_model::{CsId, DirectoryId};

use crate::reader::CsReader;
use crate::ruleset::RuleSet;

pub(crate) use confirm::same_rdn;
pub use twice::{Told, Twice};

pub use status::status;
pub use sweep::{SweepLimits, SweepVerdict, is_swept, judge_sweep, sweep};

/// What of our own writes the reads of an import have to show (D-55). Directories of many replicas show a write
/// later than they acknowledge it: what such a read does not show yet is neither undone nor gone.
#[derive(Debug, Clone)]
pub struct Freshness {
    /// The last `export_seq` acknowledged before the read began: only these entries of memory are judged.
    pub fence: i64,
    /// What was acknowledged up to then, in seconds since 1970, every read shows; what came after a read may confirm
    /// and cannot contradict.
    pub settled: i64,
    /// Objects that we created, or brought back, after that: a read that does not find them says nothing.
    pub young: BTreeSet<CsId>,
}

impl Freshness {
    /// Of a directory whose reads show every write that was acknowledged before them.
    pub fn immediate(fence: i64) -> Self {
        Self {
            fence,
            settled: i64::MAX,
            young: BTreeSet::new(),
        }
    }
}

/// What an import run knows all the way through.
pub struct Import<'a> {
    /// The active configuration: schemas, names, and which profiles read the directory.
    pub set: &'a RuleSet,
    /// Hashing under the tenant's keys.
    pub hashing: &'a dyn Hashing,
    /// The directory.
    pub directory: DirectoryId,
    /// Whether everything is read; then every object seen is marked.
    pub full: bool,
    /// What of our own writes its reads have to show.
    pub freshness: Freshness,
    /// Which attributes the import reads of each type; others say nothing about an export.
    pub selected: BTreeMap<TypeId, BTreeSet<AttrId>>,
    /// What it means that an object is shown a second time.
    pub twice: Twice,
    /// What the run was told so far.
    pub told: Told,
    containers: BTreeMap<KeyHash, CsId>,
}

impl<'a> Import<'a> {
    /// A run that has read nothing yet.
    pub fn new(
        set: &'a RuleSet,
        hashing: &'a dyn Hashing,
        directory: DirectoryId,
        full: bool,
        freshness: Freshness,
        selected: BTreeMap<TypeId, BTreeSet<AttrId>>,
    ) -> Self {
        Self {
            set,
            hashing,
            directory,
            full,
            freshness,
            selected,
            twice: Twice::default(),
            told: Told::default(),
            containers: BTreeMap::new(),
        }
    }

    /// Stages one page. Apply the part before staging the next page.
    pub async fn page<R: CsReader>(
        &mut self,
        reader: &R,
        entries: Vec<ImportEntry>,
    ) -> Result<StagePart, R::Error> {
        page::stage(self, reader, entries).await
    }
}
