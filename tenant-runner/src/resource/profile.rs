//! Profiles: what an administrator writes, versions and has approved.

use serde::{Deserialize, Serialize};
use syncline_model::approval::ReviewState;
use syncline_model::profile::Profile;
use syncline_model::{ApprovalId, CsId, ProfileId, WhatIfId};
use utoipa::ToSchema;

use super::instant::Instant;

/// A profile in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProfileSummary {
    /// Its id.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// The saved version.
    pub version: i64,
    /// What it may send.
    pub state: ReviewState,
    /// The approval it is live or approved under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
    /// SHA-256 of everything that can alter an operation (D-65), in hex.
    pub config_hash: String,
    /// Operations staged and not yet sent.
    pub pending: i64,
    /// Objects in error.
    pub errors: i64,
    /// Its newest what-if.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_if: Option<WhatIfId>,
    /// When it was saved.
    pub saved_at: Instant,
    /// When it synchronised last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synced_at: Option<Instant>,
}

/// A profile with its document.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProfileView {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: ProfileSummary,
    /// The document.
    pub document: Profile,
    /// Warnings of its expressions.
    pub diagnostics: Vec<Diagnostic>,
}

/// A saved version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProfileVersion {
    /// Its number.
    pub version: i64,
    /// SHA-256 of everything that can alter an operation.
    pub config_hash: String,
    /// Who saved it.
    pub saved_by: String,
    /// When.
    pub saved_at: Instant,
    /// The document as it was.
    pub document: Profile,
}

/// A draft to check.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckDraft {
    /// The draft.
    pub document: Profile,
}

/// What the checker says of a draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Checked {
    /// Whether it could be saved.
    pub ok: bool,
    /// Everything found, in document order.
    pub diagnostics: Vec<Diagnostic>,
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DiagnosticSeverity {
    /// Cannot be saved.
    Error,
    /// Can be saved.
    Warning,
}

/// One finding in a document or an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diagnostic {
    /// JSON pointer of the field in the document, such as `/inbound/0/flows/3/expr`.
    pub at: String,
    /// How bad it is.
    pub severity: DiagnosticSeverity,
    /// The stable code, such as `SL0101`.
    pub code: String,
    /// The C# code for the same mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csharp: Option<String>,
    /// What is wrong.
    pub message: String,
    /// Why, or what the language says about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// From which character of the expression (UTF-16 code units).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u32>,
    /// To before which character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u32>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// A change that removes a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fix {
    /// What it does, for a button.
    pub title: String,
    /// What to write.
    pub replacement: String,
    /// In place of what: from which character of the expression (UTF-16 code units); absent = of the whole field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u32>,
    /// To before which character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u32>,
}

/// A preview of one expression of a draft on real objects.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewDraft {
    /// The draft.
    pub document: Profile,
    /// JSON pointer of a scope, match side, DN or flow in it.
    pub at: String,
    /// Objects at most (1 to 100, 20 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Results of an expression on real objects.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Previewed {
    /// Errors of the expression; no rows then.
    pub diagnostics: Vec<Diagnostic>,
    /// One row an object.
    pub rows: Vec<PreviewRow>,
    /// How many objects the expression would see.
    pub population: i64,
}

/// The result on one object.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PreviewRow {
    /// The object (a connector-space object for inbound, the first linked one for outbound).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<CsId>,
    /// Its name.
    pub name: String,
    /// The value or values; absent when the result is no value.
    pub values: Vec<String>,
    /// `value`, `absent`, `ignore` or `error`.
    pub outcome: String,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
