//! The Graph connector against the simulator in its own process, behind TLS.

mod conflicts;
mod contract;
mod documented;
mod doubts;
mod export;
mod import;
mod members;
mod mixed;
mod passwords;
mod refusals;
mod signing_in;
mod throttled;
mod world;
