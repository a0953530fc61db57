//! The whole state: connector-space objects, metaverse objects, what is staged, what is wrong.
//!
//! Invariants: an object occupies a name only while it is there under it; a reference holds an id (D-01); a DN is derived
//! from parents (D-02), so a renamed container is one change.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::{Disjoin, LinkKind, PendingImport, Provenance};
use syncline_model::op::{ObjectKey, Operation};
use syncline_model::plan::Verb;
use syncline_model::profile::FlowMode;
use syncline_model::{Anchor, AttrName, DirectoryId, Dn, PartId, Rdn};

use crate::config::{Attrs, Set};

/// A connector-space object's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cs(pub u64);

/// A metaverse object's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mv(pub u64);

/// Either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A connector-space object.
    Cs(Cs),
    /// A metaverse object.
    Mv(Mv),
}

/// A name in a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The container; `None` at the top.
    pub parent: Option<Cs>,
    /// The RDN as written.
    pub rdn: String,
}

/// References by attribute; never empty sets.
pub type Refs = BTreeMap<AttrName, BTreeSet<Cs>>;

/// Everything that an import said about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its type.
    pub object_type: String,
    /// Where it lies; `None` in flat directories.
    pub place: Option<Place>,
    /// Its attributes.
    pub attrs: Attrs,
    /// Its references.
    pub refs: Refs,
}

/// An object's link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// To whom.
    pub mv: Mv,
    /// By which part.
    pub part: PartId,
    /// What it does.
    pub kind: LinkKind,
    /// Made by hand.
    pub explicit: bool,
}

/// What an operation does to an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta {
    /// These become its values.
    Set(Set),
    /// It becomes absent.
    Clear,
    /// Some come, some go.
    Values {
        /// Those that come.
        add: Set,
        /// Those that go.
        remove: Set,
    },
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Its kind.
    pub verb: Verb,
    /// The new place.
    pub place: Option<Place>,
    /// Attributes.
    pub attrs: BTreeMap<AttrName, Delta>,
    /// References that come.
    pub refs_added: BTreeSet<(AttrName, Cs)>,
    /// References that go.
    pub refs_removed: BTreeSet<(AttrName, Cs)>,
}

impl Effect {
    /// An operation without any effect yet.
    pub fn new(verb: Verb) -> Self {
        Self {
            verb,
            place: None,
            attrs: BTreeMap::new(),
            refs_added: BTreeSet::new(),
            refs_removed: BTreeSet::new(),
        }
    }

    /// Whether it changes nothing of an object that is there.
    pub fn is_nothing(&self) -> bool {
        *self == Self::new(Verb::Update)
    }
}

/// An acknowledged export that no import confirmed yet (D-55).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// The number of the export.
    pub sequence: u64,
    /// What is left to confirm.
    pub effect: Effect,
}

/// What a directory can contradict: one attribute, one reference, or a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// An attribute.
    Attr(AttrName),
    /// A reference that comes (true) or goes.
    Ref(AttrName, Cs, bool),
    /// A name.
    Place(Place),
}

/// How often a claim was contradicted, and with which exported values (D-48).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// What was exported.
    pub exported: Option<Set>,
    /// How often it was contradicted.
    pub count: u8,
}

/// One managed attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Managed {
    /// What it is to hold; `None` is absent.
    pub values: Option<Set>,
    /// When it is sent.
    pub mode: FlowMode,
    /// Sent on change, and acknowledged or found there: drift is nobody's business any more (D-43).
    pub sent: bool,
}

/// What the rules want of a target object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Intended {
    /// Its name, where one is given and free.
    pub place: Option<Place>,
    /// Goes aside before it takes its name (ADR 21).
    pub aside: bool,
    /// Managed attributes.
    pub attrs: BTreeMap<AttrName, Managed>,
    /// Managed reference attributes, each with the metaverse attribute that it follows.
    pub refs: BTreeMap<AttrName, AttrName>,
}

/// What is to become of a target object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Values flow to it, or disable it.
    Flows(Intended),
    /// It is deleted.
    Deleted,
}

/// An object of a connector space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its directory.
    pub directory: DirectoryId,
    /// The directory's id for it.
    pub anchor: Option<Anchor>,
    /// Its type; `None` makes it a placeholder (D-05).
    pub object_type: Option<String>,
    /// Its name; kept while it is transient, which occupies none.
    pub place: Option<Place>,
    /// Its name was taken by another object (D-15d).
    pub transient: bool,
    /// The newest image.
    pub imported: Option<Image>,
    /// The image that synchronisation consumed.
    pub synced: Option<Image>,
    /// It was deleted before synchronisation saw it.
    pub gone: bool,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Its link.
    pub link: Option<Link>,
    /// Why it has none.
    pub disjoin: Disjoin,
    /// Our Add of it was acknowledged.
    pub acknowledged: bool,
    /// What the last synchronisation decided about it as a target.
    pub fate: Option<Fate>,
    /// What was wanted of it when it was evaluated before: a difference that the directory makes on its own is told by it
    /// (D-60).
    pub wanted_before: Option<Intended>,
    /// Acknowledged exports.
    pub memory: Vec<Memory>,
    /// The operation whose outcome is unknown.
    pub escrow: Option<Staged>,
    /// What the directory contradicted.
    pub contests: BTreeMap<Claim, Contest>,
    /// Since when it is disabled.
    pub retired: Option<i64>,
}

impl Object {
    /// A placeholder.
    pub fn placeholder(directory: DirectoryId) -> Self {
        Self {
            directory,
            anchor: None,
            object_type: None,
            place: None,
            transient: false,
            imported: None,
            synced: None,
            gone: false,
            provenance: Provenance::Discovered,
            link: None,
            disjoin: Disjoin::Normal,
            acknowledged: false,
            fate: None,
            wanted_before: None,
            memory: Vec::new(),
            escrow: None,
            contests: BTreeMap::new(),
            retired: None,
        }
    }

    /// Whether it is there as far as imports know.
    pub fn is_present(&self) -> bool {
        self.object_type.is_some() && self.imported.is_some()
    }

    /// Provisioned by us and not imported yet.
    pub fn is_provisional(&self) -> bool {
        let unseen = self.imported.is_none() && self.synced.is_none() && !self.gone;
        self.object_type.is_some() && unseen
    }

    /// A plan only: an Add of which nothing was sent (ADR 6).
    pub fn is_unsent(&self) -> bool {
        self.is_provisional() && !self.acknowledged && self.escrow.is_none()
    }

    /// Whether it occupies its name.
    pub fn occupies(&self) -> bool {
        let there = self.object_type.is_none() || self.is_present() || self.is_provisional();
        there && !self.transient
    }

    /// Whether our Add of it was acknowledged after this export, so that a read which began before cannot show it.
    pub fn is_younger(&self, fence: u64) -> bool {
        let mut memory = self.memory.iter();
        memory.any(|m| m.effect.verb == Verb::Add && m.sequence > fence)
    }

    /// Whether its deletion was acknowledged and no import confirmed it.
    pub fn is_deleted(&self) -> bool {
        let mut effects = self.memory.iter().map(|memory| memory.effect.verb);
        effects.any(|verb| verb == Verb::Delete)
    }

    /// A link that holds a slot and resolves references (D-10, D-45).
    pub fn linked(&self) -> Option<Link> {
        self.link.filter(|link| link.kind != LinkKind::Departing)
    }

    /// What synchronisation has not consumed (D-13); `linked_as` is the type that the link's part is about.
    pub fn pending_import(&self, linked_as: Option<&str>) -> PendingImport {
        match (&self.synced, &self.imported) {
            (None, None) if self.gone => PendingImport::Delete,
            (None, None) => PendingImport::None,
            (None, Some(_)) => PendingImport::Add,
            (Some(_), None) => PendingImport::Delete,
            (Some(synced), Some(imported)) if synced == imported => PendingImport::None,
            (Some(_), Some(imported)) => match linked_as {
                Some(was) if was != imported.object_type => PendingImport::DeleteAdd,
                _ => PendingImport::Update,
            },
        }
    }
}

/// Whether a metaverse object is alive (D-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// Alive.
    Live,
    /// Kept for its return, as it was, since then (ADR 24).
    Scheduled(i64),
    /// Gone; its target objects are not, yet.
    Tombstone,
}

/// Whose contribution: the attribute, the part, the flow in it, the object.
pub type Contributor = (AttrName, PartId, usize, Cs);

/// A contribution: values, and objects of the source directory that it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contribution {
    /// Values.
    pub values: Set,
    /// References, resolved or not.
    pub refs: BTreeSet<Cs>,
}

/// A metaverse object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Its type.
    pub mv_type: String,
    /// The source that first projected it.
    pub origin: (DirectoryId, Anchor),
    /// Whether it is alive.
    pub life: Life,
    /// Its values.
    pub values: Attrs,
    /// Its references.
    pub refs: BTreeMap<AttrName, BTreeSet<Mv>>,
    /// What each contributor gave last: what a failing rule, an unknown attribute or a flow that retains goes on giving.
    pub given: BTreeMap<Contributor, Contribution>,
    /// Sources whose links ended by deletion, scope or type.
    pub remembered: BTreeSet<(DirectoryId, Anchor)>,
}

/// An operation that is staged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// The object.
    pub cs: Cs,
    /// For whom.
    pub mv: Option<Mv>,
    /// What it does.
    pub effect: Effect,
    /// Where the object lies before.
    pub place_before: Option<Place>,
    /// The single values that it gives up and takes, by attribute.
    pub handed: BTreeMap<AttrName, (Option<Set>, Option<Set>)>,
    /// What travels.
    pub operation: Operation,
    /// It cannot go now.
    pub blocked: bool,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// With whom.
    pub who: Who,
    /// At which stage.
    pub stage: Stage,
    /// What.
    pub kind: ErrorKind,
    /// With which attribute.
    pub attr: Option<AttrName>,
    /// Who else is concerned.
    pub others: BTreeSet<Who>,
}

/// The whole state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Connector spaces.
    pub objects: BTreeMap<Cs, Object>,
    /// The metaverse.
    pub people: BTreeMap<Mv, Person>,
    /// Pending exports.
    pub staged: Vec<Staged>,
    /// What is wrong.
    pub problems: BTreeSet<Problem>,
    /// References without a metaverse object (D-35).
    pub unresolved: usize,
    /// Objects whose rules wait for an attribute that was not read yet (D-21).
    pub waiting: BTreeSet<Who>,
    /// Objects whose match values no longer agree with those of whom they are joined to (D-27).
    pub drifted: BTreeSet<Cs>,
    /// Directories of which a complete full import is known (D-41).
    pub baseline: BTreeSet<DirectoryId>,
    /// What the last complete import read of each type, where that is not all.
    pub read: BTreeMap<DirectoryId, BTreeMap<String, BTreeSet<AttrName>>>,
    /// What exports created, by the key that the operation had.
    pub created: BTreeMap<ObjectKey, Anchor>,
    /// The number of the last export.
    pub exported: u64,
    /// The last id.
    pub ids: u64,
}

impl State {
    /// The next id.
    pub fn next_id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// An object that must be there.
    pub fn object(&mut self, cs: Cs) -> &mut Object {
        self.objects
            .get_mut(&cs)
            .expect("ids name objects that exist")
    }

    /// Adds an object.
    pub fn add(&mut self, object: Object) -> Cs {
        let cs = Cs(self.next_id());
        self.objects.insert(cs, object);
        cs
    }

    /// The object of an anchor.
    pub fn by_anchor(&self, directory: DirectoryId, anchor: &Anchor) -> Option<Cs> {
        let is = |object: &Object| {
            object.directory == directory && object.anchor.as_ref() == Some(anchor)
        };
        let mut objects = self.objects.iter();
        objects.find(|(_, object)| is(object)).map(|(cs, _)| *cs)
    }

    /// Who occupies a name, as imports compare names (D-61).
    pub fn holder(&self, directory: DirectoryId, parent: Option<Cs>, rdn: &Rdn) -> Option<Cs> {
        let holds = |object: &Object| {
            let place = object.place.as_ref().filter(|place| place.parent == parent);
            let same = place.is_some_and(|p| p.rdn.parse::<Rdn>().as_ref() == Ok(rdn));
            object.directory == directory && object.occupies() && same
        };
        let mut objects = self.objects.iter();
        objects.find(|(_, object)| holds(object)).map(|(cs, _)| *cs)
    }

    /// Who occupies a distinguished name.
    pub fn by_dn(&self, directory: DirectoryId, dn: &Dn) -> Option<Cs> {
        let rdn = dn.rdn()?;
        let above = dn.parent().filter(|parent| parent.rdn().is_some());
        let parent = match above {
            Some(above) => Some(self.by_dn(directory, &above)?),
            None => None,
        };
        self.holder(directory, parent, rdn)
    }

    /// A distinguished name as text.
    pub fn dn(&self, cs: Cs) -> String {
        let mut rdns = Vec::new();
        let mut at = self.objects.get(&cs);
        while let Some(place) = at.and_then(|object| object.place.as_ref()) {
            rdns.push(place.rdn.clone());
            at = place.parent.and_then(|parent| self.objects.get(&parent));
        }
        rdns.join(",")
    }

    /// How deep a container lies.
    pub fn depth(&self, parent: Option<Cs>) -> usize {
        let above = |cs| self.objects.get(&cs)?.place.as_ref();
        let mut depth = 0;
        let mut at = parent.and_then(above);
        while let Some(place) = at {
            depth += 1;
            at = place.parent.and_then(above);
        }
        depth
    }

    /// The object that holds a metaverse object's slot in a directory (D-10).
    pub fn slot(&self, mv: Mv, directory: DirectoryId) -> Option<Cs> {
        let holds = |object: &Object| {
            object.directory == directory && object.linked().is_some_and(|link| link.mv == mv)
        };
        let mut objects = self.objects.iter();
        objects.find(|(_, object)| holds(object)).map(|(cs, _)| *cs)
    }

    /// Objects linked to a metaverse object, departing ones included.
    pub fn linked_to(&self, mv: Mv) -> Vec<Cs> {
        let is = |object: &Object| object.link.is_some_and(|link| link.mv == mv);
        let linked = self.objects.iter().filter(|(_, object)| is(object));
        linked.map(|(cs, _)| *cs).collect()
    }

    /// Removes an object; one that has children or is referred to becomes a placeholder in place (D-05).
    pub fn remove(&mut self, cs: Cs) {
        let Some(object) = self.objects.remove(&cs) else {
            return;
        };
        self.problems.retain(|problem| problem.who != Who::Cs(cs));
        self.staged.retain(|staged| staged.cs != cs);
        if self.is_needed(cs) {
            // What was gone gave up its name; its children still lie under it.
            let bare = Object {
                transient: !object.occupies(),
                anchor: object.anchor,
                place: object.place,
                ..Object::placeholder(object.directory)
            };
            self.objects.insert(cs, bare);
        }
    }

    /// Whether an object has children or is referred to.
    pub fn is_needed(&self, cs: Cs) -> bool {
        self.objects.iter().any(|(other, object)| {
            let image = object.imported.as_ref();
            let refers =
                image.is_some_and(|i| i.refs.values().any(|to| to.contains(&cs)) && *other != cs);
            let lies = object.place.as_ref().is_some_and(|p| p.parent == Some(cs));
            refers || lies
        })
    }

    /// Notes a problem.
    pub fn fail(&mut self, who: Who, stage: Stage, kind: ErrorKind) {
        self.fail_with(who, stage, kind, None, BTreeSet::new());
    }

    /// Notes a problem with more to say.
    pub fn fail_with(
        &mut self,
        who: Who,
        stage: Stage,
        kind: ErrorKind,
        attr: Option<AttrName>,
        others: BTreeSet<Who>,
    ) {
        self.problems.insert(Problem {
            who,
            stage,
            kind,
            attr,
            others,
        });
    }
}
