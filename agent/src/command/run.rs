//! `run`: serves until it is told to stop, and then finishes what it is at.

use std::sync::Arc;

use syncline_telemetry::{Format, Settings};
use tokio::signal::unix::{SignalKind, signal};

use crate::agent::Agent;
use crate::cli::Run;
use crate::error::AgentError;
use crate::home::Home;
use crate::outer;
use crate::stop::Stop;

pub(super) fn run(options: &Run) -> Result<(), AgentError> {
    let home = Home::open(&options.data.data)?;
    let _lock = home.lock()?;
    super::runtime()?.block_on(async {
        let _telemetry = syncline_telemetry::start(&Settings {
            service: "syncline-agent",
            build: env!("CARGO_PKG_VERSION").into(),
            format: if options.log_json { Format::Json } else { Format::Text },
            filter: options.log.clone(),
            otlp_endpoint: options.otlp.clone(),
            tenant: None,
        })
        .map_err(|error| {
            AgentError::new(
                "agent.log",
                error.to_string(),
                "Correct --log or --otlp.",
            )
        })?;
        let agent = Agent::load(home)?;
        tracing::info!(agent = %agent.identity.enrolment.agent, build = env!("CARGO_PKG_VERSION"), "agent starts");
        let (stop, stopping) = Stop::channel();
        tokio::spawn(stop_on_signal(stop));
        let directory = Arc::clone(&agent.directory);
        let watching = tokio::spawn(async move { directory.watch().await });
        let done = outer::run(agent, stopping, rand::random()).await;
        watching.abort();
        tracing::info!("agent stops");
        done
    })
}

async fn stop_on_signal(stop: Stop) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        tracing::error!("signals cannot be listened to; the agent stops only by being killed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("told to stop; finishing what is under way");
    stop.tell();
    // A second signal ends the process at once.
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    std::process::exit(1);
}
