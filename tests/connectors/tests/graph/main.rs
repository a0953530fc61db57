//! The Graph connector against the simulator in its own process, behind TLS.

mod contract;
mod documented;
mod export;
mod import;
mod mixed;
mod passwords;
mod refusals;
mod signing_in;
mod world;
