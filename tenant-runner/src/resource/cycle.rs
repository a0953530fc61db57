//! Cycles: import, sync, export and confirm for some profiles, waited for by one handle.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use syncline_model::{CycleId, DirectoryId, ProfileId};
use utoipa::{IntoParams, ToSchema};

use super::instant::Instant;
use super::run::Run;
use super::scheduler::{JobKind, Predicted, Reason};

/// Whether a cycle may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exports {
    /// What is released goes.
    #[default]
    Allowed,
    /// Imports and syncs only.
    Suppress,
}

/// What is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// What changed.
    #[default]
    Delta,
    /// Everything.
    Initial,
}

/// What happens where another cycle runs or waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenBusy {
    /// It joins that one. What that one had read before is read again for it, under the same id.
    #[default]
    Join,
    /// It is refused with `busy`.
    Reject,
    /// It waits, as a cycle of its own.
    Queue,
}

/// A cycle to start.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewCycle {
    /// What is imported.
    pub policy: Policy,
    /// These directories are imported first; absent is every one that the profiles read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directories: Option<Vec<DirectoryId>>,
    /// These profiles; absent is all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profiles: Option<Vec<ProfileId>>,
    /// Whether it may send.
    pub exports: Exports,
    /// What happens where another cycle runs or waits.
    pub on_busy: WhenBusy,
    /// Answer when it ended or after this many seconds (at most 60); absent is at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<u32>,
}

/// What became of an order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StartedCycle {
    /// The cycle to wait for.
    #[serde(flatten)]
    pub cycle: Cycle,
    /// Whether it is a new one and nothing was before it.
    pub started: bool,
    /// Whether it was there before.
    pub joined: bool,
    /// When it will have ended, as cycles of these profiles went lately.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta: Option<Instant>,
}

/// What a cycle reaches for a directory before it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Target {
    /// The directory.
    pub directory: DirectoryId,
    /// What was there at this instant has been read, synchronised and, where it may be, sent.
    pub at_least: Instant,
}

/// Where a cycle stands. The last four never change again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CycleState {
    /// Not begun.
    Queued,
    /// Under way.
    Running,
    /// Every step ended well.
    Succeeded,
    /// Every step ended, some objects are in error or held.
    CompletedWithErrors,
    /// A step stopped.
    Stopped,
    /// It could not start.
    Refused,
}

/// A cycle.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Cycle {
    /// Its id.
    pub id: CycleId,
    /// Where it stands.
    pub state: CycleState,
    /// What asked for it: `call`, `interval`, `change`, `approval`, or `retry` where an export had to
    /// leave something and its time has come.
    pub trigger: String,
    /// The profiles.
    pub profiles: Vec<ProfileId>,
    /// What it reaches: it ends when all of it is reached, or cannot be.
    pub target_vector: Vec<Target>,
    /// Its runs so far, oldest first.
    pub runs: Vec<Run>,
    /// Why something did not start.
    pub blocked_by: Vec<Blocked>,
    /// Pending imports, metaverse changes and operations it found; zero says that nothing was different.
    pub changes: i64,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
}

/// Why a step did not start.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Blocked {
    /// The profile.
    pub profile: ProfileId,
    /// A stable code such as `not_approved` or `guard_tripped`.
    pub code: String,
    /// What to do.
    pub text: String,
}

/// How long to wait for a cycle.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CycleWait {
    /// Answer when it ended or after this many seconds (at most 60).
    #[serde(default)]
    pub wait_s: Option<u32>,
}

/// Longest wait in one request, in seconds.
const WAIT_S_MAX: u32 = 60;

impl CycleWait {
    /// How long to wait; none where the answer is wanted at once.
    pub fn duration(&self) -> Option<Duration> {
        Some(bounded(self.wait_s?))
    }
}

impl NewCycle {
    /// How long the answer waits; none where it is wanted at once.
    pub fn duration(&self) -> Option<Duration> {
        self.wait_s.map(bounded)
    }
}

/// So many seconds, but not longer than one request may wait.
pub fn bounded(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds.min(WAIT_S_MAX)))
}

/// What a cycle would do now.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CyclePreview {
    /// Why it would not begin at once.
    pub why_not: Vec<Reason>,
    /// Its jobs, in order.
    pub jobs: Vec<PreviewedJob>,
    /// How long it would take, as its jobs went lately; absent where one of them never ended well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicted_ms: Option<i64>,
}

/// A job of a cycle that was not started.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PreviewedJob {
    /// Its id, as the scheduler tells it.
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
    /// Whether nothing stands in its way.
    pub runs: bool,
    /// What stands in its way.
    pub why_not: Vec<Reason>,
    /// When it would start and end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Predicted>,
}
