//! A tenant's own templates: made of its profiles, kept sealed in one setting of the tenant.
//!
//! Invariants: no id of the tenant is in one: directories become roles, parts lose their ids; what is kept is at most
//! [`OWN_MAX`] templates of [`BYTES_MAX`] octets together; expressions stay as they are, byte for byte.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use syncline_model::profile::{Action, Deprovision, Profile};
use syncline_model::{DirectoryId, TemplateId};
use syncline_store::StoreError;
use syncline_store::tenant::{TenantRead, TenantTx};

use super::document::{Purpose, Side, Template, TemplateRole};
use crate::resource::directory::DirectoryKind;

/// Templates of a tenant at most.
pub const OWN_MAX: usize = 50;
/// Octets of all of them together at most.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;

/// Where they are kept.
const SETTING: &str = "templates";

/// The tenant's own templates, and the version of the setting (0 when there is none).
pub async fn load(read: &mut TenantRead) -> Result<(Vec<Template>, i64), StoreError> {
    let Some(setting) = read.setting(SETTING).await? else {
        return Ok((Vec::new(), 0));
    };
    let templates =
        serde_json::from_slice(&setting.value).map_err(|error| StoreError::Refused {
            what: format!("the tenant's own templates cannot be read: {error}"),
        })?;
    Ok((templates, setting.version))
}

/// Whether so many may be kept.
pub fn fits(templates: &[Template]) -> bool {
    let bytes = serde_json::to_vec(templates).map_or(usize::MAX, |bytes| bytes.len());
    templates.len() <= OWN_MAX && bytes <= BYTES_MAX
}

/// Keeps them, in place of those that were read at this version.
pub async fn keep(
    tx: &mut TenantTx,
    templates: &[Template],
    version: i64,
) -> Result<(), StoreError> {
    let bytes = serde_json::to_vec(templates).map_err(|error| StoreError::Refused {
        what: error.to_string(),
    })?;
    tx.setting_put(SETTING, version, &bytes).await
}

/// What a new template is called and for.
#[derive(Debug, Clone)]
pub struct About {
    /// Its title.
    pub title: String,
    /// What it is for.
    pub purpose: Purpose,
    /// What it does.
    pub summary: String,
}

/// A template of a profile. `known` are the tenant's directories, by name and kind.
pub fn from_profile(
    id: TemplateId,
    about: About,
    profile: &Profile,
    known: &BTreeMap<DirectoryId, (String, DirectoryKind)>,
) -> Template {
    let roles = roles(profile, known);
    let role_of: BTreeMap<DirectoryId, &str> = roles
        .iter()
        .map(|(id, role)| (*id, role.name.as_str()))
        .collect();
    let mut document = serde_json::to_value(profile).unwrap_or_default();
    for gone in ["name", "template"] {
        document.as_object_mut().map(|members| members.remove(gone));
    }
    let role = |directory: &Json| {
        let id = directory
            .as_str()
            .and_then(|d| d.parse::<DirectoryId>().ok());
        let role = id.and_then(|id| role_of.get(&id));
        json!({ "$directory": role })
    };
    let rules = document.get_mut("deletion").and_then(Json::as_object_mut);
    for rule in rules.into_iter().flat_map(|rules| rules.values_mut()) {
        let directories = rule.get_mut("directories").and_then(Json::as_array_mut);
        for directory in directories.into_iter().flatten() {
            *directory = role(directory);
        }
    }
    for side in ["inbound", "outbound"] {
        for part in document[side].as_array_mut().into_iter().flatten() {
            let Some(part) = part.as_object_mut() else {
                continue;
            };
            part.remove("id");
            let role = part.get("directory").map(&role);
            part.insert("directory".into(), role.unwrap_or_default());
        }
    }
    let title = |directory: DirectoryId| {
        let role = roles.iter().find(|(id, _)| *id == directory);
        role.map(|(_, role)| role.title.as_str())
            .unwrap_or_default()
    };
    let listed = |names: Vec<&str>| names.join(", ");
    Template {
        id: id.to_string(),
        version: 1,
        title: about.title,
        purpose: about.purpose,
        summary: about.summary,
        reads: (profile.inbound.iter())
            .map(|part| {
                let names = part.flows.iter().map(|flow| flow.to.as_str()).collect();
                format!("{} of {}: {}", part.object_type, title(part.directory), listed(names))
            })
            .collect(),
        writes: (profile.outbound.iter())
            .map(|part| {
                let names = part.flows.iter().map(|flow| flow.to.as_str()).collect();
                let what = match part.action {
                    Action::CreateOrUpdate => "creates and changes",
                    Action::UpdateOnly => "changes",
                    Action::CreateOnly => "creates",
                    Action::MatchOnly => "links",
                };
                format!("{what} {} of {}: {}", part.object_type, title(part.directory), listed(names))
            })
            .collect(),
        assumptions: vec![
            "Made of a profile of this tenant: its expressions are the profile's, names of domains and containers \
             included."
                .into(),
        ],
        deletion: (profile.outbound.iter())
            .map(|part| {
                let what = match part.deprovision {
                    Deprovision::Disconnect => "the link ends, the object stays",
                    Deprovision::Delete => "the object is deleted",
                    Deprovision::Leave => "the link stays, nothing flows any more",
                    Deprovision::DisconnectExplicit => {
                        "the link ends for good, the object stays"
                    }
                    Deprovision::Disable => "the object is disabled and stays linked",
                };
                format!("{} of {}: {what}", part.object_type, title(part.directory))
            })
            .collect(),
        guards: Vec::new(),
        parameters: Vec::new(),
        profile: document,
        directories: roles.into_iter().map(|(_, role)| role).collect(),
    }
}

/// The directories of a profile in the order of its parts, each with its role.
fn roles(
    profile: &Profile,
    known: &BTreeMap<DirectoryId, (String, DirectoryKind)>,
) -> Vec<(DirectoryId, TemplateRole)> {
    let mut order: Vec<DirectoryId> = Vec::new();
    let read = profile.inbound.iter().map(|part| part.directory);
    for directory in read.chain(profile.outbound.iter().map(|part| part.directory)) {
        if !order.contains(&directory) {
            order.push(directory);
        }
    }
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut role = |directory: DirectoryId| {
        let read = profile
            .inbound
            .iter()
            .any(|part| part.directory == directory);
        let written = profile
            .outbound
            .iter()
            .any(|part| part.directory == directory);
        let (side, word) = match (read, written) {
            (true, false) => (Side::Source, "source"),
            (false, true) => (Side::Target, "target"),
            _ => (Side::Both, "both"),
        };
        let number = numbers.entry(word).or_default();
        *number += 1;
        let name = if *number == 1 {
            word.to_owned()
        } else {
            format!("{word}-{number}")
        };
        let (title, kind) = known.get(&directory).cloned()?;
        Some((
            directory,
            TemplateRole {
                name,
                title: format!("In place of {title}"),
                kind,
                side,
            },
        ))
    };
    order.into_iter().filter_map(&mut role).collect()
}
