//! What synchronisation decides: a plan part, the unit of a run's transaction and of a what-if.
//!
//! Invariants: a part holds everything that one metaverse object's evaluation changes (D-24): values,
//! links, intents, pending operations, the consumption of pending imports and work rows; lists are sorted
//! by id; the same input gives the same part, byte for byte.

use crate::attrs::{AttrId, AttrName};
use crate::body::{Body, body_enum, body_struct};
use crate::contest::ContestSet;
use crate::contributors::Contributors;
use crate::flat::{FlatError, Reader};
use crate::ids::{CsId, DirectoryId, MvId, PartId, ProfileId};
use crate::object::{
    ContentHash, CsBody, CsRow, Disjoin, KeyHash, KeyId, Link, MvObject, MvRef, Provenance,
    Subject, TypeId,
};
use crate::op::{OpHash, Operation};
use crate::schema::same_for_change;
use crate::stage::ErrorSet;
use crate::value::Values;

/// The changes of up to 4,096 metaverse objects. A run applies it in one transaction, a what-if keeps it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlanPart {
    /// Metaverse objects, new or different.
    pub mv: Vec<MvObject>,
    /// Metaverse objects that go, with their references, keys, errors and work.
    pub mv_removed: Vec<MvId>,
    /// Metaverse references that come (or whose lineage changes).
    pub mv_refs_added: Vec<MvRef>,
    /// Metaverse references that go, by (from, attr, to, part).
    pub mv_refs_removed: Vec<MvRef>,
    /// Connector-space objects that this part provisions, or renames before their Add was sent: written
    /// over what is there.
    pub provisioned: Vec<Provisioned>,
    /// Links that begin, change or end.
    pub links: Vec<LinkChange>,
    /// Pending imports that a profile consumed.
    pub consumed: Vec<Consumed>,
    /// Connector-space rows that go, as in [`crate::stage::StagePart::removed`].
    pub cs_removed: Vec<CsId>,
    /// Key rows, per subject and in place of the rows it had under the covered definitions.
    pub keys: Vec<KeysOf>,
    /// Intents, new or different.
    pub intents: Vec<Intent>,
    /// Objects whose intent goes.
    pub intents_removed: Vec<CsId>,
    /// Contests that ended because something else is wanted.
    pub contests: Vec<ContestSet>,
    /// Pending operations per object, in place of those it had; empty withdraws.
    pub pending: Vec<PendingSet>,
    /// Errors of the inbound and outbound stages.
    pub errors: Vec<ErrorSet>,
    /// Work on metaverse objects that is done; work on connector-space objects ends with `consumed`.
    pub work_done: Vec<WorkItem>,
    /// Work that this part makes.
    pub work_added: Vec<WorkItem>,
    /// What happened, for the what-if, for messages and for counting.
    pub events: Vec<Event>,
}

/// An object on a profile's work list (D-37).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkItem {
    /// The profile.
    pub profile: ProfileId,
    /// The object.
    pub subject: Subject,
}

/// A new connector-space object, without anchor, linked to the metaverse object that it is for (D-41).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioned {
    /// Its row, link included.
    pub row: CsRow,
    /// Its RDN; neither anchor nor attributes.
    pub body: CsBody,
}

/// A link that begins, changes or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkChange {
    /// The object.
    pub cs: CsId,
    /// Its link from now on.
    pub link: Option<Link>,
    /// Why it has none, if it has none.
    pub disjoin: Disjoin,
    /// Its provenance from now on.
    pub provenance: Provenance,
    /// Since when it is retired, if it is.
    pub retired: Option<i64>,
}

/// A pending import that a profile took notice of. If `imported` still is `image`, the work row of the
/// profile goes, and when no profile has work on the object left, `synced` becomes `image`. Otherwise an
/// import came in between, and the object stays on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumed {
    /// The profile.
    pub profile: ProfileId,
    /// The object.
    pub cs: CsId,
    /// The image that was evaluated; `None` is the absence of one.
    pub image: Option<ContentHash>,
}

/// The key rows of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysOf {
    /// The subject.
    pub subject: Subject,
    /// The definitions whose rows are replaced.
    pub covered: Vec<KeyId>,
    /// The rows it has from now on under these definitions.
    pub rows: Vec<(KeyId, KeyHash)>,
}

/// Where an object lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The container.
    pub parent: CsId,
    /// The RDN as text.
    pub rdn: String,
}
body_struct!(Place { parent, rdn });

/// When an outbound flow sends (D-43), as kept with an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Also against drift.
    Enforce,
    /// Only in the Add.
    Initial,
    /// When the value changes.
    OnChange {
        /// The directory acknowledged this value, or was found to hold it: whatever becomes of it there is left alone.
        sent: bool,
    },
    /// Only where the target has no value.
    IfEmpty,
}

/// One byte; numbers are never reused.
impl Body for Mode {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Enforce => 1,
            Self::Initial => 2,
            Self::OnChange { sent: false } => 3,
            Self::OnChange { sent: true } => 4,
            Self::IfEmpty => 5,
        });
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        match r.byte()? {
            1 => Ok(Self::Enforce),
            2 => Ok(Self::Initial),
            3 => Ok(Self::OnChange { sent: false }),
            4 => Ok(Self::OnChange { sent: true }),
            5 => Ok(Self::IfEmpty),
            _ => Err(r.error("mode")),
        }
    }
}

/// What the outbound parts want of one target object (table `intent`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The target object.
    pub cs: CsId,
    /// The part that owns the link.
    pub part: PartId,
    /// Where it is to lie; `None` where no DN rule speaks.
    pub place: Option<Place>,
    /// Managed attributes by ascending number.
    pub attrs: Vec<Managed>,
    /// Managed reference attributes; their values follow from metaverse references and links.
    pub refs: Vec<ManagedRef>,
}
body_struct!(Intent {
    cs,
    part,
    place,
    attrs,
    refs
});

impl Intent {
    /// Notes values that a directory acknowledged, where they are sent on change and still wanted. Whether there are such.
    pub fn note_sent(&mut self, sent: &[Sent]) -> bool {
        let mut noted = false;
        for managed in &mut self.attrs {
            let of = |one: &&Sent| one.attr == managed.attr;
            let same = |one: &Sent| same_for_change(one.values.as_ref(), managed.values.as_ref());
            if managed.mode == (Mode::OnChange { sent: false })
                && sent.iter().find(of).is_some_and(same)
            {
                managed.mode = Mode::OnChange { sent: true };
                noted = true;
            }
        }
        noted
    }
}

/// What an acknowledged operation made of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The attribute.
    pub attr: AttrId,
    /// Its values since; `None` is absent.
    pub values: Option<Values>,
}

/// One managed attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Managed {
    /// The attribute.
    pub attr: AttrId,
    /// What it is to hold; `None` is absent.
    pub values: Option<Values>,
    /// The deciding outbound part.
    pub part: PartId,
    /// The deciding flow in it.
    pub flow: u16,
    /// When it is sent.
    pub mode: Mode,
    /// The contributions behind it, where one metaverse attribute was taken as it is.
    pub source: Contributors,
}
body_struct!(Managed {
    attr,
    values,
    part,
    flow,
    mode,
    source
});

/// One managed reference attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ManagedRef {
    /// The attribute of the target.
    pub attr: AttrId,
    /// The metaverse attribute it follows.
    pub from: AttrId,
    /// The deciding outbound part.
    pub part: PartId,
    /// The deciding flow in it.
    pub flow: u16,
}
body_struct!(ManagedRef {
    attr,
    from,
    part,
    flow
});

/// The kind of an operation.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Create.
    Add,
    /// Change, rename or move.
    Update,
    /// Delete.
    Delete,
}
body_enum!(Verb { Add = 1, Update = 2, Delete = 3 });

/// What an operation does, in engine ids: overlaid on the imported image until an import confirms it (D-04).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The kind.
    pub verb: Verb,
    /// The new place, for an Add or a rename.
    pub place: Option<Place>,
    /// Attribute changes by ascending number.
    pub attrs: Vec<(AttrId, AttrEffect)>,
    /// References that come (true) and go.
    pub refs: Vec<RefEffect>,
}
body_struct!(Effect {
    verb,
    place,
    attrs,
    refs
});

/// What happens to one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttrEffect {
    /// These become its values.
    Set(Values),
    /// It becomes absent.
    Clear,
    /// These values come and these go.
    Values {
        /// Values that come.
        add: Option<Values>,
        /// Values that go.
        remove: Option<Values>,
    },
}

/// A reference that comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefEffect {
    /// The attribute.
    pub attr: AttrId,
    /// The object referred to.
    pub to: CsId,
    /// Comes (true) or goes.
    pub added: bool,
}
body_struct!(RefEffect { attr, to, added });

/// The pending operations of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingSet {
    /// The object.
    pub cs: CsId,
    /// At most one operation per pass (D-49), in order.
    pub ops: Vec<PlannedOp>,
}

/// An operation with everything a person needs to judge it. Narrow columns beside the sealed body:
/// `cs`, `directory`, `profile`, `part`, `object_type`, `verb`, `pass`, `depth`, `hash`, `blocked`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedOp {
    /// The object.
    pub cs: CsId,
    /// The metaverse object behind it; `None` once that is gone.
    pub mv: Option<MvId>,
    /// The target.
    pub directory: DirectoryId,
    /// The profile it belongs to.
    pub profile: ProfileId,
    /// The outbound part that owns the link.
    pub part: PartId,
    /// The object's type.
    pub object_type: TypeId,
    /// How deep the object lies; adds go by ascending, deletes by descending depth (D-50).
    pub depth: u16,
    /// Hash of `op`.
    pub hash: OpHash,
    /// What travels.
    pub op: Operation,
    /// What it does, in engine ids.
    pub effect: Effect,
    /// Where the object lies before, if it exists.
    pub place_before: Option<Place>,
    /// Per attribute what was, what will be, and who decided.
    pub changes: Vec<AttrChange>,
    /// What guards count about it.
    pub facts: Vec<GuardFact>,
    /// Why it cannot be sent now, if so.
    pub blocked: Option<Blocked>,
}
body_struct!(PlannedOp {
    cs,
    mv,
    directory,
    profile,
    part,
    object_type,
    depth,
    hash,
    op,
    effect,
    place_before,
    changes,
    facts,
    blocked,
});

impl PlannedOp {
    /// The kind of operation.
    pub fn verb(&self) -> Verb {
        self.effect.verb
    }

    /// Pass 1, or 2 for references that become addressable in pass 1.
    pub fn pass(&self) -> u8 {
        self.op.pass
    }
}

/// Before, after and reason of one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttrChange {
    /// The attribute.
    pub attr: AttrName,
    /// What the object holds as far as we know.
    pub before: Option<Values>,
    /// What it will hold.
    pub after: Option<Values>,
    /// References that come.
    pub added: Vec<CsId>,
    /// References that go.
    pub removed: Vec<CsId>,
    /// How many references it held before.
    pub references_before: u32,
    /// How many of `removed` go because the object referred to is deleted.
    pub removed_by_deletion: u32,
    /// The deciding outbound part.
    pub part: PartId,
    /// The deciding flow in it.
    pub flow: u16,
    /// The contributions behind it, where one metaverse attribute was taken as it is.
    pub source: Contributors,
}
body_struct!(AttrChange {
    attr,
    before,
    after,
    added,
    removed,
    references_before,
    removed_by_deletion,
    part,
    flow,
    source,
});

/// What a guard counts (D-52, D-76).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuardKind {
    /// A creation.
    Add,
    /// A deletion.
    Delete,
    /// An account that becomes disabled.
    Disable,
    /// More than a quarter of a group of more than 20 loses membership.
    Membership,
    /// An attribute that becomes absent.
    Clear,
    /// An attribute that changes.
    Change,
    /// A move to another container.
    Move,
}
body_enum!(GuardKind { Add = 1, Delete = 2, Disable = 3, Membership = 4, Clear = 5, Change = 6, Move = 7 });

/// One countable fact about an operation; one row of the ledger of sent operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GuardFact {
    /// What.
    pub kind: GuardKind,
    /// The attribute, for `Clear` and `Change`.
    pub attr: Option<AttrId>,
}
body_struct!(GuardFact { kind, attr });

/// Why an operation that is wanted cannot be sent now.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Blocked {
    /// Another entry took the object's name (D-15d).
    Transient,
    /// An earlier operation on it has an unknown outcome (D-53).
    OutcomeUnknown,
}
body_enum!(Blocked { Transient = 1, OutcomeUnknown = 2 });

/// An operation that the directory acknowledged and no import confirmed yet (D-55).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryEntry {
    /// The target object.
    pub cs: CsId,
    /// Order of acknowledgement within the directory; reads that started before it neither confirm nor contradict.
    pub export_seq: i64,
    /// When it was acknowledged, in seconds since 1970.
    pub at: i64,
    /// The operation.
    pub hash: OpHash,
    /// What it did. Confirmed attributes leave it.
    pub effect: Effect,
}

/// The last byte counted contradictions once, which an intent's contests do now; rows that were written before have it.
impl Body for MemoryEntry {
    fn put(&self, out: &mut Vec<u8>) {
        self.cs.put(out);
        self.export_seq.put(out);
        self.at.put(out);
        self.hash.put(out);
        self.effect.put(out);
        out.push(0);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        let entry = Self {
            cs: Body::read(r)?,
            export_seq: Body::read(r)?,
            at: Body::read(r)?,
            hash: Body::read(r)?,
            effect: Body::read(r)?,
        };
        r.byte()?;
        Ok(entry)
    }
}

/// An operation handed to the connector whose outcome is unknown (D-53).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscrowEntry {
    /// The operation.
    pub op: PlannedOp,
    /// Order within the directory, the `export_seq` it will have when acknowledged.
    pub export_seq: i64,
    /// When it was handed over, in seconds since 1970.
    pub since: i64,
}
body_struct!(EscrowEntry {
    op,
    export_seq,
    since
});

impl Body for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        ((*self << 1) ^ (*self >> 63)).cast_unsigned().put(out);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        let n = u64::read(r)?;
        Ok((n >> 1).cast_signed() ^ -(n & 1).cast_signed())
    }
}

impl Body for AttrName {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_str().to_owned().put(out);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        r.text().map(AttrName::new)
    }
}

impl Body for AttrEffect {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Set(values) => {
                out.push(1);
                values.put(out);
            }
            Self::Clear => out.push(2),
            Self::Values { add, remove } => {
                out.push(3);
                add.put(out);
                remove.put(out);
            }
        }
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        match r.byte()? {
            1 => Values::read(r).map(Self::Set),
            2 => Ok(Self::Clear),
            3 => Ok(Self::Values {
                add: Body::read(r)?,
                remove: Body::read(r)?,
            }),
            _ => Err(r.error("attribute effect")),
        }
    }
}

/// Something that happened to an object, for the what-if's lists, messages and counts (D-64).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// To which object.
    pub subject: Subject,
    /// Under which part.
    pub part: Option<PartId>,
    /// Other objects concerned: candidates, the colliding object, the new partner.
    pub others: Vec<Subject>,
}
body_struct!(Event {
    kind,
    subject,
    part,
    others
});

/// What happened.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A source object joined an existing metaverse object.
    Joined,
    /// A source object came back to the metaverse object it had (D-44).
    Returned,
    /// A source object projected a new metaverse object.
    Projected,
    /// A source object's link ended because the object is gone.
    DisconnectedDeleted,
    /// A source object's link ended because it left the scope.
    DisconnectedScope,
    /// A source object's link ended because its type changed or its rule is gone.
    DisconnectedRule,
    /// Several candidates; nothing was done (D-26).
    Ambiguous,
    /// The only candidate is taken (D-10).
    AlreadyJoined,
    /// The match values of a linked object no longer agree (D-27).
    MatchDrift,
    /// A metaverse object's values changed.
    Changed,
    /// A metaverse object is gone: no owner is left.
    Deleted,
    /// A metaverse object came back to life with the same id (D-44).
    Revived,
    /// A target object was matched and linked.
    Adopted,
    /// A target object is to be created.
    Provisioned,
    /// A target object's name is taken by an object that is not linked (D-41).
    ProvisionConflict,
    /// No target object matches, and the part does not create (D-42).
    Unmatched,
    /// Several target objects match.
    AmbiguousTarget,
    /// The target had no complete import yet; no decision was made (D-41).
    NoBaseline,
    /// A mandatory attribute has no value; nothing is staged.
    MissingMandatory,
    /// A target object's part stopped applying.
    OutOfScope,
    /// A target object is to be deleted.
    DeleteStaged,
    /// A target object is released and stays in its directory.
    Released,
    /// A target object stays although the part says delete: we did not create it (D-46).
    AdoptedKept,
    /// An Add that was never sent is withdrawn.
    AddWithdrawn,
    /// A linked target object was deleted by someone else (D-47).
    TargetVanished,
    /// A reference has no counterpart in the target, and none is coming (D-51).
    NotInTarget,
    /// A reference waits for an object that this plan adds.
    AwaitingExport,
    /// A target object is disabled, because nothing wants it any more (D-46).
    Retired,
    /// A target object that was disabled is wanted again (D-46).
    Reinstated,
    /// A metaverse object has lost what keeps it alive, and is kept for its return (D-44).
    Scheduled,
    /// A rule reads an attribute that no complete import has read yet; what was stays (D-21).
    WaitingForAttribute,
}
body_enum!(EventKind {
    Joined = 1, Returned = 2, Projected = 3, DisconnectedDeleted = 4, DisconnectedScope = 5, DisconnectedRule = 6,
    Ambiguous = 7, AlreadyJoined = 8, MatchDrift = 9, Changed = 10, Deleted = 11, Revived = 12, Adopted = 13,
    Provisioned = 14, ProvisionConflict = 15, Unmatched = 16, AmbiguousTarget = 17, NoBaseline = 18,
    MissingMandatory = 19, OutOfScope = 20, DeleteStaged = 21, Released = 22, AdoptedKept = 23, AddWithdrawn = 24,
    TargetVanished = 25, NotInTarget = 26, AwaitingExport = 27, WaitingForAttribute = 32, Retired = 46,
    Reinstated = 47, Scheduled = 48,
});

impl PlanPart {
    /// Whether applying it changes nothing but work lists and consumption.
    pub fn is_quiet(&self) -> bool {
        self.mv.is_empty()
            && self.mv_removed.is_empty()
            && self.mv_refs_added.is_empty()
            && self.mv_refs_removed.is_empty()
            && self.provisioned.is_empty()
            && self.links.is_empty()
            && self.cs_removed.is_empty()
            && self.intents.is_empty()
            && self.intents_removed.is_empty()
            && self.contests.is_empty()
            && self.pending.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{decode, encode};

    #[test]
    fn memory_that_counted_contradictions_still_reads() {
        let entry = MemoryEntry {
            cs: CsId(7),
            export_seq: 3,
            at: 1_750_000_000,
            hash: OpHash([9; 32]),
            effect: Effect {
                verb: Verb::Update,
                place: None,
                attrs: Vec::new(),
                refs: Vec::new(),
            },
        };
        let mut before = encode(&entry);

        *before.last_mut().unwrap() = 2;

        assert_eq!(decode::<MemoryEntry>(&before).unwrap(), entry);
    }
}
