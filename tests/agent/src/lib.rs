//! Agent, relay and the runner's end of the tunnel in one process, on real sockets.
//!
//! Invariants: every port is the kernel's choice, every file in a directory that goes away; nothing
//! waits by sleeping, everything by a condition with a bound.

// The relay and the runner's side are compiled from their rooms by path: these tests need neither
// process as a whole, and so do not wait for what else is in them.
#[path = "../../../tenant-runner/src/ca.rs"]
pub mod ca;
#[path = "../../../api/src/relay/mod.rs"]
pub mod relay;
#[path = "../../../tenant-runner/src/tunnel/mod.rs"]
pub mod tunnel;

pub mod directory;
pub mod files;
pub mod front;
pub mod proxy;
pub mod pwsh;
pub mod raw;
pub mod wait;
pub mod world;
