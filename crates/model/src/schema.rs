//! What a directory or the metaverse can hold: object types, attributes, and how values compare.
//!
//! Invariants: an attribute has one type and one plurality per directory; a read attribute that the
//! schema does not name does not exist for rules; comparisons default per type (D-60).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::attrs::AttrName;
use crate::text::{case_ignore_fold, match_fold, nfc};
use crate::value::{Value, ValueType, Values};

/// An object type's name, such as `user`. Comparison is exact: connectors give one spelling.
pub type ObjectType = String;

/// How an exported value is recognised when it is read again (D-60).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirmation {
    /// Equal after NFC.
    #[default]
    Exact,
    /// LDAP caseIgnoreMatch, insignificant spaces.
    CaseIgnore,
    /// Instants equal to the whole second.
    WholeSeconds,
}

/// One attribute of an object type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttrDef {
    /// Its name.
    pub name: AttrName,
    /// Its data type.
    #[serde(rename = "type")]
    pub value_type: ValueType,
    /// Whether it may hold several values.
    #[serde(default)]
    pub multi: bool,
    /// Whether every object of the type has it.
    #[serde(default)]
    pub required: bool,
    /// Whether it can be written by an export.
    #[serde(default)]
    pub writable: bool,
    /// Longest value, in UTF-16 code units for text and octets for binary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// How a confirming import recognises an exported value.
    #[serde(default)]
    pub confirmation: Confirmation,
    /// Never logged, never in a what-if in clear text.
    #[serde(default)]
    pub sensitive: bool,
}

/// One object type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeDef {
    /// Its name, such as `user`.
    pub name: ObjectType,
    /// Attributes by name.
    pub attrs: BTreeMap<AttrName, AttrDef>,
    /// The attribute type of its RDN, such as `CN`; absent in flat directories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rdn_attr: Option<String>,
    /// The attribute of which no two objects of a flat directory hold the same value, such as `userPrincipalName`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique: Option<AttrName>,
    /// Whether objects of the type hold others.
    #[serde(default)]
    pub container: bool,
}

/// Everything a directory can hold, as its connector described it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Object types by name.
    pub types: BTreeMap<ObjectType, TypeDef>,
}

impl Schema {
    /// An attribute of a type.
    pub fn attr(&self, object_type: &str, name: &AttrName) -> Option<&AttrDef> {
        self.types.get(object_type)?.attrs.get(name)
    }

    /// Whether objects have no names, so that nothing but an id tells them apart.
    pub fn is_flat(&self) -> bool {
        self.types.values().all(|def| def.rdn_attr.is_none())
    }
}

/// Whether two value sets are the same for a change (D-60): exact after NFC.
pub fn same_for_change(a: Option<&Values>, b: Option<&Values>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a == b || folded(a, change_fold) == folded(b, change_fold),
        _ => false,
    }
}

/// Whether an imported value set shows what was exported.
pub fn confirms(
    confirmation: Confirmation,
    exported: Option<&Values>,
    imported: Option<&Values>,
) -> bool {
    match (exported, imported) {
        (None, None) => true,
        (Some(exported), Some(imported)) => {
            let fold = |value: &Value| match (confirmation, value) {
                (Confirmation::CaseIgnore, Value::Text(text)) => {
                    Value::text(case_ignore_fold(text))
                }
                (Confirmation::WholeSeconds, Value::Time(ticks)) => {
                    Value::Time(ticks.div_euclid(10_000_000))
                }
                _ => change_fold(value),
            };
            folded(exported, fold) == folded(imported, fold)
        }
        _ => false,
    }
}

/// A value as the change comparison sees it.
pub fn change_fold(value: &Value) -> Value {
    match value {
        Value::Text(text) if !text.is_ascii() => Value::text(nfc(text)),
        other => other.clone(),
    }
}

/// A value as the match comparison sees it: the one under which merged values are one (D-33).
pub fn match_value(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::text(match_fold(text)),
        other => other.clone(),
    }
}

fn folded(values: &Values, fold: impl Fn(&Value) -> Value) -> Vec<Value> {
    let mut folded: Vec<Value> = values.iter().map(fold).collect();
    folded.sort_unstable();
    folded.dedup();
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_change_is_a_change_and_is_confirmed_by_a_directory_that_folds() {
        let exported = Values::one(Value::text("Ann Lee"));
        let imported = Values::one(Value::text("ann  lee"));

        assert!(!same_for_change(exported.as_ref(), imported.as_ref()));
        assert!(confirms(
            Confirmation::CaseIgnore,
            exported.as_ref(),
            imported.as_ref()
        ));
        assert!(!confirms(
            Confirmation::Exact,
            exported.as_ref(),
            imported.as_ref()
        ));
    }

    #[test]
    fn composed_and_decomposed_values_are_no_change() {
        let composed = Values::one(Value::text("é"));
        let decomposed = Values::one(Value::text("e\u{301}"));

        assert!(same_for_change(composed.as_ref(), decomposed.as_ref()));
    }
}
