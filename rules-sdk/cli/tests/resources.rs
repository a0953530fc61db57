//! Lookup tables and named expressions: in both evaluators, in both dialects, and on the command line.

mod common;

use std::sync::Arc;

use common::{compare, compiler};
use serde_json::json;
use syncline_model::rules::{AttrType, RuleType, RuleValue};
use syncline_rules::diag::Diagnostic;
use syncline_rules::request::ExprSource;
use syncline_rules::resources::{Prepared, Resources};
use syncline_rules::{Env, part};
use syncline_rules_cli::eval::Evaluator;

fn resources() -> Arc<Prepared> {
    let rows = json!([
        {"key": "de", "value": "Germany"},
        {"key": "AT", "value": "Austria"},
        {"key": "ÖS", "value": "Österreich"},
        {"key": "straße", "value": "ß"},
        {"key": "", "value": "empty"},
        {"key": "xx", "value": ""},
    ]);
    let tables = json!({"tables": [
        {"name": "countries", "ignoreCase": true, "rows": rows},
        {"name": "exact", "rows": rows},
    ], "expressions": [
        {"name": "Country", "parameters": [{"name": "code", "type": "string"}],
         "expr": "Lookup(\"countries\", code?.Trim()) ?? code"},
        {"name": "Fourth", "parameters": [{"name": "text", "type": "string", "nullable": false}],
         "expr": "Mid([text], 4, 1) & CStr(CNum([text]))", "dialect": "entra"},
        {"name": "Both", "parameters": [{"name": "a", "type": "string"}, {"name": "b", "type": "string", "nullable": false}],
         "expr": "{ var one = Country(a); if (one == null) return \"-\"; if (one.Length > 20) throw new Exception(\"long\"); return one + Fourth(b); }"},
        {"name": "Words", "parameters": [{"name": "all", "type": "string", "multi": true, "nullable": false}],
         "expr": "all.Where(w => w.Length > 1).Select(w => Country(w) ?? w).ToList()"},
    ]});
    let resources: Resources = serde_json::from_value(tables).unwrap();
    let prepared = Prepared::of(&resources);
    let errors = prepared.diagnostics().iter().filter(|d| d.is_error());
    assert_eq!(errors.collect::<Vec<_>>(), Vec::<&Diagnostic>::new());
    Arc::new(prepared)
}

#[test]
fn both_evaluators_find_the_same_rows() {
    let env = Env {
        source: [
            ("c".to_owned(), AttrType::optional(RuleType::String)),
            ("many".to_owned(), AttrType::list(RuleType::String)),
        ]
        .into(),
        resources: resources(),
        ..Env::default()
    };
    let keys = [
        "de",
        "DE",
        "at",
        "ös",
        "Ös",
        "STRASSE",
        "STRAßE",
        "straße",
        "",
        "xx",
        "zz",
        "d",
        "dee",
        "\u{10ffff}",
    ];
    let long = "d".repeat(100_000);
    let values = keys.iter().map(|key| RuleValue::String((*key).to_owned()));
    let values = values.chain([RuleValue::Null, RuleValue::String(long)]);
    let compiler = compiler();
    for text in [
        "Both(c, \"1234\")",
        "Both(c, c ?? \"x\")",
        "c == null ? Country(\"at\") : Both(c, \"12\") + Country(c)",
        "string.Join(\"|\", Words((c ?? \"de at\").Split(' ').Select(w => Country(w)!).ToList()))",
        "Lookup(\"countries\", c)",
        "Lookup(\"exact\", c)",
        "Lookup(\"countries\", Lookup(\"exact\", c) ?? c)?.ToUpper() ?? \"none\"",
    ] {
        let checked = part::check_expression(&env, &ExprSource::Text(text.to_owned()));
        assert!(checked.ok(), "{:#?}", checked.diagnostics);
        let rows: Vec<Vec<RuleValue>> = values.clone().map(|value| vec![value]).collect();

        let answers = compare(&compiler, &checked, &rows, text);

        let found = answers.iter().filter(|a| a[0] != "null").count();
        assert!(found >= 4, "{text}: {answers:?}");
    }
}

#[test]
fn a_lookup_is_answered_in_either_dialect() {
    let evaluator = Evaluator::new().unwrap().using(resources());
    for (dialect, expr, input, value) in [
        (
            "csharp",
            "Lookup(\"countries\", c)",
            json!({"c": "De"}),
            json!("Germany"),
        ),
        (
            "csharp",
            "Lookup(\"exact\", c)",
            json!({"c": "De"}),
            json!(null),
        ),
        (
            "entra",
            "Lookup(\"countries\", [c])",
            json!({"c": "ös"}),
            json!("Österreich"),
        ),
        (
            "entra",
            "Lookup(\"countries\", [c])",
            json!({"c": null}),
            json!(null),
        ),
        (
            "entra",
            "Lookup(\"countries\", [c])",
            json!({"c": ["at", "zz", "de"]}),
            json!(["Austria", "Germany"]),
        ),
    ] {
        let line = json!({"dialect": dialect, "expr": expr, "input": input}).to_string();

        let answer = evaluator.line(&line).answer;

        assert_eq!(answer["value"], value, "{line}: {answer}");
    }
}

#[test]
fn a_full_table_costs_little_to_emit_and_to_compile() {
    let rows: Vec<_> = (0..10_000)
        .map(|n| json!({"key": format!("k{n}"), "value": format!("v{n}")}))
        .collect();
    let tables = json!({"tables": [{"name": "full", "rows": rows}]});
    let prepared = Prepared::of(&serde_json::from_value(tables).unwrap());
    assert_eq!(prepared.diagnostics(), []);
    let env = Env {
        source: [("c".to_owned(), AttrType::optional(RuleType::String))].into(),
        resources: Arc::new(prepared),
        ..Env::default()
    };
    let text = "Lookup(\"full\", c)".to_owned();
    let checked = part::check_expression(&env, &ExprSource::Text(text));
    let row = |key: &str| vec![RuleValue::String(key.to_owned())];

    let emitted = checked.emit();
    let answers = compare(
        &compiler(),
        &checked,
        &[row("k0"), row("k9999"), row("k10000")],
        "a full table",
    );

    // The rows lie in the data of the module and make none of its code.
    assert!(emitted.wasm.len() < 250_000, "{}", emitted.wasm.len());
    let answers: Vec<&str> = answers.iter().map(|a| a[0].as_str()).collect();
    assert_eq!(answers, ["String(\"v0\")", "String(\"v9999\")", "null"]);
}

#[test]
fn an_error_in_a_named_expression_is_explained_at_its_call() {
    let evaluator = Evaluator::new().unwrap().using(resources());
    let line = json!({"expr": "\"x\" + Fourth(c)", "input": {"c": "none"}}).to_string();

    let answer = evaluator.line(&line).answer;

    assert_eq!(answer["span"], json!([6, 15]), "{answer}");
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains("in Fourth"), "{message}");
    let question = serde_json::from_str(&line).unwrap();
    let told = syncline_rules_cli::explain::explained(&evaluator, &question).unwrap();
    assert!(!told.steps.is_empty());
}

#[test]
fn the_commands_take_a_file_of_resources() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let sound = write(
        "sound.json",
        r#"{"tables": [{"name": "t", "rows": [{"key": "a", "value": "1"}]}], "expressions": [{"name": "One", "expr": "Lookup(\"t\", \"a\")"}]}"#,
    );
    let twice = write(
        "twice.json",
        r#"{"tables": [{"name": "t", "rows": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}]}"#,
    );
    let rule = write("rule.cs", "One() + Lookup(\"t\", mail)");
    let checked = |resources: &std::path::Path| {
        let mut out = Vec::new();
        let wanted = syncline_rules_cli::check::Wanted {
            schema: None,
            resources: Some(resources),
            strict: false,
            json: true,
        };
        let ok = syncline_rules_cli::check::run(&[&rule], wanted, &mut out).unwrap();
        (ok, String::from_utf8(out).unwrap())
    };
    let evaluated = |resources: &std::path::Path| {
        let mut out = Vec::new();
        let line = &b"{\"expr\": \"One()\"}"[..];
        let given = (None, Some(resources));
        let done = syncline_rules_cli::eval::run(line, &mut out, given);
        done.map(|()| String::from_utf8(out).unwrap())
    };

    let (ok, told) = checked(&sound);
    assert!(ok, "{told}");
    let (ok, told) = checked(&twice);
    assert!(!ok && told.contains("SL0501") && told.contains("resources.tables[0].rows[1]"));
    assert!(evaluated(&sound).unwrap().contains("\"value\":\"1\""));
    let refused = evaluated(&twice).unwrap_err().to_string();
    assert!(refused.contains("SL0501"), "{refused}");
}
