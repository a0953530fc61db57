//! Where values come from, and that they come again: P-25.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use syncline_model::object::{Lineage, MvObject, MvState};
use syncline_model::plan::{PlanPart, PlannedOp, Verb};
use syncline_model::profile::{Flow, Profile};
use syncline_model::{AttrId, MvId, PartId, Value};
use syncline_scenarios::House;
use syncline_scenarios::engine::Engine;
use syncline_scenarios::house::How;
use syncline_scenarios::world::PROFILE;

use crate::config;
use crate::history::{Step, step};
use crate::worlds::{engine_with, kind, manners};

/// The flows of inbound and outbound parts.
struct Rules<'p> {
    inbound: BTreeMap<PartId, &'p [Flow]>,
    outbound: BTreeMap<PartId, &'p [Flow]>,
}

impl<'p> Rules<'p> {
    fn of(profile: &'p Profile) -> Self {
        let inbound = profile.inbound.iter();
        let outbound = profile.outbound.iter();
        Self {
            inbound: inbound
                .filter_map(|p| Some((p.id?, &p.flows[..])))
                .collect(),
            outbound: outbound
                .filter_map(|p| Some((p.id?, &p.flows[..])))
                .collect(),
        }
    }
}

/// Whether a contributor, linked to its metaverse object, gives these values now.
fn gives(house: &Engine, rules: &Rules<'_>, mv: MvId, lineage: Lineage, values: &[Value]) -> bool {
    let Some(giver) = house.world.db.cs.get(&lineage.cs) else {
        return false;
    };
    let is_linked = giver.row.link.is_some_and(|link| link.mv == mv);
    let flows = rules.inbound.get(&lineage.part);
    let flow = flows.and_then(|flows| flows.get(usize::from(lineage.flow)));
    let from = flow.and_then(|flow| flow.from.as_ref());
    let from = from.and_then(|from| house.world.attrs.id(from));
    let held = from.and_then(|from| giver.body.attrs.get(from));
    is_linked && held.is_some_and(|held| values.iter().all(|value| held.as_slice().contains(value)))
}

/// Every value of a metaverse object is what its contributor gives.
fn values_are_given(
    house: &Engine,
    rules: &Rules<'_>,
    person: &MvObject,
) -> Result<(), TestCaseError> {
    for value in &person.body.values {
        let shares = syncline_model::contributors::Contributors::of(value, &person.body.merged);
        for lineage in shares.lineages() {
            let values: Vec<Value> = match &shares {
                syncline_model::contributors::Contributors::Merged(shares) => {
                    let own = shares.iter().filter(|share| share.lineage == lineage);
                    own.flat_map(|share| share.values.iter().cloned()).collect()
                }
                _ => value.values.iter().cloned().collect(),
            };
            let name = house.world.attrs.name(value.attr);
            prop_assert!(
                gives(house, rules, person.id, lineage, &values),
                "{:?} is given by nobody",
                name
            );
        }
    }
    let references = house
        .world
        .db
        .mv_refs
        .iter()
        .filter(|r| r.from == person.id);
    for reference in references {
        let giver = house.world.db.cs.get(&reference.lineage.cs);
        let is_linked = giver.is_some_and(|g| g.row.link.is_some_and(|link| link.mv == person.id));
        let refers = house.world.db.refs.iter().any(|r| {
            let to = house.world.db.cs.get(&r.to).and_then(|to| to.row.link);
            r.from == reference.lineage.cs && to.is_some_and(|link| link.mv == reference.to)
        });
        prop_assert!(is_linked && refers, "a reference that nobody gives");
    }
    Ok(())
}

/// Every exported value is one of the metaverse object, and names who gave it.
fn exports_are_values(
    house: &Engine,
    rules: &Rules<'_>,
    op: &PlannedOp,
) -> Result<(), TestCaseError> {
    let person = op.mv.and_then(|mv| house.world.db.mv.get(&mv));
    let is_retired = house
        .world
        .db
        .cs
        .get(&op.cs)
        .is_some_and(|o| o.row.retired.is_some());
    let Some(person) =
        person.filter(|p| p.state == MvState::Live && op.verb() != Verb::Delete && !is_retired)
    else {
        return Ok(());
    };
    for change in &op.changes {
        let flows = rules.outbound.get(&change.part);
        let from = flows.and_then(|flows| flows.get(usize::from(change.flow))?.from.as_ref());
        let Some(from) = from.and_then(|from| house.world.attrs.id(from)) else {
            continue;
        };
        if change.after.is_none() && change.before.is_none() {
            continue; // references
        }
        let of = |attr: AttrId| {
            person
                .body
                .values
                .iter()
                .find(move |value| value.attr == attr)
        };
        let values = of(from).map(|value| &value.values);
        prop_assert_eq!(
            change.after.as_ref(),
            values,
            "{} is not what the metaverse holds",
            change.attr
        );
        for lineage in change.source.lineages() {
            prop_assert!(
                gives(house, rules, person.id, lineage, &[]),
                "{} comes from nowhere",
                change.attr
            );
        }
        prop_assert!(
            change.after.is_none() || change.source.lineages().count() > 0,
            "{} has no source",
            change.attr
        );
    }
    Ok(())
}

/// What a synchronisation answers, to the byte.
fn bytes(parts: &[PlanPart]) -> Vec<Vec<u8>> {
    let ops = parts
        .iter()
        .flat_map(|part| &part.pending)
        .flat_map(|set| &set.ops);
    ops.map(|op| op.op.canonical()).collect()
}

proptest! {
    #![proptest_config(config(100))]

    /// P-25: every exported value can be traced to a contribution that is there, and the inputs of a run, given again, give
    /// its outputs again.
    #[test]
    fn p25_every_value_has_a_source_and_every_run_can_be_repeated(
        steps in vec(step(), 1..25),
        kind in kind(),
        manners in manners(),
    ) {
        let mut house = engine_with(kind, manners);
        for step in &steps {
            let before = house.world.db.clone();
            match step {
                Step::Sync | Step::SyncEverything => {
                    let first = house.world.sync_profile(PROFILE);
                    house.world.db = before.clone();
                    let second = house.world.sync_profile(PROFILE);
                    house.world.db = before;
                    prop_assert!(first == second && bytes(&first) == bytes(&second));
                }
                Step::Delta(n) | Step::Full(n) => {
                    let id = house.directories()[n % house.directories().len()];
                    let how = || if matches!(step, Step::Full(_)) { How::Full } else { How::Delta };
                    let directory = house.directory(id).clone();
                    let baseline = house.world.baseline.clone();
                    house.import(id, how());
                    let first = std::mem::replace(&mut house.world.db, before.clone());
                    *house.directory(id) = directory;
                    house.world.baseline = baseline;
                    house.import(id, how());
                    prop_assert!(house.world.db == first);
                    continue;
                }
                _ => {}
            }
            step.take(&mut house);
            if !matches!(step, Step::Sync | Step::SyncEverything) {
                continue;
            }
            let profile = house.world.profiles[&PROFILE].clone();
            let rules = Rules::of(&profile);
            for person in house.world.db.mv.values().filter(|p| p.state == MvState::Live) {
                values_are_given(&house, &rules, person)?;
            }
            for op in house.world.db.pending.values().flatten() {
                exports_are_values(&house, &rules, op)?;
            }
        }
    }
}
