//! The schedule as it is shown: jobs and profiles, where they stand, how they went and what comes next.
//!
//! Invariants: derived from one picture; what is counted or drawn of a job is of runs that are there.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::ProfileId;
use syncline_model::run::{Progress, RunKind};
use syncline_store::tenant::RunMark;

use super::components;
use super::forecast::{self, Span};
use super::jobs::{JobId, of_profile};
use super::picture::Picture;
use crate::resource::instant::Instant;
use crate::resource::scheduler::{Job, JobState, PastRun, Predicted, Reason, Usual};

/// So many past runs of a job are told.
const PAST: usize = 40;

/// What a cycle of a profile is made of.
pub struct Wave {
    /// The profile.
    pub profile: ProfileId,
    /// Which profiles it takes turns with: the number of their group.
    pub group: u32,
    /// Its jobs, in order.
    pub jobs: Vec<JobId>,
    /// How long it takes.
    pub length_ms: Option<i64>,
}

impl Picture {
    /// The profiles by group, each with the jobs of its cycle.
    pub fn waves(&self) -> Vec<Wave> {
        let groups = components::groups(&self.edges);
        let mut waves = Vec::new();
        for (group, profiles) in groups.into_iter().enumerate() {
            for profile in profiles {
                let Some(edges) = self.edges.get(&profile) else {
                    continue;
                };
                let jobs = of_profile(profile, edges);
                let spans = self.spans(&jobs, 0);
                waves.push(Wave {
                    profile,
                    group: u32::try_from(group).unwrap_or(u32::MAX),
                    length_ms: forecast::length(&spans, 0, jobs.len()),
                    jobs,
                });
            }
        }
        waves
    }

    /// Every job of these waves once, in their order.
    pub fn jobs(&self, waves: &[Wave]) -> Vec<Job> {
        let next = self.forecast(waves);
        let mut seen = BTreeSet::new();
        let all = waves.iter().flat_map(|wave| &wave.jobs);
        all.filter(|job| seen.insert(**job))
            .map(|job| self.job(*job, next.get(job).copied()))
            .collect()
    }

    fn job(&self, id: JobId, next: Option<Span>) -> Job {
        let open = self.runs_of(id).find(|run| run.status.is_none());
        let runs = open.is_some_and(|run| run.progress != Progress::Queued);
        let why_not = if runs {
            Vec::new()
        } else {
            self.why_no_job(id)
        };
        let last = self.runs_of(id).next();
        let told = last.and_then(|run| self.told.get(&run.id)).copied();
        let told = told.unwrap_or_default();
        Job {
            id: id.to_string(),
            kind: id.kind(),
            directory: id.directory(),
            profile: id.profile(),
            name: self.name_of(id),
            after: id
                .after(&self.edges)
                .iter()
                .map(ToString::to_string)
                .collect(),
            state: self.state(id, open, &why_not),
            runs: self.runs_of(id).filter_map(past).take(PAST).collect(),
            messages: told.messages,
            errors: told.errors,
            usual: self.usual(id),
            next: self.predicted(id, open, next),
            why_not,
        }
    }

    fn state(&self, id: JobId, open: Option<&RunMark>, why_not: &[Reason]) -> JobState {
        let profiles = id.profiles(&self.edges);
        let is_done = why_not.iter().any(|reason| reason.code == "done");
        let comes = self.in_cycle(&profiles).is_some() && !is_done;
        let waits = self
            .desk
            .waiting
            .iter()
            .any(|(_, who)| !who.is_disjoint(&profiles));
        match open {
            Some(run) if run.progress != Progress::Queued => JobState::Running,
            Some(_) => JobState::Waiting,
            None if why_not.iter().any(|reason| reason.blocks) => JobState::Blocked,
            None if comes || waits => JobState::Waiting,
            None => JobState::Idle,
        }
    }

    /// How long a job takes, as its next run will be.
    fn usual(&self, id: JobId) -> Option<Usual> {
        let of = |kind| forecast::usual(self.runs_of(id), kind);
        match id {
            JobId::Import(_) => of(RunKind::DeltaImport).or_else(|| of(RunKind::FullImport)),
            JobId::Sync(_) => of(RunKind::Sync),
            JobId::Export(_) => of(RunKind::Export),
            JobId::Confirm(_) => of(RunKind::ConfirmingImport),
        }
    }

    /// When the jobs of a cycle start and end that begins at an instant.
    pub(super) fn spans(&self, jobs: &[JobId], begins_ms: i64) -> BTreeMap<JobId, Span> {
        let with: Vec<_> = jobs
            .iter()
            .map(|job| (*job, job.after(&self.edges)))
            .collect();
        let took = |job| self.usual(job).map(|usual| usual.median_ms);
        forecast::cycle(begins_ms, &with, took)
    }

    /// When each job comes next: by the profile that is due first.
    fn forecast(&self, waves: &[Wave]) -> BTreeMap<JobId, Span> {
        let mut next: BTreeMap<JobId, Span> = BTreeMap::new();
        for wave in waves {
            let (_, schedule) = self.schedules.of(wave.profile);
            let begins = self.due_ms(wave.profile);
            let begins =
                begins.filter(|_| self.schedules.runs(wave.profile) && !schedule.skip_next);
            let Some(begins_ms) = begins.filter(|_| !self.switches.paused) else {
                continue;
            };
            for (job, span) in self.spans(&wave.jobs, begins_ms.max(self.now_ms)) {
                let first = next.entry(job).or_insert(span);
                if span.starts_ms < first.starts_ms {
                    *first = span;
                }
            }
        }
        next
    }

    /// A run that is at work ends as it usually does, and not before now.
    fn predicted(
        &self,
        id: JobId,
        open: Option<&RunMark>,
        next: Option<Span>,
    ) -> Option<Predicted> {
        let span = match open.and_then(|run| run.started_ms) {
            Some(starts_ms) => Span {
                starts_ms,
                ends_ms: self
                    .usual(id)
                    .map(|usual| (starts_ms + usual.median_ms).max(self.now_ms)),
            },
            None => next?,
        };
        Some(Predicted {
            starts_at: Instant::from_unix_ms(span.starts_ms),
            ends_at: span.ends_ms.map(Instant::from_unix_ms),
        })
    }

    /// Why no cycle of a profile runs, and what its times promise that cannot be.
    pub fn why_not(&self, wave: &Wave) -> Vec<Reason> {
        let mut why = self.why_no_cycle(wave.profile);
        let (_, schedule) = self.schedules.of(wave.profile);
        let every = self
            .who(wave.profile)
            .and_then(|who| schedule.every_s(&who.triggers));
        if let (Some(length_ms), Some(every_s)) = (wave.length_ms, every)
            && length_ms > i64::from(every_s) * 1000
        {
            let takes_s = length_ms / 1000;
            why.push(Reason {
                code: "overruns".into(),
                blocks: false,
                args: [
                    ("takes_s".to_owned(), takes_s.to_string()),
                    ("every_s".to_owned(), every_s.to_string()),
                ]
                .into(),
                text: format!(
                    "A cycle takes about {takes_s} s and the next is due after {every_s} s, so it begins late. \
                     Lengthen the interval."
                ),
            });
        }
        why
    }
}

fn past(run: &RunMark) -> Option<PastRun> {
    Some(PastRun {
        run: run.id,
        kind: run.kind,
        started_at: Instant::from_unix_ms(run.started_ms?),
        ended_at: run.ended_ms.map(Instant::from_unix_ms),
        status: run.status,
    })
}
