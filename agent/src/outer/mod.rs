//! The outer connection: outwards only, kept up for as long as the agent runs.
//!
//! Invariants: the agent listens on no port; every try carries a fresh proof of possession; a revoked
//! agent does not come back.

pub mod address;
pub mod backoff;
pub mod dial;
mod socket;

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderValue;
use http::header::{RETRY_AFTER, SEC_WEBSOCKET_PROTOCOL};
use syncline_wire::outer::SUBPROTOCOL;
use syncline_wire::proof;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::Error as SocketError;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::agent::Agent;
use crate::directory::now_s;
use crate::error::AgentError;
use crate::status::{Connection, Status};
use crate::stop::Stopping;
use address::{Address, Proxy};
use backoff::Backoff;
use dial::Way;
use socket::{Left, Socket};

/// The longest the service may take to answer the upgrade.
const UPGRADE: Duration = Duration::from_secs(20);

/// Why a connection was not made.
enum Refused {
    /// It may be tried again, after this if the service said so.
    Retry(AgentError, Option<Duration>),
    /// The agent is revoked: it is not to be tried again.
    Revoked,
}

/// The way to the service of an enrolled agent.
pub fn way(agent: &Agent) -> Result<Way, AgentError> {
    let address = Address::parse(&agent.identity.enrolment.url)?;
    let configured = agent.config.service.proxy.as_deref();
    let proxy = Proxy::choose(configured, |name| std::env::var(name).ok(), &address)?;
    Way::new(address, proxy, agent.identity.service_ca().as_deref())
}

/// Keeps the connection up until the agent stops or is revoked.
pub async fn run(agent: Arc<Agent>, stopping: Stopping, seed: u64) -> Result<(), AgentError> {
    let ended = keep_up(&agent, stopping, seed).await;
    agent.entra_connect.stop().await;
    ended
}

async fn keep_up(agent: &Arc<Agent>, stopping: Stopping, seed: u64) -> Result<(), AgentError> {
    let way = way(agent)?;
    let (min, max) = agent.config.service.reconnect();
    let mut backoff = Backoff::new(min, max, seed);
    let status = Status::new(&agent.home);
    loop {
        let started = Instant::now();
        let connected = tokio::select! {
            connected = connect(agent, &way) => connected,
            () = stopping.told() => return Ok(()),
        };
        let wait = match connected {
            Ok(socket) => {
                tracing::info!(service = %way.address.authority(), "connected");
                status.set(&Connection::Connected);
                let left = socket::serve(agent, socket, stopping.clone()).await;
                match left {
                    Left::Stopping => return Ok(()),
                    Left::Revoked => return Err(revoked(&status)),
                    Left::GoAway(after) => backoff.asked(after),
                    Left::Cut => backoff.next(started.elapsed()),
                }
            }
            Err(Refused::Revoked) => return Err(revoked(&status)),
            Err(Refused::Retry(error, after)) => {
                tracing::warn!(code = error.code, "not connected: {}", error.message);
                status.set(&Connection::Waiting {
                    because: error.to_string(),
                });
                match after {
                    Some(after) => backoff.asked(after),
                    None => backoff.next(Duration::ZERO),
                }
            }
        };
        tracing::debug!(
            wait_ms = wait.as_millis() as u64,
            "waiting before the next try"
        );
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stopping.told() => return Ok(()),
        }
    }
}

fn revoked(status: &Status) -> AgentError {
    status.set(&Connection::Revoked);
    AgentError::new(
        "agent.revoked",
        "This agent was revoked.",
        "Enrol this host again with a new key, if it is to come back.",
    )
}

async fn connect(agent: &Agent, way: &Way) -> Result<Socket, Refused> {
    let retry = |error| Refused::Retry(error, None);
    let stream = way.dial().await.map_err(retry)?;
    let authority = way.address.authority();
    let scheme = if way.address.secure { "wss" } else { "ws" };
    let url = format!("{scheme}://{authority}/agents/v1/connect");
    let failed = |why: String| {
        AgentError::new(
            "agent.connect_failed",
            format!("{authority} did not take the connection: {why}."),
            "It is tried again. If it stays, check that nothing on the way strips WebSocket upgrades.",
        )
    };
    let mut request = url
        .into_client_request()
        .map_err(|e| retry(failed(e.to_string())))?;
    let token = agent.identity.proof(&authority, now_s()).map_err(retry)?;
    let header = |text: &str| HeaderValue::from_str(text).map_err(|e| retry(failed(e.to_string())));
    request.headers_mut().insert(proof::HEADER, header(&token)?);
    request
        .headers_mut()
        .insert(SEC_WEBSOCKET_PROTOCOL, header(SUBPROTOCOL)?);
    let upgrade = client_async_with_config(request, stream, Some(socket::limits()));
    match tokio::time::timeout(UPGRADE, upgrade).await {
        Err(_) => Err(retry(failed("it did not answer in time".into()))),
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(SocketError::Http(response))) => {
            let after = response
                .headers()
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.parse().ok())
                .map(Duration::from_secs);
            let problem = Problem::read(response.body().as_deref().unwrap_or_default());
            let error = failed(format!("{} {}", response.status(), problem.detail));
            match problem.code.as_str() {
                "agents.revoked" => Err(Refused::Revoked),
                _ => Err(Refused::Retry(error, after)),
            }
        }
        Ok(Err(error)) => Err(retry(failed(error.to_string()))),
    }
}

/// The service's refusals (RFC 9457), as far as the agent needs them.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The stable code.
    pub code: String,
    /// What is particular about this occurrence.
    pub detail: String,
    /// What to do.
    pub next: String,
}

impl Problem {
    /// Reads a body; anything else than a problem has no code.
    pub fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }
}
