//! Parts: scope, keys, name and flows, each of a tape of its own.
//!
//! Invariants: what a tape becomes does not depend on the tapes beside it, apart from its place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use syncline_model::rules::{AttrType, Dialect, OnError, RuleType};
use syncline_rules::part::{self, CheckedPart};
use syncline_rules::request::{ExprSource, FlowText, PartKind, PartSource, Schema};

use super::kind::Kind;
use super::statements::block;
use super::tape::Tape;
use super::{entra, expr, texts, trees, truths};

/// One expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// A text of a dialect.
    Text(Dialect, String),
    /// A tree.
    Tree(Json),
}

/// What a tape became, and which members of the library it calls.
#[derive(Debug, Clone)]
pub struct Program {
    /// As it is written.
    pub written: Written,
    /// What it calls.
    pub called: BTreeSet<&'static str>,
}

/// Whether `Target.x` and parameters can be read, and other attributes of all types.
pub fn schema() -> Schema {
    let many = |ty| AttrType {
        multi: true,
        ..AttrType::required(ty)
    };
    let attributes = [
        ("s", AttrType::required(RuleType::String)),
        ("o", AttrType::optional(RuleType::String)),
        ("n", AttrType::required(RuleType::Int)),
        ("p", AttrType::optional(RuleType::Int)),
        ("k", AttrType::required(RuleType::Long)),
        ("q", AttrType::optional(RuleType::Long)),
        ("d", AttrType::required(RuleType::Double)),
        ("e", AttrType::optional(RuleType::Double)),
        ("b", AttrType::required(RuleType::Bool)),
        ("c", AttrType::optional(RuleType::Bool)),
        ("w", AttrType::required(RuleType::Date)),
        ("z", AttrType::optional(RuleType::Date)),
        ("x", AttrType::required(RuleType::Binary)),
        ("y", AttrType::optional(RuleType::Binary)),
        ("g", AttrType::required(RuleType::Guid)),
        ("h", AttrType::optional(RuleType::Guid)),
        ("ch", AttrType::optional(RuleType::Char)),
        ("l", many(RuleType::String)),
        ("m", AttrType::list(RuleType::String)),
        ("numbers", many(RuleType::Int)),
        ("longs", many(RuleType::Long)),
        ("doubles", many(RuleType::Double)),
        ("dates", many(RuleType::Date)),
        ("blobs", many(RuleType::Binary)),
    ];
    attributes
        .map(|(name, attr)| (name.to_owned(), attr))
        .into()
}

fn target_image() -> Schema {
    let many = AttrType {
        multi: true,
        ..AttrType::required(RuleType::String)
    };
    let attributes = [
        ("s", AttrType::required(RuleType::String)),
        ("t", AttrType::optional(RuleType::String)),
        ("n", AttrType::required(RuleType::Int)),
        ("b", AttrType::required(RuleType::Bool)),
        ("l", many),
        ("w", AttrType::required(RuleType::Date)),
    ];
    attributes
        .map(|(name, attr)| (name.to_owned(), attr))
        .into()
}

/// A part around these.
pub fn part(
    scope: Option<&Written>,
    keys: &[Written],
    dn: Option<&Written>,
    flows: &[Written],
) -> PartSource {
    PartSource {
        id: "p".into(),
        kind: PartKind::Outbound,
        source: schema(),
        target: Schema::new(),
        target_image: target_image(),
        parameters: BTreeMap::from([
            ("Domain.Name".to_owned(), RuleType::String),
            ("Level".to_owned(), RuleType::Long),
        ]),
        scope: scope.map(source),
        keys: keys.iter().map(source).collect(),
        dn: dn.map(source),
        flows: flows.iter().enumerate().map(flow).collect(),
    }
}

fn source(written: &Written) -> ExprSource {
    match written {
        Written::Text(dialect, text) => ExprSource::Expr {
            expr: text.clone(),
            dialect: *dialect,
        },
        Written::Tree(tree) => ExprSource::Rule {
            rule: tree.clone(),
            dialect: Dialect::Csharp,
        },
    }
}

fn flow((index, written): (usize, &Written)) -> FlowText {
    let on_error = [OnError::FailObject, OnError::KeepCurrent, OnError::Null][index % 3];
    let (expr, rule, dialect) = match written {
        Written::Text(dialect, text) => (Some(text.clone()), None, *dialect),
        Written::Tree(tree) => (None, Some(tree.clone()), Dialect::Csharp),
    };
    FlowText {
        to: format!("to{index}"),
        from: None,
        // Of the same type whatever that is: itself, which then fails a second time.
        default: expr.clone().filter(|_| index % 4 == 3),
        expr,
        rule,
        dialect,
        on_error,
        cases: Vec::new(),
        picks: false,
    }
}

/// What a flow's tape becomes.
pub fn flow_of(tape: &[u8]) -> Program {
    let t = &mut Tape::new(tape, true);
    let written = match t.next(12) {
        0..6 => Written::Text(Dialect::Csharp, csharp(t)),
        6..10 => Written::Text(Dialect::Entra, entra::program(t)),
        10 => Written::Tree(trees::tree(t)),
        _ => Written::Text(Dialect::Csharp, block(t)),
    };
    Program {
        written,
        called: t.called(),
    }
}

/// What a scope's tape becomes.
pub fn scope_of(tape: &[u8]) -> Program {
    let t = &mut Tape::new(tape, false);
    let written = match t.next(8) {
        0 => Written::Text(Dialect::Entra, entra::expr(t, Kind::Bool)),
        // Most rows are in scope, or the flows would not be asked.
        1..7 => Written::Text(
            Dialect::Csharp,
            format!("({} || s.Length < 9000)", truths::truth(t)),
        ),
        _ => Written::Text(Dialect::Csharp, truths::truth(t)),
    };
    Program {
        written,
        called: t.called(),
    }
}

/// What a key's or a name's tape becomes.
pub fn key_of(tape: &[u8]) -> Program {
    let t = &mut Tape::new(tape, false);
    let written = match t.next(3) {
        0 => Written::Text(Dialect::Entra, entra::expr(t, Kind::Maybe)),
        _ => Written::Text(Dialect::Csharp, texts::maybe(t)),
    };
    Program {
        written,
        called: t.called(),
    }
}

/// An expression of any type.
fn csharp(t: &mut Tape<'_>) -> String {
    let kinds = [
        Kind::Text,
        Kind::Maybe,
        Kind::Int,
        Kind::Bool,
        Kind::Texts,
        Kind::Double,
        Kind::Long,
        Kind::Date,
        Kind::Octets,
        Kind::Guid,
        Kind::Span,
        Kind::Day,
        Kind::Char,
        Kind::Decimal,
        Kind::Match,
        Kind::Ints,
        Kind::Enum("UnicodeCategory"),
        Kind::Enum("DayOfWeek"),
    ];
    let kind = kinds[usize::from(t.next(kinds.len() as u8))];
    let value = expr(t, kind);
    match kind {
        // What no attribute holds flows as its text.
        Kind::Decimal => format!("({value}).ToString()"),
        _ => value,
    }
}

/// The first error of a part.
pub fn error_of(part: &CheckedPart) -> Option<String> {
    let error = part.diagnostics.iter().find(|d| d.is_error())?;
    Some(format!("{}: {}", error.code, error.message))
}

/// Does it compile as a flow of its own? If not, why.
pub fn refused(written: &Written) -> Option<String> {
    error_of(&part::check(&part(
        None,
        &[],
        None,
        std::slice::from_ref(written),
    )))
}
