//! What holds after every step, whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use syncline_scenarios::House;

/// Checks a house: P-08, P-11, P-12, P-14.
pub fn hold(house: &dyn House) {
    let facts = house.facts();
    let name = house.name();
    let mut links: BTreeMap<&str, usize> = BTreeMap::new();
    for fact in &facts {
        if let Some((object, link)) = fact.split_once(": ")
            && link.contains(" link to ")
        {
            *links.entry(object).or_default() += 1;
            let departs = link.starts_with("Departing");
            let own = facts.iter().filter(|other| **other == *fact).count();
            assert!(departs || own == 1, "{name}: {fact} twice (P-08)");
        }
    }
    // Two objects of one person and type in the target: only while one of them departs.
    for (object, count) in &links {
        let departing = format!("{object}: Departing link to ");
        let departs = facts.iter().any(|fact| fact.starts_with(&departing));
        assert!(
            *count == 1 || departs,
            "{name}: {object} has {count} links (P-08)"
        );
    }
    for fact in &facts {
        let tied = fact
            .strip_prefix("error: ")
            .and_then(|f| f.split_once(" ambiguous-match"));
        if let Some((who, _)) = tied {
            let person = who.strip_prefix("MV ").unwrap_or_default();
            let added = facts.iter().any(|f| {
                f.starts_with("pending: pass 1 add user of ")
                    && f.contains(&format!("of {person}:"))
            });
            assert!(
                person.is_empty() || !added,
                "{name}: {who} is tied and created (P-11)"
            );
            assert!(
                !links.contains_key(who),
                "{name}: {who} is tied and linked (P-11)"
            );
        }
        if let Some(deleted) = fact.strip_prefix("pending: pass 1 delete ") {
            let adopted = format!("TGT {deleted}: Adopted");
            assert!(
                !facts.contains(&adopted),
                "{name}: {deleted} was adopted (P-12)"
            );
        }
    }
    let people: BTreeSet<&str> = facts
        .iter()
        .filter_map(|fact| fact.strip_prefix("MV ")?.split_once(": "))
        .filter(|(_, what)| {
            !what.ends_with(", tombstone") && !what.contains('=') && !what.contains(" -> ")
        })
        .map(|(who, _)| who)
        .collect();
    for fact in facts.iter().filter(|fact| fact.starts_with("MV ")) {
        if let Some((_, to)) = fact.split_once(" -> ") {
            for to in to.split(", ") {
                assert!(people.contains(to), "{name}: {fact} (P-14)");
            }
        }
    }
}

/// The values of the metaverse.
pub fn values(house: &dyn House) -> Vec<String> {
    let facts = house.facts().into_iter();
    facts.filter(|fact| fact.starts_with("MV ")).collect()
}
