//! Usage rows of the control plane's own acts, and reading the ledger per day and meter.
//!
//! Invariants: a row's identity is (source, seq) and derives from its effect, so writing it again changes
//! nothing; sums are integers and can be computed again from the rows, bit for bit.

use sqlx::Row as _;
use syncline_model::TenantId;
use syncline_model::meter::Meter;

use super::connect::Control;
use super::tx::ControlTx;
use crate::Result;

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    /// Whose.
    pub tenant: TenantId,
    /// Who counted: `runner`, or one run of the API.
    pub source: String,
    /// The source's own number for it.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// Which meter.
    pub meter: Meter,
    /// How many.
    pub quantity: i64,
    /// Derived from what it counts: the same effect counted twice is one row.
    pub event: [u8; 32],
}

/// A day's sum of one meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageDay {
    /// Days since 1970, UTC.
    pub day: i64,
    /// Code of the meter.
    pub meter: String,
    /// How many.
    pub quantity: i64,
    /// How many of them appear on an invoice.
    pub billable: i64,
}

const INSERT: &str =
    "insert into usage_ledger (tenant, source, seq, at_ms, meter, quantity, billable, event)";

impl ControlTx {
    /// Writes a row in the transaction of its effect; the scope has to be in the tenant.
    pub async fn count_usage(&mut self, row: &UsageRow) -> Result<()> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "-- usage.count\n{INSERT} values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing"
        )))
        .bind(row.tenant.get())
        .bind(&row.source)
        .bind(row.seq)
        .bind(row.at_ms)
        .bind(row.meter.code())
        .bind(row.quantity)
        .bind(row.meter.billed())
        .bind(row.event.as_slice())
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Sums per day and meter between two instants, the second excluded.
    pub async fn usage_days(
        &mut self,
        tenant: TenantId,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<UsageDay>> {
        let rows = sqlx::query(
            "-- usage.days\n\
             select at_ms / 86400000 as day, meter, sum(quantity)::int8 as quantity,\n\
                    coalesce(sum(quantity) filter (where billable), 0)::int8 as billable\n\
             from usage_ledger where tenant = $1 and at_ms >= $2 and at_ms < $3 group by 1, 2 order by 1, 2",
        )
        .bind(tenant.get())
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.sql())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(UsageDay {
                    day: row.try_get("day")?,
                    meter: row.try_get("meter")?,
                    quantity: row.try_get("quantity")?,
                    billable: row.try_get("billable")?,
                })
            })
            .collect()
    }
}

impl Control {
    /// Appends rows of many tenants in one statement, as the role that can do nothing else.
    pub async fn append_usage(&self, rows: &[UsageRow]) -> Result<()> {
        insert_many(&self.collector, rows).await
    }
}

pub(super) async fn insert_many<'c>(
    sql: impl sqlx::PgExecutor<'c>,
    rows: &[UsageRow],
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "-- usage.append\n{INSERT} select * from unnest($1::int8[], $2::text[], $3::int8[], $4::int8[], $5::text[],\n\
         $6::int8[], $7::boolean[], $8::bytea[]) on conflict do nothing"
    )))
    .bind(rows.iter().map(|r| r.tenant.get()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.source.clone()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.seq).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.at_ms).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.meter.code()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.quantity).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.meter.billed()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.event.to_vec()).collect::<Vec<_>>())
    .execute(sql)
    .await?;
    Ok(())
}
