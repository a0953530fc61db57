//! Coming from another product: its exported configuration becomes draft profiles and a report.
//!
//! [`entra_connect`] and [`mim`] read the files of an export into one vendor [`config::Config`]; [`draft::draft`] makes
//! profiles of it for the directories that a tenant has; [`report::Report`] says of every rule and every flow what became
//! of it. Whoever can compile expressions hands back what is refused ([`draft::Draft::refuse`]), until nothing is.
//!
//! Invariants: nothing is read but the arguments; no input makes it panic, and its work is bounded by the limits of
//! [`xml`]; what is not understood is said and never skipped silently; a scope never becomes wider than the rule's without
//! the report saying so; the same files and directories give the same drafts.

pub mod config;
pub mod draft;
mod dsml;
pub mod entra_connect;
mod error;
mod expression;
pub mod landscape;
pub mod mim;
pub mod report;
mod scope;
mod translate;
pub mod xml;

pub use error::ReadError;
