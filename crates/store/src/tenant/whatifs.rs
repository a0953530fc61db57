//! What-ifs and their rows (tables `whatif`, `whatif_op`).
//!
//! Invariants: a what-if's rows are the operations and events of its plan parts, in the order they were computed,
//! and never change once it is complete; they are sealed like everything they show. Patterns are numbered by the
//! caller; an operation of another build has none.

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use syncline_model::object::TypeId;
use syncline_model::op::OpHash;
use syncline_model::plan::{Event, PlannedOp};
use syncline_model::{DirectoryId, ProfileId, RunId, WhatIfId};

use super::profiles::ConfigHash;
use super::row::{Columns as _, from_word, hash_32, op_hash, word};
use super::session::{TenantRead, TenantTx};
use super::work::number;
use crate::{Result, StoreError};

/// Where a what-if stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhatIfState {
    /// Being computed.
    Computing,
    /// Complete.
    Ready,
    /// Its approval was given.
    Approved,
    /// A person refused it.
    Rejected,
    /// It could not be computed.
    Failed,
}

/// A what-if.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// Its id.
    pub id: WhatIfId,
    /// Rises with each change.
    pub version: i64,
    /// The profile.
    pub profile: ProfileId,
    /// Where it stands.
    pub state: WhatIfState,
    /// The configuration it was computed under.
    pub config_hash: ConfigHash,
    /// The hash of its plan, once complete.
    pub plan_hash: Option<OpHash>,
    /// When it was asked for.
    pub asked_ms: i64,
    /// When it was complete.
    pub ended_ms: Option<i64>,
    /// The export that it would undo; `None` shows what the next export would send.
    pub undo_of: Option<RunId>,
    /// Counts, guards, data versions, who asked: in the runner's form.
    pub doc: serde_json::Value,
}

/// A row of a what-if.
#[derive(Debug, Clone, PartialEq)]
pub enum WhatIfRow {
    /// An operation that the next export would send.
    Op {
        /// The operation.
        op: Box<PlannedOp>,
        /// Whether it is not in the plan that was approved last.
        is_new: bool,
    },
    /// Something that would happen to an object.
    Event(Event),
}

/// An operation to keep, with what is known of it beside its body.
#[derive(Debug, Clone, Copy)]
pub struct WhatIfOp<'a> {
    /// The operation.
    pub op: &'a PlannedOp,
    /// The number of its pattern.
    pub pattern: Option<i32>,
    /// Whether it is not in the plan that was approved last.
    pub is_new: bool,
}

/// Which rows to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhatIfFilter {
    /// Of these kinds: words of `Verb` and `EventKind`. Empty is all.
    pub kinds: Vec<String>,
    /// Operations only (or events only).
    pub operations: Option<bool>,
    /// Of one directory.
    pub directory: Option<DirectoryId>,
    /// Of one object type.
    pub object_type: Option<TypeId>,
    /// Of one pattern.
    pub pattern: Option<i32>,
    /// Only those that are not in the plan that was approved last (or only those that are).
    pub is_new: Option<bool>,
}

impl TenantRead {
    /// One what-if.
    pub async fn whatif(&mut self, id: WhatIfId) -> Result<Option<WhatIf>> {
        let row = sqlx::query(
            "-- whatif.find
             select id, version, profile, state, config_hash, plan_hash, asked_ms, ended_ms, undo_of, doc
             from whatif where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.whatif_from(&row)).transpose()
    }

    /// What-ifs, newest first.
    pub async fn whatifs(
        &mut self,
        profile: Option<ProfileId>,
        before: Option<WhatIfId>,
        limit: i64,
    ) -> Result<Vec<WhatIf>> {
        let rows = sqlx::query(
            "-- whatif.list
             select id, version, profile, state, config_hash, plan_hash, asked_ms, ended_ms, undo_of, doc
             from whatif where ($1::int8 is null or profile = $1) and ($2::int8 is null or id < $2)
             order by id desc limit $3",
        )
        .bind(profile.map(ProfileId::get))
        .bind(before.map(WhatIfId::get))
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.whatif_from(row)).collect()
    }

    /// The newest what-if of what a profile's next export would send.
    pub async fn whatif_newest(&mut self, profile: ProfileId) -> Result<Option<WhatIf>> {
        let row = sqlx::query(
            "-- whatif.newest
             select id, version, profile, state, config_hash, plan_hash, asked_ms, ended_ms, undo_of, doc
             from whatif where profile = $1 and undo_of is null order by id desc limit 1",
        )
        .bind(profile.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.whatif_from(&row)).transpose()
    }

    /// Rows behind a number, in order, each with its number.
    pub async fn whatif_rows(
        &mut self,
        id: WhatIfId,
        filter: &WhatIfFilter,
        after: i32,
        limit: i64,
    ) -> Result<Vec<(i32, WhatIfRow)>> {
        let kinds = (!filter.kinds.is_empty()).then_some(&filter.kinds);
        let rows = sqlx::query(
            "-- whatif_op.list
             select seq, op_hash is not null as is_op, is_new, body from whatif_op
             where whatif = $1 and seq > $2 and ($3::text[] is null or kind = any ($3))
               and ($4::bool is null or (op_hash is not null) = $4)
               and ($5::int8 is null or directory = $5) and ($6::int4 is null or object_type = $6)
               and ($8::int4 is null or pattern = $8) and ($9::bool is null or is_new = $9)
             order by seq limit $7",
        )
        .bind(id.get())
        .bind(after)
        .bind(kinds)
        .bind(filter.operations)
        .bind(filter.directory.map(DirectoryId::get))
        .bind(filter.object_type.map(|t| i32::from(t.0)))
        .bind(limit)
        .bind(filter.pattern)
        .bind(filter.is_new)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.whatif_row(id, row)).collect()
    }

    pub(super) fn whatif_row(&self, id: WhatIfId, row: &PgRow) -> Result<(i32, WhatIfRow)> {
        let seq = row.i32("seq")?;
        let (key, body) = ([id.get(), seq.into()], row.bytes("body")?);
        let shown = if row.flag("is_op")? {
            WhatIfRow::Op {
                op: Box::new(self.open_body("whatif_op", "body", &key, body)?),
                is_new: row.flag("is_new")?,
            }
        } else {
            WhatIfRow::Event(self.open_body("whatif_op", "body", &key, body)?)
        };
        Ok((seq, shown))
    }

    /// The operation hashes of a what-if, sorted.
    pub async fn whatif_hashes(&mut self, id: WhatIfId) -> Result<Vec<OpHash>> {
        let rows = sqlx::query(
            "-- whatif_op.hashes
             select op_hash from whatif_op where whatif = $1 and op_hash is not null order by op_hash",
        )
        .bind(id.get())
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| op_hash("whatif_op", id, row.bytes("op_hash")?))
            .collect()
    }

    fn whatif_from(&self, row: &PgRow) -> Result<WhatIf> {
        let id = row.i64("id")?;
        Ok(WhatIf {
            id: WhatIfId(id),
            version: row.i64("version")?,
            profile: ProfileId(row.i64("profile")?),
            state: from_word("whatif", "state", id, row.text("state")?)?,
            config_hash: hash_32("whatif", "config_hash", id, row.bytes("config_hash")?)?,
            plan_hash: row
                .opt_bytes("plan_hash")?
                .map(|bytes| hash_32("whatif", "plan_hash", id, bytes).map(OpHash))
                .transpose()?,
            asked_ms: row.i64("asked_ms")?,
            ended_ms: row.opt_i64("ended_ms")?,
            undo_of: row.opt_i64("undo_of")?.map(RunId),
            doc: self.open_json("whatif", "doc", &[id], row.bytes("doc")?)?,
        })
    }
}

impl TenantTx {
    /// Adds a what-if.
    pub async fn whatif_add(&mut self, whatif: &WhatIf) -> Result<()> {
        let doc = self.seal_json("whatif", "doc", &[whatif.id.get()], &whatif.doc);
        sqlx::query(
            "-- whatif.add
             insert into whatif (id, version, profile, state, config_hash, plan_hash, asked_ms, ended_ms, doc, undo_of)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(whatif.id.get())
        .bind(whatif.version)
        .bind(whatif.profile.get())
        .bind(word(&whatif.state))
        .bind(whatif.config_hash.as_slice())
        .bind(whatif.plan_hash.map(|hash| hash.0.to_vec()))
        .bind(whatif.asked_ms)
        .bind(whatif.ended_ms)
        .bind(doc)
        .bind(whatif.undo_of.map(RunId::get))
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Changes a what-if from the version the caller has. Answers the new version.
    pub async fn whatif_change(&mut self, whatif: &WhatIf) -> Result<i64> {
        let doc = self.seal_json("whatif", "doc", &[whatif.id.get()], &whatif.doc);
        let done = sqlx::query(
            "-- whatif.change
             update whatif set version = version + 1, state = $3, plan_hash = $4, ended_ms = $5, doc = $6
             where id = $1 and version = $2",
        )
        .bind(whatif.id.get())
        .bind(whatif.version)
        .bind(word(&whatif.state))
        .bind(whatif.plan_hash.map(|hash| hash.0.to_vec()))
        .bind(whatif.ended_ms)
        .bind(doc)
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 1 {
            Ok(whatif.version + 1)
        } else {
            Err(StoreError::VersionChanged {
                what: whatif.id.to_string(),
            })
        }
    }

    /// Keeps operations, then events, numbered from `next`. Answers the next number.
    pub async fn whatif_keep(
        &mut self,
        id: WhatIfId,
        next: i32,
        ops: &[WhatIfOp<'_>],
        events: &[Event],
    ) -> Result<i32> {
        let mut rows = RowColumns::default();
        let mut seq = next;
        for WhatIfOp {
            op,
            pattern,
            is_new,
        } in ops
        {
            rows.pattern.push(*pattern);
            rows.is_new.push(*is_new);
            rows.seq.push(seq);
            rows.kind.push(word(&op.verb()));
            rows.directory.push(Some(op.directory.get()));
            rows.object_type.push(Some(i32::from(op.object_type.0)));
            rows.object.push(op.cs.get());
            rows.hash.push(Some(op.hash.0.to_vec()));
            rows.body
                .push(self.seal_body("whatif_op", "body", &[id.get(), seq.into()], *op));
            seq += 1;
        }
        for event in events {
            rows.pattern.push(None);
            rows.is_new.push(false);
            rows.seq.push(seq);
            rows.kind.push(word(&event.kind));
            rows.directory.push(None);
            rows.object_type.push(None);
            rows.object.push(number(event.subject));
            rows.hash.push(None);
            rows.body
                .push(self.seal_body("whatif_op", "body", &[id.get(), seq.into()], event));
            seq += 1;
        }
        if rows.seq.is_empty() {
            return Ok(next);
        }
        sqlx::query(
            "-- whatif_op.keep
             insert into whatif_op (whatif, seq, kind, directory, object_type, object, op_hash, body, pattern, is_new)
             select $1, * from unnest($2::int4[], $3::text[], $4::int8[], $5::int4[], $6::int8[], $7::bytea[], $8::bytea[],
                                      $9::int4[], $10::bool[])",
        )
        .bind(id.get())
        .bind(rows.seq)
        .bind(rows.kind)
        .bind(rows.directory)
        .bind(rows.object_type)
        .bind(rows.object)
        .bind(rows.hash)
        .bind(rows.body)
        .bind(rows.pattern)
        .bind(rows.is_new)
        .execute(self.conn())
        .await?;
        Ok(seq)
    }

    /// Removes the rows of a what-if that is computed once more.
    pub async fn whatif_clear(&mut self, id: WhatIfId) -> Result<()> {
        sqlx::query(
            "-- whatif_op.clear
             delete from whatif_op where whatif = $1",
        )
        .bind(id.get())
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Removes a what-if with its rows.
    pub async fn whatif_remove(&mut self, id: WhatIfId) -> Result<()> {
        for statement in [
            "-- whatif_op.remove
             delete from whatif_op where whatif = $1",
            "-- whatif.remove
             delete from whatif where id = $1",
        ] {
            sqlx::query(statement)
                .bind(id.get())
                .execute(self.conn())
                .await?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct RowColumns {
    seq: Vec<i32>,
    kind: Vec<String>,
    directory: Vec<Option<i64>>,
    object_type: Vec<Option<i32>>,
    object: Vec<i64>,
    hash: Vec<Option<Vec<u8>>>,
    body: Vec<Vec<u8>>,
    pattern: Vec<Option<i32>>,
    is_new: Vec<bool>,
}
