//! An import that overlaps an export: P-19.

use proptest::collection::vec;
use proptest::prelude::*;
use syncline_scenarios::House;
use syncline_scenarios::house::{Earlier, How};
use syncline_scenarios::world::TGT;

use crate::agreement::agree;
use crate::config;
use crate::history::{self, Step, play, settle, step};
use crate::worlds::{both_with, fair_manners, kind};

/// How an import and an export overlap.
#[derive(Debug, Clone, Copy)]
struct Overlap {
    /// The import reads everything.
    full: bool,
    /// So many operations went before the read began.
    before: usize,
    /// The read is synchronised before the rest of the export is acknowledged.
    in_between: Option<usize>,
}

fn overlap() -> impl Strategy<Value = Overlap> {
    (any::<bool>(), 0..4usize, proptest::option::of(1..4usize)).prop_map(
        |(full, before, in_between)| Overlap {
            full,
            before,
            in_between,
        },
    )
}

/// Sends the first operations.
fn export_some(house: &mut dyn House, count: usize) {
    let staged = house.staged();
    let first: Vec<_> = staged.iter().take(count).map(|op| op.hash()).collect();
    house.export(TGT, &|op| first.contains(&op.hash()));
}

/// Exports while a read is under way, whose pages come when the export has ended or is still at work.
fn export_during_import(house: &mut dyn House, overlap: Overlap) {
    export_some(house, overlap.before);
    let fence = house.fence();
    let target = house.directory(TGT);
    let full = overlap.full || target.no_delta;
    let entries = match full {
        true => target.full(),
        false => target.delta(),
    };
    let read = How::Earlier(Earlier {
        entries,
        full,
        fence,
    });
    match overlap.in_between {
        Some(count) => {
            export_some(house, count);
            house.import(TGT, read);
            house.export(TGT, &|_| true);
        }
        None => {
            house.export(TGT, &|_| true);
            house.import(TGT, read);
        }
    }
}

fn contradictions(house: &dyn House) -> Vec<String> {
    let mut facts = house.facts();
    facts.retain(|fact| fact.contains("exported-change-not-reimported"));
    facts
}

proptest! {
    #![proptest_config(config(80))]

    /// P-19: a read that began before an export never contradicts it. The directory ends as if they had gone one after the
    /// other, and nothing is written twice.
    #[test]
    fn p19_a_read_that_began_before_an_export_never_contradicts_it(
        steps in vec(step(), 1..25),
        kind in kind(),
        manners in fair_manners(),
        overlap in overlap(),
    ) {
        let mut apart = both_with(kind, manners);
        let mut together = both_with(kind, manners);
        let imports = |house: &mut dyn House| {
            play(house, &steps);
            // Who reads late must not be the first to read what happened outside: that would be another history.
            Step::Delta(1).take(house);
            settle(house, false);
        };
        for house in apart.iter_mut() {
            imports(house.as_mut());
            house.export(TGT, &|_| true);
            house.import(TGT, How::Delta);
            settle(house.as_mut(), false);
        }
        for house in together.iter_mut() {
            imports(house.as_mut());
            let known = contradictions(house.as_ref());
            export_during_import(house.as_mut(), overlap);
            let new = contradictions(house.as_ref()).into_iter().filter(|fact| !known.contains(fact));
            prop_assert_eq!(new.collect::<Vec<_>>(), Vec::<String>::new());
            settle(house.as_mut(), false);
        }
        agree(&together, &overlap);
        for (together, apart) in together.iter_mut().zip(apart.iter_mut()) {
            together.import(TGT, How::Delta);
            settle(together.as_mut(), false);
            prop_assert_eq!(together.facts(), apart.facts());
            history::rest(together.as_mut());
            history::rest(apart.as_mut());
            prop_assert_eq!(together.facts(), apart.facts());
            prop_assert_eq!(&together.directory(TGT).wrote, &apart.directory(TGT).wrote);
        }
    }
}
