//! Change patterns: what many operations of a plan have in common, so that half a million of them read as some tens
//! of sentences.
//!
//! Invariants: every operation belongs to exactly one pattern; which one follows from the set of operations and never
//! from their order; a pattern says no more of its operations than what holds for all of them.

mod fold;
mod key;
pub mod shape;
mod tally;

pub use key::{AttrKey, Extent, Key, Kind, Where};
pub use tally::{AttrTally, Common, Pattern, Patterns, patterns};

#[cfg(test)]
mod tests;
