//! The tenant half of the store against a real Postgres.

#[path = "../support/mod.rs"]
mod support;

mod migrations;
mod fencing;
