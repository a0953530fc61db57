//! Bringing tenants to their desired state and keeping them there.
//!
//! Level-triggered: a row says what should be and what was last seen; [`reconciler`] takes a lease and goes through
//! steps that are safe to repeat; [`watch`] notices what ended. Nothing here depends on having seen an event.

mod host;
mod reconciler;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

pub use host::HostClient;
pub use reconciler::reconcile_forever;
pub use watch::watch_forever;

/// Asks the reconciler to look now instead of at its next interval.
#[derive(Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Asks.
    pub fn now(&self) {
        self.0.notify_one();
    }

    /// Waits until asked, or until the interval has passed.
    pub async fn wait(&self, interval: Duration) {
        let _ = tokio::time::timeout(interval, self.0.notified()).await;
    }
}
