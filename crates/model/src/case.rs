//! A case of a rule: an object by name, and what the rule must give for it.
//!
//! Invariants: null is a value that a case can expect, and not the same as expecting nothing; unknown fields are refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

use crate::rules::ErrorKind;

/// An object and what the rule must give for it: one of `value`, `error` and `flow`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RuleCase))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// The object: a value or a list of values for each attribute; what it does not name is absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object, required = false))]
    pub input: BTreeMap<String, Json>,
    /// The clock, as ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// The value; null for no value.
    #[serde(
        default,
        deserialize_with = "there",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Value, required = false))]
    pub value: Option<Json>,
    /// Why it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorKind>,
    /// How it leaves the attribute alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<Left>,
}

/// Null is something that is there.
fn there<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(from).map(Some)
}

/// How a rule ends that gives neither a value nor an error; as `eval` prints it, or as the language writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RuleLeaves))]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// As if the flow did not exist.
    Ignore,
    /// No value, and no other rule may give one.
    #[serde(alias = "authoritativeNull")]
    AuthoritativeNull,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_something_to_expect() {
        let null: Case = serde_json::from_str(r#"{"name":"a","value":null}"#).unwrap();
        let nothing: Case = serde_json::from_str(r#"{"name":"a"}"#).unwrap();

        assert_eq!((null.value, nothing.value), (Some(Json::Null), None));
    }
}
