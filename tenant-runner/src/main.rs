//! Starts a tenant's runner from what the host handed over.

use std::process::ExitCode;

// A sync makes and drops some hundred small values an object: see docs/performance.md for what this one saves.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // One TLS provider per binary, chosen before anything can ask for one.
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        eprintln!("a TLS provider was installed before main began");
        return ExitCode::FAILURE;
    }
    match syncline_runner::process::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("syncline-runner: {error:#}");
            ExitCode::FAILURE
        }
    }
}
