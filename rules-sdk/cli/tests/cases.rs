//! `test`, `bench` and `check --strict`: documents of rules with cases.

use std::path::PathBuf;

use serde_json::{Value as Json, json};
use syncline_rules_cli::bench::{self, Size};
use syncline_rules_cli::{cases, check};
use tempfile::TempDir;

/// A file with this in it.
fn file(text: &str) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rules.json");
    std::fs::write(&path, text).unwrap();
    (dir, path)
}

/// Whether all cases hold, and what is printed.
fn test(document: &Json) -> (bool, String) {
    let (dir, path) = file(&document.to_string());
    let mut out = Vec::new();
    let ok = cases::run(&[path], false, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let name = format!("{}/", dir.path().display());
    (ok, out.replace(&name, ""))
}

/// Why the file is refused.
fn refused(text: &str) -> String {
    let (_dir, path) = file(text);
    let error = cases::run(&[&path], false, &mut Vec::new()).unwrap_err();
    format!("{error:#}").replace(&path.display().to_string(), "rules.json")
}

/// A rule with one case.
fn one(expr: &str, case: Json) -> Json {
    let mut case = case;
    case["name"] = json!("c");
    json!({"name": "r", "expr": expr, "cases": [case]})
}

#[test]
fn cases_expect_values_no_value_errors_and_flows() {
    let document = json!({
        "schema": {"mail": "string?", "n": "long?", "start": "date?", "all": "string[]?"},
        "now": "2026-01-31T10:00:00Z",
        "rules": [
            {"name": "local part", "expr": "mail.Split('@')[0]", "cases": [
                {"name": "of a mail", "input": {"mail": "ann@contoso.com"}, "value": "ann"},
                {"name": "of none", "input": {"mail": null}, "error": "null_reference"},
            ]},
            {"name": "tree", "rule": {"if": "n == 1", "then": {"expr": "mail"}}, "cases": [
                {"name": "absent", "input": {"n": 1}, "value": null},
                {"name": "left alone", "input": {"n": 2}, "flow": "ignore"},
            ]},
            {"name": "entra", "dialect": "entra", "cases": [
                {"name": "nobody may", "flow": "authoritativeNull"},
                {"name": "half", "input": {"n": 1}, "value": "ann"},
            ], "expr": "IIF(IsPresent([n]), \"ann\", AuthoritativeNull)"},
            {"name": "date", "expr": "start?.AddDays(1)", "cases": [
                {"name": "as a text", "input": {"start": {"$date": "2026-01-01"}}, "value": "2026-01-02T00:00:00Z"},
                {"name": "as a date", "input": {"start": {"$date": "2026-01-01"}}, "value": {"$date": "2026-01-02"}},
            ]},
            one("all", json!({"input": {"all": ["a", "b"]}, "value": ["a", "b"]})),
            one("DateTime.UtcNow.Day", json!({"value": 31})),
            one("DateTime.UtcNow.Day", json!({"now": "2026-02-01", "value": 1})),
        ],
    });

    let (ok, out) = test(&document);

    assert!(ok, "{out}");
    assert!(
        out.starts_with("ok    local part: of a mail\nok    local part: of none\n"),
        "{out}"
    );
    assert!(out.ends_with("\n11 cases, 0 failed\n"), "{out}");
}

#[test]
fn a_failing_case_says_what_was_expected_what_came_and_where() {
    let document = json!({"rules": [
        {"name": "local part", "expr": "// of the mail\nmail.Split('@')[1]", "cases": [
            {"name": "other", "input": {"mail": "a@b"}, "value": "a"},
            {"name": "fails", "input": {"mail": "a"}, "value": null},
        ]},
        {"name": "tree", "rule": {"if": "n > 3", "then": {"expr": "1 + int.Parse(mail)"}}, "cases": [
            {"name": "leaf", "input": {"n": 4, "mail": "x"}, "flow": "ignore"},
            {"name": "list", "input": {"n": 3, "mail": "x"}, "value": 1},
        ]},
    ]});

    let (ok, out) = test(&document);

    assert!(!ok);
    for wanted in [
        "FAIL  local part: other\n        expected \"a\"\n        got      \"b\"\n        in rules.json, rules[0]\n        for rules[0].cases[0]\n",
        "FAIL  local part: fails\n        expected no value\n        got      error out_of_range: ",
        "        in rules.json, rules[0], line 2, column ",
        "FAIL  tree: leaf\n        expected ignore\n        got      error format: ",
        "        in rules.json, rules[1].rule.then.expr, line 1, column 5\n",
        "        expected 1\n        got      ignore\n",
        "\n4 cases, 4 failed\n",
    ] {
        assert!(out.contains(wanted), "{wanted}\nis not in\n{out}");
    }
}

#[test]
fn a_value_of_another_type_is_another_value() {
    for (expr, value) in [
        ("mail", json!(["a"])),
        ("mail", json!("A")),
        ("mail.Length", json!("1")),
        ("mail.Split('@').ToList()", json!("a")),
    ] {
        let rule = one(expr, json!({"input": {"mail": "a"}, "value": value}));

        let (ok, out) = test(&json!({ "rules": [rule] }));

        assert!(!ok, "{expr} gives {value}: {out}");
    }
}

#[test]
fn the_report_for_machines_has_every_case() {
    let rule = |name: &str, expr: &str| {
        json!({"name": name, "expr": expr, "cases": [
            {"name": "one", "input": {"n": 1}, "value": 2},
            {"name": "two", "input": {"n": 2}, "value": 2},
        ]})
    };
    let document = json!({"rules": [rule("next", "n + 1"), rule("broken", "m + 1")]});
    let (_dir, path) = file(&document.to_string());
    let mut out = Vec::new();

    let ok = cases::run(&[path], true, &mut out).unwrap();

    let report: Json = serde_json::from_slice(&out).unwrap();
    assert!(!ok);
    assert_eq!(
        (&report["ok"], &report["count"], &report["failed"]),
        (&json!(false), &json!(4), &json!(3))
    );
    let case = &report["cases"][1];
    assert_eq!(
        (&case["case"], &case["expected"], &case["got"], &case["ok"]),
        (
            &json!("two"),
            &json!({"value": 2}),
            &json!({"value": 3}),
            &json!(false)
        )
    );
    assert_eq!(report["cases"][2]["got"], Json::Null);
    let found = &report["diagnostics"][0]["diagnostic"];
    assert_eq!(
        (&found["code"], &found["path"]),
        (&json!("SL0101"), &json!("rules[1]"))
    );
}

#[test]
fn a_wrong_file_is_refused_with_the_path_of_what_is_wrong() {
    let ok = one("mail", json!({"value": null}));
    for (text, path, why) in [
        ("{".to_owned(), "", "this is no JSON"),
        ("{}".to_owned(), "", "a list `rules`"),
        (json!({"rules": []}).to_string(), "", "a list `rules`"),
        (json!({"rules": [ok, {"name": "r", "expr": "1"}]}).to_string(), "rules[1]: ", "a list `cases`"),
        (json!({"rules": [ok], "shcema": {}}).to_string(), "", "unknown field `shcema`"),
        (json!({"rules": [one("1", json!({"vaule": 1}))]}).to_string(), "rules[0].cases[0]: ", "unknown field `vaule`"),
        (json!({"rules": [one("1", json!({}))]}).to_string(), "rules[0].cases[0]: ", "a case expects one of"),
        (json!({"rules": [one("1", json!({"value": 1, "flow": "ignore"}))]}).to_string(), "rules[0].cases[0]: ", "expects one of"),
        (json!({"rules": [one("1", json!({"error": "bad"}))]}).to_string(), "rules[0].cases[0]: ", "unknown variant `bad`"),
        (json!({"rules": [{"name": "r", "cases": [{"name": "c", "value": 1}]}]}).to_string(), "rules[0]: ", "either `expr`"),
        (json!({"rules": [ok], "schema": {"mail": "fruit"}}).to_string(), "schema.mail: ", "unknown type `fruit`"),
        (json!({"rules": [ok], "schema": {"mail": "string"}}).to_string(), "rules[0].cases[0].input.mail: ", "end the type with `?`"),
        (
            json!({"rules": [one("n", json!({"input": {"n": "x"}, "value": 1}))], "schema": {"n": "long"}}).to_string(),
            "rules[0].cases[0].input.n: ", "is no whole number",
        ),
        (
            json!({"rules": [{"name": "r", "expr": "n", "cases": [
                {"name": "a", "input": {"n": 1}, "value": 1}, {"name": "b", "input": {"n": "x"}, "value": 1},
            ]}]}).to_string(),
            "rules[0].cases[1].input.n: ", "say the type in `schema`",
        ),
        (json!({"rules": [one("DateTime.UtcNow", json!({"value": 1}))]}).to_string(), "rules[0].cases[0]: ", "give the case"),
        (json!({"rules": [one("1", json!({"now": "soon", "value": 1}))]}).to_string(), "rules[0].cases[0]: ", "`soon` is no date"),
    ] {
        let said = refused(&text);

        let start = format!("rules.json is no document of rules with cases: {path}");
        assert!(said.starts_with(&start) && said.contains(why), "{text}\n{said}");
    }
}

#[test]
fn a_strict_document_refuses_what_may_fail() {
    let rule = one(
        "mail.Trim()",
        json!({"input": {"mail": null}, "error": "null_reference"}),
    );

    let lenient = test(&json!({ "rules": [rule] }));
    let (ok, out) = test(&json!({"strict": true, "rules": [rule]}));

    assert!(lenient.0, "{}", lenient.1);
    assert!(!ok);
    assert!(
        out.contains("error[SL0301") && out.contains("strict mode is on"),
        "{out}"
    );
    assert!(out.contains("nothing: the rule does not compile"), "{out}");
}

#[test]
fn check_takes_strict_from_its_flag_and_from_a_request() {
    let checked = |document: &Json, strict| {
        let (_dir, path) = file(&document.to_string());
        let mut out = Vec::new();
        let wanted = check::Wanted {
            strict,
            ..check::Wanted::default()
        };
        let ok = check::run(&[path], wanted, &mut out).unwrap();
        (ok, String::from_utf8(out).unwrap())
    };
    let part = json!({"id": "p", "kind": "inbound", "source": {"mail": {"type": "string"}},
        "flows": [{"to": "a", "expr": "mail.Trim()"}]});
    let request = json!({ "parts": [part] });
    let mut strict = request.clone();
    strict["strict"] = json!(true);
    let caught = json!({"flows": [{"to": "a", "expr": "mail.Trim()", "default": "\"none\""}]});

    assert!(checked(&request, false).0);
    assert!(!checked(&request, true).0);
    assert!(!checked(&strict, false).0);
    assert!(checked(&strict, false).1.contains("strict mode is on"));
    let (ok, out) = checked(&caught, true);
    assert!(ok, "{out}");
}

#[test]
fn a_bench_measures_every_rule_and_judges_none() {
    let document = json!({"rules": [
        {"name": "local part", "expr": "mail.Split('@')[0] + n", "cases": [
            {"name": "a", "input": {"mail": "ann@contoso.com", "n": 1}, "value": "wrong"},
            {"name": "b", "input": {"mail": "bob@contoso.com", "n": 2}, "value": "wrong"},
        ]},
        one("DateTime.UtcNow.Day", json!({"now": "2026-02-01", "value": 1})),
    ]});
    let (_dir, path) = file(&document.to_string());
    let size = Size {
        rows: 300,
        rounds: 2,
    };
    let print = |json| {
        let mut out = Vec::new();
        bench::run(&path, size, json, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };

    let measured: Json = serde_json::from_str(&print(true)).unwrap();

    assert_eq!(measured[0]["rule"], "local part");
    assert_eq!(
        (&measured[0]["rows"], &measured[0]["inputs"]),
        (&json!(300), &json!(2))
    );
    for rule in measured.as_array().unwrap() {
        for figure in ["compile_ms", "ns_per_object", "fuel_per_object"] {
            assert!(rule[figure].as_f64().unwrap() > 0.0, "{rule}");
        }
    }
    assert_eq!(print(false).lines().count(), 3);
}

#[test]
fn a_bench_of_a_rule_that_does_not_compile_is_refused() {
    let document = json!({"rules": [one("maill", json!({"input": {"mail": "a"}, "value": "a"}))]});
    let (_dir, path) = file(&document.to_string());
    let size = Size { rows: 1, rounds: 1 };

    let error = bench::run(&path, size, false, &mut Vec::new()).unwrap_err();

    assert!(
        format!("{error:#}").contains("rules[0] (`r`) does not compile"),
        "{error:#}"
    );
}
