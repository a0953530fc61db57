//! Starting logs and traces for a process.
//!
//! Invariants: logs go to standard error, one object a line in production; libraries that log statements or
//! messages with values stay at `warn`, whatever the filter says.

use std::io::IsTerminal as _;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::otlp;

/// Targets that could put values, SQL text or whole messages into a line below `warn`.
const QUIET: [&str; 8] = [
    "sqlx",
    "hyper",
    "hyper_util",
    "h2",
    "ldap3",
    "rustls",
    "reqwest",
    "opentelemetry_sdk",
];

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// What a process wants logged.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The process: `syncline-api`, `syncline-runner` …
    pub service: &'static str,
    /// The release.
    pub build: String,
    /// Form of log lines.
    pub format: Format,
    /// Filter in the form of `RUST_LOG`.
    pub filter: String,
    /// OTLP collector: `http://host:port` or `unix:/path/to/socket`; none exports nothing.
    pub otlp_endpoint: Option<String>,
    /// The tenant a process belongs to, as a resource attribute.
    pub tenant: Option<String>,
}

/// Why logs cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The filter is not one.
    #[error("the log filter `{0}` is not of the form `info,syncline_api=debug` (telemetry.filter)")]
    Filter(String),
    /// The collector's address is not one.
    #[error("the OTLP endpoint `{0}` is not http://host:port or unix:/path (telemetry.endpoint)")]
    Endpoint(String),
    /// Logs were started before.
    #[error("logs are already started in this process (telemetry.twice)")]
    Twice,
}

/// Keeps the exporter; flushes it when dropped.
#[derive(Debug)]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take() {
            let _ = provider.shutdown();
        }
    }
}

/// Starts logs, and traces where a collector is named. Keep the answer until the process ends.
pub fn start(settings: &Settings) -> Result<Telemetry, StartError> {
    let mut filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse(&settings.filter)
        .map_err(|_| StartError::Filter(settings.filter.clone()))?;
    for target in QUIET {
        let directive = format!("{target}=warn")
            .parse()
            .map_err(|_| StartError::Filter(target.into()))?;
        filter = filter.add_directive(directive);
    }
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match settings.format {
        Format::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .boxed(),
        Format::Text => lines
            .with_ansi(std::io::stderr().is_terminal())
            .compact()
            .boxed(),
    };
    let provider = match &settings.otlp_endpoint {
        Some(endpoint) => Some(otlp::provider(endpoint, settings)?),
        None => None,
    };
    let traces = provider.as_ref().map(|provider| {
        use opentelemetry::trace::TracerProvider as _;
        tracing_opentelemetry::layer().with_tracer(provider.tracer(settings.service))
    });
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .with(traces)
        .try_init()
        .map_err(|_| StartError::Twice)?;
    Ok(Telemetry(provider))
}
