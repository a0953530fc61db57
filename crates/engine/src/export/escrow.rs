//! Escrow: what a read says about an operation whose outcome is unknown (D-53).
//!
//! Invariants: at most one Add per object reaches the directory, also where reads lag behind writes; an object is taken for ours only if no
//! import knew its id, it is not older than the hand-over, and every attribute equals (decisions: Active
//! Directory); a change counts as done only if everything it wanted is there.

use std::collections::BTreeSet;

use syncline_model::connector::Fault;
use syncline_model::connector::{AddTrace, Applied, OpOutcome, ReadAnswer};
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportEntry, ImportObject, ObjectName};
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue};
use syncline_model::plan::{EscrowEntry, Verb};
use syncline_model::value::Value;
use syncline_model::{Anchor, AttrName};

/// Ticks of 100 ns between 0001-01-01 and 1970-01-01.
const EPOCH_TICKS: i64 = 621_355_968_000_000_000;

/// What to do with an operation of unknown outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It took effect, or was refused for good: settle it with this outcome.
    Settle(Box<OpOutcome>),
    /// It did not take effect: it leaves escrow and is pending again.
    Repeat,
    /// The directory may not show it yet: it stays in escrow and is looked up again.
    Wait,
}

/// What a look at the directory is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// What was handed over up to this second, in seconds since 1970, every read shows (ADR 8).
    pub settled: i64,
    /// How far the clock of the directory may be from ours, in seconds.
    pub skew_s: i64,
}

impl Look {
    /// At a directory whose reads may be this much older than its writes, at a second since 1970.
    pub fn new(now: i64, settle_ms: u64, skew_s: i64) -> Self {
        let lag = i64::try_from(settle_ms.div_ceil(1000)).unwrap_or(i64::MAX);
        let settled = match lag {
            0 => i64::MAX,
            lag => now.saturating_sub(lag),
        };
        Self { settled, skew_s }
    }

    /// Whether the directory would show what became of an operation.
    fn shows(self, entry: &EscrowEntry) -> bool {
        entry.since <= self.settled
    }
}

/// Resolves an Add by what the directory holds where it would have put its object.
///
/// `known` says whether an import knows an id. Clocks of hosts differ, which is allowed for. That nothing is there
/// counts only once the directory would show it: an Add that is repeated before then makes a second object, or meets
/// its own as a stranger.
pub fn resolve_add(
    entry: &EscrowEntry,
    trace: &AddTrace,
    known: impl Fn(&Anchor) -> bool,
    look: Look,
) -> Resolution {
    let AddTrace::Present {
        anchor,
        dn,
        created,
        differing,
        unfinished,
        ..
    } = trace
    else {
        return match look.shows(entry) {
            true => Resolution::Repeat,
            false => Resolution::Wait,
        };
    };
    let since = EPOCH_TICKS.saturating_add((entry.since - look.skew_s).saturating_mul(10_000_000));
    let fresh = created.is_none_or(|created| created >= since);
    let is_ours = !known(anchor) && fresh && differing.is_empty();
    if is_ours {
        // What was begun is ours from now on: were it sent again, an import could meet it first and take it for somebody
        // else's. What is missing of it is derived as a change.
        let (anchor, dn) = (anchor.clone(), Some(dn.clone()));
        let applied = Applied {
            anchor,
            dn,
            refused: unfinished.iter().map(cut_off).collect(),
            no_op: false,
        };
        return Resolution::Settle(Box::new(OpOutcome::Done(applied)));
    }
    Resolution::Settle(Box::new(OpOutcome::Rejected(Fault::new(
        "export.name_taken",
        ErrorKind::ObjectExists,
        "the object could not be created: its name is taken by an object that is not ours",
        "rename one of the two, or let the match find it",
    ))))
}

/// Says that an attribute of an object was not written before its Add was cut off.
fn cut_off(attr: &AttrName) -> Fault {
    Fault::new(
        "export.cut_off",
        ErrorKind::OutcomeUnknown,
        "the addition was cut off before this was written",
        "nothing to do: it follows as a change",
    )
    .on_attr(attr.clone())
}

/// Resolves a change or a delete by reading its object. One that is not shown is gone only if it would be shown by now:
/// till then the operation is repeated, which changes nothing where it was done.
pub fn resolve_change(entry: &EscrowEntry, read: &ReadAnswer, look: Look) -> Resolution {
    let settle = |outcome| Resolution::Settle(Box::new(outcome));
    match (read, entry.op.verb()) {
        (ReadAnswer::Missing(_), _) if look.shows(entry) => settle(OpOutcome::AlreadyGone),
        (ReadAnswer::Found(ImportEntry::Object(found)), Verb::Update) if holds(entry, found) => {
            let (anchor, dn) = (found.anchor.clone(), Some(found.dn.clone()));
            settle(OpOutcome::Done(Applied {
                anchor,
                dn,
                refused: Vec::new(),
                no_op: true,
            }))
        }
        _ => Resolution::Repeat,
    }
}

/// Whether an object is as the operation wants it. What cannot be compared counts as different: a change
/// that is sent again changes nothing more.
fn holds(entry: &EscrowEntry, found: &ImportObject) -> bool {
    if let OpKind::Update {
        place: Some(place), ..
    } = &entry.op.op.kind
    {
        let rdn = found.dn.rdn().map(|rdn| rdn.to_string());
        // The container is compared by name only where its key is one; a move is otherwise repeated.
        if rdn.as_deref() != Some(place.rdn.as_str())
            || entry.op.place_before.as_ref().map(|p| p.parent)
                != entry.op.effect.place.as_ref().map(|p| p.parent)
        {
            return false;
        }
    }
    entry.op.op.deltas.iter().all(|(name, change)| {
        let values: BTreeSet<&Value> = found
            .attrs
            .iter()
            .filter(|(attr, _)| attr == name)
            .flat_map(|(_, values)| values.iter())
            .collect();
        let refs: Vec<&ObjectName> = found
            .refs
            .iter()
            .filter(|(attr, _)| attr == name)
            .flat_map(|(_, to)| to)
            .collect();
        let has = |value: &OpValue| match value {
            OpValue::Value(value) => values.contains(value),
            OpValue::Ref(ObjectKey::Anchor(anchor)) => refs
                .iter()
                .any(|name| matches!(name, ObjectName::Anchor(a) if a == anchor)),
            OpValue::Ref(ObjectKey::New { .. }) => false,
        };
        match change {
            Change::Set(wanted) => {
                wanted.len() == values.len() + refs.len() && wanted.iter().all(has)
            }
            Change::Clear => values.is_empty() && refs.is_empty(),
            Change::Values { add, remove } => add.iter().all(has) && !remove.iter().any(has),
        }
    })
}
