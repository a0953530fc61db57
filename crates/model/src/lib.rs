//! The trade's nouns as types: everything the rooms say to each other is said with these.
//!
//! Invariants: depends on nothing of ours; no clock, randomness, files, environment or network
//! (see `clippy.toml`); a value that came from outside is parsed once, at the edge, into one of these.

pub mod ids;

pub use ids::*;
