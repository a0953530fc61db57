//! What a tenant's expressions may use besides the object: lookup tables and named expressions, as the API writes and
//! reads them.
//!
//! Invariants: a name is unique among the tenant's tables and among its named expressions; unknown fields are refused.
//! What a row or a body means is decided by the rule language, not here.

use serde::{Deserialize, Serialize};

use crate::rules::{Dialect, RuleType};

/// One resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RuleResource {
    /// For `Lookup("name", key)`.
    Table(LookupTable),
    /// Called as a function.
    Expression(NamedExpression),
}

/// Which kind of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RuleResourceKind {
    /// A lookup table.
    Table,
    /// A named expression.
    Expression,
}

impl RuleResource {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Table(table) => &table.name,
            Self::Expression(expression) => &expression.name,
        }
    }

    /// What it is for.
    pub fn description(&self) -> Option<&str> {
        match self {
            Self::Table(table) => table.description.as_deref(),
            Self::Expression(expression) => expression.description.as_deref(),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> RuleResourceKind {
        match self {
            Self::Table(_) => RuleResourceKind::Table,
            Self::Expression(_) => RuleResourceKind::Expression,
        }
    }
}

/// A lookup table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LookupTable {
    /// Its name.
    pub name: String,
    /// What it is for; changes no result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Keys that differ only in case are the same.
    #[serde(default)]
    pub ignore_case: bool,
    /// The rows, in any order; no key stands in two of them.
    pub rows: Vec<LookupRow>,
}

/// A row of a lookup table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LookupRow {
    /// What is looked up.
    pub key: String,
    /// What it gives.
    pub value: String,
}

/// An expression with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NamedExpression {
    /// What it is called by.
    pub name: String,
    /// What it does, in a line, as editors show it; changes no result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it takes, in the order of the arguments.
    #[serde(default)]
    pub parameters: Vec<ExpressionParameter>,
    /// What it gives. It reads its parameters and nothing of an object.
    pub expr: String,
    /// What it is written in.
    #[serde(default)]
    pub dialect: Dialect,
}

/// What a named expression takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExpressionParameter {
    /// What the body calls it.
    pub name: String,
    /// The type of each value.
    #[serde(rename = "type")]
    pub value_type: RuleType,
    /// The argument may be absent.
    #[serde(default = "may_be_absent")]
    #[cfg_attr(feature = "openapi", schema(default = true))]
    pub nullable: bool,
    /// The argument is a list of values.
    #[serde(default)]
    pub multi: bool,
}

fn may_be_absent() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_examples_read_and_write_back_equal() {
        for text in [
            r#"{"kind":"table","name":"countries","ignore_case":true,"rows":[{"key":"DE","value":"Germany"}]}"#,
            r#"{"kind":"expression","name":"FullName","description":"Given name and surname.","parameters":
                [{"name":"given","type":"string","nullable":true,"multi":false}],"expr":"given ?? \"\"","dialect":"csharp"}"#,
        ] {
            let resource: RuleResource = serde_json::from_str(text).unwrap();

            let back = serde_json::to_value(&resource).unwrap();

            assert_eq!(
                back,
                serde_json::from_str::<serde_json::Value>(text).unwrap()
            );
        }
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        let text = r#"{"kind":"table","name":"countries","ignoreCase":true,"rows":[]}"#;

        let error = serde_json::from_str::<RuleResource>(text).unwrap_err();

        assert!(error.to_string().contains("ignoreCase"), "{error}");
    }
}
