//! Synchronisation: leave, link, flow, outbound, over everything (D-23).
//!
//! Invariant: reads the whole state and nothing else; a second one changes nothing (P-02).

use std::collections::BTreeSet;

use syncline_model::error::Stage;

use crate::config::Config;
use crate::state::{Cs, Life, State};
use crate::{derive, flow, leave, link, outbound};

/// Synchronises.
pub fn sync(state: &mut State, config: &Config, now: i64) {
    let of_sync = |stage| matches!(stage, Stage::Inbound | Stage::Outbound);
    state.problems.retain(|problem| !of_sync(problem.stage));
    state.waiting.clear();

    leave::leave(state, config);
    link::link(state, config);
    let failing = flow::flow(state, config, now);
    state.drifted = flow::drifted(state, config);
    outbound::outbound(state, config, now);
    derive::derive(state, config);

    consume(state, &failing);
    bury(state);
}

/// What was evaluated is pending no more; what failed is (D-39).
fn consume(state: &mut State, failing: &BTreeSet<Cs>) {
    for (cs, object) in &mut state.objects {
        if !failing.contains(cs) {
            object.synced = object.imported.clone();
        }
    }
}

/// Tombstones whose last target object is gone or given up (D-44).
fn bury(state: &mut State) {
    let kept: BTreeSet<_> = state
        .people
        .iter()
        .filter(|(mv, person)| person.life != Life::Tombstone || !state.linked_to(**mv).is_empty())
        .map(|(mv, _)| *mv)
        .collect();
    state.people.retain(|mv, _| kept.contains(mv));
}
