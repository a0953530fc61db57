//! Which directory a connector of the export becomes.

use std::collections::{BTreeMap, BTreeSet};

use syncline_migrate::config::{Config, Connector, System};
use syncline_migrate::landscape::{Landscape, Place};
use syncline_model::DirectoryId;

use crate::profile::schemas::Schemas;
use crate::resource::directory::DirectoryKind;

/// Directories by connector, as a person chose them.
pub type Chosen = BTreeMap<String, DirectoryId>;

/// A directory as far as the choice depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: DirectoryKind,
}

/// What is wrong with a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The connector.
    pub connector: String,
    /// Stable word for it.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
}

/// Where connectors go: what was chosen, and of the others those for which there is only one directory.
pub fn landscape(
    config: &Config,
    chosen: &Chosen,
    known: &BTreeMap<DirectoryId, Known>,
    schemas: &Schemas,
) -> Result<Landscape, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut taken = BTreeSet::new();
    for (connector, directory) in chosen {
        let mut add = |code, message: &str| {
            wrong.push(Wrong {
                connector: connector.clone(),
                code,
                message: message.to_owned(),
            });
        };
        if !config.connectors.contains_key(connector) {
            add("unknown", "The export has no such connector.");
        } else if !known.contains_key(directory) {
            add("required", "Choose one of the tenant's directories.");
        } else if !taken.insert(*directory) {
            add("same", "Choose another directory for each connector.");
        } else if !described(schemas, *directory) {
            let message = "Nothing is known of this directory yet: connect it first, so that its schema is read.";
            add("undescribed", message);
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut all = chosen.clone();
    for (id, connector) in &config.connectors {
        if all.contains_key(id) {
            continue;
        }
        if let Some(directory) = only(config, connector, known, schemas, &taken) {
            taken.insert(directory);
            all.insert(id.clone(), directory);
        }
    }
    let place = |(connector, directory): (String, DirectoryId)| {
        let described = schemas.directories.get(&directory)?;
        let place = Place {
            directory,
            schema: described.schema.as_deref()?.clone(),
            hierarchical: described.hierarchical,
        };
        Some((connector, place))
    };
    Ok(Landscape {
        places: all.into_iter().filter_map(place).collect(),
    })
}

fn described(schemas: &Schemas, directory: DirectoryId) -> bool {
    let known = schemas.directories.get(&directory);
    known.is_some_and(|known| known.schema.is_some())
}

/// The directory of a connector's kind, where there is one of each.
fn only(
    config: &Config,
    connector: &Connector,
    known: &BTreeMap<DirectoryId, Known>,
    schemas: &Schemas,
    taken: &BTreeSet<DirectoryId>,
) -> Option<DirectoryId> {
    let kind = match connector.system {
        System::ActiveDirectory => DirectoryKind::ActiveDirectory,
        System::EntraId => DirectoryKind::EntraId,
        System::Other => return None,
    };
    let free = known.iter().filter(|(id, known)| {
        known.kind == kind && !taken.contains(id) && described(schemas, **id)
    });
    let free: Vec<(&DirectoryId, &Known)> = free.collect();
    let named = free
        .iter()
        .find(|(_, known)| known.name.eq_ignore_ascii_case(&connector.name));
    if let Some((id, _)) = named {
        return Some(**id);
    }
    let same = config
        .connectors
        .values()
        .filter(|other| other.system == connector.system);
    match (free.as_slice(), same.count()) {
        ([(id, _)], 1) => Some(**id),
        _ => None,
    }
}
