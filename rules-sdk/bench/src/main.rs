//! `syncline-rules-bench`: what `cargo xtask bench rules` runs. Exits with 1 when a required value does not hold.

use std::process::ExitCode;

use clap::Parser;
use syncline_rules_bench::rules::{self, Size};

// As in the runner.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Arguments {
    /// How many people
    #[arg(long, default_value_t = 100_000)]
    users: usize,
    /// How often each of them is evaluated; the best time of each batch counts
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// In how many of the rounds the interpreters take part
    #[arg(long, default_value_t = 2)]
    peer_rounds: usize,
    /// Print one JSON object as the last line
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let size = Size {
        users: arguments.users,
        rounds: arguments.rounds,
        peer_rounds: arguments.peer_rounds,
    };
    match rules::run(size) {
        Ok(report) => {
            print!("{}", report.text());
            if arguments.json {
                println!("{}", report.json());
            }
            if report.ok() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
