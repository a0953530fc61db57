//! A rule, checked for the types of its cases, and its cases as rows.
//!
//! Invariants: types that no schema says follow from the values of all cases together; what a required attribute lacks is
//! said, not guessed.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use syncline_model::rules::{AttrType, RuleType, RuleValue, Slot, SlotSource, Span};

use super::columns::{Columns, Object, clock};
use super::read::inner;
use super::{Case, CaseFile, Got, Malformed, RuleCases};
use crate::Env;
use crate::explain::{self, Outcome, Step};
use crate::interp;
use crate::object::declare;
use crate::part::{self, CheckedPart};
use crate::request::{ExprSource, Schema};
use crate::values;

/// A rule with its cases, ready to be evaluated unless its check found errors.
#[derive(Debug)]
pub struct Prepared<'f> {
    /// The rule.
    pub rule: &'f RuleCases,
    /// Where it stands in the document.
    pub path: String,
    /// Its source.
    pub source: ExprSource,
    /// What it may refer to.
    pub env: Env,
    /// What was found in it.
    pub checked: CheckedPart,
    /// An object for each case.
    pub objects: Vec<Object>,
}

/// Checks the rule at this place of the document for its cases.
///
/// # Errors
///
/// When a type is unknown or a value does not fit its type.
///
/// # Panics
///
/// When the document has no rule there.
pub fn prepare(file: &CaseFile, index: usize) -> Result<Prepared<'_>, Malformed> {
    let rule = &file.rules[index];
    let path = format!("rules[{index}]");
    let mut types = schema(&file.schema, "schema")?;
    types.extend(schema(&rule.schema, &inner(&path, "schema"))?);
    infer(&mut types, &rule.cases, &path)?;
    let mut env = Env {
        strict: file.strict || rule.strict,
        ..Env::default()
    };
    let mut columns = Columns::new("give one, or end the type with `?`");
    for (name, attr) in &types {
        columns.add(name, declare(&mut env, name, *attr), *attr);
    }
    let dialect = rule.dialect.unwrap_or(file.dialect);
    let source = match (&rule.expr, &rule.rule) {
        (_, Some(tree)) => ExprSource::Rule {
            rule: tree.clone(),
            dialect,
        },
        (expr, None) => ExprSource::Expr {
            expr: expr.clone().unwrap_or_default(),
            dialect,
        },
    };
    let checked = part::check_expression(&env, &source);
    let now = rule.now.as_ref().or(file.now.as_ref());
    let reads_clock = (checked.tables.slots.iter()).any(|slot| slot.source == SlotSource::Clock);
    let missing = "the rule reads the clock; give the case, the rule or the document a `now`";
    let missing = reads_clock.then_some(missing);
    let objects = rule.cases.iter().enumerate().map(|(nth, case)| {
        let path = inner(&path, &format!("cases[{nth}]"));
        let now = clock(case.now.as_ref().or(now), missing, &path)?;
        let row = columns.row(case, &path)?;
        Ok(Object { row, now })
    });
    let objects = objects.collect::<Result<_, _>>()?;
    Ok(Prepared {
        rule,
        path,
        source,
        env,
        checked,
        objects,
    })
}

impl Prepared<'_> {
    /// The type of what the rule gives.
    pub fn attr(&self) -> AttrType {
        let output = self.checked.outputs.first();
        output.map_or(AttrType::optional(RuleType::String), |output| {
            output.checked.attr
        })
    }

    /// The values that a case gives to the columns of the rule.
    pub fn values(&self, case: usize) -> Vec<RuleValue> {
        let slots = self.checked.tables.slots.iter();
        slots.map(|slot| self.objects[case].value(slot)).collect()
    }

    /// The failing place of a rule tree for a case: the path of its leaf, and where in that. The answer knows the leaf of no
    /// error.
    pub fn failing(&self, case: usize) -> Option<(String, Span)> {
        fn innermost(steps: &[Step]) -> Option<&Step> {
            let failed = steps
                .iter()
                .find(|step| step.outcome == Outcome::Failed(true))?;
            innermost(&failed.steps).or(Some(failed))
        }
        let value = |slot: &Slot| self.objects[case].value(slot);
        let told = explain::expression(&self.env, &self.source, value).ok()?;
        innermost(&told.steps).map(|step| (step.at.clone(), step.span))
    }

    /// What the interpreter gives for a case. Only for rules without errors.
    pub fn interpreted(&self, case: usize) -> Got {
        debug_assert!(self.checked.ok());
        let answers = interp::row(&self.checked, &self.values(case)).answers;
        let first = answers.into_iter().next();
        first.map_or(Got::Null, Got::from)
    }
}

fn schema(entries: &BTreeMap<String, Json>, path: &str) -> Result<Schema, Malformed> {
    let typed = entries.iter().map(|(name, entry)| {
        let attr = values::schema_type(entry)
            .map_err(|why| Malformed::new(inner(path, name), why.to_string()))?;
        Ok((name.clone(), attr))
    });
    typed.collect()
}

/// Adds the names that only cases have, with the type of their values.
fn infer(types: &mut Schema, cases: &[Case], path: &str) -> Result<(), Malformed> {
    let declared: Vec<String> = types.keys().cloned().collect();
    let mut found: BTreeMap<&str, Option<AttrType>> = BTreeMap::new();
    for (nth, case) in cases.iter().enumerate() {
        for (name, value) in &case.input {
            if declared.contains(name) {
                continue;
            }
            let before = found.entry(name).or_default();
            if value.is_null() {
                continue;
            }
            let path = || inner(path, &format!("cases[{nth}].input.{name}"));
            let attr = values::infer(value).map_err(|why| {
                Malformed::new(path(), format!("{why}; or say its type in `schema`"))
            })?;
            *before = match *before {
                None => Some(attr),
                Some(before) => Some(wider(before, attr).ok_or_else(|| {
                    let message =
                        "another case has a value of another type here; say the type in `schema`";
                    Malformed::new(path(), message)
                })?),
            };
        }
    }
    for (name, attr) in found {
        let absent = |case: &Case| case.input.get(name).is_none_or(Json::is_null);
        let attr = attr.unwrap_or(AttrType::optional(RuleType::String));
        let nullable = attr.nullable || cases.iter().any(absent);
        types.insert(name.to_owned(), AttrType { nullable, ..attr });
    }
    Ok(())
}

/// The type that has values of both.
fn wider(a: AttrType, b: AttrType) -> Option<AttrType> {
    let rank = |ty| match ty {
        RuleType::Int => Some(0),
        RuleType::Long => Some(1),
        RuleType::Double => Some(2),
        _ => None,
    };
    if a.multi != b.multi {
        return None;
    }
    let ty = match (rank(a.ty), rank(b.ty)) {
        _ if a.ty == b.ty => a.ty,
        (Some(first), Some(second)) if first < second => b.ty,
        (Some(_), Some(_)) => a.ty,
        _ => return None,
    };
    Some(AttrType { ty, ..a })
}
