//! `syncline-agent`: see `--help`.

use std::process::ExitCode;

use clap::Parser as _;
use syncline_agent::cli::Cli;

fn main() -> ExitCode {
    // Before anything else: with a second provider linked, the first use would panic without a choice.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        eprintln!("a TLS provider is installed already");
        return ExitCode::FAILURE;
    }
    match syncline_agent::command::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}\n{}\n({})", error.message, error.next, error.code);
            ExitCode::FAILURE
        }
    }
}
