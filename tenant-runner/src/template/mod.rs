//! Templates: profiles with gaps, as data. Those that come with the service lie in `templates/` of this room, one file
//! each; a tenant's own are made of its profiles.
//!
//! Invariants: what comes of a template is an ordinary profile, checked, compiled and approved like any other; a
//! value that a person gives is data in it and never code ([`splice`]); nothing is decided by a template after
//! that, and its name and version in the profile bind nothing.

pub mod builtin;
pub mod document;
pub mod fill;
pub mod given;
pub mod own;
pub mod permissions;
pub mod splice;
#[cfg(test)]
mod tests;
