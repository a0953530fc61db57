//! Entra Connect Sync: the folder that its export writes (`Connectors`, `GlobalSettings`, `SynchronizationRules`).
//!
//! Files are told apart by what they hold, not by where they lie. Elements of rules are all known here; of connectors and
//! the metaverse those that decide what is synchronised, and the rest is machinery that has no counterpart (accounts, run
//! profiles, watermarks) and is named below.

mod connector;
mod rule;

use std::collections::BTreeMap;

use roxmltree::Node;

use crate::ReadError;
use crate::config::{Config, Product, Work};
use crate::dsml;
use crate::xml::{File, Unknown, child, guid, parse, shown, text_of, within_limits};

pub(crate) use connector::read_connector;

/// Elements of the global settings.
const METAVERSE: &[&str] = &[
    "format-version",
    "version",
    "schema",
    "password-change-history-size",
    "password-sync",
    "parameter-values",
];

/// Reads the files of an export.
pub fn read(files: &[File]) -> Result<Config, ReadError> {
    within_limits(files)?;
    let mut config = Config {
        product: Product::EntraConnect,
        connectors: BTreeMap::new(),
        metaverse: Default::default(),
        rules: Vec::new(),
        deletion: Vec::new(),
        work: Vec::new(),
        unknown: Unknown::default(),
    };
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for file in files {
        let tree = parse(file)?;
        let root = tree.root_element();
        let what = match root.tag_name().name() {
            "synchronizationRule" => {
                let rule = rule::rule(&file.name, root, &mut config.unknown)?;
                let what = format!("rule {}", rule.id);
                config.rules.push(rule);
                what
            }
            "ma-data" => {
                let connector = connector::connector(&file.name, root, &mut config.unknown)?;
                let what = format!("connector {}", connector.id);
                config.connectors.insert(connector.id.clone(), connector);
                what
            }
            "saved-mv-configuration" | "mv-data" => {
                let data = child(root, "mv-data").unwrap_or(root);
                metaverse(data, &mut config);
                "the global settings".to_owned()
            }
            other => {
                let known = "synchronizationRule, ma-data and saved-mv-configuration";
                config.work.push(Work {
                    about: shown(&file.name),
                    code: "file.unknown",
                    message: format!(
                        "The file holds `{}`, which is none of {known}: it was not read.",
                        shown(other)
                    ),
                });
                continue;
            }
        };
        if let Some(other) = seen.insert(what.clone(), &file.name) {
            return Err(ReadError::Twice {
                file: file.name.clone(),
                other: other.to_owned(),
                what,
            });
        }
    }
    if config.rules.is_empty() {
        return Err(ReadError::Nothing {
            expected: "a synchronisation rule of Entra Connect (`synchronizationRule`)",
        });
    }
    config
        .rules
        .sort_by(|a, b| (a.precedence, &a.id).cmp(&(b.precedence, &b.id)));
    Ok(config)
}

fn field(file: &str, field: &str, why: impl Into<String>) -> ReadError {
    ReadError::Field {
        file: file.to_owned(),
        field: field.to_owned(),
        why: why.into(),
    }
}

fn id_of(file: &str, node: Node<'_, '_>, name: &str) -> Result<String, ReadError> {
    let text = text_of(node, name);
    guid(&text).ok_or_else(|| field(file, name, format!("`{}` is no GUID", shown(&text))))
}

/// Whether a text says yes.
pub(crate) fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text == "1"
}

fn metaverse(data: Node<'_, '_>, config: &mut Config) {
    config.unknown.beside("mv-data", data, METAVERSE);
    config.metaverse = dsml::read(data).schema;
    let settings: BTreeMap<String, String> = child(data, "parameter-values")
        .map(connector::parameters)
        .unwrap_or_default();
    let is = |name: &str| settings.get(name).is_some_and(|value| is_true(value));
    let mut add = |code: &'static str, about: &str, message: &str| {
        let (about, message) = (about.to_owned(), message.to_owned());
        config.work.push(Work {
            about,
            code,
            message,
        });
    };
    if is("Microsoft.OptionalFeature.PasswordHashSync") {
        let message = "Password hashes are synchronised there. Syncline copies none: keep Entra Connect or Cloud Sync for that, \
            or use pass-through or federated sign-in.";
        add("password.hash_sync", "PasswordHashSync", message);
    }
    if is("Microsoft.OptionalFeature.PasswordWriteback") {
        let message = "Passwords are written back there. Syncline writes back none.";
        add("password.writeback", "PasswordWriteback", message);
    }
    for (feature, about) in [
        (
            "Microsoft.OptionalFeature.DeviceWriteBack",
            "Device writeback",
        ),
        ("Microsoft.OptionalFeature.UserWriteBack", "User writeback"),
        (
            "Microsoft.OptionalFeature.GroupWriteBack",
            "Group writeback",
        ),
        (
            "Microsoft.OptionalFeature.GroupFiltering",
            "Filtering by a pilot group",
        ),
    ] {
        if is(feature) {
            let message = format!(
                "{about} is on there. What its rules do is in the report; the switch itself has no counterpart."
            );
            add("feature", about, &message);
        }
    }
    let threshold = settings.get("Microsoft.OptionalFeature.ExportDeletionThresholdValue");
    if let Some(threshold) = threshold {
        let message = format!(
            "Exports stop there above {} deletions. Here the delete guard counts every destructive operation by directory \
             and type, lists what it holds and asks.",
            shown(threshold)
        );
        add("guard.threshold", "ExportDeletionThreshold", &message);
    }
    if is("Microsoft.Synchronize.StagingMode") {
        let message =
            "The server is in staging mode, so its own exports may not be the ones that are live.";
        add("staging_mode", "StagingMode", message);
    }
}
