//! The way out for runners: a CONNECT proxy in a process of its own, to the hosts of the clouds, the
//! outlets of notifications, and no other.
//!
//! A runner may open no internet socket. What it asks for here is compared with the cloud table and the outlets, and
//! the addresses that a name leads to with where it can be, so that neither a forged link in an answer nor a forged answer of
//! the resolver leads into the network the machine stands in.
//!
//! Invariants: answers runners only; dials nothing that is in neither table; does not look at the bytes of a
//! connection; holds no key and reaches no database.

mod allow;
mod serve;
mod way_out;

pub use serve::run;
pub(crate) use way_out::WayOut;
