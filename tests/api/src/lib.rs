//! The whole control plane for tests: a host with its own Postgres, the API and runners as real processes, the
//! development identity provider, and people and programs who use it over HTTP.
//!
//! Invariants: own directories, own loopback addresses; everything ends with the [`Stack`]; needs root, because the
//! host gives every process its own user.

mod folder;
mod people;
mod stack;

pub use folder::Folder;
pub use people::{Answer, Browser, Program};
pub use stack::{Stack, StackOptions};
