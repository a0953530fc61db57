//! What a cycle would do if it began now, job by job.
//!
//! Invariants: starts nothing; told from the same picture and by the same reasons as the schedule.

use std::collections::BTreeSet;

use syncline_model::{DirectoryId, ProfileId};

use super::forecast;
use super::jobs::{JobId, of_profile};
use super::picture::Picture;
use super::reason::{BLOCKS, PASSES, reason};
use crate::resource::cycle::{CyclePreview, PreviewedJob};
use crate::resource::instant::Instant;
use crate::resource::scheduler::{Predicted, Reason};

/// Which cycle.
pub struct Asked {
    /// Over these profiles.
    pub profiles: BTreeSet<ProfileId>,
    /// Importing these directories; `None` is all that the profiles read.
    pub imports: Option<BTreeSet<DirectoryId>>,
    /// Whether it may send.
    pub exports: bool,
}

impl Picture {
    /// What a cycle would do now.
    pub fn preview(&self, asked: &Asked) -> CyclePreview {
        let mut seen = BTreeSet::new();
        let known = asked.profiles.iter();
        let all = known.filter_map(|id| Some(of_profile(*id, self.edges.get(id)?)));
        let mut jobs: Vec<JobId> = all.flatten().filter(|job| seen.insert(*job)).collect();
        jobs.retain(|job| match (job, &asked.imports) {
            (JobId::Import(directory), Some(only)) => only.contains(directory),
            _ => true,
        });
        jobs.sort_by_key(|job| job.kind());
        let spans = self.spans(&jobs, self.now_ms);
        let told = jobs.iter().map(|job| {
            let why_not = self.stops(*job, asked, &jobs);
            let span = spans.get(job);
            PreviewedJob {
                id: job.to_string(),
                kind: job.kind(),
                directory: job.directory(),
                profile: job.profile(),
                name: self.name_of(*job),
                runs: why_not.is_empty(),
                why_not,
                next: span.map(|span| Predicted {
                    starts_at: Instant::from_unix_ms(span.starts_ms),
                    ends_at: span.ends_ms.map(Instant::from_unix_ms),
                }),
            }
        });
        let length_ms = forecast::length(&spans, self.now_ms, jobs.len());
        CyclePreview {
            why_not: self.not_at_once(),
            jobs: told.collect(),
            predicted_ms: length_ms,
        }
    }

    /// Why a job would not run in the cycle.
    fn stops(&self, job: JobId, asked: &Asked, jobs: &[JobId]) -> Vec<Reason> {
        if !asked.exports && matches!(job, JobId::Export(_) | JobId::Confirm(_)) {
            let text = "The cycle is asked to send nothing.";
            return vec![reason("suppressed", PASSES, [], text.into())];
        }
        let mut why = self.obstacles(job, &asked.profiles);
        // What is read anew may be usable again.
        let reads = job.after(&self.edges);
        let is_read = reads.iter().all(|read| jobs.contains(read));
        why.retain(|reason| reason.blocks && !(is_read && reason.code == "input_unusable"));
        why
    }

    /// Why the cycle would not begin at once.
    fn not_at_once(&self) -> Vec<Reason> {
        let mut why = Vec::new();
        if self.switches.paused {
            let text = "The scheduler is paused, so nothing starts. Resume it to go on.";
            why.push(reason("paused", BLOCKS, [], text.into()));
        }
        if let Some((cycle, _)) = &self.desk.current {
            let text = format!("The cycle {cycle} runs; this one would join it or wait for it.");
            why.push(reason(
                "waits_for_cycle",
                PASSES,
                [("before", cycle.to_string())],
                text,
            ));
        }
        why
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use syncline_model::approval::ReviewState;
    use syncline_model::profile::Triggers;

    use super::*;
    use crate::resource::scheduler::JobState;
    use crate::schedule::graph::Edges;
    use crate::schedule::picture::{Place, Way, Who};

    const HR: DirectoryId = DirectoryId(1);
    const AD: DirectoryId = DirectoryId(2);
    const PROFILE: ProfileId = ProfileId(7);

    fn picture(review: ReviewState, staged: i64, way: Way) -> Picture {
        let place = |name: &str, way| Place {
            name: name.to_owned(),
            way,
        };
        Picture {
            profiles: vec![Who {
                id: PROFILE,
                name: "People".into(),
                triggers: Triggers::default(),
                review,
                is_synced: true,
            }],
            edges: BTreeMap::from([(
                PROFILE,
                Edges {
                    reads: [HR, AD].into(),
                    writes: [AD].into(),
                    types: BTreeSet::new(),
                },
            )]),
            directories: BTreeMap::from([(HR, place("HR", Way::Open)), (AD, place("AD", way))]),
            staged: vec![(AD, PROFILE, staged)],
            ..Picture::default()
        }
    }

    fn asked() -> Asked {
        Asked {
            profiles: [PROFILE].into(),
            imports: None,
            exports: true,
        }
    }

    fn codes(why: &[Reason]) -> Vec<&str> {
        why.iter().map(|reason| reason.code.as_str()).collect()
    }

    #[test]
    fn a_preview_tells_the_jobs_of_a_cycle_in_order_and_what_stands_in_their_way() {
        let told = picture(ReviewState::NeedsReview, 3, Way::Open).preview(&asked());

        let jobs: Vec<(&str, bool)> = told.jobs.iter().map(|j| (j.id.as_str(), j.runs)).collect();
        assert_eq!(
            jobs,
            [
                ("import.dir_1", true),
                ("import.dir_2", true),
                ("sync.prf_7", true),
                ("export.dir_2", false),
                ("confirm.dir_2", true)
            ]
        );
        assert_eq!(codes(&told.jobs[3].why_not), ["needs_review"]);
        assert!(told.why_not.is_empty());
    }

    #[test]
    fn a_cycle_that_may_not_send_says_so_of_its_exports() {
        let silent = Asked {
            exports: false,
            ..asked()
        };

        let told = picture(ReviewState::Live, 3, Way::Open).preview(&silent);

        assert_eq!(codes(&told.jobs[3].why_not), ["suppressed"]);
    }

    #[test]
    fn every_condition_that_is_not_met_is_told_with_what_it_is_about() {
        let mut picture = picture(ReviewState::NeedsReview, 3, Way::AgentOffline(None));
        picture.switches.exports_held = true;
        picture.switches.paused = true;

        let why = picture.why_no_job(JobId::Export(AD));

        assert_eq!(
            codes(&why),
            [
                "agent_offline",
                "exports_held",
                "needs_review",
                "paused",
                "no_trigger"
            ]
        );
        assert!(why.iter().all(|reason| reason.blocks));
        assert_eq!(why[2].args["profile"], PROFILE.to_string());
        assert_eq!(why[2].args["staged"], "3");
    }

    #[test]
    fn what_runs_is_given_no_reason_and_what_waits_for_it_names_it() {
        use syncline_model::run::{Progress, RunKind};
        use syncline_model::{CycleId, RunId};
        use syncline_store::tenant::RunMark;

        let mut picture = picture(ReviewState::Live, 3, Way::Open);
        let import = RunMark {
            id: RunId(5),
            kind: RunKind::DeltaImport,
            directory: Some(HR),
            profile: None,
            cycle: Some(CycleId(9)),
            progress: Progress::Reading,
            status: None,
            queued_ms: 0,
            started_ms: Some(1),
            ended_ms: None,
        };
        picture.runs = BTreeMap::from([(JobId::Import(HR), vec![import])]);
        picture.desk.current = Some((CycleId(9), [PROFILE].into()));

        let waves = picture.waves();
        let jobs = picture.jobs(&waves);

        assert_eq!(jobs[0].state, JobState::Running);
        assert!(jobs[0].why_not.is_empty());
        let sync = jobs.iter().find(|job| job.id == "sync.prf_7").unwrap();
        assert_eq!(sync.state, JobState::Waiting);
        let waits = sync
            .why_not
            .iter()
            .find(|reason| reason.code == "waits_for");
        assert_eq!(waits.unwrap().args["job"], "import.dir_1");
        assert!(picture.why_no_cycle(PROFILE).is_empty());
    }

    #[test]
    fn an_export_without_operations_is_idle_whatever_its_profile_needs() {
        let picture = picture(ReviewState::NeedsReview, 0, Way::AgentOffline(None));
        let waves = picture.waves();
        let jobs = picture.jobs(&waves);

        let export = jobs.iter().find(|job| job.id == "export.dir_2").unwrap();

        assert_eq!(codes(&export.why_not)[0], "nothing_staged");
    }
}
