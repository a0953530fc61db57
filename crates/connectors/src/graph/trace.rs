//! What lies where an Add with unknown outcome would have put its object.
//!
//! Invariants: reads only; looks as long as a read may lag a little before it says that nothing is there; says what
//! differs and leaves the judgement to whoever knows what the last import saw.

use syncline_model::Anchor;
use syncline_model::connector::{AddTrace, Fault};
use syncline_model::dn::Dn;
use syncline_model::error::ErrorKind;
use syncline_model::op::{OpKind, Operation};

use super::GraphConnector;
use super::conflict::{differing, keys_of, select_of};
use super::lookup::{Key, unique_name};
use super::pieces::Pieces;
use super::properties::Class;
use super::syntax;
use super::writer::fault_of;

/// Looks for the object of an Add.
pub(super) async fn trace_add(
    connector: &GraphConnector,
    operation: &Operation,
) -> Result<AddTrace, Fault> {
    if !matches!(operation.kind, OpKind::Add { .. }) {
        return Err(Fault::new(
            "export.not_an_add",
            ErrorKind::Internal,
            "Only an Add leaves an object whose id is not known.",
            "Report this.",
        ));
    }
    let class = Class::of(operation.object_type())?;
    let catalogue = connector.catalogue().await?;
    let pieces = Pieces::of(&catalogue, class, operation, true);
    let keys = match class {
        // Ours by its very name: a stranger cannot have it.
        Class::Group => vec![Key::new("uniqueName", unique_name(&operation.object))],
        _ => keys_of(class, &pieces.plain),
    };
    if keys.is_empty() {
        return Ok(AddTrace::Absent); // refused before anything was sent
    }
    let select = select_of(&pieces.plain);
    let found = connector.writer.find_patiently(class, &keys, &select).await;
    let Some(found) = found.map_err(|failure| fault_of(failure, "Looking for a new object"))?
    else {
        return Ok(AddTrace::Absent);
    };
    connector.writer.settling.wrote(found.id);
    let unequal = differing(&found, &pieces.plain);
    // A group under our name is ours, whatever somebody changed since.
    let (differing, mut unfinished) = match class {
        Class::Group => (Vec::new(), unequal),
        _ => (unequal, Vec::new()),
    };
    // References are written last.
    unfinished.extend(pieces.reference.map(|(attr, _)| attr));
    Ok(AddTrace::Present {
        anchor: Anchor::Guid(found.id),
        dn: Dn::root(),
        created: found.body["createdDateTime"]
            .as_str()
            .and_then(syntax::ticks),
        differing,
        unfinished,
        sealed: None,
    })
}
