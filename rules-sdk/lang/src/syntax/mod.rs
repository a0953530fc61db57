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
pub(crate) mod walk;

use syncline_model::rules::{Dialect, Span};

use crate::diag::Diagnostic;
use ast::Program;

pub(crate) use entra::{Variant, variant};
pub(crate) use parser::{HEIGHT_MAX, is_enumeration};
pub(crate) use tokens::{RawPiece, Tok, Token};

/// Longest source of one expression, in bytes.
pub const SOURCE_BYTES_MAX: usize = 32_768;

/// The tokens of a text; what is no token is left out or bad.
pub(crate) fn tokens(source: &str, dialect: Dialect) -> Vec<Token> {
    match dialect {
        Dialect::Csharp => lexer::lex(source).0,
        Dialect::Entra => entra::tokens(source),
    }
}

/// The tokens of a hole of an interpolated text.
pub(crate) fn hole_tokens(source: &str, hole: Span) -> Vec<Token> {
    lexer::lex_part(source, hole).0
}

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

/// A name or a literal of a text, as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// The names and literals of a text, in order.
pub(crate) fn words(source: &str, dialect: Dialect) -> Vec<Word> {
    let tokens = tokens(source, dialect).into_iter();
    let words = tokens.filter(|token| !matches!(token.tok, Tok::Punct(_) | Tok::End));
    words
        .map(|token| Word {
            text: source[token.span.from as usize..token.span.to as usize].to_owned(),
            span: token.span,
        })
        .collect()
}

/// The comments of a text: whatever stands between its tokens and is not blank.
pub(crate) fn comments(source: &str, dialect: Dialect) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    for token in tokens(source, dialect) {
        let gap = source.get(at..token.span.from as usize).unwrap_or_default();
        let text = gap.trim();
        if !text.is_empty() {
            let from = at + gap.find(text).unwrap_or(0);
            found.push(Span {
                from: from as u32,
                to: (from + text.len()) as u32,
            });
        }
        at = token.span.to as usize;
    }
    found
}
