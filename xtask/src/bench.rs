//! `cargo xtask bench`: figures beside what is required of them.
//!
//! Invariants: measured in a release build; with `--json` the last line printed is one JSON object; the command fails when a
//! required value does not hold. The interpreters that we compare with are compiled here and nowhere else.

use std::process::Command;

use anyhow::{Context as _, ensure};
use clap::Subcommand;

use crate::checks::root;

/// Which bench.
#[derive(clap::Args)]
pub struct Bench {
    #[command(subcommand)]
    about: About,
}

#[derive(Subcommand)]
enum About {
    /// Compiled rules beside native code and the interpreters cel, rhai and rquickjs
    Rules {
        /// What `syncline-rules-bench` understands: `--json`, `--users`, `--rounds`, `--peer-rounds`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Imports, syncs and deltas of 926,000 objects in 14 directories over the embedded database
    Sync {
        /// What `syncline-sync-bench` understands: `--json`, `--quick`, `--objects`, `--rounds`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

impl Bench {
    /// Builds and runs it.
    pub fn run(&self) -> anyhow::Result<()> {
        let (package, features, arguments) = match &self.about {
            About::Rules { arguments } => ("syncline-rules-bench", "peers", arguments),
            About::Sync { arguments } => ("syncline-sync-bench", "", arguments),
        };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let done = Command::new(cargo)
            .args(["run", "--quiet", "--release", "-p", package])
            .args(["--features", features, "--"])
            .args(arguments)
            .current_dir(root())
            .status()
            .context("cargo cannot be started")?;
        ensure!(done.success(), "a required value does not hold");
        Ok(())
    }
}
