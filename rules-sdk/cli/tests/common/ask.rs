//! Questions to the command line's evaluator, and what it should answer.
//!
//! Invariants: all wrong answers of a list are shown at once.

use serde_json::{Value as Json, json};
use syncline_rules_cli::eval::Evaluator;

/// The answer without its id: a value, `error:kind`, or `flow:what`.
pub fn answer(evaluator: &Evaluator, (dialect, expr): (&str, &str), input: &Json) -> Json {
    let line = json!({ "id": "x", "dialect": dialect, "expr": expr, "input": input }).to_string();
    let found = evaluator.line(&line).answer;
    match (found.get("value"), found.get("error"), found.get("flow")) {
        (Some(value), ..) => value.clone(),
        (_, Some(kind), _) => json!(format!("error:{}", kind.as_str().unwrap())),
        (.., Some(flow)) => json!(format!("flow:{}", flow.as_str().unwrap())),
        _ => panic!("no answer: {found}"),
    }
}

/// Every expression of C# on its object gives this.
#[allow(dead_code, reason = "each test uses what it needs")]
pub fn check(cases: &[(&str, Json, Json)]) {
    check_in("csharp", cases);
}

/// Every expression of a dialect on its object gives this.
pub fn check_in(dialect: &str, cases: &[(&str, Json, Json)]) {
    let evaluator = Evaluator::new().unwrap();
    let wrong: Vec<String> = (cases.iter())
        .map(|(expr, input, expected)| {
            let found = answer(&evaluator, (dialect, expr), input);
            (expr, input, expected, found)
        })
        .filter(|(_, _, expected, found)| *expected != found)
        .map(|(expr, input, expected, found)| {
            format!("{expr} on {input}\n    gives {found}\n    wants {expected}")
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} are wrong:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
