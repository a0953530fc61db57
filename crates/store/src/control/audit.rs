//! The audit chains of the control plane: one a tenant, and one for acts outside any tenant.
//!
//! Invariants: a row is appended in the transaction of its act, under the lock of the chain's head, so an act
//! without a row is rolled back; form and hash are those of [`crate::chain`]; people appear by id only.

use sqlx::Row as _;
use syncline_model::TenantId;

use super::tx::{ControlTx, PLATFORM};
use crate::Result;
use crate::chain::{Act, Link, START};
use crate::error::StoreError;

/// Which of a tenant's two chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Acts of the control plane.
    Control,
    /// Acts of the tenant's runner, as copied by the collector.
    Runner,
}

impl ControlTx {
    /// Appends an act to the chain of a tenant (or of [`PLATFORM`]); the scope has to be in it. Returns its number.
    pub async fn audit(&mut self, tenant: TenantId, act: &Act) -> Result<i64> {
        sqlx::query("-- audit.head.ensure\ninsert into audit_head (tenant, seq, hash) values ($1, 0, $2) on conflict do nothing")
            .bind(tenant.get())
            .bind(START.as_slice())
            .execute(self.sql())
            .await?;
        let head = sqlx::query(
            "-- audit.head.lock\nselect seq, hash from audit_head where tenant = $1 for update",
        )
        .bind(tenant.get())
        .fetch_one(self.sql())
        .await?;
        let seq = head.try_get::<i64, _>("seq")? + 1;
        let previous = hash("audit_head", tenant, head.try_get("hash")?)?;
        let link = act.link(&chain_name(tenant), seq, previous);
        sqlx::query(
            "-- audit.append\n\
             with head as (update audit_head set seq = $2, hash = $6 where tenant = $1)\n\
             insert into audit (tenant, seq, at_ms, body, prev_hash, hash) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(tenant.get())
        .bind(seq)
        .bind(act.at_ms)
        .bind(link.act)
        .bind(link.prev_hash.as_slice())
        .bind(link.hash.as_slice())
        .execute(self.sql())
        .await?;
        Ok(seq)
    }

    /// Rows of one of a tenant's chains before this number, newest first.
    pub async fn audit_rows(
        &mut self,
        tenant: TenantId,
        chain: Chain,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Link>> {
        let query = match chain {
            Chain::Control => sqlx::query(
                "-- audit.rows\n\
                 select seq, body, prev_hash, hash from audit where tenant = $1 and seq < $2 order by seq desc limit $3",
            ),
            Chain::Runner => sqlx::query(
                "-- audit.runner_rows\n\
                 select seq, body, prev_hash, hash from runner_audit where tenant = $1 and seq < $2\n\
                 order by seq desc limit $3",
            ),
        };
        let rows = query
            .bind(tenant.get())
            .bind(before)
            .bind(limit)
            .fetch_all(self.sql())
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Link {
                    seq: row.try_get("seq")?,
                    act: row.try_get("body")?,
                    prev_hash: hash("audit", tenant, row.try_get("prev_hash")?)?,
                    hash: hash("audit", tenant, row.try_get("hash")?)?,
                })
            })
            .collect()
    }
}

fn chain_name(tenant: TenantId) -> String {
    if tenant == PLATFORM {
        "platform".into()
    } else {
        tenant.to_string()
    }
}

fn hash(table: &'static str, tenant: TenantId, stored: Vec<u8>) -> Result<[u8; 32]> {
    stored
        .try_into()
        .map_err(|_| StoreError::damaged(table, "hash", tenant, "it is not 32 bytes long"))
}
