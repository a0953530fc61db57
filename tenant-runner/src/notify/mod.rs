//! Notifications: what the message log says is wrong, told to people and programs outside.
//!
//! A cause is told when it begins, when it gets worse and when it ends, never because it is said again. What is to be told
//! is found by comparing the log with a ledger of what was told, so that whatever happens between an entry and its
//! notification is found by the next look. The ledger and what waits to be taken are one sealed document that changes as a
//! whole: what was decided is sent; if it is sent again, it is under the same id.
//!
//! Invariants: what leaves names codes, directories and profiles, and never an object, a value or the text of an entry;
//! nothing is dialled but outlets, through the host's way out; addresses and secrets are sealed.

pub mod change;
mod ledger;
mod letter;
mod mail;
mod quiet;
mod send;
mod settings;
mod turn;
mod webhook;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use syncline_model::outlet::Outlets;
use syncline_store::StoreError;
use syncline_wire::boot::Secret;
use tokio::sync::Notify;

use crate::app::App;
use crate::http::context::now_ms;

pub use ledger::{Delivery, Ledger, Receiver};
pub use send::{Undelivered, send};
pub use settings::{Settings, SigningSecret};
pub(crate) use turn::gathers_ms;
pub use turn::turn;

/// The log is looked at this often whatever happens.
const LOOK: Duration = Duration::from_secs(60);
/// What is committed in one burst is looked at once.
const BURST: Duration = Duration::from_millis(200);
/// Before the next look when the database did not answer.
const AGAIN: Duration = Duration::from_secs(1);

/// What notifications are sent with.
#[derive(Debug, Default)]
pub struct Notifier {
    /// Where they may go.
    pub outlets: Outlets,
    /// The password at the mail relay.
    pub mail_password: Option<Secret>,
    /// Where connections are asked for.
    pub egress_socket: PathBuf,
    poked: Notify,
}

impl Notifier {
    /// Over this way out, to these outlets.
    pub fn new(outlets: Outlets, mail_password: Option<Secret>, egress_socket: PathBuf) -> Self {
        Self {
            outlets,
            mail_password,
            egress_socket,
            poked: Notify::new(),
        }
    }

    /// Looks again: the settings changed.
    pub fn poke(&self) {
        self.poked.notify_one();
    }
}

/// Looks at the log and sends what is due, for as long as the process lives.
pub async fn work(app: Arc<App>) {
    let mut committed = app.signals.subscribe();
    loop {
        committed.borrow_and_update();
        let now = now_ms();
        let wait = match turn(&app, now).await {
            Ok(next) => next.map_or(LOOK, |at| until(at, now).min(LOOK)),
            Err(error) => {
                tracing::error!(
                    code = error.code(),
                    "notifications were not looked at: {error}"
                );
                if matches!(error, StoreError::StaleGeneration { .. }) {
                    return;
                }
                AGAIN
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.notifier.poked.notified() => {}
            _ = committed.changed() => tokio::time::sleep(BURST).await,
        }
    }
}

fn until(at_ms: i64, now_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(at_ms.saturating_sub(now_ms)).unwrap_or(0))
}
