mod expressions;

use super::*;
use crate::Env;
use crate::interp::{self, Answer};
use crate::part;
use crate::request::ExprSource;
use syncline_model::rules::{AttrType, Dialect, RuleType, RuleValue};

fn table(name: &str, ignore_case: bool, rows: &[(&str, &str)]) -> Table {
    let row = |(key, value): &(&str, &str)| Row {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    Table {
        name: name.to_owned(),
        ignore_case,
        rows: rows.iter().map(row).collect(),
    }
}

fn tables(tables: Vec<Table>) -> Resources {
    Resources {
        tables,
        ..Resources::default()
    }
}

fn countries() -> Resources {
    let rows = [
        ("de", "Germany"),
        ("AT", "Austria"),
        ("ÖS", "Österreich"),
        ("", "none"),
        ("xx", ""),
    ];
    tables(vec![
        table("countries", true, &rows),
        table("exact", false, &rows),
    ])
}

fn env(resources: &Resources) -> Env {
    Env {
        source: [("c".to_owned(), AttrType::optional(RuleType::String))].into(),
        resources: Arc::new(Prepared::of(resources)),
        ..Env::default()
    }
}

fn source(text: &str, dialect: Dialect) -> ExprSource {
    ExprSource::Expr {
        expr: text.to_owned(),
        dialect,
    }
}

/// The answer for an object whose `c` is this.
fn answer(resources: &Resources, text: &str, c: Option<&str>) -> Answer {
    let part = part::check_expression(&env(resources), &ExprSource::Text(text.to_owned()));
    assert!(part.ok(), "{text}: {:#?}", part.diagnostics);
    let value = c.map_or(RuleValue::Null, |c| RuleValue::String(c.to_owned()));
    let row = vec![value; part.tables.slots.len()];
    interp::row(&part, &row).answers.remove(0)
}

fn codes_of(resources: &Resources, text: &str) -> Vec<String> {
    let part = part::check_expression(&env(resources), &ExprSource::Text(text.to_owned()));
    let errors = part.diagnostics.into_iter().filter(Diagnostic::is_error);
    errors.map(|d| d.code).collect()
}

fn text(text: &str) -> Answer {
    Answer::Value(RuleValue::String(text.to_owned()))
}

#[test]
fn a_key_gives_its_value_and_an_unknown_or_absent_one_gives_nothing() {
    let all = countries();
    let found = |key| answer(&all, "Lookup(\"countries\", c)", key);

    assert_eq!(found(Some("DE")), text("Germany"));
    assert_eq!(found(Some("at")), text("Austria"));
    assert_eq!(found(Some("ös")), text("Österreich"));
    assert_eq!(found(Some("")), text("none"));
    assert_eq!(found(Some("xx")), text(""));
    assert_eq!(found(Some("fr")), Answer::Null);
    assert_eq!(found(Some("d")), Answer::Null);
    assert_eq!(found(None), Answer::Null);
}

#[test]
fn a_table_that_does_not_ignore_case_tells_keys_apart_by_it() {
    let all = countries();
    let found = |key| answer(&all, "Lookup(\"exact\", c) ?? \"-\"", Some(key));

    assert_eq!(found("de"), text("Germany"));
    assert_eq!(found("DE"), text("-"));
    assert_eq!(found("ÖS"), text("Österreich"));
}

#[test]
fn every_row_of_a_full_table_is_found() {
    let rows: Vec<(String, String)> = (0..ROWS_MAX)
        .map(|n| (format!("k{}", n * 7919 % ROWS_MAX), format!("v{n}")))
        .collect();
    let rows: Vec<(&str, &str)> = rows.iter().map(|(k, v)| (&**k, &**v)).collect();
    let full = tables(vec![table("full", false, &rows)]);
    assert_eq!(Prepared::of(&full).diagnostics(), []);
    let part = part::check_expression(
        &env(&full),
        &ExprSource::Text("Lookup(\"full\", c)".to_owned()),
    );

    for (key, value) in rows.iter().step_by(401) {
        let row = [RuleValue::String((*key).to_owned())];

        assert_eq!(interp::row(&part, &row).answers, [text(value)]);
    }
}

#[test]
fn the_table_is_a_literal_that_exists() {
    let all = countries();

    assert_eq!(codes_of(&all, "Lookup(\"countires\", c)"), ["SL0109"]);
    assert_eq!(codes_of(&all, "Lookup(c, c)"), ["SL0243"]);
    assert_eq!(codes_of(&all, "Lookup(\"countries\")"), ["SL0206"]);
    assert_eq!(codes_of(&all, "Lookup(\"countries\", 1)"), ["SL0202"]);
    assert_eq!(codes_of(&all, "c?.Lookup(\"countries\")"), ["SL0102"]);
    let part = part::check_expression(
        &env(&all),
        &ExprSource::Text("Lookup(\"countires\", c)".to_owned()),
    );
    let fix = part.diagnostics[0].fix.as_ref().unwrap();
    assert_eq!(fix.replacement, "\"countries\"");
}

#[test]
fn a_key_that_stands_twice_is_named() {
    let twice = tables(vec![table(
        "t",
        true,
        &[("a", "1"), ("b", "2"), ("A", "3")],
    )]);

    let found = Prepared::of(&twice).diagnostics().to_vec();

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, "SL0501");
    assert_eq!(found[0].path, "resources.tables[0].rows[2]");
    assert!(found[0].message.contains("`A`"), "{}", found[0].message);
    assert_eq!(codes_of(&twice, "Lookup(\"t\", c)"), ["SL0244"]);
    let exact = tables(vec![table("t", false, &[("a", "1"), ("A", "3")])]);
    assert_eq!(Prepared::of(&exact).diagnostics(), []);
}

#[test]
fn limits_have_codes_of_their_own() {
    let found = |resources: Resources| -> Vec<String> {
        let all = Prepared::of(&resources).diagnostics().to_vec();
        all.into_iter().map(|d| d.code).collect()
    };
    let many: Vec<String> = (0..=ROWS_MAX).map(|n| n.to_string()).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|k| (&**k, "")).collect();
    let large = "x".repeat(TABLE_BYTES_MAX - 8);
    let named = |name: &str| table(name, false, &[("a", &large)]);

    assert_eq!(found(tables(vec![table("t", false, &many)])), ["SL0502"]);
    assert_eq!(
        found(tables(vec![table("t", false, &[("abc", &large)])])),
        ["SL0503"]
    );
    assert_eq!(found(tables(vec![named("")])), ["SL0505"]);
    assert_eq!(found(tables(vec![named("a"), named("a")])), ["SL0104"]);
    let three = tables(vec![named("a"), named("b"), named("c")]);
    assert_eq!(found(three.clone()), Vec::<String>::new());
    let use_of = |names: &[&str]| {
        let calls = names.iter().map(|n| format!("Lookup(\"{n}\", c)"));
        calls.collect::<Vec<_>>().join(" ?? ")
    };
    assert_eq!(codes_of(&three, &use_of(&["a", "b"])), Vec::<String>::new());
    assert_eq!(codes_of(&three, &use_of(&["a", "b", "c"])), ["SL0504"]);
}

#[test]
fn a_changed_row_changes_the_meaning_and_the_order_of_rows_does_not() {
    let meaning = |rows: &[(&str, &str)]| {
        let resources = tables(vec![table("t", false, rows)]);
        let source = ExprSource::Text("Lookup(\"t\", c)".to_owned());
        part::check_expression(&env(&resources), &source).meaning()
    };

    let one = meaning(&[("a", "1"), ("b", "2")]);

    assert_eq!(one, meaning(&[("b", "2"), ("a", "1")]));
    assert_ne!(one, meaning(&[("a", "1"), ("b", "3")]));
}

#[test]
fn the_tables_that_a_source_names_are_told() {
    let of = |text, dialect| uses(&source(text, dialect)).tables;
    let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();

    assert_eq!(
        of(
            "$\"{Lookup(\"a\", c)} {Lookup( \"b\", c)}\"",
            Dialect::Csharp
        ),
        names(&["a", "b"])
    );
    assert_eq!(
        of(
            "IIF(IsPresent([c]), Lookup(\"a\", [c]), \"Lookup\")",
            Dialect::Entra
        ),
        names(&["a"])
    );
    let rule = serde_json::json!({"if": "Lookup(\"a\", c) == null", "then": {"expr": "Lookup(\"b\", [c])", "dialect": "entra"}, "else": {"expr": "c"}});
    let rule = ExprSource::Rule {
        rule,
        dialect: Dialect::Csharp,
    };
    assert_eq!(uses(&rule).tables, names(&["a", "b"]));
}

#[test]
fn both_dialects_call_a_table_by_name() {
    let all = countries();
    let env = env(&all);
    let entra = "Lookup(\"countries\", [c])";

    let said = crate::printer::convert(&env, &source(entra, Dialect::Entra), Dialect::Csharp);

    let expected = source("Lookup(\"countries\", c)", Dialect::Csharp);
    assert_eq!(said, Ok(expected.clone()));
    let back = crate::printer::convert(&env, &expected, Dialect::Entra);
    assert_eq!(back, Ok(source(entra, Dialect::Entra)));
}

#[test]
fn a_parameter_with_a_value_is_a_literal() {
    let with = |value: &str| Resources {
        parameters: BTreeMap::from([("Domain.FQDN".to_owned(), value.to_owned())]),
        ..Resources::default()
    };
    let meaning = |resources: &Resources, text: &str, dialect| {
        let part = part::check_expression(&env(resources), &source(text, dialect));
        assert!(part.ok(), "{:?}", part.diagnostics);
        assert!(part.tables.slots.is_empty(), "it needs no column");
        part.meaning()
    };
    let literal = meaning(
        &Resources::default(),
        "\"x@\" + \"a.test\"",
        Dialect::Csharp,
    );

    let read = meaning(&with("a.test"), "\"x@\" + %Domain.FQDN%", Dialect::Csharp);
    let entra = meaning(&with("a.test"), "\"x@\" & %Domain.FQDN%", Dialect::Entra);
    let other = meaning(&with("b.test"), "\"x@\" + %Domain.FQDN%", Dialect::Csharp);

    assert_eq!((&read, &entra), (&literal, &literal));
    assert_ne!(read, other);
}

#[test]
fn a_parameter_that_cannot_be_is_told_at_its_name() {
    for (name, value, code) in [
        ("Domain FQDN", "", "SL0505"),
        ("a..b", "", "SL0505"),
        ("1", "", "SL0505"),
        ("long", &"x".repeat(PARAMETER_CHARS_MAX + 1), "SL0007"),
    ] {
        let resources = Resources {
            parameters: BTreeMap::from([(name.to_owned(), value.to_owned())]),
            ..Resources::default()
        };

        let prepared = Prepared::of(&resources);

        let found = &prepared.diagnostics()[0];
        assert_eq!(
            (found.code.as_str(), &found.path),
            (code, &format!("resources.parameters.{name}"))
        );
    }
}

#[test]
fn a_named_expression_sees_no_parameter_of_the_profile() {
    let resources = Resources {
        expressions: vec![NamedExpression {
            name: "Address".into(),
            expr: "\"x@\" + %Domain%".into(),
            ..NamedExpression::default()
        }],
        parameters: BTreeMap::from([("Domain".to_owned(), "a.test".to_owned())]),
        ..Resources::default()
    };

    let prepared = Prepared::of(&resources);

    assert_eq!(prepared.diagnostics()[0].code, "SL0106");
}
