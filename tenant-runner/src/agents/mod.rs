//! The agents whose tunnels are up, by directory.
//!
//! Invariants: an agent is used only after its hello matched the directory's pinned identity; a directory's schema
//! is known before its first import.

mod enrol;
mod hub;
mod session;

pub use enrol::{EnrolRefused, KEY_LIFETIME_MS, enrol, new_slot};
pub use hub::Hub;
pub use session::{Session, SessionError, open, tell_format};
