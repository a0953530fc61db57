//! Modules that our compiler would never write: what they try, and what becomes of the rows around them.
//!
//! Invariants: whatever a module does, the host answers every row, and rows that the module treats well keep their answers.
//! Every module here is run as one of ours and as an upload; what differs between the two is said where it does.

mod batches;
mod cells;
mod hands;
mod outputs;
mod proposals;
mod refused;
mod runaway;
