//! OpenLDAP as a source: a second server that is nothing like Active Directory. As a target: `openldap_target`.

use std::sync::Arc;

use syncline_connector_tests::{import, refs, text};
use syncline_connectors::contract::{Connector, ReadAnswer, ReadRequest};
use syncline_connectors::ldap::{DirectoryKind, LdapConfig, LdapConnector, Secret};
use syncline_lab::{LabCa, Slapd, SlapdOptions};
use syncline_model::Anchor;
use syncline_model::AttrName;
use syncline_model::import::{ImportEntry, ImportMode, ImportRequest, ObjectName};

fn connector(slapd: &Slapd) -> Arc<LdapConnector> {
    let (user, password) = slapd.administrator_account();
    let mut config = LdapConfig::new(
        DirectoryKind::OpenLdap,
        slapd.ldaps_url(),
        user,
        Secret::new(password),
    );
    config.ca_file = Some(LabCa::open().unwrap().file());
    // The first partition that slapd names is its change log.
    config.base_dn = Some(slapd.base_dn().to_owned());
    Arc::new(LdapConnector::new(config))
}

fn request() -> ImportRequest {
    ImportRequest {
        mode: ImportMode::Full,
        containers: vec![],
        types: vec![(
            "inetOrgPerson".into(),
            ["uid", "cn", "sn", "mail", "manager", "userPassword"]
                .map(AttrName::new)
                .to_vec(),
        )],
        page_size: 500,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_imported_with_entry_uuids_and_references_by_name() {
    let slapd = Slapd::start(SlapdOptions { people: 2_500 }).unwrap();
    let connector = connector(&slapd);

    let schema = connector.describe().await.unwrap();
    let read = import(&connector, request()).await.unwrap();

    assert!(
        schema
            .attr("inetOrgPerson", &"userPassword".into())
            .is_none()
    );
    assert!(!connector.capabilities().delta && connector.capabilities().export);
    assert!(read.errors.is_empty() && read.end.watermark.is_none());
    assert_eq!(read.of_type("inetOrgPerson").len(), 2_500);
    assert_eq!(read.of_type("organizationalUnit").len(), 20);
    let managed = read
        .of_type("inetOrgPerson")
        .into_iter()
        .find(|p| !refs(p, "manager").is_empty())
        .unwrap();
    let ObjectName::Dn(manager) = &refs(managed, "manager")[0] else {
        panic!("OpenLDAP names managers by DN");
    };
    assert!(text(read.at(&manager.to_string()), "uid").is_some());
    assert!(
        read.objects
            .keys()
            .all(|anchor| matches!(anchor, Anchor::Guid(_)))
    );

    let person = read.of_type("inetOrgPerson")[7];
    let answers = connector
        .read(ReadRequest {
            objects: vec![
                ObjectName::Anchor(person.anchor.clone()),
                ObjectName::Anchor(Anchor::Guid([1; 16])),
            ],
            types: request().types,
        })
        .await
        .unwrap();
    assert_eq!(
        answers[0],
        ReadAnswer::Found(ImportEntry::Object(person.clone()))
    );
    assert!(matches!(answers[1], ReadAnswer::Missing(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_openldap_does_not_offer_is_said_and_not_tried() {
    let slapd = Slapd::start(SlapdOptions { people: 5 }).unwrap();
    let connector = connector(&slapd);

    let identity = connector.identity().await.unwrap();
    let mut delta = request();
    delta.mode = ImportMode::Delta(b"whatever".to_vec());
    let expired = import(&connector, delta).await.unwrap_err();

    assert_eq!(identity.kind, "openldap");
    assert_eq!(identity.base_dn, slapd.base_dn());
    assert!(!identity.pin.is_empty());
    assert_eq!(expired.code, "import.watermark_expired");
}
