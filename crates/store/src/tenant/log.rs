//! The message log: what stands wrong with objects (table `error`) and what was said of directories and profiles (table
//! `message`), as one list.
//!
//! Invariants: a page is ordered by when an entry was last seen, the latest first, so that what is repeated is never
//! shown twice within one list and never moves behind what is old; an entry that ended is forgotten by age alone.

use std::collections::BTreeMap;

use sqlx::postgres::PgRow;
use syncline_model::attrs::AttrId;
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::message::{self, Severity};
use syncline_model::object::Subject;
use syncline_model::{CsId, DirectoryId, MessageId, PartId, ProfileId, RunId};

use super::errors::StandingError;
use super::log_filter::{LogFilter, OF_ERROR, OF_MESSAGE, Wanted};
use super::messages::{Lane, Told};
use super::row::{Columns as _, word};
use super::session::{TenantRead, TenantTx};
use crate::Result;

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its id.
    pub id: MessageId,
    /// How much it matters.
    pub severity: Severity,
    /// The stable code.
    pub code: String,
    /// The kind, of what is wrong with an object.
    pub kind: Option<ErrorKind>,
    /// Where in processing, of what is wrong with an object.
    pub stage: Option<Stage>,
    /// The directory concerned.
    pub directory: Option<DirectoryId>,
    /// The profile concerned.
    pub profile: Option<ProfileId>,
    /// The part whose rules it is about.
    pub part: Option<PartId>,
    /// The run that said it last.
    pub run: Option<RunId>,
    /// The object concerned.
    pub object: Option<Subject>,
    /// The attribute concerned.
    pub attr: Option<AttrId>,
    /// Other objects concerned.
    pub others: Vec<Subject>,
    /// What happened to which thing, why, and what to do.
    pub text: String,
    /// When first.
    pub first_ms: i64,
    /// When last.
    pub last_ms: i64,
    /// How often.
    pub count: i64,
    /// When it is tried again although nothing changed.
    pub retry_ms: Option<i64>,
    /// When it ended; `None` while it holds.
    pub ended_ms: Option<i64>,
}

impl Logged {
    /// Whether it still holds. What is said for the record never does.
    pub fn is_open(&self) -> bool {
        self.ended_ms.is_none() && self.severity != Severity::Info
    }

    fn place(&self) -> LogPlace {
        LogPlace {
            last_ms: self.last_ms,
            id: self.id,
        }
    }
}

/// Where a page of the log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogPlace {
    /// When the last entry was last seen.
    pub last_ms: i64,
    /// The last entry.
    pub id: MessageId,
}

impl TenantRead {
    /// Entries of the log, the last seen first.
    pub async fn log(
        &mut self,
        filter: &LogFilter,
        before: Option<LogPlace>,
        limit: i64,
    ) -> Result<Vec<Logged>> {
        let Some(wanted) = self.log_wanted(filter).await? else {
            return Ok(Vec::new());
        };
        let mut all = self.log_of_objects(&wanted, before, limit).await?;
        all.extend(self.log_of_others(&wanted, before, limit).await?);
        all.sort_by_key(|entry| std::cmp::Reverse(entry.place()));
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// How many entries there are of each code.
    pub async fn log_counts(&mut self, filter: &LogFilter) -> Result<BTreeMap<String, i64>> {
        let Some(wanted) = self.log_wanted(filter).await? else {
            return Ok(BTreeMap::new());
        };
        let statement = format!(
            "-- error.log_counts
             select kind as code, count(*) as n from error where {OF_ERROR} group by kind"
        );
        let mut rows = wanted.of_errors(statement).fetch_all(self.conn()).await?;
        let statement = format!(
            "-- message.log_counts
             select code, count(*) as n from message where {OF_MESSAGE} group by code"
        );
        rows.extend(wanted.of_messages(statement).fetch_all(self.conn()).await?);
        let mut counts = BTreeMap::new();
        for row in &rows {
            *counts.entry(row.text("code")?.to_owned()).or_default() += row.i64("n")?;
        }
        Ok(counts)
    }

    /// One entry.
    pub async fn logged(&mut self, id: MessageId) -> Result<Option<Logged>> {
        let row = sqlx::query(
            "-- error.find
             select * from error where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        if let Some(row) = row {
            return self.standing_error(&row).map(Logged::from).map(Some);
        }
        let row = sqlx::query(
            "-- message.find
             select * from message where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.other_from(&row)).transpose()
    }

    /// One linked object of each metaverse object, to be shown in its place.
    pub async fn log_faces(&mut self, ids: &[i64]) -> Result<BTreeMap<i64, CsId>> {
        let rows = sqlx::query(
            "-- cs_link.faces
             select mv, min(cs) as cs from cs_link where mv = any ($1) group by mv",
        )
        .bind(ids)
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| Ok((row.i64("mv")?, CsId(row.i64("cs")?))))
            .collect()
    }

    /// What a run said is of its own lane, directory and profile; `None` where the filter asks for another one.
    async fn log_wanted(&mut self, filter: &LogFilter) -> Result<Option<Wanted>> {
        let mut wanted = filter.wanted();
        let Some(id) = filter.run else {
            return Ok(Some(wanted));
        };
        let Some(run) = self.run(id).await? else {
            return Ok(None);
        };
        for (asked, own) in [
            (&mut wanted.directory, run.directory.map(DirectoryId::get)),
            (&mut wanted.profile, run.profile.map(ProfileId::get)),
        ] {
            if own.is_some() && asked.is_some() && *asked != own {
                return Ok(None);
            }
            *asked = own.or(*asked);
        }
        let lane = Lane::of(run.kind);
        wanted.stages = Some(lane.stages().iter().map(word).collect());
        wanted.lanes = Some(vec![word(&lane)]);
        Ok(Some(wanted))
    }

    async fn log_of_objects(
        &mut self,
        wanted: &Wanted,
        before: Option<LogPlace>,
        limit: i64,
    ) -> Result<Vec<Logged>> {
        let statement = format!(
            "-- error.log
             select * from error where {OF_ERROR} and ($8::int8 is null or (last_ms, id) < ($8, $9))
             order by last_ms desc, id desc limit $10"
        );
        let rows = wanted
            .of_errors(statement)
            .bind(before.map(|place| place.last_ms))
            .bind(before.map(|place| place.id.get()))
            .bind(limit)
            .fetch_all(self.conn())
            .await?;
        let entries = rows.iter().map(|row| self.standing_error(row));
        entries.map(|error| error.map(Logged::from)).collect()
    }

    async fn log_of_others(
        &mut self,
        wanted: &Wanted,
        before: Option<LogPlace>,
        limit: i64,
    ) -> Result<Vec<Logged>> {
        let statement = format!(
            "-- message.log
             select * from message where {OF_MESSAGE} and ($9::int8 is null or (at_ms, id) < ($9, $10))
             order by at_ms desc, id desc limit $11"
        );
        let rows = wanted
            .of_messages(statement)
            .bind(before.map(|place| place.last_ms))
            .bind(before.map(|place| place.id.get()))
            .bind(limit)
            .fetch_all(self.conn())
            .await?;
        rows.iter().map(|row| self.other_from(row)).collect()
    }

    fn other_from(&self, row: &PgRow) -> Result<Logged> {
        let Told {
            id,
            severity,
            code,
            run,
            directory,
            profile,
            object,
            body,
            first_ms,
            last_ms,
            count,
            ended_ms,
        } = self.told_from(row)?;
        Ok(Logged {
            id,
            severity,
            code,
            kind: None,
            part: None,
            stage: None,
            directory,
            profile,
            run,
            object: object.map(|id| Subject::Cs(CsId(id))),
            attr: None,
            others: Vec::new(),
            text: body.text,
            first_ms,
            last_ms,
            count: count.into(),
            retry_ms: None,
            ended_ms,
        })
    }
}

impl TenantTx {
    /// Ends what stands against the rules of a profile, and what was said of it: it is no more.
    pub(super) async fn log_end_of(&mut self, profile: ProfileId, now_ms: i64) -> Result<()> {
        for statement in [
            "-- error.end_of_profile
             update error set ended_ms = $2 from part
             where part.id = error.part and part.profile = $1 and ended_ms is null",
            "-- message.end_of_profile
             update message set ended_ms = $2 where profile = $1 and ended_ms is null",
        ] {
            sqlx::query(statement)
                .bind(profile.get())
                .bind(now_ms)
                .execute(self.conn())
                .await?;
        }
        Ok(())
    }

    /// Forgets what ended before an instant. Answers how many entries.
    pub async fn log_expire(&mut self, before_ms: i64) -> Result<u64> {
        let mut gone = 0;
        for statement in [
            "-- error.expire
             delete from error where ended_ms < $1",
            "-- message.expire
             delete from message where ended_ms < $1 or at_ms < $1 and lane = ''",
        ] {
            let done = sqlx::query(statement)
                .bind(before_ms)
                .execute(self.conn())
                .await?;
            gone += done.rows_affected();
        }
        Ok(gone)
    }
}

impl From<StandingError> for Logged {
    fn from(error: StandingError) -> Self {
        let kind = error.entry.kind;
        Self {
            id: error.id,
            severity: message::of_kind(kind).severity,
            code: kind.code().to_owned(),
            kind: Some(kind),
            part: error.part,
            stage: Some(error.stage),
            directory: error.directory,
            profile: error.profile,
            run: error.run,
            object: Some(error.subject),
            attr: error.entry.attr,
            others: error.entry.others,
            text: error.entry.message,
            first_ms: error.first_ms,
            last_ms: error.last_ms,
            count: error.count.into(),
            retry_ms: error.retry_ms,
            ended_ms: error.ended_ms,
        }
    }
}
