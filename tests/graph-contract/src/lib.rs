//! The contract of Microsoft Graph v1.0: every request and every response held against the vendor's own data.
//!
//! A connector's test asks it about each request that was sent, a simulator's test about each answer that
//! was given. What is published and where it comes from is listed in `data/README.md`.
//!
//! Invariants: nothing is legal that the data does not name; the same question always has the same answer;
//! no network, no clock. What it cannot say: whether the live service keeps to its own documents.

mod batch;
mod body;
mod bound;
mod clouds;
mod contract;
mod cost;
mod entity;
mod examples;
mod operation;
mod path;
mod permission;
mod query;
mod request;
mod response;
mod returns;
pub mod schema;
mod table;
mod violation;

pub use clouds::Cloud;
pub use contract::Contract;
pub use cost::{
    Cost, Modifiers, Quota, ResourceUnitQuota, TenantSize, Throttling, UnitQuota, WriteQuota,
};
pub use examples::Example;
pub use operation::{Body, Operation, Status};
pub use request::{Request, split_url};
pub use returns::Returns;
pub use violation::Violation;
