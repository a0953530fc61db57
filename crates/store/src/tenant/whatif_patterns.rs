//! What a what-if amounts to: its counts, and the patterns that its operations read as (columns `whatif.patterns` and
//! `whatif_op.pattern`).
//!
//! Invariants: patterns are sealed, for they tell values; what was approved is compared by operation hash, never by
//! pattern.

use syncline_model::object::TypeId;
use syncline_model::{ApprovalId, DirectoryId, WhatIfId};

use super::cs::type_id;
use super::row::Columns as _;
use super::session::{TenantRead, TenantTx};
use super::whatifs::WhatIfRow;
use crate::Result;

impl TenantRead {
    /// Rows by kind, directory and object type.
    pub async fn whatif_counts(
        &mut self,
        id: WhatIfId,
    ) -> Result<Vec<(String, Option<DirectoryId>, Option<TypeId>, i64)>> {
        let rows = sqlx::query(
            "-- whatif_op.counts
             select kind, directory, object_type, count(*) as n from whatif_op where whatif = $1
             group by kind, directory, object_type order by kind, directory, object_type",
        )
        .bind(id.get())
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.text("kind")?.to_owned(),
                    row.opt_i64("directory")?.map(DirectoryId),
                    row.opt_i32("object_type")?
                        .map(|n| type_id("whatif_op", id, n))
                        .transpose()?,
                    row.i64("n")?,
                ))
            })
            .collect()
    }

    /// The rows with these numbers, in order.
    pub async fn whatif_rows_at(
        &mut self,
        id: WhatIfId,
        numbers: &[i32],
    ) -> Result<Vec<(i32, WhatIfRow)>> {
        let rows = sqlx::query(
            "-- whatif_op.at
             select seq, op_hash is not null as is_op, is_new, body from whatif_op
             where whatif = $1 and seq = any ($2) order by seq",
        )
        .bind(id.get())
        .bind(numbers)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.whatif_row(id, row)).collect()
    }

    /// The patterns of a what-if, in the runner's form; `None` where an earlier build computed it.
    pub async fn whatif_patterns(&mut self, id: WhatIfId) -> Result<Option<serde_json::Value>> {
        let row = sqlx::query(
            "-- whatif.patterns
             select patterns from whatif where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        row.opt_bytes("patterns")?
            .map(|sealed| self.open_json("whatif", "patterns", &[id.get()], sealed))
            .transpose()
    }

    /// What an approval of an earlier what-if names that was not sent and is not in a later one: how many by the number of
    /// their pattern in the earlier one.
    pub async fn whatif_gone(
        &mut self,
        approval: ApprovalId,
        earlier: WhatIfId,
        later: WhatIfId,
    ) -> Result<Vec<(Option<i32>, i64)>> {
        let rows = sqlx::query(
            "-- whatif_op.gone
             select e.pattern, count(*) as n
             from approval_op a join whatif_op e on e.whatif = $2 and e.op_hash = a.op_hash
             where a.approval = $1 and a.sent_ms is null
               and not exists (select 1 from whatif_op l where l.whatif = $3 and l.op_hash = a.op_hash)
             group by e.pattern order by e.pattern",
        )
        .bind(approval.get())
        .bind(earlier.get())
        .bind(later.get())
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| Ok((row.opt_i32("pattern")?, row.i64("n")?)))
            .collect()
    }
}

impl TenantTx {
    /// Keeps the patterns of a what-if.
    pub async fn whatif_keep_patterns(
        &mut self,
        id: WhatIfId,
        patterns: &serde_json::Value,
    ) -> Result<()> {
        let sealed = self.seal_json("whatif", "patterns", &[id.get()], patterns);
        sqlx::query(
            "-- whatif.keep_patterns
             update whatif set patterns = $2 where id = $1",
        )
        .bind(id.get())
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
