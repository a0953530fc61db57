//! A plan says enough to take it back: P-26.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use syncline_model::op::ObjectKey;
use syncline_model::plan::{PlannedOp, Verb};
use syncline_model::{Anchor, CsId};
use syncline_scenarios::House;
use syncline_scenarios::engine::Engine;
use syncline_scenarios::house::How;
use syncline_scenarios::world::TGT;
use syncline_scenarios::world::db::Db;
use syncline_scenarios::world::directory::{Entry, nickname};

use crate::config;
use crate::history::{play, settle, step};
use crate::worlds::{engine, tree};

/// What was known before a run.
struct Before {
    db: Db,
    names: BTreeMap<CsId, String>,
}

impl Before {
    fn of(house: &Engine) -> Self {
        let db = house.world.db.clone();
        let names = db.cs.keys().map(|cs| (*cs, house.world.dn(*cs)));
        Self {
            names: names.collect(),
            db,
        }
    }
}

/// The id of an object, also of one that is gone.
fn id_of(house: &Engine, before: &Before, cs: CsId) -> Anchor {
    let now = house.world.db.anchor(cs).or_else(|| before.db.anchor(cs));
    now.cloned().expect("who is referred to has an id")
}

/// The image of an object that is to be made again, as it was imported.
fn image(house: &Engine, before: &Before, cs: CsId) -> Entry {
    let object = &before.db.cs[&cs];
    let object_type = object
        .row
        .object_type
        .and_then(|t| house.world.types.name(t));
    let mut entry = Entry::new(object_type.expect("it has a type"), &before.names[&cs]);
    for (attr, values) in object.body.attrs.iter() {
        let name = house
            .world
            .attrs
            .name(attr)
            .expect("a known attribute")
            .clone();
        entry.attrs.insert(name, values.iter().cloned().collect());
    }
    entry
}

/// Does the inverse of an operation, as its plan tells it.
fn take_back(house: &mut Engine, before: &Before, op: &PlannedOp) {
    let anchor = match &op.op.object {
        ObjectKey::Anchor(anchor) => anchor.clone(),
        new => house.world.db.created[new].clone(),
    };
    match op.verb() {
        Verb::Add => house.directory(TGT).delete(&nickname(&anchor)),
        Verb::Delete => {
            let entry = image(house, before, op.cs);
            house.directory(TGT).put(&nickname(&anchor), entry);
            let references = before
                .db
                .refs
                .iter()
                .filter(|r| r.from == op.cs || r.to == op.cs);
            for reference in references {
                let (from, to) = (
                    id_of(house, before, reference.from),
                    id_of(house, before, reference.to),
                );
                let name = house
                    .world
                    .attrs
                    .name(reference.attr)
                    .expect("a known attribute")
                    .clone();
                let objects = &mut house.directory(TGT).objects;
                let is_there = objects.contains_key(&to);
                // Who is not there yet brings its references along.
                if let Some(entry) = objects.get_mut(&from).filter(|_| is_there) {
                    entry.refs.entry(name).or_default().insert(to);
                }
            }
        }
        Verb::Update => {
            for change in &op.changes {
                let ids = |all: &[CsId]| {
                    all.iter()
                        .map(|cs| id_of(house, before, *cs))
                        .collect::<Vec<_>>()
                };
                let (came, went) = (ids(&change.added), ids(&change.removed));
                let entry = house
                    .directory(TGT)
                    .objects
                    .get_mut(&anchor)
                    .expect("it is there");
                if came.is_empty() && went.is_empty() {
                    match &change.before {
                        Some(values) => {
                            let values = values.iter().cloned().collect();
                            entry.attrs.insert(change.attr.clone(), values);
                        }
                        None => drop(entry.attrs.remove(&change.attr)),
                    }
                    continue;
                }
                let held = entry.refs.entry(change.attr.clone()).or_default();
                held.retain(|to| !came.contains(to));
                held.extend(went);
                entry.refs.retain(|_, to| !to.is_empty());
            }
            if let Some(place) = op
                .place_before
                .as_ref()
                .filter(|_| op.effect.place.is_some())
            {
                let name = format!("{},{}", place.rdn, before.names[&place.parent]);
                house.directory(TGT).rename(&nickname(&anchor), &name);
            }
        }
    }
}

proptest! {
    #![proptest_config(config(150))]

    /// P-26: what a plan says was there before is enough to restore the directory that it was sent to; who was deleted is
    /// made again from what was imported.
    #[test]
    fn p26_the_inverse_of_a_plan_restores_the_directory(
        steps in vec(step(), 1..30),
        kind in tree(),
    ) {
        let mut house = engine(kind);
        play(&mut house, &steps);
        for id in house.directories() {
            house.import(id, How::Delta);
        }
        settle(&mut house, false);
        let before = Before::of(&house);
        let was = house.directory(TGT).objects.clone();

        let sent = house.world.export(TGT);
        let fails = |fact: &String| fact.contains("cd-existing-object") || fact.contains("cd-missing-object");
        prop_assume!(!house.facts().iter().any(fails));
        for op in sent.iter().rev() {
            take_back(&mut house, &before, op);
        }

        let is = house.directory(TGT).objects.clone();
        for (anchor, entry) in &was {
            prop_assert_eq!(is.get(anchor), Some(entry), "{}", nickname(anchor));
        }
        prop_assert_eq!(is.len(), was.len());
    }
}
