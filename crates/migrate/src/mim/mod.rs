//! MIM's synchronisation service: the folder that its server export writes (`MV.xml`, `MA-{…}.xml`).
//!
//! MIM has no rules with names: joins, projections and filters stand at a management agent, import flows at the metaverse,
//! export flows at the agent again. What belongs to one agent, object type and metaverse type is one rule here, in each
//! direction. What is declared is read; what code decides is work.

mod agent;
mod expression;
mod imports;

use std::collections::BTreeMap;

use roxmltree::Node;

use crate::ReadError;
use crate::config::{Config, Deletion, Direction, Gone, Link, Product, Rule, Work};
use crate::dsml;
use crate::xml::{
    File, Unknown, child, children, guid, parse, shown, text, text_of, within_limits,
};

/// Elements of the metaverse.
const METAVERSE: &[&str] = &[
    "format-version",
    "version",
    "schema",
    "import-attribute-flow",
    "provisioning",
    "mv-deletion",
    "extension",
    "password-change-history-size",
    "password-sync",
    "@server",
    "@export-date",
];

/// Reads the files of a server export.
pub fn read(files: &[File]) -> Result<Config, ReadError> {
    within_limits(files)?;
    let mut config = Config {
        product: Product::Mim,
        connectors: BTreeMap::new(),
        metaverse: Default::default(),
        rules: Vec::new(),
        deletion: Vec::new(),
        work: Vec::new(),
        unknown: Unknown::default(),
    };
    let mut trees = Vec::new();
    for file in files {
        trees.push((file, parse(file)?));
    }
    let mut metaverse: Option<&str> = None;
    // The metaverse first: what an export flow may say depends on the types of its attributes.
    for (file, tree) in &trees {
        let root = tree.root_element();
        if root.tag_name().name() == "saved-mv-configuration" {
            if let Some(other) = metaverse.replace(&file.name) {
                return Err(ReadError::Twice {
                    file: file.name.clone(),
                    other: other.to_owned(),
                    what: "the metaverse".into(),
                });
            }
            read_metaverse(child(root, "mv-data").unwrap_or(root), &mut config);
        }
    }
    for (file, tree) in &trees {
        let root = tree.root_element();
        match root.tag_name().name() {
            "saved-mv-configuration" => {}
            "saved-ma-configuration" => {
                let data = child(root, "ma-data").unwrap_or(root);
                let id = text_of(data, "id");
                let id = guid(&id).ok_or_else(|| ReadError::Field {
                    file: file.name.clone(),
                    field: "id".into(),
                    why: format!("`{}` is no GUID", shown(&id)),
                })?;
                if config.connectors.contains_key(&id) {
                    return Err(ReadError::Twice {
                        file: file.name.clone(),
                        other: "another file".into(),
                        what: format!("management agent {id}"),
                    });
                }
                agent::read(&id, data, &mut config);
            }
            other => config.work.push(Work {
                about: shown(&file.name),
                code: "file.unknown",
                message: format!(
                    "The file holds `{}`, which is neither saved-ma-configuration nor saved-mv-configuration: it was not read.",
                    shown(other)
                ),
            }),
        }
    }
    if config.connectors.is_empty() {
        return Err(ReadError::Nothing {
            expected: "a management agent of MIM (`saved-ma-configuration`)",
        });
    }
    for (_, tree) in &trees {
        let root = tree.root_element();
        if root.tag_name().name() == "saved-mv-configuration" {
            imports::read(child(root, "mv-data").unwrap_or(root), &mut config);
        }
    }
    finish(&mut config);
    Ok(config)
}

fn read_metaverse(data: Node<'_, '_>, config: &mut Config) {
    config.unknown.beside("mv-data", data, METAVERSE);
    config.metaverse = dsml::read(data).schema;
    for rule in child(data, "mv-deletion")
        .into_iter()
        .flat_map(|all| children(all, "mv-deletion-rule"))
    {
        let metaverse_type = rule
            .attribute("mv-object-type")
            .unwrap_or_default()
            .to_owned();
        let agents = children(rule, "src-ma")
            .filter_map(|agent| guid(&text(agent)))
            .collect();
        let when = match rule.attribute("type") {
            Some("declared-any") => Gone::Any(agents),
            Some("declared-last" | "declared") => Gone::Last,
            _ => Gone::Coded,
        };
        if when == Gone::Coded {
            let about = format!("mv-deletion-rule {}", shown(&metaverse_type));
            let message = format!(
                "Code decides when objects of type `{}` are gone. Say it in the draft's `deletion`.",
                shown(&metaverse_type)
            );
            config.work.push(Work {
                about,
                code: "mim.coded",
                message,
            });
        }
        config.deletion.push(Deletion {
            metaverse_type,
            when,
        });
    }
    let how = child(data, "provisioning")
        .and_then(|p| p.attribute("type"))
        .unwrap_or("none");
    if how != "none" {
        let by = match how {
            "scripted" => "The metaverse extension (code) decides what is created in which agent.",
            "sync-rule" => {
                "Synchronisation rules of the MIM Service decide what is created; they are not in this export."
            }
            _ => {
                "The metaverse extension (code) and synchronisation rules of the MIM Service decide what is created."
            }
        };
        let message = format!(
            "{by} Drafts therefore only update: let a part create (`create-or-update`, with a `dn`) where it is meant to."
        );
        config.work.push(Work {
            about: "provisioning".into(),
            code: "mim.provisioning",
            message,
        });
    }
    let assembly = child(data, "extension")
        .map(|e| text_of(e, "assembly-name"))
        .unwrap_or_default();
    if !assembly.is_empty() {
        let message = format!(
            "The metaverse extension `{}` is code: what it does has to be written as rules.",
            shown(&assembly)
        );
        config.work.push(Work {
            about: "extension".into(),
            code: "mim.coded",
            message,
        });
    }
}

/// A rule's id: what it is of.
fn rule_id(direction: Direction, agent: &str, object_type: &str, metaverse_type: &str) -> String {
    let way = match direction {
        Direction::Inbound => "import",
        Direction::Outbound => "export",
    };
    shown(&format!("{agent}/{way}/{object_type}/{metaverse_type}"))
}

/// The rule of an agent, object type and metaverse type, made where it is not there yet.
fn rule<'c>(
    config: &'c mut Config,
    direction: Direction,
    agent: &str,
    object_type: &str,
    metaverse_type: &str,
) -> &'c mut Rule {
    let id = rule_id(direction, agent, object_type, metaverse_type);
    let at = match config.rules.iter().position(|rule| rule.id == id) {
        Some(at) => at,
        None => {
            let name = config
                .connectors
                .get(agent)
                .map_or(agent, |c| c.name.as_str());
            let arrow = match direction {
                Direction::Inbound => format!("{object_type} to {metaverse_type}"),
                Direction::Outbound => format!("{metaverse_type} to {object_type}"),
            };
            let name = shown(&format!("{name}: {arrow}"));
            config.rules.push(Rule {
                id,
                name,
                direction,
                disabled: false,
                connector: agent.to_owned(),
                object_type: object_type.to_owned(),
                metaverse_type: metaverse_type.to_owned(),
                link: Link::Join,
                precedence: 0,
                scope: Vec::new(),
                joins: Vec::new(),
                flows: Vec::new(),
                password_sync: false,
                soft_delete: None,
                work: Vec::new(),
            });
            config.rules.len() - 1
        }
    };
    &mut config.rules[at]
}

/// Gives rules their order: those whose import flows rank higher come first, exports last.
fn finish(config: &mut Config) {
    for rule in &mut config.rules {
        let ranks: Vec<i64> = rule.flows.iter().filter_map(|flow| flow.rank).collect();
        let count = i64::try_from(ranks.len()).unwrap_or(i64::MAX).max(1);
        let creates = i64::from(rule.link != Link::Provision);
        rule.precedence = match rule.direction {
            Direction::Inbound => ranks.iter().sum::<i64>() * 10 / count * 10 + creates,
            Direction::Outbound => 1_000_000,
        };
    }
    config
        .rules
        .sort_by(|a, b| (a.precedence, &a.id).cmp(&(b.precedence, &b.id)));
}
