//! The control half of the store against a real Postgres, as the roles the API logs in with.

#[path = "../support/mod.rs"]
mod support;

mod audit;
mod fixture;
mod isolation;
mod ledger;
mod lifecycle;
mod sessions;
