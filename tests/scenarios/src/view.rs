//! What can be seen of a house, as lines: one fact each, without engine ids, so that two houses can be compared and a change
//! can be told completely.
//!
//! Invariants: objects of sources go by their own name, objects of the target by the metaverse object that they belong to; a
//! line of the target that only a tree has tells a `dn` or a `name`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use syncline_model::object::{Disjoin, LinkKind, MvState, PendingImport, Provenance};
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation};
use syncline_model::plan::Verb;
use syncline_model::{Anchor, DirectoryId, Value};

use crate::world::directory::nickname;

/// Facts, sorted.
pub type Facts = Vec<String>;

/// An object of a connector space, as a house sees it.
#[derive(Debug, Clone)]
pub struct ObjectView {
    /// Its directory.
    pub directory: DirectoryId,
    /// Its id there.
    pub anchor: Option<Anchor>,
    /// Its type; `None` on placeholders.
    pub object_type: Option<String>,
    /// Its name.
    pub dn: String,
    /// What is pending.
    pub pending: PendingImport,
    /// Its link: the source that first projected the metaverse object, and what the link does.
    pub link: Option<(Anchor, LinkKind)>,
    /// Why it has none.
    pub disjoin: Disjoin,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Whether it lost its name.
    pub transient: bool,
    /// Whether it is disabled.
    pub retired: bool,
    /// Whether the outcome of an operation is unknown.
    pub in_doubt: bool,
    /// What was acknowledged and not confirmed, in words.
    pub unconfirmed: BTreeSet<String>,
}

/// A metaverse object, as a house sees it.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// The source that first projected it.
    pub origin: Anchor,
    /// Its type.
    pub mv_type: String,
    /// Whether it is alive.
    pub state: MvState,
    /// Its values.
    pub values: BTreeMap<String, Vec<Value>>,
    /// Its references, by the origin of whom they name.
    pub refs: BTreeMap<String, Vec<Anchor>>,
}

/// What a problem is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A connector-space object, by the place in the list of objects.
    Object(usize),
    /// A metaverse object, by its origin.
    Person(Anchor),
}

/// A problem, as a house sees it.
#[derive(Debug, Clone)]
pub struct ProblemView {
    /// With whom.
    pub about: About,
    /// What.
    pub kind: String,
    /// With which attribute.
    pub attr: Option<String>,
    /// Who else is concerned.
    pub others: Vec<About>,
}

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Objects.
    pub objects: Vec<ObjectView>,
    /// Metaverse objects.
    pub people: Vec<PersonView>,
    /// Problems.
    pub problems: Vec<ProblemView>,
    /// Staged operations.
    pub staged: Vec<Operation>,
}

/// What a directory is called.
pub fn directory_name(id: DirectoryId) -> String {
    match id {
        crate::world::SRC => "SRC".into(),
        crate::world::TGT => "TGT".into(),
        crate::world::HR => "HR".into(),
        other => format!("D{}", other.0),
    }
}

/// What an object is called.
pub fn label(object: &ObjectView) -> String {
    let directory = directory_name(object.directory);
    let is_target = object.directory == crate::world::TGT;
    let kind = object.object_type.as_deref().unwrap_or("placeholder");
    match (&object.link, &object.anchor) {
        (Some((origin, _)), _) if is_target => {
            format!("{directory} {kind} of {}", nickname(origin))
        }
        (_, Some(anchor)) => format!("{directory} {}", nickname(anchor)),
        (_, None) => format!("{directory} ({})", object.dn),
    }
}

impl View {
    /// Its facts.
    pub fn facts(&self) -> Facts {
        let mut facts = Vec::new();
        for object in &self.objects {
            object_facts(object, &mut facts);
        }
        for person in &self.people {
            person_facts(person, &mut facts);
        }
        for problem in &self.problems {
            facts.push(self.problem(problem));
        }
        for op in &self.staged {
            facts.push(format!("pending: {}", self.operation(op)));
            facts.extend(self.name_of(op).map(|name| format!("pending: {name}")));
        }
        facts.sort();
        facts
    }

    fn about(&self, about: &About) -> String {
        match about {
            About::Object(n) => label(&self.objects[*n]),
            About::Person(origin) => format!("MV {}", nickname(origin)),
        }
    }

    fn problem(&self, problem: &ProblemView) -> String {
        let mut text = format!("error: {} {}", self.about(&problem.about), problem.kind);
        if let Some(attr) = &problem.attr {
            let _ = write!(text, " on {attr}");
        }
        let mut others: Vec<String> = problem.others.iter().map(|o| self.about(o)).collect();
        others.sort();
        if !others.is_empty() {
            let _ = write!(text, " with {}", others.join(", "));
        }
        text
    }

    fn key(&self, directory: DirectoryId, key: &ObjectKey) -> String {
        match key {
            ObjectKey::New { anchor, .. } => format!("of {}", nickname(anchor)),
            ObjectKey::Anchor(anchor) => {
                let is =
                    |o: &&ObjectView| o.directory == directory && o.anchor.as_ref() == Some(anchor);
                let link = self.objects.iter().find(is).and_then(|o| o.link.as_ref());
                match link {
                    Some((origin, _)) => format!("of {}", nickname(origin)),
                    None => nickname(anchor),
                }
            }
        }
    }

    /// An operation in one line, but for names.
    pub fn operation(&self, op: &Operation) -> String {
        let verb = match &op.kind {
            OpKind::Add { .. } => "add",
            OpKind::Update { .. } => "update",
            OpKind::Delete { .. } => "delete",
        };
        let mut text = format!(
            "pass {} {verb} {} {}",
            op.pass,
            op.object_type(),
            self.key(op.directory, &op.object)
        );
        let show = |values: &[OpValue]| {
            let texts = values.iter().map(|value| match value {
                OpValue::Value(value) => show(value),
                OpValue::Ref(key) => self.key(op.directory, key),
            });
            let mut texts: Vec<String> = texts.collect();
            texts.sort();
            texts.join("|")
        };
        let mut separator = ": ";
        for (name, change) in &op.deltas {
            text.push_str(separator);
            separator = ", ";
            let _ = match change {
                Change::Set(values) => write!(text, "{name}={}", show(values)),
                Change::Clear => write!(text, "no {name}"),
                Change::Values { add, remove } => {
                    let (add, remove) = (show(add), show(remove));
                    let (plus, minus) = (
                        if add.is_empty() { "" } else { " +" },
                        if remove.is_empty() { "" } else { " -" },
                    );
                    write!(text, "{name}{plus}{add}{minus}{remove}")
                }
            };
        }
        text
    }

    /// The name that an operation gives, in one line.
    pub fn name_of(&self, op: &Operation) -> Option<String> {
        let place = match &op.kind {
            OpKind::Add { place, .. } | OpKind::Update { place, .. } => place.as_ref()?,
            OpKind::Delete { .. } => return None,
        };
        let rdn = match place.rdn.split_once("=aside-") {
            // Which name that is decides nothing.
            Some((attr, _)) => format!("{attr}=(aside)"),
            None => place.rdn.clone(),
        };
        let object = self.key(op.directory, &op.object);
        let parent = self.key(op.directory, &place.parent);
        let pass = op.pass;
        Some(format!("pass {pass} {object} name {rdn} in {parent}"))
    }
}

fn object_facts(object: &ObjectView, facts: &mut Facts) {
    let label = label(object);
    let mut say = |what: String| facts.push(format!("{label}: {what}"));
    match &object.object_type {
        Some(object_type) => say(object_type.clone()),
        None => say("placeholder".into()),
    }
    if !object.dn.is_empty() {
        say(format!("at dn {}", object.dn));
    }
    match object.pending {
        PendingImport::None => {}
        pending => say(format!("PI {pending:?}")),
    }
    let standing = match &object.link {
        Some((origin, kind)) => Some(format!("{kind:?} link to {}", nickname(origin))),
        None if object.object_type.is_none() => None,
        None => Some(format!("{:?} disconnector", object.disjoin)),
    };
    standing.into_iter().for_each(&mut say);
    match object.provenance {
        Provenance::Discovered => {}
        provenance => say(format!("{provenance:?}")),
    }
    let marks = [
        (object.transient, "transient"),
        (object.retired, "retired"),
        (object.in_doubt, "in doubt"),
    ];
    for (is, mark) in marks {
        if is {
            say(mark.into());
        }
    }
    for what in &object.unconfirmed {
        say(format!("unconfirmed {what}"));
    }
}

fn person_facts(person: &PersonView, facts: &mut Facts) {
    let label = format!("MV {}", nickname(&person.origin));
    let state = match person.state {
        MvState::Live => "",
        MvState::Scheduled => ", scheduled",
        MvState::Tombstone => ", tombstone",
    };
    facts.push(format!("{label}: {}{state}", person.mv_type));
    for (attr, values) in &person.values {
        let mut texts: Vec<String> = values.iter().map(show).collect();
        texts.sort();
        facts.push(format!("{label}: {attr}={}", texts.join("|")));
    }
    for (attr, to) in &person.refs {
        let mut texts: Vec<String> = to.iter().map(nickname).collect();
        texts.sort();
        facts.push(format!("{label}: {attr} -> {}", texts.join(", ")));
    }
}

/// A value in print.
pub fn show(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Bool(is) => is.to_string(),
        Value::Int(n) => n.to_string(),
        other => format!("{other:?}"),
    }
}

/// What an acknowledged operation still has to have confirmed, in words.
pub fn unconfirmed<'a>(
    verb: Verb,
    named: bool,
    attrs: impl Iterator<Item = &'a str>,
) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = attrs.map(str::to_owned).collect();
    match verb {
        Verb::Add => drop(words.insert("add".into())),
        Verb::Delete => drop(words.insert("delete".into())),
        Verb::Update if named => drop(words.insert("name".into())),
        Verb::Update => {}
    }
    words
}

/// What changed from one list of facts to another: lines that went, lines that came.
pub fn difference(before: &Facts, after: &Facts) -> Vec<String> {
    let mut counts: BTreeMap<&String, i32> = BTreeMap::new();
    for line in after {
        *counts.entry(line).or_default() += 1;
    }
    for line in before {
        *counts.entry(line).or_default() -= 1;
    }
    let mut lines = Vec::new();
    for (line, count) in counts {
        let sign = if count < 0 { '-' } else { '+' };
        for _ in 0..count.abs() {
            lines.push(format!("{sign} {line}"));
        }
    }
    lines.sort_by(|a, b| a[2..].cmp(&b[2..]).then(b.cmp(a)));
    lines
}
