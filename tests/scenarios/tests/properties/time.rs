//! Time alone: P-28.

use proptest::collection::vec;
use proptest::prelude::*;
use syncline_scenarios::house::How;

use crate::agreement::agree;
use crate::config;
use crate::history::{self, play, settle, step};
use crate::worlds::{both_with, fair_manners, kind};

proptest! {
    #![proptest_config(config(80))]

    /// P-28: once a boundary has passed, a synchronisation that nothing else asked for does what one of everything would
    /// after everything was read again.
    #[test]
    fn p28_time_that_passes_is_as_good_as_reading_everything_again(
        steps in vec(step(), 1..25),
        at_rest in any::<bool>(),
        days in vec(0..9i64, 1..4),
        kind in kind(),
        manners in fair_manners(),
    ) {
        let mut alone = both_with(kind, manners);
        let mut again = both_with(kind, manners);
        for house in alone.iter_mut().chain(&mut again) {
            play(house.as_mut(), &steps);
            if at_rest {
                history::rest(house.as_mut());
            } else {
                for id in house.directories() {
                    house.import(id, How::Delta);
                }
                settle(house.as_mut(), false);
            }
        }
        for days in &days {
            for house in alone.iter_mut() {
                house.pass(*days);
                settle(house.as_mut(), false);
            }
            for house in again.iter_mut() {
                house.pass(*days);
                for id in house.directories() {
                    house.import(id, How::Full);
                }
                settle(house.as_mut(), true);
            }
            agree(&alone, days);
            for (alone, again) in alone.iter_mut().zip(again.iter_mut()) {
                prop_assert_eq!(alone.facts(), again.facts(), "after {} days", days);
            }
        }
    }
}
