//! Outcomes: what an answer of the connector changes (D-54).
//!
//! Invariants: acknowledged means memory, never "done" (D-55); what was refused in part is not remembered
//! as sent; an operation that was not sent is no error and keeps the directory's own words; an unknown outcome changes
//! nothing but the mark.

use std::time::Duration;

use syncline_model::connector::{Applied, Fault, OpOutcome};
use syncline_model::error::ErrorKind;
use syncline_model::plan::{Effect, EscrowEntry, MemoryEntry, Sent, Verb};
use syncline_model::stage::ErrorEntry;
use syncline_model::{Anchor, AttrName};

use crate::ruleset::RuleSet;
use crate::sync::sent::sent;

/// What becomes of an operation that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settlement {
    /// Whether the directory acknowledged it: it leaves `pending` and escrow, and is billed.
    pub acknowledged: bool,
    /// Whether it stays in escrow, because its outcome is unknown.
    pub in_doubt: bool,
    /// What is remembered until an import confirms it.
    pub memory: Option<MemoryEntry>,
    /// What it sent of values that are sent when they change: the object's intent notes it.
    pub sent: Vec<Sent>,
    /// The object's id, now known.
    pub anchor: Option<Anchor>,
    /// Errors of the object at the export stage; empty clears.
    pub errors: Vec<ErrorEntry>,
    /// It was not sent, or nothing was done: it is pending as before.
    pub put_back: Option<PutBack>,
    /// The object is gone: read it, then D-47 decides.
    pub missing: bool,
}

/// Why an operation goes back to what is pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// What the directory, or whoever stands before it, said.
    pub fault: Fault,
    /// After which time it may be tried again, as far as that is known.
    pub after: Duration,
}

impl PutBack {
    /// Whether it is about this one object: the others go on.
    pub fn is_alone(&self) -> bool {
        self.fault.code == NOT_YET_VISIBLE
    }

    /// Whether it passes by itself, so that the run waits for it. What somebody has to mend does not.
    pub fn passes(&self) -> bool {
        matches!(self.fault.kind, ErrorKind::Throttled | ErrorKind::Busy)
    }
}

/// What an operation names was written a moment ago, and the directory does not show it yet.
const NOT_YET_VISIBLE: &str = "export.not_yet_visible";

/// What an outcome means for the operation that was handed over; `at` is when it was answered, in seconds since 1970.
pub fn settle(set: &RuleSet, entry: &EscrowEntry, outcome: &OpOutcome, at: i64) -> Settlement {
    match outcome {
        OpOutcome::Done(applied) => done(set, entry, applied, at),
        OpOutcome::AlreadyGone if entry.op.verb() == Verb::Delete => Settlement {
            acknowledged: true,
            memory: Some(remember(entry, entry.op.effect.clone(), at)),
            ..Settlement::default()
        },
        OpOutcome::AlreadyGone => Settlement {
            errors: vec![ErrorEntry {
                kind: ErrorKind::ObjectMissing,
                attr: None,
                message:
                    "the object to be changed no longer exists in the directory: the next import \
                          decides whether it is created again"
                        .into(),
                others: Vec::new(),
                op: Some(entry.op.hash),
            }],
            missing: true,
            ..Settlement::default()
        },
        OpOutcome::AcknowledgedWithoutId { .. } => Settlement {
            acknowledged: true,
            sent: sent(set, &entry.op, &entry.op.effect),
            memory: Some(remember(entry, entry.op.effect.clone(), at)),
            ..Settlement::default()
        },
        OpOutcome::Rejected(fault) => Settlement {
            missing: fault.kind == ErrorKind::ObjectMissing,
            errors: vec![error(set, entry, fault)],
            ..Settlement::default()
        },
        OpOutcome::Throttled { after, fault } => Settlement {
            put_back: Some(PutBack {
                fault: fault.clone(),
                after: *after,
            }),
            ..Settlement::default()
        },
        OpOutcome::Unknown(_) => Settlement {
            in_doubt: true,
            ..Settlement::default()
        },
    }
}

fn done(set: &RuleSet, entry: &EscrowEntry, applied: &Applied, at: i64) -> Settlement {
    let mut effect = entry.op.effect.clone();
    for fault in &applied.refused {
        match fault.attr.as_ref().and_then(|name| set.attrs.id(name)) {
            Some(attr) => {
                effect.attrs.retain(|(a, _)| *a != attr);
                effect.refs.retain(|change| change.attr != attr);
            }
            // A refusal that names no attribute is the rename that comes with the changes (D-50).
            None => effect.place = None,
        }
    }
    let nothing = effect.verb == Verb::Update
        && effect.place.is_none()
        && effect.attrs.is_empty()
        && effect.refs.is_empty();
    Settlement {
        acknowledged: true,
        sent: sent(set, &entry.op, &effect),
        memory: (!nothing).then(|| remember(entry, effect, at)),
        anchor: (entry.op.verb() == Verb::Add).then(|| applied.anchor.clone()),
        // What was cut off is no error: it is not remembered as sent, so that it is derived again.
        errors: applied
            .refused
            .iter()
            .filter(|fault| fault.kind != ErrorKind::OutcomeUnknown)
            .map(|fault| error(set, entry, fault))
            .collect(),
        ..Settlement::default()
    }
}

fn remember(entry: &EscrowEntry, effect: Effect, at: i64) -> MemoryEntry {
    MemoryEntry {
        cs: entry.op.cs,
        export_seq: entry.export_seq,
        at,
        hash: entry.op.hash,
        effect,
    }
}

fn error(set: &RuleSet, entry: &EscrowEntry, fault: &Fault) -> ErrorEntry {
    ErrorEntry {
        kind: fault.kind,
        attr: fault
            .attr
            .as_ref()
            .and_then(|name: &AttrName| set.attrs.id(name)),
        message: told(fault),
        others: Vec::new(),
        op: Some(entry.op.hash),
    }
}

/// Its sentences, and its own code behind them: a kind stands for several.
fn told(fault: &Fault) -> String {
    let mut text = String::new();
    for sentence in [&fault.message, &fault.next_step, &fault.evidence] {
        if sentence.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push_str(if text.ends_with('.') { " " } else { ". " });
        }
        text.push_str(sentence);
    }
    format!("{text} ({})", fault.code)
}
