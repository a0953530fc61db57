//! Tokens.
//!
//! Invariants: the last token of a text is `End`; spans are byte offsets into the text.

use syncline_model::rules::Span;

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tok {
    /// A name, or a keyword when it is not `escaped` with `@`.
    Ident {
        text: String,
        escaped: bool,
    },
    /// A name in backticks, or in brackets.
    Attribute(String),
    /// `%Name%` of the `entra` dialect.
    Parameter(String),
    Int(i64),
    Long(i64),
    Double(f64),
    /// The words of a decimal.
    Decimal(u64, u64),
    Char(u16),
    Str(String),
    /// `$"…"`: its texts and the spans of its holes.
    Interpolated(Vec<RawPiece>),
    Punct(&'static str),
    /// Already reported.
    Bad,
    End,
}

/// A part of an interpolated text before its holes are parsed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RawPiece {
    Text(String),
    Hole {
        expr: Span,
        width: Option<Span>,
        format: Option<String>,
    },
}

/// A token with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub tok: Tok,
    pub span: Span,
}

/// Longest first.
pub(super) const PUNCTUATION: &[&str] = &[
    ">>>", "??=", "...", "?.", "??", "=>", "==", "!=", "<=", ">=", "<<", "&&", "||", "..", "+=",
    "-=", "*=", "/=", "++", "--", "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "=",
    "?", ":", ".", ",", ";", "(", ")", "[", "]", "{", "}",
];
