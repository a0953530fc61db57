//! Export: in which order operations go, what an outcome means, and what to make of an unknown one.
//!
//! Invariants: nothing here sends; an operation leaves `pending` only when the directory acknowledged it;
//! an unknown outcome is resolved by reading before anything is repeated (D-53); a rejection fails its
//! object only (D-54), and is not repeated before its time (D-71).

mod escrow;
mod order;
mod outcome;
mod rest;

pub use escrow::{Look, Resolution, resolve_add, resolve_change};
pub use order::{at_once, held_back, in_order, part_without, ready};
pub use outcome::{PutBack, Settlement, settle};
pub use rest::{Asking, Refusal, rests_until};
