//! The command line: `survive`.
//!
//! Invariants: exit 0 = nothing found; the last line is one JSON object with what was done and found.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use syncline_rules_fuzz::survive;

/// Looks for sources that the compiler of rules does not survive.
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
}

/// Stack of a thread: expressions at the depth limit are walked recursively.
const STACK_BYTES: usize = 64 << 20;

fn main() -> anyhow::Result<ExitCode> {
    let Command::Survive {
        count,
        seed,
        from: first,
        threads,
    } = Args::parse().command;
    let begun = std::time::Instant::now();
    // What panics is told with its source.
    std::panic::set_hook(Box::new(|_| {}));
    let mut workers = Vec::new();
    for thread in 0..threads {
        let part = |thread: u64| first + count * thread / threads;
        let (from, to) = (part(thread), part(thread + 1));
        let worker = std::thread::Builder::new().stack_size(STACK_BYTES);
        workers.push(worker.spawn(move || survive::check(seed, from, to))?);
    }
    let mut all = survive::Report::default();
    for worker in workers {
        let report = worker
            .join()
            .map_err(|_| anyhow::anyhow!("a thread ended by itself"))?;
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
    Ok(ExitCode::from(u8::from(!all.failed.is_empty())))
}
