//! Formatting: an expression or rule tree as the printer writes it.
//!
//! Invariants: the meaning stays the same and nothing is lost; what cannot be formatted so (a mistake in a text, a
//! comment inside an expression) is left alone as a whole.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::printer;
use crate::request::ExprSource;

/// What was formatted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Formatted {
    /// The expression.
    Text(String),
    /// The rule tree.
    Rule(Json),
}

/// The source in its canonical form, in its own dialect; none where it stays as it is.
pub fn format(source: &ExprSource) -> Option<Formatted> {
    match printer::fmt::source(source).ok()? {
        ExprSource::Text(text) | ExprSource::Expr { expr: text, .. } => Some(Formatted::Text(text)),
        ExprSource::Rule { rule, .. } => Some(Formatted::Rule(rule)),
    }
}
