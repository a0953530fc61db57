//! Connector-space and metaverse objects as they are kept: narrow rows, wide images, links, references.
//!
//! Invariants: engine ids are immutable and come from one sequence of the tenant (D-01); a DN is
//! (parent, RDN), so that a renamed container is one row; references are rows of their own ([`CsRef`],
//! [`MvRef`]), never values of a body; pending import is derived from `synced` and `imported` (D-03, D-13).

use std::collections::BTreeMap;
use std::num::NonZeroU128;

use crate::anchor::Anchor;
use crate::attrs::{AttrId, Attrs};
use crate::body::{Body, body_enum, body_struct};
use crate::flat::{FlatError, Reader};
use crate::ids::{CsId, DirectoryId, MvId, PartId};
use crate::schema::ObjectType;
use crate::value::Values;

/// An object type's interned number within a tenant; directories and the metaverse share the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u16);

/// The tenant's table of interned object types.
#[derive(Debug, Clone, Default)]
pub struct TypeTable {
    names: Vec<ObjectType>,
    ids: BTreeMap<ObjectType, TypeId>,
}

impl TypeTable {
    /// The table whose n-th name has number n.
    pub fn new(names: impl IntoIterator<Item = ObjectType>) -> Self {
        let mut table = Self::default();
        for name in names {
            table.intern(&name);
        }
        table
    }

    /// The number of a known type.
    pub fn id(&self, name: &str) -> Option<TypeId> {
        self.ids.get(name).copied()
    }

    /// The number of a type, given the next free one if it is new. New numbers must be stored before use.
    ///
    /// # Panics
    /// When more than 65,536 distinct types were interned; callers bound schema sizes far below.
    pub fn intern(&mut self, name: &str) -> TypeId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = TypeId(
            u16::try_from(self.names.len())
                .expect("schema sizes are bounded far below 65,536 types"),
        );
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        id
    }

    /// The name behind a number.
    pub fn name(&self, id: TypeId) -> Option<&str> {
        self.names.get(usize::from(id.0)).map(String::as_str)
    }

    /// All names in the order of their numbers.
    pub fn names(&self) -> &[ObjectType] {
        &self.names
    }
}

/// The keyed hash of everything an import said about an object: type, place, attributes, references.
/// Built as a hash of the flat part plus a wrapping sum over references, so that a change of one member
/// of a large group updates it without reading the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(NonZeroU128);

impl ContentHash {
    /// The hash with this number; zero is stored as one.
    pub const fn new(n: u128) -> Self {
        match NonZeroU128::new(n) {
            Some(n) => Self(n),
            None => Self(NonZeroU128::MIN),
        }
    }

    /// The number.
    pub const fn get(self) -> u128 {
        self.0.get()
    }
}

/// The keyed hash under which a match key, a name or a remembered anchor is looked up. 128 bits under a
/// secret key: equality of the hash is the comparison of the folded values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyHash(pub u128);

/// Which key definition a [`KeyHash`] belongs to: derived from the definition's text and side, hence the
/// same for equal definitions of different parts. Numbers below 2^32 are reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub i64);

impl KeyId {
    /// Anchors of source objects that a metaverse object remembers (D-44).
    pub const fn remembered() -> Self {
        Self(1)
    }

    /// What a metaverse object without a target waits for under an outbound part: a name that is taken, a
    /// container that is missing, an object that blocks it (D-37).
    pub const fn awaited(part: PartId) -> Self {
        Self(-part.0)
    }
}

/// A row of the key index: one object under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyRow {
    /// The definition.
    pub key: KeyId,
    /// The value.
    pub hash: KeyHash,
    /// The object.
    pub subject: Subject,
}

/// Hashing under the tenant's keys, which live with the store. Every method has its own key.
pub trait Hashing: Send + Sync {
    /// Content of an image, or one reference of it.
    fn content(&self, bytes: &[u8]) -> u128;
    /// A match key, a name, a remembered anchor; `domain` separates them.
    fn key(&self, domain: &str, bytes: &[u8]) -> KeyHash;
}

/// Either kind of object, where both can be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A connector-space object.
    Cs(CsId),
    /// A metaverse object.
    Mv(MvId),
}

/// What a connector-space row is (D-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CsKind {
    /// An object.
    Staging,
    /// A name or anchor that others refer to; no object.
    Placeholder,
}
body_enum!(CsKind { Staging = 1, Placeholder = 2 });

/// Where an object comes from (D-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provenance {
    /// Found by an import.
    Discovered,
    /// Created by our acknowledged Add; never lowered while the anchor exists.
    CreatedByUs,
    /// Found, and matched by an outbound part.
    Adopted,
}
body_enum!(Provenance { Discovered = 1, CreatedByUs = 2, Adopted = 3 });

/// Why an object without a link has none (D-02, D-07).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Disjoin {
    /// Nothing matched yet.
    #[default]
    Normal,
    /// Out of scope.
    Filtered,
    /// An administrator or a deprovision action said so.
    Explicit,
}
body_enum!(Disjoin { Normal = 1, Filtered = 2, Explicit = 3 });

/// What a link does (D-10, D-29, D-45).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// Of an inbound part that may create; keeps the metaverse object alive.
    Provision,
    /// Of an inbound part that keeps alive and may not create.
    Sticky,
    /// Of an inbound part that does neither.
    Join,
    /// Of an outbound part.
    Target,
    /// Kept only until a staged Delete is confirmed, or while the object of a tombstone is retired: no slot, no reference
    /// resolves through it.
    Departing,
}
body_enum!(LinkKind { Provision = 1, Sticky = 2, Join = 3, Target = 4, Departing = 5 });

impl LinkKind {
    /// Whether it keeps the metaverse object alive (D-44).
    pub const fn owns(self) -> bool {
        matches!(self, Self::Provision | Self::Sticky)
    }
}

/// A connector-space object's link to a metaverse object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// The metaverse object.
    pub mv: MvId,
    /// The part that made the link.
    pub part: PartId,
    /// What it does.
    pub kind: LinkKind,
    /// Made by an administrator: scope does not end it (D-07).
    pub explicit: bool,
}
body_struct!(Link {
    mv,
    part,
    kind,
    explicit
});

/// Marks of a connector-space row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CsFlags(pub u16);

impl CsFlags {
    /// Its name was taken by another object in an import (D-15d); exports are blocked.
    pub const TRANSIENT: Self = Self(1);
    /// Never swept.
    pub const HOLD: Self = Self(2);
    /// A change arrived for an object that was never read whole (D-19).
    pub const NEEDS_FULL: Self = Self(4);
    /// Provisioned by us, and the directory acknowledged the Add (D-15c).
    pub const ACKNOWLEDGED: Self = Self(8);
    /// Deleted in the directory before synchronisation consumed any image of it.
    pub const GONE: Self = Self(16);

    /// Whether all these marks are set.
    pub const fn has(self, marks: Self) -> bool {
        self.0 & marks.0 == marks.0
    }

    /// With these marks set or cleared.
    pub const fn with(self, marks: Self, on: bool) -> Self {
        if on {
            Self(self.0 | marks.0)
        } else {
            Self(self.0 & !marks.0)
        }
    }
}

/// The narrow row of a connector-space object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsRow {
    /// Engine id.
    pub id: CsId,
    /// Its directory.
    pub directory: DirectoryId,
    /// Newest imported image; `None`: gone (pending Delete), or provisioned and never seen.
    pub imported: Option<ContentHash>,
    /// The image that synchronisation consumed last.
    pub synced: Option<ContentHash>,
    /// Keyed hash of (directory, parent, RDN under the match fold): imports look names up by it (D-61).
    /// `None` where the object occupies no name (transient, gone, placeholder known by anchor only).
    pub name: Option<KeyHash>,
    /// The same under the uniqueness fold: provisioning looks collisions up by it (D-62).
    pub unique: Option<KeyHash>,
    /// The container; `None` at the top and where the place is unknown.
    pub parent: Option<CsId>,
    /// The link, if any.
    pub link: Option<Link>,
    /// Object type; `None` on placeholders.
    pub object_type: Option<TypeId>,
    /// Object or placeholder.
    pub kind: CsKind,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Why it has no link.
    pub disjoin: Disjoin,
    /// Marks.
    pub flags: CsFlags,
    /// Since when it is disabled because nothing wants it (D-46), in seconds since 1970.
    pub retired: Option<i64>,
}

/// The pending import of an object (D-02, D-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PendingImport {
    /// Nothing new.
    None,
    /// New.
    Add,
    /// Different.
    Update,
    /// Gone.
    Delete,
    /// Another object type: the one it was is gone, and one of this type came under the same id.
    DeleteAdd,
}

impl CsRow {
    /// A placeholder.
    pub const fn placeholder(id: CsId, directory: DirectoryId) -> Self {
        Self {
            id,
            directory,
            imported: None,
            synced: None,
            name: None,
            unique: None,
            parent: None,
            link: None,
            object_type: None,
            kind: CsKind::Placeholder,
            provenance: Provenance::Discovered,
            disjoin: Disjoin::Normal,
            flags: CsFlags(0),
            retired: None,
        }
    }

    /// What synchronisation has not consumed yet.
    pub fn pending_import(&self) -> PendingImport {
        match (self.synced, self.imported) {
            (None, None) if self.flags.has(CsFlags::GONE) => PendingImport::Delete,
            (None, None) => PendingImport::None,
            (None, Some(_)) => PendingImport::Add,
            (Some(_), None) => PendingImport::Delete,
            (Some(synced), Some(imported)) if synced == imported => PendingImport::None,
            (Some(_), Some(_)) => PendingImport::Update,
        }
    }

    /// The same for an object that is linked as this type: of another type by now, it is another object.
    pub fn pending_import_as(&self, linked: Option<TypeId>) -> PendingImport {
        match self.pending_import() {
            PendingImport::Update if linked.is_some() && linked != self.object_type => {
                PendingImport::DeleteAdd
            }
            pending => pending,
        }
    }

    /// Provisioned by us and not imported yet.
    pub fn is_provisional(&self) -> bool {
        self.kind == CsKind::Staging
            && self.imported.is_none()
            && self.synced.is_none()
            && !self.flags.has(CsFlags::GONE)
    }

    /// Whether it is an object that exists in its directory as far as imports know.
    pub fn is_present(&self) -> bool {
        self.kind == CsKind::Staging && self.imported.is_some()
    }
}

/// The wide part of a connector-space object: what is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CsBody {
    /// The directory's immutable id; absent on placeholders known by name and before an Add is acknowledged.
    pub anchor: Option<Anchor>,
    /// The RDN as text, such as `CN=Ann`; absent at unknown places and in flat directories.
    pub rdn: Option<String>,
    /// Attributes of the newest imported image; references are [`CsRef`] rows.
    pub attrs: Attrs,
}
body_struct!(CsBody { anchor, rdn, attrs });

/// A connector-space object, whole but for its references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsObject {
    /// The narrow row.
    pub row: CsRow,
    /// The wide part.
    pub body: CsBody,
}

/// A reference of a connector-space object (table `ref`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CsRef {
    /// The referring object.
    pub from: CsId,
    /// The attribute.
    pub attr: AttrId,
    /// The object referred to; possibly a placeholder.
    pub to: CsId,
}

/// Which contribution a metaverse value comes from (D-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lineage {
    /// The inbound part.
    pub part: PartId,
    /// The flow, by its index in the part.
    pub flow: u16,
    /// The contributing object.
    pub cs: CsId,
}
body_struct!(Lineage { part, flow, cs });

/// The values of one metaverse attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MvValue {
    /// The attribute.
    pub attr: AttrId,
    /// Its values.
    pub values: Values,
    /// Where they come from.
    pub lineage: Lineage,
}
body_struct!(MvValue {
    attr,
    values,
    lineage
});

/// A contribution that could not be computed and is held at its last value (D-21, D-39).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The attribute.
    pub attr: AttrId,
    /// The last value; `None` is no opinion.
    pub values: Option<Values>,
    /// Whose contribution it is.
    pub lineage: Lineage,
}
body_struct!(Held {
    attr,
    values,
    lineage
});

/// A source object, named without engine ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey {
    /// Its directory.
    pub directory: DirectoryId,
    /// Its anchor.
    pub anchor: Anchor,
}
body_struct!(SourceKey { directory, anchor });

/// Whether a metaverse object is alive (D-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MvState {
    /// Alive.
    Live,
    /// Gone, remembered until its last staged Delete is confirmed or withdrawn and no target object of it is retired.
    Tombstone,
    /// Without what keeps it alive, and kept for its return until its grace is over.
    Scheduled,
}
body_enum!(MvState { Live = 1, Tombstone = 2, Scheduled = 3 });

/// A metaverse object but for its references. `id`, `mv_type`, `state` and `since` are columns, the rest is the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MvObject {
    /// Engine id.
    pub id: MvId,
    /// Object type.
    pub mv_type: TypeId,
    /// Alive or not.
    pub state: MvState,
    /// Since when it is scheduled, in seconds since 1970.
    pub since: Option<i64>,
    /// The wide part.
    pub body: MvBody,
}

/// The wide part of a metaverse object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MvBody {
    /// The source link that first projected it; names the object in operation hashes.
    pub origin: SourceKey,
    /// Values by ascending attribute.
    pub values: Vec<MvValue>,
    /// Contributions held at their last value.
    pub held: Vec<Held>,
    /// Sources whose links ended by deletion, scope or type; they find back here (D-44).
    pub remembered: Vec<SourceKey>,
    /// What each of several contributors gives to a merged attribute (D-33): by ascending attribute, the strongest first.
    pub merged: Vec<MvValue>,
}

/// What bodies of the first release do not have comes last, and only where it says something: they read the same.
impl Body for MvBody {
    fn put(&self, out: &mut Vec<u8>) {
        self.origin.put(out);
        self.values.put(out);
        self.held.put(out);
        self.remembered.put(out);
        if !self.merged.is_empty() {
            self.merged.put(out);
        }
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        Ok(Self {
            origin: Body::read(r)?,
            values: Body::read(r)?,
            held: Body::read(r)?,
            remembered: Body::read(r)?,
            merged: match r.is_done() {
                true => Vec::new(),
                false => Body::read(r)?,
            },
        })
    }
}

impl MvBody {
    /// The values of an attribute.
    pub fn get(&self, attr: AttrId) -> Option<&MvValue> {
        let at = self.values.binary_search_by_key(&attr, |v| v.attr).ok()?;
        Some(&self.values[at])
    }

    /// The contributions to an attribute that are in its values: the one that won, or those that were merged.
    pub fn given(&self, attr: AttrId) -> &[MvValue] {
        let first = self.merged.partition_point(|one| one.attr < attr);
        let of_attr = &self.merged[first..];
        let count = of_attr.partition_point(|one| one.attr == attr);
        match count {
            0 => self.get(attr).map_or(&[], std::slice::from_ref),
            _ => &of_attr[..count],
        }
    }

    /// The values as attributes, as rules read them.
    pub fn attrs(&self) -> Attrs {
        Attrs::from_pairs(self.values.iter().map(|v| (v.attr, v.values.clone())))
    }
}

/// A reference of a metaverse object (table `mv_ref`). Only resolved references are here (D-35).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MvRef {
    /// The referring object.
    pub from: MvId,
    /// The attribute.
    pub attr: AttrId,
    /// The object referred to.
    pub to: MvId,
    /// Where the value comes from.
    pub lineage: Lineage,
}

impl Body for ContentHash {
    fn put(&self, out: &mut Vec<u8>) {
        self.get().put(out);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        u128::read(r).map(Self::new)
    }
}

impl Body for KeyHash {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        u128::read(r).map(Self)
    }
}

impl Body for CsFlags {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        u16::read(r).map(Self)
    }
}

impl Body for TypeId {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        u16::read(r).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body;
    use crate::value::Value;

    #[test]
    fn pending_import_is_the_difference_of_two_images() {
        let mut row = CsRow::placeholder(CsId(1), DirectoryId(1));
        let (a, b) = (Some(ContentHash::new(1)), Some(ContentHash::new(2)));

        for (synced, imported, pending) in [
            (None, None, PendingImport::None),
            (None, a, PendingImport::Add),
            (a, None, PendingImport::Delete),
            (a, a, PendingImport::None),
            (a, b, PendingImport::Update),
        ] {
            (row.synced, row.imported) = (synced, imported);
            assert_eq!(row.pending_import(), pending);
        }
    }

    #[test]
    fn a_metaverse_body_reads_back_and_refuses_cut_bytes() {
        let lineage = Lineage {
            part: PartId(4),
            flow: 2,
            cs: CsId(9),
        };
        let stored = MvBody {
            origin: SourceKey {
                directory: DirectoryId(1),
                anchor: Anchor::Guid([3; 16]),
            },
            values: vec![MvValue {
                attr: AttrId(1),
                values: Values::one(Value::text("Ann")).unwrap(),
                lineage,
            }],
            held: vec![Held {
                attr: AttrId(2),
                values: None,
                lineage,
            }],
            remembered: vec![],
            merged: vec![],
        };

        let bytes = body::encode(&stored);

        assert_eq!(body::decode::<MvBody>(&bytes).unwrap(), stored);
        for cut in 0..bytes.len() {
            assert!(body::decode::<MvBody>(&bytes[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn codes_in_columns_read_back() {
        for kind in [
            LinkKind::Provision,
            LinkKind::Sticky,
            LinkKind::Join,
            LinkKind::Target,
            LinkKind::Departing,
        ] {
            assert_eq!(LinkKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(LinkKind::from_code(0), None);
    }
}
