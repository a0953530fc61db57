//! The oracle scenarios of the specification that this engine covers, told as little stories, and properties.

mod adoption;
mod doubt;
mod duplicates;
mod export;
mod flat;
mod guards;
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
mod unread;
mod what_if;
mod world;
