//! What the connector makes of an answer that nobody sent, for tests that hold it to documented answers.
//!
//! Invariant: nothing is read here; every function is the road that a real answer takes.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use syncline_model::AttrName;
use syncline_model::connector::Fault;
use syncline_model::import::ImportEntry;

use super::client::{parsed, taken_apart};
use super::errors;
use super::properties::{Catalogue, Class};
use super::refusal::Refusal;
use super::select::Selection;
use super::targeted;
use super::transport::Reply;
use super::walk::Links;
use super::writer::fault_of;

/// What an answer says.
#[derive(Debug)]
pub struct Replayed {
    /// Its objects, in their order.
    pub entries: Vec<ImportEntry>,
    /// Where the read goes on.
    pub next: Option<String>,
    /// Where the next round begins.
    pub delta: Option<String>,
}

/// Reads an answer as one about objects of a type, every attribute of which was asked for.
///
/// # Errors
/// What a run would stop with.
pub fn answer(object_type: &str, status: u16, body: &[u8]) -> Result<Replayed, Fault> {
    let class = Class::of(object_type)?;
    let catalogue = Catalogue::new(&[]);
    let schema = catalogue.schema();
    let named = schema.types.get(object_type).into_iter();
    let mut attrs: Vec<AttrName> = named
        .flat_map(|known| known.attrs.keys().cloned())
        .collect();
    attrs.extend(class.reference().map(AttrName::new));
    let selection = Selection::new(&catalogue, class, &attrs)?;
    let reply = Reply {
        status: StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT),
        headers: HeaderMap::new(),
        body: Bytes::copy_from_slice(body),
    };
    let reply = taken_apart(reply).map_err(|failure| match failure {
        super::Failure::Refused(refusal) => errors::import(class, &refusal),
        other => fault_of(other, "Reading"),
    })?;
    let mut replayed = Replayed {
        entries: Vec::new(),
        next: None,
        delta: None,
    };
    if reply.body.is_empty() {
        return Ok(replayed);
    }
    let told = parsed(&reply.body)?;
    let entry = |row| targeted::entry(&selection, row, Vec::new());
    match told["value"].as_array() {
        Some(rows) => {
            let links = Links::of(class, &reply.body)?;
            replayed.entries = rows.iter().map(entry).collect();
            (replayed.next, replayed.delta) = (links.next, links.delta);
        }
        None => replayed.entries.push(entry(&told)),
    }
    Ok(replayed)
}

/// What a refused write becomes.
pub fn refused_write(what: &str, status: u16, body: &serde_json::Value) -> Fault {
    errors::export(what, &Refusal::read(status, body, None))
}
