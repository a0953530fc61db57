//! What one tenant's engine leaves to others: nothing of what it did, and no value that is marked (P-21, P-30).

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use syncline_model::AttrName;
use syncline_scenarios::House;
use syncline_scenarios::engine::Engine;
use syncline_scenarios::house::How;
use syncline_scenarios::world::{HR, SRC, TGT};

use crate::config;
use crate::history::{Step, settle, step};
use crate::worlds::{engine, engine_with, has_hr, kind, manners};

/// Parts of values that nobody may see, as edits write them.
const SECRETS: [&str; 4] = ["@x", "@X", "Sales", "by hand"];
/// The attributes that hold them.
const MARKED: [&str; 5] = ["mail", "department", "proxyAddresses", "info", "title"];

/// Everything that an engine says about itself: errors as an operator reads them, counts, and, as a careless log line would
/// print them, the tables and the parts of a plan.
fn said(house: &Engine, parts: &str) -> Vec<String> {
    let db = &house.world.db;
    let mut said: Vec<String> = db
        .errors
        .values()
        .flatten()
        .map(|entry| entry.message.clone())
        .collect();
    said.push(parts.to_owned());
    said.push(format!("{:?} {:?}", house.world.last, house.world.counts));
    said.push(format!("{:?} {:?} {:?}", db.memory, db.escrow, db.contests));
    let attrs = db
        .cs
        .values()
        .map(|object| format!("{:?}", object.body.attrs));
    said.extend(attrs);
    said.extend(
        db.mv
            .values()
            .map(|person| format!("{:?}", person.body.values)),
    );
    said.extend(
        db.pending
            .values()
            .flatten()
            .map(|op| format!("{:?} {:?}", op.op.deltas, op.changes)),
    );
    said
}

proptest! {
    #![proptest_config(config(100))]

    /// P-21: whatever happens in one tenant, another one's state and outputs are what they were without it. (That no process,
    /// role or socket of one reaches the other is for `tests/e2e`.)
    #[test]
    fn p21_another_tenant_changes_nothing(
        mine in vec(step(), 1..20),
        theirs in vec(step(), 1..20),
        my_kind in kind(),
        their_kind in kind(),
    ) {
        let mut alone = engine(my_kind);
        let (mut beside, mut other) = (engine(my_kind), engine(their_kind));
        let mut others = theirs.iter();
        for step in &mine {
            step.take(&mut alone);
            others.by_ref().take(2).for_each(|step| step.take(&mut other));
            step.take(&mut beside);
            prop_assert_eq!(beside.facts(), alone.facts());
        }
        prop_assert!(beside.world.db == alone.world.db);
        prop_assert!(beside.directory(TGT).objects == alone.directory(TGT).objects);
    }

    /// P-30: a value that is marked is in no error, and in nothing that a log line prints of the engine's tables and plans,
    /// also where a directory takes changes back or refuses them.
    #[test]
    fn p30_marked_values_are_nowhere_said(
        steps in vec(step(), 1..25),
        kind in kind(),
        manners in manners(),
        reverts in any::<bool>(),
    ) {
        let mut house = engine_with(kind, manners);
        let marked: BTreeSet<AttrName> = MARKED.iter().map(AttrName::new).collect();
        let mut directories = vec![SRC, TGT];
        directories.extend(Some(HR).filter(|_| has_hr(&house)));
        for id in directories {
            house.directory(id).sensitive = marked.clone();
        }
        house.directory(TGT).reverts = reverts;
        for step in steps.iter().chain(&[Step::Delta(0), Step::Sync, Step::Export, Step::Delta(1), Step::Sync]) {
            let mut parts = String::new();
            if matches!(step, Step::Sync) {
                parts = format!("{:?}", house.world.sync());
            }
            step.take(&mut house);
            for line in said(&house, &parts) {
                let secret = SECRETS.iter().find(|secret| line.contains(**secret));
                prop_assert_eq!(secret, None, "in: {}", line);
            }
        }
        // And it was worth looking: what is marked was read.
        house.import(SRC, How::Full);
        settle(&mut house, false);
    }
}
