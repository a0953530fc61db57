//! The printer: texts of the rule language in their canonical form, and in the other dialect.
//!
//! A conversion is written from the tree with its types and judged by the IR: what was written is checked again, and
//! given only where its IR has the same normal form as the source (ADR 16).
//!
//! Invariants: nothing is given that would evaluate differently; what cannot be said or not be shown to be the same is
//! refused with a code, and with the place where one is known.

mod build;
mod comments;
mod csharp;
mod entra;
pub mod fmt;
mod idioms;
mod literals;
mod refusal;
pub(crate) mod same;
mod to_csharp;
mod to_entra;
mod to_entra_calls;
mod tree;

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value as Json;
use syncline_model::rules::{Dialect, Span};

use crate::check::{Env, Types};
use crate::diag::{Diagnostic, Units, codes};
use crate::part::{self, CheckedPart};
use crate::request::ExprSource;
use crate::syntax::{self, ast::Program};
use refusal::Refusal;
use to_csharp::ToCsharp;
use to_entra::ToEntra;

/// Most places that are tried one by one where not all of them can have words of C#.
const PLACES_MAX: usize = 200;

/// How a text is to be written.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Numbers without `L` where they fit 32 bits.
    short_numbers: bool,
    /// `IsNull(x)` in place of `x = NULL`.
    words: bool,
    /// `IIF(IsNull(x), NULL, …)` around what C# says with `x?.…`.
    guards: bool,
    /// A function over the list itself in place of `Select`, which takes its values one by one as well.
    lifts: bool,
    /// Where words of C# stand; none = everywhere.
    places: Option<BTreeSet<Span>>,
}

impl Plan {
    fn uses(&self, span: Span) -> bool {
        self.places
            .as_ref()
            .is_none_or(|places| places.contains(&span))
    }
}

/// The source in another dialect, with the same meaning; one that is already of this dialect as it is.
///
/// # Errors
///
/// The errors of the source, or what has no counterpart.
pub fn convert(env: &Env, source: &ExprSource, to: Dialect) -> Result<ExprSource, Vec<Diagnostic>> {
    let before = part::typed_expression(env, source);
    errors(&before)?;
    let none = Types::default();
    let types = before.tables.types.as_ref().unwrap_or(&none);
    let job = Job {
        env,
        source,
        to,
        types,
        before: &before,
        suspects: RefCell::default(),
    };
    job.run()
}

/// A rule tree as one text in a dialect.
///
/// # Errors
///
/// As [`convert`].
pub fn tree_to_text(
    env: &Env,
    rule: &Json,
    dialect: Dialect,
    to: Dialect,
) -> Result<ExprSource, Vec<Diagnostic>> {
    let source = ExprSource::Rule {
        rule: rule.clone(),
        dialect,
    };
    let before = part::check_expression(env, &source);
    errors(&before)?;
    let converted = match of_one_dialect(rule, dialect, to) {
        true => rule.clone(),
        false => match convert(env, &source, to)? {
            ExprSource::Rule { rule, .. } => rule,
            _ => rule.clone(),
        },
    };
    let text = ExprSource::Expr {
        expr: tree::to_text(&converted, to),
        dialect: to,
    };
    proven(env, &before, &source, text)
}

/// One text as a rule tree of its dialect.
///
/// # Errors
///
/// The errors of the source, or what a tree would lose.
pub fn text_to_tree(
    env: &Env,
    text: &str,
    dialect: Dialect,
) -> Result<ExprSource, Vec<Diagnostic>> {
    let source = ExprSource::Expr {
        expr: text.to_owned(),
        dialect,
    };
    let before = part::check_expression(env, &source);
    errors(&before)?;
    let rule = tree::of_text(text, dialect).map_err(|refusal| told(refusal, text, ""))?;
    proven(env, &before, &source, ExprSource::Rule { rule, dialect })
}

/// Are all texts of a tree of this dialect?
fn of_one_dialect(rule: &Json, dialect: Dialect, wanted: Dialect) -> bool {
    let mut one = true;
    let _ = tree::map_texts(rule, dialect, &mut |text, dialect, _| {
        one &= dialect == wanted;
        Ok(text.to_owned())
    });
    one
}

fn errors(part: &CheckedPart) -> Result<(), Vec<Diagnostic>> {
    match part.ok() {
        true => Ok(()),
        false => Err(part
            .diagnostics
            .iter()
            .filter(|d| d.is_error())
            .cloned()
            .collect()),
    }
}

fn told(refusal: Refusal, source: &str, path: &str) -> Vec<Diagnostic> {
    let found = refusal.into_diagnostic().in_utf16(&Units::new(source));
    vec![Diagnostic {
        path: path.to_owned(),
        ..found
    }]
}

/// What was written, if it means the same.
fn proven(
    env: &Env,
    before: &CheckedPart,
    source: &ExprSource,
    written: ExprSource,
) -> Result<ExprSource, Vec<Diagnostic>> {
    let after = part::check_expression(env, &written);
    if after.ok() && same::same(before, &after) {
        return Ok(written);
    }
    let message = "it cannot be shown that the text in the other form would mean the same";
    let text = |source: &ExprSource| match source {
        ExprSource::Text(text) | ExprSource::Expr { expr: text, .. } => text.clone(),
        ExprSource::Rule { rule, .. } => rule.to_string(),
    };
    let whole = match source {
        ExprSource::Rule { .. } => 0,
        source => text(source).encode_utf16().count() as u32,
    };
    let span = Span { from: 0, to: whole };
    let diagnostic = Diagnostic::error(codes::OTHER_MEANING, span, message);
    let text = text(&written);
    Err(vec![diagnostic.note(format!("it would be {text}"))])
}

struct Job<'a> {
    env: &'a Env,
    source: &'a ExprSource,
    to: Dialect,
    types: &'a Types,
    before: &'a CheckedPart,
    /// What it probably is where the whole does not mean the same.
    suspects: RefCell<Vec<Diagnostic>>,
}

impl Job<'_> {
    fn run(&self) -> Result<ExprSource, Vec<Diagnostic>> {
        let plan = |short_numbers, places| Plan {
            short_numbers,
            words: true,
            guards: false,
            lifts: true,
            places,
        };
        let mut used = BTreeSet::new();
        let first = self.written(&plan(true, None), &mut used)?;
        let refused = match proven(self.env, self.before, self.source, first) {
            Ok(found) => return Ok(found),
            Err(refused) => refused,
        };
        let attempt = |plan: &Plan| {
            let written = self.written(plan, &mut BTreeSet::new())?;
            proven(self.env, self.before, self.source, written)
        };
        if self.to == Dialect::Entra {
            let ways = [(true, true), (false, false), (false, true), (true, false)];
            for (lifts, (words, guards)) in [true, false]
                .into_iter()
                .flat_map(|lifts| ways.map(|way| (lifts, way)))
            {
                let plan = Plan {
                    words,
                    guards,
                    lifts,
                    ..plan(true, None)
                };
                if let Ok(found) = attempt(&plan) {
                    return Ok(found);
                }
            }
            let suspects = self.suspects.take();
            return Err(if suspects.is_empty() {
                refused
            } else {
                suspects
            });
        }
        if let Ok(found) = attempt(&plan(false, None)) {
            return Ok(found);
        }
        // Not all places: those without which it is the same.
        for short in [true, false] {
            let Ok(mut found) = attempt(&plan(short, Some(BTreeSet::new()))) else {
                continue;
            };
            let mut places = BTreeSet::new();
            for place in used.iter().take(PLACES_MAX) {
                places.insert(*place);
                match attempt(&plan(short, Some(places.clone()))) {
                    Ok(more) => found = more,
                    Err(_) => drop(places.remove(place)),
                }
            }
            return Ok(found);
        }
        Err(refused)
    }

    /// The source as a plan writes it.
    fn written(
        &self,
        plan: &Plan,
        used: &mut BTreeSet<Span>,
    ) -> Result<ExprSource, Vec<Diagnostic>> {
        let mut text = |text: &str, dialect: Dialect, path: &str| match dialect == self.to {
            true => Ok(text.to_owned()),
            false => self.text(text, path, plan, used),
        };
        let (expr, dialect) = match self.source {
            ExprSource::Text(text) => (text, Dialect::Csharp),
            ExprSource::Expr { expr, dialect } => (expr, *dialect),
            ExprSource::Rule { rule, dialect } => {
                let rule = tree::map_texts(rule, *dialect, &mut text)?;
                return Ok(ExprSource::Rule {
                    rule: tree::in_one_dialect(&rule),
                    dialect: self.to,
                });
            }
        };
        Ok(ExprSource::Expr {
            expr: text(expr, dialect, "")?,
            dialect: self.to,
        })
    }

    fn text(
        &self,
        source: &str,
        path: &str,
        plan: &Plan,
        used: &mut BTreeSet<Span>,
    ) -> Result<String, Vec<Diagnostic>> {
        let from = match self.to {
            Dialect::Csharp => Dialect::Entra,
            Dialect::Entra => Dialect::Csharp,
        };
        let (program, _) = syntax::parse(source, from);
        let types = self.types.at(path);
        let said = match self.to {
            Dialect::Csharp => {
                let mut to = ToCsharp::new(&types, self.env, plan);
                let Program::Expr(expr) = &program else {
                    return Err(Vec::new());
                };
                let said = to.expr(expr);
                used.append(&mut to.idioms);
                let variables = to.variables();
                let printer = csharp::Csharp {
                    source: None,
                    foreign: Some(source),
                    variables: &variables,
                    all_parentheses: false,
                };
                printer.expr(&said)
            }
            Dialect::Entra => {
                let comment = syntax::comments(source, from).first().copied();
                let mut to = ToEntra::new(&types, self.env, plan);
                let said = match &program {
                    Program::Expr(expr) => to.expr(expr),
                    Program::Block(statements, end) => to.statements(statements, *end),
                };
                if let Some(suspect) = to.suspect.take() {
                    *self.suspects.borrow_mut() = told(suspect, source, path);
                }
                let printer = entra::Entra {
                    source: None,
                    foreign: Some(source),
                    all_parentheses: false,
                };
                match comment {
                    Some(span) => {
                        let message = "the entra dialect has no comments; remove it first";
                        Err(Refusal::new(codes::NO_COUNTERPART, span, message))
                    }
                    None => said.and_then(|said| printer.expr(&said)),
                }
            }
        };
        said.map_err(|refusal| told(refusal, source, path))
    }
}
