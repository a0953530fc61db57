//! Every expression of an exported Entra Connect configuration is said in C#, and again in its own dialect.
//!
//! Source: tests/entra-connect/expressions.json, made by the script beside it.

use std::collections::BTreeMap;

use serde::Deserialize;
use syncline_model::rules::{AttrType, Dialect, RuleType};
use syncline_rules::request::ExprSource;
use syncline_rules::{Env, printer};

#[derive(Deserialize)]
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

fn env(expression: &Expression) -> Env {
    let mut env = Env::default();
    for (name, ty) in &expression.reads {
        env.source.insert(name.clone(), attr(ty));
    }
    for name in &expression.parameters {
        let text = AttrType::required(RuleType::String);
        env.parameters.insert(name.clone(), text);
    }
    env
}

fn expressions() -> Vec<Expression> {
    serde_json::from_str(include_str!("entra-connect/expressions.json")).unwrap()
}

/// The expression in a dialect, or why not.
fn said(env: &Env, expr: &str, from: Dialect, to: Dialect) -> Result<String, String> {
    let source = ExprSource::Expr {
        expr: expr.to_owned(),
        dialect: from,
    };
    match printer::convert(env, &source, to) {
        Ok(ExprSource::Expr { expr, .. }) => Ok(expr),
        Ok(other) => panic!("{other:?}"),
        Err(found) => Err(found
            .iter()
            .map(|d| {
                format!(
                    "{} {:?} {} {}",
                    d.code,
                    d.span,
                    d.message,
                    d.note.as_deref().unwrap_or("")
                )
            })
            .collect::<Vec<_>>()
            .join("\n    ")),
    }
}

#[test]
fn every_expression_of_the_vendors_rules_is_said_in_csharp_and_back() {
    let mut lines = String::new();
    for expression in expressions() {
        let env = env(&expression);
        let csharp = said(&env, &expression.expr, Dialect::Entra, Dialect::Csharp);
        let back = csharp
            .clone()
            .and_then(|csharp| said(&env, &csharp, Dialect::Csharp, Dialect::Entra));
        let line = |said: &Result<String, String>| match said {
            Ok(text) => text.clone(),
            Err(why) => format!("NOT: {why}"),
        };
        lines += &format!(
            "{}\n  {}\n  {}\n",
            expression.expr,
            line(&csharp),
            line(&back)
        );
    }
    insta::assert_snapshot!(lines);
}
