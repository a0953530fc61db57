//! OpenLDAP protects nothing by itself: place and type decide.

use syncline_model::op::Placement;
use syncline_model::{Anchor, PartId};

use super::*;

const DIRECTORY: DirectoryId = DirectoryId(2);

fn dn(text: &str) -> Dn {
    text.parse().unwrap()
}

fn object(object_type: &str, place: &str) -> ObjectFacts {
    ObjectFacts {
        dn: dn(place),
        object_type: Some(object_type.into()),
        sid: None,
        account_name: None,
        admin_count: false,
        critical: false,
        primary_group: None,
        account_control: 0,
        groups: Some(vec![]),
    }
}

/// Why a person is not put under this name into this container.
fn refused(rdn: &str, parent: ObjectFacts) -> Option<&'static str> {
    let operation = Operation {
        directory: DIRECTORY,
        pass: 1,
        object: ObjectKey::New {
            part: PartId(1),
            source: DirectoryId(1),
            anchor: Anchor::Guid([2; 16]),
        },
        kind: OpKind::Add {
            object_type: "inetOrgPerson".into(),
            place: Some(Placement {
                parent: ObjectKey::Anchor(Anchor::Guid([9; 16])),
                rdn: rdn.into(),
            }),
            password: None,
        },
        deltas: vec![],
    };
    let facts = Facts {
        target: None,
        parent: Some(parent),
    };
    decided(&operation, &facts)
}

/// Why an object is not deleted.
fn kept(object_type: &str, target: ObjectFacts) -> Option<&'static str> {
    let operation = Operation {
        directory: DIRECTORY,
        pass: 1,
        object: ObjectKey::Anchor(Anchor::Guid([1; 16])),
        kind: OpKind::Delete {
            object_type: object_type.into(),
        },
        deltas: vec![],
    };
    let facts = Facts {
        target: Some(target),
        parent: None,
    };
    decided(&operation, &facts)
}

fn decided(operation: &Operation, facts: &Facts) -> Option<&'static str> {
    let policy = Policy::parse(
        r#"
        writes = true
        bases = ["ou=people,dc=lab,dc=test", "cn=system,dc=lab,dc=test"]
        types = ["inetOrgPerson", "groupOfNames"]
        "#,
    )
    .unwrap();
    let domain = Domain {
        directory: DIRECTORY,
        head: dn("dc=lab,dc=test"),
        own_places: false,
    };
    decide(&policy, &domain, operation, facts)
        .err()
        .map(|refusal| refusal.reason)
}

#[test]
fn people_are_named_by_uid_or_cn_and_by_nothing_else() {
    let people = || object("organizationalUnit", "ou=people,dc=lab,dc=test");

    assert_eq!(refused("uid=ann", people()), None);
    assert_eq!(refused("cn=Ann", people()), None);
    for rdn in ["mail=ann@lab.test", "uid=ann+cn=Ann", "uid=ann,ou=x", ""] {
        assert_eq!(refused(rdn, people()), Some("rdn"), "{rdn}");
    }
}

#[test]
fn place_and_type_decide_and_no_name_is_reserved() {
    let person = |place: &str| object("inetOrgPerson", place);

    let reserved = object("organizationalUnit", "cn=system,dc=lab,dc=test");
    assert_eq!(refused("uid=ann", reserved), None);
    assert_eq!(
        refused("uid=ann", object("organization", "dc=lab,dc=test")),
        Some("base")
    );
    let in_place = "uid=ann,ou=people,dc=lab,dc=test";
    assert_eq!(kept("inetOrgPerson", person(in_place)), None);
    assert_eq!(kept("organizationalUnit", person(in_place)), Some("type"));
    assert_eq!(kept("groupOfNames", person(in_place)), Some("type_differs"));
    for (place, reason) in [
        ("uid=ann,ou=hr,dc=lab,dc=test", "base"),
        ("ou=people,dc=lab,dc=test", "base"),
        ("dc=lab,dc=test", "domain_head"),
        ("cn=config", "protected_place"),
    ] {
        assert_eq!(
            kept("inetOrgPerson", person(place)),
            Some(reason),
            "{place}"
        );
    }
}
