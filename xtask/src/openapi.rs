//! `cargo xtask openapi`: one document from the handlers of both processes.
//!
//! Invariants: keys are sorted, so that the file is the same whenever it is written; internal operations, which no
//! door from outside routes, are left out; a test compares the committed file.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value, json};

use crate::checks::root;

const FILE: &str = "openapi.yaml";
const HEAD: &str =
    "# Written by `cargo xtask openapi` from the handlers; change those, not this file.\n";

/// Write openapi.yaml.
#[derive(clap::Args)]
pub struct Openapi {
    /// Compare with the committed file instead of writing it
    #[arg(long)]
    check: bool,
}

impl Openapi {
    /// Writes or compares.
    pub fn run(&self) -> anyhow::Result<()> {
        let path = root().join(FILE);
        let written = yaml()?;
        if self.check {
            let committed = std::fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            ensure!(
                committed == written,
                "{FILE} is not what the handlers say: run `cargo xtask openapi` and commit it"
            );
            return Ok(());
        }
        std::fs::write(&path, written)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        println!("wrote {}", path.display());
        Ok(())
    }
}

/// The document of both surfaces as text.
pub fn yaml() -> anyhow::Result<String> {
    Ok(format!("{HEAD}{}", yaml_serde::to_string(&document()?)?))
}

fn document() -> anyhow::Result<Value> {
    let mut document = syncline_api::document();
    document.merge(syncline_runner::openapi());
    let mut value = serde_json::to_value(&document)?;
    let paths = value["paths"]
        .as_object_mut()
        .context("a document has paths")?;
    paths.retain(|path, _| !path.starts_with("/internal/"));
    for path in agent_paths() {
        paths.insert(path.0, path.1);
    }
    prune(&mut value);
    Ok(sorted(value))
}

/// The agents' door speaks its own protocol; the document names it and says so.
fn agent_paths() -> Vec<(String, Value)> {
    let answer = |about: &str| json!({"description": about});
    vec![
        (
            "/agents/v1/enrol".into(),
            json!({"post": {
                "operationId": "agent.enrol", "tags": ["agent"], "x-surface": "agent", "x-access": "agent",
                "summary": "Trades a one-time enrolment key and a certificate request for the agent's certificate.",
                "responses": {"200": answer("Enrolled; waits for its fingerprint to be confirmed."), "403": answer("The key is not accepted.")}
            }}),
        ),
        (
            "/agents/v1/connect".into(),
            json!({"get": {
                "operationId": "agent.connect", "tags": ["agent"], "x-surface": "agent", "x-access": "agent",
                "summary": "Opens the agent's outer connection (WebSocket).",
                "responses": {"101": answer("Connected."), "401": answer("The proof of possession is not accepted."), "403": answer("Revoked or not confirmed.")}
            }}),
        ),
    ]
}

/// Leaves out schemas that no operation reaches.
fn prune(document: &mut Value) {
    let mut reached = std::collections::BTreeSet::new();
    let mut open = references(&document["paths"]);
    while let Some(name) = open.pop() {
        if reached.insert(name.clone()) {
            open.extend(references(&document["components"]["schemas"][&name]));
        }
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| reached.contains(name));
    }
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| match (key.as_str(), value) {
                ("$ref", Value::String(target)) => target
                    .strip_prefix("#/components/schemas/")
                    .map(ToOwned::to_owned)
                    .into_iter()
                    .collect(),
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            Value::Object(fields.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use syncline_contract::{SurfaceKind, ops};

    use super::*;

    #[test]
    fn the_committed_document_is_what_the_handlers_say() {
        let committed = std::fs::read_to_string(root().join(FILE)).unwrap();

        assert!(
            committed == yaml().unwrap(),
            "{FILE} has drifted: run `cargo xtask openapi` and commit it"
        );
    }

    #[test]
    fn every_route_is_in_the_operation_table_and_the_reverse() {
        let document = document().unwrap();
        let written: BTreeSet<(String, String, String)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                let operations = item
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(method, _)| *method != "parameters");
                let entry = |(method, operation): (&String, &Value)| {
                    let id = operation["operationId"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned();
                    (method.to_uppercase(), path.clone(), id)
                };
                operations.map(entry).collect::<Vec<_>>()
            })
            .collect();
        let table: BTreeSet<_> = ops::all()
            .filter(|op| op.surface != SurfaceKind::Internal)
            .map(|op| {
                (
                    op.method.as_str().to_owned(),
                    op.path.to_owned(),
                    op.id.to_owned(),
                )
            })
            .collect();

        assert_eq!(written, table);
    }

    #[test]
    fn every_tenant_operation_says_which_right_it_needs() {
        let document = document().unwrap();
        for op in ops::all().filter(|op| op.in_tenant()) {
            let written = &document["paths"][op.path][op.method.as_str().to_lowercase()];

            assert_eq!(
                written["x-right"].as_str(),
                op.right().map(|right| right.name()),
                "{}",
                op.id
            );
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document().unwrap();
        let lost: Vec<_> = references(&document)
            .into_iter()
            .filter(|name| document["components"]["schemas"].get(name).is_none())
            .collect();

        assert_eq!(lost, Vec::<String>::new());
    }
}
