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
    let parameter = name.strip_prefix('%').and_then(|n| n.strip_suffix('%'));
    if let Some(parameter) = parameter {
        env.parameters.insert(parameter.to_owned(), attr);
        return SlotSource::Parameter(parameter.to_owned());
    }
    if let Some(target) = name.strip_prefix("Target.") {
        env.target_image.insert(target.to_owned(), attr);
        return SlotSource::Target(target.to_owned());
    }
    env.source.insert(name.to_owned(), attr);
    SlotSource::Attribute(name.to_owned())
}

/// What a column holds: of the object, or of the run whose clock is `now`.
pub fn given(source: &SlotSource, row: &Row, now: i64) -> RuleValue {
    match source {
        SlotSource::Clock => RuleValue::Date(now),
        SlotSource::Draw(place) => RuleValue::Binary(Sha256::digest(place).to_vec()),
        _ => row.get(source).cloned().unwrap_or(RuleValue::Null),
    }
}
