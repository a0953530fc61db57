//! Tenant resources: what a tenant brings along for all its expressions.
//!
//! Invariants: what is wrong with a resource is told once, with the path to it, and by one short message wherever it is
//! used; names are compared exactly; nothing here depends on the expressions that use it.

mod expression;
mod table;
mod uses;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use syncline_model::rules::Span;

use crate::diag::{Diagnostic, closest, codes};
pub(crate) use expression::Helper;
pub use expression::{EXPRESSIONS_MAX, NamedExpression, PARAMETERS_MAX, Parameter};
pub(crate) use table::Packed;
pub use table::{ROWS_MAX, TABLE_BYTES_MAX, TABLES_BYTES_MAX};
pub use uses::{Uses, uses};

/// Longest name of a resource, in characters.
pub const NAME_CHARS_MAX: usize = 128;

/// Most parameters of a profile.
pub const PROFILE_PARAMETERS_MAX: usize = 100;
/// Most characters of the value of one.
pub const PARAMETER_CHARS_MAX: usize = 1024;

/// What a tenant's expressions may use besides the object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// Lookup tables, for `Lookup("name", key)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// Named expressions, called as functions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expressions: Vec<NamedExpression>,
    /// Parameters of the profile with their values: `%Name%` is a literal. Named expressions do not see them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
}

impl Resources {
    /// Is there nothing?
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.expressions.is_empty() && self.parameters.is_empty()
    }
}

/// A lookup table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Keys that differ only in case are the same.
    #[serde(rename = "ignoreCase", default)]
    pub ignore_case: bool,
    /// The rows, in any order.
    pub rows: Vec<Row>,
}

/// A row of a lookup table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What is looked up.
    pub key: String,
    /// What it gives.
    pub value: String,
}

/// Resources as the checker uses them.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    tables: BTreeMap<String, Arc<Packed>>,
    expressions: BTreeMap<String, Arc<Helper>>,
    parameters: BTreeMap<String, String>,
    diagnostics: Vec<Diagnostic>,
}

impl Prepared {
    /// Prepares resources; what is wrong with them is kept.
    pub fn of(resources: &Resources) -> Self {
        let mut prepared = Self::default();
        for (index, table) in resources.tables.iter().enumerate() {
            let path = format!("resources.tables[{index}]");
            prepared.add_table(table, &path);
        }
        prepared.add_expressions(&resources.expressions);
        // After the named expressions, which see the prepared resources as they are until then.
        prepared.add_parameters(&resources.parameters);
        prepared
    }

    /// Everything that is wrong with the resources themselves; paths begin with `resources`.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Are there any?
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.expressions.is_empty() && self.parameters.is_empty()
    }

    fn add_parameters(&mut self, parameters: &BTreeMap<String, String>) {
        if parameters.len() > PROFILE_PARAMETERS_MAX {
            let message = format!(
                "the profile has {} parameters, at most {PROFILE_PARAMETERS_MAX} are allowed",
                parameters.len()
            );
            self.error(codes::EXPRESSIONS, "resources.parameters", message);
            return;
        }
        for (name, value) in parameters {
            let path = format!("resources.parameters.{name}");
            let chars = value.chars().count();
            if !is_parameter_name(name) {
                let message = format!(
                    "`{name}` is no name of a parameter: words of letters, digits and `_`, with dots between them, at most \
                     {NAME_CHARS_MAX} characters"
                );
                self.error(codes::RESOURCE_NAME, &path, message);
            } else if chars > PARAMETER_CHARS_MAX {
                let message = format!(
                    "the parameter `{name}` has {chars} characters, at most {PARAMETER_CHARS_MAX} are allowed"
                );
                self.error(codes::TOO_LONG, &path, message);
            } else {
                self.parameters.insert(name.clone(), value.clone());
            }
        }
    }

    /// The value of a parameter of the profile.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The names of parameters.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.parameters.keys().map(String::as_str)
    }

    fn add_table(&mut self, table: &Table, path: &str) {
        let before = self.diagnostics.len();
        self.table_name(&table.name, path);
        if self.tables.contains_key(&table.name) {
            let message = format!("there are two tables `{}`", table.name);
            self.error(codes::DUPLICATE_NAME, &format!("{path}.name"), message);
        }
        let (mut packed, found) = Packed::of(table);
        for (code, at, message) in found {
            self.error(code, &format!("{path}{at}"), message);
        }
        if self.diagnostics.len() > before {
            packed.text = None;
        }
        self.tables.insert(table.name.clone(), Arc::new(packed));
    }

    fn table_name(&mut self, name: &str, path: &str) {
        let long = name.chars().count() > NAME_CHARS_MAX;
        if name.is_empty() || long || name.chars().any(char::is_control) {
            let message = format!(
                "a table has a name of 1 to {NAME_CHARS_MAX} characters, none of which is a control character"
            );
            self.error(codes::RESOURCE_NAME, &format!("{path}.name"), message);
        }
    }

    fn error(&mut self, code: crate::diag::Code, path: &str, message: String) {
        let diagnostic = Diagnostic::error(code, Span::default(), message);
        self.diagnostics.push(Diagnostic {
            path: path.to_owned(),
            ..diagnostic
        });
    }

    /// A table by its name.
    pub(crate) fn table(&self, name: &str) -> Option<&Arc<Packed>> {
        self.tables.get(name)
    }

    /// A named expression.
    pub(crate) fn expression(&self, name: &str) -> Option<&Arc<Helper>> {
        self.expressions.get(name)
    }

    /// The named expressions, by name.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Helper> {
        self.expressions.values().map(|helper| &**helper)
    }

    /// The tables, by name.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &Packed> {
        self.tables.values().map(|table| &**table)
    }

    /// The names of tables nearest to one that does not exist.
    pub(crate) fn near(&self, name: &str) -> Vec<&str> {
        let mut names: Vec<&str> = self.tables.keys().map(String::as_str).collect();
        let mut near = Vec::new();
        while near.len() < 3
            && let Some(found) = closest(name, names.iter().copied())
        {
            names.retain(|name| *name != found);
            near.push(found);
        }
        near
    }
}

/// Words with dots between them, so that both dialects read it between per cent signs.
fn is_parameter_name(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    name.len() <= NAME_CHARS_MAX && name.split('.').all(is_word)
}

#[cfg(test)]
mod tests;
