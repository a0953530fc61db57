//! Runs: one step on one directory or profile.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use syncline_model::run::{Progress, RunKind, RunStatus};
use syncline_model::{ApprovalId, CycleId, DirectoryId, ProfileId, RunId};
use utoipa::{IntoParams, ToSchema};

use super::instant::Instant;
use super::what_if::PlannedOperation;

/// A run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// What it does.
    pub kind: RunKind,
    /// The directory it reads or writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryId>,
    /// The profile it synchronises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileId>,
    /// The cycle it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<CycleId>,
    /// The run that it follows and that alone brought it about: a cycle of Entra Connect follows an export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<RunId>,
    /// How it ended; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<RunStatus>,
    /// What it is doing; absent when it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// What it did, by kind of thing (`objects_read`, `added`, `projected`, `sent` …).
    pub counts: BTreeMap<String, i64>,
    /// Why it stopped, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it started.
    pub started_at: Instant,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// How many milliseconds each part of the work took.
    pub timings_ms: BTreeMap<String, i64>,
}

/// An operation that was sent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SentOperation {
    /// What was sent.
    #[serde(flatten)]
    pub operation: PlannedOperation,
    /// When it was handed to the directory.
    pub sent_at: Instant,
    /// What allowed it: `plan` (a person approved the plan), `guard` (a person approved a held list) or `live`.
    pub released_by: String,
    /// The approval behind it.
    pub approval: ApprovalId,
    /// How it ended: `acknowledged`, `no-op`, `object-gone` or the code of the refusal; absent while unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// Which runs to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RunFilter {
    /// Of this directory.
    #[serde(default)]
    pub directory: Option<DirectoryId>,
    /// Of this profile.
    #[serde(default)]
    pub profile: Option<ProfileId>,
    /// Of this cycle.
    #[serde(default)]
    pub cycle: Option<CycleId>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Items at most.
    #[serde(default)]
    pub limit: Option<u32>,
}
