//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Connects a directory in this network to Syncline. It dials out only, and writes only what this host's policy allows.
#[derive(Debug, Parser)]
#[command(name = "syncline-agent", version)]
pub struct Cli {
    #[command(subcommand)]
    /// What to do.
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a key pair, trade a one-time key for a certificate, and print the fingerprint to confirm.
    Enrol(Enrol),
    /// Print the fingerprint of this agent's key.
    Fingerprint(Data),
    /// The directory password on this host.
    #[command(subcommand)]
    Credential(Credential),
    /// The local policy.
    #[command(subcommand)]
    Policy(Policy),
    /// Serve until stopped.
    Run(Run),
    /// Stop all writes from now on, whatever the cloud says.
    Hold(Data),
    /// Allow writes again, as the policy says.
    Release(Data),
    /// Show how this agent stands.
    Status(Data),
}

/// Where the agent keeps its files.
#[derive(Debug, Args)]
pub struct Data {
    /// The agent's data directory.
    #[arg(long, value_name = "DIR", default_value = "/var/lib/syncline-agent")]
    pub data: PathBuf,
}

/// Options of `enrol`.
#[derive(Debug, Args)]
pub struct Enrol {
    /// The service's address, such as https://sync.example.com.
    #[arg(long)]
    pub url: String,
    /// File with the one-time key; `-` reads it from standard input. Never the key itself: arguments are visible to others.
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub key: PathBuf,
    #[command(flatten)]
    /// Where to keep it.
    pub data: Data,
    /// PEM file of the authorities of the service's certificate, when not the system's.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// `http://[user:password@]host:port` of a proxy; without it HTTPS_PROXY counts.
    #[arg(long)]
    pub proxy: Option<String>,
    /// The domain this host belongs to, shown to whoever confirms the agent.
    #[arg(long, default_value = "")]
    pub domain: String,
}

/// What to do with the credential.
#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Read the password from standard input and keep it in a file that only the agent may read.
    Set(Data),
    /// Forget it.
    Clear(Data),
}

/// What to do with the policy.
#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Say whether the file is valid.
    Check(Data),
    /// Show what it allows, in words.
    Show(Data),
}

/// Options of `run`.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    /// Where its files are.
    pub data: Data,
    /// Which log lines to write, such as `info` or `debug`.
    #[arg(long, default_value = "info")]
    pub log: String,
    /// Write log lines as JSON.
    #[arg(long)]
    pub log_json: bool,
    /// Export traces to this OTLP collector, such as http://127.0.0.1:4318.
    #[arg(long, value_name = "URL")]
    pub otlp: Option<String>,
}
