//! The configuration as the model reads it: parts in the order of their precedence, rules as closures over attributes.
//!
//! Invariants: a rule says which attributes it reads; what it answers depends on their values alone.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use syncline_model::profile::{Action, DeletionRule, Deprovision, FlowMode, LinkType};
use syncline_model::schema::{AttrDef, Schema};
use syncline_model::{AttrName, DirectoryId, PartId, Value};

/// The values of one attribute; never empty.
pub type Set = BTreeSet<Value>;

/// Attributes with their values; an absent attribute has no entry.
pub type Attrs = BTreeMap<AttrName, Set>;

/// A rule that failed on an object (D-39).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

/// What a rule says of the attributes of one object.
type Says<T> = dyn Fn(&Attrs) -> Result<T, Failed>;

/// A rule over the attributes of one object.
#[derive(Clone)]
pub struct Rule<T> {
    /// What it reads (D-21).
    pub reads: BTreeSet<AttrName>,
    answer: Rc<Says<T>>,
}

impl<T> Rule<T> {
    /// A rule that reads these attributes.
    pub fn new(
        reads: BTreeSet<AttrName>,
        answer: impl Fn(&Attrs) -> Result<T, Failed> + 'static,
    ) -> Self {
        Self {
            reads,
            answer: Rc::new(answer),
        }
    }

    /// What it says of an object.
    pub fn on(&self, attrs: &Attrs) -> Result<T, Failed> {
        (self.answer)(attrs)
    }
}

/// What a flow's rule gives (D-30, D-43).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// These values.
    Gives(Set),
    /// No value: inbound no opinion, outbound absent.
    Nothing,
    /// Inbound: no value, and no weaker flow is asked.
    AuthoritativeNull,
    /// Inbound no opinion, outbound not managed.
    Ignored,
}

/// Where a flow's values come from.
#[derive(Clone)]
pub enum Origin {
    /// An attribute as it is, references included.
    Direct(AttrName),
    /// A rule.
    Computed(Rule<Answer>),
}

/// One flow.
#[derive(Clone)]
pub struct Flow {
    /// The attribute written.
    pub to: AttrName,
    /// Where its values come from.
    pub origin: Origin,
    /// When they are sent (outbound).
    pub mode: FlowMode,
    /// United with those of the other flows (inbound, D-33).
    pub merge: bool,
    /// Kept when the source goes (inbound, D-32).
    pub retain: bool,
}

impl Flow {
    /// The attributes it reads.
    pub fn reads(&self) -> BTreeSet<AttrName> {
        match &self.origin {
            Origin::Direct(attr) => BTreeSet::from([attr.clone()]),
            Origin::Computed(rule) => rule.reads.clone(),
        }
    }
}

/// Both sides of an equality that joins: the part's own object, and the one that is looked for.
#[derive(Clone)]
pub struct Pair {
    /// Over the object whose match is looked for.
    pub own: Rule<Option<String>>,
    /// Over the candidate.
    pub other: Rule<Option<String>>,
}

/// An inbound part.
#[derive(Clone)]
pub struct Inbound {
    /// Its id.
    pub id: PartId,
    /// The source.
    pub directory: DirectoryId,
    /// Object type there.
    pub object_type: String,
    /// Object type in the metaverse.
    pub mv_type: String,
    /// What its link does.
    pub link: LinkType,
    /// Which objects take part.
    pub scope: Option<Rule<bool>>,
    /// Match groups.
    pub groups: Vec<Vec<Pair>>,
    /// Flows by precedence.
    pub flows: Vec<Flow>,
}

/// An outbound part.
#[derive(Clone)]
pub struct Outbound {
    /// Its id.
    pub id: PartId,
    /// The target.
    pub directory: DirectoryId,
    /// Object type there.
    pub object_type: String,
    /// Object type in the metaverse.
    pub mv_type: String,
    /// What it may do.
    pub action: Action,
    /// Which metaverse objects take part.
    pub scope: Option<Rule<bool>>,
    /// Match groups.
    pub groups: Vec<Vec<Pair>>,
    /// The name of its objects, in trees.
    pub dn: Option<Rule<Option<String>>>,
    /// Flows.
    pub flows: Vec<Flow>,
    /// What happens when it no longer applies.
    pub deprovision: Deprovision,
    /// A colliding unlinked object is adopted.
    pub adopt_on_conflict: bool,
    /// Objects that we did not create may be deleted.
    pub delete_adopted: bool,
    /// How an object is disabled.
    pub disable: Option<Disabling>,
}

/// How an object is disabled (D-46).
#[derive(Clone)]
pub struct Disabling {
    /// The values it is given.
    pub flows: Vec<Flow>,
    /// Where it lies meanwhile.
    pub dn: Option<Rule<Option<String>>>,
    /// After how many seconds it is deleted.
    pub delete_after_s: Option<i64>,
}

/// A directory as far as it decides anything.
#[derive(Clone)]
pub struct Directory {
    /// Its id.
    pub id: DirectoryId,
    /// What it can hold.
    pub schema: Schema,
    /// After how many contradictions a value is given up (D-48).
    pub contest_limit: u8,
}

/// The active configuration: directories and parts in the order of their precedence.
#[derive(Clone, Default)]
pub struct Config {
    /// Directories.
    pub directories: Vec<Directory>,
    /// Inbound parts.
    pub inbound: Vec<Inbound>,
    /// Outbound parts.
    pub outbound: Vec<Outbound>,
    /// When metaverse objects are gone, by type.
    pub deletion: BTreeMap<String, DeletionRule>,
}

impl Config {
    /// A directory.
    pub fn directory(&self, id: DirectoryId) -> Option<&Directory> {
        self.directories.iter().find(|directory| directory.id == id)
    }

    /// The place of a directory in the order of D-23.
    pub fn precedence(&self, id: DirectoryId) -> usize {
        let at = self.directories.iter().position(|d| d.id == id);
        at.unwrap_or(usize::MAX)
    }

    /// An inbound part.
    pub fn inbound(&self, id: PartId) -> Option<&Inbound> {
        self.inbound.iter().find(|part| part.id == id)
    }

    /// An outbound part.
    pub fn outbound(&self, id: PartId) -> Option<&Outbound> {
        self.outbound.iter().find(|part| part.id == id)
    }

    /// What a directory says of an attribute.
    pub fn attr(
        &self,
        directory: DirectoryId,
        object_type: &str,
        attr: &AttrName,
    ) -> Option<&AttrDef> {
        self.directory(directory)?.schema.attr(object_type, attr)
    }

    /// Whether an attribute holds several values.
    pub fn is_multi(&self, directory: DirectoryId, object_type: &str, attr: &AttrName) -> bool {
        let def = self.attr(directory, object_type, attr);
        def.is_some_and(|def| def.multi)
    }

    /// Whether flows to one attribute of the metaverse merge and others do not, which cannot be saved (D-33).
    pub fn mixes(&self) -> bool {
        let flows = self.inbound.iter().flat_map(|part| {
            let flows = part.flows.iter();
            flows.map(|flow| ((part.mv_type.clone(), flow.to.clone()), flow.merge))
        });
        let mut merges = BTreeMap::new();
        flows.fold(false, |mixed, (attr, merge)| {
            mixed | (*merges.entry(attr).or_insert(merge) != merge)
        })
    }
}
