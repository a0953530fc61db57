//! The whole product for tests and the demo: two forests, the service, agents, and an administrator who uses it
//! through the public API only.
//!
//! Invariants: everything is real and on loopback; everything ends with the [`World`]; needs root.

mod administrator;
pub mod agent;
pub mod compare;
pub mod console;
pub mod dice;
pub mod entra;
pub mod entra_connect;
pub mod entra_flow;
pub mod flow;
pub mod hosts;
mod kept;
pub mod kill;
pub mod pair;
pub mod patterns;
pub mod profile;
pub mod receivers;
pub mod rounds;
pub mod verdict;
pub mod world;
pub mod writes;

pub use administrator::Administrator;
pub use agent::Agent;
pub use pair::Pair;
pub use world::World;
