//! Counting calls of the control surface in the ledger, many in one commit.
//!
//! A call waits until its row is committed before its first byte goes out, so an acknowledged call is always
//! counted; calls that arrive together share a commit. Invariants: a row's number is this process's own, so a
//! restart never reuses one; a call that cannot be counted is refused and not answered for free.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use syncline_contract::{Problem, codes};
use syncline_model::TenantId;
use syncline_model::meter::Meter;
use syncline_store::control::{Control, UsageRow};
use syncline_wire::assertion::RequestId;
use tokio::sync::{mpsc, oneshot};

const BATCH_MAX: usize = 256;
const PATIENCE: Duration = Duration::from_secs(5);

struct Waiting {
    row: UsageRow,
    done: oneshot::Sender<bool>,
}

/// Hands rows to the writer.
pub struct UsageMeter {
    source: String,
    next: AtomicI64,
    queue: mpsc::Sender<Waiting>,
}

impl UsageMeter {
    /// Starts the writer. `incarnation` names this run of the process.
    pub fn start(control: Control, incarnation: &str) -> Self {
        let (queue, waiting) = mpsc::channel(4 * BATCH_MAX);
        tokio::spawn(write(control, waiting));
        UsageMeter {
            source: format!("api:{incarnation}"),
            next: AtomicI64::new(1),
            queue,
        }
    }

    /// Counts one call and waits until it is in the ledger.
    pub async fn count(
        &self,
        tenant: TenantId,
        meter: Meter,
        request: RequestId,
        now_ms: i64,
    ) -> Result<(), Problem> {
        let row = self.row(tenant, meter, request, now_ms);
        let (done, written) = oneshot::channel();
        let refuse =
            || Problem::new(&codes::UNAVAILABLE, "The call could not be counted.").retry_after(1);
        self.queue
            .send(Waiting { row, done })
            .await
            .map_err(|_| refuse())?;
        match tokio::time::timeout(PATIENCE, written).await {
            Ok(Ok(true)) => Ok(()),
            _ => Err(refuse()),
        }
    }

    /// The row of one call, for a transaction that has an effect of its own.
    pub fn row(&self, tenant: TenantId, meter: Meter, request: RequestId, now_ms: i64) -> UsageRow {
        let event = Sha256::new()
            .chain_update(b"syncline call\0")
            .chain_update(request.0)
            .finalize()
            .into();
        UsageRow {
            tenant,
            source: self.source.clone(),
            seq: self.next.fetch_add(1, Ordering::Relaxed),
            at_ms: now_ms,
            meter,
            quantity: 1,
            event,
        }
    }
}

async fn write(control: Control, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let rows: Vec<UsageRow> = batch.iter().map(|waiting| waiting.row.clone()).collect();
        let written = match control.append_usage(&rows).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(
                    code = error.code(),
                    rows = rows.len(),
                    "calls could not be counted and are refused: {error}"
                );
                false
            }
        };
        for waiting in batch.drain(..) {
            let _ = waiting.done.send(written);
        }
    }
}
