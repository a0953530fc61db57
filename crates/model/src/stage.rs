//! What one page of an import changes: the unit of a staging transaction (D-11 to D-20, D-22).
//!
//! Invariants: staging never touches `synced`, links, the metaverse or intents (D-11) but for the
//! consequences that D-15 names; a part is applied whole or not at all; applying it twice equals once.

use crate::attrs::AttrId;
use crate::body::body_struct;
use crate::error::{ErrorKind, Stage};
use crate::ids::{CsId, DirectoryId, MvId, PartId, ProfileId};
use crate::import::ReadError;
use crate::object::{ContentHash, CsBody, CsFlags, CsRef, CsRow, KeyHash, Subject, TypeId};
use crate::op::OpHash;
use crate::plan::MemoryEntry;

/// The changes of one page, or of one step of the sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct StagePart {
    /// The directory.
    pub directory: DirectoryId,
    /// New and changed rows; written over what is there, but for the columns that staging does not own
    /// (`synced`, `link`, `disjoin`) of rows that exist.
    pub rows: Vec<StageRow>,
    /// References that came and went. Applied after `refs_cleared`.
    pub refs: Vec<RefChange>,
    /// Objects all of whose outgoing references go (their image is gone).
    pub refs_cleared: Vec<CsId>,
    /// Placeholders that proved to be another row's object: children and referrers of the first move to
    /// the second, then the first is removed.
    pub merged: Vec<(CsId, CsId)>,
    /// Rows that go, with their outgoing references, intent, pending operations, keys and errors.
    /// One that is still a parent or referred to becomes a placeholder instead (D-05).
    pub removed: Vec<CsId>,
    /// Objects seen by this run (full imports; generation marks for the sweep).
    pub seen: Vec<CsId>,
    /// What objects were before this page of a full import changed them, kept until the run ends: an entry that comes
    /// twice and differs leaves its object so (D-18).
    pub before: Vec<Before>,
    /// Anchors that came twice with different content, one entry each (D-18).
    pub duplicates: Vec<ReadError>,
    /// Memory entries that this import confirmed or contradicted.
    pub memory: Vec<MemoryChange>,
    /// Contests that came, went on or ended.
    pub contests: Vec<crate::contest::ContestSet>,
    /// Objects that synchronisation must look at, for every profile in `profiles`.
    pub work: Vec<Subject>,
    /// The profiles that read or write the directory.
    pub profiles: Vec<ProfileId>,
    /// Errors of the import and confirm stages.
    pub errors: Vec<ErrorSet>,
    /// What happened, counted.
    pub counts: StageCounts,
}

impl StagePart {
    /// A part without changes.
    pub fn new(directory: DirectoryId, profiles: Vec<ProfileId>) -> Self {
        Self {
            directory,
            rows: Vec::new(),
            refs: Vec::new(),
            refs_cleared: Vec::new(),
            merged: Vec::new(),
            removed: Vec::new(),
            seen: Vec::new(),
            before: Vec::new(),
            duplicates: Vec::new(),
            memory: Vec::new(),
            contests: Vec::new(),
            work: Vec::new(),
            profiles,
            errors: Vec::new(),
            counts: StageCounts::default(),
        }
    }
}

/// An image as it was before a full import changed it, with all that staging owns of its row.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// The object.
    pub cs: CsId,
    /// Its type.
    pub object_type: Option<TypeId>,
    /// Its marks.
    pub flags: CsFlags,
    /// Its container.
    pub parent: Option<CsId>,
    /// Its content; `None` where no import had shown it.
    pub imported: Option<ContentHash>,
    /// Its name.
    pub name: Option<KeyHash>,
    /// The same under the uniqueness fold.
    pub unique: Option<KeyHash>,
    /// The wide part.
    pub body: CsBody,
    /// Its references.
    pub refs: Vec<(AttrId, CsId)>,
    /// Its acknowledged exports that no import had judged.
    pub memory: Vec<MemoryEntry>,
}
body_struct!(Before {
    cs,
    object_type,
    flags,
    parent,
    imported,
    name,
    unique,
    body,
    refs,
    memory,
});

/// One row of a staging part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageRow {
    /// The narrow row as it is to be.
    pub row: CsRow,
    /// The wide part, when it is new or different.
    pub body: Option<CsBody>,
    /// Whether the row did not exist before.
    pub new: bool,
}

/// A reference that came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefChange {
    /// The reference.
    pub reference: CsRef,
    /// Came (true) or went.
    pub added: bool,
}

/// What an import says about an acknowledged export (D-55).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryChange {
    /// The target object.
    pub cs: CsId,
    /// Which entry.
    pub export_seq: i64,
    /// Confirmed entries go. Otherwise what is left of it to confirm.
    pub left: Option<MemoryEntry>,
}

/// Counters of a staging run; they add up over parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StageCounts {
    /// Entries read.
    pub read: u64,
    /// New objects.
    pub added: u64,
    /// Objects whose image differs (renames included).
    pub updated: u64,
    /// Renamed or moved objects.
    pub renamed: u64,
    /// Objects that are gone.
    pub deleted: u64,
    /// Objects equal to what was known.
    pub unchanged: u64,
    /// Entries that could not be read.
    pub read_errors: u64,
    /// Read errors that name no object: nothing may be swept (D-16).
    pub unattributable: u64,
    /// Exported changes confirmed.
    pub confirmed: u64,
    /// Exported changes contradicted.
    pub contradicted: u64,
    /// Objects that lost their name to another and wait for their own entry (D-15d).
    pub transient: u64,
}

impl StageCounts {
    /// Adds the counters of another part.
    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.added += other.added;
        self.updated += other.updated;
        self.renamed += other.renamed;
        self.deleted += other.deleted;
        self.unchanged += other.unchanged;
        self.read_errors += other.read_errors;
        self.unattributable += other.unattributable;
        self.confirmed += other.confirmed;
        self.contradicted += other.contradicted;
        self.transient += other.transient;
    }

    /// Whether anything became pending.
    pub fn changes(&self) -> u64 {
        self.added + self.updated + self.deleted
    }
}

/// The errors that a subject has at a stage under a part, in place of those it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorSet {
    /// The object.
    pub subject: Subject,
    /// The stage.
    pub stage: Stage,
    /// The part whose errors are replaced; `None` for errors of no part (import, export).
    pub part: Option<PartId>,
    /// The errors; empty clears. The store keeps first seen and count of an entry that stays.
    pub entries: Vec<ErrorEntry>,
}

/// One error of an object (D-71). Sealed when stored: the message may quote names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ErrorEntry {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The attribute, if one is concerned.
    pub attr: Option<AttrId>,
    /// What happened to which thing, why, and what to do.
    pub message: String,
    /// Other objects concerned, such as the candidates of an ambiguous match.
    pub others: Vec<Subject>,
    /// The operation that failed; another operation is tried at once (D-71).
    pub op: Option<OpHash>,
}
body_struct!(ErrorEntry {
    kind,
    attr,
    message,
    others,
    op
});

impl crate::body::Body for Subject {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Cs(id) => {
                out.push(1);
                id.put(out);
            }
            Self::Mv(id) => {
                out.push(2);
                id.put(out);
            }
        }
    }
    fn read(r: &mut crate::flat::Reader<'_>) -> Result<Self, crate::flat::FlatError> {
        match r.byte()? {
            1 => CsId::read(r).map(Self::Cs),
            2 => MvId::read(r).map(Self::Mv),
            _ => Err(r.error("subject")),
        }
    }
}

impl crate::body::Body for ErrorKind {
    fn put(&self, out: &mut Vec<u8>) {
        self.code().to_owned().put(out);
    }
    fn read(r: &mut crate::flat::Reader<'_>) -> Result<Self, crate::flat::FlatError> {
        let code = r.text()?;
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.code() == code)
            .ok_or_else(|| r.error("error kind"))
    }
}
