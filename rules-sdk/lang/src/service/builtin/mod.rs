//! Members that the checker knows by itself, because their types depend on their operands: signatures and a line each.
//!
//! Invariants: what is listed is accepted by the checker (a test asks it about each); `T` is the element of the list.

mod functions;
mod lists;
mod statics;

pub(super) use functions::{FUNCTIONS, OF_ENTRA};
#[cfg(test)]
pub(super) use lists::NOT_HERE;
pub(super) use lists::{OF_LISTS, OF_REGEX};
pub(super) use statics::{CONSTANTS, STATICS};

/// Name, signature behind the name, and what it does.
pub(in crate::service) type Row = (&'static str, &'static str, &'static str);
