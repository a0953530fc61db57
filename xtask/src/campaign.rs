//! `xtask campaign`: the same promise tried again and again, each time somewhere else.
//!
//! Invariants: a run shares nothing with the one before; the seed repeats a campaign; the last line printed is one
//! JSON object, and the command fails when one run does.

use std::time::Instant;

use clap::Subcommand;
use serde_json::json;
use syncline_tests::kill::{Kill, play};

use crate::demo::with_programs_beside;

/// Which promise.
#[derive(clap::Args)]
pub struct Campaign {
    #[command(subcommand)]
    about: About,
}

#[derive(Subcommand)]
enum About {
    /// kill -9 of a random process at a random point of import or export: the same end state as without
    Kill(Draws),
}

#[derive(clap::Args)]
struct Draws {
    /// How many runs
    #[arg(long, default_value_t = 20)]
    runs: u64,
    /// What the dice start from; random when absent, and always printed
    #[arg(long)]
    seed: Option<u64>,
    /// Always this kill, as a campaign prints it: "Postgres, Import, HalfRead"
    #[arg(long, value_parser = named)]
    only: Option<Kill>,
    /// Tell each step of each run
    #[arg(long)]
    verbose: bool,
}

impl Campaign {
    /// Runs it.
    pub fn run(&self) -> anyhow::Result<()> {
        match &self.about {
            About::Kill(draws) => with_programs_beside(kill(draws)),
        }
    }
}

/// The kill of this name.
fn named(name: &str) -> Result<Kill, String> {
    Kill::all()
        .find(|kill| kill.to_string().eq_ignore_ascii_case(name))
        .ok_or_else(|| {
            let all: Vec<String> = Kill::all().map(|kill| kill.to_string()).collect();
            format!("no such kill; there are: {}", all.join("; "))
        })
}

async fn kill(draws: &Draws) -> anyhow::Result<()> {
    let seed = draws.seed.unwrap_or_else(rand::random);
    println!("seed {seed}");
    let mut failed = Vec::new();
    for n in 0..draws.runs {
        let kill = draws.only.unwrap_or_else(|| Kill::drawn(seed, n));
        let since = Instant::now();
        let played = play(&[kill], |line| {
            if draws.verbose {
                println!("           {line}");
            }
        })
        .await;
        let seconds = since.elapsed().as_secs_f64();
        let number = n + 1;
        match played {
            Ok(()) => println!("{seconds:>7.1} s  run {number}: {kill}: the same end"),
            Err(error) => {
                println!("{seconds:>7.1} s  run {number}: {kill}: {error:#}");
                failed.push(kill.to_string());
            }
        }
    }
    let ok = failed.is_empty();
    println!(
        "{}",
        json!({"ok": ok, "runs": draws.runs, "seed": seed, "failed": failed})
    );
    anyhow::ensure!(ok, "{} of {} runs failed", failed.len(), draws.runs);
    Ok(())
}
