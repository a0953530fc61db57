//! Signing in: granted, refused, challenged.

use std::collections::BTreeSet;

use syncline_connectors::contract::Connector;
use syncline_graph_sim::{Credential, Fault, FaultKind};
use syncline_model::error::ErrorKind;
use syncline_model::import::ImportMode;

use crate::world::{ALL_ROLES, World, imported};

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
async fn a_missing_permission_stops_the_import_and_says_which_collection() {
    let world = World::with_roles(23, &["User.Read.All"]);
    world.user("ada");

    let (_, end) = imported(&world.connector(), ImportMode::Full).await;

    let fault = end.unwrap_err();
    assert_eq!(
        (fault.code.as_ref(), fault.kind),
        ("import.permission_denied", ErrorKind::Permission)
    );
    world.end_but(&["permission.missing"]);
}
