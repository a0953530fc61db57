//! What every directory does with an operation, whatever kind it is; read back with another client.

use syncline_connector_tests::*;
use syncline_connectors::contract::{AddTrace, Connector, KnownNames, OpOutcome};
use syncline_ldap_proxy::Fault;
use syncline_model::Anchor;
use syncline_model::error::ErrorKind;
use syncline_model::import::ObjectName;
use syncline_model::op::Change;

async fn a_new_person_has_an_id_and_what_was_written_is_read_again(kind: Kind) {
    let target = Target::start(kind);

    let applied = done(&target.connector, &target.add_person("ann")).await;

    let dn = target.dn("ann");
    assert_eq!(applied.anchor, target.id(&dn));
    assert_eq!(applied.dn, Some(dn.parse().unwrap()));
    assert!(!applied.no_op);
    let read = target.import().await;
    assert!(read.errors.is_empty(), "{:?}", read.errors);
    assert_eq!(read.at(&dn).anchor, applied.anchor);
    assert_eq!(text(read.at(&dn), "title"), Some("new"));
}

async fn attributes_are_set_replaced_and_cleared(kind: Kind) {
    let target = Target::start(kind);
    let ann = done(&target.connector, &target.add_person("ann"))
        .await
        .anchor;
    let change = |title: (_, Change), name| {
        update(
            target.person,
            &ann,
            None,
            vec![title, set_text("displayName", name)],
        )
    };

    let first = change(set_text("title", "Engineer"), "Ann");
    let first = done(&target.connector, &first).await;
    let second = change(("title".into(), Change::Clear), "Ann Łukasz");
    done(&target.connector, &second).await;
    let again = done(&target.connector, &second).await;

    assert_eq!((first.anchor, again.anchor), (ann.clone(), ann));
    let read = target.import().await;
    let object = read.at(&target.dn("ann"));
    assert_eq!(text(object, "displayName"), Some("Ann Łukasz"));
    assert_eq!(text(object, "title"), None);
}

async fn members_come_and_go_and_a_second_time_is_harmless(kind: Kind) {
    let target = Target::start(kind);
    let mut people = vec![];
    for name in ["ann", "bob", "cid"] {
        people.push(
            done(&target.connector, &target.add_person(name))
                .await
                .anchor,
        );
    }
    let group = done(&target.connector, &target.add_group("staff", &people[..1])).await;
    let change = |add: &[Anchor], remove: &[Anchor]| {
        let changed = vec![members("member", add, remove)];
        update(target.group, &group.anchor, None, changed)
    };

    let swap = change(&people[1..], &people[..1]);
    done(&target.connector, &swap).await;
    done(&target.connector, &swap).await;

    let read = target.import().await;
    let staff = read.at(&format!("CN=staff,{}", target.home_dn));
    assert_eq!(refs(staff, "member").len(), 2);
    assert_eq!(target.members_of("staff"), 2);
    let gone = Anchor::Guid([0xee; 16]);
    let with_nobody = change(&[people[0].clone(), gone], &[]);
    let outcome = target.connector.export(&with_nobody, &KnownNames).await;
    let OpOutcome::Done(applied) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(applied.refused[0].code, "export.reference_missing");
    assert_eq!(target.members_of("staff"), 3);
}

async fn objects_are_renamed_moved_and_deleted_by_identity(kind: Kind) {
    let target = Target::start(kind);
    let away = target.id(target.away_dn);
    let ann = done(&target.connector, &target.add_person("ann"))
        .await
        .anchor;
    let named = target.rdn("ann-lee");

    let renaming = update(
        target.person,
        &ann,
        Some(place(&target.home, &named)),
        vec![set_text("title", "x")],
    );
    let renamed = done(&target.connector, &renaming).await;
    // Somebody else renames the container in between: the operation still means the same place.
    let (_, above) = target.away_dn.split_once(',').unwrap();
    target
        .tools
        .rename(target.away_dn, "OU=Renamed", None)
        .unwrap();
    let moving = update(target.person, &ann, Some(place(&away, &named)), vec![]);
    let moved = done(&target.connector, &moving).await;
    let again = done(&target.connector, &moving).await;

    assert_eq!(renamed.dn, Some(target.dn("ann-lee").parse().unwrap()));
    let new_dn = format!("{named},OU=Renamed,{above}");
    assert_eq!(moved.dn, Some(new_dn.parse().unwrap()));
    assert!(again.no_op);
    assert_eq!(target.id(&new_dn), ann);
    let deleting = delete(target.person, &ann);
    assert!(!done(&target.connector, &deleting).await.no_op);
    assert_eq!(target.tools.read(&new_dn).unwrap(), None);
    let gone = target.connector.export(&deleting, &KnownNames).await;
    assert_eq!(gone, OpOutcome::AlreadyGone);
}

async fn a_refusal_has_a_code_and_a_next_step_and_leaves_things_as_they_are(kind: Kind) {
    let target = Target::start(kind);
    let nowhere = Anchor::Guid([0xdd; 16]);
    let ann = done(&target.connector, &target.add_person("ann"))
        .await
        .anchor;
    let bob = done(&target.connector, &target.add_person("bob"))
        .await
        .anchor;
    let taken = Some(place(&target.home, &target.rdn("ann")));
    let person = target.person;

    let cases = [
        (
            "name taken",
            target.add_person("ann"),
            "export.name_taken",
            ErrorKind::ObjectExists,
        ),
        (
            "rename to a taken name",
            update(person, &bob, taken, vec![]),
            "export.name_taken",
            ErrorKind::ObjectExists,
        ),
        (
            "no container",
            add(person, &nowhere, &target.rdn("cid"), vec![]),
            "export.parent_missing",
            ErrorKind::ParentMissing,
        ),
        (
            "move to nowhere",
            update(
                person,
                &bob,
                Some(place(&nowhere, &target.rdn("bob"))),
                vec![],
            ),
            "export.parent_missing",
            ErrorKind::ParentMissing,
        ),
        (
            "bad name",
            add(person, &target.home, "cid", vec![]),
            "export.name_invalid",
            ErrorKind::InvalidDn,
        ),
        (
            "object gone",
            update(person, &nowhere, None, vec![set_text("title", "x")]),
            "export.object_missing",
            ErrorKind::ObjectMissing,
        ),
        (
            "not a leaf",
            delete("organizationalUnit", &target.home),
            "export.not_empty",
            ErrorKind::ConstraintViolation,
        ),
        (
            "unknown attribute",
            update(person, &ann, None, vec![set_text("nonsense", "x")]),
            "export.attribute_unknown",
            ErrorKind::SchemaViolation,
        ),
        (
            "password",
            update(person, &ann, None, vec![set_text("userPassword", "x")]),
            "export.attribute_forbidden",
            ErrorKind::Permission,
        ),
    ];
    for (what, operation, code, kind) in cases {
        let fault = rejected(&target.connector, &operation).await;

        assert_eq!(
            (fault.code.as_ref(), fault.kind),
            (code, kind),
            "{what}: {fault:?}"
        );
        assert!(fault.message.ends_with('.') && fault.next_step.ends_with('.'));
    }
    assert_eq!(target.import().await.of_type(person).len(), 2);
}

async fn the_standing_of_an_object_tells_its_place_and_type(kind: Kind) {
    let target = Target::start(kind);
    let ann = done(&target.connector, &target.add_person("ann"))
        .await
        .anchor;
    let standing = async |anchor: &Anchor| {
        let name = ObjectName::Anchor(anchor.clone());
        target.connector.standing(&name).await.unwrap()
    };

    let person = standing(&ann).await.unwrap();
    let unit = standing(&target.home).await.unwrap();

    assert_eq!(
        (person.anchor, person.dn),
        (ann, target.dn("ann").parse().unwrap())
    );
    assert_eq!(person.object_type.as_deref(), Some(target.person));
    assert_eq!(unit.object_type.as_deref(), Some("organizationalUnit"));
    assert!(!person.critical && !person.member_of_cut);
    assert_eq!(standing(&Anchor::Guid([0xee; 16])).await, None);
}

async fn an_add_can_be_traced_and_what_differs_is_named(kind: Kind) {
    let target = Target::start(kind);
    let operation = target.add_person("maybe");
    let trace = async || {
        target
            .connector
            .trace_add(&operation, &KnownNames)
            .await
            .unwrap()
    };

    let before = trace().await;
    let applied = done(&target.connector, &operation).await;
    let after = trace().await;
    target
        .tools
        .replace(&target.dn("maybe"), "title", &["somebody else's"])
        .unwrap();
    let changed = trace().await;

    assert_eq!(before, AddTrace::Absent);
    let AddTrace::Present {
        anchor,
        created,
        differing,
        ..
    } = after
    else {
        panic!("{after:?}");
    };
    assert_eq!(anchor, applied.anchor);
    assert!(created.is_some() && differing.is_empty(), "{differing:?}");
    let AddTrace::Present { differing, .. } = changed else {
        panic!("{changed:?}");
    };
    assert_eq!(differing, ["title".into()]);
}

every_directory!(
    a_new_person_has_an_id_and_what_was_written_is_read_again,
    attributes_are_set_replaced_and_cleared,
    members_come_and_go_and_a_second_time_is_harmless,
    objects_are_renamed_moved_and_deleted_by_identity,
    a_refusal_has_a_code_and_a_next_step_and_leaves_things_as_they_are,
    the_standing_of_an_object_tells_its_place_and_type,
    an_add_can_be_traced_and_what_differs_is_named,
);

/// The kinds whose door has a proxy, which breaks connections.
const BREAKABLE: [Kind; 2] = [
    Kind::ActiveDirectory(Door::WindowsManners(1)),
    Kind::OpenLdap,
];

#[tokio::test(flavor = "multi_thread")]
async fn an_add_whose_answer_was_lost_is_unknown_and_found_by_its_trace() {
    for kind in BREAKABLE {
        let target = Target::start(kind);
        target.connector.describe().await.unwrap();
        let (ann, bob) = (target.add_person("ann"), target.add_person("bob"));

        target.proxy().arm(Fault::AfterWrite(1));
        let answer_lost = target.connector.export(&ann, &KnownNames).await;
        target.proxy().arm(Fault::BeforeWrite(1));
        let request_lost = target.connector.export(&bob, &KnownNames).await;

        for outcome in [answer_lost, request_lost] {
            assert!(matches!(outcome, OpOutcome::Unknown(_)), "{outcome:?}");
        }
        let ann = target.connector.trace_add(&ann, &KnownNames).await.unwrap();
        let there = matches!(&ann, AddTrace::Present { anchor, differing, .. }
            if differing.is_empty() && *anchor == target.id(&target.dn("ann")));
        assert!(there, "{ann:?}");
        let bob = target.connector.trace_add(&bob, &KnownNames).await.unwrap();
        assert_eq!(bob, AddTrace::Absent);
        assert_eq!(target.proxy().writes().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_directory_is_let_rest_and_nothing_is_called_failed() {
    for kind in BREAKABLE {
        let target = Target::start(kind);
        target.connector.describe().await.unwrap();

        target
            .proxy()
            .set_manners(|manners| manners.refused_per_thousand = 1_000);
        let outcome = target
            .connector
            .export(&target.add_person("never"), &KnownNames)
            .await;

        let OpOutcome::Throttled { fault, after } = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(fault.code, "connect.busy");
        assert!(!after.is_zero());
    }
}
