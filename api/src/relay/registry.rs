//! Which agents are connected, and how to reach their connections.
//!
//! Invariants: one entry an agent; a new connection ends the older one; an ending connection removes
//! only its own entry.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use syncline_model::{AgentId, TenantId};
use tokio::sync::{Notify, watch};

/// Why a connection is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The same agent connected again.
    Replaced,
    /// The agent is revoked.
    Revoked,
    /// This process stops.
    ShutDown,
}

/// A connection as the registry knows it.
#[derive(Clone)]
pub(super) struct Entry {
    number: u64,
    ending: Arc<watch::Sender<Option<Ending>>>,
    runner_started: Arc<Notify>,
}

#[derive(Default)]
pub(super) struct Registry {
    connections: Mutex<HashMap<(TenantId, AgentId), Entry>>,
    next: AtomicU64,
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, HashMap<(TenantId, AgentId), Entry>> {
        self.connections
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Enters a connection; an older one of the agent ends.
    pub(super) fn enter(&self, tenant: TenantId, agent: AgentId) -> Entry {
        let entry = Entry {
            number: self.next.fetch_add(1, Ordering::Relaxed),
            ending: Arc::new(watch::channel(None).0),
            runner_started: Arc::default(),
        };
        if let Some(older) = self.lock().insert((tenant, agent), entry.clone()) {
            older.ending.send_replace(Some(Ending::Replaced));
        }
        entry
    }

    /// Removes a connection, unless a newer one took its place.
    pub(super) fn leave(&self, tenant: TenantId, agent: AgentId, entry: &Entry) {
        let mut connections = self.lock();
        if connections
            .get(&(tenant, agent))
            .is_some_and(|present| present.number == entry.number)
        {
            connections.remove(&(tenant, agent));
        }
    }

    pub(super) fn end(&self, tenant: TenantId, agent: AgentId, ending: Ending) {
        if let Some(entry) = self.lock().get(&(tenant, agent)) {
            entry.end(ending);
        }
    }

    pub(super) fn end_all(&self, ending: Ending) {
        self.lock().values().for_each(|entry| entry.end(ending));
    }

    pub(super) fn wake(&self, tenant: TenantId) {
        for ((of, _), entry) in self.lock().iter() {
            if *of == tenant {
                entry.runner_started.notify_one();
            }
        }
    }

    pub(super) fn connected(&self, tenant: TenantId) -> Vec<AgentId> {
        let connections = self.lock();
        let mut agents: Vec<AgentId> = connections
            .keys()
            .filter(|(of, _)| *of == tenant)
            .map(|(_, agent)| *agent)
            .collect();
        agents.sort_unstable();
        agents
    }
}

impl Entry {
    pub(super) fn end(&self, ending: Ending) {
        self.ending.send_replace(Some(ending));
    }

    /// Waits until someone ends the connection.
    pub(super) async fn ended(&self) -> Ending {
        let mut ending = self.ending.subscribe();
        match ending.wait_for(Option::is_some).await {
            Ok(ending) => ending.unwrap_or(Ending::ShutDown),
            // The sender lives in `self`.
            Err(_) => Ending::ShutDown,
        }
    }

    /// Waits until the tenant's runner is said to serve.
    pub(super) async fn runner_started(&self) {
        self.runner_started.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_connection_wins_and_an_older_one_leaves_it_alone() {
        let registry = Registry::default();
        let (tenant, agent) = (TenantId(1), AgentId(2));

        let older = registry.enter(tenant, agent);
        let newer = registry.enter(tenant, agent);

        assert_eq!(older.ended().await, Ending::Replaced);
        registry.leave(tenant, agent, &older);
        assert_eq!(registry.connected(tenant), [agent]);
        registry.end(tenant, agent, Ending::Revoked);
        assert_eq!(newer.ended().await, Ending::Revoked);
        registry.leave(tenant, agent, &newer);
        assert_eq!(registry.connected(tenant), []);
    }

    #[tokio::test]
    async fn a_wake_reaches_the_tenant_s_agents_even_before_they_wait() {
        let registry = Registry::default();
        let mine = registry.enter(TenantId(1), AgentId(2));
        let _other = registry.enter(TenantId(9), AgentId(2));

        registry.wake(TenantId(1));

        mine.runner_started().await;
        assert_eq!(registry.connected(TenantId(9)), [AgentId(2)]);
    }
}
