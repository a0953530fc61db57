//! Approval: what a person allowed to be sent, and what state a profile is in because of it (D-66, D-67).
//!
//! Invariants: an approval names operation hashes, never "whatever is staged"; every operation that is
//! sent has exactly one `ReleasedBy`; an approval that was never exported expires.

use serde::{Deserialize, Serialize};

use crate::ids::ApprovalId;

/// How long an approval that was never exported holds, in seconds.
pub const UNUSED_APPROVAL_LIFETIME_S: i64 = 24 * 3600;

/// What a profile may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ReviewState {
    /// Nothing: its configuration was never approved in this form.
    NeedsReview,
    /// The operations of its approved plan.
    ApprovedPlan,
    /// What its data asks for, under the guards.
    Live,
}

/// What an approval is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalKind {
    /// The plan of a what-if.
    Plan,
    /// The list a guard holds: deletes and other destructive operations.
    DeleteGuard,
    /// The list a guard holds: creations.
    CreateGuard,
    /// The objects a shrink guard holds (D-17).
    ObsoletionGuard,
}

/// Where an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalState {
    /// Waits for a person.
    Requested,
    /// Allowed; nothing or not all of it sent yet.
    Approved,
    /// Everything it allowed was sent or is no longer derived.
    Spent,
    /// A person refused it.
    Rejected,
    /// The configuration or the list changed since.
    Withdrawn,
    /// Never used within its lifetime.
    Expired,
}

/// Why an operation may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case", tag = "by", content = "approval")]
pub enum ReleasedBy {
    /// It is in an approved plan.
    Plan(ApprovalId),
    /// It is in an approved guard list.
    Guard(ApprovalId),
    /// The profile is live since this approval.
    Live(ApprovalId),
}
