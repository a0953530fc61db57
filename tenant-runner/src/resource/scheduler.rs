//! The scheduler: what is coming, and why something is not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use syncline_model::run::{RunKind, RunStatus};
use syncline_model::{CycleId, DirectoryId, ProfileId, RunId};
use utoipa::ToSchema;

use super::cycle::Policy;
use super::instant::Instant;
use super::schedule::ProfileSchedule;

/// What is scheduled: profiles in the order of the groups that take turns, and the jobs that their cycles are made of.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Scheduler {
    /// Rises with each change of what `PATCH` changes; 0 is what nobody has set.
    pub version: i64,
    /// Whether steps start.
    pub paused: bool,
    /// Whether every export of the tenant is held.
    pub exports_held: bool,
    /// The time zone that calendars mean, such as `Europe/Berlin`.
    pub time_zone: String,
    /// Whether cycles start by themselves, at their times and on changes.
    pub cycles_enabled: bool,
    /// Whether what is due by time alone is done: exports that go on, ends of grace.
    pub maintenance_enabled: bool,
    /// The shortest interval that a profile may have.
    pub allowed_interval: String,
    /// The shortest interval that holds for one of the profiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_interval: Option<String>,
    /// When the next cycle starts by time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cycle_at: Option<Instant>,
    /// What that one imports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cycle_policy: Option<Policy>,
    /// The cycle that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<CycleId>,
    /// When this was told: what `next_at` and bars are drawn against.
    pub now: Instant,
    /// By profile.
    pub profiles: Vec<ScheduledProfile>,
    /// Every job once, whoever needs it.
    pub jobs: Vec<Job>,
}

/// What holds for every profile, to be changed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchedulerPatch {
    /// A name of the IANA database, such as `Europe/Berlin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Whether cycles start by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycles_enabled: Option<bool>,
    /// Whether what is due by time alone is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance_enabled: Option<bool>,
}

/// What is coming for a profile.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduledProfile {
    /// The profile.
    pub profile: ProfileId,
    /// Its name.
    pub name: String,
    /// Profiles of one group can meet in one object and take turns.
    pub group: u32,
    /// When its next cycle starts at the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Instant>,
    /// Whether a change notice starts one.
    pub on_change: bool,
    /// Whether one is under way.
    pub running: bool,
    /// Why nothing is sent, when something is staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<String>,
    /// When it runs by itself.
    pub schedule: ProfileSchedule,
    /// Its jobs in the order of a cycle, by id. One that several profiles need is done once for all of them.
    pub jobs: Vec<String>,
    /// How long a cycle of it takes, as its jobs went lately; absent where one of them never ended well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicted_ms: Option<i64>,
    /// Why no cycle of it runs now.
    pub why_not: Vec<Reason>,
}

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// Reads a directory.
    Import,
    /// Synchronises a profile.
    Sync,
    /// Sends to a directory.
    Export,
    /// Reads what was sent.
    Confirm,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// At work.
    Running,
    /// A cycle that runs or waits comes to it.
    Waiting,
    /// Somebody has to do something first.
    Blocked,
    /// It is not its time, or there is nothing to do.
    Idle,
}

/// A job: one step on one directory or profile, which cycles run again and again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// Its id, such as `import.dir_7`: the same for as long as the directory or profile is there.
    pub id: String,
    /// What it does.
    pub kind: JobKind,
    /// The directory it reads or writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryId>,
    /// The profile it synchronises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileId>,
    /// Its directory's or profile's name.
    pub name: String,
    /// The jobs that come before it in a cycle.
    pub after: Vec<String>,
    /// Where it stands.
    pub state: JobState,
    /// Why it does not run now.
    pub why_not: Vec<Reason>,
    /// Its last runs, newest first.
    pub runs: Vec<PastRun>,
    /// Warnings and errors of the message log that are of its last run.
    pub messages: i64,
    /// Errors among them.
    pub errors: i64,
    /// How long it takes, as its last good runs went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual: Option<Usual>,
    /// When it starts and ends next, as far as that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Predicted>,
}

/// A run of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PastRun {
    /// The run.
    pub run: RunId,
    /// What it did.
    pub kind: RunKind,
    /// When it started.
    pub started_at: Instant,
    /// When it ended; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// How it ended; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<RunStatus>,
}

/// How long runs of a kind take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Usual {
    /// Half of them took no longer.
    pub median_ms: i64,
    /// Nine of ten took no longer.
    pub p90_ms: i64,
    /// How many runs that says.
    pub runs: u32,
}

/// When a job starts and ends next, if all goes as it usually does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Predicted {
    /// When it starts; in the past for one that runs.
    pub starts_at: Instant,
    /// When it ends; absent where nothing is known of how long it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Instant>,
}

/// Why something does not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// A stable code, such as `needs_review`.
    pub code: String,
    /// Whether somebody has to do something; otherwise it passes by itself.
    pub blocks: bool,
    /// What it is about, by name: ids of a `profile`, `directory`, `run`, `cycle`, `approval` or `job`, numbers and
    /// instants.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// The same as a sentence, with what to do.
    pub text: String,
}
