//! `test`: the cases stored with rules, one line a case.
//!
//! Invariants: what a case is held against came out of the sandbox, and the interpreter gave the same; all cases of all
//! files are told before the exit status is known; a rule that does not compile fails all of its cases.

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::{Value as Json, json};
use syncline_model::rules::{RuleValue, Span};
use syncline_rules::RUNTIME_WASM;
use syncline_rules::cases::{CaseFile, Expected, Got, Left, Prepared, prepare, read, said};
use syncline_rules::diag::{Diagnostic, place, render};
use syncline_rules::request::ExprSource;
use syncline_sandbox::{Answer, BatchInput, Column, Compiler, In, Program};

use crate::check::source_at;

/// What became of a case.
struct Told {
    rule: String,
    case: String,
    path: String,
    expected: Json,
    /// None where the rule does not compile.
    got: Option<Json>,
    ok: bool,
    /// Line and column of the rule that the answer is about.
    at: String,
}

/// Runs the cases of the files; true when all hold.
///
/// # Errors
///
/// When a file cannot be read, or the evaluators do not agree.
pub fn run(files: &[impl AsRef<Path>], json: bool, out: &mut impl Write) -> anyhow::Result<bool> {
    let compiler = compiler()?;
    let (mut count, mut failed) = (0, 0);
    let mut all = Vec::new();
    let mut diagnostics = Vec::new();
    for file in files {
        let name = file.as_ref().display().to_string();
        let document = open(file.as_ref())?;
        for index in 0..document.rules.len() {
            let rule = prepare(&document, index).with_context(|| wrong(&name))?;
            let told = told(&compiler, &rule)?;
            count += told.len();
            failed += told.iter().filter(|told| !told.ok).count();
            let found = found(&rule);
            if json {
                all.extend(told.iter().map(|told| as_json(&name, told)));
                let found = found.into_iter().map(|(_, found)| found);
                diagnostics.extend(found.map(|found| json!({ "file": name, "diagnostic": found })));
                continue;
            }
            for (source, found) in found {
                writeln!(out, "{}", render(&name, &source, &found))?;
            }
            for told in &told {
                line(&name, told, out)?;
            }
        }
    }
    if json {
        let report = json!({
            "ok": failed == 0, "count": count, "failed": failed, "cases": all, "diagnostics": diagnostics,
        });
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        let many = if count == 1 { "case" } else { "cases" };
        writeln!(out, "{count} {many}, {failed} failed")?;
    }
    out.flush()?;
    Ok(failed == 0)
}

/// The compiler of both commands.
pub(crate) fn compiler() -> anyhow::Result<Compiler> {
    Compiler::new(RUNTIME_WASM).context("the rule runtime could not be compiled")
}

/// The document in a file.
pub(crate) fn open(file: &Path) -> anyhow::Result<CaseFile> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    read(&text).with_context(|| wrong(&name))
}

pub(crate) fn wrong(name: &str) -> String {
    format!("{name} is no document of rules with cases")
}

/// What was found in a rule that does not compile, each with its text.
fn found(rule: &Prepared<'_>) -> Vec<(String, Diagnostic)> {
    if rule.checked.ok() {
        return Vec::new();
    }
    let found = rule.checked.diagnostics.iter().cloned();
    found
        .map(|found| {
            let path = match found.path.as_str() {
                "" => rule.path.clone(),
                path => format!("{}.{path}", rule.path),
            };
            let source = source_at(&rule.source, &found.path);
            (source, Diagnostic { path, ..found })
        })
        .collect()
}

/// The program of a rule without errors.
pub(crate) fn program(compiler: &Compiler, rule: &Prepared<'_>) -> anyhow::Result<Program> {
    let emitted = rule.checked.emit();
    let program = compiler.program(emitted.manifest, &emitted.wasm);
    program.with_context(|| {
        format!(
            "{} (`{}`) cannot be compiled; split it",
            rule.path, rule.rule.name
        )
    })
}

fn told(compiler: &Compiler, rule: &Prepared<'_>) -> anyhow::Result<Vec<Told>> {
    let answers = match rule.checked.ok() {
        true => answers(&mut program(compiler, rule)?, rule)?,
        false => Vec::new(),
    };
    let mut answers = answers.into_iter();
    let cases = rule.rule.cases.iter().enumerate();
    let told = cases.map(|(index, case)| {
        let path = format!("{}.cases[{index}]", rule.path);
        let expected = Expected::of(case);
        let got = answers.next();
        if let Some(got) = &got {
            let again = rule.interpreted(index);
            ensure!(
                got.agrees(&again),
                "{path}: the sandbox gives {}, the interpreter {}; report this",
                got.to_json(),
                again.to_json()
            );
        }
        let ok = match (&expected, &got) {
            (Some(expected), Some(got)) => expected.holds(got, rule.attr()),
            _ => false,
        };
        let at = match &got {
            Some(Got::Failed { span, .. }) => match &rule.source {
                ExprSource::Rule { .. } => {
                    let (path, span) = rule.failing(index).unwrap_or_default();
                    located(rule, &path, span)
                }
                _ => located(rule, "", *span),
            },
            _ => rule.path.clone(),
        };
        Ok(Told {
            rule: rule.rule.name.clone(),
            case: case.name.clone(),
            path,
            expected: expected.map_or(Json::Null, |expected| expected.to_json()),
            got: got.map(|got| got.to_json()),
            ok,
            at,
        })
    });
    told.collect()
}

/// Path, line and column of a place of a rule.
fn located(rule: &Prepared<'_>, path: &str, span: Span) -> String {
    let start = place(&source_at(&rule.source, path), span.from);
    let path = match path {
        "" => rule.path.clone(),
        path => format!("{}.{path}", rule.path),
    };
    format!("{path}, line {}, column {}", start.line, start.column)
}

/// What the sandbox gives for each case.
fn answers(program: &mut Program, rule: &Prepared<'_>) -> anyhow::Result<Vec<Got>> {
    let cases = 0..rule.objects.len();
    let mut answers = Vec::new();
    // A call has one clock and one set of parameters, so that every case is a call of its own.
    for case in cases {
        let cells = rule.values(case);
        let columns = cells.iter().map(|cell| Column::Rows(vec![In::from(cell)]));
        let input = BatchInput {
            rows: 1,
            columns: columns.collect(),
        };
        let rows = program.run(&input)?.rows;
        let flow = rows.into_iter().next();
        let answer = flow.and_then(|row| row.flows.into_iter().next());
        answers.push(got(answer.unwrap_or(Answer::Null)));
    }
    Ok(answers)
}

fn got(answer: Answer) -> Got {
    match answer {
        Answer::Value(RuleValue::Null) | Answer::Null | Answer::Direct => Got::Null,
        Answer::Value(value) => Got::Value(value),
        Answer::AuthoritativeNull => Got::Flow(Left::AuthoritativeNull),
        Answer::Ignore => Got::Flow(Left::Ignore),
        Answer::Error(error) => Got::Failed {
            kind: error.kind,
            message: error.message,
            span: error.span,
        },
    }
}

fn as_json(file: &str, told: &Told) -> Json {
    json!({
        "file": file, "rule": told.rule, "case": told.case, "path": told.path, "ok": told.ok,
        "expected": told.expected, "got": told.got, "at": told.at,
    })
}

fn line(file: &str, told: &Told, out: &mut impl Write) -> anyhow::Result<()> {
    let Told { rule, case, .. } = told;
    if told.ok {
        return Ok(writeln!(out, "ok    {rule}: {case}")?);
    }
    writeln!(out, "FAIL  {rule}: {case}")?;
    writeln!(out, "        expected {}", said(&told.expected))?;
    match &told.got {
        Some(got) => writeln!(out, "        got      {}", said(got))?,
        None => writeln!(out, "        got      nothing: the rule does not compile")?,
    }
    writeln!(out, "        in {file}, {}", told.at)?;
    Ok(writeln!(out, "        for {}", told.path)?)
}
