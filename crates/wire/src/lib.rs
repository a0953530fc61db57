//! What travels between processes: versioned messages, and what a process is started with.
//!
//! Invariants: depends on the model only; what came from outside is bounded before it is read and
//! parsed once; unknown things are refused between our own processes.

pub mod assertion;
pub mod boot;
pub mod compile;
pub mod egress;
pub mod enrol;
pub mod host;
pub mod link;
pub mod names;
pub mod outer;
pub mod proof;
pub mod secret;
#[cfg(feature = "tls")]
pub mod tls;
