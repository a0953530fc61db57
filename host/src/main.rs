//! `syncline-host`: start it once a machine, as root; it starts everything else.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use syncline_host::config::{ApiConfig, DEFAULT_LISTEN};
use syncline_host::{Host, HostConfig, HostError};
use syncline_wire::boot::{Log, LogFormat, take_egress};
use syncline_wire::host::Level;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
#[command(
    name = "syncline-host",
    version,
    about = "Starts Syncline on this machine: database, API, and one confined runner a tenant"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run until SIGTERM or Ctrl-C, then stop everything
    Run(Box<Run>),
    /// Dial the clouds' hosts for runners; started by `run`, not by hand
    #[command(hide = true)]
    Egress,
}

#[derive(clap::Args)]
struct Run {
    /// The data directory; made if missing. As root, unprivileged users must be able to enter its parents
    #[arg(long)]
    data: PathBuf,
    /// A database server to use instead of the embedded one, reached over a unix socket.
    /// Read from the environment rather than here: arguments can be read by every user
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Where the API listens
    #[arg(long)]
    api_listen: Option<String>,
    /// The configuration file (TOML)
    #[arg(long)]
    config: Option<PathBuf>,
    /// The key file; by default the data directory's name with `.key`. Keep a copy: without it the data cannot be read
    #[arg(long)]
    key_file: Option<PathBuf>,
    /// The directory for sockets
    #[arg(long)]
    run_dir: Option<PathBuf>,
    /// The console's built files
    #[arg(long)]
    console: Option<PathBuf>,
    /// Start only if this isolation level is reached: process or standard
    #[arg(long, value_parser = level)]
    isolation: Option<Level>,
    /// Log lines as JSON
    #[arg(long)]
    json_log: bool,
}

fn main() -> ExitCode {
    keep_to_itself();
    let arguments = match Arguments::parse().command {
        Command::Run(arguments) => arguments,
        Command::Egress => return egress(),
    };
    let config = match configured(*arguments) {
        Ok(config) => config,
        Err(e) => return failed(&e),
    };
    start_log(&config.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => {
            return failed(
                &HostError::new("host.runtime", "the runtime cannot be started").because(e),
            );
        }
    };
    match runtime.block_on(run(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => failed(&e),
    }
}

fn egress() -> ExitCode {
    let started = take_egress()
        .map_err(|e| HostError::new("host.egress", "the way out cannot be started").because(e));
    match started.and_then(|start| {
        start_log(&start.boot.log);
        syncline_host::egress::run(start)
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => failed(&e),
    }
}

fn configured(arguments: Run) -> Result<HostConfig, HostError> {
    let mut config = HostConfig::new(arguments.data);
    if let Some(file) = &arguments.config {
        config.apply_file(file)?;
    }
    let api = config
        .api
        .get_or_insert_with(|| ApiConfig::on(DEFAULT_LISTEN));
    if let Some(listen) = arguments.api_listen {
        api.listen = listen;
    }
    api.console = arguments.console.or(api.console.take());
    config.database_url = arguments.database_url.or(config.database_url);
    config.key_file = arguments.key_file.unwrap_or(config.key_file);
    config.run_dir = arguments.run_dir.or(config.run_dir);
    config.isolation = arguments.isolation.or(config.isolation);
    if arguments.json_log {
        config.log.format = LogFormat::Json;
    }
    Ok(config)
}

/// This process holds the key of the key file: no core file of it, and nobody of its uid looks in.
fn keep_to_itself() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if set_dumpable_behavior(DumpableBehavior::NotDumpable).is_err()
        || setrlimit(Resource::Core, none).is_err()
    {
        eprintln!("syncline-host: core files of this process cannot be switched off");
    }
}

async fn run(config: HostConfig) -> Result<(), HostError> {
    let no_signal = |e| HostError::new("host.signal", "signals cannot be received").because(e);
    let mut terminate = signal(SignalKind::terminate()).map_err(no_signal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signal)?;
    let host = tokio::select! {
        host = Host::start(config) => host?,
        // Nothing to stop in order yet: what was started dies with this process.
        _ = terminate.recv() => return Ok(()),
        _ = interrupt.recv() => return Ok(()),
    };
    // For whoever started this process: one line when everything is there.
    println!(
        "{}",
        serde_json::json!({ "ready": true, "listen": host.api_listens(), "socket": host.socket() })
    );
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    host.stop().await;
    Ok(())
}

fn start_log(log: &Log) {
    let filter =
        tracing_subscriber::EnvFilter::try_new(&log.filter).unwrap_or_else(|_| "info".into());
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Json => lines.json().init(),
        LogFormat::Text => lines.init(),
    }
}

fn level(text: &str) -> Result<Level, String> {
    [Level::Process, Level::Standard]
        .into_iter()
        .find(|level| level.as_str() == text)
        .ok_or_else(|| format!("`{text}` is no isolation level: process or standard"))
}

fn failed(error: &HostError) -> ExitCode {
    eprintln!("syncline-host: {error}");
    ExitCode::FAILURE
}
