//! Rest: a refused operation is not sent again in every export (D-71).
//!
//! Invariants: another operation of the same object is another hash and never rests; nothing rests for ever; what a
//! person asks for is tried, and once.

use syncline_model::error::ErrorKind;
use syncline_model::op::OpHash;
use syncline_model::stage::ErrorEntry;

/// What nobody can tell to have been mended is tried once a day all the same.
const DAY_MS: i64 = 24 * 3_600_000;

/// A refusal that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The operation that was refused.
    pub op: OpHash,
    /// When, last.
    pub at_ms: i64,
    /// When it is to be tried again; `None`: not before something changes.
    pub again_ms: Option<i64>,
    /// Whether another object was in its way, which a write of ours may have taken out of it since.
    pub is_in_the_way: bool,
}

/// The export that asks whether an operation rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// Now, in milliseconds since 1970.
    pub now_ms: i64,
    /// When a person asked for it, where one did: what was refused before is tried.
    pub asked_ms: Option<i64>,
    /// Whether the export before it changed nothing in the directory.
    pub is_still: bool,
}

impl Refusal {
    /// Of an error of the export stage. `None` for one that names no operation, and for an object that was not found:
    /// that is for the next import, after which the operation is another one or goes (D-54).
    pub fn of(error: &ErrorEntry, at_ms: i64, again_ms: Option<i64>) -> Option<Self> {
        let op = error
            .op
            .filter(|_| error.kind != ErrorKind::ObjectMissing)?;
        let is_in_the_way = matches!(
            error.kind,
            ErrorKind::MustBeUnique | ErrorKind::ObjectExists | ErrorKind::ParentMissing
        );
        Some(Self {
            op,
            at_ms,
            again_ms,
            is_in_the_way,
        })
    }
}

/// Until when an operation is left out of exports, in milliseconds since 1970; `None` when it goes.
pub fn rests_until(op: OpHash, standing: &[Refusal], asking: &Asking) -> Option<i64> {
    let its = standing.iter().filter(|refusal| refusal.op == op);
    let again = its.map(|refusal| {
        let is_older = asking.asked_ms.is_some_and(|asked| refusal.at_ms < asked);
        if is_older || (refusal.is_in_the_way && !asking.is_still) {
            return asking.now_ms;
        }
        let latest = refusal.at_ms.saturating_add(DAY_MS);
        refusal.again_ms.unwrap_or(latest).min(latest)
    });
    // Of several attributes that were refused, the first that may be mended is reason enough.
    again.min().filter(|until| *until > asking.now_ms)
}
