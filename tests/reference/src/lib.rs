//! The reference model: what the law of the sync engine says, as slow functions over the whole state.
//!
//! It is the judge of `crates/engine` and shares no line with it. Every step reads the whole state and writes the whole
//! state anew: there are no work lists, no indexes, no batches and no deltas, so there is nothing to forget. The numbers
//! `D-nn` are those of the specification's section (ii); where an ADR changed the law, its number stands there instead.
//!
//! Invariants: pure; ids are handed out in the order of D-23 and decide nothing; an absent attribute is no entry, never an
//! empty set; a step leaves no state behind that the next one has to know about, but for what the law names: images, links,
//! memory, escrow, contests, retained and held contributions, remembered sources.

pub mod approval;
pub mod config;
mod confirm;
mod derive;
mod export;
mod flow;
mod hand;
mod import;
mod leave;
mod link;
mod names;
mod outbound;
pub mod state;
mod sync;

pub use config::Config;
pub use export::{acknowledge, hand_over, learn_names, resolve_add, sendable};
pub use hand::{clear, disconnect};
pub use import::{Imported, Read, Shrink, approve_sweep, import};
pub use state::State;
pub use sync::sync;
