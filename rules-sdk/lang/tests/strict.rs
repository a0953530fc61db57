//! Strict mode: what may fail is an error, with the same code, unless a default follows.

use serde_json::{Value as Json, json};
use syncline_rules::diag::{Diagnostic, Severity};
use syncline_rules::request::CompileRequest;
use syncline_rules::{Env, part};

const NOTE: &str = "strict mode is on: what may fail is an error";

/// What is said of a part of these rules.
fn found(strict: bool, rules: Json) -> Vec<Diagnostic> {
    let mut source = json!({
        "id": "p", "kind": "inbound",
        "source": {"cn": {"type": "string", "nullable": false}, "mail": {"type": "string"}},
    });
    for (name, rule) in rules.as_object().unwrap() {
        source[name] = rule.clone();
    }
    let source = serde_json::from_value(source).unwrap();
    part::check_using(&source, &Default::default(), strict).diagnostics
}

/// Code, severity and place of each.
fn short(found: &[Diagnostic]) -> Vec<(&str, Severity, &str)> {
    (found.iter())
        .map(|d| (d.code.as_str(), d.severity, d.path.as_str()))
        .collect()
}

fn rules() -> Json {
    json!({
        "scope": "mail.Length > 3",
        "keys": ["cn.Split(',')[1]"],
        "flows": [
            {"to": "a", "expr": "Convert.FromBase64String(mail)"},
            {"to": "b", "rule": {"if": "cn == \"\"", "then": {"expr": "mail.Trim()"}, "else": {"expr": "cn"}}},
        ],
    })
}

#[test]
fn what_may_fail_is_a_warning_and_in_strict_mode_an_error_with_the_same_code() {
    let lenient = found(false, rules());
    let strict = found(true, rules());

    let places = |found: &[Diagnostic]| -> Vec<(String, String)> {
        let places = found.iter().map(|d| (d.code.clone(), d.path.clone()));
        places.collect()
    };
    assert!(lenient.len() >= 4, "{lenient:?}");
    assert_eq!(places(&lenient), places(&strict));
    assert!(!lenient.iter().any(Diagnostic::is_error), "{lenient:?}");
    assert!(strict.iter().all(Diagnostic::is_error), "{strict:?}");
    for diagnostic in &strict {
        let note = diagnostic.note.as_deref().unwrap_or_default();
        assert!(note.ends_with(NOTE), "{diagnostic:?}");
    }
}

#[test]
fn what_a_default_catches_may_fail_but_the_default_may_not() {
    let with = |default: &str| {
        let flow = json!({"to": "a", "expr": "mail.Trim()", "default": default});
        found(true, json!({ "flows": [flow] }))
    };

    assert_eq!(
        short(&with("cn")),
        [("SL0301", Severity::Warning, "flows[0].expr")]
    );
    assert_eq!(
        short(&with("mail.Trim()")),
        [
            ("SL0301", Severity::Error, "flows[0].default"),
            ("SL0301", Severity::Warning, "flows[0].expr"),
        ]
    );
}

#[test]
fn other_warnings_stay_warnings() {
    let found = found(true, json!({"scope": "return true; return false;"}));

    assert_eq!(short(&found), [("SL0304", Severity::Warning, "scope")]);
    assert!(found[0].note.is_none());
}

#[test]
fn one_expression_is_checked_as_its_environment_says() {
    let ok = |strict| {
        let env = Env {
            open: true,
            strict,
            ..Env::default()
        };
        let source = serde_json::from_value(json!("mail.Trim()")).unwrap();
        part::check_expression(&env, &source).ok()
    };

    assert!(ok(false));
    assert!(!ok(true));
}

#[test]
fn the_setting_stands_beside_the_parts_of_a_request() {
    let read = |text: &str| serde_json::from_str::<CompileRequest>(text).unwrap();

    assert!(read(r#"{"parts": [], "strict": true}"#).strict);
    assert!(!read(r#"{"parts": [], "programs_of": []}"#).strict);
}
