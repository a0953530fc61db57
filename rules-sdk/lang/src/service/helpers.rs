//! Named expressions: what is told of a tenant's own functions.

use super::Knowledge;
use super::complete::Kind;
use super::hover::Hover;
use crate::resources::Helper;

/// What is told where the name of one stands before parentheses.
pub(super) fn hover(knowledge: &Knowledge, name: &str) -> Option<Hover> {
    let helper = knowledge.env.resources.expression(name)?;
    Some(Hover {
        name: name.to_owned(),
        kind: Some(Kind::Function),
        ty: gives(helper),
        doc: doc(helper),
        signatures: vec![helper.signature()],
        ..Hover::default()
    })
}

/// The type of what it gives.
pub(super) fn gives(helper: &Helper) -> String {
    let returns = helper.returns.as_ref();
    returns.map(ToString::to_string).unwrap_or_default()
}

/// What it does, in one line.
pub(super) fn doc(helper: &Helper) -> String {
    match (&helper.returns, helper.doc.as_str()) {
        (None, _) => "A named expression with mistakes of its own.".to_owned(),
        (_, "") => "A named expression.".to_owned(),
        (_, doc) => doc.to_owned(),
    }
}
