//! What fails takes nothing away: P-10.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value as Json, json};
use syncline_model::import::{ImportEntry, ReadError};
use syncline_model::{Anchor, AttrName, DirectoryId};
use syncline_scenarios::House;
use syncline_scenarios::house::How;
use syncline_scenarios::view::{Facts, difference};
use syncline_scenarios::world::TGT;

use crate::agreement::agree;
use crate::config;
use crate::history::{self, play, settle, step};
use crate::worlds::{Kind, both_with, fair_manners, kind, save};

/// Something that goes wrong.
#[derive(Debug, Clone)]
enum Failure {
    /// The connection to a directory drops after so many entries.
    Drops(Index, usize),
    /// These objects of a directory were seen and cannot be read, in a full import or a delta.
    Unreadable(Index, Vec<Index>, bool),
    /// Something of a directory cannot be read, and nobody knows what; nothing else was.
    Nameless(Index),
    /// An object of a directory comes twice, and differs.
    Twice(Index, Index),
    /// A rule fails on everybody: a scope, or the flow of this number.
    Rule(Index, Option<Index>),
    /// A type's attributes were not read yet.
    Unread(Index, Index),
}

fn failure() -> impl Strategy<Value = Failure> {
    let index = any::<Index>;
    prop_oneof![
        (index(), 0..8usize).prop_map(|(d, n)| Failure::Drops(d, n)),
        (index(), vec(index(), 1..4), any::<bool>())
            .prop_map(|(d, some, full)| Failure::Unreadable(d, some, full)),
        index().prop_map(Failure::Nameless),
        (index(), index()).prop_map(|(d, n)| Failure::Twice(d, n)),
        (index(), proptest::option::of(index())).prop_map(|(part, flow)| Failure::Rule(part, flow)),
        (index(), index()).prop_map(|(d, attr)| Failure::Unread(d, attr)),
    ]
}

/// Attributes of which the last complete import may not have known.
const ATTRS: [&str; 8] = [
    "displayName",
    "employeeID",
    "mail",
    "department",
    "manager",
    "givenName",
    "name",
    "member",
];

fn unreadable(anchor: Option<Anchor>) -> ImportEntry {
    ImportEntry::ReadError(ReadError {
        anchor,
        dn: None,
        code: "import.entry_unreadable".into(),
        message: "it could not be read".into(),
    })
}

/// Rules of which one fails on everybody.
fn failing(rules: &str, part: Index, flow: Option<Index>) -> String {
    let mut rules: Json = serde_json::from_str(rules).expect("a profile");
    let inbound = rules["inbound"].as_array().map_or(0, Vec::len);
    let outbound = rules["outbound"].as_array().map_or(0, Vec::len);
    let n = part.index(inbound + outbound);
    let part = match n < inbound {
        true => &mut rules["inbound"][n],
        false => &mut rules["outbound"][n - inbound],
    };
    // References are never computed.
    let computes =
        |flow: &Json| !["manager", "member"].contains(&flow["to"].as_str().unwrap_or_default());
    let flows = part.get_mut("flows").and_then(Json::as_array_mut);
    let mut flows: Vec<&mut Json> = flows
        .into_iter()
        .flatten()
        .filter(|flow| computes(flow))
        .collect();
    match flow.filter(|_| !flows.is_empty()) {
        Some(flow) => {
            let n = flow.index(flows.len());
            let failing = flows[n].as_object_mut().expect("a flow");
            failing.remove("from");
            failing.insert("expr".into(), json!("fail"));
        }
        None => part["scope"] = json!({"expr": "fail"}),
    }
    rules.to_string()
}

fn any_directory(house: &dyn House, index: Index) -> DirectoryId {
    let all = house.directories();
    all[index.index(all.len())]
}

/// Lets it go wrong.
fn go_wrong(house: &mut dyn House, kind: Kind, failure: &Failure) {
    match failure {
        Failure::Drops(d, after) => {
            let id = any_directory(house, *d);
            house.import(id, How::Broken(*after));
        }
        Failure::Unreadable(d, some, full) => {
            let id = any_directory(house, *d);
            let directory = house.directory(id);
            let all: Vec<Anchor> = directory.objects.keys().cloned().collect();
            if all.is_empty() {
                return;
            }
            let bad: Vec<&Anchor> = some.iter().map(|n| &all[n.index(all.len())]).collect();
            let entry = |anchor: &Anchor| match bad.contains(&anchor) {
                true => unreadable(Some(anchor.clone())),
                false => directory.object(anchor),
            };
            let seen = all.iter().filter(|anchor| *full || bad.contains(anchor));
            let entries = seen.map(entry).collect();
            house.import(id, How::Entries(entries, *full));
        }
        Failure::Nameless(d) => {
            let id = any_directory(house, *d);
            house.import(id, How::Entries(vec![unreadable(None)], true));
        }
        Failure::Twice(d, n) => {
            let id = any_directory(house, *d);
            let mut entries = house.directory(id).full();
            if entries.is_empty() {
                return;
            }
            let n = n.index(entries.len());
            let mut other = entries[n].clone();
            if let ImportEntry::Object(object) = &mut other {
                object.attrs.clear();
            }
            entries.push(other);
            house.import(id, How::Entries(entries, true));
        }
        Failure::Rule(part, flow) => save(house, kind, &failing(&kind.rules(), *part, *flow)),
        Failure::Unread(d, attr) => {
            // Of targets the model does not know it.
            let sources = house.directories().into_iter().filter(|id| *id != TGT);
            let sources: Vec<DirectoryId> = sources.collect();
            let id = sources[d.index(sources.len())];
            let unread = ATTRS[attr.index(ATTRS.len())];
            let read = ATTRS
                .iter()
                .chain(&["sn", "title", "info", "proxyAddresses"]);
            let read = read.filter(|name| **name != unread);
            let read: Vec<AttrName> = read.map(AttrName::new).collect();
            let types = ["user", "group", "ou"].map(|name| (name.to_owned(), read.clone()));
            house.has_read(id, Some(BTreeMap::from(types)));
        }
    }
    settle(house, false);
}

/// All that is so, but for what is wrong.
fn but_errors(facts: Facts) -> Facts {
    let mut facts = facts;
    facts.retain(|fact| !fact.starts_with("error: "));
    facts
}

proptest! {
    #![proptest_config(config(80))]

    /// A read error, a rule that fails, a connection that drops, or an attribute that was not read is by itself no reason to
    /// end a link, to take a value back, or to write anything; and when it is mended, all is as it was.
    #[test]
    fn p10_a_failure_by_itself_changes_nothing(
        steps in vec(step(), 1..25),
        failures in vec(failure(), 1..4),
        kind in kind(),
        manners in fair_manners(),
    ) {
        let mut houses = both_with(kind, manners);
        for house in houses.iter_mut() {
            play(house.as_mut(), &steps);
            history::rest(house.as_mut());
        }
        let rest = but_errors(houses[0].facts());
        for failure in &failures {
            for house in houses.iter_mut() {
                go_wrong(house.as_mut(), kind, failure);
                let changed = difference(&rest, &but_errors(house.facts()));
                prop_assert!(changed.is_empty(), "the {} after {:?}: {:#?}", house.name(), failure, changed);
            }
        }
        for house in houses.iter_mut() {
            save(house.as_mut(), kind, &kind.rules());
            for id in house.directories() {
                house.has_read(id, None);
                house.import(id, How::Full);
            }
            settle(house.as_mut(), false);
            let changed = difference(&rest, &but_errors(house.facts()));
            prop_assert!(changed.is_empty(), "the {} once it is mended: {:#?}", house.name(), changed);
        }
        agree(&houses, &"mending");
    }
}
