//! Explanations: what every sub-expression gave for one object, as a tree.
//!
//! Invariants: the answer that is explained is the answer: the same IR runs in the interpreter, which gives what the
//! compiled program gives; a sub-expression that was not reached says so.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use syncline_model::rules::{RuleValue, Slot, Span};

use crate::Env;
use crate::check::{Point, Trace};
use crate::codegen::visit;
use crate::diag::Diagnostic;
use crate::interp::{self, Answer, shown};
use crate::ir::Ir;
use crate::part::{self, CheckedPart};
use crate::request::{ExprSource, PartSource};

/// How one output came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Where its source stands in the part (`flows[2]`).
    pub path: String,
    /// The answer.
    pub answer: Answer,
    /// What its expressions consist of, in the order of the text.
    pub steps: Vec<Step>,
}

/// One sub-expression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// In a rule tree, the leaf or condition it belongs to (`rule.then`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// Where it stands in its text.
    pub span: Span,
    /// Its text.
    pub text: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: String,
    /// What it gave.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What it consists of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// What a sub-expression gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A value; null where it has none.
    Value(Json),
    /// One value for each turn of a list method.
    Values(Vec<Json>),
    /// It failed, or left the rule; the innermost such step is the cause.
    Failed(bool),
    /// Nothing asked for it.
    NotReached(bool),
}

/// Explains one expression on its own. `value` gives what a column holds.
///
/// # Errors
///
/// The diagnostics of a source that does not compile.
pub fn expression(
    env: &Env,
    source: &ExprSource,
    value: impl FnMut(&Slot) -> RuleValue,
) -> Result<Explained, Vec<Diagnostic>> {
    let mut all = explained(part::traced_expression(env, source), value)?;
    Ok(all.swap_remove(0))
}

/// Explains every output of a part; out of scope, only the scope. `value` gives what a column holds.
///
/// # Errors
///
/// The diagnostics of a source that does not compile.
pub fn part(
    env: &Env,
    source: &PartSource,
    value: impl FnMut(&Slot) -> RuleValue,
) -> Result<Vec<Explained>, Vec<Diagnostic>> {
    explained(part::traced(env, source), value)
}

fn explained(
    mut part: CheckedPart,
    value: impl FnMut(&Slot) -> RuleValue,
) -> Result<Vec<Explained>, Vec<Diagnostic>> {
    if !part.ok() {
        return Err(part.diagnostics);
    }
    let points = part.tables.trace.take().unwrap_or_default();
    let values: Vec<RuleValue> = part.tables.slots.iter().map(value).collect();
    let mut outputs = Vec::new();
    let row = interp::run(&part, &values, |output, machine| {
        let mut told: BTreeMap<u32, Vec<Option<Json>>> = BTreeMap::new();
        for (point, cell) in std::mem::take(&mut machine.told) {
            let ty = points.points[point as usize].ty.as_ref();
            let ty = ty.expect("a point that tells has a type");
            let value = cell.map(|cell| shown(&mut machine.rt, cell, ty));
            told.entry(point).or_default().push(value);
        }
        let slots = (points.points.iter()).filter_map(|p| Some((p.slot?, p.ty.as_ref()?)));
        let slots: BTreeMap<u32, Json> = slots
            .map(|(slot, ty)| {
                let attr = part.tables.slots[slot as usize].attr;
                let whole = crate::types::Ty::of_attr(attr);
                let ty = if whole.nullable { &whole } else { ty };
                let cell = machine.slot(slot);
                (slot, shown(&mut machine.rt, cell, ty))
            })
            .collect();
        let live = live(&part.outputs[output].checked.ir);
        let tree = Tree {
            trace: &points,
            inside: inside(&points, output as u32),
            told: &told,
            slots: &slots,
            live: &live,
        };
        outputs.push((part.outputs[output].output.path.clone(), tree.under(None)));
    });
    let explained = row.answers.into_iter().zip(outputs);
    let explained = explained.map(|(answer, (path, steps))| Explained {
        path,
        answer,
        steps,
    });
    Ok(explained.collect())
}

/// The points that the program holds: what was checked in vain tells nothing.
fn live(ir: &Ir) -> BTreeSet<u32> {
    let mut live = BTreeSet::new();
    visit(ir, &mut |node| {
        if let Ir::Trace(point, _) = node {
            live.insert(*point);
        }
    });
    live
}

fn inside(trace: &Trace, output: u32) -> BTreeMap<Option<u32>, Vec<u32>> {
    let mut inside: BTreeMap<Option<u32>, Vec<u32>> = BTreeMap::new();
    let points = trace.points.iter().enumerate();
    for (number, point) in points.filter(|(_, point)| point.output == output) {
        inside.entry(point.parent).or_default().push(number as u32);
    }
    inside
}

struct Tree<'a> {
    trace: &'a Trace,
    told: &'a BTreeMap<u32, Vec<Option<Json>>>,
    slots: &'a BTreeMap<u32, Json>,
    live: &'a BTreeSet<u32>,
    /// The points of the output inside each point.
    inside: BTreeMap<Option<u32>, Vec<u32>>,
}

impl Tree<'_> {
    /// The steps inside a point; those of a point that tells nothing stand in its place.
    fn under(&self, parent: Option<u32>) -> Vec<Step> {
        let mut steps = Vec::new();
        for number in self.inside.get(&parent).into_iter().flatten() {
            let point = &self.trace.points[*number as usize];
            let inner = self.under(Some(*number));
            match self.outcome(*number, point) {
                Some((ty, outcome)) => steps.push(Step {
                    at: point.at.clone(),
                    span: point.span,
                    text: point.text.clone(),
                    ty,
                    outcome,
                    steps: inner,
                }),
                None => steps.extend(inner),
            }
        }
        steps
    }

    fn outcome(&self, number: u32, point: &Point) -> Option<(String, Outcome)> {
        let ty = point.ty.as_ref()?.to_string();
        if let Some(slot) = point.slot {
            return Some((ty, Outcome::Value(self.slots.get(&slot)?.clone())));
        }
        if !self.live.contains(&number) {
            return None;
        }
        let outcome = match self.told.get(&number).map(Vec::as_slice) {
            None | Some([]) => Outcome::NotReached(true),
            Some([Some(value)]) => Outcome::Value(value.clone()),
            Some(values) => match values.iter().cloned().collect::<Option<Vec<Json>>>() {
                Some(values) => Outcome::Values(values),
                None => Outcome::Failed(true),
            },
        };
        Some((ty, outcome))
    }
}
