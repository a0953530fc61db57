//! One entity against its type: its properties, its annotations, and the entities inside it.
//!
//! Invariants: an entity that names its type is held against that one, which must derive from the expected
//! one; an annotation belongs to a property that exists.

use crate::schema::Schema;
use crate::violation::Violation;
use serde_json::{Map, Value};

const BIND_MAX: usize = 20;

/// Everything that is wrong with an entity where one of type `expected` belongs.
pub(crate) fn check(schema: &Schema, expected: &str, value: &Value) -> Vec<Violation> {
    let type_name = match named_type(schema, expected, value) {
        Ok(type_name) => type_name,
        Err(violation) => return vec![violation],
    };
    let mut found = schema.check(type_name, value);
    if let Value::Object(members) = value {
        for (name, annotated) in members {
            found.extend(check_annotation(schema, type_name, name, annotated));
        }
        found.extend(check_inner(schema, type_name, members));
    }
    found
}

/// The type an entity names, or the expected one.
fn named_type<'a>(
    schema: &Schema,
    expected: &'a str,
    value: &'a Value,
) -> Result<&'a str, Violation> {
    let Some(named) = value.get("@odata.type") else {
        return Ok(expected);
    };
    let type_name = named.as_str().and_then(|name| {
        name.trim_start_matches('#')
            .strip_prefix("microsoft.graph.")
    });
    match type_name {
        Some(name) if schema.knows(name) && schema.derives(name, expected) => Ok(name),
        Some(name) if schema.knows(name) => {
            let what = format!("{named} stands where {expected} belongs");
            Err(Violation::new("type.mismatch", what))
        }
        _ => {
            let what = format!("{named} is no type of the schema");
            Err(Violation::new("type.unknown", what))
        }
    }
}

fn check_annotation(
    schema: &Schema,
    type_name: &str,
    name: &str,
    value: &Value,
) -> Option<Violation> {
    let (property, annotation) = name.split_once('@').filter(|(of, _)| !of.is_empty())?;
    if !schema.has_property(type_name, property) {
        let what = format!("{type_name} has no property {property}, so no {name}");
        return Some(Violation::new("property.unknown", what));
    }
    if annotation != "odata.bind" {
        return None;
    }
    match value {
        Value::String(_) => None,
        Value::Array(links) if !links.iter().all(Value::is_string) => {
            let what = format!("{type_name}: {name} holds links only");
            Some(Violation::new("property.type", what))
        }
        Value::Array(links) if links.len() > BIND_MAX => {
            let what = format!(
                "{type_name}: {name} has {} links, at most {BIND_MAX} are taken",
                links.len()
            );
            Some(Violation::new("bind.too_many", what))
        }
        Value::Array(_) => None,
        _ => {
            let what = format!("{type_name}: {name} is a link or a list of links");
            Some(Violation::new("property.type", what))
        }
    }
}

/// The entities that navigation properties and their changes carry along.
fn check_inner(schema: &Schema, type_name: &str, members: &Map<String, Value>) -> Vec<Violation> {
    let mut found = Vec::new();
    for navigation in schema.navigations(type_name) {
        let Some(target) = schema.navigation(type_name, navigation) else {
            continue;
        };
        if !schema.knows(target) {
            continue;
        }
        let delta = format!("{navigation}@delta");
        for name in [navigation, delta.as_str()] {
            let entities = match members.get(name) {
                Some(Value::Array(entities)) => entities.as_slice(),
                Some(entity @ Value::Object(_)) => std::slice::from_ref(entity),
                _ => continue,
            };
            found.extend(
                entities
                    .iter()
                    .flat_map(|entity| check(schema, target, entity))
                    .map(|violation| violation.within(&format!("{type_name}/{name}"))),
            );
        }
    }
    found
}
