//! The rule language: text to diagnostics, to one typed IR, and from it to WASM or to an interpreted answer.
//!
//! Invariants: pure (no clock, randomness, files, environment, network); the same request always gives the same bytes;
//! interpreter and WASM give the same answer for every program and every object, errors included.

pub mod diag;
pub mod request;
