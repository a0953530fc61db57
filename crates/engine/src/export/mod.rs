//! Export: in which order operations go, what an outcome means, and what to make of an unknown one.
//!
//! Invariants: nothing here sends; an operation leaves `pending` only when the directory acknowledged it;
//! an unknown outcome is resolved by reading before anything is repeated (D-53); a rejection fails its
//! object only (D-54).

mod escrow;
mod order;
mod outcome;

pub use escrow::{Resolution, resolve_add, resolve_change};
pub use order::{in_order, ready};
pub use outcome::{Settlement, settle};
