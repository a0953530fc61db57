//! Profiles on their way from a document to something that can run: checked, compiled, hashed.
//!
//! Invariants: what is saved has no error; everything that can alter an operation is in the configuration
//! hash; a document is checked against the schemas as they are now, and all findings come at once.

pub mod build;
pub mod check;
mod check_deletion;
mod check_disable;
mod check_flows;
mod check_metaverse;
mod check_password;
pub mod language;
pub mod preview;
pub mod programs;
pub mod renew;
mod rows;
pub mod samples;
pub mod save;
pub mod schemas;
pub mod source;
pub mod stored;

/// The shortest interval that a profile may have, in seconds.
pub const EVERY_S_MIN: u32 = 60;
