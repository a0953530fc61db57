//! Defaults of flows: what an attribute gets where its rule fails, in both evaluators.
//!
//! Invariants: a default is looked at only where the rule fails; `ignore` and absent values are no failures; a row without work
//! left has no default.

#[path = "common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use syncline_model::rules::{AttrType, Dialect, RuleType, RuleValue};
use syncline_rules::part::{self, CheckedPart};
use syncline_rules::request::{FlowText, PartKind, PartSource};

fn flow(to: &str, expr: &str, default: &str) -> FlowText {
    FlowText {
        to: to.to_owned(),
        from: None,
        expr: Some(expr.to_owned()),
        rule: None,
        dialect: Dialect::Csharp,
        default: Some(default.to_owned()),
        on_error: Default::default(),
        cases: Vec::new(),
        picks: false,
    }
}

fn checked(flows: Vec<FlowText>) -> CheckedPart {
    let optional = |name: &str, attr| (name.to_owned(), attr);
    part::check(&PartSource {
        id: "p".to_owned(),
        kind: PartKind::Inbound,
        source: BTreeMap::from([optional("s", AttrType::optional(RuleType::String))]),
        target: BTreeMap::from([
            optional("text", AttrType::optional(RuleType::String)),
            optional("number", AttrType::optional(RuleType::Int)),
            optional("list", AttrType::list(RuleType::String)),
        ]),
        target_image: BTreeMap::new(),
        parameters: BTreeMap::new(),
        scope: None,
        keys: Vec::new(),
        dn: None,
        flows,
    })
}

/// What the flow gives for these texts.
fn given(to: &str, expr: &str, default: &str, texts: &[Option<&str>]) -> Vec<String> {
    let part = checked(vec![
        flow(to, expr, default),
        flow("text", "s", "\"never\""),
    ]);
    assert!(part.ok(), "{:?}", part.diagnostics);
    let value = |text: &Option<&str>| match text {
        Some(text) => RuleValue::String((*text).to_owned()),
        None => RuleValue::Null,
    };
    let rows: Vec<Vec<RuleValue>> = texts.iter().map(|text| vec![value(text)]).collect();
    let answers = common::compare(&common::compiler(), &part, &rows, expr);
    answers.into_iter().map(|mut row| row.remove(0)).collect()
}

#[test]
fn a_default_stands_in_where_the_rule_fails() {
    let texts = [Some("7"), Some("x"), None];

    let numbers = given(
        "number",
        "int.Parse(s)",
        "s == null ? -1 : s.Length",
        &texts,
    );
    let names = given(
        "text",
        "s.Substring(1, 1)",
        "var t = \"<\" + s; return t + \">\";",
        &[Some("ab"), Some("")],
    );
    let lists = given(
        "list",
        "s.Split('-').Skip(1).Select(x => x[0].ToString())",
        "new[] { \"none\" }",
        &[Some("a-bc"), Some("a-")],
    );

    assert_eq!(numbers, ["Int(7)", "Int(1)", "Int(-1)"]);
    assert_eq!(names, ["String(\"b\")", "String(\"<>\")"]);
    assert_eq!(lists, ["List([String(\"b\")])", "List([String(\"none\")])"]);
}

#[test]
fn what_is_no_failure_has_no_default() {
    let expr =
        "if (s == \"skip\") return ignore; if (s == \"none\") return null; throw new Exception(s);";

    let found = given(
        "text",
        expr,
        "s == \"bad\" ? throw new Exception(\"worse\") : s.ToUpper()",
        &[Some("skip"), Some("none"), Some("x"), Some("bad")],
    );

    assert_eq!(found[..3], ["ignore", "null", "String(\"X\")"]);
    assert!(
        found[3].starts_with("custom at") && found[3].ends_with("worse"),
        "{}",
        found[3]
    );
}

#[test]
fn a_row_without_work_left_has_no_default() {
    let expr = "Enumerable.Range(0, 100000).Count(i => i % 7 == 3).ToString()";

    let found = given("text", expr, "\"cheap\"", &[None]);

    assert!(found[0].starts_with("budget"), "{}", found[0]);
}

#[test]
fn a_default_is_checked_like_its_rule() {
    let codes = |flows| -> Vec<(String, String)> {
        let diagnostics = checked(flows).diagnostics.into_iter();
        diagnostics
            .filter(|d| d.is_error())
            .map(|d| (d.code, d.path))
            .collect()
    };
    let copied = FlowText {
        from: Some("s".to_owned()),
        expr: None,
        ..flow("text", "", "\"x\"")
    };
    let same = flow("text", "s", "s");
    let other = flow("text", "s", "s ?? \"x\"");

    assert_eq!(
        codes(vec![flow("text", "s", "5")]),
        [("SL0202".to_owned(), "flows[0].default".to_owned())]
    );
    assert_eq!(
        codes(vec![flow("text", "s", "t")]),
        [("SL0101".to_owned(), "flows[0].default".to_owned())]
    );
    assert_eq!(
        codes(vec![copied]),
        [("SL0014".to_owned(), "flows[0].default".to_owned())]
    );
    assert_ne!(
        checked(vec![same]).meaning(),
        checked(vec![other]).meaning()
    );
}
