//! Runs: one step on one directory or profile (tables `run`, `run_seen`).
//!
//! Invariants: an ended run never changes; a run that has no status after a restart of the process is the one to end;
//! the batches of a run follow one another or it is refused the next one; counters and causes are sealed with the rest
//! of what people read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use syncline_model::run::{Progress, RunKind, RunStatus};
use syncline_model::stage::Before;
use syncline_model::{CsId, CycleId, DirectoryId, ProfileId, RunId};

use super::row::{Columns as _, from_word, word};
use super::session::{TenantRead, TenantTx};
use crate::{Result, StoreError};

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// What it does.
    pub kind: RunKind,
    /// On which directory.
    pub directory: Option<DirectoryId>,
    /// For which profile.
    pub profile: Option<ProfileId>,
    /// In which cycle.
    pub cycle: Option<CycleId>,
    /// What it is doing.
    pub progress: Progress,
    /// How it ended; `None` while it runs.
    pub status: Option<RunStatus>,
    /// When it was asked for.
    pub queued_ms: i64,
    /// When it began.
    pub started_ms: Option<i64>,
    /// When it ended.
    pub ended_ms: Option<i64>,
    /// What people read about it.
    pub doc: RunDoc,
}

/// The sealed part of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDoc {
    /// Why it runs: a trigger, a person, another run.
    #[serde(default)]
    pub cause: String,
    /// Counters by name.
    #[serde(default)]
    pub counts: BTreeMap<String, i64>,
    /// Why it ended as it did, when that needs words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The trace it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The run that it follows and that alone brought it about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<RunId>,
}

/// Which runs to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Of one directory.
    pub directory: Option<DirectoryId>,
    /// Of one profile.
    pub profile: Option<ProfileId>,
    /// Of one cycle.
    pub cycle: Option<CycleId>,
    /// Older than this one.
    pub before: Option<RunId>,
}

impl TenantRead {
    /// One run.
    pub async fn run(&mut self, id: RunId) -> Result<Option<Run>> {
        let row = sqlx::query(
            "-- run.find
             select * from run where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.run_from(&row)).transpose()
    }

    /// Runs, newest first.
    pub async fn runs(&mut self, filter: &RunFilter, limit: i64) -> Result<Vec<Run>> {
        let rows = sqlx::query(
            "-- run.list
             select * from run
             where ($1::int8 is null or directory = $1) and ($2::int8 is null or profile = $2)
               and ($3::int8 is null or cycle = $3) and ($4::int8 is null or id < $4)
             order by id desc limit $5",
        )
        .bind(filter.directory.map(DirectoryId::get))
        .bind(filter.profile.map(ProfileId::get))
        .bind(filter.cycle.map(CycleId::get))
        .bind(filter.before.map(RunId::get))
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.run_from(row)).collect()
    }

    /// Runs that did not end.
    pub async fn runs_open(&mut self) -> Result<Vec<Run>> {
        let rows = sqlx::query(
            "-- run.open
             select * from run where status is null order by id",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.run_from(row)).collect()
    }

    /// The objects a full import saw, ascending.
    pub async fn run_seen(&mut self, id: RunId) -> Result<Vec<CsId>> {
        let rows = sqlx::query(
            "-- run_seen.list
             select chunk, ids from run_seen where run = $1 order by chunk",
        )
        .bind(id.get())
        .fetch_all(self.conn())
        .await?;
        let mut seen = Vec::new();
        for row in &rows {
            let ids = row.bytes("ids")?;
            let (numbers, rest) = ids.as_chunks::<8>();
            if !rest.is_empty() {
                return Err(StoreError::damaged(
                    "run_seen",
                    "ids",
                    row.i32("chunk")?,
                    "the last id is cut",
                ));
            }
            seen.extend(numbers.iter().map(|bytes| CsId(i64::from_be_bytes(*bytes))));
        }
        seen.sort_unstable();
        seen.dedup();
        Ok(seen)
    }

    /// What a page of a full import changed, as it was before.
    pub async fn run_aside(&mut self, id: RunId, chunk: i32) -> Result<Vec<Before>> {
        let row = sqlx::query(
            "-- run_seen.aside
             select aside from run_seen where run = $1 and chunk = $2",
        )
        .bind(id.get())
        .bind(chunk)
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else {
            return Ok(Vec::new());
        };
        match row.opt_bytes("aside")? {
            Some(sealed) => self.open_body("run_seen", "aside", &[id.get(), chunk.into()], sealed),
            None => Ok(Vec::new()),
        }
    }

    fn run_from(&self, row: &PgRow) -> Result<Run> {
        let id = row.i64("id")?;
        Ok(Run {
            id: RunId(id),
            kind: from_word("run", "kind", id, row.text("kind")?)?,
            directory: row.opt_i64("directory")?.map(DirectoryId),
            profile: row.opt_i64("profile")?.map(ProfileId),
            cycle: row.opt_i64("cycle")?.map(CycleId),
            progress: from_word("run", "progress", id, row.text("progress")?)?,
            status: row
                .opt_text("status")?
                .map(|s| from_word("run", "status", id, s))
                .transpose()?,
            queued_ms: row.i64("queued_ms")?,
            started_ms: row.opt_i64("started_ms")?,
            ended_ms: row.opt_i64("ended_ms")?,
            doc: self.open_json("run", "doc", &[id], row.bytes("doc")?)?,
        })
    }
}

impl TenantTx {
    /// Adds a run.
    pub async fn run_add(&mut self, run: &Run) -> Result<()> {
        let doc = self.seal_json("run", "doc", &[run.id.get()], &run.doc);
        sqlx::query(
            "-- run.add
             insert into run (id, kind, directory, profile, cycle, progress, status, queued_ms, started_ms, ended_ms,
                              doc)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(run.id.get())
        .bind(word(&run.kind))
        .bind(run.directory.map(DirectoryId::get))
        .bind(run.profile.map(ProfileId::get))
        .bind(run.cycle.map(CycleId::get))
        .bind(word(&run.progress))
        .bind(run.status.map(|status| word(&status)))
        .bind(run.queued_ms)
        .bind(run.started_ms)
        .bind(run.ended_ms)
        .bind(doc)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Begins a queued run, or goes on with one that began. Refused for one that ended; `None` where there is none.
    pub async fn run_begin(
        &mut self,
        id: RunId,
        progress: Progress,
        now_ms: i64,
    ) -> Result<Option<Run>> {
        let row = sqlx::query(
            "-- run.begin
             update run set progress = $2, started_ms = coalesce(started_ms, $3)
             where id = $1 and status is null returning *",
        )
        .bind(id.get())
        .bind(word(&progress))
        .bind(now_ms)
        .fetch_optional(self.conn())
        .await?;
        if let Some(row) = row {
            return Ok(Some(self.run_from(&row)?));
        }
        match self.run(id).await? {
            Some(_) => Err(ended(id)),
            None => Ok(None),
        }
    }

    /// Writes how far an open run is. Refused for one that ended.
    pub async fn run_change(&mut self, run: &Run) -> Result<()> {
        let doc = self.seal_json("run", "doc", &[run.id.get()], &run.doc);
        let done = sqlx::query(
            "-- run.change
             update run set progress = $2, status = $3, started_ms = $4, ended_ms = $5, doc = $6
             where id = $1 and status is null",
        )
        .bind(run.id.get())
        .bind(word(&run.progress))
        .bind(run.status.map(|status| word(&status)))
        .bind(run.started_ms)
        .bind(run.ended_ms)
        .bind(doc)
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 1 {
            Ok(())
        } else {
            Err(ended(run.id))
        }
    }

    /// Counts one more batch of an open run, in the transaction that holds the batch.
    ///
    /// A crash of the database may take back commits that did not wait for the disk, and the pool then connects again as
    /// if nothing had been. A run whose batches do not follow one another is refused ([`StoreError::BatchesLost`]): what
    /// it remembers of its own work is no longer stored.
    pub async fn run_batch(&mut self, id: RunId, before: i32) -> Result<()> {
        let done = sqlx::query(
            "-- run.batch
             update run set batches = batches + 1 where id = $1 and batches = $2 and status is null",
        )
        .bind(id.get())
        .bind(before)
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 1 {
            self.on_behalf_of(id);
            Ok(())
        } else {
            Err(StoreError::BatchesLost { run: id, before })
        }
    }

    pub(crate) async fn run_seen_add(
        &mut self,
        run: RunId,
        chunk: i32,
        ids: &[CsId],
        aside: &[Before],
    ) -> Result<()> {
        let place = [run.get(), chunk.into()];
        let aside = (!aside.is_empty())
            .then(|| self.seal_body("run_seen", "aside", &place, &aside.to_vec()));
        let mut sorted: Vec<i64> = ids.iter().map(|id| id.get()).collect();
        sorted.sort_unstable();
        let bytes: Vec<u8> = sorted.into_iter().flat_map(i64::to_be_bytes).collect();
        sqlx::query(
            "-- run_seen.put
             insert into run_seen (run, chunk, ids, aside) values ($1, $2, $3, $4)
             on conflict (run, chunk) do update set ids = excluded.ids, aside = excluded.aside",
        )
        .bind(run.get())
        .bind(chunk)
        .bind(bytes)
        .bind(aside)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Forgets what a run saw, because it reads everything again, and not what it changed.
    pub async fn run_seen_anew(&mut self, run: RunId) -> Result<()> {
        sqlx::query(
            "-- run_seen.anew
             update run_seen set ids = '' where run = $1",
        )
        .bind(run.get())
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Forgets what a run saw and changed: it ended.
    pub async fn run_seen_drop(&mut self, run: RunId) -> Result<()> {
        sqlx::query(
            "-- run_seen.drop
             delete from run_seen where run = $1",
        )
        .bind(run.get())
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

fn ended(run: RunId) -> StoreError {
    StoreError::Refused {
        what: format!("{run} has ended, and an ended run never changes"),
    }
}
