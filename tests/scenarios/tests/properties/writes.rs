//! What is written: only what is managed, only so often, and nothing for nothing (P-16, P-18, P-24).

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use syncline_model::AttrName;
use syncline_model::op::{Change, ObjectKey, OpKind, Operation, Placement};
use syncline_model::profile::{Flow, Profile};
use syncline_scenarios::House;
use syncline_scenarios::house::How;
use syncline_scenarios::world::TGT;
use syncline_scenarios::world::directory::Entry;

use crate::agreement::agree;
use crate::config;
use crate::history::{self, Edit, Step, edit, outside, play, settle, step};
use crate::worlds::{Kind, both, both_with, fair_manners, kind, save};

/// What is managed of each object type of the target.
type Managed = BTreeMap<String, BTreeSet<AttrName>>;

fn managed(rules: &str) -> Managed {
    let profile: Profile = serde_json::from_str(rules).expect("a profile");
    let mut managed = Managed::new();
    for part in &profile.outbound {
        let disables = part.disable.iter().flat_map(|disable| &disable.flows);
        let flows = part.flows.iter().chain(disables);
        let active = flows.filter(|flow: &&Flow| flow.expr.as_deref() != Some("ignore"));
        let of_type = managed.entry(part.object_type.clone()).or_default();
        of_type.extend(active.map(|flow| flow.to.clone()));
    }
    managed
}

/// Rules whose outbound flow to an attribute is gone, or says that it is not managed.
fn giving_up(rules: &str, attr: &str, removes: bool) -> String {
    let mut rules: Json = serde_json::from_str(rules).expect("a profile");
    let parts = rules["outbound"].as_array_mut().expect("parts");
    for part in parts {
        let flows = part["flows"].as_array_mut().expect("flows");
        match removes {
            true => flows.retain(|flow| flow["to"] != attr),
            false => flows
                .iter_mut()
                .filter(|flow| flow["to"] == attr)
                .for_each(|flow| *flow = json!({"to": attr, "expr": "ignore"})),
        }
    }
    rules.to_string()
}

/// The attributes in which two images differ, but for references to who is gone, which a directory takes out itself.
fn touched(
    was: &Entry,
    now: &Entry,
    is_there: impl Fn(&syncline_model::Anchor) -> bool,
) -> BTreeSet<AttrName> {
    let attrs = was.attrs.keys().chain(now.attrs.keys());
    let attrs = attrs.filter(|name| was.attrs.get(*name) != now.attrs.get(*name));
    let left = |entry: &Entry, name: &AttrName| -> BTreeSet<syncline_model::Anchor> {
        let to = entry.refs.get(name).into_iter().flatten();
        to.filter(|to| is_there(to)).cloned().collect()
    };
    let refs = was.refs.keys().chain(now.refs.keys());
    let refs = refs.filter(|name| left(was, name) != left(now, name));
    attrs.chain(refs).cloned().collect()
}

/// Exports, and looks at what became of everything that was there.
fn export_touches_only(house: &mut dyn House, managed: &Managed) -> Result<(), TestCaseError> {
    let linked = house.linked(TGT);
    let before = house.directory(TGT).objects.clone();
    house.export(TGT, &|_| true);
    let after = house.directory(TGT).objects.clone();
    let none = Entry::new("ou", "");
    for (anchor, now) in &after {
        let was = before.get(anchor).unwrap_or(&none);
        let touched = touched(was, now, |to| after.contains_key(to));
        let is_new = !before.contains_key(anchor);
        let is_named_anew = !is_new && was.dn != now.dn;
        let untouched = touched.is_empty() && !is_named_anew;
        prop_assert!(
            untouched || is_new || linked.contains(anchor),
            "an object without a link"
        );
        let of_type = managed.get(&now.object_type).cloned().unwrap_or_default();
        prop_assert!(
            touched.is_subset(&of_type),
            "{:?} of a {}",
            touched,
            now.object_type
        );
    }
    let gone = before.keys().filter(|anchor| !after.contains_key(*anchor));
    for anchor in gone {
        prop_assert!(linked.contains(anchor), "who has no link was deleted");
    }
    Ok(())
}

/// What can happen in the sources.
fn source_edit() -> impl Strategy<Value = Edit> {
    edit().prop_filter("in a source", |edit| {
        !matches!(
            edit,
            Edit::Stranger(..)
                | Edit::Drift(_)
                | Edit::TargetGone(_)
                | Edit::TargetMail(..)
                | Edit::Title(_)
        )
    })
}

/// One attribute with its change, or a name.
type Written = Result<(AttrName, Change), Placement>;

/// What an operation writes: one entry an attribute, and one for a name.
fn writes(op: &Operation) -> Vec<(ObjectKey, Written)> {
    let place = match &op.kind {
        OpKind::Update { place, .. } => place.clone(),
        OpKind::Add { .. } | OpKind::Delete { .. } => return Vec::new(),
    };
    let attrs = op.deltas.iter().cloned().map(Ok);
    let all = attrs.chain(place.map(Err));
    all.map(|what| (op.object.clone(), what)).collect()
}

proptest! {
    #![proptest_config(config(80))]

    /// P-16: an attribute without an active flow, and an object without a link, is never written.
    #[test]
    fn p16_what_is_not_managed_is_not_touched(
        steps in vec(step(), 1..20),
        later in vec(step(), 1..15),
        kind in kind(),
        manners in fair_manners(),
        attr in prop_oneof![Just("department"), Just("mail"), Just("manager"), Just("member")],
        removes in any::<bool>(),
    ) {
        let mut houses = both_with(kind, manners);
        let rules = kind.rules();
        let fewer = giving_up(&rules, attr, removes);
        for house in houses.iter_mut() {
            let mut now = managed(&rules);
            for (n, step) in steps.iter().chain(&later).enumerate() {
                if n == steps.len() {
                    save(house.as_mut(), kind, &fewer);
                    // What was staged under other rules is not sent (T-13).
                    settle(house.as_mut(), false);
                    now = managed(&fewer);
                }
                match step {
                    Step::Export => export_touches_only(house.as_mut(), &now)?,
                    step => step.take(house.as_mut()),
                }
            }
            settle(house.as_mut(), false);
            export_touches_only(house.as_mut(), &now)?;
        }
        agree(&houses, &"the last export");
    }

    /// P-18: a directory that takes back every change is sent no value more often than its limit says.
    #[test]
    fn p18_what_is_taken_back_is_written_so_often_and_no_more(
        steps in vec(step(), 0..20),
        phases in vec(vec(source_edit(), 1..4), 1..4),
        kind in kind(),
        limit in 1..4u8,
    ) {
        let mut houses = both(kind);
        for house in houses.iter_mut() {
            house.contest_limit(limit);
            play(house.as_mut(), &steps);
            history::rest(house.as_mut());
            house.directory(TGT).reverts = true;
            for phase in &phases {
                phase.iter().for_each(|edit| outside(house.as_mut(), edit));
                let mut written: BTreeMap<_, u8> = BTreeMap::new();
                for _ in 0..limit + 3 {
                    for id in house.directories() {
                        house.import(id, How::Delta);
                    }
                    settle(house.as_mut(), false);
                    for op in house.export(TGT, &|_| true) {
                        for write in writes(&op) {
                            let times = written.entry(write).or_default();
                            *times += 1;
                            prop_assert!(*times <= limit, "{}", house.describe(&op));
                        }
                    }
                }
            }
        }
        // Not that they agree: whom a name belongs to that somebody was given up with is told nowhere (D-48, D-41).
    }

    /// P-24: an operation that is planned on what the directory holds changes it; there is one an object and pass; of several
    /// values only those that come and go are sent.
    #[test]
    fn p24_no_operation_is_without_effect_or_more_than_it_needs(
        steps in vec(step(), 1..30),
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
                settle(house.as_mut(), false);
                minimal(house.as_mut(), kind)?;
            }
        }
    }
}

fn minimal(house: &mut dyn House, kind: Kind) -> Result<(), TestCaseError> {
    let staged = house.staged();
    let slots: BTreeSet<(ObjectKey, u8)> = staged
        .iter()
        .map(|op| (op.object.clone(), op.pass))
        .collect();
    prop_assert_eq!(
        slots.len(),
        staged.len(),
        "one operation an object and pass in {:?}",
        kind
    );
    for op in staged {
        let several = |name: &AttrName| ["member", "proxyAddresses"].contains(&name.as_str());
        let changes = matches!(op.kind, OpKind::Update { .. });
        for (name, change) in op
            .deltas
            .iter()
            .filter(|(name, _)| changes && several(name))
        {
            let replaces = matches!(change, Change::Set(_));
            prop_assert!(!replaces, "{} is replaced: {}", name, house.describe(&op));
        }
        let before = house.directory(TGT).objects.clone();
        let sent = house.export(TGT, &|one| one.hash() == op.hash());
        let refused = house
            .facts()
            .iter()
            .any(|fact| fact.contains("cd-existing"));
        let changed = house.directory(TGT).objects != before;
        prop_assert!(
            sent.is_empty() || refused || changed,
            "{}",
            house.describe(&op)
        );
    }
    Ok(())
}
