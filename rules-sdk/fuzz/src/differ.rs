//! Interpreter and sandbox on random parts and random objects, until time is up.

use std::time::{Duration, Instant};

use syncline_rules::RUNTIME_WASM;
use syncline_sandbox::Compiler;

use crate::case::Case;
use crate::pairs;
use crate::programs::parts::Written;
use crate::reached::Reached;
use crate::shrink::shrunk;

/// Refused programs that are kept to be shown.
const SHOWN: usize = 40;
/// After how many cases both dialects are compared.
const PAIRS_EVERY: u64 = 16;
/// Differences after which a thread ends.
const MOST: usize = 20;

/// A case in which the evaluators differ.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Which one.
    pub case: u64,
    /// Its programs, shrunk.
    pub programs: Vec<Written>,
    /// The seed of its objects, and how many.
    pub objects: (u64, usize),
    /// How they differ.
    pub what: String,
}

/// What was done and found.
#[derive(Debug, Default)]
pub struct Report {
    /// Parts evaluated.
    pub parts: u64,
    /// Programs in them.
    pub programs: u64,
    /// Rows evaluated.
    pub rows: u64,
    /// Answers compared.
    pub answers: u64,
    /// Programs that the checker refused.
    pub refused: u64,
    /// Some of them, with the reason.
    pub reasons: Vec<(Written, String)>,
    /// What was reached.
    pub reached: Reached,
    /// Differences.
    pub differences: Vec<Difference>,
    /// What was compared between the dialects.
    pub pairs: pairs::Report,
}

impl Report {
    /// Adds another.
    pub fn and(&mut self, other: Self) {
        self.parts += other.parts;
        self.programs += other.programs;
        self.rows += other.rows;
        self.answers += other.answers;
        self.refused += other.refused;
        self.reasons.extend(other.reasons);
        self.reached.and(&other.reached);
        self.differences.extend(other.differences);
        self.pairs.and(other.pairs);
    }
}

/// When a campaign ends.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// After so much time.
    Time(Duration),
    /// After so many cases.
    Cases(u64),
}

/// Cases `first`, `first + step`, … of a seed.
pub fn campaign(seed: u64, (first, step): (u64, u64), until: Until) -> anyhow::Result<Report> {
    let compiler = Compiler::new(RUNTIME_WASM)?;
    let begun = Instant::now();
    let mut report = Report::default();
    let mut n = first;
    while report.differences.len() < MOST {
        let done = match until {
            Until::Time(time) => begun.elapsed() >= time,
            Until::Cases(count) => n >= count,
        };
        if done {
            break;
        }
        one(&compiler, &Case::of(seed, n), n, &mut report);
        if n / step % PAIRS_EVERY == 0 {
            report.pairs.and(pairs::check(&compiler, seed, n, n + 1));
        }
        n += step;
    }
    Ok(report)
}

fn one(compiler: &Compiler, case: &Case, n: u64, report: &mut Report) {
    let compiled = case.compiled();
    report.refused += compiled.refused.len() as u64;
    let room = SHOWN.saturating_sub(report.reasons.len());
    report
        .reasons
        .extend(compiled.refused.iter().take(room).cloned());
    if compiled.programs.is_empty() {
        return;
    }
    report.parts += 1;
    report.programs += compiled.programs.len() as u64;
    report.rows += case.rows as u64;
    match case.run(compiler, &compiled) {
        Ok(answers) => {
            report.answers += answers.iter().map(|row| row.len() as u64).sum::<u64>();
            report.reached.and(&Case::reached(&compiled, &answers));
        }
        Err(what) => report.differences.push(minimal(compiler, case, n, what)),
    }
}

fn minimal(compiler: &Compiler, case: &Case, n: u64, what: String) -> Difference {
    let fails = |case: &Case| {
        let compiled = case.compiled();
        !compiled.programs.is_empty() && case.run(compiler, &compiled).is_err()
    };
    let small = shrunk(case, fails);
    let compiled = small.compiled();
    let what = small.run(compiler, &compiled).err().unwrap_or(what);
    Difference {
        case: n,
        programs: compiled.programs.into_iter().map(|p| p.written).collect(),
        objects: (small.objects, small.rows),
        what,
    }
}
