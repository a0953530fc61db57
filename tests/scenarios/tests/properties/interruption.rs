//! Dying and being stopped anywhere (P-07, P-29).
//!
//! What does not count as a failure: numbers of exports differ.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use syncline_model::DirectoryId;
use syncline_model::op::{OpHash, Operation};
use syncline_scenarios::House;
use syncline_scenarios::engine::Engine;
use syncline_scenarios::house::How;
use syncline_scenarios::kill::Point;
use syncline_scenarios::world::TGT;

use crate::agreement::agree;
use crate::history::{self, Step, play, settle, step};
use crate::worlds::{both_with, engine_with, fair_manners, kind, tree};
use crate::{config, laws};

/// After how many pages, parts or operations it ends, and, of an export, where in the next operation.
#[derive(Debug, Clone, Copy)]
struct Kill {
    after: usize,
    point: Point,
}

fn kill() -> impl Strategy<Value = Kill> {
    let point = prop_oneof![Just(Point::Before), Just(Point::Claimed), Just(Point::Sent)];
    (0..5usize, point).prop_map(|(after, point)| Kill { after, point })
}

/// Imports the first pages and ends there; the directory was told nothing, so that the next read begins where this one did.
fn import_some(house: &mut dyn House, id: DirectoryId, full: bool, entries: usize) {
    let before = house.directory(id).clone();
    if full || before.no_delta {
        house.import(id, How::Broken(entries));
    } else {
        let mut read = house.directory(id).delta();
        read.truncate(entries);
        house.import(id, How::Entries(read, false));
    }
    *house.directory(id) = before;
}

/// Which directory a step imports, and whether in full.
fn imports(house: &dyn House, step: &Step) -> Option<(DirectoryId, bool)> {
    let all = house.directories();
    match step {
        Step::Delta(n) => Some((all[n % all.len()], false)),
        Step::Full(n) => Some((all[n % all.len()], true)),
        _ => None,
    }
}

/// Takes a step, dies in it, starts again, and takes it once more.
fn take_and_die(house: &mut Engine, step: &Step, kill: Kill) {
    if let Some((id, full)) = imports(house, step) {
        import_some(house, id, full, 3 * kill.after);
    }
    match step {
        Step::Sync | Step::SyncEverything => {
            house.world.killed_after = Some(kill.after);
            step.take(house);
            house.world.killed_after = None;
        }
        Step::Export => {
            house.world.export_killed(TGT, kill.after, kill.point);
            house.world.recover(TGT);
            step.take(house);
        }
        step => step.take(house),
    }
}

/// Stops in a step, at the end of a page or after an operation, and leaves it at that.
fn stop_in(house: &mut dyn House, step: &Step, after: usize) -> Result<(), TestCaseError> {
    if let Some((id, full)) = imports(house, step) {
        import_some(house, id, full, 3 * after);
        return Ok(());
    }
    if matches!(step, Step::Export) {
        let wrote = house.directory(TGT).wrote.len();
        let staged = house.staged().into_iter().take(after);
        let first: BTreeSet<OpHash> = staged.map(|op| op.hash()).collect();
        house.export(TGT, &|op: &Operation| first.contains(&op.hash()));
        let more = house.directory(TGT).wrote.len() - wrote;
        prop_assert!(more <= after, "a call after the stop");
        return Ok(());
    }
    step.take(house);
    Ok(())
}

/// What an engine made and deleted, in order.
fn made(house: &mut Engine) -> Vec<String> {
    let wrote = house.directory(TGT).wrote.iter();
    let is_change = |line: &&String| !line.starts_with("update ");
    wrote.filter(is_change).cloned().collect()
}

proptest! {
    #![proptest_config(config(80))]

    /// P-07: whoever dies anywhere and starts again ends as if he had not: the same directories, the same state, every object
    /// made once.
    #[test]
    fn p07_a_kill_anywhere_changes_nothing_in_the_end(
        steps in vec((step(), option::weighted(0.5, kill())), 1..30),
        kind in tree(),
        manners in fair_manners(),
        batch in 1..4usize,
    ) {
        let (mut whole, mut killed) = (engine_with(kind, manners), engine_with(kind, manners));
        (whole.world.settles, killed.world.settles) = (true, true);
        killed.world.batch = std::num::NonZeroUsize::new(batch).expect("from one on");
        for (step, kill) in &steps {
            step.take(&mut whole);
            match kill {
                Some(kill) => take_and_die(&mut killed, step, *kill),
                None => step.take(&mut killed),
            }
        }
        history::rest(&mut whole);
        history::rest(&mut killed);
        prop_assert_eq!(killed.facts(), whole.facts());
        prop_assert!(killed.directory(TGT).objects == whole.directory(TGT).objects);
        prop_assert_eq!(made(&mut killed), made(&mut whole));
    }

    /// P-29: whoever is stopped makes no call more, and from there everything comes to rest as always; the engine leaves what
    /// the model says it leaves.
    #[test]
    fn p29_a_stop_anywhere_leaves_what_comes_to_rest(
        steps in vec((step(), option::weighted(0.4, 0..4usize)), 1..30),
        kind in kind(),
        manners in fair_manners(),
    ) {
        let mut houses = both_with(kind, manners);
        for (step, stop) in &steps {
            for house in houses.iter_mut() {
                match stop {
                    Some(after) => stop_in(house.as_mut(), step, *after)?,
                    None => step.take(house.as_mut()),
                }
            }
            agree(&houses, step);
        }
        for house in houses.iter_mut() {
            history::rest(house.as_mut());
            prop_assert_eq!(house.staged().len(), 0);
            laws::hold(house.as_ref());
        }
        agree(&houses, &"rest");
    }

    /// P-29: a synchronisation that is stopped between two parts is gone on with, whatever happens in between.
    #[test]
    fn p29_a_synchronisation_stopped_between_parts_loses_nothing(
        steps in vec((step(), option::weighted(0.5, 0..4usize)), 1..30),
        kind in kind(),
    ) {
        let mut house = engine_with(kind, crate::worlds::Manners::default());
        house.world.batch = std::num::NonZeroUsize::MIN;
        for (step, stop) in &steps {
            match (step, stop) {
                (Step::Sync | Step::SyncEverything, Some(after)) => drop(house.world.sync_up_to(*after)),
                (step, _) => play(&mut house, std::slice::from_ref(step)),
            }
        }
        history::rest(&mut house);
        let rest = house.facts();
        settle(&mut house, true);
        prop_assert_eq!(house.facts(), rest);
    }
}
