//! Messages: what went wrong with which thing, and what to do.

use serde::{Deserialize, Serialize};
use syncline_model::error::{ErrorClass, Stage};
use syncline_model::{CsId, DirectoryId, MessageId, ProfileId, RunId};
use utoipa::{IntoParams, ToSchema};

use super::instant::Instant;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// For the record.
    Info,
    /// Look at it when there is time.
    Warning,
    /// Something did not happen that should have.
    Error,
}

/// A message. The same thing said again is the same message with a higher count.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// How bad it is.
    pub severity: Severity,
    /// The stable code.
    pub code: String,
    /// Who must act, for messages about objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<ErrorClass>,
    /// Where in processing, for messages about objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// The run that last said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The directory concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryId>,
    /// The profile concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileId>,
    /// The object concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<CsId>,
    /// The object's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What happened to which thing, why, and what to do.
    pub text: String,
    /// How often.
    pub count: i64,
    /// When first.
    pub first_at: Instant,
    /// When last.
    pub last_at: Instant,
    /// Whether it still holds.
    pub open: bool,
}

/// Which messages to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MessageFilter {
    /// At least this bad.
    #[serde(default)]
    #[param(inline)]
    pub severity: Option<Severity>,
    /// With this code.
    #[serde(default)]
    pub code: Option<String>,
    /// About this directory.
    #[serde(default)]
    pub directory: Option<DirectoryId>,
    /// About this profile.
    #[serde(default)]
    pub profile: Option<ProfileId>,
    /// About this object.
    #[serde(default)]
    pub object: Option<CsId>,
    /// Only those that still hold.
    #[serde(default)]
    pub open: Option<bool>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Items at most.
    #[serde(default)]
    pub limit: Option<u32>,
}
