//! No loops: what comes back from a target is not sent round and round (P-17).

use proptest::collection::vec;
use proptest::prelude::*;
use syncline_scenarios::House;
use syncline_scenarios::house::How;
use syncline_scenarios::story::{Story, Target};
use syncline_scenarios::world::{HR, SRC, TGT};

use crate::agreement::agree;
use crate::config;
use crate::history::{Edit, NAMES, edit, outside, settle};

/// Three directories that give to each other: names from SRC, departments from HR, addresses from TGT; each is written what
/// the others give.
const ROUND: &str = r#"{"name":"round","inbound":[
  {"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision","flows":[
    {"to":"employeeID","from":"employeeID"},{"to":"displayName","from":"displayName"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"user","metaverse_type":"person","link":"join",
   "match":[[{"source":"employeeID","metaverse":"employeeID"}]],"flows":[{"to":"mail","from":"mail"}]},
  {"directory":"dir_3","type":"user","metaverse_type":"person","link":"sticky",
   "match":[[{"source":"employeeID","metaverse":"employeeID"}]],"flows":[{"to":"department","from":"department"}]}],
 "outbound":[
  {"directory":"dir_1","type":"user","metaverse_type":"person","action":"update-only",
   "match":[[{"metaverse":"employeeID","target":"employeeID"}]],"flows":[
    {"to":"mail","from":"mail"},{"to":"department","from":"department"}]},
  {"directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update",
   "match":[[{"metaverse":"employeeID","target":"employeeID"}]],
   "dn":{"expr":"CN=<employeeID>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"employeeID","from":"employeeID"},{"to":"displayName","from":"displayName"},
    {"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_3","type":"user","metaverse_type":"person","action":"update-only",
   "match":[[{"metaverse":"employeeID","target":"employeeID"}]],"flows":[
    {"to":"mail","from":"mail"},{"to":"displayName","from":"displayName"}]}]}"#;

/// What can happen to people.
fn about_people() -> impl Strategy<Value = Edit> {
    edit().prop_filter("about people", |edit| {
        !matches!(edit, Edit::Members(_) | Edit::Stranger(..))
    })
}

/// Imports all, synchronises, exports to all. Answers how much was sent.
fn round(house: &mut dyn House) -> usize {
    for id in house.directories() {
        house.import(id, How::Delta);
    }
    settle(house, false);
    let targets = [SRC, TGT, HR].into_iter();
    targets.map(|id| house.export(id, &|_| true).len()).sum()
}

/// Rounds until nothing is sent. Answers how many sent something, and how much.
fn until_rest(house: &mut dyn House) -> (usize, usize) {
    let mut all = 0;
    for rounds in 0..8 {
        match round(house) {
            0 => return (rounds, all),
            sent => all += sent,
        }
    }
    panic!("it goes round and round (P-17): {:#?}", house.facts());
}

proptest! {
    #![proptest_config(config(80))]

    /// After one change outside, each part writes each person that it can concern once: the person itself, whoever refers to
    /// it, and, if it is gone, its accounts; and once more what is given to an account that had to be made first.
    #[test]
    fn p17_a_change_outside_is_followed_by_few_writes_and_then_by_none(
        begin in vec(about_people(), 1..15),
        changes in vec(about_people(), 1..6),
    ) {
        let mut houses: [Box<dyn House>; 2] =
            [Box::<syncline_scenarios::model::Model>::default(), Box::<syncline_scenarios::engine::Engine>::default()];
        for house in houses.iter_mut() {
            Story::new(house.as_mut(), Target::Tree).world_with_hr(ROUND);
            begin.iter().for_each(|edit| outside(house.as_mut(), edit));
            for id in [SRC, TGT, HR] {
                house.import(id, How::Full);
            }
            until_rest(house.as_mut());
        }
        agree(&houses, &"the beginning");
        const PARTS: usize = 3;
        for change in &changes {
            for house in houses.iter_mut() {
                outside(house.as_mut(), change);
                let (rounds, sent) = until_rest(house.as_mut());
                prop_assert!(rounds <= 3, "{:?} went round {} times", change, rounds);
                prop_assert!(sent <= PARTS * NAMES.len(), "{:?} was followed by {} writes", change, sent);
            }
            agree(&houses, change);
        }
    }
}
