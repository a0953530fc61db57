//! T-01 to T-05 and T-08 (P-20).

use std::sync::Arc;

use proptest::prelude::*;
use syncline_model::{DirectoryId, ProfileId};

use super::{Event, Step, World, case, config, order, to_its_end};
use crate::schedule::graph::{ROUNDS_MAX, run};

/// What is under way at each event, the event's own step included.
fn under_way(events: &[Event]) -> Vec<(Event, Vec<Step>)> {
    let mut running: Vec<Step> = Vec::new();
    let mut all = Vec::new();
    for event in events {
        match event {
            Event::Begins(step, _) => running.push(step.clone()),
            Event::Ends(step, _) => {
                let at = running
                    .iter()
                    .position(|one| one == step)
                    .expect("what ends has begun");
                running.remove(at);
            }
        }
        all.push((event.clone(), running.clone()));
    }
    all
}

proptest! {
    #![proptest_config(config())]

    /// T-01 to T-05 and T-08 hold however the steps of a cycle go on beside each other, and every cycle ends.
    #[test]
    fn p20_the_invariants_of_a_cycle_hold_in_every_interleaving(case in case()) {
        let world = Arc::new(World::new(case.clone()));
        let order = order(case.edges.keys().copied().collect(), case.imports.clone());
        let end = to_its_end(run(&order, &case.edges, world.clone()));
        let events = world.events.lock().unwrap().clone();
        let begun = |step: &Step| events.iter().filter(|e| matches!(e, Event::Begins(s, _) if s == step)).count();

        for (profile, edges) in &case.edges {
            let syncs = begun(&Step::Sync(*profile));
            if case.is_held(*profile) {
                prop_assert_eq!(syncs, 0, "T-01: {} read what could not be read", profile);
                prop_assert!(end.held.contains_key(profile));
                continue;
            }
            prop_assert!(syncs > 0, "T-08: {} was not synchronised", profile);
            if case.failing.contains(profile) {
                continue;
            }
            for target in &edges.writes {
                let goes = |e: &Event| matches!(e, Event::Begins(Step::Export(d, who), _) if d == target && who.contains(profile));
                prop_assert!(events.iter().any(goes), "T-08: {} was not exported to {}", profile, target);
            }
        }
        for (n, (event, running)) in under_way(&events).iter().enumerate() {
            let syncs: Vec<ProfileId> =
                running.iter().filter_map(|s| if let Step::Sync(p) = s { Some(*p) } else { None }).collect();
            for (n, a) in syncs.iter().enumerate() {
                let beside = syncs[n + 1..].iter().any(|b| case.meet(*a, *b));
                prop_assert!(!beside, "T-03: {:?} at once", syncs);
            }
            for step in running {
                let Step::Export(directory, who) = step else { continue };
                let writes = |p: &ProfileId| case.edges[p].writes.contains(directory);
                prop_assert!(!syncs.iter().any(writes), "T-02: a writer of {} is synchronised while it is sent", directory);
                let meets = |p: &ProfileId| who.iter().any(|q| case.meet(*p, *q));
                prop_assert!(!syncs.iter().any(meets), "T-03: synchronised while it is sent");
            }
            match event {
                Event::Begins(Step::Export(directory, who), more) => {
                    prop_assert!(!more, "T-02: {:?} had more to do", who);
                    let synced = |p: &ProfileId| events[..n].contains(&Event::Ends(Step::Sync(*p), 0));
                    let writers = case.edges.iter().filter(|(_, e)| e.writes.contains(directory));
                    let ready = writers.filter(|(p, _)| !case.is_held(**p));
                    for (profile, _) in ready {
                        prop_assert!(synced(profile), "T-02: {} was ready", profile);
                    }
                }
                Event::Ends(Step::Export(directory, _), acknowledged) if *acknowledged > 0 => {
                    let confirms = Event::Begins(Step::Confirm(*directory), false);
                    prop_assert!(events[n..].contains(&confirms), "T-04: {} is not confirmed", directory);
                }
                _ => {}
            }
        }
        for directory in (1..6).map(DirectoryId) {
            let exports = events.iter().filter(|e| matches!(e, Event::Begins(Step::Export(d, _), _) if *d == directory));
            prop_assert!(exports.count() <= ROUNDS_MAX, "T-05: {} is sent to for ever", directory);
            prop_assert!(begun(&Step::Import(directory)) <= 1);
        }
    }
}
