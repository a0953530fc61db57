//! Every expression of an exported Entra Connect configuration compiles.
//!
//! Source: tests/entra-connect/expressions.json, made by the script beside it.

use std::collections::BTreeMap;

use serde::Deserialize;
use syncline_model::rules::{AttrType, Dialect, RuleType};
use syncline_rules::request::ExprSource;
use syncline_rules::{Env, part};

#[derive(Deserialize)]
struct Expression {
    rule: String,
    to: String,
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

#[test]
fn every_expression_of_the_vendors_rules_compiles() {
    let expressions: Vec<Expression> =
        serde_json::from_str(include_str!("entra-connect/expressions.json")).unwrap();
    assert_eq!(expressions.len(), 86);

    let mut wrong = Vec::new();
    for expression in &expressions {
        let mut env = Env::default();
        for (name, ty) in &expression.reads {
            env.source.insert(name.clone(), attr(ty));
        }
        for name in &expression.parameters {
            let text = AttrType::required(RuleType::String);
            env.parameters.insert(name.clone(), text);
        }
        let source = ExprSource::Expr {
            expr: expression.expr.clone(),
            dialect: Dialect::Entra,
        };
        let checked = part::check_expression(&env, &source);
        let errors = checked.diagnostics.iter().filter(|d| d.is_error());
        let errors: Vec<String> = errors
            .map(|d| format!("{}: {}", d.code, d.message))
            .collect();
        if !errors.is_empty() {
            let Expression { rule, to, expr, .. } = expression;
            wrong.push(format!(
                "{rule} -> {to}: {expr}\n    {}",
                errors.join("\n    ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} do not:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
