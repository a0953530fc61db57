//! A peer that behaves like the directory part of Microsoft Graph v1.0, as a process of its own with its
//! own store: reads that lag behind writes, delta queries with all their quirks, the recycle bin, quotas,
//! app-only sign-in, and faults where a test wants them.
//!
//! Invariants: every request and every answer is held against the vendor's contract, and what the
//! contract says is in the log; what is not simulated answers 501 and says so; one seed, one clock that
//! stands still and one order of requests give the same answers; it listens on loopback only.

mod batch;
mod call;
mod client;
mod clock;
mod control;
mod credential;
mod delta;
mod dice;
mod error;
mod fault;
mod graph;
mod http_client;
mod judge;
mod options;
mod query;
mod read;
mod record;
mod request;
mod route;
mod rules;
mod schema;
mod seal;
mod server;
mod signin;
mod simulator;
mod store;
mod tenant;
#[cfg(test)]
mod testing;
mod throttle;
mod tls;
mod view;
mod world;
mod write;

pub use client::{Control, ControlError};
pub use credential::Credential;
pub use fault::{Fault, FaultKind};
pub use http_client::{Reply, request};
pub use options::{
    Addresses, DeltaOptions, Domain, Options, ResetForm, RetryAfter, Size, Switches,
    ThrottleOptions,
};
pub use record::{Entry, Violations};
pub use simulator::{Simulator, SimulatorError};
