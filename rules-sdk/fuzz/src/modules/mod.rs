//! Modules that no compiler of ours made, against the validator, the loader and the sandbox.
//!
//! Invariants: a module is refused with a code of the validator, or it loads and every row of a batch has an answer or an
//! error; what it costs is bounded, whatever it does.

mod random;
mod spoilt;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use syncline_model::rules::RuleValue;
use syncline_rules::RUNTIME_WASM;
use syncline_rules::part::{CheckedPart, Emitted};
use syncline_sandbox::{BatchInput, CompileError, Compiler, limits};

use crate::both::columns;
use crate::case::Case;
use crate::dice::Dice;
use crate::objects;

/// Rows of a batch.
const ROWS: usize = 3;
/// Calls that a batch of so many rows may take: whole, and in halves down to single rows.
const CALLS: u32 = 5;
/// Processor time that Cranelift may take for a module of the largest size.
const COMPILE_TIME_MAX: Duration = Duration::from_secs(2);
/// What the process may hold besides the memories of programs, on each thread.
const OWN_BYTES_MAX: u64 = 192 << 20;

/// What became of modules.
#[derive(Debug, Default)]
pub struct Report {
    /// Modules.
    pub modules: u64,
    /// How many of them were refused, by code.
    pub refused: BTreeMap<&'static str, u64>,
    /// How many were loaded and ran.
    pub ran: u64,
    /// Rows that were answered.
    pub rows: u64,
    /// Of them, rows in which nothing failed.
    pub sound: u64,
    /// The most processor time that one took.
    pub slowest: Duration,
    /// What should not be, with the module.
    pub failed: Vec<(String, Vec<u8>)>,
}

impl Report {
    /// Adds another.
    pub fn and(&mut self, other: Self) {
        self.modules += other.modules;
        for (code, count) in other.refused {
            *self.refused.entry(code).or_default() += count;
        }
        self.ran += other.ran;
        self.rows += other.rows;
        self.sound += other.sound;
        self.slowest = self.slowest.max(other.slowest);
        self.failed.extend(other.failed);
    }
}

/// A program of ours, and rows for it.
struct Real {
    part: CheckedPart,
    emitted: Emitted,
    rows: Vec<Vec<RuleValue>>,
}

impl Real {
    /// The n-th of a seed that has programs at all.
    fn of(seed: u64, n: u64) -> Self {
        let mut dice = Dice::of(seed, n);
        loop {
            let case = Case::of(seed, dice.throw());
            let compiled = case.compiled();
            if !compiled.programs.is_empty() {
                let rows = objects::rows(&compiled.part, case.objects, ROWS);
                let emitted = compiled.part.emit();
                return Self {
                    part: compiled.part,
                    emitted,
                    rows,
                };
            }
        }
    }
}

/// Modules `first`, `first + step`, … below `count` of a seed.
pub fn check(seed: u64, (first, step): (u64, u64), count: u64) -> anyhow::Result<Report> {
    let compiler = Compiler::for_uploads(RUNTIME_WASM)?;
    let mut report = Report::default();
    let mut n = first;
    while n < count {
        let real = Real::of(seed, n);
        let mut dice = Dice::of(seed ^ 0x6d6f_6475_6c65, n);
        let wasm = match dice.below(4) {
            0 => random::any(&mut dice),
            1 => random::shaped(&mut dice, &real.emitted.wasm),
            _ => Some(spoilt::spoilt(&mut dice, &real.emitted.wasm)),
        };
        if let Some(wasm) = wasm {
            report.modules += 1;
            judge(&compiler, &real, wasm, n, &mut report);
        }
        n += step;
    }
    Ok(report)
}

fn judge(compiler: &Compiler, real: &Real, wasm: Vec<u8>, n: u64, report: &mut Report) {
    let begun = processor_time();
    let outcome = catch_unwind(AssertUnwindSafe(|| outcome(compiler, real, &wasm)));
    let took = processor_time().saturating_sub(begun);
    report.slowest = report.slowest.max(took);
    let mut failed = |what: String| {
        report
            .failed
            .push((format!("module {n}: {what}"), wasm.clone()))
    };
    if took > COMPILE_TIME_MAX + limits::CALL_TIME_MAX * 2 * CALLS {
        failed(format!("took {took:?}"));
    }
    match outcome {
        Err(_) => failed("panic".into()),
        Ok(Err(what)) => failed(what),
        Ok(Ok(Outcome::Refused(code))) => *report.refused.entry(code).or_default() += 1,
        Ok(Ok(Outcome::Ran { sound })) => {
            report.ran += 1;
            report.rows += ROWS as u64;
            report.sound += sound;
        }
    }
}

enum Outcome {
    Refused(&'static str),
    Ran { sound: u64 },
}

fn outcome(compiler: &Compiler, real: &Real, wasm: &[u8]) -> Result<Outcome, String> {
    let mut program = match compiler.program(real.emitted.manifest.clone(), wasm) {
        Ok(program) => program,
        Err(CompileError::Refused(refusal)) => return Ok(Outcome::Refused(refusal.code())),
        Err(CompileError::Engine(_)) => return Ok(Outcome::Refused("rules.module_compile")),
        Err(other) => return Err(other.to_string()),
    };
    let batch = BatchInput {
        rows: ROWS,
        columns: columns(&real.part, &real.rows),
    };
    let output = program.run(&batch).map_err(|e| e.to_string())?;
    if output.rows.len() != ROWS {
        return Err(format!("{} answers for {ROWS} rows", output.rows.len()));
    }
    let fails = |row: &&syncline_sandbox::RowOutput| {
        matches!(row.scope, syncline_sandbox::Scope::Error(_))
            || row.keys.iter().any(Result::is_err)
            || (row.flows.iter()).any(|a| matches!(a, syncline_sandbox::Answer::Error(_)))
    };
    let sound = output.rows.iter().filter(|row| !fails(row)).count() as u64;
    Ok(Outcome::Ran { sound })
}

/// The processor time of this thread: another program may have had the processor.
fn processor_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid place for the answer.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(failed, 0, "every thread has a clock");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The most memory that this process ever held, in bytes, and how much it may on so many threads.
pub fn peak(threads: u64) -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    let allowed = threads * (u64::from(limits::MEMORY_BYTES_MAX) + OWN_BYTES_MAX);
    (kib.unwrap_or(0) << 10, allowed)
}
