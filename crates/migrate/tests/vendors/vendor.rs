//! A slow interpreter of synchronisation rules as the vendor documents them: everything anew, object by object.
//!
//! It shares nothing with the importer but the reader of files and, for expressions, the rule language's reference
//! interpreter: scopes, joins, precedence and flows are told here from the rules themselves.

use std::collections::{BTreeMap, BTreeSet};

use syncline_migrate::config::{Clause, Config, Direction, Link, Mapping, Rule, Source};
use syncline_model::rules::{AttrType, Dialect, RuleType, RuleValue, SlotSource};
use syncline_model::schema::AttrDef;
use syncline_model::{AttrName, Value, ValueType, Values};
use syncline_rules::Env;
use syncline_rules::interp::{self, Answer};
use syncline_rules::part::{self, CheckedPart};
use syncline_rules::request::ExprSource;

use crate::ours::{rule_value, values_of};

/// Values and references by attribute, names in small letters.
pub type Held = BTreeMap<String, Content>;

/// What an attribute holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    /// Values.
    Values(Values),
    /// Other objects: keys of the same connector, or numbers of the metaverse.
    Refs(BTreeSet<String>),
}

/// An object of a connected system.
#[derive(Debug, Clone)]
pub struct Object {
    pub key: String,
    pub object_type: String,
    pub held: Held,
}

/// An object of the metaverse.
#[derive(Debug, Clone)]
pub struct Person {
    pub metaverse_type: String,
    /// Linked objects by connector.
    pub linked: BTreeMap<String, String>,
    pub held: Held,
}

/// Everything that the vendor's product would know.
pub struct Vendor<'a> {
    config: &'a Config,
    /// Objects by connector and key.
    pub objects: BTreeMap<String, BTreeMap<String, Object>>,
    pub metaverse: Vec<Person>,
    compiled: std::cell::RefCell<BTreeMap<String, std::rc::Rc<CheckedPart>>>,
}

/// What a flow gives.
enum Gives {
    Held(Content),
    Nothing,
    Ended,
    Ignored,
}

impl<'a> Vendor<'a> {
    pub fn new(config: &'a Config, objects: BTreeMap<String, BTreeMap<String, Object>>) -> Self {
        Self {
            config,
            objects,
            metaverse: Vec::new(),
            compiled: Default::default(),
        }
    }

    fn rules(&self, direction: Direction) -> impl Iterator<Item = &'a Rule> {
        self.config
            .rules
            .iter()
            .filter(move |rule| rule.direction == direction && !rule.disabled)
    }

    fn inbound_of(&self, connector: &str, object: &Object) -> Vec<&'a Rule> {
        self.rules(Direction::Inbound)
            .filter(|rule| rule.connector == connector && rule.object_type == object.object_type)
            .filter(|rule| self.in_scope(rule, &object.held))
            .collect()
    }

    /// Joins or projects every object that has no link, then lets everything flow.
    pub fn inward(&mut self) {
        for (connector, objects) in self.objects.clone() {
            for object in objects.values() {
                let known = |person: &Person| person.linked.get(&connector) == Some(&object.key);
                if self.metaverse.iter().any(known) {
                    continue;
                }
                let rules = self.inbound_of(&connector, object);
                let linking = rules
                    .iter()
                    .filter(|rule| rule.link != Link::Join || !rule.joins.is_empty());
                for rule in linking {
                    if let Some(at) = self.found(rule, &connector, &object.held) {
                        self.metaverse[at]
                            .linked
                            .insert(connector.clone(), object.key.clone());
                        self.contribution(at);
                        break;
                    }
                    if rule.link == Link::Provision {
                        self.metaverse.push(Person {
                            metaverse_type: rule.metaverse_type.clone(),
                            linked: [(connector.clone(), object.key.clone())].into(),
                            held: Held::new(),
                        });
                        self.contribution(self.metaverse.len() - 1);
                        break;
                    }
                }
            }
        }
        self.contributions();
    }

    /// The metaverse object that a rule's joins find.
    fn found(&self, rule: &Rule, connector: &str, held: &Held) -> Option<usize> {
        rule.joins.iter().find_map(|group| {
            let all = self.metaverse.iter().enumerate().filter(|(_, person)| {
                !person.linked.contains_key(connector)
                    && (rule.metaverse_type == "*" || person.metaverse_type == rule.metaverse_type)
                    && group.iter().all(|one| {
                        same(
                            held,
                            &one.connected,
                            &person.held,
                            &one.metaverse,
                            one.case_sensitive,
                        )
                    })
            });
            let all: Vec<usize> = all.map(|(at, _)| at).collect();
            assert!(all.len() < 2, "the population has no ambiguous joins");
            all.first().copied()
        })
    }

    /// The values of every metaverse object, from its linked objects.
    pub fn contributions(&mut self) {
        for at in 0..self.metaverse.len() {
            self.contribution(at);
        }
        // References, which are keys of the connector, become numbers.
        let numbers: BTreeMap<(String, String), usize> = self
            .metaverse
            .iter()
            .enumerate()
            .flat_map(|(at, person)| {
                person
                    .linked
                    .iter()
                    .map(move |(c, k)| ((c.clone(), k.clone()), at))
            })
            .collect();
        for person in &mut self.metaverse {
            let linked: Vec<String> = person.linked.keys().cloned().collect();
            for held in person.held.values_mut() {
                if let Content::Refs(keys) = held {
                    let known = keys.iter().filter_map(|key| {
                        let at = linked
                            .iter()
                            .find_map(|c| numbers.get(&(c.clone(), key.clone())))?;
                        Some(at.to_string())
                    });
                    *held = Content::Refs(known.collect());
                }
            }
            person
                .held
                .retain(|_, held| !matches!(held, Content::Refs(keys) if keys.is_empty()));
        }
    }

    /// The values of one metaverse object; references are still keys.
    fn contribution(&mut self, at: usize) {
        let person = self.metaverse[at].clone();
        let mut given: BTreeMap<String, Vec<(i64, Gives)>> = BTreeMap::new();
        for (connector, key) in &person.linked {
            let object = &self.objects[connector][key];
            for rule in self.inbound_of(connector, object) {
                for mapping in &rule.flows {
                    let gives = self.gives(connector, rule, mapping, &object.held, false);
                    given
                        .entry(mapping.to.to_lowercase())
                        .or_default()
                        .push((rule.precedence, gives));
                }
            }
        }
        let mut held = Held::new();
        for (attr, mut all) in given {
            all.sort_by_key(|(precedence, _)| *precedence);
            for (_, gives) in all {
                match gives {
                    Gives::Held(values) => {
                        held.insert(attr.clone(), values);
                        break;
                    }
                    Gives::Ended => break,
                    // On an object that is new there is no old value to be kept.
                    Gives::Nothing | Gives::Ignored => {}
                }
            }
        }
        self.metaverse[at].held = held;
    }

    /// What objects of a connector are to hold, by metaverse object; those that are new as well.
    pub fn outward(&self, connector: &str) -> BTreeMap<usize, (String, Held)> {
        let mut wanted = BTreeMap::new();
        for (at, person) in self.metaverse.iter().enumerate() {
            let rules: Vec<&Rule> = self
                .rules(Direction::Outbound)
                .filter(|rule| {
                    rule.connector == connector && rule.metaverse_type == person.metaverse_type
                })
                .filter(|rule| self.in_scope(rule, &person.held))
                .collect();
            let object_type = match person.linked.get(connector) {
                Some(key) => self.objects[connector][key].object_type.clone(),
                None => match rules.iter().find(|rule| rule.link == Link::Provision) {
                    Some(rule) => rule.object_type.clone(),
                    None => continue,
                },
            };
            let mut given: BTreeMap<String, Vec<(i64, Gives)>> = BTreeMap::new();
            for rule in rules
                .into_iter()
                .filter(|rule| rule.object_type == object_type)
            {
                for mapping in &rule.flows {
                    let gives = self.gives(connector, rule, mapping, &person.held, true);
                    given
                        .entry(mapping.to.clone())
                        .or_default()
                        .push((rule.precedence, gives));
                }
            }
            let mut held = Held::new();
            for (attr, mut all) in given {
                all.sort_by_key(|(precedence, _)| *precedence);
                let first = all.into_iter().find_map(|(_, gives)| match gives {
                    Gives::Held(values) => Some(values),
                    _ => None,
                });
                held.extend(first.map(|values| (attr, values)));
            }
            wanted.insert(at, (object_type, held));
        }
        wanted
    }

    fn gives(
        &self,
        connector: &str,
        rule: &Rule,
        mapping: &Mapping,
        held: &Held,
        over_metaverse: bool,
    ) -> Gives {
        match &mapping.source {
            Source::Direct(name) => held
                .get(&name.to_lowercase())
                .cloned()
                .map_or(Gives::Nothing, Gives::Held),
            Source::Constant(text) => {
                let def = match over_metaverse {
                    true => self.config.connectors[connector]
                        .known
                        .get(&AttrName::new(&mapping.to))
                        .cloned(),
                    false => self
                        .config
                        .metaverse
                        .attr(&rule.metaverse_type, &AttrName::new(&mapping.to))
                        .cloned(),
                };
                let value = match def.map(|def| def.value_type) {
                    Some(ValueType::Boolean) => Value::Bool(text.eq_ignore_ascii_case("true")),
                    Some(ValueType::Integer) => Value::Int(text.parse().unwrap()),
                    _ => Value::text(text.as_str()),
                };
                Gives::Held(Content::Values(Values::one(value).unwrap()))
            }
            Source::Coded(why) => panic!("{}: {why}", rule.name),
            Source::Expression(text) => {
                match self.evaluate(connector, rule, text, held, over_metaverse) {
                    Answer::Value(value) => {
                        values_of(value).map_or(Gives::Nothing, |v| Gives::Held(Content::Values(v)))
                    }
                    Answer::Null => Gives::Nothing,
                    Answer::AuthoritativeNull => Gives::Ended,
                    Answer::Ignore => Gives::Ignored,
                    Answer::Error { kind, custom, .. } => {
                        panic!("{} {text}: {kind} {custom:?}", rule.name)
                    }
                }
            }
        }
    }

    fn evaluate(
        &self,
        connector: &str,
        rule: &Rule,
        text: &str,
        held: &Held,
        over_metaverse: bool,
    ) -> Answer {
        let known = &self.config.connectors[connector];
        let none = BTreeMap::new();
        let attrs: &BTreeMap<AttrName, AttrDef> = match over_metaverse {
            true => self
                .config
                .metaverse
                .types
                .get(&rule.metaverse_type)
                .map_or(&none, |def| &def.attrs),
            false => &known.known,
        };
        let place = format!(
            "{connector}/{over_metaverse}/{}/{text}",
            rule.metaverse_type
        );
        let compiled = self.compiled.borrow().get(&place).cloned();
        let checked = compiled.unwrap_or_else(|| {
            let mut env = Env::default();
            for (name, def) in attrs {
                env.source.insert(name.as_str().to_owned(), attr_type(def));
            }
            let dn = AttrType {
                ty: RuleType::String,
                nullable: true,
                multi: false,
            };
            env.source.entry("dn".into()).or_insert(dn);
            for name in known.parameters.keys() {
                env.parameters
                    .insert(name.clone(), AttrType::required(RuleType::String));
            }
            let source = ExprSource::Expr {
                expr: text.to_owned(),
                dialect: Dialect::Entra,
            };
            let checked = part::check_expression(&env, &source);
            assert!(
                checked.ok(),
                "{}: {text}: {:?}",
                rule.name,
                checked.diagnostics
            );
            let checked = std::rc::Rc::new(checked);
            self.compiled.borrow_mut().insert(place, checked.clone());
            checked
        });
        let value = |slot: &syncline_model::rules::Slot| match &slot.source {
            SlotSource::Attribute(name) => {
                let items: Vec<RuleValue> = match held.get(&name.to_lowercase()) {
                    Some(Content::Values(values)) => values.iter().map(rule_value).collect(),
                    Some(Content::Refs(keys)) => keys
                        .iter()
                        .map(|key| RuleValue::Reference(key.clone()))
                        .collect(),
                    None => Vec::new(),
                };
                match slot.attr.multi {
                    true => RuleValue::List(items),
                    false => items.into_iter().next().unwrap_or(RuleValue::Null),
                }
            }
            SlotSource::Parameter(name) => RuleValue::String(known.parameters[name].clone()),
            other => panic!("{other:?}"),
        };
        let values: Vec<RuleValue> = checked.tables.slots.iter().map(value).collect();
        interp::row(&checked, &values).answers.remove(0)
    }

    fn in_scope(&self, rule: &Rule, held: &Held) -> bool {
        let parameters = &self.config.connectors[&rule.connector].parameters;
        rule.scope.is_empty()
            || rule
                .scope
                .iter()
                .any(|group| group.iter().all(|one| holds(one, held, parameters)))
    }
}

fn attr_type(def: &AttrDef) -> AttrType {
    let ty = match def.value_type {
        ValueType::String => RuleType::String,
        ValueType::Integer => RuleType::Long,
        ValueType::Boolean => RuleType::Bool,
        ValueType::Binary => RuleType::Binary,
        ValueType::Datetime => RuleType::Date,
        ValueType::Guid => RuleType::Guid,
        ValueType::Reference => RuleType::Reference,
    };
    AttrType {
        ty,
        nullable: true,
        multi: def.multi,
    }
}

/// Whether two attributes share a value.
fn same(one: &Held, a: &str, other: &Held, b: &str, case_sensitive: bool) -> bool {
    let texts = |held: &Held, name: &str| -> BTreeSet<String> {
        let Some(Content::Values(values)) = held.get(&name.to_lowercase()) else {
            return BTreeSet::new();
        };
        let text = |value: &Value| match value {
            Value::Text(text) if !case_sensitive => text.to_lowercase(),
            other => format!("{other:?}"),
        };
        values.iter().map(text).collect()
    };
    !texts(one, a).is_disjoint(&texts(other, b))
}

fn holds(clause: &Clause, held: &Held, parameters: &BTreeMap<String, String>) -> bool {
    let value = held.get(&clause.attribute.to_lowercase());
    let wanted = match clause
        .value
        .strip_prefix('%')
        .and_then(|rest| rest.strip_suffix('%'))
    {
        Some(name) => parameters[name].clone(),
        None => clause.value.clone(),
    };
    let wanted = wanted.to_lowercase();
    let texts: Vec<String> = match value {
        Some(Content::Values(values)) => values
            .iter()
            .map(|value| match value {
                Value::Text(text) => text.to_lowercase(),
                Value::Int(n) => n.to_string(),
                Value::Bool(b) => b.to_string(),
                other => format!("{other:?}"),
            })
            .collect(),
        Some(Content::Refs(keys)) => keys.iter().cloned().collect(),
        None => Vec::new(),
    };
    let number = || texts.first().and_then(|text| text.parse::<i64>().ok());
    let bound = || wanted.parse::<i64>().expect("a number");
    match clause.operator.as_str() {
        "EQUAL" => texts.contains(&wanted),
        "NOTEQUAL" => !texts.contains(&wanted),
        "ISNULL" => texts.is_empty(),
        "ISNOTNULL" => !texts.is_empty(),
        "STARTSWITH" => texts.iter().any(|text| text.starts_with(&wanted)),
        "NOTSTARTSWITH" => !texts.iter().any(|text| text.starts_with(&wanted)),
        "LESSTHAN" => number().is_some_and(|n| n < bound()),
        "ISBITSET" => number().is_some_and(|n| n & bound() != 0),
        "ISBITNOTSET" => number().is_none_or(|n| n & bound() == 0),
        other => panic!("{other}"),
    }
}
