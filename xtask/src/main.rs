//! `cargo xtask`: what developers and CI run, one subcommand a module.

use clap::{Parser, Subcommand};

mod checks;
mod demo;
mod openapi;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Generate, check and measure")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Format, clippy and unit tests of the crates that changed: run it before every commit
    Check(checks::Check),
    /// What CI does
    Ci,
    /// Run the main job on two Samba forests (needs root and release programs beside this one)
    Demo(demo::Demo),
    /// Write openapi.yaml from the handlers of API and runner
    Openapi(openapi::Openapi),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Check(check) => check.run(),
        Command::Ci => checks::ci(),
        Command::Demo(demo) => demo.run(),
        Command::Openapi(openapi) => openapi.run(),
    }
}
