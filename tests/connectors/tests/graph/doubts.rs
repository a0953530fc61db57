//! Answers that do not say what was done: a 409 beside a success, a lost create while reads lag, a 409 without end.

use std::time::Duration;

use serde_json::{Value as Json, json};
use syncline_connectors::contract::{AddTrace, Connector, KnownNames, OpOutcome};
use syncline_graph_sim::{Fault, FaultKind};
use syncline_model::op::{Change, Operation};

use crate::world::{World, add_group, add_user, delete, done, refused, text, to, update};

fn members(add: &[&str], remove: &[&str]) -> (&'static str, Change) {
    let refs = |ids: &[&str]| ids.iter().map(|id| to(id)).collect();
    let (add, remove) = (refs(add), refs(remove));
    ("members", Change::Values { add, remove })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_409_that_was_applied_is_a_success_whatever_was_written() {
    let world = World::new(80);
    let (ada, bob, boss) = (world.user("ada"), world.user("bob"), world.user("boss"));
    let (eve, leaver) = (world.user("eve"), world.user("leaver"));
    let connector = world.connector();
    let staff = add_group(1, "staff", vec![members(&[&bob], &[])]);
    let staff = done(&connector, &staff).await.anchor.to_string();
    let led = update(
        &eve,
        "user",
        vec![("manager", Change::Set(vec![to(&boss)]))],
    );
    done(&connector, &led).await;
    let cases: [(&str, &str, Operation); 8] = [
        ("POST", "/users", add_user(2, "new", vec![])),
        ("PATCH", "/groups(", add_group(3, "team", vec![])),
        (
            "PATCH",
            "/users/",
            update(&ada, "user", vec![("jobTitle", text("Analyst"))]),
        ),
        (
            "PATCH",
            "/groups/",
            update(&staff, "group", vec![members(&[&ada, &boss], &[])]),
        ),
        (
            "DELETE",
            "/members/",
            update(&staff, "group", vec![members(&[], &[&bob])]),
        ),
        (
            "PUT",
            "/manager/",
            update(
                &ada,
                "user",
                vec![("manager", Change::Set(vec![to(&boss)]))],
            ),
        ),
        (
            "DELETE",
            "/manager/",
            update(&eve, "user", vec![("manager", Change::Clear)]),
        ),
        ("DELETE", "/users/", delete(&leaver, "user")),
    ];

    for (method, path, operation) in &cases {
        let fault = Fault::once(FaultKind::StatusAfter(409)).on(method, path);
        world.control.arm(&fault).unwrap();
        let outcome = connector.export(operation, &KnownNames).await;
        assert!(world.control.armed().unwrap().is_empty(), "{method} {path}");
        match outcome {
            OpOutcome::Done(applied) => assert!(applied.refused.is_empty(), "{applied:?}"),
            OpOutcome::AlreadyGone => assert_eq!((*method, *path), ("DELETE", "/users/")),
            other => panic!("{method} {path}: {other:?}"),
        }
    }

    world.find("users", "displayName", "new");
    world.find("groups", "displayName", "team");
    let stored = world.find("users", "displayName", "ada");
    assert_eq!(
        (&stored["jobTitle"], &stored["manager"]),
        (&json!("Analyst"), &json!(boss))
    );
    assert_eq!(
        world.find("users", "displayName", "eve")["manager"],
        json!(null)
    );
    let mut held: Vec<Json> = world.find("groups", "displayName", "staff")["members"]
        .as_array()
        .unwrap()
        .clone();
    held.sort_by_key(Json::to_string);
    let mut wanted = vec![json!(ada), json!(boss)];
    wanted.sort_by_key(Json::to_string);
    assert_eq!(held, wanted);
    assert_eq!(world.snapshot()["deletedItems"][0]["id"], json!(leaver));
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_reads_do_not_show_yet_is_found_to_be_ours_and_never_told_a_duplicate() {
    for (seed, kind) in [
        (81, FaultKind::DropAfter),
        (82, FaultKind::StatusAfter(409)),
    ] {
        let world = World::new(seed);
        world.control.set_lag(&world.tenant, &[120_000]).unwrap();
        let mut config = world.config();
        config.settle = Duration::from_secs(300);
        let connector = world.connector_of(config);
        let fault = Fault::once(kind).on("POST", "/users");
        world.control.arm(&fault).unwrap();
        let ada = add_user(1, "ada", vec![("jobTitle", text("Analyst"))]);

        // The second try is told that the name is taken: by what the first one made.
        for _ in 0..2 {
            let outcome = connector.export(&ada, &KnownNames).await;
            assert!(matches!(outcome, OpOutcome::Unknown(_)), "{outcome:?}");
            let trace = connector.trace_add(&ada, &KnownNames).await.unwrap();
            assert_eq!(trace, AddTrace::Absent);
        }
        world.control.set_lag(&world.tenant, &[0]).unwrap();
        let applied = done(&connector, &ada).await;

        let stored = world.find("users", "displayName", "ada");
        assert_eq!(stored["id"], json!(applied.anchor.to_string()));
        assert_eq!(world.snapshot()["users"].as_array().unwrap().len(), 1);
        world.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_whose_create_was_applied_with_a_409_is_ours_though_reads_lag() {
    let world = World::new(83);
    world.control.set_lag(&world.tenant, &[120_000]).unwrap();
    let connector = world.connector();
    let fault = Fault::once(FaultKind::StatusAfter(409)).on("PATCH", "/groups(");
    world.control.arm(&fault).unwrap();
    let staff = add_group(1, "staff", vec![]);

    let outcome = connector.export(&staff, &KnownNames).await;
    assert!(matches!(outcome, OpOutcome::Unknown(_)), "{outcome:?}");
    world.control.set_lag(&world.tenant, &[0]).unwrap();
    let trace = connector.trace_add(&staff, &KnownNames).await.unwrap();

    let id = world.find("groups", "displayName", "staff")["id"].clone();
    match trace {
        AddTrace::Present {
            anchor, differing, ..
        } => {
            assert_eq!((json!(anchor.to_string()), differing), (id, vec![]));
        }
        other => panic!("{other:?}"),
    }
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_made_is_not_ours_after_a_409() {
    let world = World::new(84);
    let stranger = world.user("ada");
    let connector = world.connector();
    let fault = Fault::once(FaultKind::Status(409)).on("POST", "/users");
    world.control.arm(&fault).unwrap();

    let fault = refused(
        &connector,
        &add_user(1, "ada", vec![("jobTitle", text("Analyst"))]),
    )
    .await;

    assert_eq!(fault.code, "export.unique_value_taken");
    assert!(fault.message.contains(&stranger), "{}", fault.message);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_409_without_end_becomes_an_error_that_says_what_to_do() {
    let world = World::new(85);
    let mut recycled = crate::world::user("gone");
    recycled["@deleted"] = json!(true);
    recycled["mailNickname"] = json!("bob");
    let seeded = world
        .control
        .seed(&world.tenant, &json!({"users": [recycled]}))
        .unwrap();
    let recycled = seeded["users"][0].as_str().unwrap();
    let ada = world.user("ada");
    let connector = world.connector();
    world
        .control
        .arm(&Fault::always(FaultKind::Status(409)).on("POST", "/users"))
        .unwrap();
    world
        .control
        .arm(&Fault::always(FaultKind::Status(409)).on("PATCH", "/"))
        .unwrap();

    for add in [add_user(1, "new", vec![]), add_group(2, "staff", vec![])] {
        let fault = refused(&connector, &add).await;
        assert_eq!(fault.code, "export.create_conflict");
        assert!(fault.evidence.contains("request-id") && !fault.next_step.is_empty());
    }
    let fault = refused(&connector, &add_user(3, "bob", vec![])).await;
    assert_eq!(fault.code, "export.unique_value_in_recycle_bin");
    assert!(fault.message.contains(recycled), "{}", fault.message);

    // A change is looked at as long as reads may lag, and is an error from then on.
    let change = update(&ada, "user", vec![("jobTitle", text("Analyst"))]);
    let outcome = connector.export(&change, &KnownNames).await;
    assert!(matches!(outcome, OpOutcome::Unknown(_)), "{outcome:?}");
    let mut config = world.config();
    config.settle = Duration::ZERO;
    let connector = world.connector_of(config);
    let outcome = connector.export(&change, &KnownNames).await;
    assert!(matches!(outcome, OpOutcome::Unknown(_)), "{outcome:?}");
    assert_eq!(
        refused(&connector, &change).await.code,
        "export.state_conflict"
    );
    world.end();
}
