//! Value sets that the directory hands out in pieces (`member;range=0-1499`), completed.
//!
//! Invariants: a set is complete only when the directory said so with `*` or sent it without a range;
//! a set that cannot be completed is told apart from a short one, always.

use syncline_model::connector::Fault;

use super::entry::RawAttr;
use super::session::Session;

/// All values of an attribute, or `None` when the set could not be completed.
pub async fn complete(
    session: &mut Session,
    object: &str,
    attr: RawAttr,
    extended_names: bool,
) -> Result<Option<Vec<Vec<u8>>>, Fault> {
    let Some(range) = attr.range else {
        return Ok(Some(attr.values));
    };
    if range.first != 0 {
        return Ok(None);
    }
    let mut values = attr.values;
    let mut last = range.last;
    while let Some(reached) = last {
        let next = reached + 1;
        let asked = [format!("{};range={next}-*", attr.name)];
        let entry = match session.object(object, &asked, extended_names).await {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok(None),
            Err(fault) if fault.code.starts_with("connect.") => return Err(fault),
            // The set shrank below this index meanwhile, or the directory cannot go on.
            Err(_) => return Ok(None),
        };
        let Some(piece) = entry
            .attrs
            .into_iter()
            .find(|piece| piece.range.is_some_and(|range| range.first == next))
        else {
            return Ok(None);
        };
        last = piece.range.and_then(|range| range.last);
        if last.is_some_and(|last| last < next) {
            return Ok(None);
        }
        values.extend(piece.values);
    }
    Ok(Some(values))
}
