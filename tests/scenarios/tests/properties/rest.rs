//! A history comes to rest, and what is at rest is a function of what is there: P-01, P-02, P-13.

use proptest::collection::vec;
use proptest::prelude::*;
use syncline_model::run::RunStatus;
use syncline_scenarios::House;
use syncline_scenarios::house::How;
use syncline_scenarios::world::directory::nickname;
use syncline_scenarios::world::{SRC, TGT};

use crate::history::{self, Step, play, step};
use crate::worlds::{Kind, both_with, engine, fair_manners, kind};
use crate::{config, laws};

/// How long reads of a target may lag, in seconds.
const LAG_S: i64 = 300;

/// What we do where reads lag, or the lag ends.
#[derive(Debug, Clone)]
enum Late {
    Step(Step),
    CatchesUp,
}

fn late() -> impl Strategy<Value = Late> {
    prop_oneof![8 => step().prop_map(Late::Step), 1 => Just(Late::CatchesUp)]
}

/// Reads of the target show by now what is there now.
fn catch_up(house: &mut dyn House) {
    let target = house.directory(TGT);
    target.behind = Some(target.objects.clone());
}

/// Nothing is left to do, whatever is repeated.
fn stays_at_rest(house: &mut dyn House) -> Result<(), TestCaseError> {
    let rest = house.facts();
    house.sync(true);
    prop_assert!(
        house.was_quiet(),
        "a full sync after a delta sync changes nothing"
    );
    for id in house.directories() {
        prop_assert_eq!(house.import(id, How::Full), RunStatus::SuccessNoChanges);
    }
    prop_assert_eq!(history::cycle(house), 0);
    prop_assert_eq!(house.facts(), rest);
    Ok(())
}

proptest! {
    #![proptest_config(config(80))]

    /// P-01, P-02: a history comes to rest, and then nothing changes any more, whatever is repeated. What is wrong may stay
    /// wrong; nothing else is staged, and nothing is unconfirmed.
    #[test]
    fn p01_p02_a_history_comes_to_rest_and_stays_there(
        steps in vec(step(), 1..30),
        kind in kind(),
        manners in fair_manners(),
    ) {
        let mut houses = both_with(kind, manners);
        for house in houses.iter_mut() {
            play(house.as_mut(), &steps);
            history::rest(house.as_mut());
            let unconfirmed = |fact: &&String| fact.contains(": unconfirmed ");
            let facts = house.facts();
            prop_assert_eq!(facts.iter().find(unconfirmed), None);
            prop_assert_eq!(house.staged().len(), 0);
            stays_at_rest(house.as_mut())?;
        }
        prop_assert_eq!(houses[0].facts(), houses[1].facts());
    }

    /// P-01, P-02 over a target whose reads lag behind its writes: what a read does not show yet is not done again, and
    /// nothing is undone.
    #[test]
    fn p01_p02_a_target_that_shows_writes_late_comes_to_rest_too(
        steps in vec(late(), 1..30),
        kind in kind(),
    ) {
        let mut house = engine(kind);
        house.world.settle.insert(TGT, LAG_S);
        catch_up(&mut house);
        for step in &steps {
            match step {
                Late::CatchesUp => catch_up(&mut house),
                Late::Step(Step::Pass(days)) => {
                    // After so long a time every read shows everything.
                    catch_up(&mut house);
                    house.pass(*days);
                }
                Late::Step(step) => step.take(&mut house),
            }
        }
        let mut sent = 1;
        for _ in 0..6 {
            catch_up(&mut house);
            house.world.now += LAG_S + 1;
            sent = history::cycle(&mut house);
            if sent == 0 {
                break;
            }
        }
        prop_assert_eq!(sent, 0, "no fixed point after six cycles");
        laws::hold(&house);
        stays_at_rest(&mut house)?;
    }

    /// P-13: values are a function of what sources say. One that is removed and comes back gives the same values. Links are
    /// none: who joined by a value that two share may join another one when he comes back.
    #[test]
    fn p13_a_source_that_goes_and_comes_back_gives_the_same_values(
        steps in vec(step(), 1..20),
        manners in fair_manners(),
    ) {
        let mut houses = both_with(Kind::Numbers, manners);
        for house in houses.iter_mut() {
            play(house.as_mut(), &steps);
            history::rest(house.as_mut());
            let values = laws::values(house.as_ref());
            let source = house.directory(SRC).clone();

            let people: Vec<_> = source.objects.keys().cloned().collect();
            for anchor in people {
                house.directory(SRC).delete(&nickname(&anchor));
            }
            history::rest(house.as_mut());
            for (anchor, entry) in &source.objects {
                house.directory(SRC).put(&nickname(anchor), entry.clone());
            }
            history::rest(house.as_mut());

            prop_assert_eq!(laws::values(house.as_ref()), values);
        }
    }
}
