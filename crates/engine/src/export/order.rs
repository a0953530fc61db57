//! The order of operations in one directory (D-50, D-51).
//!
//! Invariants: pass 1 before pass 2; parents are added before children and deleted after them; deletes
//! come last in their pass; the order is the same for the same operations, whatever order they came in.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use syncline_model::CsId;
use syncline_model::op::{Change, ObjectKey, OpValue};
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
pub fn ready(op: &PlannedOp, exists: impl Fn(CsId) -> bool) -> bool {
    let referred = op.effect.refs.iter().all(|change| exists(change.to));
    let place = op
        .effect
        .place
        .as_ref()
        .is_none_or(|place| exists(place.parent));
    let own = op.verb() == Verb::Add || exists(op.cs);
    op.blocked.is_none() && own && referred && place
}

/// What of an operation can be sent while objects are missing that it refers to: all but these references, so that one who
/// cannot be created keeps nobody else out of a group (D-51). `None` where nothing is left.
///
/// `missing` are objects without an anchor, under the key by which operations name them. The rest is derived anew once the
/// part is acknowledged.
pub fn part_without(op: &PlannedOp, missing: &BTreeMap<CsId, ObjectKey>) -> Option<PlannedOp> {
    let keys: BTreeSet<&ObjectKey> = missing.values().collect();
    let is_there = |value: &OpValue| !matches!(value, OpValue::Ref(key) if keys.contains(key));
    let mut part = op.clone();
    part.op.deltas.retain_mut(|(_, change)| match change {
        Change::Set(values) => {
            values.retain(is_there);
            !values.is_empty()
        }
        Change::Clear => true,
        Change::Values { add, remove } => {
            add.retain(is_there);
            !add.is_empty() || !remove.is_empty()
        }
    });
    if part.op.deltas.is_empty() {
        return None;
    }
    part.effect
        .refs
        .retain(|change| !change.added || !missing.contains_key(&change.to));
    for change in &mut part.changes {
        change.added.retain(|to| !missing.contains_key(to));
    }
    let left: BTreeSet<_> = part
        .op
        .deltas
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    part.changes.retain(|change| left.contains(&change.attr));
    part.hash = part.op.hash();
    Some(part)
}
