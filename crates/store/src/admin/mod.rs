//! The host's SQL: roles, databases, cells, the place and the sealed secrets of each tenant.
//!
//! Everything here runs as the superuser of the cluster and creates or removes; it reads no row
//! that a tenant wrote. Invariants: every function is find-or-create (or find-or-remove) and may be
//! repeated after any crash; names reach SQL text only as [`Name`], values only as parameters.

mod bootstrap;
mod cell;
mod error;
mod login;
mod name;
mod schema;
mod sealed;
mod server;
mod tenant;

pub use bootstrap::{
    API_ROLE, COLLECTOR_ROLE, CONTROL_DATABASE, CONTROL_OWNER, HOST_DATABASE, SUPERUSER,
};
pub use cell::TENANTS_PER_CELL;
pub use error::AdminError;
pub use login::ApiRole;
pub use name::{Name, NameError};
pub use schema::Raised;
pub use sealed::SealedRow;
pub use server::{HostConnection, Server, TenantConnection};
pub use tenant::Placement;

/// Whether a step had anything to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was so already.
    Found,
    /// It is so now.
    Made,
}

impl Outcome {
    fn made(made: bool) -> Self {
        if made { Self::Made } else { Self::Found }
    }
}
