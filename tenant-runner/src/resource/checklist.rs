//! The onboarding checklist, which ticks itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The steps from sign-up to a live profile.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Checklist {
    /// In the order they are usually done.
    pub steps: Vec<ChecklistStep>,
}

/// One step.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChecklistStep {
    /// `directory`, `agent`, `credential`, `import`, `profile`, `what-if`, `approval`, `export` or `confirmed`.
    pub id: String,
    /// What to do.
    pub title: String,
    /// Whether it is done.
    pub done: bool,
    /// What shows it, or what is missing.
    pub evidence: String,
}
