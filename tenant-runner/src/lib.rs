//! The tenant's own process: its jobs, its rule programs, its HTTP surface.
//!
//! Invariants: one tenant, one generation; everything it writes goes through `TenantTx`, which refuses an
//! older generation; it dials nobody: the API opens its socket, for people and for agents.

pub mod ca;
pub mod profile;
pub mod resource;
pub mod schedule;
pub mod tunnel;
