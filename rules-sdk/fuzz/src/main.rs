//! The command line: `survive`, `differ`, `corpus`, `modules`.
//!
//! Invariants: exit 0 = nothing found; the last line is one JSON object with what was done and found.

use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use syncline_rules::RUNTIME_WASM;
use syncline_rules_fuzz::reached::runtime_functions;
use syncline_rules_fuzz::{corpus, differ, modules, survive};
use syncline_sandbox::Compiler;

/// Looks for what the compiler of rules and the sandbox do not survive, or do not agree on.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Checks random and spoilt sources.
    Survive {
        /// How many.
        #[arg(long, default_value_t = 10_000_000)]
        count: u64,
        /// Which ones.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The first one.
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// How many threads.
        #[arg(long, default_value_t = 2)]
        threads: u64,
    },
    /// Compares interpreter and sandbox on random parts and objects.
    Differ {
        /// How long.
        #[arg(long, default_value_t = 30.0)]
        minutes: f64,
        /// Which ones.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many threads.
        #[arg(long, default_value_t = 2)]
        threads: u64,
        /// Show programs that the checker refused.
        #[arg(long)]
        refused: bool,
    },
    /// Writes programs that together reach what the fuzz reaches, for `corpus/programs.txt`.
    Corpus {
        /// From how many cases.
        #[arg(long, default_value_t = 4_000)]
        cases: u64,
        /// Which ones.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Gives the sandbox modules that no compiler of ours made.
    Modules {
        /// How many.
        #[arg(long, default_value_t = 100_000)]
        count: u64,
        /// Which ones.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many threads.
        #[arg(long, default_value_t = 2)]
        threads: u64,
    },
}

/// Stack of a thread: expressions at the depth limit are walked recursively.
const STACK_BYTES: usize = 64 << 20;

fn main() -> anyhow::Result<ExitCode> {
    // What panics is told with its source.
    std::panic::set_hook(Box::new(|_| {}));
    let ok = match Args::parse().command {
        Command::Survive {
            count,
            seed,
            from,
            threads,
        } => survived(count, seed, from, threads)?,
        Command::Differ {
            minutes,
            seed,
            threads,
            refused,
        } => differed(minutes, seed, threads, refused)?,
        Command::Corpus { cases, seed } => gathered(cases, seed)?,
        Command::Modules {
            count,
            seed,
            threads,
        } => loaded(count, seed, threads)?,
    };
    Ok(ExitCode::from(u8::from(!ok)))
}

/// The same work on several threads with room for deep expressions.
fn on_threads<T: Send + 'static>(
    threads: u64,
    work: impl Fn(u64) -> T + Clone + Send + 'static,
) -> anyhow::Result<Vec<T>> {
    let mut workers = Vec::new();
    for number in 0..threads {
        let work = work.clone();
        let worker = thread::Builder::new().stack_size(STACK_BYTES);
        workers.push(worker.spawn(move || work(number))?);
    }
    let ended = |panic: Box<dyn std::any::Any + Send>| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        anyhow::anyhow!("a thread ended by itself: {}", text.unwrap_or("?"))
    };
    workers
        .into_iter()
        .map(|w| w.join().map_err(ended))
        .collect()
}

fn survived(count: u64, seed: u64, first: u64, threads: u64) -> anyhow::Result<bool> {
    let begun = Instant::now();
    let reports = on_threads(threads, move |thread| {
        let part = |thread: u64| first + count * thread / threads;
        survive::check(seed, part(thread), part(thread + 1))
    })?;
    let mut all = survive::Report::default();
    for report in reports {
        all.sources += report.sources;
        all.bytes += report.bytes;
        all.compiled += report.compiled;
        all.slowest = all.slowest.max(report.slowest);
        all.failed.extend(report.failed);
    }
    for (source, what) in &all.failed {
        println!("{what}\n{source:?}");
    }
    println!(
        "{{\"sources\":{},\"mean_bytes\":{},\"compiled\":{},\"slowest_ms\":{:.1},\"limit_ms\":{},\"seed\":{seed},\"seconds\":{:.0},\"failed\":{},\"ok\":{}}}",
        all.sources,
        all.bytes / all.sources.max(1),
        all.compiled,
        all.slowest.as_secs_f64() * 1e3,
        survive::PATIENCE.as_millis(),
        begun.elapsed().as_secs_f64(),
        all.failed.len(),
        all.failed.is_empty()
    );
    Ok(all.failed.is_empty())
}

fn differed(minutes: f64, seed: u64, threads: u64, refused: bool) -> anyhow::Result<bool> {
    let begun = Instant::now();
    let until = differ::Until::Time(Duration::from_secs_f64(minutes * 60.0));
    let reports = on_threads(threads, move |thread| {
        differ::campaign(seed, (thread, threads), until)
    })?;
    let mut all = differ::Report::default();
    for report in reports {
        all.and(report?);
    }
    if refused {
        for (written, why) in &all.reasons {
            println!("refused: {why}\n    {written:?}");
        }
    }
    for difference in &all.differences {
        println!(
            "case {} of seed {seed}, objects {:?}\n{}",
            difference.case, difference.objects, difference.what
        );
        for written in &difference.programs {
            println!("    {written:?}");
        }
    }
    for (pair, what) in &all.pairs.differing {
        println!("{what}\n    {pair:?}");
    }
    if refused {
        for (pair, why) in &all.pairs.refused {
            println!("refused: {why}\n    {pair:?}");
        }
    }
    let ok = all.differences.is_empty() && all.pairs.differing.is_empty();
    let reached = &all.reached;
    println!(
        "members of the library not reached: {:?}",
        reached.missing_members()
    );
    println!(
        "functions of the runtime not reached: {:?}",
        reached.missing_functions()
    );
    println!("nodes reached: {:?}", reached.nodes);
    println!("errors reached: {:?}", reached.errors);
    let answer = serde_json::json!({
        "minutes": (begun.elapsed().as_secs_f64() / 6.0).round() / 10.0,
        "seed": seed,
        "parts": all.parts,
        "programs": all.programs,
        "rows": all.rows,
        "answers": all.answers,
        "refused_by_the_checker": all.refused,
        "members_reached": reached.members.len(),
        "members": reached.members.len() + reached.missing_members().len(),
        "functions_reached": reached.functions.len(),
        "functions": runtime_functions().len(),
        "nodes_reached": reached.nodes.len(),
        "pairs": all.pairs.pairs,
        "pair_answers": all.pairs.answers,
        "pairs_refused": all.pairs.refused.len(),
        "pair_mismatches": all.pairs.differing.len(),
        "mismatches": all.differences.len(),
        "ok": ok,
    });
    println!("{answer}");
    Ok(ok)
}

fn gathered(cases: u64, seed: u64) -> anyhow::Result<bool> {
    let found = on_threads(1, move |_| -> anyhow::Result<_> {
        let compiler = Compiler::new(RUNTIME_WASM)?;
        let each = |line: &str| println!("{line}");
        Ok(corpus::gathered(&compiler, seed, cases, each))
    })?;
    for reached in found {
        let reached = reached?;
        eprintln!(
            "members of the library not reached: {:?}",
            reached.missing_members()
        );
        eprintln!(
            "functions of the runtime not reached: {:?}",
            reached.missing_functions()
        );
    }
    Ok(true)
}

fn loaded(count: u64, seed: u64, threads: u64) -> anyhow::Result<bool> {
    let begun = Instant::now();
    let reports = on_threads(threads, move |thread| {
        modules::check(seed, (thread, threads), count)
    })?;
    let mut all = modules::Report::default();
    for report in reports {
        all.and(report?);
    }
    for (what, wasm) in &all.failed {
        let bytes: String = wasm.iter().map(|b| format!("{b:02x}")).collect();
        println!("{what}\n    {bytes}");
    }
    let (peak, allowed) = modules::peak(threads);
    let ok = all.failed.is_empty() && peak <= allowed;
    let answer = serde_json::json!({
        "modules": all.modules,
        "seed": seed,
        "refused": all.refused,
        "ran": all.ran,
        "rows": all.rows,
        "rows_without_error": all.sound,
        "slowest_ms": all.slowest.as_millis() as u64,
        "peak_mib": peak >> 20,
        "peak_mib_allowed": allowed >> 20,
        "seconds": begun.elapsed().as_secs(),
        "failed": all.failed.len(),
        "ok": ok,
    });
    println!("{answer}");
    Ok(ok)
}
