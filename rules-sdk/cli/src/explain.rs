//! `explain`: the answer to each line, and every value on the way as a tree.
//!
//! Invariants: the answer comes out of the sandbox, the tree out of the interpreter; where they differ, that is said and
//! the command fails.

use std::io::{BufRead, Write};
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::{Value as Json, json};
use syncline_rules::explain::{self, Outcome, Step};
use syncline_rules::interp::Answer;
use syncline_rules::object::given;

use crate::eval::{Evaluator, Question, fitting, sound_resources};
use crate::values;

/// Characters of a value in the tree.
const VALUE_MAX: usize = 60;

/// An explained question.
pub struct Explained {
    /// The answer, as `eval` prints it.
    pub answer: Json,
    /// What the expression consists of; empty where it does not compile.
    pub steps: Vec<Step>,
}

/// Explains a question.
///
/// # Errors
///
/// When interpreter and sandbox do not agree.
pub fn explained(evaluator: &Evaluator, question: &Question) -> anyhow::Result<Explained> {
    let answer = evaluator.ask(question).answer;
    let none = |answer| Explained {
        answer,
        steps: Vec::new(),
    };
    let Some(dialect) = question.dialect() else {
        return Ok(none(answer));
    };
    let source = question.source(dialect)?;
    let now = question.now()?;
    let fit = fitting(
        (&question.input, &question.schema),
        &source,
        &evaluator.resources,
    )?;
    let value = |slot: &syncline_model::rules::Slot| given(&slot.source, &fit.row, now);
    let Ok(told) = explain::expression(&fit.env, &source, value) else {
        ensure!(
            answer.get("code").is_some(),
            "the sandbox answers {answer}, the expression does not compile for its explanation"
        );
        return Ok(none(answer));
    };
    let again = match &told.answer {
        Answer::Value(value) => json!({ "value": values::to_json(value) }),
        Answer::Null => json!({ "value": null }),
        Answer::AuthoritativeNull => json!({ "flow": "authoritative-null" }),
        Answer::Ignore => json!({ "flow": "ignore" }),
        Answer::Error { kind, span, .. } => {
            json!({ "error": kind.as_str(), "span": [span.from, span.to] })
        }
    };
    for (name, part) in again.as_object().into_iter().flatten() {
        ensure!(
            answer.get(name) == Some(part),
            "the sandbox answers {answer}, the interpreter {again}"
        );
    }
    Ok(Explained {
        answer,
        steps: told.steps,
    })
}

/// Explains every line of `input`.
///
/// # Errors
///
/// When a line cannot be read, or interpreter and sandbox do not agree.
pub fn run(
    input: impl BufRead,
    (json, resources): (bool, Option<&Path>),
    output: &mut impl Write,
) -> anyhow::Result<()> {
    let resources = resources.map(sound_resources).transpose()?;
    let evaluator = Evaluator::new()?.using(resources.unwrap_or_default());
    for line in input.lines() {
        let line = line.context("standard input cannot be read")?;
        if line.trim().is_empty() {
            continue;
        }
        let question: Question =
            serde_json::from_str(&line).context("the line cannot be read as a question")?;
        let told = explained(&evaluator, &question)?;
        if json {
            let mut answer = told.answer;
            answer["steps"] = serde_json::to_value(&told.steps)?;
            writeln!(output, "{answer}")?;
        } else {
            write!(output, "{}", tree(&told))?;
        }
        output.flush()?;
    }
    Ok(())
}

/// The tree as text: values in front, so that they stand below each other.
pub fn tree(told: &Explained) -> String {
    let mut out = format!("{}\n", told.answer);
    let mut lines = Vec::new();
    for step in &told.steps {
        collect(step, 0, &mut lines);
    }
    let width = lines.iter().map(|(text, _)| text.chars().count()).max();
    for (text, value) in lines {
        let pad = width.unwrap_or(0) - text.chars().count();
        out.push_str(&format!("{text}{:pad$}  {value}\n", ""));
    }
    out
}

fn collect(step: &Step, depth: usize, lines: &mut Vec<(String, String)>) {
    let at = match step.at.as_str() {
        "" => String::new(),
        at => format!("{at}: "),
    };
    let text = step.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = format!(
        "{:indent$}{at}{}",
        "",
        ends(&text),
        indent = 2 * (depth + 1)
    );
    let value = match &step.outcome {
        Outcome::Value(Json::Null) => "no value".to_owned(),
        Outcome::Value(value) => short(&value.to_string()),
        Outcome::Values(values) => {
            let values: Vec<String> = values.iter().map(Json::to_string).collect();
            short(&values.join(" | "))
        }
        Outcome::Failed(_) => "failed".to_owned(),
        Outcome::NotReached(_) => "not reached".to_owned(),
    };
    lines.push((text, value));
    for inner in &step.steps {
        collect(inner, depth + 1, lines);
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(VALUE_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A long text without its middle: chains of methods differ in their ends.
fn ends(text: &str) -> String {
    let count = text.chars().count();
    if count <= VALUE_MAX {
        return text.to_owned();
    }
    let half = VALUE_MAX / 2;
    let first: String = text.chars().take(half).collect();
    let last: String = text.chars().skip(count - half).collect();
    format!("{first}…{last}")
}
