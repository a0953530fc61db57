//! Objects: one object with everything that is known about it.

use serde::{Deserialize, Serialize};
use syncline_model::{AttrName, CsId, DirectoryId, MvId, PartId};
use utoipa::{IntoParams, ToSchema};

use super::instant::Instant;
use super::message::Message;
use super::what_if::PlannedOperation;

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ObjectSummary {
    /// Its id.
    pub id: CsId,
    /// Where it lives.
    pub directory: DirectoryId,
    /// Its type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// Its name for people.
    pub name: String,
    /// Its distinguished name, in a directory that has names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dn: Option<String>,
    /// Its immutable id in the directory, once it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// The metaverse object it is linked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metaverse_object: Option<MvId>,
}

/// Values of one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttributeValues {
    /// The attribute.
    pub name: AttrName,
    /// Its values, at most 100.
    pub values: Vec<String>,
    /// How many there are in all.
    pub count: i64,
}

/// The single-object report.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ObjectReport {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: ObjectSummary,
    /// `discovered`, `created-by-us` or `adopted`.
    pub provenance: String,
    /// `joined`, `normal`, `filtered`, `explicit`, `placeholder` or `transient`.
    pub state: String,
    /// Since when it is disabled because nothing wants it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Instant>,
    /// `none`, `add`, `update`, `delete` or `delete-add`.
    pub pending_import: String,
    /// Why it is linked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkView>,
    /// What the directory last said it holds.
    pub attributes: Vec<AttributeValues>,
    /// What outbound rules want it to hold.
    pub intended: Vec<AttributeValues>,
    /// What the next export would do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_export: Option<PlannedOperation>,
    /// Sent and not yet confirmed.
    pub unconfirmed: i64,
    /// The metaverse object with all its links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metaverse: Option<MetaverseView>,
    /// Its messages, open ones first.
    pub messages: Vec<Message>,
}

/// Why an object is linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkView {
    /// The metaverse object.
    pub metaverse_object: MvId,
    /// The part whose rule made the link.
    pub part: PartId,
    /// `provision`, `sticky`, `join`, `target` or `departing`.
    pub kind: String,
    /// Made by an administrator: no scope ends it.
    pub explicit: bool,
}

/// What an object is to be joined to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// The metaverse object.
    pub metaverse_object: MvId,
}

/// A metaverse object.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MetaverseView {
    /// Its id.
    pub id: MvId,
    /// Its type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// Its values with where each comes from.
    pub attributes: Vec<MetaverseAttribute>,
    /// Its links in all directories.
    pub links: Vec<ObjectSummary>,
}

/// One attribute of a metaverse object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MetaverseAttribute {
    /// The attribute.
    pub name: AttrName,
    /// Its values, at most 100.
    pub values: Vec<String>,
    /// How many there are in all.
    pub count: i64,
    /// The part whose flow won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<PartId>,
    /// The winning rule, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The source object, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Its source is not linked any more, and the flow retains what it gave.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retained: bool,
    /// Who gives which of its values, the strongest first, where several flows are merged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contributions: Vec<ContributionView>,
}

/// What one flow gives to a merged attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContributionView {
    /// The values that are there in its spelling, at most 100.
    pub values: Vec<String>,
    /// The part.
    pub part: PartId,
    /// Its rule, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The source object, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Which objects to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ObjectFilter {
    /// In this directory.
    #[serde(default)]
    pub directory: Option<DirectoryId>,
    /// Of this type.
    #[serde(default, rename = "type")]
    pub object_type: Option<String>,
    /// Whose name or an attribute holds this text.
    #[serde(default)]
    pub query: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Items at most.
    #[serde(default)]
    pub limit: Option<u32>,
}
