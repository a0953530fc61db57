//! What a connector's import says, entry by entry.
//!
//! Invariants: an entry names its object by anchor whenever the directory gave one; a value set that
//! the directory cut is completed before it becomes an entry, or becomes a `ReadError` (D-22);
//! a watermark was read before the first entry (D-12).

use crate::anchor::Anchor;
use crate::attrs::AttrName;
use crate::dn::Dn;
use crate::schema::ObjectType;
use crate::value::Values;

/// Another object of the same directory, as the directory itself names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectName {
    /// By immutable id: survives every rename.
    Anchor(Anchor),
    /// By name, where the directory gives nothing better.
    Dn(Dn),
}

/// One entry of an import page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportEntry {
    /// The complete image of an object under the attributes that were asked for.
    Object(ImportObject),
    /// What changed on an object since the watermark.
    Change(ImportChange),
    /// The object is gone (or left the selected scope).
    Deleted(Anchor),
    /// An object that was seen and could not be read. Never grounds for a delete (D-16).
    ReadError(ReadError),
}

/// A complete image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportObject {
    /// Immutable id.
    pub anchor: Anchor,
    /// Where it lies; the root in flat directories.
    pub dn: Dn,
    /// Object type in the directory's schema.
    pub object_type: ObjectType,
    /// Attributes that hold values.
    pub attrs: Vec<(AttrName, Values)>,
    /// Reference attributes, each with all its targets.
    pub refs: Vec<(AttrName, Vec<ObjectName>)>,
}

/// What changed on one object. Attributes not named here did not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportChange {
    /// Immutable id.
    pub anchor: Anchor,
    /// What it is, where the directory tells with every change all that an object holds: one that was never read,
    /// or was gone, is then taken whole from its change. `None` where a change tells only what changed.
    pub object_type: Option<ObjectType>,
    /// The new name, when the object was renamed or moved.
    pub dn: Option<Dn>,
    /// Attributes with their new value sets; `None` is cleared.
    pub attrs: Vec<(AttrName, Option<Values>)>,
    /// Reference attributes replaced as a whole.
    pub refs_set: Vec<(AttrName, Vec<ObjectName>)>,
    /// References added.
    pub refs_added: Vec<(AttrName, ObjectName)>,
    /// References removed.
    pub refs_removed: Vec<(AttrName, ObjectName)>,
}

/// An object that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// Its id, when at least that was readable.
    pub anchor: Option<Anchor>,
    /// Its name, when readable.
    pub dn: Option<String>,
    /// Stable code, such as `import.value_set_incomplete`.
    pub code: String,
    /// What happened, for people.
    pub message: String,
}

/// What an import asks a directory for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRequest {
    /// Everything, or what changed since a watermark.
    pub mode: ImportMode,
    /// Containers to read, by identity or name; empty is the whole partition.
    pub containers: Vec<ObjectName>,
    /// Object types and the attributes wanted of each.
    pub types: Vec<(ObjectType, Vec<AttrName>)>,
    /// Entries a page at most.
    pub page_size: u32,
}

/// Full or delta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportMode {
    /// Everything in scope.
    Full,
    /// Changes since this watermark, opaque to everyone but the connector.
    Delta(Vec<u8>),
}
