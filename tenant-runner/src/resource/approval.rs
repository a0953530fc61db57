//! Approvals: which operations a person allowed to be sent.

use serde::{Deserialize, Serialize};
use syncline_model::approval::{ApprovalKind, ApprovalState};
use syncline_model::op::OpHash;
use syncline_model::profile::Then;
use syncline_model::{ApprovalId, CycleId, DirectoryId, ProfileId, WhatIfId};
use utoipa::{IntoParams, ToSchema};

use super::instant::Instant;

/// An approval.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// What it is about.
    pub kind: ApprovalKind,
    /// The profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileId>,
    /// The directory, for guards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryId>,
    /// The what-if whose plan it approves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_if: Option<WhatIfId>,
    /// Where it stands.
    pub state: ApprovalState,
    /// What follows when all of it was sent.
    pub then: Then,
    /// What it binds: a hash over the sorted operation hashes.
    pub plan_hash: OpHash,
    /// Operations it lists.
    pub operations: i64,
    /// Of these, acknowledged by the directory.
    pub sent: i64,
    /// Why it holds, for guards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The decider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Instant>,
    /// When it ends if nothing of it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

/// What an approval set in motion.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Approved {
    /// The approval.
    pub approval: Approval,
    /// The cycle that exports it, when one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<CycleId>,
}

/// Approval of the list a guard holds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveList {
    /// The list that was read; another one is refused.
    pub plan_hash: OpHash,
    /// Why, for the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Start the export at once.
    #[serde(default)]
    pub export_now: bool,
}

/// Which approvals to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ApprovalFilter {
    /// Of this profile.
    #[serde(default)]
    pub profile: Option<ProfileId>,
    /// In this state.
    #[serde(default)]
    #[param(inline)]
    pub state: Option<ApprovalState>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Items at most.
    #[serde(default)]
    pub limit: Option<u32>,
}
