//! Signing in: granted, refused, challenged.

use std::collections::BTreeSet;

use serde_json::json;
use syncline_connectors::contract::Connector;
use syncline_graph_sim::{Credential, DeltaOptions, Fault, FaultKind};
use syncline_model::connector::ImportEnd;
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportEntry, ImportMode, ImportRequest};

use crate::world::{ALL_ROLES, World, imported, imported_as, request};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_granted_is_read_from_a_fresh_token() {
    let world = World::new(20);
    let connector = world.connector();

    let before = connector.granted().await.unwrap();
    world
        .control
        .grant(&world.tenant, &world.application, &["User.Read.All"])
        .unwrap();
    let after = connector.granted().await.unwrap();

    let all: BTreeSet<String> = ALL_ROLES.iter().map(|role| (*role).to_owned()).collect();
    assert!(before.readable);
    assert_eq!(before.roles, all);
    assert_eq!(after.roles, BTreeSet::from(["User.Read.All".to_owned()]));
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_says_what_is_wrong() {
    let mut world = World::new(21);
    let nobody = "00000000-0000-4000-8000-000000000000";
    let mut codes = Vec::new();
    for change in 0..3 {
        let mut config = world.config();
        match change {
            0 => config.tenant = nobody.to_owned(),
            1 => config.client_id = nobody.to_owned(),
            _ => config.client_id = world.control.register(&world.credential).unwrap(),
        }
        codes.push(world.connector_of(config).granted().await.unwrap_err());
    }
    world.credential = Credential::generate();
    codes.push(world.connector().identity().await.unwrap_err());

    let told: Vec<_> = codes
        .iter()
        .map(|fault| (fault.code.as_ref(), fault.kind))
        .collect();
    assert_eq!(
        told,
        [
            ("graph.signin_tenant_unknown", ErrorKind::Authentication),
            (
                "graph.signin_application_unknown",
                ErrorKind::Authentication
            ),
            ("graph.signin_consent_missing", ErrorKind::Permission),
            (
                "graph.signin_certificate_refused",
                ErrorKind::Authentication
            ),
        ]
    );
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claims_challenge_and_an_expired_token_are_answered_with_another_token() {
    let world = World::new(22);
    world.user("ada");
    let connector = world.connector();
    connector.identity().await.unwrap();

    world.control.challenge(&world.application).unwrap();
    let (challenged, end) = imported(&connector, ImportMode::Full).await;
    end.unwrap();
    world
        .control
        .arm(&Fault::once(FaultKind::ExpiredToken))
        .unwrap();
    let (expired, end) = imported(&connector, ImportMode::Full).await;
    end.unwrap();

    assert_eq!((challenged.len(), expired.len()), (1, 1));
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_read_is_named_and_the_rest_is_read() {
    let world = World::with_roles(23, &["User.Read.All"]);
    world.user("ada");
    let group = json!({"displayName": "Crew", "mailNickname": "crew", "mailEnabled": false, "securityEnabled": true, "groupTypes": []});
    world
        .control
        .seed(&world.tenant, &json!({"groups": [group]}))
        .unwrap();
    let connector = world.connector();
    let names = |end: &ImportEnd| -> Vec<String> {
        let faults = end.refused.iter();
        faults
            .map(|refused| {
                let fault = &refused.fault;
                assert_eq!(
                    (fault.code.as_ref(), fault.kind),
                    ("import.permission_denied", ErrorKind::Permission)
                );
                refused.object_type.clone()
            })
            .collect()
    };

    let (entries, end) = imported(&connector, ImportMode::Full).await;
    let end = end.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(names(&end), ["contact", "group"]);

    // As long as they may not be read, the others go on from where they were.
    world.user("bob");
    let mark = end.watermark.unwrap();
    let (entries, end) = imported(&connector, ImportMode::Delta(mark)).await;
    let end = end.unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(names(&end), ["contact", "group"]);

    // And once they may, everything is read: what went meanwhile shows by its absence only.
    let mark = end.watermark.unwrap();
    let granted = ["User.Read.All", "Group.Read.All", "OrgContact.Read.All"];
    world
        .control
        .grant(&world.tenant, &world.application, &granted)
        .unwrap();
    connector.granted().await.unwrap();
    let (_, end) = imported(&connector, ImportMode::Delta(mark)).await;
    assert_eq!(end.unwrap_err().code, "import.watermark_expired");
    let (entries, end) = imported(&connector, ImportMode::Full).await;
    assert_eq!((entries.len(), end.unwrap().refused), (3, vec![]));
    world.end_but(&["permission.missing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_walk_that_broke_off_are_never_taken_for_all() {
    let world = World::new(24);
    let ids: Vec<String> = (0..30).map(|n| world.user(&format!("u{n}"))).collect();
    let group = json!({"displayName": "Crew", "mailNickname": "crew", "mailEnabled": false, "securityEnabled": true, "groupTypes": [], "members": ids});
    let other = json!({"displayName": "Other", "mailNickname": "other", "mailEnabled": false, "securityEnabled": true, "groupTypes": []});
    world
        .control
        .seed(&world.tenant, &json!({"groups": [group, other]}))
        .unwrap();
    let pages = DeltaOptions {
        page_size: 1,
        ..DeltaOptions::default()
    };
    world.control.set_delta(&world.tenant, &pages).unwrap();
    let broken = Fault {
        after: 1,
        ..Fault::always(FaultKind::Truncate(60)).on("GET", "/groups")
    };
    world.control.arm(&broken).unwrap();

    // Nothing waits for a page to be full: what was handed out would be seen.
    let wanted = ImportRequest {
        page_size: 1,
        ..request(ImportMode::Full)
    };
    let (entries, end) = imported_as(&world.connector(), wanted).await;

    assert_eq!(end.unwrap_err().kind, ErrorKind::Connection);
    let groups = entries.iter().filter(
        |entry| matches!(entry, ImportEntry::Object(object) if object.object_type == "group"),
    );
    assert_eq!(groups.count(), 0, "half of a group is none");
    world.end();
}
