//! How long jobs take, and when they come next, as they went lately.
//!
//! Invariants: a forecast comes from runs that ended well and of nothing else; where one job was never seen, nothing is
//! told of those that follow it.

use std::collections::BTreeMap;

use syncline_model::run::RunKind;
use syncline_store::tenant::RunMark;

use super::jobs::JobId;
use crate::resource::scheduler::Usual;

/// So many of the last good runs are looked at.
pub const RUNS: usize = 20;

/// When a job starts and ends, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its start.
    pub starts_ms: i64,
    /// Its end, where it is known how long it takes.
    pub ends_ms: Option<i64>,
}

/// How long the last good runs of a kind took; the runs come newest first.
pub fn usual<'r>(runs: impl Iterator<Item = &'r RunMark>, kind: RunKind) -> Option<Usual> {
    let good = runs.filter(|run| run.kind == kind && run.status.is_some_and(|s| s.completed()));
    let mut took: Vec<i64> = good.filter_map(RunMark::took_ms).take(RUNS).collect();
    took.sort_unstable();
    let at = |share: usize| took.get((took.len() * share / 100).min(took.len().checked_sub(1)?));
    Some(Usual {
        median_ms: *at(50)?,
        p90_ms: *at(90)?,
        runs: u32::try_from(took.len()).unwrap_or(u32::MAX),
    })
}

/// When the jobs of a cycle start and end that begins at an instant. `jobs` come in the order of the cycle, each with those
/// before it; `took` is how long each takes.
pub fn cycle(
    begins_ms: i64,
    jobs: &[(JobId, Vec<JobId>)],
    took: impl Fn(JobId) -> Option<i64>,
) -> BTreeMap<JobId, Span> {
    let mut spans: BTreeMap<JobId, Span> = BTreeMap::new();
    for (job, after) in jobs {
        // What another cycle does is not waited for here.
        let before = after.iter().filter_map(|job| spans.get(job));
        let starts = before.map(|span| span.ends_ms);
        let starts: Option<Vec<i64>> = starts.collect();
        let own_inputs = after
            .iter()
            .filter(|before| jobs.iter().any(|(j, _)| j == *before));
        let Some(starts) = starts.filter(|s| s.len() == own_inputs.count()) else {
            continue;
        };
        let starts_ms = starts.into_iter().max().unwrap_or(begins_ms);
        let ends_ms = took(*job).map(|ms| starts_ms + ms);
        spans.insert(*job, Span { starts_ms, ends_ms });
    }
    spans
}

/// How long a whole cycle takes: none where one of its jobs is not known.
pub fn length(spans: &BTreeMap<JobId, Span>, begins_ms: i64, jobs: usize) -> Option<i64> {
    let ends: Option<Vec<i64>> = spans.values().map(|span| span.ends_ms).collect();
    let ends = ends.filter(|ends| ends.len() == jobs)?;
    Some(ends.into_iter().max()? - begins_ms)
}

#[cfg(test)]
mod tests {
    use syncline_model::run::{Progress, RunStatus};
    use syncline_model::{DirectoryId, ProfileId, RunId};

    use super::*;

    const HR: DirectoryId = DirectoryId(1);
    const AD: DirectoryId = DirectoryId(2);
    const PROFILE: ProfileId = ProfileId(7);

    fn run(kind: RunKind, status: RunStatus, took_ms: i64) -> RunMark {
        RunMark {
            id: RunId(1),
            kind,
            directory: Some(HR),
            profile: None,
            cycle: None,
            progress: Progress::Completing,
            status: Some(status),
            queued_ms: 0,
            started_ms: Some(1_000),
            ended_ms: Some(1_000 + took_ms),
        }
    }

    #[test]
    fn what_is_usual_is_the_median_of_good_runs_of_the_same_kind() {
        let delta = |ms| run(RunKind::DeltaImport, RunStatus::Success, ms);
        let runs = [
            delta(30),
            delta(10),
            run(RunKind::FullImport, RunStatus::Success, 9_000),
            run(RunKind::DeltaImport, RunStatus::StoppedConnectivity, 5_000),
            delta(20),
        ];

        let usual = usual(runs.iter(), RunKind::DeltaImport).unwrap();

        assert_eq!((usual.median_ms, usual.p90_ms, usual.runs), (20, 30, 3));
        assert_eq!(super::usual(runs.iter(), RunKind::Sync), None);
    }

    fn jobs() -> Vec<(JobId, Vec<JobId>)> {
        let (hr, ad) = (JobId::Import(HR), JobId::Import(AD));
        let sync = JobId::Sync(PROFILE);
        vec![
            (hr, vec![]),
            (ad, vec![]),
            (sync, vec![hr, ad]),
            // Another profile's sync, which is no job of this cycle.
            (JobId::Export(AD), vec![sync, JobId::Sync(ProfileId(8))]),
        ]
    }

    #[test]
    fn a_job_starts_when_the_last_of_those_before_it_ends() {
        let took = |job: JobId| match job {
            JobId::Import(HR) => Some(40),
            JobId::Import(_) => Some(10),
            _ => Some(5),
        };

        let spans = cycle(1_000, &jobs(), took);

        let sync = spans[&JobId::Sync(PROFILE)];
        assert_eq!((sync.starts_ms, sync.ends_ms), (1_040, Some(1_045)));
        assert_eq!(spans[&JobId::Export(AD)].starts_ms, 1_045);
        assert_eq!(length(&spans, 1_000, 4), Some(50));
    }

    #[test]
    fn behind_a_job_that_was_never_seen_nothing_is_told() {
        let took = |job: JobId| (job != JobId::Import(AD)).then_some(40);

        let spans = cycle(1_000, &jobs(), took);

        assert_eq!(spans[&JobId::Import(AD)].ends_ms, None);
        assert!(!spans.contains_key(&JobId::Sync(PROFILE)));
        assert_eq!(length(&spans, 1_000, 4), None);
    }
}
