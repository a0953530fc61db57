//! A rule in both dialects, evaluated by both evaluators.
//!
//! Invariants: an answer is compared whole: value, absence, flow, kind and text of an error. Only the place of an error
//! may differ, and whether a whole number has 32 bits or 64.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use syncline_model::rules::{Dialect, RuleValue, SlotSource};
use syncline_rules::diag::Diagnostic;
use syncline_rules::object::given;
use syncline_rules::request::ExprSource;
use syncline_rules::{Env, part, printer};
use syncline_rules_cli::eval::fitting;
use syncline_sandbox::Compiler;

use crate::common::{self, compiler};

static COMPILER: LazyLock<Compiler> = LazyLock::new(compiler);

/// 2026-01-01 12:00, in ticks.
const CLOCK: i64 = 639_028_512_000_000_000;

/// The values of an object.
pub type Row = BTreeMap<SlotSource, RuleValue>;

/// An expression with its types and objects.
pub struct Case {
    pub env: Env,
    pub source: ExprSource,
    pub rows: Vec<Row>,
}

/// A text in a dialect.
pub fn text(expr: &str, dialect: Dialect) -> ExprSource {
    ExprSource::Expr {
        expr: expr.to_owned(),
        dialect,
    }
}

/// The text of a source that is one.
#[allow(dead_code, reason = "each test uses what it needs")]
pub fn spoken(source: &ExprSource) -> &str {
    match source {
        ExprSource::Text(text) | ExprSource::Expr { expr: text, .. } => text,
        ExprSource::Rule { .. } => panic!("a tree: {source:?}"),
    }
}

/// The other dialect.
pub fn other(dialect: Dialect) -> Dialect {
    match dialect {
        Dialect::Csharp => Dialect::Entra,
        Dialect::Entra => Dialect::Csharp,
    }
}

/// The case of an example; none where it does not compile. `optional`: all of its attributes may be absent, and it is
/// looked at without each of them as well.
#[allow(dead_code, reason = "each test uses what it needs")]
pub fn example(
    source: &ExprSource,
    input: &BTreeMap<String, Json>,
    optional: bool,
) -> Option<Case> {
    let mut schema = BTreeMap::new();
    if optional {
        for (name, value) in input {
            if let (Ok(attr), false) = (syncline_rules_cli::values::infer(value), value.is_null()) {
                let ty = serde_json::to_value(attr.ty).unwrap();
                let several = if attr.multi { "[]" } else { "" };
                schema.insert(
                    name.clone(),
                    json!(format!("{}{several}?", ty.as_str().unwrap())),
                );
            }
        }
    }
    let fit = fitting((input, &schema), source, &Default::default()).ok()?;
    if !fit.checked.ok() {
        return None;
    }
    let mut rows = vec![fit.row.clone()];
    // A parameter is there, and the same for all objects.
    let removable = |name: &&SlotSource| optional && !matches!(name, SlotSource::Parameter(_));
    for name in fit.row.keys().filter(removable) {
        let mut row = fit.row.clone();
        row.insert(name.clone(), RuleValue::Null);
        rows.push(row);
    }
    Some(Case {
        env: fit.env,
        source: source.clone(),
        rows,
    })
}

/// What both evaluators answer, without places.
pub fn answers(case: &Case, source: &ExprSource) -> Vec<String> {
    let part = part::check_expression(&case.env, source);
    assert!(part.ok(), "{source:?}\n{:?}", part.diagnostics);
    let cells = |row: &Row| -> Vec<RuleValue> {
        let slots = part.tables.slots.iter();
        slots.map(|slot| given(&slot.source, row, CLOCK)).collect()
    };
    let rows: Vec<Vec<RuleValue>> = case.rows.iter().map(cells).collect();
    let found = common::compare(&COMPILER, &part, &rows, &format!("{source:?}"));
    found
        .into_iter()
        .map(|mut row| placeless(&row.remove(0)))
        .collect()
}

fn placeless(answer: &str) -> String {
    let answer = answer.replace("Int(", "Long(");
    match answer.split_once(" at ") {
        Some((kind, rest))
            if !answer.contains('(') || kind.chars().all(|c| c.is_lowercase() || c == '_') =>
        {
            let text = rest.split_once(' ').map_or("", |(_, text)| text);
            format!("{kind} {text}")
        }
        _ => answer,
    }
}

/// The rule in another dialect, which answers the same, and so does that one in the first dialect again.
pub fn in_dialect(case: &Case, to: Dialect) -> Result<ExprSource, Vec<Diagnostic>> {
    let there = printer::convert(&case.env, &case.source, to)?;
    let expected = answers(case, &case.source);
    assert_eq!(
        answers(case, &there),
        expected,
        "{:?}\n{there:?}",
        case.source
    );
    let back = printer::convert(&case.env, &there, other(to))?;
    assert_eq!(
        answers(case, &back),
        expected,
        "{:?}\n{back:?}",
        case.source
    );
    Ok(there)
}
