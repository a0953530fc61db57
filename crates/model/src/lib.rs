//! The trade's nouns as types: everything the rooms say to each other is said with these.
//!
//! Invariants: depends on nothing of ours; no clock, randomness, files, environment or network
//! (see `clippy.toml`); a value that came from outside is parsed once, at the edge, into one of these.

pub mod anchor;
pub mod approval;
pub mod attrs;
pub mod body;
pub mod case;
pub mod cloud;
pub mod connector;
pub mod contest;
pub mod contributors;
pub mod dn;
pub mod error;
pub mod flat;
pub mod hr_file;
pub mod ids;
pub mod import;
pub mod message;
pub mod metaverse;
pub mod meter;
pub mod object;
pub mod op;
#[cfg(feature = "openapi")]
mod openapi;
pub mod outlet;
pub mod password;
pub mod pattern;
pub mod plan;
pub mod profile;
pub mod rule_resource;
pub mod rules;
pub mod run;
pub mod schema;
pub mod stage;
pub mod text;
pub mod value;

pub use anchor::Anchor;
pub use attrs::{AttrId, AttrName, AttrTable, Attrs};
pub use dn::{Dn, Rdn};
pub use ids::*;
pub use value::{Value, ValueType, Values};
