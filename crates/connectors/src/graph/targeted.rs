//! Targeted reads: these objects, each answered once and in order.
//!
//! Invariants: the type is found by asking each type that was named; an object that we wrote lately and that does
//! not show is unreadable, never missing.

use futures::future::join_all;
use serde_json::{Value as Json, json};
use syncline_model::Anchor;
use syncline_model::connector::{Fault, ReadAnswer, ReadRequest};
use syncline_model::import::{ImportEntry, ObjectName, ReadError};

use super::GraphConnector;
use super::client::{Ask, Failure};
use super::errors;
use super::id;
use super::import::whole;
use super::properties::Class;
use super::rows::{self, Row};
use super::select::Selection;
use super::writer::{fault_of, key_of};

/// Reads objects.
pub(super) async fn read(
    connector: &GraphConnector,
    request: &ReadRequest,
) -> Result<Vec<ReadAnswer>, Fault> {
    let catalogue = connector.catalogue().await?;
    let selections = Selection::of_types(&catalogue, &request.types)?;
    let reads = request
        .objects
        .iter()
        .map(|name| one(connector, &selections, name));
    join_all(reads).await.into_iter().collect()
}

async fn one(
    connector: &GraphConnector,
    selections: &[Selection],
    name: &ObjectName,
) -> Result<ReadAnswer, Fault> {
    let ObjectName::Anchor(Anchor::Guid(guid)) = name else {
        return Ok(ReadAnswer::Missing(name.clone()));
    };
    for selection in selections {
        if let Some(entry) = of_class(connector, selection, *guid).await? {
            return Ok(ReadAnswer::Found(entry));
        }
    }
    if connector.writer.settling.is_settling(*guid) {
        return Ok(ReadAnswer::Found(ImportEntry::ReadError(ReadError {
            anchor: Some(Anchor::Guid(*guid)),
            dn: None,
            code: "import.not_yet_visible".to_owned(),
            message: format!(
                "{} was written a moment ago and Entra does not show it yet.",
                key_of(*guid)
            ),
        })));
    }
    Ok(ReadAnswer::Missing(name.clone()))
}

async fn of_class(
    connector: &GraphConnector,
    selection: &Selection,
    guid: [u8; 16],
) -> Result<Option<ImportEntry>, Fault> {
    let class = selection.class;
    let writer = &connector.writer;
    let names: Vec<&str> = selection.plain_names().into_iter().collect();
    let mut path = format!(
        "/{}/{}?$select={}",
        class.collection(),
        key_of(guid),
        names.join(",")
    );
    let wants_manager = class == Class::User && selection.reference.is_some();
    if wants_manager {
        path.push_str("&$expand=manager($select=id)");
    }
    let read = writer.read(&Ask::get(path), &key_of(guid)).await;
    let mut object = match read {
        Ok(answer) => answer.body,
        Err(Failure::Refused(refusal)) if refusal.status == 404 => return Ok(None),
        Err(Failure::Refused(refusal)) => return Err(errors::import(class, &refusal)),
        Err(failure) => return Err(fault_of(failure, "Reading an object")),
    };
    if wants_manager {
        let manager = object["manager"]["id"]
            .as_str()
            .map(|id| json!([{ "id": id }]));
        object["manager@delta"] = manager.unwrap_or_else(|| json!([]));
    }
    let mut members = Vec::new();
    if class == Class::Group && selection.reference.is_some() {
        members = writer
            .member_pages(guid)
            .await
            .map_err(|failure| fault_of(failure, "Reading the members of a group"))?;
    }
    Ok(Some(entry(selection, &object, members)))
}

/// An object as an answer shows it, with its members.
pub(super) fn entry(selection: &Selection, object: &Json, members: Vec<[u8; 16]>) -> ImportEntry {
    match rows::read(selection, object) {
        Row::Unreadable(error) => ImportEntry::ReadError(error),
        Row::Removed(guid) => ImportEntry::Deleted(Anchor::Guid(guid)),
        Row::Object(read) => {
            let manager = read.references.as_deref().and_then(rows::single);
            let targets: Vec<ObjectName> =
                members.into_iter().chain(manager).map(id::name).collect();
            let refs = selection.reference.iter().filter(|_| !targets.is_empty());
            let refs = refs.map(|name| (name.clone(), targets.clone())).collect();
            whole(selection.class, read.id, read.attrs, refs)
        }
    }
}
