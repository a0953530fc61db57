//! The agent in the customer's network: it serves its tenant's runner with one directory, under a policy
//! that only this host decides.
//!
//! Invariants: it dials out and listens on no port; credentials never leave the host; no write goes to
//! the directory that the local policy, the built-in never-list and the day's ceilings do not all allow,
//! nor one whose bytes are not those that were approved; it runs no command but the one that is compiled in, and
//! that only if the local policy names it; it logs no attribute value.

pub mod agent;
pub mod cli;
pub mod command;
pub mod config;
pub mod directory;
pub mod entra_connect;
pub mod error;
pub mod export;
pub mod home;
pub mod identity;
pub mod inner;
pub mod outer;
pub mod policy;
pub mod status;
pub mod stop;
