//! When what runs: orders for cycles, their merging, and one cycle's job graph.
//!
//! Invariants: the graph is derived from the profiles and nobody draws it; a trigger that arrives while a
//! cycle runs is never lost (T-09); a failed directory delays only what reads it (T-08); nothing is sent
//! while a sync that writes the same directory runs (T-02).

pub mod components;
pub mod graph;
pub mod order;
#[cfg(test)]
mod simulation;
