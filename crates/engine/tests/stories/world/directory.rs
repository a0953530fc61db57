//! A directory in memory: a tree of objects with a change log, delivering full and delta imports and taking exports.
//!
//! Invariants: anchors are never reused; a renamed container moves its descendants and reports only itself;
//! references are anchors, as a directory with extended names delivers them.

use std::collections::{BTreeMap, BTreeSet};

use syncline_engine::ruleset::RuleSet;
use syncline_model::attrs::AttrId;
use syncline_model::connector::{Applied, Fault, OpOutcome};
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportChange, ImportEntry, ImportObject, ObjectName};
use syncline_model::object::TypeId;
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation};
use syncline_model::schema::{AttrDef, Confirmation, Schema, TypeDef};
use syncline_model::value::ValueType;
use syncline_model::{Anchor, AttrName, Dn, Rdn, Value, Values};

/// Objects that exports created, by the key that their operation had: what an agent remembers.
pub type Created = BTreeMap<ObjectKey, Anchor>;

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub dn: Dn,
    pub object_type: String,
    pub attrs: BTreeMap<AttrName, BTreeSet<Value>>,
    pub refs: BTreeMap<AttrName, BTreeSet<Anchor>>,
}

impl Entry {
    pub fn new(object_type: &str, dn: &str) -> Self {
        Self {
            dn: dn.parse().expect("a distinguished name"),
            object_type: object_type.into(),
            attrs: BTreeMap::new(),
            refs: BTreeMap::new(),
        }
    }

    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.attrs
            .entry(name.into())
            .or_default()
            .insert(Value::text(value));
        self
    }

    pub fn values(self, name: &str, values: &[&str]) -> Self {
        values
            .iter()
            .fold(self, |entry, value| entry.set(name, value))
    }

    pub fn refer(mut self, name: &str, to: &str) -> Self {
        self.refs.entry(name.into()).or_default().insert(anchor(to));
        self
    }
}

/// Where the objects of flat directories lie.
fn root() -> Dn {
    "".parse().expect("the root")
}

/// The anchor that stories call by this name.
pub fn anchor(name: &str) -> Anchor {
    let mut guid = [0; 16];
    for (slot, byte) in guid.iter_mut().zip(name.bytes()) {
        *slot = byte;
    }
    Anchor::Guid(guid)
}

/// The name that stories call an anchor by.
pub fn nickname(anchor: &Anchor) -> String {
    match anchor {
        Anchor::Guid(guid) => guid
            .iter()
            .take_while(|b| **b != 0)
            .map(|b| char::from(*b))
            .collect(),
        other => other.to_string(),
    }
}

#[derive(Debug, Clone)]
pub struct Directory {
    label: String,
    /// Objects have no names and lie in no containers.
    flat: bool,
    pub objects: BTreeMap<Anchor, Entry>,
    changed: BTreeSet<Anchor>,
    delivered: BTreeMap<Anchor, Entry>,
    created: u32,
    /// Deltas name only what changed.
    pub incremental: bool,
    /// It tells no changes: whoever asks for them reads everything.
    pub no_delta: bool,
    /// What reads show, where that is older than what is there.
    pub behind: Option<BTreeMap<Anchor, Entry>>,
    /// Attributes that it does not take, while it takes the rest of an operation.
    pub refuses_attrs: BTreeSet<AttrName>,
    /// Attributes whose values nobody may see.
    pub sensitive: BTreeSet<AttrName>,
    /// Adds are acknowledged without an id.
    pub silent: bool,
    /// Object names (RDN values, display names in a flat directory) whose operations are refused.
    pub refuses: BTreeSet<String>,
    /// Attributes that imports do not read.
    pub unread: BTreeSet<AttrName>,
    /// Text values are stored in lower case, and so are names.
    pub folds: bool,
    /// Attributes that none of its objects can be without.
    pub required: BTreeSet<AttrName>,
    /// What is changed is put back at once, and acknowledged all the same.
    pub reverts: bool,
    /// The attribute of users of which no two hold the same value, whatever its case.
    unique: Option<AttrName>,
    /// Every write that took effect, in order.
    pub log: Vec<String>,
    /// The same by id, which a flat directory has too.
    pub wrote: Vec<String>,
}

impl Directory {
    pub fn new(label: &str, containers: &[&str]) -> Self {
        let mut directory = Self {
            label: label.into(),
            flat: false,
            objects: BTreeMap::new(),
            changed: BTreeSet::new(),
            delivered: BTreeMap::new(),
            created: 0,
            incremental: false,
            no_delta: false,
            behind: None,
            refuses_attrs: BTreeSet::new(),
            sensitive: BTreeSet::new(),
            silent: false,
            refuses: BTreeSet::new(),
            unread: BTreeSet::new(),
            folds: false,
            reverts: false,
            required: BTreeSet::new(),
            unique: None,
            log: Vec::new(),
            wrote: Vec::new(),
        };
        for (n, dn) in containers.iter().enumerate() {
            directory.put(&format!("{label}-ou{n}"), Entry::new("ou", dn));
        }
        directory
    }

    /// A directory without names and containers.
    pub fn flat(label: &str) -> Self {
        Self {
            flat: true,
            ..Self::new(label, &[])
        }
    }

    /// No two users hold the same value of this attribute.
    pub fn unique(mut self, attr: &str) -> Self {
        self.unique = Some(attr.into());
        self
    }

    pub fn is_flat(&self) -> bool {
        self.flat
    }

    /// An object by the value of an attribute.
    pub fn by_value(&self, attr: &str, value: &str) -> Option<&Anchor> {
        let attr = AttrName::new(attr);
        let holds = |entry: &Entry| {
            let values = entry.attrs.get(&attr);
            values.is_some_and(|values| values.contains(&Value::text(value)))
        };
        let mut objects = self.objects.iter();
        objects
            .find(|(_, entry)| holds(entry))
            .map(|(anchor, _)| anchor)
    }

    pub fn schema(&self) -> Schema {
        let text = [
            "displayName",
            "givenName",
            "sn",
            "mail",
            "employeeID",
            "department",
            "name",
            "title",
            "info",
        ];
        let attr = |name: &str, value_type, multi| AttrDef {
            name: name.into(),
            value_type,
            multi,
            required: self.required.contains(&AttrName::new(name)),
            writable: true,
            max_length: None,
            confirmation: Confirmation::CaseIgnore,
            sensitive: self.sensitive.contains(&AttrName::new(name)),
        };
        let mut attrs: BTreeMap<AttrName, AttrDef> = text
            .iter()
            .map(|name| ((*name).into(), attr(name, ValueType::String, false)))
            .collect();
        attrs.insert(
            "proxyAddresses".into(),
            attr("proxyAddresses", ValueType::String, true),
        );
        for switch in ["accountDisabled", "accountEnabled"] {
            attrs.insert(switch.into(), attr(switch, ValueType::Boolean, false));
        }
        attrs.insert(
            "manager".into(),
            attr("manager", ValueType::Reference, false),
        );
        attrs.insert("member".into(), attr("member", ValueType::Reference, true));
        let types = ["user", "group", "contact", "ou"].map(|name| {
            let rdn_attr = match name {
                _ if self.flat => None,
                "ou" => Some("OU".to_owned()),
                _ => Some("CN".to_owned()),
            };
            let def = TypeDef {
                name: name.into(),
                attrs: attrs.clone(),
                rdn_attr,
                unique: self.unique.clone().filter(|_| name == "user"),
                container: name == "ou",
            };
            (name.to_owned(), def)
        });
        Schema {
            types: types.into_iter().collect(),
        }
    }

    pub fn selected(&self, set: &RuleSet) -> BTreeMap<TypeId, BTreeSet<AttrId>> {
        let attrs: BTreeSet<AttrId> = set
            .attrs
            .names()
            .iter()
            .filter(|name| !self.unread.contains(*name))
            .filter_map(|name| set.attrs.id(name))
            .collect();
        ["user", "group", "contact", "ou"]
            .iter()
            .filter_map(|name| Some((set.types.id(name)?, attrs.clone())))
            .collect()
    }

    pub fn put(&mut self, name: &str, entry: Entry) {
        self.objects.insert(anchor(name), entry);
        self.changed.insert(anchor(name));
    }

    pub fn edit(&mut self, name: &str, attr: &str, value: Option<&str>) {
        let entry = self
            .objects
            .get_mut(&anchor(name))
            .expect("an object of this directory");
        match value {
            Some(value) => {
                entry
                    .attrs
                    .insert(attr.into(), BTreeSet::from([Value::text(value)]));
            }
            None => drop(entry.attrs.remove(&AttrName::new(attr))),
        }
        self.changed.insert(anchor(name));
    }

    /// Gives an attribute these values.
    pub fn write(&mut self, anchor: &Anchor, attr: &str, values: BTreeSet<Value>) {
        let entry = self
            .objects
            .get_mut(anchor)
            .expect("an object of this directory");
        entry.attrs.insert(attr.into(), values);
        self.changed.insert(anchor.clone());
    }

    pub fn refer(&mut self, name: &str, attr: &str, to: &[&str]) {
        let entry = self
            .objects
            .get_mut(&anchor(name))
            .expect("an object of this directory");
        entry
            .refs
            .insert(attr.into(), to.iter().map(|to| anchor(to)).collect());
        self.changed.insert(anchor(name));
    }

    pub fn delete(&mut self, name: &str) {
        self.remove(&anchor(name));
    }

    fn remove(&mut self, gone: &Anchor) {
        self.objects.remove(gone);
        self.changed.insert(gone.clone());
        for (anchor, entry) in &mut self.objects {
            for refs in entry.refs.values_mut() {
                if refs.remove(gone) {
                    self.changed.insert(anchor.clone());
                }
            }
        }
    }

    pub fn rename(&mut self, name: &str, dn: &str) {
        self.move_to(&anchor(name), dn.parse().expect("a distinguished name"));
    }

    fn move_to(&mut self, anchor: &Anchor, to: Dn) {
        let from = self.objects[anchor].dn.clone();
        for entry in self.objects.values_mut() {
            if entry.dn.is_under(&from) {
                let own = entry.dn.rdns()[..entry.dn.rdns().len() - from.rdns().len()].to_vec();
                entry.dn = own
                    .into_iter()
                    .rev()
                    .fold(to.clone(), |dn, rdn| dn.child(rdn));
            }
        }
        self.changed.insert(anchor.clone());
    }

    pub fn by_dn(&self, dn: &str) -> Option<(&Anchor, &Entry)> {
        let dn: Dn = dn.parse().expect("a distinguished name");
        self.objects.iter().find(|(_, entry)| entry.dn == dn)
    }

    /// What a read shows.
    fn shown(&self) -> &BTreeMap<Anchor, Entry> {
        self.behind.as_ref().unwrap_or(&self.objects)
    }

    pub fn object(&self, anchor: &Anchor) -> ImportEntry {
        let entry = &self.shown()[anchor];
        let read = |name: &AttrName| !self.unread.contains(name);
        ImportEntry::Object(ImportObject {
            anchor: anchor.clone(),
            dn: entry.dn.clone(),
            object_type: entry.object_type.clone(),
            attrs: entry
                .attrs
                .iter()
                .filter(|(name, _)| read(name))
                .filter_map(|(name, values)| {
                    Some((name.clone(), Values::new(values.iter().cloned())?))
                })
                .collect(),
            refs: entry
                .refs
                .iter()
                .filter(|(name, to)| read(name) && !to.is_empty())
                .map(|(name, to)| {
                    (
                        name.clone(),
                        to.iter().cloned().map(ObjectName::Anchor).collect(),
                    )
                })
                .collect(),
        })
    }

    pub fn full(&mut self) -> Vec<ImportEntry> {
        self.deliver();
        let shown = self.shown().keys();
        shown.map(|anchor| self.object(anchor)).collect()
    }

    pub fn delta(&mut self) -> Vec<ImportEntry> {
        let before = std::mem::take(&mut self.delivered);
        let changed = self.deliver();
        let shown = self.shown();
        let told = |anchor: &Anchor| match (shown.get(anchor), before.get(anchor)) {
            // What came and went before any read showed it is told as gone, what is not shown yet is not told.
            (None, None) if self.behind.is_some() => None,
            (None, _) => Some(ImportEntry::Deleted(anchor.clone())),
            (Some(new), Some(old)) if self.incremental => difference(anchor, old, new),
            (Some(_), _) => Some(self.object(anchor)),
        };
        changed.iter().filter_map(told).collect()
    }

    /// Delivers what reads show, and answers what changed; what is not shown yet is delivered later.
    fn deliver(&mut self) -> BTreeSet<Anchor> {
        let changed = std::mem::take(&mut self.changed);
        let shown = self.shown().clone();
        let is_late = |anchor: &&Anchor| shown.get(*anchor) != self.objects.get(*anchor);
        self.changed = changed.iter().filter(is_late).cloned().collect();
        self.delivered = shown;
        changed
    }

    fn resolve(&self, created: &Created, key: &ObjectKey) -> Option<Anchor> {
        match key {
            ObjectKey::Anchor(anchor) => Some(anchor.clone()),
            ObjectKey::New { .. } => created.get(key).cloned(),
        }
    }

    /// Takes one operation, as an agent does: by object keys.
    pub fn apply(&mut self, created: &Created, op: &Operation) -> OpOutcome {
        let refuse = |kind, what: &str| {
            OpOutcome::Rejected(Fault::new(
                "export.refused",
                kind,
                what.to_owned(),
                "correct it",
            ))
        };
        let own = self.resolve(created, &op.object);
        if self.takes_a_unique_value(own.as_ref(), op) {
            return refuse(ErrorKind::MustBeUnique, "the value is taken");
        }
        let deletes = matches!(op.kind, OpKind::Delete { .. });
        if !deletes && self.is_refused(own.as_ref(), op) {
            return refuse(ErrorKind::ConstraintViolation, "the directory refused it");
        }
        match &op.kind {
            OpKind::Delete { .. } => {
                let Some(own) = own.filter(|own| self.objects.contains_key(own)) else {
                    return OpOutcome::AlreadyGone;
                };
                self.note("delete", &own);
                self.remove(&own);
                done(own, Vec::new())
            }
            OpKind::Add {
                object_type, place, ..
            } => {
                let dn = match place {
                    None => root(),
                    Some(place) => {
                        let parent = self
                            .resolve(created, &place.parent)
                            .expect("parents go first");
                        self.objects[&parent].dn.child(self.rdn(&place.rdn))
                    }
                };
                let taken = |entry: &Entry| entry.dn.rdn().is_some() && entry.dn == dn;
                if self.objects.values().any(taken) {
                    return refuse(ErrorKind::ObjectExists, "the name is taken");
                }
                self.created += 1;
                let new = anchor(&format!("{}-new{}", self.label, self.created));
                let entry = Entry {
                    dn: dn.clone(),
                    object_type: object_type.clone(),
                    ..Entry::new("ou", "")
                };
                self.objects.insert(new.clone(), entry);
                self.note("add", &new);
                let refused = self.change(created, &new, op);
                if self.silent {
                    OpOutcome::AcknowledgedWithoutId { dn }
                } else {
                    done(new, refused)
                }
            }
            OpKind::Update { place, .. } => {
                let Some(own) = own.filter(|own| self.objects.contains_key(own)) else {
                    return OpOutcome::AlreadyGone;
                };
                if self.reverts {
                    self.note("update", &own);
                    self.changed.insert(own.clone());
                    return done(own, Vec::new());
                }
                if let Some(place) = place {
                    let parent = self
                        .resolve(created, &place.parent)
                        .expect("containers exist");
                    let to = self.objects[&parent].dn.child(self.rdn(&place.rdn));
                    let taken =
                        |(anchor, entry): (&Anchor, &Entry)| *anchor != own && entry.dn == to;
                    if self.objects.iter().any(taken) {
                        return refuse(ErrorKind::ObjectExists, "the name is taken");
                    }
                    self.move_to(&own, to);
                }
                self.note("update", &own);
                let refused = self.change(created, &own, op);
                done(own, refused)
            }
        }
    }

    /// A name as the directory keeps it.
    fn rdn(&self, text: &str) -> Rdn {
        let rdn: Rdn = text.parse().expect("an RDN");
        match text.split_once('=') {
            Some((attr, _)) if self.folds => {
                let value = rdn.value().to_lowercase();
                format!("{attr}={value}").parse().expect("an RDN")
            }
            _ => rdn,
        }
    }

    fn note(&mut self, verb: &str, object: &Anchor) {
        self.log.push(format!("{verb} {}", self.objects[object].dn));
        self.wrote.push(format!("{verb} {}", nickname(object)));
    }

    /// Objects but containers.
    pub fn inhabitants(&self) -> usize {
        let inhabits = |entry: &&Entry| entry.object_type != "ou";
        self.objects.values().filter(inhabits).count()
    }

    /// Whether an operation is about somebody who is refused: by the name here, else by the name it gives.
    fn is_refused(&self, own: Option<&Anchor>, op: &Operation) -> bool {
        let named = own.and_then(|own| self.objects.get(own)?.dn.rdn());
        let place = match &op.kind {
            OpKind::Add { place, .. } => place.as_ref(),
            _ => None,
        };
        let placed = place.map(|place| place.rdn.parse::<Rdn>().expect("an RDN"));
        let calls = |delta: &(AttrName, Change)| match delta {
            (name, Change::Set(values)) if self.flat && *name == AttrName::new("displayName") => {
                let mut values = values.iter();
                values.any(|value| {
                    matches!(value, OpValue::Value(Value::Text(text)) if self.refuses.contains(&**text))
                })
            }
            _ => false,
        };
        let mut names = named.into_iter().chain(&placed);
        names.any(|rdn| self.refuses.contains(rdn.value())) || op.deltas.iter().any(calls)
    }

    fn takes_a_unique_value(&self, own: Option<&Anchor>, op: &Operation) -> bool {
        let Some(attr) = &self.unique else {
            return false;
        };
        let wanted = op.deltas.iter().find(|(name, _)| name == attr);
        let Some((_, Change::Set(values))) = wanted else {
            return false;
        };
        let folded = |value: &Value| match value {
            Value::Text(text) => text.to_lowercase(),
            other => format!("{other:?}"),
        };
        let wanted: BTreeSet<String> = values
            .iter()
            .filter_map(|value| match value {
                OpValue::Value(value) => Some(folded(value)),
                OpValue::Ref(_) => None,
            })
            .collect();
        self.objects.iter().any(|(anchor, entry)| {
            let held = entry.attrs.get(attr).into_iter().flatten();
            Some(anchor) != own && held.map(folded).any(|value| wanted.contains(&value))
        })
    }

    /// Changes attributes, and answers what it did not take.
    fn change(&mut self, created: &Created, own: &Anchor, op: &Operation) -> Vec<Fault> {
        self.changed.insert(own.clone());
        let mut refused = Vec::new();
        for (name, change) in &op.deltas {
            if self.refuses_attrs.contains(name) {
                let what = "the directory does not take this attribute";
                let kind = ErrorKind::ConstraintViolation;
                let fault = Fault::new("export.refused", kind, what, "correct it");
                refused.push(fault.on_attr(name.clone()));
                continue;
            }
            let (come, go, whole) = match change {
                Change::Set(values) => (values.clone(), Vec::new(), true),
                Change::Clear => (Vec::new(), Vec::new(), true),
                Change::Values { add, remove } => (add.clone(), remove.clone(), false),
            };
            let folds = self.folds;
            let refs = |values: &[OpValue]| -> BTreeSet<Anchor> {
                values
                    .iter()
                    .filter_map(|value| match value {
                        OpValue::Ref(key) => {
                            Some(self.resolve(created, key).expect("references exist"))
                        }
                        OpValue::Value(_) => None,
                    })
                    .collect()
            };
            let plain = |values: &[OpValue]| -> BTreeSet<Value> {
                values
                    .iter()
                    .filter_map(|value| match value {
                        OpValue::Value(Value::Text(text)) if folds => {
                            Some(Value::text(text.to_lowercase()))
                        }
                        OpValue::Value(value) => Some(value.clone()),
                        OpValue::Ref(_) => None,
                    })
                    .collect()
            };
            let (new_refs, gone_refs) = (refs(&come), refs(&go));
            let (new, gone) = (plain(&come), plain(&go));
            let entry = self.objects.get_mut(own).expect("it exists");
            if whole {
                entry.attrs.remove(name);
                entry.refs.remove(name);
            }
            let values = entry.attrs.entry(name.clone()).or_default();
            values.extend(new);
            values.retain(|value| !gone.contains(value));
            let held = entry.refs.entry(name.clone()).or_default();
            held.extend(new_refs);
            held.retain(|anchor| !gone_refs.contains(anchor));
            entry.attrs.retain(|_, values| !values.is_empty());
            entry.refs.retain(|_, refs| !refs.is_empty());
        }
        refused
    }
}

fn done(anchor: Anchor, refused: Vec<Fault>) -> OpOutcome {
    OpOutcome::Done(Applied {
        anchor,
        dn: None,
        refused,
        no_op: false,
    })
}

fn difference(anchor: &Anchor, old: &Entry, new: &Entry) -> Option<ImportEntry> {
    let mut change = ImportChange {
        anchor: anchor.clone(),
        object_type: None,
        dn: (old.dn.to_string() != new.dn.to_string()).then(|| new.dn.clone()),
        attrs: Vec::new(),
        refs_set: Vec::new(),
        refs_added: Vec::new(),
        refs_removed: Vec::new(),
    };
    let names: BTreeSet<&AttrName> = old.attrs.keys().chain(new.attrs.keys()).collect();
    for name in names {
        if old.attrs.get(name) != new.attrs.get(name) {
            let values = new
                .attrs
                .get(name)
                .and_then(|values| Values::new(values.iter().cloned()));
            change.attrs.push((name.clone(), values));
        }
    }
    let names: BTreeSet<&AttrName> = old.refs.keys().chain(new.refs.keys()).collect();
    let none = BTreeSet::new();
    for name in names {
        let (had, has) = (
            old.refs.get(name).unwrap_or(&none),
            new.refs.get(name).unwrap_or(&none),
        );
        let named = |to: &Anchor| (name.clone(), ObjectName::Anchor(to.clone()));
        change.refs_added.extend(has.difference(had).map(named));
        change.refs_removed.extend(had.difference(has).map(named));
    }
    Some(ImportEntry::Change(change))
}
