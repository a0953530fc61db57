//! Several values for an attribute that takes one (D-34).
//!
//! Invariant: none is chosen silently; a choice depends on the values alone.

use syncline_model::attrs::AttrId;
use syncline_model::error::ErrorKind;
use syncline_model::profile::Pick;
use syncline_model::stage::ErrorEntry;
use syncline_model::{Value, Values};

use super::Context;

/// What an attribute takes of these values; their number where there are too many.
pub(super) fn fit(
    values: Values,
    single: bool,
    pick: Option<Pick>,
) -> Result<Option<Values>, usize> {
    match (values.as_slice(), pick) {
        ([_], _) => Ok(Some(values)),
        _ if !single => Ok(Some(values)),
        ([first, ..], Some(Pick::First)) => Ok(Values::one(Value::clone(first))),
        (_, Some(Pick::OnlyOne)) => Ok(None),
        (all, _) => Err(all.len()),
    }
}

/// The error of too many values.
pub(super) fn multi_to_single(cx: &Context<'_>, attr: AttrId, count: usize) -> ErrorEntry {
    ErrorEntry {
        kind: ErrorKind::MultiToSingle,
        attr: Some(attr),
        message: format!(
            "{count} values flow to {}, which takes one: choose one in the flow's expression or with its option `pick`",
            cx.set.attr_name(attr)
        ),
        others: Vec::new(),
        op: None,
    }
}
