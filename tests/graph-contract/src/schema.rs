//! The vendor's types: which properties a type has, and what is wrong with a value of it.
//!
//! Invariants: a validator is compiled once, when its type is first asked for; a property the type does not
//! declare is wrong, at any depth; of `anything or null` the part that is not null is reported.

use crate::violation::Violation;
use jsonschema::Validator;
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

const DOCUMENT: &str = include_str!("../data/v1.0.schema.json");
const POINTER: &str = "#/$defs/";

/// Whether a format such as `date-time` is held, or is a remark as the schema's draft has it by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formats {
    /// A text of another format is wrong.
    Asserted,
    /// Any text will do.
    Remarks,
}

/// The types of Graph v1.0.
#[derive(Debug)]
pub struct Schema {
    definitions: Map<String, Value>,
    validators: BTreeMap<String, OnceLock<Validator>>,
    formats: Formats,
}

impl Schema {
    /// The types as the vendor published them.
    ///
    /// # Panics
    /// When the published document is not a schema.
    #[must_use]
    pub fn as_published(formats: Formats) -> Self {
        let mut document: Value =
            serde_json::from_str(DOCUMENT).expect("v1.0.schema.json is readable");
        let Value::Object(definitions) = document["$defs"].take() else {
            panic!("v1.0.schema.json has types");
        };
        let validators = definitions
            .keys()
            .map(|name| (name.clone(), OnceLock::new()))
            .collect();
        Self {
            definitions,
            validators,
            formats,
        }
    }

    /// The types with more of them: parameters of actions, for example.
    #[must_use]
    pub(crate) fn with(mut self, more: impl Iterator<Item = (String, Value)>) -> Self {
        for (name, definition) in more {
            self.validators.insert(name.clone(), OnceLock::new());
            self.definitions.insert(name, definition);
        }
        self
    }

    /// The types with a property that the documentation knows and the metadata forgot.
    #[must_use]
    pub(crate) fn with_property(mut self, of: &str, property: &str, like: &str) -> Self {
        let reference =
            json!({ "anyOf": [{ "$ref": format!("{POINTER}{like}") }, { "type": "null" }] });
        self.definitions[of]["properties"][property] = reference;
        self
    }

    /// Whether there is such a type.
    #[must_use]
    pub fn knows(&self, type_name: &str) -> bool {
        self.definitions.contains_key(type_name)
    }

    /// Whether entities of one type are entities of another, too.
    #[must_use]
    pub fn derives(&self, type_name: &str, base: &str) -> bool {
        type_name == base
            || self.definitions[type_name]["x-base"]
                .as_array()
                .is_some_and(|bases| bases.iter().any(|known| known == base))
    }

    /// Every type that derives from this one, itself among them.
    pub(crate) fn family<'a>(&'a self, base: &'a str) -> impl Iterator<Item = &'a str> {
        self.definitions
            .keys()
            .map(String::as_str)
            .filter(move |name| self.derives(name, base))
    }

    /// The type that a navigation property leads to.
    pub(crate) fn navigation(&self, type_name: &str, property: &str) -> Option<&str> {
        let target = self.definitions[type_name]["x-nav"][property].as_str()?;
        let target = target.strip_prefix("Collection(").unwrap_or(target);
        target.trim_end_matches(')').strip_prefix("graph.")
    }

    /// The navigation properties of a type.
    pub(crate) fn navigations<'a>(&'a self, type_name: &str) -> impl Iterator<Item = &'a str> {
        self.definitions[type_name]["x-nav"]
            .as_object()
            .into_iter()
            .flat_map(|names| names.keys().map(String::as_str))
    }

    /// Whether a type has such a property, or may be extended by one of that name.
    pub(crate) fn has_property(&self, type_name: &str, property: &str) -> bool {
        self.definitions[type_name]["properties"]
            .get(property)
            .is_some()
            || (!property.starts_with('@')
                && self
                    .validator(type_name)
                    .is_valid(&json!({ property: null })))
    }

    /// Everything that is wrong with a value of a type.
    #[must_use]
    pub fn check(&self, type_name: &str, value: &Value) -> Vec<Violation> {
        let validator = self.validator(type_name);
        if validator.is_valid(value) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for error in validator.iter_errors(value) {
            report(type_name, &error, &mut found);
        }
        found
    }

    fn validator(&self, type_name: &str) -> &Validator {
        self.validators[type_name].get_or_init(|| {
            let schema = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$ref": format!("{POINTER}{type_name}"),
                "$defs": self.reachable(type_name),
            });
            jsonschema::options()
                .should_validate_formats(self.formats == Formats::Asserted)
                .build(&schema)
                .unwrap_or_else(|error| panic!("the schema of {type_name} is not one: {error}"))
        })
    }

    fn reachable(&self, from: &str) -> Map<String, Value> {
        let mut names = BTreeSet::new();
        let mut waiting = vec![from];
        while let Some(name) = waiting.pop() {
            if names.insert(name) {
                collect_references(&self.definitions[name], &mut waiting);
            }
        }
        names
            .into_iter()
            .map(|name| (name.to_owned(), self.definitions[name].clone()))
            .collect()
    }
}

fn collect_references<'a>(schema: &'a Value, into: &mut Vec<&'a str>) {
    match schema {
        Value::Object(members) => {
            into.extend(
                members
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(|pointer| pointer.strip_prefix(POINTER)),
            );
            members
                .values()
                .for_each(|inner| collect_references(inner, into));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|inner| collect_references(inner, into)),
        _ => {}
    }
}

fn report(type_name: &str, error: &ValidationError<'_>, found: &mut Vec<Violation>) {
    let place = format!("{type_name}{}", error.instance_path());
    let code = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            found.extend(unexpected.iter().map(|name| {
                Violation::new(
                    "property.unknown",
                    format!("{place} has no property {name}"),
                )
            }));
            return;
        }
        ValidationErrorKind::AnyOf { context } => {
            let meant = context
                .iter()
                .find(|errors| !errors.iter().any(|inner| is_type_mismatch(inner, error)));
            if let Some(errors) = meant {
                errors
                    .iter()
                    .for_each(|inner| report(type_name, inner, found));
                return;
            }
            "property.type"
        }
        ValidationErrorKind::Required { .. } => "property.missing",
        ValidationErrorKind::Format { .. } | ValidationErrorKind::Pattern { .. } => {
            "property.format"
        }
        ValidationErrorKind::Enum { .. }
        | ValidationErrorKind::Minimum { .. }
        | ValidationErrorKind::Maximum { .. } => "property.value",
        _ => "property.type",
    };
    found.push(Violation::new(code, format!("{place}: {error}")));
}

/// Whether an alternative fails because the value is of another kind altogether.
fn is_type_mismatch(inner: &ValidationError<'_>, outer: &ValidationError<'_>) -> bool {
    inner.instance_path() == outer.instance_path()
        && matches!(inner.kind(), ValidationErrorKind::Type { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(type_name: &str, value: &Value) -> Vec<&'static str> {
        Schema::as_published(Formats::Asserted)
            .check(type_name, value)
            .into_iter()
            .map(|violation| violation.code)
            .collect()
    }

    #[test]
    fn what_is_wrong_inside_a_nullable_value_is_named_where_it_is() {
        let misspelt = json!({ "passwordProfile": { "pasword": "x" } });
        let wrong_kind = json!({ "passwordProfile": "x" });
        let wrong_text = json!({ "createdDateTime": "yesterday" });
        let null = json!({ "passwordProfile": null });

        assert_eq!(codes("user", &misspelt), ["property.unknown"]);
        assert_eq!(codes("user", &wrong_kind), ["property.type"]);
        assert_eq!(codes("user", &wrong_text), ["property.format"]);
        assert!(codes("user", &null).is_empty());
    }

    #[test]
    fn open_types_take_names_of_the_shape_of_extensions_and_no_others() {
        let schema = Schema::as_published(Formats::Asserted);

        let extension = "extension_00000000000000000000000000000000_badge";

        assert!(schema.has_property("user", "displayName"));
        assert!(schema.has_property("user", extension));
        assert!(!schema.has_property("user", "displayname"));
        assert!(!schema.has_property("domain", extension));
    }

    #[test]
    fn every_published_type_compiles() {
        let schema = Schema::as_published(Formats::Asserted);

        for name in schema.validators.keys() {
            schema.validator(name);
        }

        assert_eq!(schema.validators.len(), 248);
    }
}
