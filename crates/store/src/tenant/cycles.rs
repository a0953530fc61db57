//! Cycles, and what is due when (tables `cycle`, `due`).
//!
//! Invariants: a subject is due once per kind, at the earliest instant that was asked for; who takes it off names the
//! count it saw, so that a demand that came meanwhile is never lost (T-09).

use sqlx::postgres::PgRow;
use syncline_model::{CycleId, ProfileId};

use super::row::Columns as _;
use super::session::{TenantRead, TenantTx};
use crate::Result;

/// A target vector whose completion can be waited for.
#[derive(Debug, Clone, PartialEq)]
pub struct Cycle {
    /// Its id.
    pub id: CycleId,
    /// The profile it is for; `None` is all.
    pub profile: Option<ProfileId>,
    /// When it was asked for.
    pub asked_ms: i64,
    /// When it was complete, or could not become so.
    pub ended_ms: Option<i64>,
    /// Target vector, runs and outcome, in the scheduler's form.
    pub doc: serde_json::Value,
}

/// Something that is to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What, in the scheduler's words.
    pub kind: String,
    /// To which directory, profile or other thing.
    pub subject: i64,
    /// When.
    pub at_ms: i64,
    /// How often it was asked for.
    pub asked: i64,
}

impl TenantRead {
    /// One cycle.
    pub async fn cycle(&mut self, id: CycleId) -> Result<Option<Cycle>> {
        let row = sqlx::query(
            "-- cycle.find
             select * from cycle where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.cycle_from(&row)).transpose()
    }

    /// Cycles, newest first.
    pub async fn cycles(&mut self, before: Option<CycleId>, limit: i64) -> Result<Vec<Cycle>> {
        let rows = sqlx::query(
            "-- cycle.list
             select * from cycle where $1::int8 is null or id < $1 order by id desc limit $2",
        )
        .bind(before.map(CycleId::get))
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.cycle_from(row)).collect()
    }

    /// Cycles that are not complete.
    pub async fn cycles_open(&mut self) -> Result<Vec<Cycle>> {
        let rows = sqlx::query(
            "-- cycle.open
             select * from cycle where ended_ms is null order by id",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.cycle_from(row)).collect()
    }

    /// Everything that is to happen, the earliest first.
    pub async fn due(&mut self) -> Result<Vec<Due>> {
        let rows = sqlx::query(
            "-- due.list
             select kind, subject, at_ms, asked from due order by at_ms, kind, subject",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Due {
                    kind: row.text("kind")?.to_owned(),
                    subject: row.i64("subject")?,
                    at_ms: row.i64("at_ms")?,
                    asked: row.i64("asked")?,
                })
            })
            .collect()
    }

    /// The earliest instant at which something is to happen.
    pub async fn next_due_ms(&mut self) -> Result<Option<i64>> {
        sqlx::query(
            "-- due.next
             select min(at_ms) as at_ms from due",
        )
        .fetch_one(self.conn())
        .await?
        .opt_i64("at_ms")
    }

    fn cycle_from(&self, row: &PgRow) -> Result<Cycle> {
        let id = row.i64("id")?;
        Ok(Cycle {
            id: CycleId(id),
            profile: row.opt_i64("profile")?.map(ProfileId),
            asked_ms: row.i64("asked_ms")?,
            ended_ms: row.opt_i64("ended_ms")?,
            doc: self.open_json("cycle", "doc", &[id], row.bytes("doc")?)?,
        })
    }
}

impl TenantTx {
    /// Adds a cycle, or writes how far it is.
    pub async fn cycle_put(&mut self, cycle: &Cycle) -> Result<()> {
        let doc = self.seal_json("cycle", "doc", &[cycle.id.get()], &cycle.doc);
        sqlx::query(
            "-- cycle.put
             insert into cycle (id, profile, asked_ms, ended_ms, doc) values ($1, $2, $3, $4, $5)
             on conflict (id) do update set ended_ms = excluded.ended_ms, doc = excluded.doc where cycle.ended_ms is null",
        )
        .bind(cycle.id.get())
        .bind(cycle.profile.map(ProfileId::get))
        .bind(cycle.asked_ms)
        .bind(cycle.ended_ms)
        .bind(doc)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Asks that something happen at an instant; an earlier one that stands already holds.
    pub async fn due_ask(&mut self, kind: &str, subject: i64, at_ms: i64) -> Result<()> {
        sqlx::query(
            "-- due.ask
             insert into due (kind, subject, at_ms, asked) values ($1, $2, $3, 1)
             on conflict (kind, subject) do update
             set at_ms = least(due.at_ms, excluded.at_ms), asked = due.asked + 1",
        )
        .bind(kind)
        .bind(subject)
        .bind(at_ms)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes something off, or puts it to its next instant. `false` when it was asked for again since it was read.
    pub async fn due_done(&mut self, due: &Due, next_ms: Option<i64>) -> Result<bool> {
        let statement = match next_ms {
            None => {
                "-- due.done
                 delete from due where kind = $1 and subject = $2 and asked = $3 and $4::int8 is null"
            }
            Some(_) => {
                "-- due.next_time
                 update due set at_ms = $4, asked = 0 where kind = $1 and subject = $2 and asked = $3"
            }
        };
        let done = sqlx::query(statement)
            .bind(&due.kind)
            .bind(due.subject)
            .bind(due.asked)
            .bind(next_ms)
            .execute(self.conn())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes off what is due of a subject: of one kind, or everything, because it is gone.
    pub async fn due_forget(&mut self, kind: Option<&str>, subject: i64) -> Result<()> {
        sqlx::query(
            "-- due.forget
             delete from due where subject = $1 and ($2::text is null or kind = $2)",
        )
        .bind(subject)
        .bind(kind)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
