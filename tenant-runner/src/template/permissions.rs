//! Which permissions a profile of a template needs in its cloud directories: computed from an example of the profile by
//! [`crate::clouds::consent`], so that nothing stands written down twice.
//!
//! Invariant: the least for the example; other values of the parameters may need less or more, and the preview says
//! what those that were chosen need.

use std::collections::BTreeMap;
use std::sync::Arc;

use syncline_connectors::graph::permissions::Need;
use syncline_model::DirectoryId;

use super::document::{ParameterValue, Template};
use super::fill::{FillError, fill};
use super::given::{self, Wrong};
use super::splice::Values;
use crate::clouds::consent;
use crate::jobs::selection::Selection;
use crate::profile::schemas::{DirectorySchema, Schemas};
use crate::resource::directory::{CloudConnection, DirectoryKind, DirectorySettings};

/// Values that the template itself names: examples, else defaults.
pub fn example_values(template: &Template) -> Result<Values, Vec<Wrong>> {
    let examples: BTreeMap<String, ParameterValue> = template
        .parameters
        .iter()
        .filter_map(|p| Some((p.name.clone(), p.example.clone()?)))
        .collect();
    given::check(&template.parameters, &examples)
}

/// The permissions by role, for roles that clouds fill.
pub fn expected(template: &Template) -> Result<Vec<(String, Vec<Need>)>, FillError> {
    let values = example_values(template).unwrap_or_default();
    let numbered = (1..).map(DirectoryId).zip(&template.directories);
    let directories: BTreeMap<String, DirectoryId> =
        numbered.map(|(id, role)| (role.name.clone(), id)).collect();
    let schema = Arc::new(syncline_connectors::graph::usual_schema());
    let described = |role: &super::document::TemplateRole| DirectorySchema {
        name: role.title.clone(),
        schema: (role.kind == DirectoryKind::EntraId).then(|| schema.clone()),
        hierarchical: false,
        takes_passwords: role.kind != DirectoryKind::HrFile,
    };
    let schemas = template
        .directories
        .iter()
        .map(|role| (directories[&role.name], described(role)));
    let schemas = Schemas::new(schemas.collect());
    let profile = fill(template, &template.title, &directories, &values, &schemas)?.profile;
    let settings = DirectorySettings {
        cloud: Some(CloudConnection {
            cloud: String::new(),
            tenant: String::new(),
            client_id: String::new(),
        }),
        ..DirectorySettings::default()
    };
    let clouds = template
        .directories
        .iter()
        .filter(|role| role.kind == DirectoryKind::EntraId);
    let needs = clouds.map(|role| {
        let id = directories[&role.name];
        let selection = Selection::new(id, &schema, &settings, std::iter::once(&profile));
        let needs = consent::needs(id, &selection, std::iter::once(&profile));
        (role.name.clone(), needs)
    });
    Ok(needs.collect())
}
