//! What one runner is made of, shared by its requests and jobs.
//!
//! Invariants: one per process; parts reach each other only through here or by argument.

use std::sync::Arc;

use syncline_sandbox::Runtime;
use syncline_store::tenant::TenantDb;
use syncline_wire::assertion::Verifier;
use syncline_wire::host::Isolation;
use tokio::sync::{Semaphore, watch};

use crate::agents::Hub;
use crate::clouds::Clouds;
use crate::compiler::Compiler;
use crate::desk::Desk;
use crate::notify::Notifier;
use crate::profile::samples::Samples;
use crate::rule_resources::Libraries;
use crate::trust::Trust;

/// A running runner.
pub struct App {
    /// The tenant's schema, under this runner's generation.
    pub db: TenantDb,
    /// Checks the API's assertions.
    pub verifier: Verifier,
    /// The tenant's certificate authority and this runner's own certificate.
    pub trust: Trust,
    /// The agents whose tunnels are up.
    pub hub: Hub,
    /// The cloud directories that this process reaches by itself.
    pub clouds: Clouds,
    /// Where expressions are compiled.
    pub compiler: Compiler,
    /// What compiled expressions import.
    pub runtime: Runtime,
    /// What editors are told about the values of attributes.
    pub samples: Samples,
    /// The tenant's tables and named expressions, as they were read last.
    pub libraries: Libraries,
    /// Whose turn it is to compute a what-if.
    pub what_ifs: Semaphore,
    /// Taken by whoever reads one snapshot for long, so that a connection is left for all others.
    pub snapshots: Semaphore,
    /// What notifications are sent with.
    pub notifier: Notifier,
    /// Where work is ordered.
    pub desk: Desk,
    /// Authenticates cursors.
    pub cursor_key: [u8; 32],
    /// What the API watches: the next due instant and whether the outbox has rows.
    pub signals: watch::Sender<Signals>,
    /// The layers this process runs inside.
    pub isolation: Isolation,
    /// The release.
    pub build: String,
}

/// What the API is told without asking.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signals {
    /// When the next cycle is due, in milliseconds since 1970.
    pub next_due_ms: Option<i64>,
    /// Rises whenever audit or usage rows were committed.
    pub outbox: u64,
    /// Rises whenever agents enrolled, were confirmed or revoked.
    pub agents: u64,
}

impl App {
    /// Tells the API that the outbox has new rows.
    pub fn outbox_grew(&self) {
        self.signals.send_modify(|signals| signals.outbox += 1);
    }

    /// Tells the API that agents enrolled, were confirmed or revoked.
    pub fn agents_changed(&self) {
        self.signals.send_modify(|signals| signals.agents += 1);
    }

    /// Tells the API when the next cycle is due.
    pub fn next_due(&self, at_ms: Option<i64>) {
        self.signals.send_if_modified(|signals| {
            std::mem::replace(&mut signals.next_due_ms, at_ms) != at_ms
        });
    }
}

/// A shared runner.
pub type Shared = Arc<App>;
