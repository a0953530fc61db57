//! What changed is as good as everything, and order decides nothing: P-03 and P-04, with P-08, P-11, P-12, P-14 and P-15 on
//! the way.

use proptest::collection::vec;
use proptest::prelude::*;
use syncline_scenarios::House;
use syncline_scenarios::house::How;
use syncline_scenarios::view::difference;

use crate::history::{self, Step, outside, shuffle, step};
use crate::worlds::{both, both_with, kind, manners};
use crate::{config, laws};

/// Takes a step in both houses and compares what can be seen.
pub fn together(houses: &mut [Box<dyn House>; 2], step: &Step) {
    for house in houses.iter_mut() {
        step.take(house.as_mut());
    }
    agree(houses, step);
}

/// Compares what can be seen of both houses after a step.
pub fn agree(houses: &[Box<dyn House>; 2], step: &dyn std::fmt::Debug) {
    for house in houses {
        laws::hold(house.as_ref());
    }
    let [model, engine] = houses;
    let difference = difference(&model.facts(), &engine.facts());
    assert!(
        difference.is_empty(),
        "the engine (+) and the model (-) differ after {step:?}:\n{}",
        difference.join("\n")
    );
}

proptest! {
    #![proptest_config(config(150))]

    /// The engine, which works on what changed, and the model, which looks at everything, see the same after every step.
    #[test]
    fn p03_the_engine_and_the_model_agree_after_every_step(
        steps in vec(step(), 1..30),
        kind in kind(),
    ) {
        let mut houses = both(kind);
        for step in &steps {
            together(&mut houses, step);
        }
    }

    /// The same over directories that do not do what one would like.
    #[test]
    fn p03_they_agree_over_directories_that_misbehave(
        steps in vec(step(), 1..30),
        kind in kind(),
        manners in manners(),
    ) {
        let mut houses = both_with(kind, manners);
        for step in &steps {
            together(&mut houses, step);
        }
    }

    /// The order of the entries of an import decides nothing.
    #[test]
    fn p04_the_order_of_entries_decides_nothing(
        edits in vec(history::edit(), 1..20),
        seed in any::<u64>(),
        kind in kind(),
    ) {
        let mut ends = Vec::new();
        for shuffled in [false, true] {
            let mut houses = both(kind);
            for house in houses.iter_mut() {
                edits.iter().for_each(|edit| outside(house.as_mut(), edit));
                for id in house.directories() {
                    let mut entries = house.directory(id).full();
                    if shuffled {
                        shuffle(&mut entries, seed);
                    }
                    house.import(id, How::Entries(entries, true));
                }
                history::settle(house.as_mut(), false);
                ends.push(house.facts());
            }
        }
        prop_assert!(ends.windows(2).all(|two| two[0] == two[1]));
    }
}
