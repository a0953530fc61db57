//! Drafts of another product's configuration, as the API shows them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use syncline_migrate::report::Report;
use syncline_model::DirectoryId;
use syncline_model::profile::Profile;
use utoipa::ToSchema;

use super::profile::Diagnostic;

/// The product that was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DraftSource {
    /// Entra Connect Sync: the folder of its configuration export.
    EntraConnect,
    /// MIM's synchronisation service: the folder of its server export.
    Mim,
}

/// An exported configuration that is to be drafted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftImport {
    /// Of which product.
    pub source: DraftSource,
    /// Its files: at most 2,000, of 24 MiB together.
    pub files: Vec<DraftFile>,
    /// The directory of each connector, by the connector's id as the report names it. A connector that is not named here gets
    /// the directory of its kind and name, or the only one of its kind.
    #[serde(default)]
    pub directories: BTreeMap<String, DirectoryId>,
}

/// A file of an export.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftFile {
    /// Its name, for messages.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// What an export became. Nothing of it is stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Drafted {
    /// Profiles to look at, change and save.
    pub drafts: Vec<DraftView>,
    /// The directory that each connector became.
    pub directories: BTreeMap<String, DirectoryId>,
    /// What became of every rule and flow.
    pub report: Report,
}

/// A draft of a profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DraftView {
    /// The metaverse type that it is about.
    pub metaverse_type: String,
    /// The document, as `POST …/profiles` takes it.
    pub document: Profile,
    /// What the checker says of it; no errors.
    pub diagnostics: Vec<Diagnostic>,
}
