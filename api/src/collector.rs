//! The collector: copies the runners' audit and usage outboxes into the control database.
//!
//! Invariants: the mark is read from the copied rows, so a crash at any point copies again and counts once; an act
//! that does not continue the copied chain stops the copying of that tenant's acts with an error, never silently.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;

use syncline_contract::internal::{OUTBOX_ROWS_MAX, Outbox, OutboxAct, OutboxUsage, unhex};
use syncline_model::TenantId;
use syncline_model::meter::Meter;
use syncline_store::StoreError;
use syncline_store::chain::Link;
use syncline_store::control::{CollectedUsage, Control};
use tokio::sync::{Mutex, Notify};

use crate::app::AppState;
use crate::runners::{At, RunnerError, Runners};

/// How often it looks without being told.
const INTERVAL: Duration = Duration::from_secs(5);

/// Why a tenant's outbox was not copied.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The runner.
    #[error(transparent)]
    Runner(#[from] RunnerError),
    /// A row that cannot be what a runner writes.
    #[error("row {seq} of the {kind} outbox of {tenant} cannot be copied: {why} (collector.row)")]
    Row {
        /// Whose.
        tenant: TenantId,
        /// Which outbox.
        kind: &'static str,
        /// Which row.
        seq: i64,
        /// Why.
        why: &'static str,
    },
}

/// Copies outboxes; one copying of a tenant at a time.
#[derive(Clone, Default)]
pub struct Collector {
    busy: Arc<StdMutex<HashMap<TenantId, Arc<Mutex<()>>>>>,
    told: Arc<Notify>,
}

impl Collector {
    /// A collector that has copied nothing yet in this process.
    pub fn new() -> Self {
        Collector::default()
    }

    /// A runner says that it has rows.
    pub fn tell(&self) {
        self.told.notify_one();
    }

    /// Copies everything a tenant's outboxes hold.
    pub async fn collect(
        &self,
        control: &Control,
        runners: &Runners,
        at: At,
    ) -> Result<(), CollectError> {
        let turn = {
            let mut busy = self
                .busy
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            busy.entry(at.tenant).or_default().clone()
        };
        let _turn = turn.lock().await;
        loop {
            let (after_audit, after_usage) = control.collected(at.tenant).await?;
            let path =
                format!("/internal/outbox?after_audit={after_audit}&after_usage={after_usage}");
            let page: Outbox = runners.get(at, &path).await?;
            let full = page.acts.len() >= OUTBOX_ROWS_MAX || page.usage.len() >= OUTBOX_ROWS_MAX;
            if page.acts.is_empty() && page.usage.is_empty() {
                return Ok(());
            }
            let acts = acts(at.tenant, after_audit, page.acts)?;
            let usage = page
                .usage
                .into_iter()
                .map(|row| used(at.tenant, row))
                .collect::<Result<Vec<_>, _>>()?;
            control.collect(at.tenant, &acts, &usage).await?;
            if !full {
                return Ok(());
            }
        }
    }
}

/// The acts as links, each following the one before it.
fn acts(tenant: TenantId, after: i64, rows: Vec<OutboxAct>) -> Result<Vec<Link>, CollectError> {
    let bad = |seq, why| CollectError::Row {
        tenant,
        kind: "audit",
        seq,
        why,
    };
    let mut links: Vec<Link> = Vec::with_capacity(rows.len());
    for row in rows {
        let prev_hash =
            unhex(&row.prev_hash).ok_or_else(|| bad(row.seq, "its hashes are not hashes"))?;
        let hash = unhex(&row.hash).ok_or_else(|| bad(row.seq, "its hashes are not hashes"))?;
        links.push(Link {
            seq: row.seq,
            act: row.act,
            prev_hash,
            hash,
        });
    }
    if let Some(first) = links.first() {
        let held = syncline_store::chain::verify(after, first.prev_hash, &links);
        held.map_err(|broken| bad(broken.seq, broken.what))?;
    }
    Ok(links)
}

fn used(tenant: TenantId, row: OutboxUsage) -> Result<CollectedUsage, CollectError> {
    let bad = |why| CollectError::Row {
        tenant,
        kind: "usage",
        seq: row.seq,
        why,
    };
    Ok(CollectedUsage {
        seq: row.seq,
        at_ms: row.at_ms,
        meter: Meter::from_code(&row.meter).ok_or_else(|| bad("its meter is unknown"))?,
        quantity: row.quantity,
        event: unhex(&row.event).ok_or_else(|| bad("its event is not a hash"))?,
    })
}

/// Copies every running tenant's outboxes, when told and at intervals, for as long as the process lives.
pub async fn collect_forever(app: AppState) {
    loop {
        match app.control.running_tenants().await {
            Ok(tenants) => {
                for running in tenants {
                    let at = At {
                        tenant: running.tenant,
                        generation: running.generation,
                    };
                    if let Err(error) = app.collector.collect(&app.control, &app.runners, at).await
                    {
                        tracing::warn!(code = "collector.failed", tenant = %at.tenant, "{error}");
                    }
                }
            }
            Err(error) => tracing::warn!(
                code = error.code(),
                "running tenants cannot be read: {error}"
            ),
        }
        let _ = tokio::time::timeout(INTERVAL, app.collector.told.notified()).await;
    }
}

#[cfg(test)]
mod tests {
    use syncline_contract::internal::hex;
    use syncline_store::chain::{Act, START};

    use super::*;

    fn row(seq: i64, previous: [u8; 32]) -> OutboxAct {
        let act = Act {
            at_ms: 1,
            actor: "usr_1".into(),
            action: "profiles.put".into(),
            target: None,
            result: "done".into(),
            request_id: None,
            detail: serde_json::Value::Null,
        };
        let link = act.link("ten_1", seq, previous);
        OutboxAct {
            seq,
            act: link.act,
            prev_hash: hex(&link.prev_hash),
            hash: hex(&link.hash),
        }
    }

    #[test]
    fn acts_are_copied_only_as_an_unbroken_chain() {
        let first = row(1, START);
        let second = row(2, unhex(&first.hash).unwrap());
        let mut changed = second.clone();
        changed.act = changed.act.replace("usr_1", "usr_2");

        assert_eq!(
            acts(TenantId(1), 0, vec![first.clone(), second.clone()])
                .unwrap()
                .len(),
            2
        );
        assert!(acts(TenantId(1), 0, vec![first.clone(), changed]).is_err());
        assert!(acts(TenantId(1), 0, vec![second]).is_err());
    }

    #[test]
    fn a_usage_row_of_an_unknown_meter_is_not_copied() {
        let row = OutboxUsage {
            seq: 4,
            at_ms: 1,
            meter: "sunshine".into(),
            quantity: 1,
            event: hex(&[1; 32]),
        };

        assert!(
            used(TenantId(1), row)
                .unwrap_err()
                .to_string()
                .contains("row 4")
        );
    }
}
