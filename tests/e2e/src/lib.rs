//! The whole product for tests and the demo: two forests, the service, agents, and an administrator who uses it
//! through the public API only.
//!
//! Invariants: everything is real and on loopback; everything ends with the [`World`]; needs root.

pub mod agent;
pub mod flow;
pub mod profile;
pub mod world;

pub use agent::Agent;
pub use world::World;
