//! All SQL of the product: the host's own database, the control database, the tenant schemas.
//!
//! Invariants: no other room writes a query; tenant data is reached only through a
//! [`tenant::TenantTx`] or [`tenant::TenantRead`], so the tenant is settled before the first query;
//! what a person could read in a tenant's row is sealed ([`seal`]) before it is bound.

pub mod admin;
pub mod chain;
pub mod control;
pub mod error;
pub mod keys;
pub mod seal;
pub mod tenant;

pub use error::StoreError;

/// What a store call answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
