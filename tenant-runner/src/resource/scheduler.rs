//! The scheduler: what is coming, and why something is not.

use serde::{Deserialize, Serialize};
use syncline_model::ProfileId;
use utoipa::ToSchema;

use super::instant::Instant;

/// What is scheduled.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Scheduler {
    /// Whether steps start.
    pub paused: bool,
    /// Whether every export of the tenant is held.
    pub exports_held: bool,
    /// By profile.
    pub profiles: Vec<ScheduledProfile>,
}

/// What is coming for a profile.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduledProfile {
    /// The profile.
    pub profile: ProfileId,
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
}
