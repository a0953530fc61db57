//! Text to tree: the `entra` dialect, VBA-like functions as Entra Connect and Entra provisioning write them.
//!
//! Invariants: gives the tree of the other dialect, so that everything after it is one: `IIF` is a conditional, `&` a
//! concatenation, `=` an equality, `Where($item, …)` a method with a lambda; all other functions are calls by name.

pub(super) mod lexer;
mod parser;

use super::ast::Program;
use super::parser::Parser;
use super::tokens::Token;
use crate::diag::Diagnostic;

/// Parses one expression.
pub(super) fn parse(source: &str) -> (Program, Vec<Diagnostic>) {
    let (tokens, diagnostics) = lexer::lex(source);
    Parser::new(source, tokens, diagnostics).entra()
}

/// Which of the two references a text follows where number and types of arguments leave it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Entra Connect Sync.
    Connect,
    /// Provisioning of applications.
    Provisioning,
}

/// What stands in front of its name in the first line of a text.
const PRAGMA: &str = "#pragma";

/// The variant that the first line of a text asks for.
pub(crate) fn variant(source: &str) -> Option<Variant> {
    let line = source.trim_start().strip_prefix(PRAGMA)?.lines().next()?;
    match line.trim() {
        "connect" => Some(Variant::Connect),
        "provisioning" => Some(Variant::Provisioning),
        _ => None,
    }
}

/// The tokens of a text.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    lexer::lex(source).0
}
