//! Text to tree: the lexer and the parser of the `csharp` dialect, and those of `entra`, which give the same tree.
//!
//! Invariants: any text gives a tree and all its diagnostics; neither depth nor length of a text can exhaust the stack.

pub mod ast;
mod entra;
mod lexer;
mod literals;
mod parser;
mod patterns;
mod statements;
mod tokens;

use syncline_model::rules::Dialect;

use crate::diag::Diagnostic;
use ast::Program;

pub(crate) use entra::{Variant, variant};

/// Longest source of one expression, in bytes.
pub const SOURCE_BYTES_MAX: usize = 32_768;

/// Parses one program: an expression, or in `csharp` also a block of statements.
pub(crate) fn parse(source: &str, dialect: Dialect) -> (Program, Vec<Diagnostic>) {
    match dialect {
        Dialect::Csharp => {
            let (tokens, diagnostics) = lexer::lex(source);
            parser::Parser::new(source, tokens, diagnostics).program()
        }
        Dialect::Entra => entra::parse(source),
    }
}
