//! When what runs: timetables, orders for cycles, their merging, one cycle's job graph, and all of it as it is told.
//!
//! Invariants: the graph is derived from the profiles and nobody draws it; a trigger that arrives while a
//! cycle runs is never lost (T-09); a failed directory delays only what reads it (T-08); nothing is sent
//! while a sync that writes the same directory runs (T-02).

pub mod arrival;
pub mod board;
pub mod components;
pub mod forecast;
pub mod graph;
pub mod jobs;
pub mod order;
pub mod outlook;
pub mod picture;
pub mod preview;
mod reason;
pub mod settings;
#[cfg(test)]
mod simulation;
mod time_of_day;
pub mod timetable;
mod why;
