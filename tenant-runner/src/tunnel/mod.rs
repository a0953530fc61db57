//! The runner's end of an agent's tunnel: TLS client and HTTP/2 client over the bytes the API relays.
//!
//! Invariants: a link exists only to the agent whose certificate this tenant's CA issued, under its
//! exact name and over the public key an administrator confirmed; a stream that was cut is an error and
//! never an end; memory is bounded by HTTP/2's windows, so a slow caller slows the directory down.

mod error;
mod link;
mod stream;

pub use error::LinkError;
pub use link::AgentLink;
pub use stream::{ImportStream, Incoming};
