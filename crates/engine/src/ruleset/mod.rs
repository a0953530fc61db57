//! The active configuration as the passes read it: parts by precedence, flows by attribute, keys by side.
//!
//! Invariants: precedence is a total order, unique by construction (D-31); equal key definitions share one
//! [`KeyId`]; a part is here only if it was accepted when saved (see [`build`]).

mod affected;
mod build;
mod check;
mod mixed;
mod unread;

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::{AttrId, AttrTable};
use syncline_model::contest::CONTEST_LIMIT;
use syncline_model::object::{KeyId, Provenance, TypeId, TypeTable};
use syncline_model::password::InitialPassword;
use syncline_model::profile::{
    Action, DeletionRule, Deprovision, FlowMode, LinkType, OnError, Pick,
};
use syncline_model::schema::Confirmation;
use syncline_model::{DirectoryId, PartId, ProfileId};

pub use affected::{Affected, Evaluated, Meaning};
pub(crate) use build::DAY_S;
pub use build::{DirectoryConfig, ProfileConfig, build};
pub use check::{Problem, check};
pub use mixed::{FlowPlace, Mixed, mixed};
pub use unread::{AttrsByType, UnreadIn, UnreadOut, in_flow, in_key, in_rule, in_target};

/// Everything the passes know about the configuration.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// Attribute names.
    pub attrs: AttrTable,
    /// Object types.
    pub types: TypeTable,
    /// Directories that parts name.
    pub directories: BTreeMap<DirectoryId, Directory>,
    /// Inbound parts of all active profiles, by precedence.
    pub inbound: Vec<Inbound>,
    /// Outbound parts of all active profiles, by precedence.
    pub outbound: Vec<Outbound>,
    /// Metaverse types that parts name.
    pub mv: BTreeMap<TypeId, MvType>,
}

/// A directory as the passes see it.
#[derive(Debug, Clone, Hash, Default)]
pub struct Directory {
    /// Its place in the order of D-23.
    pub precedence: u32,
    /// Whether one complete full import was read since its connector space was created or emptied (D-41).
    pub baseline: bool,
    /// After how many contradictions a value is not exported any more (D-48).
    pub contest_limit: u8,
    /// Its object types.
    pub types: BTreeMap<TypeId, TypeRules>,
}

/// An object type of a directory.
#[derive(Debug, Clone, Hash, Default)]
pub struct TypeRules {
    /// Its attributes.
    pub attrs: BTreeMap<AttrId, AttrRules>,
    /// The attribute that the RDN gives, such as `cn`.
    pub rdn_attr: Option<AttrId>,
    /// Whether objects of the type lie in a hierarchy.
    pub named: bool,
    /// The attribute that stands in for a name where there is no hierarchy: no two objects share a value of it.
    pub unique: Option<AttrId>,
}

/// An attribute of an object type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct AttrRules {
    /// Holds several values.
    pub multi: bool,
    /// Holds other objects.
    pub reference: bool,
    /// Every object has it, and an export can write it.
    pub required: bool,
    /// How an import confirms an export.
    pub confirmation: Confirmation,
    /// Its values are shown to nobody.
    pub sensitive: bool,
}

/// One side of a match pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeySource {
    /// An attribute.
    Attr(AttrId),
    /// The n-th computed key of that side of the part.
    Computed(u32),
}

/// A match group: its pairs' sides and the definitions under which keys are indexed.
#[derive(Debug, Clone, Hash)]
pub struct Group {
    /// Sides over the part's own object.
    pub own: Vec<KeySource>,
    /// The definition of the own side.
    pub own_key: KeyId,
    /// Sides over the other object.
    pub other: Vec<KeySource>,
    /// The definition of the other side.
    pub other_key: KeyId,
}

/// Where a flow's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlowSource {
    /// An attribute as it is.
    Attr(AttrId),
    /// A reference attribute as it is.
    Reference(AttrId),
    /// The part's program.
    Computed,
}

/// An inbound flow.
#[derive(Debug, Clone, Hash)]
pub struct InFlow {
    /// The metaverse attribute.
    pub to: AttrId,
    /// Where the value comes from.
    pub source: FlowSource,
    /// What an error does.
    pub on_error: OnError,
    /// Its values are united with those of the other flows.
    pub merge: bool,
    /// Its last value stays when its source has no say any more.
    pub retain: bool,
    /// Which of several values is taken.
    pub pick: Option<Pick>,
}

/// An inbound part.
#[derive(Debug, Clone, Hash)]
pub struct Inbound {
    /// Its id.
    pub id: PartId,
    /// Its profile.
    pub profile: ProfileId,
    /// The source.
    pub directory: DirectoryId,
    /// Object type in the source.
    pub object_type: TypeId,
    /// Object type in the metaverse.
    pub mv_type: TypeId,
    /// What its link does.
    pub link: LinkType,
    /// Match groups, in order; the own side is the source.
    pub groups: Vec<Group>,
    /// Flows, in the order of the profile.
    pub flows: Vec<InFlow>,
    /// What of it no import has read yet.
    pub unread: UnreadIn,
}

/// An outbound flow.
#[derive(Debug, Clone, Hash)]
pub struct OutFlow {
    /// The target attribute.
    pub to: AttrId,
    /// Where the value comes from.
    pub source: FlowSource,
    /// When it is sent.
    pub mode: FlowMode,
    /// What an error does.
    pub on_error: OnError,
    /// Which of several values is taken.
    pub pick: Option<Pick>,
}

/// An outbound part.
#[derive(Debug, Clone, Hash)]
pub struct Outbound {
    /// Its id.
    pub id: PartId,
    /// Its profile.
    pub profile: ProfileId,
    /// The target.
    pub directory: DirectoryId,
    /// Object type in the target.
    pub object_type: TypeId,
    /// Object type in the metaverse.
    pub mv_type: TypeId,
    /// What it may do.
    pub action: Action,
    /// Match groups, in order; the own side is the metaverse.
    pub groups: Vec<Group>,
    /// Whether it computes a name.
    pub named: bool,
    /// Flows, in the order of the profile.
    pub flows: Vec<OutFlow>,
    /// What happens when it stops applying.
    pub deprovision: Deprovision,
    /// A colliding unlinked object is adopted.
    pub adopt_on_conflict: bool,
    /// Adopted objects may be deleted too.
    pub delete_adopted: bool,
    /// How it disables, where it does.
    pub disable: Option<Disabling>,
    /// The password of accounts that it creates.
    pub password: Option<InitialPassword>,
    /// What of it no import has read yet.
    pub unread: UnreadOut,
}

/// How an outbound part disables what it does not want any more (D-46).
#[derive(Debug, Clone, Hash)]
pub struct Disabling {
    /// What is written.
    pub flows: Vec<OutFlow>,
    /// Whether it computes a name.
    pub named: bool,
    /// After how many seconds the object is deleted.
    pub delete_after_s: Option<i64>,
}

/// A metaverse type: who contributes to each attribute, and what is indexed.
#[derive(Debug, Clone, Default)]
pub struct MvType {
    /// Contributing flows per attribute, the strongest first.
    pub flows: BTreeMap<AttrId, Vec<FlowRef>>,
    /// Attributes whose contributions are united (D-33).
    pub merged: BTreeSet<AttrId>,
    /// Attributes that take one value (D-34).
    pub single: BTreeSet<AttrId>,
    /// Keys over metaverse objects that inbound parts look up.
    pub keys: Vec<OtherKey>,
    /// When its objects are gone.
    pub deletion: DeletionRule,
}

/// A flow, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowRef {
    /// Index of the part.
    pub part: usize,
    /// Index of the flow in it.
    pub flow: usize,
}

/// A key over the other side, and the first part and group that define it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherKey {
    /// The definition.
    pub key: KeyId,
    /// Index of the part.
    pub part: usize,
    /// Index of the group in it.
    pub group: usize,
}

impl RuleSet {
    /// An inbound part and its index.
    pub fn inbound_part(&self, id: PartId) -> Option<(usize, &Inbound)> {
        self.inbound.iter().enumerate().find(|(_, p)| p.id == id)
    }

    /// An outbound part and its index.
    pub fn outbound_part(&self, id: PartId) -> Option<(usize, &Outbound)> {
        self.outbound.iter().enumerate().find(|(_, p)| p.id == id)
    }

    /// Inbound parts that read this type of this directory, with their indexes.
    pub fn inbound_of(
        &self,
        directory: DirectoryId,
        object_type: Option<TypeId>,
    ) -> impl Iterator<Item = (usize, &Inbound)> {
        self.inbound
            .iter()
            .enumerate()
            .filter(move |(_, p)| p.directory == directory && Some(p.object_type) == object_type)
    }

    /// Outbound parts that write this type of this directory, with their indexes.
    pub fn outbound_of(
        &self,
        directory: DirectoryId,
        object_type: Option<TypeId>,
    ) -> impl Iterator<Item = (usize, &Outbound)> {
        self.outbound
            .iter()
            .enumerate()
            .filter(move |(_, p)| p.directory == directory && Some(p.object_type) == object_type)
    }

    /// Outbound parts of a metaverse type that belong to a profile, with their indexes.
    pub fn outbound_for(
        &self,
        mv_type: TypeId,
        profile: ProfileId,
    ) -> impl Iterator<Item = (usize, &Outbound)> {
        self.outbound
            .iter()
            .enumerate()
            .filter(move |(_, p)| p.mv_type == mv_type && p.profile == profile)
    }

    /// Profiles other than this one with outbound parts of a metaverse type: they must look at its changes.
    pub fn other_profiles(&self, mv_type: TypeId, profile: ProfileId) -> Vec<ProfileId> {
        let mut others: Vec<ProfileId> = self
            .outbound
            .iter()
            .filter(|p| p.mv_type == mv_type && p.profile != profile)
            .map(|p| p.profile)
            .collect();
        others.sort_unstable();
        others.dedup();
        others
    }

    /// How an attribute of a directory's type behaves; unknown ones are single-valued text.
    pub fn attr_rules(
        &self,
        directory: DirectoryId,
        object_type: TypeId,
        attr: AttrId,
    ) -> AttrRules {
        self.directories
            .get(&directory)
            .and_then(|d| d.types.get(&object_type))
            .and_then(|t| t.attrs.get(&attr))
            .copied()
            .unwrap_or_default()
    }

    /// After how many contradictions a value is not exported to a directory any more.
    pub fn contest_limit(&self, directory: DirectoryId) -> u8 {
        let known = self.directories.get(&directory);
        known.map_or(CONTEST_LIMIT, |directory| directory.contest_limit)
    }

    /// The attribute whose value stands in for a name where the objects of a part lie in no hierarchy.
    pub fn unique_attr(&self, part: &Outbound) -> Option<AttrId> {
        let types = &self.directories.get(&part.directory)?.types;
        types.get(&part.object_type)?.unique.filter(|_| !part.named)
    }

    /// Whether only objects that are new get a value of that attribute.
    pub fn unique_is_initial(&self, part: &Outbound) -> bool {
        let attr = self.unique_attr(part);
        let mut flows = part.flows.iter().filter(|flow| Some(flow.to) == attr);
        flows.next().is_some_and(|f| f.mode == FlowMode::Initial)
    }

    /// An attribute's name, for messages.
    pub fn attr_name(&self, attr: AttrId) -> &str {
        self.attrs.name(attr).map_or("?", |name| name.as_str())
    }

    /// Whether objects that an outbound part retired are deleted once this is over; only with the right to.
    pub fn deletes_after(&self, part: &Outbound, provenance: Provenance) -> Option<i64> {
        let may = part.delete_adopted || provenance == Provenance::CreatedByUs;
        let disabling = part.disable.as_ref().filter(|_| may)?;
        disabling.delete_after_s
    }

    /// Directories that a profile reads or writes.
    pub fn directories_of(&self, profile: ProfileId) -> Vec<DirectoryId> {
        let inbound = self
            .inbound
            .iter()
            .filter(|p| p.profile == profile)
            .map(|p| p.directory);
        let outbound = self
            .outbound
            .iter()
            .filter(|p| p.profile == profile)
            .map(|p| p.directory);
        let mut all: Vec<DirectoryId> = inbound.chain(outbound).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Profiles that read or write a directory: its imports make work for them.
    pub fn profiles_of(&self, directory: DirectoryId) -> Vec<ProfileId> {
        let inbound = self
            .inbound
            .iter()
            .filter(|p| p.directory == directory)
            .map(|p| p.profile);
        let outbound = self
            .outbound
            .iter()
            .filter(|p| p.directory == directory)
            .map(|p| p.profile);
        let mut all: Vec<ProfileId> = inbound.chain(outbound).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
