//! The one privileged process of a machine: the database, uids, sockets, sandbox layers and keys.
//!
//! It starts the embedded database, the API and the runners' way out to the clouds, makes tenants' roles, schemas
//! and keys, and starts one confined runner a tenant when the API asks for it over a unix socket.
//!
//! Invariants: opens no network port and reads nothing that came from the network; reads no row a
//! tenant wrote; secrets leave it only by descriptor; what it started ends when it ends, however it
//! ends; a layer of isolation that the machine does not give is reported, never passed over.

pub mod api;
mod bind;
pub mod compile;
pub mod config;
pub mod console;
mod database;
pub mod dirs;
mod document;
pub mod egress;
pub mod error;
pub mod host;
pub mod identities;
mod keep;
pub mod keys;
pub mod launch;
mod login;
pub mod logs;
pub mod postgres;
mod rule_runtime;
pub mod scram;
pub mod socket;
pub mod tenant;

pub use config::HostConfig;
pub use error::HostError;
pub use host::Host;

/// The release, as reported to runners and in logs.
pub const BUILD: &str = env!("CARGO_PKG_VERSION");
