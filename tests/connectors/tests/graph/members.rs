//! Members and managers: what is about the whole group is asked once; what is not there is told from who is not there.

use serde_json::json;
use syncline_connectors::contract::{Connector, KnownNames, OpOutcome};
use syncline_graph_sim::Switches;
use syncline_model::op::{Change, OpValue};

use crate::world::{World, add_group, add_user, done, refused, text, to, update};

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_is_about_the_group_is_one_error_and_one_request() {
    let world = World::new(100);
    let made = world.control.generate(&world.tenant, 45, 0, 0).unwrap();
    let users = made["users"].as_array().unwrap().iter();
    let users: Vec<OpValue> = users.map(|id| to(id.as_str().unwrap())).collect();
    let group = |name: &str, more: &[(&str, serde_json::Value)]| {
        let mut group = json!({
            "displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true,
            "groupTypes": [],
        });
        for (name, value) in more {
            group[*name] = value.clone();
        }
        group
    };
    let rule = [
        ("groupTypes", json!(["DynamicMembership"])),
        ("membershipRule", json!("true")),
    ];
    let list = [
        ("mailEnabled", json!(true)),
        ("securityEnabled", json!(false)),
    ];
    let synced = [("onPremisesSyncEnabled", json!(true))];
    let groups = [
        group("rule", &rule),
        group("list", &list),
        group("synced", &synced),
    ];
    let ids = world
        .control
        .seed(&world.tenant, &json!({"groups": groups}))
        .unwrap();
    let codes = [
        "export.group_membership_by_rule",
        "export.group_read_only",
        "export.mastered_on_premises",
    ];
    let connector = world.connector();
    connector.describe().await.unwrap();

    for (id, code) in ids["groups"].as_array().unwrap().iter().zip(codes) {
        let id = id.as_str().unwrap();
        for (add, remove) in [
            (&users[..], &[][..]),
            (&[], &users[..5]),
            (&users[5..], &users[..5]),
        ] {
            let before = world.control.log(0).unwrap().len();
            let (add, remove) = (add.to_vec(), remove.to_vec());
            let change = vec![("members", Change::Values { add, remove })];
            let fault = refused(&connector, &update(id, "group", change)).await;
            assert_eq!(
                (fault.code.as_ref(), fault.attr),
                (code, Some("members".into()))
            );
            let asked = world.control.log(0).unwrap().len() - before;
            assert_eq!(asked, 1, "{code}");
        }
    }
    // The same of its properties.
    let list = ids["groups"][1].as_str().unwrap();
    let before = world.control.log(0).unwrap().len();
    let change = vec![("description", text("x")), ("displayName", text("y"))];
    let fault = refused(&connector, &update(list, "group", change)).await;
    assert_eq!(fault.code, "export.group_read_only");
    assert_eq!(world.control.log(0).unwrap().len() - before, 1);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_that_is_not_there_is_told_from_a_user_that_is_not_there() {
    let world = World::new(101);
    let connector = world.connector();
    let nobody = "00000000-0000-4000-8000-000000000000";
    let clear = |id: &str| update(id, "user", vec![("manager", Change::Clear)]);

    let gone = refused(&connector, &clear(nobody)).await;
    let removal = Change::Values {
        add: vec![],
        remove: vec![to(&world.user("ada"))],
    };
    let change = update(nobody, "group", vec![("members", removal)]);
    let no_group = refused(&connector, &change).await;

    assert_eq!(gone.code, "export.object_missing");
    assert_eq!(no_group.code, "export.object_missing");
    // Written a moment ago, and without a manager.
    let bob = done(&connector, &add_user(1, "bob", vec![])).await;
    done(&connector, &clear(&bob.anchor.to_string())).await;
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_taken_away_though_its_holder_does_not_show_yet() {
    let world = World::new(102);
    let switches = Switches {
        writes_look_in_replicas: true,
        ..Switches::default()
    };
    world
        .control
        .set_switches(&world.tenant, &switches)
        .unwrap();
    let boss = world.user("boss");
    world.control.set_lag(&world.tenant, &[300]).unwrap();
    let connector = world.connector();
    let manager = vec![("manager", Change::Set(vec![to(&boss)]))];
    let ada = done(&connector, &add_user(1, "ada", manager))
        .await
        .anchor
        .to_string();
    let (add, remove) = (vec![to(&boss), to(&ada)], vec![]);
    let members = vec![("members", Change::Values { add, remove })];
    let staff = done(&connector, &add_group(2, "staff", members))
        .await
        .anchor
        .to_string();

    let cleared = connector
        .export(
            &update(&ada, "user", vec![("manager", Change::Clear)]),
            &KnownNames,
        )
        .await;
    let (add, remove) = (vec![], vec![to(&boss)]);
    let members = vec![("members", Change::Values { add, remove })];
    let left = connector
        .export(&update(&staff, "group", members), &KnownNames)
        .await;

    for outcome in [cleared, left] {
        let is_done = matches!(&outcome, OpOutcome::Done(applied) if applied.refused.is_empty());
        assert!(is_done, "{outcome:?}");
    }
    assert_eq!(
        world.find("users", "displayName", "ada")["manager"],
        json!(null)
    );
    assert_eq!(
        world.find("groups", "displayName", "staff")["members"],
        json!([ada])
    );
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_group_gets_the_members_it_is_to_have_though_no_read_shows_it_yet() {
    let world = World::new(103);
    let boss = world.user("boss");
    world.control.set_lag(&world.tenant, &[120_000]).unwrap();
    let connector = world.connector();
    let members = vec![("members", Change::Set(vec![to(&boss)]))];

    let staff = done(&connector, &add_group(1, "staff", members)).await;

    assert!(staff.refused.is_empty(), "{:?}", staff.refused);
    let stored = world.find("groups", "displayName", "staff");
    assert_eq!(stored["members"], json!([boss]));
    world.end();
}
