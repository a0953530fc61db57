//! Copying the runners' outboxes: audit rows into their chain's copy, usage rows into the ledger.
//!
//! Invariants: both go in one transaction, by (source, seq); copying the same rows again changes nothing; how far
//! the copy has come is read from the copied rows themselves, so the mark can never be ahead of them.

use sqlx::Row as _;
use syncline_model::TenantId;
use syncline_model::meter::Meter;

use super::connect::Control;
use super::usage::{UsageRow, insert_many};
use crate::Result;
use crate::chain::Link;

/// The source name of a runner's rows.
const RUNNER: &str = "runner";

/// One usage row of a runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectedUsage {
    /// Its number in the runner's outbox.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// Which meter.
    pub meter: Meter,
    /// How many.
    pub quantity: i64,
    /// Derived from what it counts.
    pub event: [u8; 32],
}

impl Control {
    /// How far a tenant's outboxes are copied: the last audit and the last usage number.
    pub async fn collected(&self, tenant: TenantId) -> Result<(i64, i64)> {
        let row = sqlx::query(
            "-- ledger.collected\n\
             select coalesce((select max(seq) from runner_audit where tenant = $1), 0) as audit,\n\
                    coalesce((select max(seq) from usage_ledger where tenant = $1 and source = $2), 0) as usage",
        )
        .bind(tenant.get())
        .bind(RUNNER)
        .fetch_one(&self.collector)
        .await?;
        Ok((row.try_get("audit")?, row.try_get("usage")?))
    }

    /// Copies a page of both outboxes.
    pub async fn collect(
        &self,
        tenant: TenantId,
        audit: &[Link],
        usage: &[CollectedUsage],
    ) -> Result<()> {
        let mut tx = self.collector.begin().await?;
        if !audit.is_empty() {
            sqlx::query(
                "-- ledger.audit\n\
                 insert into runner_audit (tenant, seq, at_ms, body, prev_hash, hash)\n\
                 select $1, * from unnest($2::int8[], $3::int8[], $4::text[], $5::bytea[], $6::bytea[]) on conflict do nothing",
            )
            .bind(tenant.get())
            .bind(audit.iter().map(|r| r.seq).collect::<Vec<_>>())
            .bind(audit.iter().map(|r| at_ms(&r.act)).collect::<Vec<_>>())
            .bind(audit.iter().map(|r| r.act.clone()).collect::<Vec<_>>())
            .bind(audit.iter().map(|r| r.prev_hash.to_vec()).collect::<Vec<_>>())
            .bind(audit.iter().map(|r| r.hash.to_vec()).collect::<Vec<_>>())
            .execute(&mut *tx)
            .await?;
        }
        let rows: Vec<UsageRow> = usage
            .iter()
            .map(|row| UsageRow {
                tenant,
                source: RUNNER.into(),
                seq: row.seq,
                at_ms: row.at_ms,
                meter: row.meter,
                quantity: row.quantity,
                event: row.event,
            })
            .collect();
        insert_many(&mut *tx, &rows).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The instant an act names; only the order of a list depends on it.
fn at_ms(act: &str) -> i64 {
    serde_json::from_str::<serde_json::Value>(act)
        .ok()
        .and_then(|act| act.get("at_ms")?.as_i64())
        .unwrap_or(0)
}
