//! The object and the clock of a case.
//!
//! Invariants: what a case does not name is absent, and where the schema allows no absence that is said, not guessed; a
//! case never reads the present, because it must hold tomorrow as well.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use syncline_model::rules::{AttrType, RuleValue, Slot, SlotSource};

use super::read::inner;
use super::{Case, Malformed};
use crate::object::{Row, given};
use crate::values;

/// The names that a case gives or must give, with their columns and types.
#[derive(Debug)]
pub(super) struct Columns {
    by_name: BTreeMap<String, (SlotSource, AttrType)>,
    /// What to do about a value that must be there and is not.
    advice: &'static str,
}

/// The object of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// What it holds.
    pub row: Row,
    /// The clock, where one is given.
    pub now: Option<i64>,
}

impl Columns {
    pub fn new(advice: &'static str) -> Self {
        Self {
            by_name: BTreeMap::new(),
            advice,
        }
    }

    pub fn add(&mut self, name: &str, source: SlotSource, attr: AttrType) {
        self.by_name.insert(name.to_owned(), (source, attr));
    }

    /// What a case holds in these columns.
    pub fn row(&self, case: &Case, path: &str) -> Result<Row, Malformed> {
        let cells = self.by_name.iter().map(|(name, (source, attr))| {
            let path = || inner(path, &format!("input.{name}"));
            let value = case.input.get(name).unwrap_or(&Json::Null);
            if value.is_null() && !attr.nullable {
                return Err(Malformed::new(path(), self.missing(source)));
            }
            let value = values::parse(value, *attr)
                .map_err(|why| Malformed::new(path(), why.to_string()))?;
            Ok((source.clone(), value))
        });
        cells.collect()
    }

    fn missing(&self, source: &SlotSource) -> String {
        let why = match source {
            SlotSource::Parameter(_) => "a parameter always has a value",
            _ => "the schema says that every object has a value here",
        };
        format!("{why}; {}", self.advice)
    }
}

/// The clock that a text says. `missing` says what to do where it must say one.
pub(super) fn clock(
    now: Option<&String>,
    missing: Option<&str>,
    path: &str,
) -> Result<Option<i64>, Malformed> {
    let now = now.map(|text| {
        let message = || format!("`now`: `{text}` is no date; write it as 2026-01-31T00:00:00Z");
        values::ticks(text).ok_or_else(|| Malformed::new(path, message()))
    });
    match (now.transpose()?, missing) {
        (None, Some(message)) => Err(Malformed::new(path, message)),
        (now, _) => Ok(now),
    }
}

impl Object {
    /// What it holds in a column.
    pub(super) fn value(&self, slot: &Slot) -> RuleValue {
        given(&slot.source, &self.row, self.now.unwrap_or_default())
    }
}
