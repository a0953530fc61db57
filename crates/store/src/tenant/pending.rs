//! What exports read: pending operations, operations with unknown outcome, acknowledged ones.
//!
//! Invariants: lists for deciding what may go are narrow; bodies are opened for the operations that are looked at
//! or sent.

use sqlx::postgres::PgRow;
use syncline_model::object::TypeId;
use syncline_model::op::OpHash;
use syncline_model::plan::{Blocked, EscrowEntry, MemoryEntry, PlannedOp, Verb};
use syncline_model::{CsId, DirectoryId, PartId, ProfileId};

use super::cs::{numbers, type_id};
use super::row::{Columns as _, code, op_hash};
use super::session::TenantRead;
use crate::{Result, StoreError};

/// A pending operation without its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingRow {
    /// The object.
    pub cs: CsId,
    /// Pass 1 or 2.
    pub pass: u8,
    /// The target.
    pub directory: DirectoryId,
    /// The profile it belongs to.
    pub profile: ProfileId,
    /// The outbound part that owns the link.
    pub part: PartId,
    /// The object's type.
    pub object_type: TypeId,
    /// What is done.
    pub verb: Verb,
    /// How deep the object lies.
    pub depth: u16,
    /// Its hash.
    pub hash: OpHash,
    /// Why it cannot be sent now, if so.
    pub blocked: Option<Blocked>,
}

impl TenantRead {
    /// The pending operations of a directory, or of all, by object and pass.
    pub async fn pending_rows(
        &mut self,
        directory: Option<DirectoryId>,
    ) -> Result<Vec<PendingRow>> {
        let rows = sqlx::query(
            "-- pending.list
             select cs, pass, directory, profile, part, object_type, verb, depth, op_hash, blocked from pending
             where $1::int8 is null or directory = $1 order by cs, pass",
        )
        .bind(directory.map(DirectoryId::get))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(pending_row).collect()
    }

    /// The pending operations of these objects, whole.
    pub async fn pending_ops(&mut self, ids: &[CsId]) -> Result<Vec<PlannedOp>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- pending.ops
             select cs, pass, body from pending where cs = any ($1) order by cs, pass",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                let key = [row.i64("cs")?, row.i16("pass")?.into()];
                self.open_body("pending", "body", &key, row.bytes("body")?)
            })
            .collect()
    }

    /// How many operations are pending, by directory and profile.
    pub async fn pending_counts(&mut self) -> Result<Vec<(DirectoryId, ProfileId, i64)>> {
        let rows = sqlx::query(
            "-- pending.counts
             select directory, profile, count(*) as n from pending group by directory, profile order by directory, profile",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                Ok((
                    DirectoryId(row.i64("directory")?),
                    ProfileId(row.i64("profile")?),
                    row.i64("n")?,
                ))
            })
            .collect()
    }

    /// The operations of a directory, or of all, whose outcome is not known, in the order they were handed over.
    pub async fn escrow(&mut self, directory: Option<DirectoryId>) -> Result<Vec<EscrowEntry>> {
        let rows = sqlx::query(
            "-- escrow.list
             select cs, export_seq, body from escrow where $1::int8 is null or directory = $1 order by directory, export_seq",
        )
        .bind(directory.map(DirectoryId::get))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.escrow_entry(row)).collect()
    }

    /// The operations on these objects whose outcome is not known.
    pub async fn escrow_of(&mut self, ids: &[CsId]) -> Result<Vec<EscrowEntry>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- escrow.of
             select cs, export_seq, body from escrow where cs = any ($1) order by cs, export_seq",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.escrow_entry(row)).collect()
    }

    /// Which of these objects have an operation whose outcome is not known.
    pub async fn in_doubt(&mut self, ids: &[CsId]) -> Result<Vec<CsId>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- escrow.in_doubt
             select distinct cs from escrow where cs = any ($1) order by cs",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| row.i64("cs").map(CsId)).collect()
    }

    /// The acknowledged operations on these objects that no import confirmed yet, in the order of acknowledgement.
    pub async fn memory(&mut self, ids: &[CsId]) -> Result<Vec<MemoryEntry>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- memory.of
             select cs, export_seq, body from memory where cs = any ($1) order by cs, export_seq",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                let key = [row.i64("cs")?, row.i64("export_seq")?];
                self.open_body("memory", "body", &key, row.bytes("body")?)
            })
            .collect()
    }

    /// The objects of a directory with acknowledged operations that no import confirmed yet.
    pub async fn memory_ids(&mut self, directory: DirectoryId) -> Result<Vec<CsId>> {
        let rows = sqlx::query(
            "-- memory.ids
             select distinct cs from memory where directory = $1 order by cs",
        )
        .bind(directory.get())
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| row.i64("cs").map(CsId)).collect()
    }

    /// Acknowledged and unconfirmed operations by directory.
    pub async fn memory_counts(&mut self) -> Result<Vec<(DirectoryId, i64)>> {
        let rows = sqlx::query(
            "-- memory.counts
             select directory, count(*) as n from memory group by directory order by directory",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| Ok((DirectoryId(row.i64("directory")?), row.i64("n")?)))
            .collect()
    }

    fn escrow_entry(&self, row: &PgRow) -> Result<EscrowEntry> {
        let key = [row.i64("cs")?, row.i64("export_seq")?];
        self.open_body("escrow", "body", &key, row.bytes("body")?)
    }
}

pub(crate) fn pass(table: &'static str, row: i64, number: i16) -> Result<u8> {
    u8::try_from(number)
        .ok()
        .filter(|pass| (1..=2).contains(pass))
        .ok_or_else(|| {
            StoreError::damaged(table, "pass", row, format_args!("{number} is not a pass"))
        })
}

fn pending_row(row: &PgRow) -> Result<PendingRow> {
    let cs = row.i64("cs")?;
    let depth = row.i32("depth")?;
    Ok(PendingRow {
        cs: CsId(cs),
        pass: pass("pending", cs, row.i16("pass")?)?,
        directory: DirectoryId(row.i64("directory")?),
        profile: ProfileId(row.i64("profile")?),
        part: PartId(row.i64("part")?),
        object_type: type_id("pending", cs, row.i32("object_type")?)?,
        verb: code("pending", "verb", cs, row.i16("verb")?, Verb::from_code)?,
        depth: u16::try_from(depth).map_err(|_| {
            StoreError::damaged(
                "pending",
                "depth",
                cs,
                format_args!("{depth} is not a depth"),
            )
        })?,
        hash: op_hash("pending", cs, row.bytes("op_hash")?)?,
        blocked: row
            .opt_i16("blocked")?
            .map(|n| code("pending", "blocked", cs, n, Blocked::from_code))
            .transpose()?,
    })
}
