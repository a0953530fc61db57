//! `check`: every diagnostic of every file, as source frames or JSON.
//!
//! Invariants: all files are read and all diagnostics printed before the exit status is known; without a schema an
//! unknown name is an optional text, because nothing says otherwise.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use serde::Deserialize as _;
use serde_json::{Value as Json, json};
use syncline_model::rules::Dialect;
use syncline_rules::diag::{Diagnostic, place, render};
use syncline_rules::request::{CompileRequest, ExprSource, Schema};
use syncline_rules::resources::{Prepared, Resources};
use syncline_rules::{Env, part};

use crate::values;

/// What the command line says besides the files.
struct Given {
    schema: Option<Schema>,
    resources: Arc<Prepared>,
    strict: bool,
}

/// A source with what was found in it.
struct Finding {
    source: String,
    diagnostic: Diagnostic,
}

/// How files are checked and what is printed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// A file of the attributes and their types.
    pub schema: Option<&'a Path>,
    /// A file of the lookup tables and named expressions that expressions may use.
    pub resources: Option<&'a Path>,
    /// What may fail is an error, whatever the files say.
    pub strict: bool,
    /// JSON instead of source frames.
    pub json: bool,
}

/// Checks the files; true when none has an error.
pub fn run(
    files: &[impl AsRef<Path>],
    wanted: Wanted<'_>,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let Wanted { json, strict, .. } = wanted;
    let mut ok = true;
    let mut all = Vec::new();
    let mut found = Vec::new();
    let given = Given {
        strict,
        schema: wanted.schema.map(read_schema).transpose()?,
        resources: match wanted.resources {
            Some(path) => {
                let prepared = read_resources(path)?;
                let mistakes = prepared.diagnostics().iter().cloned();
                let name = path.display().to_string();
                found.extend(mistakes.map(|diagnostic| (name.clone(), of_resources(diagnostic))));
                prepared
            }
            None => Arc::default(),
        },
    };
    for file in files {
        let file = file.as_ref();
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
        let findings = check_file(&name, &text, &given)?.into_iter();
        found.extend(findings.map(|finding| (name.clone(), finding)));
    }
    for (name, finding) in found {
        ok &= !finding.diagnostic.is_error();
        if json {
            all.push(as_json(&name, &finding));
        } else {
            writeln!(
                out,
                "{}",
                render(&name, &finding.source, &finding.diagnostic)
            )?;
        }
    }
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
    }
    out.flush()?;
    Ok(ok)
}

/// The resources of a file, prepared; their mistakes are in them.
pub(crate) fn read_resources(path: &Path) -> anyhow::Result<Arc<Prepared>> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    let resources: Resources =
        serde_json::from_str(&text).with_context(|| format!("{name} holds no resources"))?;
    Ok(Arc::new(Prepared::of(&resources)))
}

/// A mistake of a resource, which has no text to be shown in.
fn of_resources(diagnostic: Diagnostic) -> Finding {
    Finding {
        source: String::new(),
        diagnostic,
    }
}

pub(crate) fn read_schema(path: &Path) -> anyhow::Result<Schema> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let entries: BTreeMap<String, Json> = serde_json::from_str(&text)
        .with_context(|| format!("{} is no JSON object of types", path.display()))?;
    schema_of(&entries)
}

fn schema_of(entries: &BTreeMap<String, Json>) -> anyhow::Result<Schema> {
    entries
        .iter()
        .map(|(name, entry)| {
            Ok((
                name.clone(),
                values::schema_type(entry).with_context(|| format!("`{name}`"))?,
            ))
        })
        .collect()
}

fn as_json(file: &str, finding: &Finding) -> Json {
    let start = place(&finding.source, finding.diagnostic.span.from);
    let mut out = serde_json::to_value(&finding.diagnostic).unwrap_or_default();
    out["file"] = json!(file);
    out["line"] = json!(start.line);
    out["column"] = json!(start.column);
    out
}

fn check_file(name: &str, text: &str, given: &Given) -> anyhow::Result<Vec<Finding>> {
    if name.ends_with(".jsonl") {
        let mut out = Vec::new();
        for (number, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let value: Json = serde_json::from_str(line)
                .with_context(|| format!("{name}, line {} is no JSON", number + 1))?;
            out.extend(document(&value, given, &format!("line {}", number + 1))?);
        }
        return Ok(out);
    }
    if name.ends_with(".json") {
        let value: Json =
            serde_json::from_str(text).with_context(|| format!("{name} is no JSON"))?;
        return document(&value, given, "");
    }
    Ok(expression(
        &ExprSource::Text(text.to_owned()),
        &env(given),
        "",
    ))
}

fn env(given: &Given) -> Env {
    Env {
        source: given.schema.clone().unwrap_or_default(),
        resources: Arc::clone(&given.resources),
        open: given.schema.is_none(),
        strict: given.strict,
        ..Env::default()
    }
}

fn join(before: &str, after: &str) -> String {
    match (before.is_empty(), after.is_empty()) {
        (true, _) => after.to_owned(),
        (_, true) => before.to_owned(),
        _ => format!("{before}.{after}"),
    }
}

fn expression(source: &ExprSource, env: &Env, path: &str) -> Vec<Finding> {
    let checked = part::check_expression(env, source);
    (checked.diagnostics.into_iter())
        .map(|d| Finding {
            source: source_at(source, &d.path),
            diagnostic: Diagnostic {
                path: join(path, &d.path),
                ..d
            },
        })
        .collect()
}

/// The text of an expression, or the one at this path of its rule tree.
pub(crate) fn source_at(source: &ExprSource, path: &str) -> String {
    match source {
        ExprSource::Text(text) | ExprSource::Expr { expr: text, .. } => text.clone(),
        ExprSource::Rule { rule, .. } => text_at(&json!({ "rule": rule }), path),
    }
}

/// The text at a path such as `flows[2].rule.then.expr`.
pub(crate) fn text_at(root: &Json, path: &str) -> String {
    let mut at = root;
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let (name, index) = step.split_once('[').map_or((step, None), |(n, i)| {
            (n, i.trim_end_matches(']').parse().ok())
        });
        at = at.get(name).unwrap_or(&Json::Null);
        if let Some(index) = index {
            at = at.get::<usize>(index).unwrap_or(&Json::Null);
        }
    }
    at.as_str()
        .or_else(|| at.get("expr").and_then(Json::as_str))
        .unwrap_or_default()
        .to_owned()
}

/// A compile request, a profile, a line of `eval`, or one expression with its schema. What says `strict` is checked so.
fn document(value: &Json, given: &Given, path: &str) -> anyhow::Result<Vec<Finding>> {
    if value.get("parts").is_some() {
        let mut request: CompileRequest =
            serde_json::from_value(value.clone()).context("no compile request")?;
        request.strict |= given.strict;
        let (parts, resources) = part::check_all(&request);
        let mistakes = resources.diagnostics().iter().cloned();
        let mut out: Vec<Finding> = mistakes.map(of_resources).collect();
        for (index, part) in parts.into_iter().enumerate() {
            let root = &value["parts"][index];
            for diagnostic in part.diagnostics {
                let source = text_at(root, &diagnostic.path);
                let path = join(path, &join(&format!("parts[{index}]"), &diagnostic.path));
                out.push(Finding {
                    source,
                    diagnostic: Diagnostic { path, ..diagnostic },
                });
            }
        }
        return Ok(out);
    }
    let mut env = env(given);
    env.strict |= value.get("strict") == Some(&Json::Bool(true));
    declare(&mut env, value)?;
    let mut out = Vec::new();
    walk(value, &env, path, &mut out);
    Ok(out)
}

/// Adds what `schema` and `input` of a document say of the object.
pub(crate) fn declare(env: &mut Env, value: &Json) -> anyhow::Result<()> {
    let declared = ["schema", "input"]
        .iter()
        .filter_map(|key| value.get(*key).and_then(Json::as_object));
    for (name, entry) in declared.flatten() {
        let inner = value.get("schema").and_then(|s| s.get(name));
        let mut attr = match inner {
            Some(entry) => values::schema_type(entry).with_context(|| format!("`{name}`"))?,
            None => values::infer(entry).with_context(|| format!("`{name}`"))?,
        };
        attr.nullable |= value
            .get("input")
            .is_some_and(|input| input.get(name).is_none_or(Json::is_null));
        env.open = false;
        if let Some(parameter) = name.strip_prefix('%').and_then(|n| n.strip_suffix('%')) {
            env.parameters.insert(parameter.to_owned(), attr);
        } else if let Some(target) = name.strip_prefix("Target.") {
            env.target_image.insert(target.to_owned(), attr);
        } else {
            env.source.insert(name.clone(), attr);
        }
    }
    Ok(())
}

/// Every `expr` and `rule` of a document, wherever a profile holds them.
fn walk(value: &Json, env: &Env, path: &str, out: &mut Vec<Finding>) {
    match value {
        Json::Object(object) => {
            let dialect = object.get("dialect").map(Dialect::deserialize);
            let dialect = dialect.and_then(Result::ok).unwrap_or_default();
            // What a flow's default catches may fail.
            let default = object.get("default").and_then(Json::as_str);
            let default = default.filter(|_| object.contains_key("to"));
            let caught = Env {
                strict: env.strict && default.is_none(),
                ..env.clone()
            };
            if let Some(default) = default {
                let source = ExprSource::Expr {
                    expr: default.to_owned(),
                    dialect,
                };
                out.extend(expression(&source, env, &join(path, "default")));
            }
            if let Some(rule) = object.get("rule") {
                out.extend(expression(
                    &ExprSource::Rule {
                        rule: rule.clone(),
                        dialect,
                    },
                    &caught,
                    path,
                ));
            }
            if let Some(expr) = object.get("expr").and_then(Json::as_str) {
                out.extend(expression(
                    &ExprSource::Expr {
                        expr: expr.to_owned(),
                        dialect,
                    },
                    &caught,
                    &join(path, "expr"),
                ));
            }
            for (name, inner) in object
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "rule" | "schema" | "input"))
            {
                walk(inner, env, &join(path, name), out);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, env, &format!("{path}[{index}]"), out);
            }
        }
        _ => {}
    }
}
