//! Values that must be unique: whoever holds them is named, also from the recycle bin.

use serde_json::json;
use syncline_connectors::contract::{Connector, KnownNames, OpOutcome};
use syncline_graph_sim::Switches;
use syncline_model::op::OpKind;

use crate::world::{World, add_user, done, refused, text, update};

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_in_the_recycle_bin_is_named_whatever_it_holds_and_whether_or_not_the_refusal_says_so()
 {
    for (seed, conflicts_have_details) in [(90, true), (91, false)] {
        let world = World::new(seed);
        let switches = Switches {
            conflicts_have_details,
            ..Switches::default()
        };
        world
            .control
            .set_switches(&world.tenant, &switches)
            .unwrap();
        let recycled = |name: &str, nickname: &str| {
            let mut user = crate::world::user(name);
            user["@deleted"] = json!(true);
            user["mailNickname"] = json!(nickname);
            user
        };
        let mut with_mail = recycled("mailed", "mailed");
        with_mail["mail"] = json!("desk@contoso.test");
        let team = json!({
            "@deleted": true, "displayName": "Team", "mailNickname": "team", "mailEnabled": true,
            "securityEnabled": false, "groupTypes": ["Unified"], "mail": "team@contoso.test",
            "proxyAddresses": ["SMTP:team@contoso.test"],
        });
        let seeded = world
            .control
            .seed(
                &world.tenant,
                &json!({"users": [recycled("first", "nick"), with_mail], "groups": [team]}),
            )
            .unwrap();
        let id = |collection: &str, at: usize| seeded[collection][at].as_str().unwrap().to_owned();
        let ada = world.user("ada");
        let connector = world.connector();
        let nickname = || ("mailNickname", text("nick"));
        let cases = [
            (add_user(1, "nick", vec![]), id("users", 0), "mailNickname"),
            (
                add_user(2, "new", vec![("mail", text("Desk@contoso.test"))]),
                id("users", 1),
                "proxyAddresses",
            ),
            (
                add_user(3, "other", vec![("mail", text("team@contoso.test"))]),
                id("groups", 0),
                "proxyAddresses",
            ),
            (
                update(&ada, "user", vec![nickname()]),
                id("users", 0),
                "mailNickname",
            ),
            (
                update(
                    &ada,
                    "user",
                    vec![("jobTitle", text("x")), ("mail", text("desk@contoso.test"))],
                ),
                id("users", 1),
                "mail",
            ),
        ];
        for (operation, holder, attr) in cases {
            let fault = match connector.export(&operation, &KnownNames).await {
                OpOutcome::Rejected(fault) => fault,
                OpOutcome::Done(mut applied) => {
                    assert_eq!(applied.refused.len(), 1, "{applied:?}");
                    applied.refused.remove(0)
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(
                fault.code, "export.unique_value_in_recycle_bin",
                "{fault:?}"
            );
            assert!(fault.message.contains(&holder), "{fault:?}");
            let is_change = matches!(operation.kind, OpKind::Update { .. });
            if conflicts_have_details || is_change {
                assert_eq!(fault.attr, Some(attr.into()), "{fault:?}");
            }
        }
        assert_eq!(
            world.find("users", "displayName", "ada")["jobTitle"],
            json!("x")
        );
        world.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_living_holder_is_named_and_stays_a_stranger() {
    let world = World::new(92);
    let mut held = crate::world::user("held");
    held["mail"] = json!("desk@contoso.test");
    let seeded = world
        .control
        .seed(&world.tenant, &json!({"users": [held]}))
        .unwrap();
    let holder = seeded["users"][0].as_str().unwrap();
    let connector = world.connector();

    let add = add_user(1, "new", vec![("mail", text("desk@contoso.test"))]);
    let fault = refused(&connector, &add).await;

    assert_eq!(fault.code, "export.unique_value_taken");
    assert!(fault.message.contains(holder), "{fault:?}");
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_by_its_name_takes_nothing_else_with_it() {
    let world = World::new(93);
    world.user("held");
    let ada = world.user("ada");
    let connector = world.connector();
    let changes = vec![
        ("department", text("Sales")),
        ("jobTitle", text("Analyst")),
        ("userPrincipalName", text("held@contoso.test")),
    ];

    let applied = done(&connector, &update(&ada, "user", changes)).await;

    let refused: Vec<_> = applied
        .refused
        .iter()
        .map(|fault| (fault.code.as_ref(), fault.attr.clone()))
        .collect();
    let name = Some("userPrincipalName".into());
    assert_eq!(refused, [("export.unique_value_taken", name)]);
    let stored = world.find("users", "displayName", "ada");
    assert_eq!(
        (&stored["department"], &stored["jobTitle"]),
        (&json!("Sales"), &json!("Analyst"))
    );
    world.end();
}
