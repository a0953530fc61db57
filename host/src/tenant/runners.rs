//! Runners: what runs and what has ended, by tenant.
//!
//! Whether one that ended is started again is the API's decision; here its end is noted and the
//! change number rises. Invariants: at most one runner a tenant; verbs on a tenant wait for each other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::process::Signal;
use syncline_model::TenantId;
use syncline_wire::host::{Exit, RunnerStatus};
use tokio::sync::{OwnedMutexGuard, oneshot, watch};

use crate::launch::Process;

/// What runs and what has ended, by tenant.
#[derive(Debug)]
pub struct Runners {
    tenants: Mutex<BTreeMap<TenantId, Tenant>>,
    change: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Tenant {
    alone: Arc<tokio::sync::Mutex<()>>,
    running: Option<Running>,
    last_exit: Option<Exit>,
    seen: Option<RunnerStatus>,
}

#[derive(Debug)]
struct Running {
    pid: u32,
    generation: i64,
    /// Sent: how long it may take to end.
    end: Option<oneshot::Sender<Duration>>,
    /// Turns true when its end is noted.
    ended: watch::Receiver<bool>,
}

impl Runners {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            tenants: Mutex::default(),
            change: watch::Sender::new(0),
        })
    }

    /// The change number, now and as it rises.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.change.subscribe()
    }

    pub(crate) fn changed(&self) {
        self.change.send_modify(|n| *n += 1);
    }

    /// Waits until no other verb works on the tenant.
    pub(super) async fn alone(&self, tenant: TenantId) -> OwnedMutexGuard<()> {
        let lock = self.tenants().entry(tenant).or_default().alone.clone();
        lock.lock_owned().await
    }

    /// The generation of the tenant's running runner.
    pub(super) fn generation(&self, tenant: TenantId) -> Option<i64> {
        self.tenants()
            .get(&tenant)?
            .running
            .as_ref()
            .map(|r| r.generation)
    }

    /// What is known of the runners, of one tenant or all.
    pub(crate) fn status(&self, of: Option<TenantId>) -> Vec<RunnerStatus> {
        let tenants = self.tenants();
        let wanted = tenants
            .iter()
            .filter(|(tenant, _)| of.is_none_or(|of| of == **tenant));
        wanted.filter_map(|(_, t)| t.status()).collect()
    }

    /// How the tenant's last runner ended.
    pub(crate) fn last_exit(&self, tenant: TenantId) -> Option<Exit> {
        self.tenants().get(&tenant)?.last_exit.clone()
    }

    /// Ends the tenant's runner and waits for its end. Answers whether one ran.
    pub(super) async fn end(&self, tenant: TenantId, grace: Duration) -> bool {
        let mut ended = {
            let mut tenants = self.tenants();
            let Some(running) = tenants.get_mut(&tenant).and_then(|t| t.running.as_mut()) else {
                return false;
            };
            if let Some(end) = running.end.take() {
                let _ = end.send(grace);
            }
            running.ended.clone()
        };
        // An error means that the watching task is gone, and the process with it.
        let _ = ended.wait_for(|ended| *ended).await;
        true
    }

    /// The verb `stop`: ends the runner while no other verb works on the tenant.
    pub(crate) async fn stop(&self, tenant: TenantId, grace: Duration) {
        let _alone = self.alone(tenant).await;
        self.end(tenant, grace).await;
    }

    /// Ends every runner.
    pub(crate) async fn end_all(&self, grace: Duration) {
        let all: Vec<_> = self
            .tenants()
            .iter()
            .filter(|(_, t)| t.running.is_some())
            .map(|(t, _)| *t)
            .collect();
        for tenant in &all {
            let mut tenants = self.tenants();
            if let Some(end) = tenants
                .get_mut(tenant)
                .and_then(|t| t.running.as_mut())
                .and_then(|r| r.end.take())
            {
                let _ = end.send(grace);
            }
        }
        for tenant in all {
            self.end(tenant, grace).await;
        }
    }

    /// Drops what is known of a removed tenant. Its lock stays, for those who wait on it.
    pub(super) fn forget(&self, tenant: TenantId) {
        if let Some(entry) = self.tenants().get_mut(&tenant) {
            entry.seen = None;
            entry.last_exit = None;
        }
        self.changed();
    }

    /// Watches a started runner until its end.
    pub(super) fn watch(self: &Arc<Self>, status: RunnerStatus, mut process: Process) {
        let (end, mut asked_to_end) = oneshot::channel();
        let (ended, seen) = watch::channel(false);
        let (tenant, generation) = (status.tenant, status.generation);
        {
            let mut tenants = self.tenants();
            let entry = tenants.entry(tenant).or_default();
            entry.running = Some(Running {
                pid: process.pid(),
                generation,
                end: Some(end),
                ended: seen,
            });
            entry.seen = Some(status);
        }
        self.changed();

        let runners = Arc::clone(self);
        tokio::spawn(async move {
            let (how, asked) = tokio::select! {
                how = process.wait() => (how, false),
                // An error means that the host was dropped: end it all the same.
                grace = &mut asked_to_end => {
                    (process.end(&[(Signal::TERM, grace.unwrap_or_default())]).await, true)
                }
            };
            let (code, signal) = how.map_or((None, None), |e| (e.code, e.signal));
            if !asked {
                tracing::warn!(%tenant, generation, ?code, ?signal, "a runner ended by itself");
            }
            let exit = Exit {
                code,
                signal,
                generation,
                asked,
                at_ms: now_ms(),
            };
            if let Some(entry) = runners.tenants().get_mut(&tenant) {
                entry.running = None;
                entry.last_exit = Some(exit);
            }
            let _ = ended.send(true);
            runners.changed();
        });
    }

    fn tenants(&self) -> MutexGuard<'_, BTreeMap<TenantId, Tenant>> {
        // No code panics while it holds the lock; were it so, the map would still be whole.
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tenant {
    fn status(&self) -> Option<RunnerStatus> {
        let mut status = self.seen.clone()?;
        status.pid = self.running.as_ref().map(|r| r.pid);
        status.last_exit = self.last_exit.clone();
        Some(status)
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
