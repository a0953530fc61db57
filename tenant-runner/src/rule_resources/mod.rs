//! Rule resources: the tenant's lookup tables and named expressions, on their way into programs.
//!
//! Invariants: a program holds the rows and bodies it was compiled with, so a resource changes together with every profile
//! that uses it, in one transaction, or not at all; what is saved has no error, and breaks neither a profile nor another
//! resource.

mod change;
mod findings;
mod library;

pub use change::{Affected, Change, Examined, apply, examine};
pub use library::{Libraries, Library, is_used};
