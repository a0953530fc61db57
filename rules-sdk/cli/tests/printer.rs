//! The printer: every example of the library and of the guides, and the vendor's rules, in the other dialect.
//!
//! Invariants: nothing is asked of the printer but what it gives; both evaluators say whether it means the same.

mod common;
#[path = "common/guides.rs"]
mod guides;
#[path = "common/said.rs"]
mod said;

use std::collections::BTreeMap;

use said::{Case, example, in_dialect, other, spoken, text};
use serde_json::Value as Json;
use syncline_model::rules::{AttrType, Dialect, RuleType, RuleValue, SlotSource};
use syncline_rules::request::ExprSource;
use syncline_rules::{Env, printer};

/// Every example: its source and its object.
fn examples() -> Vec<(ExprSource, BTreeMap<String, Json>)> {
    let mut all = Vec::new();
    for entry in syncline_rules::stdlib::entries() {
        for example in entry.examples {
            let input = serde_json::from_str(example.input).unwrap();
            all.push((text(example.expr, entry.dialect()), input));
        }
    }
    for block in guides::guides() {
        let dialect = match block.dialect.as_str() {
            "entra" => Dialect::Entra,
            _ => Dialect::Csharp,
        };
        for (object, gives) in block.said {
            if !gives
                .as_str()
                .is_some_and(|word| word.starts_with("refused"))
            {
                let input = serde_json::from_value(object).unwrap();
                all.push((text(&block.expr, dialect), input));
            }
        }
    }
    all
}

fn dialect_of(source: &ExprSource) -> Dialect {
    match source {
        ExprSource::Expr { dialect, .. } => *dialect,
        _ => Dialect::Csharp,
    }
}

#[test]
fn every_example_means_the_same_in_the_other_dialect_or_is_refused() {
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for (source, input) in examples() {
        let dialect = dialect_of(&source);
        for optional in [false, true] {
            let Some(case) = example(&source, &input, optional) else {
                continue;
            };
            let found = in_dialect(&case, other(dialect));
            if let Err(found) = &found {
                // C# has no word for the reference that a pragma names.
                assert!(
                    dialect == Dialect::Csharp || spoken(&source).starts_with("#pragma"),
                    "{}\n{found:#?}",
                    spoken(&source)
                );
                let is_told = found.iter().all(|d| d.code.starts_with("SL04"));
                assert!(is_told && !found.is_empty(), "{found:#?}");
            }
            if !optional {
                let (all, said) = counts.entry(dialect.as_str()).or_default();
                *all += 1;
                *said += u32::from(found.is_ok());
            }
        }
    }

    let line = |what: &str, to: &str, dialect: &str| {
        let (all, said) = counts[dialect];
        format!("| {all} examples of {what} | {to} | {said} |")
    };
    let lines = [
        line(
            "Entra's functions, in the reference and on this page",
            "C#, and back",
            "entra",
        ),
        line(
            "C#, in the reference and in the guides",
            "Entra, and back",
            "csharp",
        ),
    ];
    let page = page();
    let are_said = lines.iter().all(|line| page.contains(line));
    assert!(are_said, "the page must say:\n{}", lines.join("\n"));
}

fn page() -> String {
    std::fs::read_to_string(guides::docs().join("rules-from-entra-connect.md")).unwrap()
}

/// The examples of the page's table of what cannot be said in Entra's functions.
#[test]
fn what_the_page_calls_refused_is_refused() {
    let optional = AttrType::optional;
    let env = Env {
        source: [
            ("i", AttrType::required(RuleType::Int)),
            ("n", optional(RuleType::Long)),
            ("sn", AttrType::required(RuleType::String)),
            ("mail", optional(RuleType::String)),
            (
                "l",
                AttrType {
                    nullable: false,
                    ..AttrType::list(RuleType::String)
                },
            ),
        ]
        .map(|(name, attr)| (name.to_owned(), attr))
        .into(),
        target_image: [("mail".to_owned(), optional(RuleType::String))].into(),
        ..Env::default()
    };
    let page = page();
    let (_, table) = page
        .split_once("| What | Example | Why |\n| --- | --- | --- |\n")
        .unwrap();
    let rows: Vec<&str> = table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert!(rows.len() > 10);
    for row in rows {
        let expr = row.split(" | ").nth(1).unwrap().trim_matches('`');
        let source = text(expr, Dialect::Csharp);
        let part = syncline_rules::part::check_expression(&env, &source);
        assert!(part.ok(), "{row}\n{:#?}", part.diagnostics);

        let found = printer::convert(&env, &source, Dialect::Entra).expect_err(row);

        assert_eq!(found[0].code, "SL0401", "{row}\n{found:#?}");
        assert!(found[0].span.to > found[0].span.from, "{row}\n{found:#?}");
    }
}

#[test]
fn formatting_changes_no_answer_and_nothing_a_second_time() {
    let mut lost = Vec::new();
    for (source, input) in examples() {
        let (expr, dialect) = (spoken(&source), dialect_of(&source));
        match printer::fmt::text(expr, dialect) {
            Ok(formatted) => {
                assert_eq!(
                    printer::fmt::text(&formatted, dialect).as_ref(),
                    Ok(&formatted)
                );
                if let Some(case) = example(&source, &input, false) {
                    let formatted = text(&formatted, dialect);
                    assert_eq!(
                        said::answers(&case, &formatted),
                        said::answers(&case, &source)
                    );
                }
            }
            Err(found) => lost.push(format!("{expr}: {}", found[0].message)),
        }
    }

    let is_told = |why: &String| why.contains("formatting would lose");
    assert!(lost.iter().all(is_told) && lost.len() < 12, "{lost:#?}");
}

#[derive(serde::Deserialize)]
struct Expression {
    expr: String,
    reads: BTreeMap<String, String>,
    parameters: Vec<String>,
}

fn attr(text: &str) -> AttrType {
    let ty = match text.trim_end_matches(['?', '[', ']']) {
        "bool" => RuleType::Bool,
        "long" => RuleType::Long,
        "binary" => RuleType::Binary,
        _ => RuleType::String,
    };
    AttrType {
        ty,
        nullable: true,
        multi: text.ends_with("[]"),
    }
}

/// The n-th value for an attribute: absent, empty, and such as the rules ask for.
fn value(attr: AttrType, n: usize) -> RuleValue {
    const TEXTS: &[&str] = &[
        "",
        " Ann Lee ",
        "CAS_{1}",
        "MSOL_x",
        "a@contoso.com",
        "SMTP:a@x",
        "cn=Ann\\0ACNF:1,dc=x",
        "User",
        "x_y",
    ];
    let one = |n: usize| match attr.ty {
        RuleType::Bool => RuleValue::Bool(n.is_multiple_of(2)),
        RuleType::Long => RuleValue::Long([0, 2, 514, 50_001, -2_147_483_646, 1 << 40][n % 6]),
        RuleType::Binary => RuleValue::Binary(vec![[0, 1, 5][n % 3]; [12, 16, 28][n % 3]]),
        _ => RuleValue::String(TEXTS[n % TEXTS.len()].to_owned()),
    };
    match (n % 5, attr.multi) {
        (0, _) => RuleValue::Null,
        (rest, true) => RuleValue::List((0..rest - 1).map(|more| one(n + more)).collect()),
        _ => one(n),
    }
}

#[test]
fn the_vendors_rules_answer_the_same_in_csharp() {
    let expressions = include_str!("../../lang/tests/entra-connect/expressions.json");
    let expressions: Vec<Expression> = serde_json::from_str(expressions).unwrap();
    let all = expressions.len();
    let line = format!("| {all} expressions of Entra Connect's own rules | C#, and back | {all} |");
    assert!(page().contains(&line), "the page must say:\n{line}");
    for expression in &expressions {
        let mut env = Env::default();
        for (name, ty) in &expression.reads {
            env.source.insert(name.clone(), attr(ty));
        }
        for name in &expression.parameters {
            let text = AttrType::required(RuleType::String);
            env.parameters.insert(name.clone(), text);
        }
        let row = |n: usize| {
            let attributes = env.source.iter().enumerate();
            let attributes = attributes.map(|(at, (name, attr))| {
                let value = value(*attr, n * (at + 1) + at * 3);
                (SlotSource::Attribute(name.clone()), value)
            });
            let parameters = env.parameters.keys().map(|name| {
                let value = RuleValue::String("contoso.com".to_owned());
                (SlotSource::Parameter(name.clone()), value)
            });
            attributes.chain(parameters).collect()
        };
        let case = Case {
            rows: (0..30).map(row).collect(),
            source: text(&expression.expr, Dialect::Entra),
            env,
        };

        let csharp = in_dialect(&case, Dialect::Csharp);

        assert!(csharp.is_ok(), "{}\n{csharp:?}", expression.expr);
    }
}
