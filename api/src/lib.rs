//! The control plane: who may ask what, whose process answers, what was done and used.
//!
//! Invariants: directory data is never stored, logged or parsed here, bodies of runner operations are streamed;
//! every operation comes from the table in `syncline-contract`; every error is a problem with a stable code; what
//! another tenant owns answers like what never existed.

mod agents;
mod answer;
mod app;
mod caller;
mod clock;
mod collector;
mod config;
mod console;
mod events;
mod guard;
mod identity;
mod known;
mod lifecycle;
mod proxy;
pub mod relay;
mod request;
mod routes;
mod runners;
mod serve;
mod session;
mod usage;

pub use config::{ClientCredential, Config, ConfigError, Identity};
pub use console::NONCE_PLACEHOLDER;
pub use routes::document;
pub use serve::{Api, ServeError};
