//! Cases stored with a rule, without a sandbox: how a document is read and what it is held against.

use serde_json::{Value as Json, json};
use syncline_rules::cases::{Expected, Got, prepare, read};

/// Whether each case of a rule holds in the interpreter.
fn held(rule: Json) -> Vec<bool> {
    let file = read(&json!({ "rules": [rule] }).to_string()).unwrap();
    let rule = prepare(&file, 0).unwrap();
    assert!(rule.checked.ok(), "{:?}", rule.checked.diagnostics);
    let cases = rule.rule.cases.iter().enumerate();
    cases
        .map(|(nth, case)| {
            let expected = Expected::of(case).unwrap();
            expected.holds(&rule.interpreted(nth), rule.attr())
        })
        .collect()
}

#[test]
fn a_case_holds_where_the_rule_gives_what_it_expects() {
    let rule = json!({"name": "r", "expr": "mail == \"x\" ? ignore : mail.Split('@')[1]", "cases": [
        {"name": "value", "input": {"mail": "a@b"}, "value": "b"},
        {"name": "other value", "input": {"mail": "a@b"}, "value": "a"},
        {"name": "flow", "input": {"mail": "x"}, "flow": "ignore"},
        {"name": "other flow", "input": {"mail": "x"}, "flow": "authoritative-null"},
        {"name": "error", "input": {"mail": null}, "error": "null_reference"},
        {"name": "other error", "input": {"mail": "a"}, "error": "null_reference"},
        {"name": "error for no value", "input": {}, "value": null},
    ]});

    assert_eq!(held(rule), [true, false, true, false, true, false, false]);
}

#[test]
fn a_value_may_be_written_in_each_form_that_its_type_has() {
    let of = |expr: &str, input: Json, value: Json| {
        let case = json!({"name": "c", "input": input, "value": value});
        held(json!({"name": "r", "expr": expr, "cases": [case]}))[0]
    };
    let date = json!({"d": {"$date": "2026-01-01"}});

    assert!(of("d", date.clone(), json!({"$date": "2026-01-01"})));
    assert!(of("d", date.clone(), json!("2026-01-01T01:00:00+01:00")));
    assert!(!of("d", date, json!("2026-01-02")));
    assert!(of("n * 1.0", json!({"n": 2}), json!(2)));
    assert!(!of("n", json!({"n": 2}), json!("2")));
    assert!(of("l", json!({"l": ["a"]}), json!(["a"])));
    assert!(!of("l", json!({"l": ["a"]}), json!("a")));
}

#[test]
fn a_type_that_no_schema_says_follows_from_the_values_of_all_cases() {
    let rule = json!({"name": "r", "expr": "n ?? 0", "cases": [
        {"name": "none", "value": 0},
        {"name": "int", "input": {"n": 1}, "value": 1},
        {"name": "long", "input": {"n": 3_000_000_000_u64}, "value": 3_000_000_000_u64},
    ]});

    assert_eq!(held(rule), [true, true, true]);
}

#[test]
fn the_failing_leaf_of_a_tree_is_named() {
    let rule = json!({"name": "r", "rule": {"if": "n > 3", "then": {"expr": "1 + int.Parse(mail)"}}, "cases": [
        {"name": "fails", "input": {"n": 4, "mail": "x"}, "error": "format"},
        {"name": "does not", "input": {"n": 3, "mail": "x"}, "flow": "ignore"},
    ]});
    let file = read(&json!({ "rules": [rule] }).to_string()).unwrap();
    let rule = prepare(&file, 0).unwrap();

    let (path, span) = rule.failing(0).unwrap();

    assert_eq!(
        (path.as_str(), span.from, span.to),
        ("rule.then.expr", 4, 19)
    );
    assert_eq!(rule.failing(1), None);
    assert!(matches!(rule.interpreted(0), Got::Failed { .. }));
}

#[test]
fn a_document_is_written_as_it_was_read() {
    let document = json!({"strict": true, "rules": [
        {"name": "r", "expr": "mail", "dialect": "csharp", "cases": [
            {"name": "a", "value": null},
            {"name": "b", "input": {"mail": "a"}, "value": "a"},
            {"name": "c", "flow": "authoritative-null"},
            {"name": "d", "error": "custom"},
        ]},
    ]});

    let read = read(&document.to_string()).unwrap();

    assert_eq!(serde_json::to_value(read).unwrap(), document);
}
