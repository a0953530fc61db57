//! `fmt` and `convert`: texts in their canonical form, in the other dialect, as a tree or as a text.
//!
//! Invariants: standard output holds what was asked for and nothing else; where one text of a file is refused nothing of
//! the file is printed, and the diagnostics say why.

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize as _;
use serde_json::{Value as Json, json};
use syncline_model::rules::Dialect;
use syncline_rules::diag::{Diagnostic, render};
use syncline_rules::request::ExprSource;
use syncline_rules::{Env, printer};

use crate::check;
use crate::eval::sound_resources;

/// The form of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// One expression or block.
    Text,
    /// Nested if / then / else.
    Tree,
}

/// A dialect, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Named {
    /// C#.
    Csharp,
    /// Entra Connect and Entra provisioning.
    Entra,
}

impl From<Named> for Dialect {
    fn from(named: Named) -> Self {
        match named {
            Named::Csharp => Self::Csharp,
            Named::Entra => Self::Entra,
        }
    }
}

/// What `convert` is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The dialect; none = as it is.
    pub to: Option<Dialect>,
    /// The form; none = as it is.
    pub form: Option<Form>,
}

/// A rule as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The rule.
    pub source: ExprSource,
    /// The document around it, where it is JSON.
    document: Option<Json>,
    /// Its line, where each line of the file has one.
    line: Option<usize>,
}

impl Rule {
    /// Where it stands, for people.
    fn place(&self, file: &str) -> String {
        match self.line {
            Some(line) => format!("{file}, line {line}"),
            None => file.to_owned(),
        }
    }
}

/// Formats a file; standard input without one. True when nothing was refused.
///
/// # Errors
///
/// When the file cannot be read.
pub fn format(
    file: Option<&PathBuf>,
    dialect: Option<Dialect>,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let name = name_of(file);
    let rules = rules(file, dialect.unwrap_or_default())?;
    let rewritten = rules.into_iter().map(|rule| {
        let said = printer::fmt::source(&rule.source);
        (rule, said)
    });
    all_or_none(&name, rewritten, out)
}

/// Converts a file; standard input without one. True when nothing was refused.
///
/// # Errors
///
/// When the file or the schema cannot be read.
pub fn convert(
    file: Option<&PathBuf>,
    (wanted, dialect): (Wanted, Option<Dialect>),
    (schema, resources): (Option<&Path>, Option<&Path>),
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let other = match wanted.to {
        Some(Dialect::Csharp) => Dialect::Entra,
        _ => Dialect::Csharp,
    };
    let schema = schema.map(check::read_schema).transpose()?;
    let resources = resources.map(sound_resources).transpose()?;
    let name = name_of(file);
    let mut rewritten = Vec::new();
    for rule in rules(file, dialect.unwrap_or(other))? {
        let mut env = Env {
            source: schema.clone().unwrap_or_default(),
            resources: resources.clone().unwrap_or_default(),
            ..Env::default()
        };
        if let Some(document) = &rule.document {
            check::declare(&mut env, document)?;
        }
        let said = converted(&env, &rule.source, wanted);
        rewritten.push((rule, said));
    }
    all_or_none(&name, rewritten, out)
}

/// Prints the rules of a file, or says of each that was refused why it was.
fn all_or_none(
    name: &str,
    rewritten: impl IntoIterator<Item = (Rule, Result<ExprSource, Vec<Diagnostic>>)>,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let mut done = Vec::new();
    let mut is_whole = true;
    for (rule, said) in rewritten {
        match said {
            Ok(source) => done.push(Rule { source, ..rule }),
            Err(found) => {
                refused(&rule.place(name), &rule.source, &found);
                is_whole = false;
            }
        }
    }
    if is_whole {
        print(&done, out)?;
    }
    Ok(is_whole)
}

/// A rule in the dialect and the form that are wanted.
///
/// # Errors
///
/// Why it cannot be.
pub fn converted(
    env: &Env,
    source: &ExprSource,
    wanted: Wanted,
) -> Result<ExprSource, Vec<Diagnostic>> {
    let own = match source {
        ExprSource::Text(_) => Dialect::Csharp,
        ExprSource::Expr { dialect, .. } | ExprSource::Rule { dialect, .. } => *dialect,
    };
    let to = wanted.to.unwrap_or(own);
    if let (ExprSource::Rule { rule, dialect }, Some(Form::Text)) = (source, wanted.form) {
        return printer::tree_to_text(env, rule, *dialect, to);
    }
    let said = printer::convert(env, source, to)?;
    match (&said, wanted.form) {
        (ExprSource::Text(text) | ExprSource::Expr { expr: text, .. }, Some(Form::Tree)) => {
            printer::text_to_tree(env, text, to)
        }
        _ => Ok(said),
    }
}

fn name_of(file: Option<&PathBuf>) -> String {
    file.map_or("standard input".to_owned(), |file| {
        file.display().to_string()
    })
}

/// The rules of a file: one text, one JSON document, or one of them a line.
fn rules(file: Option<&PathBuf>, dialect: Dialect) -> anyhow::Result<Vec<Rule>> {
    let name = name_of(file);
    let text = match file {
        Some(file) => {
            std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?
        }
        None => {
            let mut text = String::new();
            let read = std::io::stdin().read_to_string(&mut text);
            read.context("standard input cannot be read")?;
            text
        }
    };
    let document = |text: &str, place: &str| -> anyhow::Result<Rule> {
        let value: Json =
            serde_json::from_str(text).with_context(|| format!("{place} is no JSON"))?;
        rule_of(value, dialect).with_context(|| place.to_owned())
    };
    if name.ends_with(".jsonl") {
        let lines = (1..).zip(text.lines());
        let lines = lines.filter(|(_, line)| !line.trim().is_empty());
        let rule = |(number, line): (usize, &str)| {
            let rule = document(line, &format!("{name}, line {number}"))?;
            let line = Some(number);
            Ok(Rule { line, ..rule })
        };
        return lines.map(rule).collect();
    }
    if name.ends_with(".json") || file.is_none() && text.trim_start().starts_with("{\"") {
        return Ok(vec![document(&text, &name)?]);
    }
    let source = ExprSource::Expr {
        expr: text.trim_end().to_owned(),
        dialect,
    };
    Ok(vec![Rule {
        source,
        document: None,
        line: None,
    }])
}

fn rule_of(document: Json, dialect: Dialect) -> anyhow::Result<Rule> {
    let own = document.get("dialect").map(Dialect::deserialize);
    let own = own.transpose().context("there is no such dialect")?;
    let dialect = own.unwrap_or(dialect_of(&document, dialect));
    let source = match (
        document.get("expr").and_then(Json::as_str),
        document.get("rule"),
    ) {
        (Some(expr), None) => ExprSource::Expr {
            expr: expr.to_owned(),
            dialect,
        },
        (None, Some(rule)) => ExprSource::Rule {
            rule: rule.clone(),
            dialect,
        },
        (None, None) if document.get("if").is_some() => ExprSource::Rule {
            rule: document.clone(),
            dialect,
        },
        _ => anyhow::bail!("a document has exactly one of `expr`, `rule` and `if`"),
    };
    Ok(Rule {
        source,
        document: Some(document),
        line: None,
    })
}

/// A document with `expr` or `rule` that names no dialect is C#, as everywhere; a bare tree is what the command says.
fn dialect_of(document: &Json, dialect: Dialect) -> Dialect {
    match document.get("if") {
        Some(_) => dialect,
        None => Dialect::default(),
    }
}

fn print(rules: &[Rule], out: &mut impl Write) -> anyhow::Result<()> {
    for rule in rules {
        let Some(document) = &rule.document else {
            match &rule.source {
                ExprSource::Text(text) | ExprSource::Expr { expr: text, .. } => {
                    writeln!(out, "{text}")?;
                }
                ExprSource::Rule { rule, .. } => {
                    writeln!(out, "{}", serde_json::to_string_pretty(rule)?)?;
                }
            }
            continue;
        };
        let is_bare = document.get("if").is_some();
        let document = match (&rule.source, is_bare) {
            (ExprSource::Rule { rule, .. }, true) => rule.clone(),
            (ExprSource::Text(text) | ExprSource::Expr { expr: text, .. }, true) => {
                writeln!(out, "{text}")?;
                continue;
            }
            (source, false) => replaced(document, source),
        };
        writeln!(out, "{document}")?;
    }
    out.flush()?;
    Ok(())
}

/// The document with another rule in it.
fn replaced(document: &Json, source: &ExprSource) -> Json {
    let mut document = document.clone();
    let Some(map) = document.as_object_mut() else {
        return document;
    };
    map.remove("expr");
    map.remove("rule");
    map.remove("dialect");
    let dialect = match source {
        ExprSource::Text(text) => {
            map.insert("expr".to_owned(), json!(text));
            Dialect::Csharp
        }
        ExprSource::Expr { expr, dialect } => {
            map.insert("expr".to_owned(), json!(expr));
            *dialect
        }
        ExprSource::Rule { rule, dialect } => {
            map.insert("rule".to_owned(), rule.clone());
            *dialect
        }
    };
    if !dialect.is_default() {
        map.insert("dialect".to_owned(), json!(dialect.as_str()));
    }
    document
}

fn refused(name: &str, source: &ExprSource, found: &[Diagnostic]) {
    for diagnostic in found {
        let text = match source {
            ExprSource::Text(text) | ExprSource::Expr { expr: text, .. } => text.clone(),
            ExprSource::Rule { rule, .. } => {
                check::text_at(&json!({ "rule": rule }), &diagnostic.path)
            }
        };
        eprintln!("{}", render(name, &text, diagnostic));
    }
}
