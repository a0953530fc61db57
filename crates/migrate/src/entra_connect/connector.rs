//! A connector, as its file holds it: of Entra Connect, and of MIM, where it is a management agent.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::{id_of, is_true};
use crate::ReadError;
use crate::config::{Connector, Partition, System};
use crate::dsml;
use crate::xml::{Unknown, child, children, path, shown, text, text_of};

/// Elements of a connector.
const CONNECTOR: &[&str] = &[
    "format-version",
    "id",
    "name",
    "category",
    "description",
    "subtype",
    "ma-listname",
    "ma-companyname",
    "creation-time",
    "last-modification-time",
    "version",
    "internal-version",
    "password-sync-allowed",
    "schema",
    "private-configuration",
    "attribute-inclusion",
    "join",
    "projection",
    "export-attribute-flow",
    "ma-partition-data",
    "ma-run-data",
    "component_mappings",
    "password-sync",
    "encrypted-attributes",
    "stay-disconnector",
    "provisioning-cleanup",
    "extension",
    "controller-configuration",
    "ma-ui-settings",
    "dn-construction",
    "capabilities-mask",
    "capability-bits",
    "export-type",
];

/// The named values of an element, without those that are secret.
pub(super) fn parameters(node: Node<'_, '_>) -> BTreeMap<String, String> {
    let secret = |parameter: &Node<'_, '_>| {
        let kind = parameter.attribute("type").unwrap_or_default();
        kind == "encrypted-string" || parameter.attribute("encrypted") == Some("1")
    };
    let named = children(node, "parameter").filter(|parameter| !secret(parameter));
    named
        .filter_map(|parameter| Some((parameter.attribute("name")?.to_owned(), text(parameter))))
        .collect()
}

/// Reads a connector; `file` is for messages.
pub(super) fn connector(
    file: &str,
    root: Node<'_, '_>,
    unknown: &mut Unknown,
) -> Result<Connector, ReadError> {
    unknown.beside("ma-data", root, CONNECTOR);
    let id = id_of(file, root, "id")?;
    Ok(read_connector(id, root))
}

/// A connector's element in an export of either product.
pub(crate) fn read_connector(id: String, root: Node<'_, '_>) -> Connector {
    let (category, subtype) = (text_of(root, "category"), text_of(root, "subtype"));
    let is_cloud = subtype
        .to_ascii_lowercase()
        .contains("azure active directory");
    let system = match category.as_str() {
        "AD" => System::ActiveDirectory,
        _ if is_cloud => System::EntraId,
        _ => System::Other,
    };
    let attributes = child(root, "attribute-inclusion")
        .map(|node| children(node, "attribute").map(text).collect())
        .unwrap_or_default();
    let mut connector = Connector {
        name: shown(&text_of(root, "name")),
        system,
        kind: shown(if subtype.is_empty() {
            &category
        } else {
            &subtype
        }),
        types: Vec::new(),
        attributes,
        known: dsml::read(root).attrs,
        partitions: Vec::new(),
        parameters: BTreeMap::new(),
        id,
    };
    connector
        .parameters
        .insert("Connector.ID".into(), format!("{{{}}}", connector.id));
    connector
        .parameters
        .insert("Connector.Name".into(), connector.name.clone());
    if let Some(private) = child(root, "private-configuration") {
        for configuration in private.children().filter(Node::is_element) {
            let own = child(configuration, "parameter-values").map(parameters);
            connector.parameters.extend(own.unwrap_or_default());
        }
    }
    let Some(data) = child(root, "ma-partition-data") else {
        return connector;
    };
    for node in children(data, "partition") {
        let own = child(node, "parameter-values")
            .map(parameters)
            .unwrap_or_default();
        let selected = is_true(&text_of(node, "selected"));
        for (name, value) in own {
            // The first domain that is read says what a domain's parameters are; the report says so where there are more.
            if selected {
                connector.parameters.entry(name).or_insert(value);
            }
        }
        let list = |group: &str, item: &str| -> Vec<String> {
            let found = path(node, &["filter", "containers", group]);
            let items = found.map(|found| children(found, item).map(text).collect::<Vec<_>>());
            items
                .unwrap_or_default()
                .into_iter()
                .filter(|i| !i.is_empty())
                .collect()
        };
        connector.partitions.push(Partition {
            name: shown(&text_of(node, "name")),
            selected,
            included: list("inclusions", "inclusion"),
            excluded: list("exclusions", "exclusion"),
        });
        if let Some(classes) = path(node, &["filter", "object-classes"]).filter(|_| selected) {
            for class in children(classes, "object-class").map(text) {
                if !class.is_empty() && !connector.types.contains(&class) {
                    connector.types.push(class);
                }
            }
        }
    }
    connector
}
