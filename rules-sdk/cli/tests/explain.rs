//! Explanations: the tree of values that lead to an answer.

use serde_json::{Value as Json, json};
use syncline_model::rules::Dialect;
use syncline_rules_cli::eval::{Evaluator, Question};
use syncline_rules_cli::explain::{explained, tree};

fn question(question: Json) -> Question {
    serde_json::from_value(question).unwrap()
}

#[test]
fn every_example_of_the_library_is_explained_with_the_answer_of_the_sandbox() {
    let evaluator = Evaluator::new().unwrap();
    let mut told = 0;
    for entry in syncline_rules::stdlib::entries() {
        let dialect = match entry.dialect() {
            Dialect::Csharp => "csharp",
            Dialect::Entra => "entra",
        };
        for example in entry.examples {
            let input: Json = serde_json::from_str(example.input).unwrap();
            let asked = json!({"dialect": dialect, "expr": example.expr, "input": input, "now": "2026-01-01T00:00:00Z"});

            let explained = explained(&evaluator, &question(asked))
                .unwrap_or_else(|error| panic!("{}: {error:#}", example.expr));

            told += usize::from(!explained.steps.is_empty());
        }
    }
    assert!(told > 500, "{told} have steps");
}

#[test]
fn what_was_not_reached_and_what_failed_is_told_from_what_has_no_value() {
    let evaluator = Evaluator::new().unwrap();
    let mut report = String::new();
    for asked in [
        json!({"expr": r#"mail?.Split('@')[0].ToLower() + "." + (sn ?? "x")"#,
               "input": {"mail": "Ann@contoso.com", "sn": null}}),
        json!({"expr": r#"mails.Where(m => m.StartsWith("SMTP:")).Select(m => m.Substring(5)).FirstOrDefault() ?? (n > 3 && n < 10 ? "a" : throw new Exception("no"))"#,
               "input": {"mails": ["smtp:a@b", "X400:c"], "n": 12}}),
        json!({"dialect": "entra", "expr": r#"IIF(IsPresent([givenName]), Left([givenName],3) & "." & LCase([sn]), Error("none"))"#,
               "input": {"givenName": "Robert", "sn": "SMITH"}}),
        json!({"expr": r#"{ var d = DateTime.Parse(when); if (d.Year > 2020) { return (d.AddDays(3) - d).TotalHours; } return 1.5; }"#,
               "input": {"when": "2024-02-27"}}),
        json!({"rule": {"if": "n is > 3 and < 9", "then": {"expr": "n * 2"}, "else": {"expr": "n / z"}},
               "input": {"n": 1, "z": 0}}),
    ] {
        let told = explained(&evaluator, &question(asked)).unwrap();
        report.push_str(&tree(&told));
        report.push('\n');
    }
    insta::assert_snapshot!(report);
}

#[test]
fn what_does_not_compile_says_so_and_has_no_steps() {
    let evaluator = Evaluator::new().unwrap();

    let told = explained(
        &evaluator,
        &question(json!({"expr": "mial", "input": {"mail": "a"}})),
    )
    .unwrap();

    assert_eq!(told.answer["error"], "unknown_name");
    assert_eq!(told.steps, []);
}
