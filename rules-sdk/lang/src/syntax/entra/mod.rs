//! Text to tree: the `entra` dialect, VBA-like functions as Entra Connect and Entra provisioning write them.
//!
//! Invariants: gives the tree of the other dialect, so that everything after it is one: `IIF` is a conditional, `&` a
//! concatenation, `=` an equality, `Where($item, …)` a method with a lambda; all other functions are calls by name.

mod lexer;
mod parser;

use super::ast::Program;
use super::parser::Parser;
use crate::diag::Diagnostic;

/// Parses one expression.
pub(super) fn parse(source: &str) -> (Program, Vec<Diagnostic>) {
    let (tokens, diagnostics) = lexer::lex(source);
    Parser::new(source, tokens, diagnostics).entra()
}
