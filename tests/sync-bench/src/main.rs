//! `syncline-sync-bench`: what `cargo xtask bench sync` runs. Exits with 1 when a required value does not hold.
//!
//! Invariants: the runner's own jobs over the embedded database as the host configures it, commits durable where they
//! are in the product; directories answer from memory, without delay, so that what is measured is ours.

mod company;
mod directory;
mod ground;
mod measure;
mod profile;
mod report;
mod rows;

use std::process::ExitCode;

use clap::Parser;

// As in the runner.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Arguments {
    /// How many objects, over all directories
    #[arg(long, default_value_t = 926_000)]
    objects: usize,
    /// A tenth of them
    #[arg(long)]
    quick: bool,
    /// How often what can be repeated is measured; the median counts
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Print one JSON object as the last line
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let objects = match arguments.quick {
        true => arguments.objects / 10,
        false => arguments.objects,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let run = || -> anyhow::Result<report::Report> {
        runtime?.block_on(rows::run(objects, arguments.rounds.max(1)))
    };
    match run() {
        Ok(report) => {
            print!("{}", report.text());
            if arguments.json {
                println!("{}", report.json());
            }
            match report.ok() {
                true => ExitCode::SUCCESS,
                false => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
