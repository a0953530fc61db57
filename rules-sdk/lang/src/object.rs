//! A JSON object as the row that an expression reads.
//!
//! Invariants: `%Name%` is a parameter, `Target.x` an attribute of the linked object, every other name one of the object's
//! own; what is drawn follows from its place alone.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use syncline_model::rules::{AttrType, RuleValue, SlotSource};

use crate::Env;

/// What an object holds.
pub type Row = BTreeMap<SlotSource, RuleValue>;

/// Declares a name of an object; what columns of it are called.
pub fn declare(env: &mut Env, name: &str, attr: AttrType) -> SlotSource {
    let source = column(name);
    match &source {
        SlotSource::Parameter(name) => drop(env.parameters.insert(name.clone(), attr)),
        SlotSource::Target(name) => drop(env.target_image.insert(name.clone(), attr)),
        SlotSource::Attribute(name) => drop(env.source.insert(name.clone(), attr)),
        SlotSource::Clock | SlotSource::Draw(_) => {}
    }
    source
}

/// What columns of a name are called.
pub(crate) fn column(name: &str) -> SlotSource {
    let parameter = name.strip_prefix('%').and_then(|n| n.strip_suffix('%'));
    match (parameter, name.strip_prefix("Target.")) {
        (Some(parameter), _) => SlotSource::Parameter(parameter.to_owned()),
        (None, Some(target)) => SlotSource::Target(target.to_owned()),
        (None, None) => SlotSource::Attribute(name.to_owned()),
    }
}

/// The name of a column; clock and draws have none.
pub(crate) fn name_of(source: &SlotSource) -> Option<String> {
    match source {
        SlotSource::Parameter(name) => Some(format!("%{name}%")),
        SlotSource::Target(name) => Some(format!("Target.{name}")),
        SlotSource::Attribute(name) => Some(name.clone()),
        SlotSource::Clock | SlotSource::Draw(_) => None,
    }
}

/// What a column holds: of the object, or of the run whose clock is `now`.
pub fn given(source: &SlotSource, row: &Row, now: i64) -> RuleValue {
    match source {
        SlotSource::Clock => RuleValue::Date(now),
        SlotSource::Draw(place) => RuleValue::Binary(Sha256::digest(place).to_vec()),
        _ => row.get(source).cloned().unwrap_or(RuleValue::Null),
    }
}
