//! Desired and observed state of tenants, the leases of the reconciler, and its step journal.
//!
//! Invariants: a generation only rises; a journal row is written after its step's effect.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use syncline_model::TenantId;

use super::connect::Control;
use super::tx::ControlTx;
use crate::Result;
use crate::error::StoreError;

macro_rules! states {
    ($(#[$doc:meta])* $name:ident in $column:literal { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            /// The stored name, which the API shows too.
            pub const fn name(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            pub(super) fn read(row: &PgRow, tenant: TenantId) -> Result<Self> {
                match row.try_get::<&str, _>($column)? {
                    $($text => Ok($name::$variant),)*
                    other => Err(StoreError::damaged("tenant", $column, tenant, format!("`{other}` is no state"))),
                }
            }
        }
    };
}

states! {
    /// What a tenant should be.
    Desired in "desired" {
        /// Running.
        Active = "active",
        /// Kept but not running.
        Suspended = "suspended",
        /// Gone.
        Deleted = "deleted",
    }
}

states! {
    /// What a tenant was last seen as.
    Observed in "observed" {
        /// Signed up, nothing made yet.
        Requested = "requested",
        /// Its database schema, role and key are being made.
        Provisioning = "provisioning",
        /// Its runner is being started.
        Starting = "starting",
        /// Its runner answers.
        Active = "active",
        /// The last attempt failed; there is a next one.
        Failing = "failing",
        /// Not running, as desired.
        Stopped = "stopped",
    }
}

/// One line of the step journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Position in the tenant's journal.
    pub seq: i64,
    /// The generation it was done for.
    pub generation: i64,
    /// The step.
    pub step: String,
    /// `found` or `made`.
    pub outcome: String,
    /// When.
    pub at_ms: i64,
}

/// A tenant that is meant to run, and its generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Which.
    pub tenant: TenantId,
    /// Its owner generation.
    pub generation: i64,
}

impl Control {
    /// Leases tenants whose observed state is not the desired one and whose time for a next attempt has come.
    pub async fn lease_tenants(
        &self,
        owner: &str,
        now_ms: i64,
        until_ms: i64,
        most: i32,
    ) -> Result<Vec<TenantId>> {
        let ids: Vec<i64> =
            sqlx::query_scalar("-- lifecycle.lease\nselect tenants_lease($1, $2, $3, $4)")
                .bind(owner)
                .bind(now_ms)
                .bind(until_ms)
                .bind(most)
                .fetch_all(&self.api)
                .await?;
        Ok(ids.into_iter().map(TenantId).collect())
    }

    /// The tenants that are meant to run.
    pub async fn running_tenants(&self) -> Result<Vec<Running>> {
        let rows =
            sqlx::query("-- lifecycle.running\nselect id, generation from tenants_running()")
                .fetch_all(&self.api)
                .await?;
        rows.iter()
            .map(|row| {
                Ok(Running {
                    tenant: TenantId(row.try_get("id")?),
                    generation: row.try_get("generation")?,
                })
            })
            .collect()
    }
}

impl ControlTx {
    /// Notes what a tenant was seen as. Seen active, its failures are forgotten.
    pub async fn note_observed(
        &mut self,
        tenant: TenantId,
        observed: Observed,
        now_ms: i64,
    ) -> Result<()> {
        sqlx::query(
            "-- lifecycle.observed\n\
             update tenant set observed = $2, lease_owner = case when $4 then null else lease_owner end,\n\
                    lease_until_ms = case when $4 then 0 else lease_until_ms end,\n\
                    reason = case when $4 then null else reason end,\n\
                    attempts = case when $4 then 0 else attempts end,\n\
                    active_ms = case when $2 = 'active' then coalesce(active_ms, $3) else active_ms end\n\
             where id = $1",
        )
        .bind(tenant.get())
        .bind(observed.name())
        .bind(now_ms)
        .bind(matches!(observed, Observed::Active | Observed::Stopped))
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Notes a failed attempt and when the next one is due, and gives the lease back.
    pub async fn note_failure(
        &mut self,
        tenant: TenantId,
        reason: &str,
        retry_ms: i64,
    ) -> Result<()> {
        sqlx::query(
            "-- lifecycle.failure\n\
             update tenant set observed = 'failing', reason = $2, retry_ms = $3, attempts = attempts + 1,\n\
                    lease_owner = null, lease_until_ms = 0 where id = $1",
        )
        .bind(tenant.get())
        .bind(reason)
        .bind(retry_ms)
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Raises the owner generation by one, so that whoever ran before can write no more. Returns the new one.
    pub async fn raise_generation(&mut self, tenant: TenantId) -> Result<i64> {
        let raised = sqlx::query_scalar(
            "-- lifecycle.raise_generation\nupdate tenant set generation = generation + 1 where id = $1 returning generation",
        )
        .bind(tenant.get())
        .fetch_one(self.sql())
        .await?;
        Ok(raised)
    }

    /// Adds a line to the journal of steps.
    pub async fn journal(
        &mut self,
        tenant: TenantId,
        generation: i64,
        step: &str,
        outcome: &str,
        now_ms: i64,
    ) -> Result<()> {
        sqlx::query(
            "-- lifecycle.journal\n\
             insert into step_journal (tenant, seq, generation, step, outcome, at_ms)\n\
             select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5 from step_journal where tenant = $1",
        )
        .bind(tenant.get())
        .bind(generation)
        .bind(step)
        .bind(outcome)
        .bind(now_ms)
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// The latest lines of the journal, oldest first.
    pub async fn journal_rows(&mut self, tenant: TenantId, limit: i64) -> Result<Vec<JournalRow>> {
        let rows = sqlx::query(
            "-- lifecycle.journal_rows\n\
             select * from (select seq, generation, step, outcome, at_ms from step_journal\n\
                            where tenant = $1 order by seq desc limit $2) latest order by seq",
        )
        .bind(tenant.get())
        .bind(limit)
        .fetch_all(self.sql())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(JournalRow {
                    seq: row.try_get("seq")?,
                    generation: row.try_get("generation")?,
                    step: row.try_get("step")?,
                    outcome: row.try_get("outcome")?,
                    at_ms: row.try_get("at_ms")?,
                })
            })
            .collect()
    }

    /// Keeps when the tenant's runner is next due.
    pub async fn note_next_due(&mut self, tenant: TenantId, due_ms: Option<i64>) -> Result<()> {
        sqlx::query("-- lifecycle.next_due\nupdate tenant set next_due_ms = $2 where id = $1")
            .bind(tenant.get())
            .bind(due_ms)
            .execute(self.sql())
            .await?;
        Ok(())
    }
}
