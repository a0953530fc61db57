//! The attribute that a name consists of, where it is an ordinary attribute too (OpenLDAP: `uid`, `cn`, `ou`).
//!
//! Invariants: an object always holds the value of its name; a value of that attribute comes and goes with the name
//! in a rename, never before it; a flow that would take the name's value away is refused alone, with its reason.

use syncline_model::connector::Fault;
use syncline_model::dn::Rdn;
use syncline_model::error::ErrorKind;

use super::encode::Encoded;

fn same(value: &[u8], name: &Rdn) -> bool {
    std::str::from_utf8(value).is_ok_and(|text| Rdn::new(name.attr(), text) == *name)
}

/// Puts the value of a new object's name among its attributes.
pub fn name_new(encoded: &mut Encoded, name: &Rdn) {
    reconcile(encoded, name, None);
    let value = name.value().as_bytes().to_vec();
    let named = |attr: &str| attr.eq_ignore_ascii_case(name.attr());
    if let Some(set) = encoded.sets.iter_mut().find(|set| named(&set.attr)) {
        if !set.add.iter().any(|value| same(value, name)) {
            set.add.insert(0, value);
        }
    } else if !encoded.replace.iter().any(|(attr, _)| named(attr)) {
        encoded.replace.push((name.attr().to_owned(), vec![value]));
    }
}

/// Makes the deltas agree with the name an object has and the one it gets.
pub fn reconcile(encoded: &mut Encoded, now: &Rdn, new: Option<&Rdn>) {
    let after = new.unwrap_or(now);
    let renamed = now != after;
    let mut refused = Vec::new();
    encoded.replace.retain_mut(|(attr, values)| {
        if attr.eq_ignore_ascii_case(after.attr()) {
            if !values.iter().any(|value| same(value, after)) {
                refused.push(not_the_name(attr, after));
                return false;
            }
            if renamed {
                // It comes with the new name.
                values.retain(|value| !same(value, after));
            }
        }
        let is_named = attr.eq_ignore_ascii_case(now.attr());
        if is_named && !values.iter().any(|value| same(value, now)) {
            values.push(now.value().as_bytes().to_vec());
        }
        !values.is_empty() || !renamed || !attr.eq_ignore_ascii_case(after.attr())
    });
    for set in &mut encoded.sets {
        if set.refs {
            continue;
        }
        let attr = set.attr.clone();
        let of = |name: &Rdn| attr.eq_ignore_ascii_case(name.attr());
        if of(after) && set.remove.iter().any(|value| same(value, after)) {
            refused.push(not_the_name(&set.attr, after));
            set.remove.retain(|value| !same(value, after));
        }
        if renamed && of(after) {
            set.add.retain(|value| !same(value, after));
        }
        if of(now) {
            set.remove.retain(|value| !same(value, now));
        }
    }
    encoded.refused.extend(refused);
}

/// Whether the value of the old name goes with it: only where the new name is of the same attribute.
pub fn old_value_goes(now: &Rdn, new: &Rdn) -> bool {
    now.attr().eq_ignore_ascii_case(new.attr())
}

fn not_the_name(attr: &str, name: &Rdn) -> Fault {
    Fault::new(
        "export.name_value_differs",
        ErrorKind::InvalidDn,
        format!("{attr} was not written: it is what the object's name consists of, and the flow gives another value."),
        format!("Let the DN expression and the flow to {} give the same value, or take the flow out of the map.", name.attr()),
    )
    .on_attr(attr.into())
}

#[cfg(test)]
mod tests {
    use super::super::encode::SetChange;
    use super::super::session::WriteValues;
    use super::*;

    fn replacing(attr: &str, values: &[&str]) -> Encoded {
        Encoded {
            replace: vec![replaced(attr, values)],
            ..Encoded::default()
        }
    }

    fn replaced(attr: &str, values: &[&str]) -> WriteValues {
        (
            attr.to_owned(),
            values.iter().map(|v| v.as_bytes().to_vec()).collect(),
        )
    }

    fn cn(value: &str) -> Rdn {
        Rdn::new("cn", value)
    }

    #[test]
    fn a_new_object_holds_the_value_of_its_name() {
        let mut without = Encoded::default();
        let mut with_others = replacing("cn", &["ann", "Annie"]);
        let mut with_another = replacing("cn", &["Bob"]);

        name_new(&mut without, &Rdn::new("uid", "ann"));
        name_new(&mut with_others, &cn("Ann"));
        name_new(&mut with_another, &cn("Ann"));

        assert_eq!(without.replace, [replaced("UID", &["ann"])]);
        assert_eq!(with_others.replace, [replaced("cn", &["ann", "Annie"])]);
        assert_eq!(with_another.replace, [replaced("CN", &["Ann"])]);
        assert_eq!(with_another.refused[0].code, "export.name_value_differs");
    }

    #[test]
    fn a_rename_brings_the_new_value_and_takes_the_old_one() {
        let mut whole = replacing("cn", &["New", "Alias"]);
        let mut by_value = Encoded {
            sets: vec![SetChange {
                attr: "cn".into(),
                add: vec![b"New".to_vec(), b"Alias".to_vec()],
                remove: vec![b"Old".to_vec()],
                ..SetChange::default()
            }],
            ..Encoded::default()
        };

        reconcile(&mut whole, &cn("Old"), Some(&cn("New")));
        reconcile(&mut by_value, &cn("Old"), Some(&cn("New")));

        assert_eq!(whole.replace, [replaced("cn", &["Alias", "Old"])]);
        let set = &by_value.sets[0];
        assert_eq!((set.add.len(), set.remove.len()), (1, 0));
        assert!(whole.refused.is_empty() && by_value.refused.is_empty());
    }

    #[test]
    fn the_name_s_value_is_not_taken_away() {
        let mut encoded = replacing("cn", &["Else"]);

        reconcile(&mut encoded, &cn("Ann"), None);

        assert!(encoded.replace.is_empty());
        assert_eq!(encoded.refused[0].code, "export.name_value_differs");
    }

    #[test]
    fn a_name_of_another_attribute_leaves_the_old_value() {
        let uid = Rdn::new("uid", "ann");

        assert!(!old_value_goes(&cn("Ann"), &uid) && old_value_goes(&uid, &Rdn::new("UID", "a")));
        let mut encoded = replacing("cn", &["Ann"]);
        reconcile(&mut encoded, &cn("Ann"), Some(&uid));
        assert_eq!(encoded.replace, [replaced("cn", &["Ann"])]);
    }
}
