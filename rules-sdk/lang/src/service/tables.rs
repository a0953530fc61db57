//! The names of lookup tables: what can stand in the first argument of `Lookup`, and what is told of it.
//!
//! Invariants: a name that is typed as a text is completed inside its quotes, broken texts included.

use super::Knowledge;
use super::complete::Kind;
use super::hover::Hover;
use super::text::Around;
use crate::resources::Packed;
use crate::syntax::Tok;

/// The bounds of a table's name around the place, without its quotes.
pub(super) fn name_at(around: &Around<'_>) -> Option<(usize, usize)> {
    let at = around.at;
    let index = (around.tokens.iter()).position(|token| {
        let is_text = matches!(token.tok, Tok::Str(_) | Tok::Bad);
        is_text && (token.span.from as usize) < at && at <= token.span.to as usize
    })?;
    if !is_first_argument(around, index) {
        return None;
    }
    let span = around.tokens[index].span;
    let text = &around.source[span.from as usize..span.to as usize];
    let inner = text.strip_prefix('"')?;
    let len = inner.find(['"', '\n']).unwrap_or(inner.len());
    // What is typed has no end yet: the rest of the line is not the name.
    let len = match inner[len..].starts_with('"') {
        true => len,
        false => at - span.from as usize - 1,
    };
    let (from, to) = (span.from as usize + 1, span.from as usize + 1 + len);
    (from <= at && at <= to).then_some((from, to))
}

/// Is the token with this number the first one of the arguments of `Lookup`?
pub(super) fn is_first_argument(around: &Around<'_>, index: usize) -> bool {
    index >= 2
        && around.punct(index - 1) == Some("(")
        && around.ident(index - 2) == Some("Lookup")
        && !(index >= 3 && matches!(around.punct(index - 3), Some("." | "?.")))
}

/// What is told of the table whose name is at the place.
pub(super) fn hover(knowledge: &Knowledge, around: &Around<'_>) -> Option<(Hover, (usize, usize))> {
    let (from, to) = name_at(around)?;
    let name = &around.source[from..to];
    let table = knowledge.env.resources.table(name)?;
    let hover = Hover {
        name: name.to_owned(),
        kind: Some(Kind::Table),
        doc: doc(table),
        ..Hover::default()
    };
    Some((hover, (from, to)))
}

/// What a table is, in one line.
pub(super) fn doc(table: &Packed) -> String {
    table_doc(table.rows, table.ignore_case)
}

/// What a lookup table with so many rows is, in one line, for whoever asked without its rows.
pub fn table_doc(rows: usize, ignore_case: bool) -> String {
    let case = match ignore_case {
        true => "in any case",
        false => "in their exact case",
    };
    let rows = match rows {
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    };
    format!("A lookup table with {rows}; keys are found {case}.")
}
