//! Lookup tables and named expressions, as the surface shows them.

use serde::{Deserialize, Serialize};
use syncline_model::approval::ReviewState;
use syncline_model::rule_resource::{RuleResource, RuleResourceKind};
use syncline_model::{ProfileId, RuleResourceId};
use utoipa::ToSchema;

use super::instant::Instant;
use super::profile::Diagnostic;

/// A table or named expression in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RuleResourceSummary {
    /// Its id.
    pub id: RuleResourceId,
    /// What it is.
    pub kind: RuleResourceKind,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The saved version.
    pub version: i64,
    /// Rows of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<i64>,
    /// How a named expression is called, such as `FullName(string? given, string? surname)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The profiles that use it, directly or through named expressions.
    pub used_by: Vec<UsingProfile>,
    /// Who saved it.
    pub saved_by: String,
    /// When.
    pub saved_at: Instant,
}

/// A profile that uses a table or named expression.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UsingProfile {
    /// Its id.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// What it may send.
    pub state: ReviewState,
}

/// A table or named expression with its document.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RuleResourceView {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: RuleResourceSummary,
    /// The document.
    pub document: RuleResource,
}

/// A saved version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RuleResourceVersion {
    /// Its number.
    pub version: i64,
    /// Who saved it.
    pub saved_by: String,
    /// When.
    pub saved_at: Instant,
    /// The document as it was.
    pub document: RuleResource,
}

/// A draft to check.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleResourceDraft {
    /// The draft.
    pub document: RuleResource,
}

/// What the checker says of a draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RuleResourceChecked {
    /// Whether it could be saved.
    pub ok: bool,
    /// What is wrong with it; `at` is a JSON pointer into the draft, empty for what lies in no field of it.
    pub diagnostics: Vec<Diagnostic>,
    /// Every profile that uses it.
    pub profiles: Vec<AffectedProfile>,
}

/// What a draft would do to a profile.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AffectedProfile {
    /// Its id.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// What it may send now.
    pub state: ReviewState,
    /// It would do something else than now, so a new version of it is saved, which needs review.
    pub is_changed: bool,
    /// Why it could no longer be compiled; the draft cannot be saved then.
    pub errors: Vec<Diagnostic>,
}
