//! Logs, traces and their field names, the same in every process.
//!
//! Invariants: no attribute value, secret, SQL text or request path is ever a field; routes appear as templates;
//! a trace from the internet starts a new root and is only linked; without a collector the trace ids are still
//! made, logged and handed on.

mod context;
pub mod fields;
mod log;
mod otlp;

pub use context::TraceContext;
pub use log::{Format, Settings, StartError, Telemetry, start};
