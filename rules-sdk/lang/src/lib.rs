//! The rule language: text to diagnostics, to one typed IR, and from it to WASM or to an interpreted answer.
//!
//! Invariants: pure (no clock, randomness, files, environment, network); the same request always gives the same bytes;
//! interpreter and WASM give the same answer for every program and every object, errors included.

pub mod cases;
mod cell;
pub mod check;
mod codegen;
pub mod diag;
pub mod explain;
mod fuse;
pub mod interp;
pub mod ir;
pub mod object;
pub mod part;
pub mod printer;
pub mod reference;
mod regex;
pub mod request;
pub mod resources;
pub mod service;
pub mod stdlib;
mod syntax;
pub mod types;
pub mod values;

pub use check::Env;

/// The runtime module that every program imports.
pub const RUNTIME_WASM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runtime.wasm"));
