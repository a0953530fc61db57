//! What was sent, what allowed it, and how it ended (table `release`).
//!
//! Invariants: the ledger is only added to (by the claim) and completed (by the result); what was sent stays readable
//! after the object, the plan and the memory of it are gone.

use std::collections::BTreeSet;

use sqlx::postgres::PgRow;
use syncline_model::approval::ReleasedBy;
use syncline_model::plan::{PlannedOp, Verb};
use syncline_model::{ApprovalId, CsId, DirectoryId, ProfileId, RunId};

use super::row::Columns as _;
use super::session::TenantRead;
use crate::{Result, StoreError};

/// A sent operation and what allowed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// Its number in its directory, in the order of sending.
    pub export_seq: i64,
    /// The operation as it was sent.
    pub op: PlannedOp,
    /// When it was handed over.
    pub at_ms: i64,
    /// What allowed it.
    pub released_by: ReleasedBy,
    /// How it ended: `acknowledged`, `no-op`, `object-gone` or the code of the refusal; `None` while unknown.
    pub outcome: Option<String>,
}

impl TenantRead {
    /// What a run sent behind a number, in the order of sending.
    pub async fn releases(&mut self, run: RunId, after: i64, limit: i64) -> Result<Vec<Release>> {
        let rows = sqlx::query(
            "-- release.of_run
             select * from release where run = $1 and export_seq > $2 order by export_seq limit $3",
        )
        .bind(run.get())
        .bind(after)
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.release(row)).collect()
    }

    /// The profiles for which a run sent something.
    pub async fn release_profiles(&mut self, run: RunId) -> Result<Vec<ProfileId>> {
        let rows = sqlx::query(
            "-- release.profiles
             select distinct profile from release where run = $1 order by profile",
        )
        .bind(run.get())
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| Ok(ProfileId(row.i64("profile")?)))
            .collect()
    }

    /// The objects for which an Add was handed over since an instant, whoever released it.
    pub async fn released_adds(
        &mut self,
        directory: DirectoryId,
        since_ms: i64,
    ) -> Result<BTreeSet<CsId>> {
        let rows = sqlx::query(
            "-- release.adds_since
             select cs from release where at_ms >= $1 and directory = $2 and verb = $3",
        )
        .bind(since_ms)
        .bind(directory.get())
        .bind(i16::from(Verb::Add.code()))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| Ok(CsId(row.i64("cs")?))).collect()
    }

    fn release(&self, row: &PgRow) -> Result<Release> {
        let seq = row.i64("export_seq")?;
        let key = [row.i64("directory")?, seq];
        let approval = ApprovalId(row.i64("approval")?);
        Ok(Release {
            export_seq: seq,
            op: self.open_body("release", "body", &key, row.bytes("body")?)?,
            at_ms: row.i64("at_ms")?,
            released_by: match row.text("released_by")? {
                "plan" => ReleasedBy::Plan(approval),
                "guard" => ReleasedBy::Guard(approval),
                "live" => ReleasedBy::Live(approval),
                other => {
                    let what = format!("`{other}` is not a reason");
                    return Err(StoreError::damaged("release", "released_by", seq, what));
                }
            },
            outcome: row.opt_text("outcome")?.map(str::to_owned),
        })
    }
}
