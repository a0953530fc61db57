//! The oracle scenarios of the specification that this engine covers, told as little stories, and properties.

mod export;
mod import;
mod inbound;
mod outbound;
mod properties;
mod world;
