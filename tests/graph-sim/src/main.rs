//! `syncline-graph-sim`: the simulator as a program.
//!
//! Prints where it listens as one JSON line when it does: `{"graph":…,"login":…,"control":…}`,
//! with `"ca_pem"` when it speaks TLS.

use clap::Parser;
use std::process::ExitCode;
use syncline_graph_sim::{Options, Simulator};

/// A peer that behaves like the directory part of Microsoft Graph v1.0.
#[derive(Debug, Parser)]
struct Arguments {
    /// What every die starts from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The moment, in milliseconds since 1970, that the clock stands still at.
    #[arg(long)]
    stopped_at: Option<i64>,
    /// How many read replicas each tenant has.
    #[arg(long, default_value_t = 3)]
    replicas: usize,
    /// How many requests the log keeps.
    #[arg(long, default_value_t = 200_000)]
    log_max: usize,
    /// The port of the Graph face; any free one when 0.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The Graph and login faces speak TLS; the certificate to trust is in the line that is printed.
    #[arg(long)]
    tls: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = Options {
        seed: arguments.seed,
        stopped_at: arguments.stopped_at,
        replicas: arguments.replicas,
        log_max: arguments.log_max,
        port: arguments.port,
        tls: arguments.tls,
        program: None,
    };
    let ready = |addresses: &_| println!("{}", serde_json::json!(addresses));
    match Simulator::run(&options, ready) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
