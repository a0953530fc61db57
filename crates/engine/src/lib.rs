//! The sync engine: staged imports, synchronisation, plan, guards, approval. Values in, plan out.
//!
//! Invariants: no clock, randomness, files, environment or network (see `clippy.toml`); the passes are
//! plain functions, the drivers ask a [`reader`] and hand parts to a sink; what-if and run share every line
//! but that sink; the order of rows, pages and batches never decides anything.

pub mod approval;
pub mod config;
pub mod contest;
pub mod export;
pub mod guard;
pub mod hand;
pub mod import;
pub mod keys;
pub mod pattern;
pub mod reader;
pub mod rules;
pub mod ruleset;
pub mod sync;
pub mod undo;
