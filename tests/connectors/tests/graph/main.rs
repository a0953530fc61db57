//! The Graph connector against the simulator in its own process, behind TLS.

mod conflicts;
mod contract;
mod documented;
mod doubts;
mod export;
mod import;
mod links;
mod lookups;
mod members;
mod mixed;
mod passwords;
mod permissions;
mod reading;
mod refusals;
mod schema;
mod signing_in;
mod throttled;
mod world;
