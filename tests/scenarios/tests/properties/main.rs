//! Random worlds and histories, played in the reference model and in the engine: P-01 to P-04, P-08, P-11 to P-16, P-24.
//!
//! Both houses take the same steps, and after every synchronisation all that can be seen of them must be the same. What does
//! not count as a failure: a house may need a second synchronisation for what the first one woke (D-27, D-37), so that facts
//! are compared when neither has anything left to do.
//!
//! Seeded, so that a run is the same everywhere; `PROPTEST_RNG_SEED` is another seed and `PROPTEST_CASES` another number of
//! cases, which is the number for each property.

mod history;
mod laws;

use history::{Kind, Step, both, kind, outside, shuffle, step};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use syncline_model::run::RunStatus;
use syncline_scenarios::House;
use syncline_scenarios::house::How;
use syncline_scenarios::world::{SRC, TGT};

/// Cases of each property, where `PROPTEST_CASES` does not say.
const CASES: u32 = 150;

fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig {
        cases: if asked { usual.cases } else { CASES },
        max_shrink_iters: 2_000,
        failure_persistence: None,
        rng_seed: match usual.rng_seed {
            RngSeed::Random => RngSeed::Fixed(2026),
            fixed => fixed,
        },
        ..usual
    }
}

/// Takes a step in both houses and compares what can be seen.
fn together(houses: &mut [Box<dyn House>; 2], step: &Step) {
    for house in houses.iter_mut() {
        step.take(house.as_mut());
        laws::hold(house.as_ref());
    }
    let [model, engine] = houses;
    let (model, engine) = (model.facts(), engine.facts());
    let difference = syncline_scenarios::view::difference(&model, &engine);
    assert!(
        difference.is_empty(),
        "the engine (+) and the model (-) differ after {step:?}:\n{}",
        difference.join("\n")
    );
}

/// Cycles until nothing is sent any more: three at most (P-01).
fn converge(houses: &mut [Box<dyn House>; 2]) {
    for _ in 0..6 {
        let mut sent = 0;
        for house in houses.iter_mut() {
            sent += history::cycle(house.as_mut());
        }
        if sent == 0 {
            return;
        }
    }
    panic!(
        "no fixed point after six cycles (P-01): {:#?}",
        houses[1].facts()
    );
}

proptest! {
    #![proptest_config(config())]

    /// P-03, P-08, P-11, P-12, P-14 to P-16: the engine, which works on what changed, and the model, which looks at
    /// everything, see the same after every step.
    #[test]
    fn the_engine_and_the_model_agree_after_every_step(
        steps in proptest::collection::vec(step(), 1..30),
        kind in kind(),
    ) {
        let mut houses = both(kind);
        for step in &steps {
            together(&mut houses, step);
        }
    }

    /// P-01, P-02: a history comes to rest, and then nothing changes any more, whatever is repeated.
    #[test]
    fn a_history_comes_to_rest_and_stays_there(
        steps in proptest::collection::vec(step(), 1..30),
        kind in kind(),
    ) {
        let mut houses = both(kind);
        for step in &steps {
            for house in houses.iter_mut() {
                step.take(house.as_mut());
            }
        }
        converge(&mut houses);
        for house in houses.iter_mut() {
            let rest = house.facts();
            house.sync(true);
            prop_assert!(house.was_quiet(), "a full sync after a delta sync changes nothing");
            for id in house.directories() {
                prop_assert_eq!(house.import(id, How::Full), RunStatus::SuccessNoChanges);
            }
            prop_assert_eq!(history::cycle(house.as_mut()), 0);
            prop_assert_eq!(house.facts(), rest);
        }
        prop_assert_eq!(houses[0].facts(), houses[1].facts());
    }

    /// P-04: the order of the entries of an import decides nothing.
    #[test]
    fn the_order_of_entries_decides_nothing(
        edits in proptest::collection::vec(history::edit(), 1..20),
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

    /// P-13: values are a function of what sources say. One that is removed and comes back gives the same values. Links are
    /// none: who joined by a value that two share may join another one when he comes back.
    #[test]
    fn a_source_that_goes_and_comes_back_gives_the_same_values(
        steps in proptest::collection::vec(step(), 1..20),
    ) {
        let mut houses = both(Kind::Numbers);
        for house in houses.iter_mut() {
            for step in &steps {
                step.take(house.as_mut());
            }
            history::rest(house.as_mut());
            let values = laws::values(house.as_ref());
            let source = house.directory(SRC).clone();

            let people: Vec<_> = source.objects.keys().cloned().collect();
            for anchor in people {
                house.directory(SRC).delete(&syncline_scenarios::world::directory::nickname(&anchor));
            }
            history::rest(house.as_mut());
            for (anchor, entry) in &source.objects {
                let name = syncline_scenarios::world::directory::nickname(anchor);
                house.directory(SRC).put(&name, entry.clone());
            }
            history::rest(house.as_mut());

            prop_assert_eq!(laws::values(house.as_ref()), values);
        }
    }

    /// P-24: an operation that is planned on what the directory holds changes it.
    #[test]
    fn no_operation_is_without_effect(
        steps in proptest::collection::vec(step(), 1..30),
        kind in kind(),
    ) {
        for house in both(kind).iter_mut() {
            for step in &steps {
                if !matches!(step, Step::Export) {
                    step.take(house.as_mut());
                    continue;
                }
                for id in house.directories() {
                    house.import(id, How::Delta);
                }
                history::settle(house.as_mut(), false);
                for op in house.staged() {
                    let before = house.directory(TGT).objects.clone();
                    let sent = house.export(TGT, &|one| one.hash() == op.hash());
                    let refused = house.facts().iter().any(|fact| fact.contains("cd-existing"));
                    let changed = house.directory(TGT).objects != before;
                    prop_assert!(sent.is_empty() || refused || changed, "{}", house.describe(&op));
                }
            }
        }
    }
}
