//! The oracle scenarios of the sync engine, told once and played in two houses: the reference model and the engine.
//!
//! Invariants: a scenario knows a [`House`] and nothing else; what it says happened is complete, so that whatever it does not
//! list did not change; both houses are asked for the same facts, in the same words, without engine ids.

pub mod engine;
pub mod house;
pub mod kill;
pub mod model;
pub mod runner;
pub mod scenarios;
pub mod story;
pub mod template;
pub mod view;

/// The engine's own world in memory, as its stories have it: one harness for both.
#[allow(
    dead_code,
    missing_docs,
    unused_imports,
    unused_macros,
    clippy::missing_panics_doc
)]
#[path = "../../../crates/engine/tests/stories/world/mod.rs"]
pub mod world;

pub use house::{House, How};
pub use story::{Scenario, Story, Target};
