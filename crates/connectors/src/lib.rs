//! Connectors: one contract, one folder a connected system.
//!
//! Invariants: nothing outside this crate speaks a directory's protocol; nothing inside it knows
//! tenants, profiles or the metaverse; each system's library is behind a feature of its own.

pub mod contract;
#[cfg(feature = "csv")]
pub mod csv;
#[cfg(feature = "graph")]
pub mod graph;
#[cfg(feature = "ldap")]
pub mod ldap;
#[cfg(feature = "password")]
pub mod password;
