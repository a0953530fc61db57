//! The validator against figures that were found with another one: a validator that does not reproduce
//! them is not reading the data right.
//!
//! Counted are entities of documented responses whose type the response itself tells: by `@odata.type`, or by
//! a context that names, with a flat choice of properties at most, a collection at the root that has a delta
//! function or a row among the documentation's leaks (`directoryObjects` tells no type). The figures hold formats to be remarks, as the schema's
//! draft does; `formats_are_held` says what changes when they are not.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use syncline_graph_contract::schema::{Formats, Schema};
use syncline_graph_contract::{Contract, Returns};

/// How many entities validate as they stand, without what leaked from elsewhere, and not at all.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Figures {
    as_they_stand: usize,
    without_leaks: usize,
    not_at_all: BTreeMap<String, usize>,
}

impl Figures {
    fn of(total: (usize, usize), not_at_all: &[(&str, usize)]) -> Self {
        Self {
            as_they_stand: total.0,
            without_leaks: total.1,
            not_at_all: not_at_all
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect(),
        }
    }
}

#[derive(Deserialize)]
struct Deviations {
    documentation_example_leaks: Vec<Leak>,
    undeclared_properties: Vec<Undeclared>,
}

#[derive(Deserialize)]
struct Leak {
    #[serde(rename = "type")]
    of: String,
    properties: Vec<String>,
}

#[derive(Deserialize)]
struct Undeclared {
    #[serde(rename = "type")]
    of: String,
    property: String,
}

impl Deviations {
    fn published() -> Self {
        let text = include_str!("../data/v1.0.deviations.json");
        serde_json::from_str(text).expect("the deviations are readable")
    }

    fn is_about(&self, type_name: &str) -> bool {
        self.documentation_example_leaks
            .iter()
            .any(|leak| leak.of == type_name)
    }

    /// The entity without the properties that deviation rows name for its type.
    fn cleaned(&self, type_name: &str, entity: &Value) -> Value {
        let mut cleaned = entity.clone();
        let members = cleaned.as_object_mut().expect("entities are objects");
        for leak in &self.documentation_example_leaks {
            if leak.of == type_name {
                members.retain(|name, _| !leak.properties.contains(name));
            }
        }
        for row in &self.undeclared_properties {
            if row.of == type_name {
                members.remove(&row.property);
            }
        }
        cleaned
    }
}

/// Every entity of the documented responses whose type can be read, with that type.
fn readable(deviations: &Deviations) -> Vec<(String, Value)> {
    let contract = Contract::vendor();
    let bodies = contract
        .examples()
        .iter()
        .filter_map(|example| example.body.as_ref());
    bodies
        .filter(|body| body.is_object())
        .flat_map(|body| {
            let context = body["@odata.context"].as_str().and_then(collection_of);
            let by_context = context.and_then(|name| type_of_collection(deviations, name));
            entities(body).into_iter().filter_map(move |entity| {
                let named = entity["@odata.type"].as_str().map(last_name);
                let type_name = match named {
                    Some(name) => name.to_owned(),
                    None => by_context.clone()?,
                };
                let known = Contract::vendor().schema().knows(&type_name);
                known.then(|| (type_name, entity.clone()))
            })
        })
        .collect()
}

fn entities(body: &Value) -> Vec<&Value> {
    match body["value"].as_array() {
        Some(items) => items.iter().filter(|item| item.is_object()).collect(),
        None => vec![body],
    }
}

fn last_name(odata_type: &str) -> &str {
    odata_type.rsplit(['.', '#']).next().unwrap_or(odata_type)
}

/// `users` of `…$metadata#users(id,mail)/$entity`; nothing of a longer path or a nested choice.
fn collection_of(context: &str) -> Option<&str> {
    let (_, fragment) = context.split_once("$metadata#")?;
    let fragment = fragment.strip_suffix("/$entity").unwrap_or(fragment);
    let (name, choice) = fragment.split_once('(').unwrap_or((fragment, ")"));
    let flat = choice.find(')') == Some(choice.len() - 1);
    (flat && name.chars().all(char::is_alphanumeric)).then_some(name)
}

fn type_of_collection(deviations: &Deviations, collection: &str) -> Option<String> {
    let contract = Contract::vendor();
    let listed = contract.operation("GET", &format!("/{collection}")).ok()?;
    let Returns::Collection(Some(type_name)) = listed.returns else {
        return None;
    };
    let has_delta = contract
        .operation("GET", &format!("/{collection}/delta"))
        .is_ok();
    let concrete = type_name != "directoryObject";
    (concrete && (has_delta || deviations.is_about(type_name))).then(|| type_name.clone())
}

fn count(formats: Formats, of: Option<&str>) -> Figures {
    let schema = Schema::as_published(formats);
    let deviations = Deviations::published();
    let mut figures = Figures::default();
    for (type_name, entity) in readable(&deviations) {
        if of.is_some_and(|wanted| wanted != type_name) {
            continue;
        }
        if schema.check(&type_name, &entity).is_empty() {
            figures.as_they_stand += 1;
        } else if schema
            .check(&type_name, &deviations.cleaned(&type_name, &entity))
            .is_empty()
        {
            figures.without_leaks += 1;
        } else {
            *figures.not_at_all.entry(type_name).or_default() += 1;
        }
    }
    println!("{formats:?}, {}: {figures:?}", of.unwrap_or("all types"));
    figures
}

#[test]
fn the_documented_examples_validate_as_often_as_they_should() {
    let figures = count(Formats::Remarks, None);

    let failing = [("application", 1), ("servicePrincipal", 2)];
    assert_eq!(figures, Figures::of((104, 10), &failing));
}

#[test]
fn every_documented_user_and_group_validates() {
    let users = count(Formats::Remarks, Some("user"));
    let groups = count(Formats::Remarks, Some("group"));

    assert_eq!(users, Figures::of((41, 0), &[]));
    assert_eq!(groups, Figures::of((33, 1), &[]));
}

/// Two documented users have an empty text for a time that never was.
#[test]
fn formats_are_held() {
    let figures = count(Formats::Asserted, None);

    let failing = [("application", 1), ("servicePrincipal", 2), ("user", 2)];
    assert_eq!(figures, Figures::of((102, 10), &failing));
}
