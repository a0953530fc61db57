//! `fmt`: the canonical text of an expression in its own dialect.
//!
//! Invariants: the tree stays the same; formatting a formatted text changes nothing; comments and names that the tree does
//! not hold are never lost: a text with such that have no place in the canonical one is refused.

use serde_json::Value as Json;
use syncline_model::rules::{Dialect, Span};

use super::comments;
use super::csharp::Csharp;
use super::entra::Entra;
use super::refusal::Refusal;
use crate::diag::{Diagnostic, Units, codes};
use crate::request::ExprSource;
use crate::syntax::ast::Program;
use crate::syntax::{self, SOURCE_BYTES_MAX, Word};

/// The canonical form of an expression or a rule tree.
///
/// # Errors
///
/// As [`text`] and [`tree`].
pub fn source(source: &ExprSource) -> Result<ExprSource, Vec<Diagnostic>> {
    Ok(match source {
        ExprSource::Text(expr) => ExprSource::Text(text(expr, Dialect::Csharp)?),
        ExprSource::Expr { expr, dialect } => ExprSource::Expr {
            expr: text(expr, *dialect)?,
            dialect: *dialect,
        },
        ExprSource::Rule { rule, dialect } => ExprSource::Rule {
            rule: tree(rule, *dialect)?,
            dialect: *dialect,
        },
    })
}

/// The canonical text of an expression.
///
/// # Errors
///
/// What is wrong with the text, or what would be lost.
pub fn text(source: &str, dialect: Dialect) -> Result<String, Vec<Diagnostic>> {
    let units = Units::new(source);
    let told = |found: Vec<Diagnostic>| -> Vec<Diagnostic> {
        found.into_iter().map(|d| d.in_utf16(&units)).collect()
    };
    let (program, diagnostics) = syntax::parse(source, dialect);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(told(diagnostics));
    }
    let refused = |refusal: Refusal| told(vec![refusal.into_diagnostic()]);
    let out = printed(&program, Some(source), dialect, false).map_err(refused)?;
    let out = comments::carried(source, &out, dialect).map_err(refused)?;
    if out.len() > SOURCE_BYTES_MAX {
        let message = format!(
            "formatted it would have {} bytes, at most {SOURCE_BYTES_MAX} are allowed",
            out.len()
        );
        return Err(refused(Refusal::new(codes::TOO_LONG, all(source), message)));
    }
    kept(source, &out, dialect).map_err(refused)?;
    // The same tree, or nothing.
    let (again, _) = syntax::parse(&out, dialect);
    let whole = |program: &Program, text: &str| printed(program, Some(text), dialect, true);
    if whole(&program, source) != whole(&again, &out) {
        let message = "this text cannot be formatted without changing it";
        let refusal = Refusal::new(codes::LOSES_TEXT, all(source), message);
        return Err(refused(refusal));
    }
    Ok(out)
}

/// The canonical form of a rule tree: every text of it formatted in its dialect.
///
/// # Errors
///
/// As [`text`], with the path of the text.
pub fn tree(rule: &Json, dialect: Dialect) -> Result<Json, Vec<Diagnostic>> {
    super::tree::map_texts(rule, dialect, &mut |source, dialect, _| {
        text(source, dialect)
    })
}

/// A program in a dialect. With all parentheses it tells what a tree is made of.
pub(super) fn printed(
    program: &Program,
    source: Option<&str>,
    dialect: Dialect,
    all_parentheses: bool,
) -> Result<String, Refusal> {
    let csharp = Csharp {
        source,
        foreign: None,
        variables: &[],
        all_parentheses,
    };
    match (program, dialect) {
        (Program::Expr(expr), Dialect::Csharp) => csharp.expr(expr),
        (Program::Block(statements, _), Dialect::Csharp) => {
            Ok(csharp.statements(statements, 0)?.trim_end().to_owned())
        }
        (Program::Expr(expr), Dialect::Entra) => {
            let entra = Entra {
                source,
                foreign: None,
                all_parentheses,
            };
            entra.expr(expr)
        }
        (Program::Block(_, end), Dialect::Entra) => {
            let message = "the entra dialect has no statements";
            Err(Refusal::new(codes::NO_COUNTERPART, *end, message))
        }
    }
}

/// Are all names and literals of the source still there?
fn kept(source: &str, out: &str, dialect: Dialect) -> Result<(), Refusal> {
    let (before, after) = (syntax::words(source, dialect), syntax::words(out, dialect));
    let lost = before
        .iter()
        .zip(after.iter().map(Some).chain(std::iter::repeat(None)))
        .find(|(Word { text, .. }, other)| other.is_none_or(|other| other.text != *text));
    match lost {
        None => Ok(()),
        Some((Word { text, span }, _)) => {
            let message =
                format!("formatting would lose `{text}`, which means nothing to the rule");
            Err(Refusal::new(codes::LOSES_TEXT, *span, message))
        }
    }
}

fn all(source: &str) -> Span {
    Span {
        from: 0,
        to: source.len() as u32,
    }
}
