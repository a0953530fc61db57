//! Text to tree: the lexer and the parser of the `csharp` dialect.
//!
//! Invariants: any text gives a tree and all its diagnostics; neither depth nor length of a text can exhaust the stack.

pub mod ast;
mod lexer;
mod literals;
mod parser;
mod patterns;
mod statements;
mod tokens;

use crate::diag::Diagnostic;
use ast::Program;

/// Longest source of one expression, in bytes.
pub const SOURCE_BYTES_MAX: usize = 32_768;

/// Parses one program: an expression, or a block of statements.
pub(crate) fn parse(source: &str) -> (Program, Vec<Diagnostic>) {
    let (tokens, diagnostics) = lexer::lex(source);
    parser::Parser::new(source, tokens, diagnostics).program()
}
