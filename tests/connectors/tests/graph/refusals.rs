//! Refusals: who masters what, what is taken, what is not allowed, and what is done all the same.

use serde_json::json;
use syncline_connectors::contract::{Connector, KnownNames, OpOutcome};
use syncline_connectors::graph::Authority;
use syncline_model::error::ErrorKind;
use syncline_model::import::ImportMode;
use syncline_model::op::Change;

use crate::world::{World, add_user, anchor, done, imported, refused, text, to, update, user};

fn with(mut object: serde_json::Value, more: &[(&str, serde_json::Value)]) -> serde_json::Value {
    for (name, value) in more {
        object[*name] = value.clone();
    }
    object
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronised_user_takes_only_what_the_cloud_owns() {
    let world = World::new(60);
    let synced = with(user("ada"), &[("onPremisesSyncEnabled", json!(true))]);
    let moved = with(
        user("bob"),
        &[
            ("onPremisesSyncEnabled", json!(true)),
            ("@cloudManaged", json!(true)),
        ],
    );
    let ids = world
        .control
        .seed(&world.tenant, &json!({"users": [synced, moved]}))
        .unwrap();
    let (ada, bob) = (
        ids["users"][0].as_str().unwrap(),
        ids["users"][1].as_str().unwrap(),
    );
    let changes = || vec![("jobTitle", text("Analyst")), ("usageLocation", text("IT"))];

    // Without having read it the refusal tells, with having read it nothing is sent.
    for is_known in [false, true] {
        let connector = world.connector();
        if is_known {
            imported(&connector, ImportMode::Full).await.1.unwrap();
        }
        let before = world.control.log(0).unwrap().len();
        let applied = done(&connector, &update(ada, "user", changes())).await;
        let log = world.control.log(0).unwrap();
        let named = |body: &serde_json::Value| body.get("jobTitle").is_some();
        let sent = log[before..]
            .iter()
            .any(|entry| entry.body.as_ref().is_some_and(named));
        assert_eq!(sent, !is_known, "what is known is not sent");
        let refusals: Vec<_> = applied
            .refused
            .iter()
            .map(|fault| (fault.code.as_ref(), fault.attr.clone()))
            .collect();
        assert_eq!(
            refusals,
            [("export.mastered_on_premises", Some("jobTitle".into()))]
        );
        let job = &"jobTitle".into();
        assert_eq!(
            connector
                .authority("user", &anchor(ada), job)
                .await
                .unwrap(),
            Authority::OnPremises
        );
        assert!(
            done(&connector, &update(bob, "user", changes()))
                .await
                .refused
                .is_empty()
        );
        assert_eq!(
            connector
                .authority("user", &anchor(bob), job)
                .await
                .unwrap(),
            Authority::Graph
        );
    }

    assert_eq!(
        world.find("users", "displayName", "ada")["usageLocation"],
        json!("IT")
    );
    assert_eq!(
        world.find("users", "displayName", "bob")["jobTitle"],
        json!("Analyst")
    );
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attribute_that_exchange_masters_is_parted_from_the_others_and_remembered() {
    let world = World::new(61);
    let masters = json!(["onPremisesExtensionAttributes"]);
    let ada = with(user("ada"), &[("@exchangeMasters", masters)]);
    let ids = world
        .control
        .seed(&world.tenant, &json!({"users": [ada]}))
        .unwrap();
    let ada = ids["users"][0].as_str().unwrap();
    let connector = world.connector();
    let changes = vec![
        ("department", text("Sales")),
        ("extensionAttribute1", text("one")),
        ("jobTitle", text("Analyst")),
    ];

    let applied = done(&connector, &update(ada, "user", changes)).await;

    assert_eq!(applied.refused.len(), 1);
    assert_eq!(applied.refused[0].code, "export.mastered_in_exchange");
    let stored = world.find("users", "displayName", "ada");
    assert_eq!(
        (&stored["department"], &stored["jobTitle"]),
        (&json!("Sales"), &json!("Analyst"))
    );
    let before = world.control.log(0).unwrap().len();
    let again = refused(
        &connector,
        &update(ada, "user", vec![("extensionAttribute1", text("one"))]),
    )
    .await;
    assert_eq!(again.code, "export.mastered_in_exchange");
    assert_eq!(
        world.control.log(0).unwrap().len(),
        before,
        "what is known is not sent"
    );
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_constraint_becomes_a_code_with_its_attribute() {
    let world = World::new(62);
    let taken = world.user("taken");
    let recycled = with(user("recycled"), &[("@deleted", json!(true))]);
    let dynamic = json!({"displayName": "Dynamic", "mailNickname": "dynamic", "mailEnabled": false, "securityEnabled": true, "groupTypes": ["DynamicMembership"], "membershipRule": "true"});
    let list = json!({"displayName": "List", "mailNickname": "list", "mailEnabled": true, "securityEnabled": false, "groupTypes": []});
    let ids = world
        .control
        .seed(
            &world.tenant,
            &json!({"users": [recycled], "groups": [dynamic, list]}),
        )
        .unwrap();
    let group = |at: usize| ids["groups"][at].as_str().unwrap().to_owned();
    let connector = world.connector();
    let members = || Change::Values {
        add: vec![to(&taken)],
        remove: vec![],
    };
    let missing = crate::world::add(
        9,
        "user",
        vec![
            ("displayName", text("x")),
            ("userPrincipalName", text("x@contoso.test")),
        ],
    );
    let cases = [
        (
            add_user(1, "taken", vec![]),
            "export.unique_value_taken",
            Some("userPrincipalName"),
        ),
        (
            add_user(2, "recycled", vec![]),
            "export.unique_value_in_recycle_bin",
            Some("userPrincipalName"),
        ),
        (missing, "export.attribute_required", Some("accountEnabled")),
        (
            update(
                &taken,
                "user",
                vec![("userPrincipalName", text("x@else.test"))],
            ),
            "export.domain_not_verified",
            None,
        ),
        (
            update(&taken, "user", vec![("proxyAddresses", text("x"))]),
            "export.attribute_read_only",
            Some("proxyAddresses"),
        ),
        (
            update(
                &taken,
                "user",
                vec![("manager", Change::Set(vec![to(&taken)]))],
            ),
            "export.member_not_allowed",
            Some("manager"),
        ),
        (
            update(&group(0), "group", vec![("members", members())]),
            "export.group_membership_by_rule",
            Some("members"),
        ),
        (
            update(&group(1), "group", vec![("description", text("x"))]),
            "export.group_read_only",
            Some("description"),
        ),
        (
            update(
                &group(0),
                "group",
                vec![("mailEnabled", crate::world::flag(true))],
            ),
            "export.group_type_fixed",
            Some("mailEnabled"),
        ),
        (
            update(
                "00000000-0000-4000-8000-000000000000",
                "user",
                vec![("city", text("x"))],
            ),
            "export.object_missing",
            None,
        ),
        (
            update(&taken, "contact", vec![("mail", text("x"))]),
            "export.contact_read_only",
            None,
        ),
    ];
    for (operation, code, attr) in cases {
        let fault = refused(&connector, &operation).await;
        assert_eq!(fault.code, code, "{fault:?}");
        if let Some(attr) = attr {
            assert_eq!(fault.attr, Some(attr.into()), "{code}");
        }
        assert!(!fault.next_step.is_empty() && !fault.message.contains("x@else.test"));
    }
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_permission_nothing_is_written_and_the_fault_says_so() {
    let world = World::with_roles(63, &["User.Read.All", "User.EnableDisableAccount.All"]);
    let ada = world.user("ada");
    let connector = world.connector();

    let fault = refused(&connector, &crate::world::delete(&ada, "user")).await;
    let off = connector
        .export(
            &update(
                &ada,
                "user",
                vec![("accountEnabled", crate::world::flag(false))],
            ),
            &KnownNames,
        )
        .await;

    assert_eq!(
        (fault.code.as_ref(), fault.kind),
        ("export.permission_denied", ErrorKind::Permission)
    );
    assert!(
        matches!(off, OpOutcome::Done(_)),
        "the narrow permission suffices: {off:?}"
    );
    world.end_but(&["permission.missing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrow_permission_writes_its_attribute_and_no_other() {
    let roles = ["User.Read.All", "User-Phone.ReadWrite.All"];
    let world = World::with_roles(64, &roles);
    let ada = world.user("ada");
    let connector = world.connector();

    let phone = update(&ada, "user", vec![("mobilePhone", text("7"))]);
    done(&connector, &phone).await;
    let job = update(&ada, "user", vec![("jobTitle", text("Analyst"))]);
    let fault = refused(&connector, &job).await;

    assert_eq!(fault.code, "export.permission_denied");
    let stored = world.find("users", "displayName", "ada");
    assert_eq!(
        (&stored["mobilePhone"], &stored["jobTitle"]),
        (&json!("7"), &json!(null))
    );
    world.end_but(&["permission.missing"]);
}
