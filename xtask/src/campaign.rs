//! `xtask campaign`: the same promise tried again and again, each time somewhere else.
//!
//! Invariants: a run shares nothing with the one before; the seed repeats a campaign; the last line printed is one
//! JSON object, and the command fails when one run does.

use std::time::Instant;

use clap::Subcommand;
use serde_json::json;
use syncline_tests::kill::{Kill, play};
use syncline_tests::rounds::{self, Tally};

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
    /// Rounds of edits against a simulated Entra tenant where answers are lost, reads lag and the runner is killed
    Entra(Rounds),
}

#[derive(clap::Args)]
struct Rounds {
    /// How many rounds
    #[arg(long, default_value_t = 100)]
    runs: u64,
    /// What the dice start from; random when absent, and always printed
    #[arg(long)]
    seed: Option<u64>,
    /// Rounds in one world, before the next one starts with the next seed
    #[arg(long, default_value_t = 50)]
    per_world: u64,
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
            About::Entra(rounds) => with_programs_beside(entra(rounds)),
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

async fn entra(wanted: &Rounds) -> anyhow::Result<()> {
    let first = wanted.seed.unwrap_or_else(rand::random);
    println!("seed {first}");
    let per_world = wanted.per_world.max(1);
    let (mut tallies, mut failed) = (Vec::new(), Vec::new());
    for world in 0..wanted.runs.div_ceil(per_world) {
        let seed = first.wrapping_add(world);
        let rounds = per_world.min(wanted.runs - world * per_world);
        let played = rounds::play(seed, rounds, |number, line| {
            println!("seed {seed}, round {number:>3}: {line}");
        })
        .await;
        match played {
            Ok(tally) => tallies.push(tally),
            Err(error) => {
                println!("seed {seed}: {error:#}");
                failed.push(seed);
            }
        }
    }
    let ok = failed.is_empty();
    let total = tallies.into_iter().fold(Tally::default(), Tally::with);
    println!(
        "{}",
        json!({"ok": ok, "runs": wanted.runs, "seed": first, "per_world": per_world, "failed": failed, "tally": total})
    );
    anyhow::ensure!(ok, "the worlds of {} seeds failed", failed.len());
    Ok(())
}
