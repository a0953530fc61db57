//! The effects of operations, as the service shows them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Effects, Names, whole};

/// References with one value, which a request replaces as a whole.
const SINGLE_REFERENCES: [&str; 2] = ["manager", "managedby"];

/// What was sent.
pub struct Sent<'a> {
    names: &'a Names,
    /// Names by the service's own ids, which it shows where an object is gone.
    objects: BTreeMap<String, String>,
    /// The effects.
    pub effects: Effects,
    /// Objects and attributes of which the service does not show every value.
    pub cut: BTreeSet<(String, String)>,
}

impl<'a> Sent<'a> {
    /// The effects of these operations.
    pub fn of(operations: &[Value], names: &'a Names) -> Self {
        let mut sent = Self {
            names,
            objects: BTreeMap::new(),
            effects: Effects::default(),
            cut: BTreeSet::new(),
        };
        for operation in operations {
            sent.learn(operation);
        }
        for operation in operations {
            sent.operation(operation);
        }
        sent
    }

    /// What its object is called, and which of its attributes are shown cut.
    fn learn(&mut self, operation: &Value) {
        let shown = operation["dn_after"]
            .as_str()
            .or(operation["dn_before"].as_str());
        let name = self.names.of(shown.unwrap_or_default());
        if let (Some(id), Some(_)) = (operation["object"].as_str(), shown) {
            self.objects.insert(id.to_owned(), name.clone());
        }
        for change in changes(operation) {
            if change.is_cut() {
                self.cut.insert((name.clone(), change.name));
            }
        }
    }

    fn name_of(&self, shown: &str) -> String {
        let known = self.objects.get(shown).cloned();
        known.unwrap_or_else(|| self.names.of(shown))
    }

    fn operation(&mut self, operation: &Value) {
        let who = self.name_of(operation["object"].as_str().unwrap_or_default());
        match operation["kind"].as_str() {
            Some("add") => self.effects.add(&who, "added", 1),
            Some("delete") => self.effects.add(&who, "deleted", 1),
            _ if operation["dn_after"].is_string() => self.effects.add(&who, "named", 1),
            _ => {}
        }
        for change in changes(operation) {
            self.change(&who, operation["kind"] == "add", change);
        }
    }

    fn change(&mut self, who: &str, is_add: bool, change: Change) {
        let name = &change.name;
        if self.cut.contains(&(who.to_owned(), name.clone())) {
            let effect = format!("{name} values");
            return self.effects.add(who, effect, change.all);
        }
        match change.is_reference() {
            true if SINGLE_REFERENCES.contains(&name.as_str()) && !is_add => {
                let after = change.added.iter().map(|dn| self.name_of(dn)).collect();
                self.effects.add(who, whole(name, after), 1);
            }
            true => {
                for (sign, values) in [('+', &change.added), ('-', &change.removed)] {
                    for dn in values {
                        let dn = self.name_of(dn);
                        self.effects.add(who, format_args!("{name} {sign} {dn}"), 1);
                    }
                }
            }
            false if is_add => {
                for value in change.after {
                    self.effects.add(who, format_args!("{name} + {value}"), 1);
                }
            }
            false => self.effects.add(who, whole(name, change.after), 1),
        }
    }
}

/// What changes on one attribute.
struct Change {
    name: String,
    after: Vec<String>,
    added: Vec<String>,
    removed: Vec<String>,
    /// How many references come and go in all.
    all: i64,
}

impl Change {
    fn is_reference(&self) -> bool {
        self.added.len() + self.removed.len() > 0
    }

    fn is_cut(&self) -> bool {
        self.is_reference() && self.all > (self.added.len() + self.removed.len()) as i64
    }
}

fn changes(operation: &Value) -> impl Iterator<Item = Change> {
    let texts = |values: &Value| -> Vec<String> {
        let values = values.as_array().into_iter().flatten();
        values
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    let changes = operation["attributes"].as_array().into_iter().flatten();
    changes.map(move |change| Change {
        name: change["name"].as_str().unwrap_or_default().to_lowercase(),
        after: texts(&change["after"]),
        added: texts(&change["added"]),
        removed: texts(&change["removed"]),
        all: change["changed_values"].as_i64().unwrap_or_default(),
    })
}
