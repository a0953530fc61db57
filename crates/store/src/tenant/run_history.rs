//! How runs went: their times and ends without what is sealed, and what the message log holds of them (tables `run`,
//! `error`, `message`).
//!
//! Invariants: nothing sealed is opened; what is counted of a run is what the log lists of it under the same filter.

use syncline_model::error::{ErrorKind, Stage};
use syncline_model::message::{self, Severity};
use syncline_model::run::{Progress, RunKind, RunStatus};
use syncline_model::{CycleId, DirectoryId, ProfileId, RunId};

use super::messages::Lane;
use super::row::{Columns as _, from_word, word};
use super::session::TenantRead;
use crate::Result;

/// A run's place in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunMark {
    /// The run.
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
}

impl RunMark {
    /// How long it took.
    pub fn took_ms(&self) -> Option<i64> {
        Some((self.ended_ms? - self.started_ms?).max(0))
    }
}

/// How many open entries of the message log are of a run: it said them, or found them standing and they were said again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Warnings and errors.
    pub messages: i64,
    /// Errors.
    pub errors: i64,
}

impl TenantRead {
    /// The last runs of each of these directories and profiles, newest first, at most so many of each.
    pub async fn run_marks(
        &mut self,
        directories: &[DirectoryId],
        profiles: &[ProfileId],
        each: i64,
    ) -> Result<Vec<RunMark>> {
        let rows = sqlx::query(
            "-- run.marks
             select r.* from (
                 select last.* from unnest($1::int8[]) as d (id) cross join lateral (
                     select id, kind, directory, profile, cycle, progress, status, queued_ms, started_ms, ended_ms
                     from run where directory = d.id order by id desc limit $3) last
                 union
                 select last.* from unnest($2::int8[]) as p (id) cross join lateral (
                     select id, kind, directory, profile, cycle, progress, status, queued_ms, started_ms, ended_ms
                     from run where profile = p.id order by id desc limit $3) last
             ) r order by r.id desc",
        )
        .bind(directories.iter().map(|d| d.get()).collect::<Vec<_>>())
        .bind(profiles.iter().map(|p| p.get()).collect::<Vec<_>>())
        .bind(each)
        .fetch_all(self.conn())
        .await?;
        let marks = rows.iter().map(|row| {
            let id = row.i64("id")?;
            let status = row.opt_text("status")?;
            Ok(RunMark {
                id: RunId(id),
                kind: from_word("run", "kind", id, row.text("kind")?)?,
                directory: row.opt_i64("directory")?.map(DirectoryId),
                profile: row.opt_i64("profile")?.map(ProfileId),
                cycle: row.opt_i64("cycle")?.map(CycleId),
                progress: from_word("run", "progress", id, row.text("progress")?)?,
                status: status
                    .map(|s| from_word("run", "status", id, s))
                    .transpose()?,
                queued_ms: row.i64("queued_ms")?,
                started_ms: row.opt_i64("started_ms")?,
                ended_ms: row.opt_i64("ended_ms")?,
            })
        });
        marks.collect()
    }

    /// What the message log holds of each of these runs, in their order.
    pub async fn runs_told(&mut self, runs: &[RunMark]) -> Result<Vec<Told>> {
        let of = |get: fn(&RunMark) -> Option<i64>| runs.iter().map(get).collect::<Vec<_>>();
        let ids: Vec<i64> = runs.iter().map(|run| run.id.get()).collect();
        let directories = of(|run| run.directory.map(DirectoryId::get));
        let profiles = of(|run| run.profile.map(ProfileId::get));
        let lanes: Vec<Lane> = runs.iter().map(|run| Lane::of(run.kind)).collect();
        let stages = lanes.iter().map(|lane| {
            let stages: Vec<String> = lane.stages().iter().map(word).collect();
            stages.join(" ")
        });
        let of_severity = |severity: Severity| {
            let kinds = ErrorKind::ALL.iter();
            kinds
                .filter(move |kind| message::of_kind(**kind).severity == severity)
                .map(|kind| kind.code().to_owned())
                .collect::<Vec<String>>()
        };
        let mut rows = sqlx::query(
            "-- error.told
             select r.run, case when error.kind = any ($5) then 'error' else 'warning' end as severity, count(*) as n
             from unnest($1::int8[], $2::int8[], $3::int8[], $4::text[]) as r (run, directory, profile, stages)
             join error on error.ended_ms is null and error.since_run <= r.run and error.run >= r.run
               and (r.directory is null or error.directory = r.directory)
               and (r.profile is null or error.profile = r.profile)
               and error.stage = any (string_to_array(r.stages, ' ')) and error.kind = any ($5 || $6)
             group by 1, 2",
        )
        .bind(&ids)
        .bind(&directories)
        .bind(&profiles)
        .bind(stages.collect::<Vec<_>>())
        .bind(of_severity(Severity::Error))
        .bind(of_severity(Severity::Warning))
        .fetch_all(self.conn())
        .await?;
        rows.extend(
            sqlx::query(
                "-- message.told
                 select r.run, message.severity, count(*) as n
                 from unnest($1::int8[], $2::int8[], $3::int8[], $4::text[]) as r (run, directory, profile, lane)
                 join message on message.ended_ms is null and message.severity <> 'info'
                   and message.since_run <= r.run and message.run >= r.run
                   and (r.directory is null or message.directory = r.directory)
                   and (r.profile is null or message.profile = r.profile) and message.lane = r.lane
                 group by 1, 2",
            )
            .bind(&ids)
            .bind(&directories)
            .bind(&profiles)
            .bind(lanes.iter().map(word).collect::<Vec<_>>())
            .fetch_all(self.conn())
            .await?,
        );
        let mut told = vec![Told::default(); runs.len()];
        for row in &rows {
            let run = row.i64("run")?;
            let Some(at) = ids.iter().position(|id| *id == run) else {
                continue;
            };
            let n = row.i64("n")?;
            told[at].messages += n;
            if row.text("severity")? == word(&Severity::Error) {
                told[at].errors += n;
            }
        }
        Ok(told)
    }
}

impl Lane {
    /// The stages in which runs of the lane find something wrong with objects.
    pub(super) fn stages(self) -> &'static [Stage] {
        match self {
            Self::Import => &[Stage::Import, Stage::Confirm],
            Self::Sync => &[Stage::Inbound, Stage::Outbound],
            Self::Export => &[Stage::Export],
            Self::EntraConnect | Self::None => &[],
        }
    }
}
