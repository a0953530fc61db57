//! From a request to answers: the compile child's work and the sandbox together, as the runner uses them.
//!
//! Invariants: everything goes through the JSON of request and response; nothing is compiled any other way.

mod common;

use common::{child, compiled, run};
use serde_json::{Value as Json, json};
use syncline_model::rules::{ErrorKind, RuleValue};
use syncline_rules::request::PartResult;
use syncline_sandbox::{Answer, In, RowOutput, Scope};

fn people() -> Json {
    json!({
        "id": "in", "kind": "inbound",
        "source": {
            "employeeID": {"type": "string"}, "employeeType": {"type": "string"}, "mail": {"type": "string"},
            "sn": {"type": "string"}, "givenName": {"type": "string"}, "department": {"type": "string"},
            "proxyAddresses": {"type": "string", "multi": true}, "objectGUID": {"type": "binary", "nullable": false},
            "manager": {"type": "reference"}, "accountDisabled": {"type": "bool", "nullable": false}
        },
        "target": {
            "displayName": {"type": "string"}, "mail": {"type": "string"}, "manager": {"type": "reference"},
            "department": {"type": "string"}, "proxies": {"type": "string", "multi": true},
            "immutableId": {"type": "string", "nullable": false}, "disabled": {"type": "bool"}
        },
        "parameters": {"Domain": "string"},
        "scope": {"expr": "employeeType == \"FTE\""},
        "keys": ["employeeID", "mail?.ToLower()"],
        "dn": {"expr": "\"CN=\" + Dn.Escape(givenName + \" \" + sn) + \",OU=Synced,DC=fabrikam,DC=test\""},
        "flows": [
            {"to": "displayName", "expr": "$\"{givenName} {sn}\".Trim()"},
            {"to": "mail", "expr": "PrimarySmtp(proxyAddresses)?.ReplaceDomain(%Domain%) ?? mail"},
            {"to": "manager", "from": "manager"},
            {"to": "department", "rule": {"if": "department == null", "then": {"expr": "ignore"},
                "else": {"expr": "department.Trim()"}}, "on_error": "keep-current"},
            {"to": "proxies", "expr": "proxyAddresses?.Where(p => p.StartsWith(\"smtp:\")).Select(p => p.Substring(5))"},
            {"to": "immutableId", "expr": "Convert.ToBase64String(objectGUID)"},
            {"to": "disabled", "expr": "accountDisabled"}
        ]
    })
}

fn text(value: &str) -> Answer {
    Answer::Value(RuleValue::String(value.to_owned()))
}

const GUID: In<'static> = In::Bytes(&[0; 16]);

#[test]
fn a_part_answers_scope_keys_dn_and_flows_of_a_batch() {
    let part = compiled(people());
    let proxies = In::List(vec![
        In::Str("SMTP:Ada@contoso.test"),
        In::Str("smtp:a.byron@contoso.test"),
    ]);
    let ada = [
        ("employeeType", In::Str("FTE")),
        ("employeeID", In::Str("7")),
        ("mail", In::Str("Ada@Contoso.test")),
        ("givenName", In::Str("Ada")),
        ("sn", In::Str("Byron, Lady")),
        ("department", In::Str(" IT ")),
        ("proxyAddresses", proxies),
        ("objectGUID", GUID),
        ("accountDisabled", In::Bool(false)),
    ];
    let contractor = [
        ("employeeType", In::Str("EXT")),
        ("objectGUID", GUID),
        ("accountDisabled", In::Bool(true)),
    ];
    let bare = [
        ("employeeType", In::Str("FTE")),
        ("objectGUID", GUID),
        ("accountDisabled", In::Bool(true)),
    ];

    let rows = run(&part, &[&ada, &contractor, &bare]);

    assert_eq!(rows[0].scope, Scope::In);
    assert_eq!(
        rows[0].keys,
        [
            Ok(Some("7".to_owned())),
            Ok(Some("ada@contoso.test".to_owned()))
        ]
    );
    assert_eq!(
        rows[0].dn,
        Some(text("CN=Ada Byron\\, Lady,OU=Synced,DC=fabrikam,DC=test"))
    );
    assert_eq!(
        rows[0].flows,
        [
            text("Ada Byron, Lady"),
            text("Ada@fabrikam.test"),
            Answer::Direct,
            text("IT"),
            Answer::Value(RuleValue::List(vec![RuleValue::String(
                "a.byron@contoso.test".into()
            )])),
            text("AAAAAAAAAAAAAAAAAAAAAA=="),
            Answer::Value(RuleValue::Bool(false)),
        ]
    );
    assert_eq!((&rows[1].scope, rows[1].flows.len()), (&Scope::Out, 0));
    assert_eq!(rows[2].keys, [Ok(None), Ok(None)]);
    assert_eq!(
        rows[2].flows[..5],
        [
            text(""),
            Answer::Null,
            Answer::Direct,
            Answer::Ignore,
            Answer::Null
        ]
    );
    assert_eq!(part.reads.len(), 10);
}

#[test]
fn an_error_belongs_to_its_row_and_its_flow() {
    let mut part = people();
    part["flows"][0]["expr"] = json!("sn.Substring(0, 3)");
    let part = compiled(part);
    let object = |sn| {
        [
            ("employeeType", In::Str("FTE")),
            ("sn", sn),
            ("objectGUID", GUID),
            ("accountDisabled", In::Bool(true)),
        ]
    };
    let (short, long, absent) = (
        object(In::Str("By")),
        object(In::Str("Byron")),
        object(In::Null),
    );

    let rows = run(&part, &[&short, &long, &absent]);

    let error = |row: &RowOutput| match &row.flows[0] {
        Answer::Error(error) => (
            error.kind,
            error.path.clone(),
            (error.span.from, error.span.to),
        ),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        error(&rows[0]),
        (ErrorKind::OutOfRange, "flows[0].expr".into(), (0, 18))
    );
    assert_eq!(rows[1].flows[0], text("Byr"));
    assert_eq!(
        error(&rows[2]),
        (ErrorKind::NullReference, "flows[0].expr".into(), (0, 2))
    );
    assert_eq!(rows[0].flows[5], text("AAAAAAAAAAAAAAAAAAAAAA=="));
}

#[test]
fn a_scope_that_fails_is_an_error_of_the_row() {
    let mut part = people();
    part["scope"] = json!("employeeType.StartsWith(\"F\")");
    let part = compiled(part);

    let rows = run(
        &part,
        &[&[("objectGUID", GUID), ("accountDisabled", In::Bool(true))]],
    );

    assert!(
        matches!(&rows[0].scope, Scope::Error(e) if e.kind == ErrorKind::NullReference && e.path == "scope")
    );
    assert!(rows[0].flows.is_empty() && rows[0].keys.is_empty());
}

#[test]
fn every_mistake_of_a_part_is_reported_at_once_with_its_path() {
    let mut part = people();
    part["scope"] = json!("employeType == \"FTE\"");
    part["keys"] = json!(["proxyAddresses"]);
    part["flows"][0] = json!({"to": "displayNme", "expr": "sn."});
    part["flows"][1] = json!({"to": "mail", "expr": "proxyAddresses"});
    part["flows"][2] = json!({"to": "manager", "from": "mail"});
    part["flows"][3]["rule"]["then"] = json!({"expr": "1 +"});

    let result = compiled(part);

    assert!(result.artifact.is_none() && result.meaning.is_empty());
    let errors = result.diagnostics.iter().filter(|d| d.is_error());
    let mut found: Vec<(&str, &str)> = errors.map(|d| (d.path.as_str(), d.code.as_str())).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("flows[0].expr", "SL0002"),
            ("flows[0].to", "SL0108"),
            ("flows[1].expr", "SL0207"),
            ("flows[2].from", "SL0202"),
            ("flows[3].rule.then.expr", "SL0001"),
            ("keys[0]", "SL0218"),
            ("scope", "SL0101"),
        ]
    );
    let scope = result
        .diagnostics
        .iter()
        .find(|d| d.path == "scope")
        .unwrap();
    assert_eq!(
        scope.fix.as_ref().map(|f| f.replacement.as_str()),
        Some("employeeType")
    );
}

#[test]
fn the_meaning_follows_the_rule_and_not_its_layout() {
    let meaning = |expr: &str| {
        let mut part = people();
        part["flows"][0]["expr"] = json!(expr);
        compiled(part).meaning
    };

    let original = meaning("givenName + \" \" + sn");

    assert_eq!(original, meaning("givenName  +  \" \" /* space */ + sn"));
    assert_ne!(original, meaning("givenName + \"  \" + sn"));
    assert_ne!(original, meaning("givenName + \" \" + mail"));
    assert_eq!(original.len(), 64);
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    assert_eq!(compiled(people()), compiled(people()));
}

#[test]
fn a_request_that_is_none_or_too_large_is_refused_with_a_reason() {
    assert!(child("{").unwrap_err().contains("no compile request"));
    assert!(
        child("{\"parts\":[{}]}")
            .unwrap_err()
            .contains("missing field")
    );
    assert!(
        child(&" ".repeat(9 << 20))
            .unwrap_err()
            .contains("larger than")
    );
}

#[test]
fn deep_long_and_wide_sources_are_answered_and_not_a_crash() {
    let with = |expr: String| {
        let mut part = people();
        part["flows"][0]["expr"] = json!(expr);
        compiled(part)
    };
    let codes = |result: &PartResult| -> Vec<String> {
        result
            .diagnostics
            .iter()
            .filter(|d| d.is_error())
            .map(|d| d.code.clone())
            .collect()
    };

    assert_eq!(codes(&with("(".repeat(16_000))), ["SL0006"]);
    assert_eq!(codes(&with("!".repeat(32_000))), ["SL0006"]);
    assert_eq!(codes(&with(vec!["sn"; 8_000].join("+"))), ["SL0006"]);
    assert_eq!(
        codes(&with("sn".to_owned() + &".Trim()".repeat(4_000))),
        ["SL0006"]
    );
    assert_eq!(codes(&with("x".repeat(40_000))), ["SL0007"]);
    assert_eq!(
        codes(&with(
            "sn switch { ".to_owned() + &"\"a\" => \"b\", ".repeat(2_000) + "_ => sn }"
        )),
        ["SL0006"]
    );
    assert_eq!(codes(&with("{".repeat(16_000))), ["SL0006"]);
    assert!(
        with("\"".to_owned() + &"é".repeat(16_000) + "\" + sn")
            .artifact
            .is_some()
    );
}

#[test]
fn a_reference_is_taken_as_it_is_and_read_by_no_expression() {
    let mut source = people();
    source["scope"] = json!({"expr": "manager == null"});
    source["flows"][0] = json!({"to": "displayName", "dialect": "entra", "expr": "IIF(IsPresent([manager]), [sn], [mail])"});

    let found = compiled(source).diagnostics;

    let errors = found.iter().filter(|d| d.is_error());
    let errors: Vec<_> = errors
        .map(|d| (d.path.as_str(), d.message.as_str()))
        .collect();
    let message = "a reference to another object cannot be read by an expression";
    assert_eq!(errors, [("flows[0].expr", message), ("scope", message)]);
}

#[test]
fn a_strict_request_makes_no_program_of_what_may_fail() {
    let part = json!({
        "id": "p", "kind": "inbound", "source": {"mail": {"type": "string"}},
        "flows": [{"to": "a", "expr": "mail.Trim()"}]
    });
    let made = |strict: bool| {
        let request = json!({ "parts": [part], "strict": strict });
        let response = child(&request.to_string()).unwrap();
        response.parts.into_iter().next().unwrap()
    };

    let (lenient, strict) = (made(false), made(true));

    assert!(lenient.artifact.is_some());
    assert!(strict.artifact.is_none());
    let codes = |part: &PartResult| -> Vec<String> {
        let codes = part.diagnostics.iter().map(|d| d.code.clone());
        codes.collect()
    };
    assert_eq!(codes(&strict), ["SL0301"]);
    assert_eq!(codes(&lenient), codes(&strict));
}

#[test]
fn a_part_with_a_case_that_does_not_hold_becomes_no_program() {
    let made = |value: &str| {
        let case = json!({"name": "c", "input": {"mail": " a "}, "value": value});
        compiled(json!({
            "id": "p", "kind": "inbound", "source": {"mail": {"type": "string"}},
            "flows": [{"to": "a", "expr": "mail?.Trim()", "cases": [case]}]
        }))
    };

    let (holds, fails) = (made("a"), made("b"));

    assert!(holds.artifact.is_some() && holds.diagnostics.is_empty());
    assert!(fails.artifact.is_none() && fails.meaning.is_empty());
    let found = &fails.diagnostics[0];
    assert_eq!(
        (found.code.as_str(), found.path.as_str()),
        ("SL0601", "flows[0].cases[0]")
    );
}
