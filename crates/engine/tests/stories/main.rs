//! The oracle scenarios of the specification that this engine covers, told as little stories, and properties.

mod adoption;
mod cardinality;
mod contests;
mod doubt;
mod export;
mod flat;
mod grace;
mod guards;
mod hand;
mod handover;
mod import;
mod inbound;
mod lagging;
mod leavers;
mod merging;
mod modes;
mod names;
mod outbound;
mod passwords;
mod properties;
mod rest;
mod retaining;
mod sources;
mod unique;
mod what_if;
mod world;
