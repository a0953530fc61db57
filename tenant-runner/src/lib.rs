//! The tenant's own process: its jobs, its rule programs, its HTTP surface.
//!
//! Invariants: one tenant, one generation; everything it writes goes through `TenantTx`, which refuses an
//! older generation; it opens no internet socket: the API opens its socket, for people and for
//! agents, and the clouds are reached through the host's way out.

pub mod agents;
pub mod app;
pub mod ca;
pub mod clouds;
pub mod compiler;
pub mod desk;
pub mod drafting;
pub mod http;
pub mod jobs;
pub mod notify;
pub mod patterns;
pub mod present;
pub mod process;
pub mod profile;
pub mod reach;
pub mod resource;
pub mod review;
pub mod rule_resources;
pub mod schedule;
pub mod template;
pub mod tls;
pub mod trust;
pub mod tunnel;

pub use http::openapi;
