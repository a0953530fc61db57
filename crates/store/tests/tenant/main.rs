//! The tenant half of the store against a real Postgres.

#[path = "../support/mod.rs"]
mod support;

mod canary;
mod causes;
mod connector_space;
mod contests;
mod everything;
mod exports;
mod fencing;
mod given;
mod log;
mod migrations;
mod outbox;
mod passwords;
mod records;
mod rule_resources;
mod synchronisation;
mod whatif_patterns;
