//! Everything that can be wrong with what a profile declares of the metaverse (D-09).
//!
//! Invariants: what is there from the start is declared by nobody; profiles that declare the same attribute say the same of
//! it, so that a value has one type whoever reads it.

use std::collections::BTreeMap;

use syncline_model::metaverse;
use syncline_model::profile::Profile;

use super::check_flows::Finding;

/// Declared attributes of a profile at most.
const ATTRIBUTES_MAX: usize = 2_000;
/// Characters of a name at most.
const NAME_MAX: usize = 128;

/// All findings of a document by itself.
pub(super) fn check(profile: &Profile) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let declared: usize = profile.metaverse.values().map(BTreeMap::len).sum();
    if declared > ATTRIBUTES_MAX {
        let text = format!("A profile declares at most {ATTRIBUTES_MAX} attributes.");
        found.push(("/metaverse".into(), "PF0080", text));
        return found;
    }
    let builtin = metaverse::builtin();
    for (object_type, attrs) in &profile.metaverse {
        if !is_name(object_type) {
            found.push((pointer(object_type, None), "PF0081", name_rule(object_type)));
        }
        for attr in attrs.keys() {
            let at = || pointer(object_type, Some(attr.as_str()));
            if !is_name(attr.as_str()) {
                found.push((at(), "PF0081", name_rule(attr.as_str())));
            } else if builtin.attr(object_type, attr).is_some() {
                let text = format!("The metaverse has `{attr}` of its own; leave it out here.");
                found.push((at(), "PF0082", text));
            }
        }
    }
    found
}

/// Declarations that other profiles contradict.
pub(super) fn beside(profile: &Profile, others: &[&Profile]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (object_type, attrs) in &profile.metaverse {
        for (attr, def) in attrs {
            let differs = |other: &&&Profile| {
                let theirs = other.metaverse.get(object_type).and_then(|a| a.get(attr));
                theirs.is_some_and(|theirs| theirs != def)
            };
            if let Some(other) = others.iter().find(differs) {
                let text = format!(
                    "The profile \u{201c}{}\u{201d} declares `{attr}` with another type: an attribute has one.",
                    other.name
                );
                found.push((pointer(object_type, Some(attr.as_str())), "PF0083", text));
            }
        }
    }
    found
}

fn name_rule(name: &str) -> String {
    format!(
        "`{name}` is no name: one begins with a letter, goes on with letters, digits, `-` and `_`, and has at most {NAME_MAX} \
         characters."
    )
}

fn is_name(name: &str) -> bool {
    let rest = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= NAME_MAX
        && name.chars().all(rest)
}

fn pointer(object_type: &str, attr: Option<&str>) -> String {
    let step = |name: &str| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let attr = attr.map(step).unwrap_or_default();
    format!("/metaverse{}{attr}", step(object_type))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn profile(name: &str, metaverse: Value) -> Profile {
        serde_json::from_value(json!({"name": name, "metaverse": metaverse})).unwrap()
    }

    fn codes(found: &[Finding]) -> Vec<(&str, &str)> {
        found.iter().map(|f| (f.0.as_str(), f.1)).collect()
    }

    #[test]
    fn what_is_there_from_the_start_is_not_declared_and_names_are_names() {
        let of = |metaverse: Value| check(&profile("P", metaverse));
        let text = json!({"type": "string"});

        assert_eq!(
            of(json!({"person": {"cloudFiltered": {"type": "boolean"}}})),
            []
        );
        let mail = of(json!({"person": {"mail": text}}));
        assert_eq!(codes(&mail), [("/metaverse/person/mail", "PF0082")]);
        let spaced = of(json!({"person": {"a/b": text}}));
        assert_eq!(codes(&spaced), [("/metaverse/person/a~1b", "PF0081")]);
        assert_eq!(of(json!({"printer": {"mail": text}})), []);
    }

    #[test]
    fn profiles_that_declare_the_same_say_the_same() {
        let one = profile("One", json!({"person": {"badge": {"type": "integer"}}}));
        let same = profile("Same", json!({"person": {"BADGE": {"type": "integer"}}}));
        let other = profile(
            "Other",
            json!({"person": {"badge": {"type": "integer", "multi": true}}}),
        );

        assert_eq!(beside(&one, &[&same]), []);
        let found = beside(&one, &[&same, &other]);

        assert_eq!(codes(&found), [("/metaverse/person/badge", "PF0083")]);
        assert!(found[0].2.contains("Other"), "{}", found[0].2);
    }
}
