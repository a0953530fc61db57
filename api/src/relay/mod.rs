//! The relay: agents' outer connections on one side, runners' sockets on the other, bytes in between.
//!
//! Invariants: it cannot read what it moves (TLS between agent and runner lies inside); an agent is let
//! in only with a fresh proof of possession of its confirmed key; one connection an agent, the newest
//! wins; a revoked agent is refused and its live connection cut; every queue is bounded, so a slow end
//! slows the other down.

mod connection;
mod door;
mod enrol;
mod registry;
mod session;
mod tenants;
mod upgrade;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use syncline_contract::ops::agent as ops;
use syncline_model::{AgentId, TenantId};

pub use tenants::{BoxStream, KnownAgent, Standing, Stream, Tenants, TunnelError};
pub use upgrade::{TUNNEL_PATH, open_over};

use registry::{Ending, Registry};

/// What the relay is told.
#[derive(Debug, Clone)]
pub struct RelayConfig {
    /// The hosts (and ports, when not the default) agents dial; a proof for any other is refused.
    pub hosts: Vec<String>,
    /// How often a live connection's agent is looked up again; bounds how long a revoked one stays.
    pub recheck: Duration,
    /// How long to wait before a sleeping runner's tunnel is tried again without being told.
    pub retry: Duration,
}

impl RelayConfig {
    /// The defaults for these hosts.
    pub fn new(hosts: Vec<String>) -> Self {
        Self {
            hosts,
            recheck: Duration::from_secs(2),
            retry: Duration::from_millis(500),
        }
    }
}

/// The relay of one API process. A clone is the same relay.
#[derive(Clone)]
pub struct Relay {
    inner: Arc<Inner>,
}

struct Inner {
    tenants: Arc<dyn Tenants>,
    config: RelayConfig,
    registry: Registry,
    nonces: door::Nonces,
}

impl Relay {
    /// A relay over the tenants' side.
    pub fn new(tenants: Arc<dyn Tenants>, config: RelayConfig) -> Self {
        Self {
            inner: Arc::new(Inner {
                tenants,
                config,
                registry: Registry::default(),
                nonces: door::Nonces::default(),
            }),
        }
    }

    /// The agents' door: enrolment and the outer connection.
    pub fn router(&self) -> Router {
        Router::new()
            .route(
                ops::ENROL.path,
                post(enrol::enrol).layer(DefaultBodyLimit::max(ops::ENROL.max_body)),
            )
            .route(ops::CONNECT.path, get(door::connect))
            .with_state(self.clone())
    }

    /// Says that what is known of a tenant's agents has changed: whoever was revoked is cut now, not at the next look.
    pub async fn agents_changed(&self, tenant: TenantId) {
        for agent in self.connected(tenant) {
            // What cannot be asked now is asked again at the connection's own interval.
            let known = self.inner.tenants.agent(tenant, agent).await;
            if let Ok(Some(known)) = known
                && known.standing == Standing::Revoked
            {
                self.inner.registry.end(tenant, agent, Ending::Revoked);
            }
        }
    }

    /// Says that a tenant's runner serves now, so that its agents' tunnels open without waiting.
    pub fn runner_started(&self, tenant: TenantId) {
        self.inner.registry.wake(tenant);
    }

    /// The tenant's agents whose outer connection is up.
    pub fn connected(&self, tenant: TenantId) -> Vec<AgentId> {
        self.inner.registry.connected(tenant)
    }

    /// Asks every agent to leave and come back, for a stop in good order.
    pub fn shut_down(&self) {
        self.inner.registry.end_all(Ending::ShutDown);
    }
}

/// The agents' door as a router; see [`Relay::router`].
pub fn router(relay: &Relay) -> Router {
    relay.router()
}
