//! Special cells: errors with their place, `ignore`, authoritative null. Both evaluators make them here.
//!
//! Invariants: every special cell lies below [`SPECIAL_END`], every value at or above it; site 0 means "no place".

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::mem::ERROR_BASE;

use crate::ir::{Exit, Site};

/// Values begin here.
pub(crate) const SPECIAL_END: i64 = ERROR_BASE + (1 << 32);
/// `ignore`
pub(crate) const IGNORE: u8 = 200;
/// `authoritativeNull`
pub(crate) const AUTHORITATIVE_NULL: u8 = 201;

/// What is added to an error cell of the runtime to name its place.
pub(crate) const fn site_bits(site: Site) -> i64 {
    ((site as i64 + 1) & 0xff_ffff) << 8
}

/// The cell of an exit.
pub(crate) const fn exit(exit: Exit) -> i64 {
    match exit {
        Exit::Ignore => ERROR_BASE | IGNORE as i64,
        Exit::AuthoritativeNull => ERROR_BASE | AUTHORITATIVE_NULL as i64,
        Exit::Fail(kind, site) => ERROR_BASE | site_bits(site) | kind as i64,
    }
}

/// Is this cell an error or another exit?
pub(crate) const fn is_special(cell: i64) -> bool {
    cell < SPECIAL_END
}

/// Error cells with a code below this one give way to a default; the budget, and what is no answer at all, do not.
pub(crate) const DEFAULTED_END: i64 = ErrorKind::Budget as i64;

/// Is this an error that gives way to a default?
pub(crate) const fn gives_way(cell: i64) -> bool {
    is_special(cell) && cell & 0xff < DEFAULTED_END
}

/// The cell of an error of an operation.
pub(crate) const fn error(kind: ErrorKind, site: Site) -> i64 {
    exit(Exit::Fail(kind, site))
}
