//! `cargo xtask`: what developers and CI run, one subcommand a module.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod campaign;
mod checks;
mod demo;
mod messages;
#[cfg(feature = "openapi")]
mod openapi;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Generate, check and measure")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure, beside what is required (release build)
    Bench(bench::Bench),
    /// Run what a night is long enough for (needs root and programs beside this one)
    Campaign(campaign::Campaign),
    /// Format, clippy and unit tests of the crates that changed: run it before every commit
    Check(checks::Check),
    /// What CI does
    Ci,
    /// Run the main job on two Samba forests (needs root and release programs beside this one)
    Demo(demo::Demo),
    /// Write docs/messages.md from the catalogue of message codes
    Messages(messages::Messages),
    /// Write openapi.yaml from the handlers of API and runner
    #[cfg(feature = "openapi")]
    Openapi(openapi::Openapi),
}

fn main() -> ExitCode {
    // Not by the result of `main`, which would print a backtrace below what a person should read.
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Bench(bench) => bench.run(),
        Command::Campaign(campaign) => campaign.run(),
        Command::Check(check) => check.run(),
        Command::Ci => checks::ci(),
        Command::Demo(demo) => demo.run(),
        Command::Messages(messages) => messages.run(),
        #[cfg(feature = "openapi")]
        Command::Openapi(openapi) => openapi.run(),
    }
}
