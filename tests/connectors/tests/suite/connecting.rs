//! Connections that cannot be made, and those that break.

use std::time::{Duration, Instant};

use syncline_connector_tests::*;
use syncline_connectors::contract::Connector;
use syncline_connectors::ldap::{LdapConfig, LdapConnector, Secret};
use syncline_lab::{DataSet, Domain};
use syncline_model::run::RunStatus;

async fn refused(config: LdapConfig) -> (String, RunStatus) {
    let fault = LdapConnector::new(config).identity().await.unwrap_err();
    assert!(!fault.message.is_empty() && !fault.next_step.is_empty());
    (fault.code.to_string(), fault.stopped_status())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_of_not_connecting_has_a_code_of_its_own() {
    let forest = Site::start(Door::Bare, Domain::Contoso, DataSet::Empty);
    let good = forest.service_config();
    let other_ca = forest.directory().join("other-ca.pem");
    std::fs::write(&other_ca, OTHER_CA).unwrap();
    let empty = forest.directory().join("empty.pem");
    std::fs::write(&empty, "").unwrap();

    let wrong_ca = LdapConfig {
        ca_file: Some(other_ca),
        ..good.clone()
    };
    assert_eq!(
        refused(wrong_ca).await,
        (
            "connect.certificate_untrusted".into(),
            RunStatus::NoStartConnection
        )
    );
    let no_ca = LdapConfig {
        ca_file: Some(empty),
        ..good.clone()
    };
    assert_eq!(refused(no_ca).await.0, "connect.ca_file_unusable");
    let wrong_password = LdapConfig {
        password: Secret::new("not it"),
        ..good.clone()
    };
    assert_eq!(
        refused(wrong_password).await,
        (
            "connect.credentials_refused".into(),
            RunStatus::StoppedAuthentication
        )
    );
    let no_password = LdapConfig {
        password: Secret::new(""),
        ..good.clone()
    };
    assert_eq!(
        refused(no_password).await,
        (
            "connect.credentials_missing".into(),
            RunStatus::NoStartCredentials
        )
    );
    let plain = LdapConfig {
        url: format!("ldap://{}", forest.ip()),
        ..good.clone()
    };
    assert_eq!(refused(plain).await.0, "connect.scheme_refused");
    let nobody_there = LdapConfig {
        url: format!("ldaps://{}:1", forest.ip()),
        ..good.clone()
    };
    assert_eq!(
        refused(nobody_there).await,
        ("connect.unreachable".into(), RunStatus::NoStartConnection)
    );

    let identity = LdapConnector::new(good).identity().await.unwrap();
    assert!(identity.pin.starts_with("S-1-5-21-"), "{}", identity.pin);
    assert_eq!(identity.base_dn, forest.base_dn());
    assert_eq!(identity.forest.as_deref(), Some("contoso.test"));
    assert_eq!(identity.functional_level, Some(4));
    assert!(
        identity
            .naming_contexts
            .iter()
            .any(|nc| nc.starts_with("CN=Configuration,"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_directory_is_given_up_in_time_and_found_again() {
    let forest = Site::start(Door::Bare, Domain::Contoso, DataSet::Empty);
    let mut patient = forest.service_config();
    patient.answer_timeout = Duration::from_secs(3);
    patient.connect_timeout = Duration::from_secs(3);
    let connector = LdapConnector::new(patient);
    connector.identity().await.unwrap();

    forest.pause();
    let asked = Instant::now();
    let fault = connector.identity().await.unwrap_err();
    let waited = asked.elapsed();
    forest.resume();

    assert_eq!(fault.code, "connect.timeout");
    assert!(waited < Duration::from_secs(15), "{waited:?}");
    assert!(connector.identity().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_directory_is_found_again_without_being_told() {
    let mut forest = Site::start(Door::Bare, Domain::Contoso, DataSet::Empty);
    let connector = forest.as_service();
    let before = connector.identity().await.unwrap();

    forest.forest.restart().unwrap();

    assert_eq!(connector.identity().await.unwrap(), before);
}

/// A certificate authority that issued nothing here.
const OTHER_CA: &str = "-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUHYXMlUz9r9aTw9ZOhJGs28DD+JEwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPQW5vdGhlciBSb290IENBMCAXDTI2MTEyMTIyMDIwMVoYDzIx
MjYxMDI4MjIwMjAxWjAaMRgwFgYDVQQDDA9Bbm90aGVyIFJvb3QgQ0EwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARL92roq3cFPUyRl/W4DDzj1t/M9t8PYWjXndhT
L5oen99FFEAv79ksZ0JDlM8dafMCG4esVUPe/SbjmN4Xtv32o2MwYTAdBgNVHQ4E
FgQULBw83QEuP8VKOzQu4d01DLaYWD4wHwYDVR0jBBgwFoAULBw83QEuP8VKOzQu
4d01DLaYWD4wDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZI
zj0EAwIDSQAwRgIhAMEemyoPtVC2cejYmjXl0lu+18/ktDknCUBXGp2PgfVaAiEA
8xIgV7Ys4Xz1XtKWmfs4ku1qdGzVcmNzo/2YT9dE2kA=
-----END CERTIFICATE-----
";
