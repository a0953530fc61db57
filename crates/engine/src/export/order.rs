//! The order of operations in one directory (D-50, D-51).
//!
//! Invariants: pass 1 before pass 2; parents are added before children and deleted after them; deletes
//! come last in their pass; the order is the same for the same operations, whatever order they came in.

use std::cmp::Reverse;

use syncline_model::plan::{PlannedOp, Verb};

/// Sorts the operations of a directory into the order in which they are sent.
pub fn in_order(ops: &mut [PlannedOp]) {
    ops.sort_by(|a, b| key(a).cmp(&key(b)));
}

type Key<'a> = (
    u8,
    u8,
    u16,
    Reverse<u16>,
    &'a syncline_model::op::ObjectKey,
    [u8; 32],
);

fn key(op: &PlannedOp) -> Key<'_> {
    let (rank, down, up) = match op.verb() {
        Verb::Add => (0, op.depth, 0),
        Verb::Update => (1, op.depth, 0),
        Verb::Delete => (2, 0, op.depth),
    };
    (op.pass(), rank, down, Reverse(up), &op.op.object, op.hash.0)
}

/// Whether an operation can be sent as things stand: not blocked, and every object it names exists.
///
/// `exists` says whether the directory knows an object (it has an anchor). An Add's own object does not yet.
pub fn ready(op: &PlannedOp, exists: impl Fn(syncline_model::CsId) -> bool) -> bool {
    let referred = op.effect.refs.iter().all(|change| exists(change.to));
    let place = op
        .effect
        .place
        .as_ref()
        .is_none_or(|place| exists(place.parent));
    let own = op.verb() == Verb::Add || exists(op.cs);
    op.blocked.is_none() && own && referred && place
}
