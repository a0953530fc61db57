//! Change notices.

use std::time::Duration;

use syncline_connector_tests::*;
use syncline_connectors::contract::{ChangeNotice, Connector};
use syncline_connectors::ldap::LdapConnector;
use syncline_lab::{DataSet, Domain};
use syncline_model::import::ImportMode;
use tokio::sync::mpsc;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

async fn a_change_and_a_deletion_are_told_and_silence_is_silent(door: Door) {
    let forest = Site::start(door, Domain::Contoso, DataSet::Empty);
    let tools = forest.administrator().unwrap();
    let mut quick = forest.service_config();
    quick.poll_interval = Duration::from_millis(50);
    let connector = std::sync::Arc::new(LdapConnector::new(quick));
    import(&connector, request(ImportMode::Full, &[]))
        .await
        .unwrap();
    let (sender, mut notices) = mpsc::channel(1);
    let listening = tokio::spawn({
        let connector = connector.clone();
        async move { connector.changes(sender).await }
    });

    let dn = "CN=ann,OU=Staff,DC=contoso,DC=test";
    tools
        .add(&format!(
            "dn: {dn}\nobjectClass: user\nsAMAccountName: ann\n\n"
        ))
        .unwrap();
    let added = timeout(PATIENCE, notices.recv()).await.unwrap();
    let nothing = timeout(Duration::from_millis(500), notices.recv()).await;
    tools.delete(dn).unwrap();
    let deleted = timeout(PATIENCE, notices.recv()).await.unwrap();
    drop(notices);

    assert_eq!(added, Some(ChangeNotice { objects: 1 }));
    assert!(nothing.is_err(), "{nothing:?}");
    assert_eq!(deleted, Some(ChangeNotice { objects: 1 }));
    assert_eq!(timeout(PATIENCE, listening).await.unwrap().unwrap(), Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_directory_ends_the_listening_with_a_code() {
    let mut forest = Site::start(Door::Bare, Domain::Contoso, DataSet::Empty);
    let mut quick = forest.service_config();
    quick.poll_interval = Duration::from_millis(50);
    let connector = std::sync::Arc::new(LdapConnector::new(quick));
    connector.identity().await.unwrap();
    let (sender, _notices) = mpsc::channel(1);
    let listening = tokio::spawn(async move { connector.changes(sender).await });

    forest.forest.kill();
    let fault = timeout(PATIENCE, listening)
        .await
        .unwrap()
        .unwrap()
        .unwrap_err();

    assert!(
        matches!(fault.code.as_ref(), "connect.lost" | "connect.unreachable"),
        "{fault:?}"
    );
}

both_doors!(a_change_and_a_deletion_are_told_and_silence_is_silent,);
