//! `bench`: how long the rules of a document of cases take for an object, in the sandbox.
//!
//! Invariants: what is measured is compiled as for a run; nothing passes or fails by a time; what a rule gives is not
//! looked at, `test` does that.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;
use syncline_model::rules::{RuleValue, SlotSource};
use syncline_rules::cases::{Prepared, prepare};
use syncline_sandbox::{BatchInput, Column, Compiler, In, Program};

use crate::cases::{compiler, open, program, wrong};

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Objects of a batch: the inputs of the cases, again and again.
    pub rows: usize,
    /// Batches, of which the quickest counts.
    pub rounds: usize,
}

/// What was measured of a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Its name.
    pub rule: String,
    /// From the checked rule to a loaded program, in milliseconds.
    pub compile_ms: f64,
    /// For an object, packing it and reading the answer included, in nanoseconds.
    pub ns_per_object: f64,
    /// Fuel for an object.
    pub fuel_per_object: f64,
    /// Objects of a batch.
    pub rows: usize,
    /// How many different ones.
    pub inputs: usize,
}

/// Measures the rules of a file.
///
/// # Errors
///
/// When the file cannot be read, or a rule does not compile.
pub fn run(file: &Path, size: Size, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let name = file.display().to_string();
    let document = open(file)?;
    let compiler = compiler()?;
    let mut all = Vec::new();
    for index in 0..document.rules.len() {
        let rule = prepare(&document, index).with_context(|| wrong(&name))?;
        if let Some(found) = rule.checked.diagnostics.iter().find(|d| d.is_error()) {
            bail!(
                "{name}: {} (`{}`) does not compile: {} ({}); `syncline-rules test` shows where",
                rule.path,
                rule.rule.name,
                found.message,
                found.code
            );
        }
        all.push(measured(&compiler, &rule, size)?);
    }
    match json {
        true => writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?,
        false => write!(out, "{}", table(&all))?,
    }
    Ok(out.flush()?)
}

fn measured(compiler: &Compiler, rule: &Prepared<'_>, size: Size) -> anyhow::Result<Measured> {
    let start = Instant::now();
    let mut program = program(compiler, rule)?;
    let compile = start.elapsed();
    let objects: Vec<Vec<RuleValue>> = (0..rule.objects.len()).map(|n| rule.values(n)).collect();
    let rows = size.rows.max(1);
    let slots = program.manifest().slots.iter().enumerate();
    let columns = slots.map(|(slot, of)| match of.source {
        // One value for a batch, as in a run.
        SlotSource::Parameter(_) | SlotSource::Clock => {
            Column::Constant(In::from(&objects[0][slot]))
        }
        _ => {
            let cells = objects.iter().cycle().take(rows);
            Column::Rows(cells.map(|object| In::from(&object[slot])).collect())
        }
    });
    let input = BatchInput {
        rows,
        columns: columns.collect(),
    };
    // The first one makes the instance.
    once(&mut program, &input)?;
    let mut best = Duration::MAX;
    for _ in 0..size.rounds.max(1) {
        best = best.min(once(&mut program, &input)?);
    }
    Ok(Measured {
        rule: rule.rule.name.clone(),
        compile_ms: compile.as_secs_f64() * 1e3,
        ns_per_object: best.as_secs_f64() * 1e9 / rows as f64,
        fuel_per_object: program.fuel_used() as f64 / rows as f64,
        rows,
        inputs: objects.len(),
    })
}

fn once(program: &mut Program, input: &BatchInput<'_>) -> anyhow::Result<Duration> {
    let start = Instant::now();
    program.run(input)?;
    Ok(start.elapsed())
}

/// For people.
pub fn table(all: &[Measured]) -> String {
    let width = all.iter().map(|one| one.rule.chars().count()).max();
    let width = width.unwrap_or(0).max("rule".len());
    let mut out = format!(
        "{:width$}  {:>10}  {:>11}  {:>14}\n",
        "rule", "compile ms", "ns / object", "fuel / object"
    );
    for one in all {
        out.push_str(&format!(
            "{:width$}  {:>10.2}  {:>11.1}  {:>14.1}\n",
            one.rule, one.compile_ms, one.ns_per_object, one.fuel_per_object
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_all_rules_stand_below_each_other() {
        let one = |rule: &str, ns| Measured {
            rule: rule.to_owned(),
            compile_ms: 3.456,
            ns_per_object: ns,
            fuel_per_object: 120.0,
            rows: 100,
            inputs: 2,
        };

        let table = table(&[one("a", 41.25), one("a longer name", 1234.0)]);

        assert_eq!(
            table,
            "rule           compile ms  ns / object   fuel / object\n\
             a                    3.46         41.2           120.0\n\
             a longer name        3.46       1234.0           120.0\n"
        );
    }
}
