//! Messages: what went wrong with which thing, how often, and what to do.

use serde::{Deserialize, Serialize};
use syncline_model::error::{ErrorClass, Stage};
use syncline_model::message::Severity;
use syncline_model::{AttrName, CsId, DirectoryId, MessageId, MvId, ProfileId, RunId};
use utoipa::{IntoParams, ToSchema};

use super::instant::Instant;

/// A message. The same thing said again is the same message with a higher count, until its cause is gone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// How bad it is.
    pub severity: Severity,
    /// The stable code.
    pub code: String,
    /// What the code means, whatever it is said of; absent for a code of another release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// What to do about a message with this code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_do: Option<String>,
    /// Who must act.
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
    /// Where in the profile's document the rule stands that it is about, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The object concerned; one of them, where it is the metaverse object behind several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<CsId>,
    /// The object's name, for who may read values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The attribute concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<AttrName>,
    /// Other objects concerned, such as the candidates of an ambiguous match in a target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<CsId>,
    /// Other metaverse objects concerned, such as the candidates of an ambiguous match of a source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metaverse_objects: Vec<MvId>,
    /// What happened to which thing, why, and what to do. What it says of an object is for who may read values; others
    /// read what the code means.
    pub text: String,
    /// How often.
    pub count: i64,
    /// When first.
    pub first_at: Instant,
    /// When last.
    pub last_at: Instant,
    /// When it is tried again by itself; absent where it waits for a change, or for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<Instant>,
    /// When its cause was gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// Whether it still holds.
    pub open: bool,
}

/// How many messages there are of a code.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MessageCount {
    /// The code.
    pub code: String,
    /// How bad it is; absent for a code of another release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Who must act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<ErrorClass>,
    /// What the code means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// How many messages: of different objects, directories or profiles.
    pub count: i64,
}

/// The messages by code.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MessageCounts {
    /// The codes, the worst first, then the most frequent.
    pub codes: Vec<MessageCount>,
    /// How many messages there are of all codes.
    pub total: i64,
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
    /// For whom to act.
    #[serde(default)]
    #[param(inline)]
    pub class: Option<ErrorClass>,
    /// Said by this run, or standing before it and said again since.
    #[serde(default)]
    pub run: Option<RunId>,
    /// About this directory.
    #[serde(default)]
    pub directory: Option<DirectoryId>,
    /// About this profile.
    #[serde(default)]
    pub profile: Option<ProfileId>,
    /// About this object.
    #[serde(default)]
    pub object: Option<CsId>,
    /// Only those that still hold, or only those that do not.
    #[serde(default)]
    pub open: Option<bool>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Items at most.
    #[serde(default)]
    pub limit: Option<u32>,
}
