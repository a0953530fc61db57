//! The oracle scenarios of the specification that this engine covers, told as little stories, and properties.

mod adoption;
mod doubt;
mod export;
mod flat;
mod grace;
mod guards;
mod hand;
mod import;
mod inbound;
mod lagging;
mod leavers;
mod names;
mod outbound;
mod passwords;
mod properties;
mod rest;
mod sources;
mod unique;
mod what_if;
mod world;
