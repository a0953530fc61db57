//! The oracle scenarios of the specification that this engine covers, told as little stories, and properties.

mod adoption;
mod contests;
mod doubt;
mod export;
mod flat;
mod guards;
mod handover;
mod import;
mod inbound;
mod lagging;
mod names;
mod outbound;
mod passwords;
mod properties;
mod rest;
mod sources;
mod unique;
mod what_if;
mod world;
