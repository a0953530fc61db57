//! Templates: profiles with gaps, and what one of them would find in the tenant's directories.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use syncline_model::profile::Profile;
use syncline_model::{AttrName, DirectoryId, ProfileId};
use utoipa::ToSchema;

use super::cloud::CloudPermission;
use super::profile::Diagnostic;
use crate::template::document::{Parameter, ParameterValue, Purpose, TemplateRole};

/// A template in the gallery.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TemplateSummary {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// Its name.
    pub title: String,
    /// What it is for.
    pub purpose: Purpose,
    /// What it does.
    pub summary: String,
    /// Whether it is the tenant's own.
    pub own: bool,
    /// The directories it takes.
    pub directories: Vec<TemplateRole>,
    /// What it reads, a sentence each.
    pub reads: Vec<String>,
    /// What it writes, a sentence each.
    pub writes: Vec<String>,
    /// What has to be so, and what it does not do.
    pub assumptions: Vec<String>,
    /// What happens to who leaves.
    pub deletion: Vec<String>,
    /// What holds an export back.
    pub guards: Vec<String>,
}

/// A template with its parameters.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TemplateView {
    /// What the gallery shows.
    #[serde(flatten)]
    pub summary: TemplateSummary,
    /// What a person fills in.
    pub parameters: Vec<Parameter>,
    /// What a profile of it needs in cloud directories, filled in as the examples say.
    pub permissions: Vec<RolePermissions>,
    /// The profile's document with its gaps.
    #[schema(value_type = Object)]
    pub document: serde_json::Value,
}

/// The permissions that a profile needs in one directory.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RolePermissions {
    /// The role.
    pub role: String,
    /// The permissions, each with its reasons.
    pub permissions: Vec<CloudPermission>,
}

/// A profile to be saved as a template.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    /// The profile, as it is saved.
    pub profile: ProfileId,
    /// The template's name.
    #[schema(min_length = 1, max_length = 100)]
    pub title: String,
    /// What it is for.
    pub purpose: Purpose,
    /// What it does.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub summary: String,
}

/// What a template is filled in with.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FillTemplate {
    /// The profile's name; absent is the template's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub name: Option<String>,
    /// A directory for each role.
    pub directories: BTreeMap<String, DirectoryId>,
    /// Values of parameters; those that are absent have their defaults.
    #[serde(default)]
    pub parameters: BTreeMap<String, ParameterValue>,
}

/// What a profile of a template would find in the tenant's directories, as they were imported last.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TemplatePreview {
    /// The profile that adopting makes.
    pub document: Profile,
    /// Why it could not be saved. There are no counts then.
    pub diagnostics: Vec<Diagnostic>,
    /// Flows and matches that are left out, because a directory does not know an attribute.
    pub left_out: Vec<PlacedAttribute>,
    /// Directories without a complete import of what is read of them: nothing is decided there before one.
    pub not_imported: Vec<DirectoryId>,
    /// Attributes that scope or match ask for and that no import has read yet: counts change with the next import.
    pub unread: Vec<PlacedAttribute>,
    /// By inbound part: what is read.
    pub sources: Vec<SourceCount>,
    /// By outbound part: what would happen.
    pub targets: Vec<TargetCount>,
    /// What the tenant's cloud directories would need then, this profile and the others together.
    pub permissions: Vec<DirectoryPermissions>,
}

/// An attribute of an object type of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlacedAttribute {
    /// The directory.
    pub directory: DirectoryId,
    /// The object type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// The attribute.
    pub attribute: AttrName,
}

/// The permissions that a cloud directory would need.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DirectoryPermissions {
    /// The directory.
    pub directory: DirectoryId,
    /// The permissions, each with its reasons and whether it is granted.
    pub permissions: Vec<CloudPermission>,
}

/// What an inbound part reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceCount {
    /// The directory.
    pub directory: DirectoryId,
    /// The object type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// Objects of the type.
    pub present: u64,
    /// Those in scope.
    pub in_scope: u64,
    /// Those whose scope cannot be evaluated.
    pub failed: u64,
    /// Those in scope that join an object of the metaverse that is there already.
    pub joined: u64,
    /// Those in scope whose match finds several; nothing happens to them.
    pub ambiguous: u64,
    /// Those with an error of any kind, ambiguous ones included.
    pub errors: u64,
}

/// What an outbound part would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TargetCount {
    /// The directory.
    pub directory: DirectoryId,
    /// The object type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// Objects of the type.
    pub present: u64,
    /// Those that a match finds: they are kept in step from then on.
    pub matched: u64,
    /// Of those that are linked, how many would be changed.
    pub changed: u64,
    /// Objects that would be created.
    pub created: u64,
    /// Source objects whose match finds several here, or one that is taken; nothing happens to them.
    pub ambiguous: u64,
    /// Source objects that match nothing, where the part does not create.
    pub unmatched: u64,
    /// Source objects that cannot be created, because a required attribute has no value.
    pub missing_required: u64,
    /// Source objects whose name is taken by an object that does not match.
    pub name_taken: u64,
    /// Objects that nothing matches: they are left alone.
    pub left_alone: u64,
}
