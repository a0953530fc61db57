//! `syncline-rules`: checks rule files and evaluates expressions, as the console and the runner would.
//!
//! Invariants: a value that `eval` prints came out of the compiled module in the sandbox; answers stand in the order of
//! the questions; nothing is printed about an expression but its own answer.

pub mod bench;
pub mod cases;
pub mod check;
pub mod eval;
pub mod explain;
pub mod language;
pub mod rewrite;
pub mod values;
