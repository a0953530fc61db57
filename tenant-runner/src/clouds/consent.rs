//! Which permissions a cloud directory's application needs: computed from what the profiles read and write, and no more.

use std::collections::BTreeSet;

use syncline_connectors::graph::permissions::{Need, Write, needed};
use syncline_model::profile::{Action, Deprovision, Profile};
use syncline_model::{AttrName, DirectoryId};

use crate::jobs::selection::Selection;

/// The permissions, each with what wants it.
pub fn needs<'a>(
    directory: DirectoryId,
    selection: &Selection,
    profiles: impl Iterator<Item = &'a Profile>,
) -> Vec<Need> {
    let mut writes = Vec::new();
    for profile in profiles {
        for part in profile.outbound.iter().filter(|p| p.directory == directory) {
            let attrs: BTreeSet<AttrName> = part.flows.iter().map(|flow| flow.to.clone()).collect();
            let attrs: Vec<AttrName> = attrs.into_iter().collect();
            let object_type = part.object_type.clone();
            if matches!(part.action, Action::CreateOrUpdate | Action::CreateOnly) {
                writes.push(Write::Create(object_type.clone(), attrs.clone()));
            }
            if part.deprovision == Deprovision::Delete {
                writes.push(Write::Delete(object_type.clone()));
            }
            if part.action != Action::MatchOnly {
                writes.push(Write::Update(object_type, attrs));
            }
        }
    }
    needed(&selection.0, &writes)
}
