//! Runs every example of the library in the interpreter. The command line's tests run them in the sandbox.
//!
//! Invariants: an entry without an example for an empty or missing value is a defect.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use syncline_model::rules::{AttrType, Dialect, RuleType, RuleValue, SlotSource};

use crate::interp::{self, Answer};
use crate::request::ExprSource;
use crate::{Env, part};

/// 2026-01-01 12:00, in ticks.
const CLOCK: i64 = 639_028_512_000_000_000;

fn value(json: &Json) -> (RuleValue, AttrType) {
    match json {
        Json::Null => (RuleValue::Null, AttrType::optional(RuleType::String)),
        Json::Bool(b) => (RuleValue::Bool(*b), AttrType::required(RuleType::Bool)),
        Json::Number(n) => match n.as_i64() {
            Some(i) => match i32::try_from(i) {
                Ok(i) => (RuleValue::Int(i), AttrType::required(RuleType::Int)),
                Err(_) => (RuleValue::Long(i), AttrType::required(RuleType::Long)),
            },
            None => (
                RuleValue::Double(n.as_f64().unwrap()),
                AttrType::required(RuleType::Double),
            ),
        },
        Json::String(s) => (
            RuleValue::String(s.clone()),
            AttrType::required(RuleType::String),
        ),
        Json::Array(items) => {
            let ty = items
                .first()
                .map_or(RuleType::String, |item| value(item).1.ty);
            let items = items.iter().map(|item| value(item).0).collect();
            (
                RuleValue::List(items),
                AttrType {
                    ty,
                    nullable: false,
                    multi: true,
                },
            )
        }
        Json::Object(object) => {
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(object["$b64"].as_str().unwrap())
                .unwrap();
            (
                RuleValue::Binary(bytes),
                AttrType::required(RuleType::Binary),
            )
        }
    }
}

fn print(value: RuleValue) -> Json {
    match value {
        RuleValue::Bool(b) => json!(b),
        RuleValue::Char(c) => json!(String::from_utf16_lossy(&[c])),
        RuleValue::Int(i) => json!(i),
        RuleValue::Long(i) => json!(i),
        RuleValue::Double(d) => json!(d),
        RuleValue::String(s) => json!(s),
        RuleValue::List(items) => Json::Array(items.into_iter().map(print).collect()),
        other => panic!("no example gives {other:?}"),
    }
}

/// The answer of an example as it is written there. What others left in the memory must not matter.
pub(super) fn run(memory: &mut [u8], dialect: Dialect, expr: &str, input: &str) -> String {
    let input: BTreeMap<String, Json> =
        serde_json::from_str(input).expect("the input of an example is JSON");
    let mut env = Env::default();
    let mut values = BTreeMap::new();
    for (name, json) in &input {
        let (value, attr) = value(json);
        env.source.insert(name.clone(), attr);
        values.insert(SlotSource::Attribute(name.clone()), value);
    }
    let part = part::check_expression(
        &env,
        &ExprSource::Expr {
            expr: expr.to_owned(),
            dialect,
        },
    );
    if let Some(error) = part.diagnostics.iter().find(|d| d.is_error()) {
        return format!("{}: {}", error.code, error.message);
    }
    let row: Vec<RuleValue> = part
        .tables
        .slots
        .iter()
        .map(|slot| match &slot.source {
            SlotSource::Clock => RuleValue::Date(CLOCK),
            SlotSource::Draw(place) => RuleValue::Binary(Sha256::digest(place).to_vec()),
            source => values[source].clone(),
        })
        .collect();
    let answer = interp::row(&part, &row).answers.remove(0);
    let (again, _) = interp::alone(memory, (&part, 0), &row, u64::MAX);
    assert_eq!(again.as_ref(), Some(&answer), "{expr}");
    match answer {
        Answer::Value(value) => print(value).to_string(),
        Answer::Null => "null".to_owned(),
        Answer::Error { kind, .. } => format!("error:{kind}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn every_example_of_the_library_gives_its_result() {
    let mut wrong = Vec::new();
    let mut memory = interp::memory();
    memory.fill(0xab);
    for entry in super::entries() {
        for example in entry.examples {
            let found = run(&mut memory, entry.dialect(), example.expr, example.input);
            let expected = match serde_json::from_str::<Json>(example.result) {
                Ok(json) => json.to_string(),
                Err(_) => example.result.to_owned(),
            };
            if found != expected {
                wrong.push(format!(
                    "{} with {}\n    gives {found}\n    wants {expected}",
                    example.expr, example.input
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} examples are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_entry_has_a_summary_a_cost_and_an_example() {
    for entry in super::entries() {
        assert!(
            !entry.summary.is_empty() && !entry.cost.is_empty() && !entry.examples.is_empty(),
            "{}",
            entry.summary
        );
        if entry.overloads.iter().any(|o| !o.errors.is_empty()) {
            assert!(
                !entry.advice.is_empty(),
                "`{}` can fail and gives no advice",
                entry.summary
            );
        }
    }
}
