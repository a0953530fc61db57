//! What a template is made of.
//!
//! Invariants: unknown fields are refused, in those that come with the service as in a tenant's own; a template names
//! directories by role, never by id.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::resource::directory::DirectoryKind;

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its id: a word of its own for one that comes with the service, `tpl_…` for a tenant's own.
    pub id: String,
    /// Rises with every change.
    pub version: u32,
    /// Its name for people; the name of a profile that is given none.
    pub title: String,
    /// What it is for.
    pub purpose: Purpose,
    /// What it does, in two or three sentences.
    pub summary: String,
    /// The directories it takes.
    pub directories: Vec<TemplateRole>,
    /// What it reads, a sentence each.
    pub reads: Vec<String>,
    /// What it writes, a sentence each.
    pub writes: Vec<String>,
    /// What has to be so, and what it does not do, a sentence each.
    pub assumptions: Vec<String>,
    /// What happens to who leaves, a sentence each.
    pub deletion: Vec<String>,
    /// What holds an export back, a sentence each.
    pub guards: Vec<String>,
    /// What a person fills in.
    pub parameters: Vec<Parameter>,
    /// The profile's document with gaps; see [`super::fill`].
    pub profile: Json,
}

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Accounts of an Active Directory in the cloud.
    Hybrid,
    /// Two systems that stay.
    Coexistence,
    /// One system that replaces another.
    Migration,
    /// Two directory tenants.
    TenantToTenant,
    /// Joiners, movers and leavers of an HR system.
    HrDriven,
}

/// A directory that a template takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateRole {
    /// Its name in the template, such as `source`.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What kind of directory it has to be.
    pub kind: DirectoryKind,
    /// Whether it is read from, written to, or both.
    pub side: Side,
}

/// Which way values flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Out of the directory.
    Source,
    /// Into it.
    Target,
    /// Both.
    Both,
}

/// What a person fills in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name in the template.
    pub name: String,
    /// What it takes.
    pub kind: ParameterKind,
    /// Its name for people.
    pub label: String,
    /// What it does, in a sentence or two.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Whether it has to be given. One that is not and has no default is empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// What it is when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<ParameterValue>,
    /// What it could look like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<ParameterValue>,
    /// What the console fills in beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggest: Option<Suggestion>,
    /// What a choice can be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// What the items of a list are; absent is any text of one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<ItemKind>,
    /// Fewest characters of a text (1 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<usize>,
    /// Most characters of a text (256 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterKind {
    /// A text of one line.
    Text,
    /// A DNS domain, such as `fabrikam.test`.
    Domain,
    /// A distinguished name.
    Dn,
    /// Several texts.
    List,
    /// One of `choices`.
    Choice,
    /// Yes or no.
    Boolean,
}

/// What the items of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// Texts of one line.
    Text,
    /// DNS domains.
    Domain,
}

/// What is known of a directory that a parameter is probably about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Suggestion {
    /// The target's naming context.
    TargetNamingContext,
    /// The target's DNS name.
    TargetDnsName,
}

/// One thing that a choice can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// What it does, for people.
    pub label: String,
}

/// A parameter's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ParameterValue {
    /// Of a boolean.
    Flag(bool),
    /// Of a text, a domain, a distinguished name or a choice.
    Text(String),
    /// Of a list.
    List(Vec<String>),
}

impl ParameterValue {
    /// Whether it counts as given where a part of the template depends on it.
    pub fn is_set(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
        }
    }
}
