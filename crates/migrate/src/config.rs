//! A vendor's configuration as it is drafted from, whichever product it came from.
//!
//! Invariants: ids of connectors are GUIDs in small letters without braces; rules are in the order of their precedence; an attribute of a
//! connector has one type, whatever object it is on.

use std::collections::BTreeMap;

use syncline_model::AttrName;
use syncline_model::schema::{AttrDef, Schema};

use crate::xml::Unknown;

/// The product that was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Entra Connect Sync.
    EntraConnect,
    /// Microsoft Identity Manager's synchronisation service.
    Mim,
}

/// A configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Whose.
    pub product: Product,
    /// Connected systems, by id.
    pub connectors: BTreeMap<String, Connector>,
    /// Attributes of the metaverse by object type, as the product declares them.
    pub metaverse: Schema,
    /// Rules by precedence.
    pub rules: Vec<Rule>,
    /// When metaverse objects of a type go, where that is said.
    pub deletion: Vec<Deletion>,
    /// What is configured and has no rule to stand in: code, extensions, options.
    pub work: Vec<Work>,
    /// Elements that are not understood.
    pub unknown: Unknown,
}

/// A connected system.
#[derive(Debug, Clone, PartialEq)]
pub struct Connector {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it connects.
    pub system: System,
    /// The vendor's word for that.
    pub kind: String,
    /// Object types that are read.
    pub types: Vec<String>,
    /// Attributes that are read, of whichever type.
    pub attributes: Vec<String>,
    /// Every attribute that the system has, by name.
    pub known: BTreeMap<AttrName, AttrDef>,
    /// Parts of it and which containers of them are read.
    pub partitions: Vec<Partition>,
    /// What its rules may name as `%Name%`.
    pub parameters: BTreeMap<String, String>,
}

/// What a connector connects, as far as it decides how names are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// A forest.
    ActiveDirectory,
    /// A directory tenant.
    EntraId,
    /// Anything else.
    Other,
}

/// A part of a connected system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Its name.
    pub name: String,
    /// Whether it is read.
    pub selected: bool,
    /// Containers that are read.
    pub included: Vec<String>,
    /// Containers that are not.
    pub excluded: Vec<String>,
}

/// A rule, inbound or outbound.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Which way.
    pub direction: Direction,
    /// Switched off.
    pub disabled: bool,
    /// The connector's id.
    pub connector: String,
    /// Object type in the connected system.
    pub object_type: String,
    /// Object type in the metaverse; `*` is any.
    pub metaverse_type: String,
    /// What its link does.
    pub link: Link,
    /// The lower the stronger.
    pub precedence: i64,
    /// Groups of clauses, of which one must hold; empty is everything.
    pub scope: Vec<Vec<Clause>>,
    /// Groups of conditions, of which the first that finds something counts.
    pub joins: Vec<Vec<Condition>>,
    /// Flows, in the order of the file.
    pub flows: Vec<Mapping>,
    /// Copies password hashes.
    pub password_sync: bool,
    /// Keeps deleted objects for a while.
    pub soft_delete: Option<String>,
    /// What else was said about it and is left to a person.
    pub work: Vec<Work>,
}

/// Which way values flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Into the metaverse.
    Inbound,
    /// Out of it.
    Outbound,
}

/// What a rule's link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Creates, and keeps alive.
    Provision,
    /// Keeps alive what it joined.
    Sticky,
    /// Neither.
    Join,
}

/// A clause of a scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clause {
    /// The attribute, of the side that the rule reads.
    pub attribute: String,
    /// How it is compared, in capitals.
    pub operator: String,
    /// With what.
    pub value: String,
}

/// A condition of a join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The connected system's attribute.
    pub connected: String,
    /// The metaverse's attribute.
    pub metaverse: String,
    /// Told by case.
    pub case_sensitive: bool,
}

/// A flow of one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The attribute that is written.
    pub to: String,
    /// Where its value comes from.
    pub source: Source,
    /// How it stands to other values.
    pub merge: Merge,
    /// Only when the object is made.
    pub once: bool,
    /// Among the flows to its attribute, where that is not the rule's precedence; the lower the stronger.
    pub rank: Option<i64>,
    /// What else was said about it.
    pub note: Option<Note>,
}

/// Something about a flow that has no counterpart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its code in the report.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An attribute as it is.
    Direct(String),
    /// A text that is the value.
    Constant(String),
    /// An expression in the vendor's language.
    Expression(String),
    /// The product's code, or something else that is not declared.
    Coded(String),
}

/// How the values of several flows to one attribute stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// The strongest decides.
    Update,
    /// They are united.
    Union,
    /// They are united, and case does not count.
    UnionIgnoringCase,
    /// A word that is not known.
    Other,
}

/// When metaverse objects of a type go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The type.
    pub metaverse_type: String,
    /// When.
    pub when: Gone,
}

/// What ends a metaverse object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gone {
    /// The last of any connector.
    Last,
    /// One of these connectors.
    Any(Vec<String>),
    /// Code.
    Coded,
}

/// Something that a person has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What it is about.
    pub about: String,
    /// Its code in the report.
    pub code: &'static str,
    /// What there is and what to do.
    pub message: String,
}
