//! Writing: created, changed, deleted, restored; answers lost, requests throttled.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use syncline_connectors::contract::{AddTrace, Connector, KnownNames, OpOutcome};
use syncline_graph_sim::{Fault, FaultKind, RetryAfter};
use syncline_model::op::{Change, OpValue};
use syncline_model::value::Value;

use crate::world::{World, add_group, add_user, delete, done, flag, refused, text, to, update};

#[tokio::test(flavor = "multi_thread")]
async fn a_user_and_a_group_are_created_with_their_references() {
    let world = World::new(40);
    let boss = world.user("boss");
    let connector = world.connector();
    let ada = add_user(
        1,
        "ada",
        vec![
            ("extensionAttribute1", text("one")),
            ("extensionAttribute2", text("two")),
            ("manager", Change::Set(vec![to(&boss)])),
            (
                "otherMails",
                Change::Set(vec![OpValue::Value(Value::text("a@else.test"))]),
            ),
        ],
    );

    let ada = done(&connector, &ada).await;
    let staff = add_group(
        2,
        "staff",
        vec![(
            "members",
            Change::Values {
                add: vec![to(&ada.anchor.to_string()), to(&boss)],
                remove: vec![],
            },
        )],
    );
    let staff = done(&connector, &staff).await;

    assert!(ada.refused.is_empty() && staff.refused.is_empty());
    let stored = world.find("users", "displayName", "ada");
    assert_eq!(stored["id"], json!(ada.anchor.to_string()));
    assert_eq!(stored["manager"], json!(boss));
    assert_eq!(
        stored["onPremisesExtensionAttributes"],
        json!({"extensionAttribute1": "one", "extensionAttribute2": "two"})
    );
    let group = world.find("groups", "displayName", "staff");
    assert_eq!(group["members"].as_array().unwrap().len(), 2);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_writes_only_what_it_names_and_disables() {
    let world = World::new(41);
    let seeded = world.control.seed(&world.tenant, &json!({"users": [{
        "displayName": "Ada", "mailNickname": "ada", "accountEnabled": true, "department": "Old",
        "userPrincipalName": "ada@contoso.test", "otherMails": ["a@else.test", "b@else.test"],
        "onPremisesExtensionAttributes": {"extensionAttribute1": "one", "extensionAttribute2": "two"},
    }]}));
    let id = seeded.unwrap()["users"][0].as_str().unwrap().to_owned();
    let connector = world.connector();
    let value = |text: &str| OpValue::Value(Value::text(text));

    let change = update(
        &id,
        "user",
        vec![
            ("accountEnabled", flag(false)),
            ("department", Change::Clear),
            ("extensionAttribute2", text("zwei")),
            (
                "otherMails",
                Change::Values {
                    add: vec![value("c@else.test")],
                    remove: vec![value("A@else.test")],
                },
            ),
        ],
    );
    done(&connector, &change).await;

    let stored = world.find("users", "displayName", "Ada");
    assert_eq!(
        (&stored["accountEnabled"], &stored["department"]),
        (&json!(false), &json!(null))
    );
    assert_eq!(
        stored["onPremisesExtensionAttributes"],
        json!({"extensionAttribute1": "one", "extensionAttribute2": "zwei"})
    );
    assert_eq!(stored["otherMails"], json!(["b@else.test", "c@else.test"]));
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_a_create_is_resolved_by_our_own_keys_and_nothing_is_created_twice() {
    let world = World::new(42);
    let connector = world.connector();
    for (number, kind) in [
        FaultKind::DropAfter,
        FaultKind::StatusAfter(504),
        FaultKind::Truncate(20),
    ]
    .into_iter()
    .enumerate()
    {
        let number = u8::try_from(number).unwrap();
        let name = format!("lost{number}");
        world
            .control
            .arm(&Fault::once(kind.clone()).on("POST", "/users"))
            .unwrap();
        let applied = done(&connector, &add_user(number, &name, vec![])).await;
        let stored = world.find("users", "displayName", &name);
        assert_eq!(stored["id"], json!(applied.anchor.to_string()));

        let group = format!("group{number}");
        world
            .control
            .arm(&Fault::once(kind).on("PATCH", "/groups("))
            .unwrap();
        let applied = done(&connector, &add_group(number, &group, vec![])).await;
        let stored = world.find("groups", "displayName", &group);
        assert_eq!(stored["id"], json!(applied.anchor.to_string()));
    }
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_was_lost_before_it_was_carried_out_stays_unknown_and_traces_as_absent() {
    let world = World::new(43);
    let connector = world.connector();
    world
        .control
        .arm(&Fault::once(FaultKind::DropBefore).on("POST", "/users"))
        .unwrap();
    let ada = add_user(1, "ada", vec![]);

    let outcome = connector.export(&ada, &KnownNames).await;

    assert!(matches!(outcome, OpOutcome::Unknown(_)), "{outcome:?}");
    assert_eq!(
        connector.trace_add(&ada, &KnownNames).await.unwrap(),
        AddTrace::Absent
    );
    let applied = done(&connector, &ada).await;
    let trace = connector.trace_add(&ada, &KnownNames).await.unwrap();
    assert!(
        matches!(trace, AddTrace::Present { anchor, differing, .. } if anchor == applied.anchor && differing.is_empty())
    );
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lags_is_waited_for_and_never_taken_for_gone() {
    let world = World::new(44);
    let switches = syncline_graph_sim::Switches {
        writes_look_in_replicas: true,
        ..syncline_graph_sim::Switches::default()
    };
    world
        .control
        .set_switches(&world.tenant, &switches)
        .unwrap();
    world.control.set_lag(&world.tenant, &[300]).unwrap();
    let connector = world.connector();
    let ada = done(&connector, &add_user(1, "ada", vec![]))
        .await
        .anchor
        .to_string();

    let applied = done(
        &connector,
        &add_group(
            2,
            "staff",
            vec![(
                "members",
                Change::Values {
                    add: vec![to(&ada)],
                    remove: vec![],
                },
            )],
        ),
    )
    .await;
    done(
        &connector,
        &update(&ada, "user", vec![("jobTitle", text("Analyst"))]),
    )
    .await;

    assert!(applied.refused.is_empty(), "{:?}", applied.refused);
    assert_eq!(
        world.find("users", "displayName", "ada")["jobTitle"],
        json!("Analyst")
    );
    assert_eq!(
        world.find("groups", "displayName", "staff")["members"],
        json!([ada])
    );
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_lies_in_the_recycle_bin_and_its_immutable_id_restores_it() {
    let world = World::new(45);
    let connector = world.connector();
    let immutable = || ("onPremisesImmutableId", text("aW1tdXRhYmxl"));
    let first = done(&connector, &add_user(1, "ada", vec![immutable()])).await;
    let id = first.anchor.to_string();

    done(&connector, &delete(&id, "user")).await;
    assert_eq!(world.snapshot()["deletedItems"][0]["id"], json!(id));
    let gone = connector.export(&delete(&id, "user"), &KnownNames).await;
    assert_eq!(gone, OpOutcome::AlreadyGone);
    let late = refused(
        &connector,
        &update(&id, "user", vec![("jobTitle", text("x"))]),
    )
    .await;
    assert_eq!(late.code, "export.object_in_recycle_bin");
    let again = done(&connector, &add_user(1, "ada2", vec![immutable()])).await;

    assert_eq!(again.anchor, first.anchor);
    assert_eq!(
        world.find("users", "userPrincipalName", "ada2@contoso.test")["id"],
        json!(id)
    );
    assert_eq!(world.snapshot()["deletedItems"], json!([]));
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn members_go_out_by_twenty_and_a_bad_one_is_found() {
    let world = World::new(46);
    let made = world.control.generate(&world.tenant, 45, 1, 2).unwrap();
    let users: Vec<String> = made["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect();
    let group = made["groups"][0].as_str().unwrap();
    let unified = world.control.seed(&world.tenant, &json!({"groups": [{
        "displayName": "Team", "mailNickname": "team", "mailEnabled": true, "securityEnabled": false, "groupTypes": ["Unified"],
    }]})).unwrap();
    let nobody = "00000000-0000-4000-8000-000000000000";
    let mut members: Vec<OpValue> = users.iter().map(|id| to(id)).collect();
    members.insert(7, to(unified["groups"][0].as_str().unwrap()));
    members.insert(30, to(nobody));
    let connector = world.connector();
    let remove = vec![to(&users[44]), to(nobody)];

    let applied = done(
        &connector,
        &update(
            group,
            "group",
            vec![(
                "members",
                Change::Values {
                    add: members[..46].to_vec(),
                    remove,
                },
            )],
        ),
    )
    .await;

    let codes: BTreeSet<&str> = applied
        .refused
        .iter()
        .map(|fault| fault.code.as_ref())
        .collect();
    assert_eq!(
        codes,
        BTreeSet::from(["export.member_not_allowed", "export.reference_missing"])
    );
    assert_eq!(applied.refused.len(), 2);
    let stored = world.find("groups", "displayName", "Group 0");
    assert_eq!(stored["members"].as_array().unwrap().len(), 44);
    done(
        &connector,
        &update(
            group,
            "group",
            vec![("members", Change::Set(vec![to(&users[3])]))],
        ),
    )
    .await;
    assert_eq!(
        world.find("groups", "displayName", "Group 0")["members"],
        json!([users[3]])
    );
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_operations_at_once_travel_in_batches_and_only_failed_ones_go_again() {
    let world = World::new(47);
    let made = world.control.generate(&world.tenant, 40, 0, 0).unwrap();
    let ids: Vec<String> = made["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect();
    for (after, form) in [
        (3, RetryAfter::Seconds),
        (9, RetryAfter::Date),
        (15, RetryAfter::Absent),
    ] {
        let mut fault =
            Fault::once(FaultKind::Throttle { seconds: 1, form }).on("PATCH", "/users/");
        fault.after = after;
        world.control.arm(&fault).unwrap();
    }
    let mut fault = Fault::once(FaultKind::Status(503)).on("PATCH", "/users/");
    fault.after = 21;
    world.control.arm(&fault).unwrap();
    let connector = world.connector();
    connector.describe().await.unwrap();

    let exports = ids.iter().map(|id| {
        let (connector, id) = (Arc::clone(&connector), id.clone());
        tokio::spawn(async move {
            done(
                &connector,
                &update(&id, "user", vec![("jobTitle", text("Analyst"))]),
            )
            .await
        })
    });
    for export in exports.collect::<Vec<_>>() {
        export.await.unwrap();
    }

    let snapshot = world.snapshot();
    assert!(
        snapshot["users"]
            .as_array()
            .unwrap()
            .iter()
            .all(|user| user["jobTitle"] == "Analyst")
    );
    let log = world.control.log(0).unwrap();
    let writes = log.iter().filter(|entry| entry.method == "PATCH").count();
    let batches: BTreeSet<u64> = log.iter().filter_map(|entry| entry.batch).collect();
    assert_eq!(writes, 44, "40 and the four that failed");
    assert!((1..=8).contains(&batches.len()), "{batches:?}");
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_are_set_and_taken_away() {
    let world = World::new(48);
    let (ada, boss) = (world.user("ada"), world.user("boss"));
    let connector = world.connector();

    done(
        &connector,
        &update(
            &ada,
            "user",
            vec![("manager", Change::Set(vec![to(&boss)]))],
        ),
    )
    .await;
    assert_eq!(
        world.find("users", "displayName", "ada")["manager"],
        json!(boss)
    );
    done(
        &connector,
        &update(&ada, "user", vec![("manager", Change::Clear)]),
    )
    .await;
    done(
        &connector,
        &update(&ada, "user", vec![("manager", Change::Clear)]),
    )
    .await;

    assert_eq!(
        world.find("users", "displayName", "ada")["manager"],
        json!(null)
    );
    world.end();
}
