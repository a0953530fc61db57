//! Connections that break at chosen points, and a directory that is busy.

use syncline_connector_tests::*;
use syncline_connectors::contract::{Connector, KnownNames, OpOutcome};
use syncline_lab::{DataSet, Domain, Scope};
use syncline_ldap_proxy::Fault;
use syncline_model::Anchor;
use syncline_model::import::ImportMode;

const SYNCED: &str = "OU=Synced,DC=fabrikam,DC=test";

fn target(seed: u64) -> (Site, Anchor) {
    let site = Site::start(Door::WindowsManners(seed), Domain::Fabrikam, DataSet::Empty);
    let tools = site.administrator().unwrap();
    let found = tools
        .search(SYNCED, Scope::Base, "(objectClass=*)", &["objectGUID"])
        .unwrap();
    let octets: [u8; 16] = found[0]
        .values("objectGUID")
        .next()
        .unwrap()
        .try_into()
        .unwrap();
    (site, Anchor::from_object_guid(octets))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_whose_id_could_not_be_read_is_acknowledged_without_it() {
    let (site, synced) = target(2);
    let proxy = site.proxy.as_ref().unwrap();
    let connector = site.as_service();
    connector.describe().await.unwrap();

    // After the Add comes the search for its id, whose one entry is cut off.
    connector
        .standing(&syncline_model::import::ObjectName::Anchor(synced.clone()))
        .await
        .unwrap();
    let operation = add(
        "user",
        &synced,
        "CN=ann",
        vec![set_text("sAMAccountName", "ann")],
    );
    connector.trace_add(&operation, &KnownNames).await.unwrap();
    proxy.arm(Fault::AtEntry(1));
    let outcome = connector.export(&operation, &KnownNames).await;

    let OpOutcome::AcknowledgedWithoutId { dn } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(dn.to_string(), format!("CN=ann,{SYNCED}"));
    assert!(
        site.administrator()
            .unwrap()
            .read(&dn.to_string())
            .unwrap()
            .is_some()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_breaks_at_any_entry_ends_with_a_code_and_the_next_one_is_whole() {
    let site = Site::start(Door::WindowsManners(3), Domain::Contoso, DataSet::Small);
    let proxy = site.proxy.as_ref().unwrap();
    let connector = site.as_service();
    let whole = import(&connector, request(ImportMode::Full, &[]))
        .await
        .unwrap();

    for entry in [1, 7, 40, 150, 260] {
        proxy.arm(Fault::AtEntry(entry));
        let broken = import(&connector, request(ImportMode::Full, &[])).await;
        let again = import(&connector, request(ImportMode::Full, &[]))
            .await
            .unwrap();

        assert_eq!(broken.unwrap_err().code, "connect.lost", "at entry {entry}");
        assert_eq!(proxy.armed(), 0);
        assert_eq!(again.objects, whole.objects);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_that_breaks_repeats_from_the_same_watermark_and_misses_nothing() {
    let site = Site::start(Door::WindowsManners(4), Domain::Contoso, DataSet::Small);
    let proxy = site.proxy.as_ref().unwrap();
    let tools = site.administrator().unwrap();
    let connector = site.as_service();
    let whole = import(&connector, request(ImportMode::Full, &[]))
        .await
        .unwrap();
    let changed: String = whole
        .of_type("contact")
        .iter()
        .map(|contact| {
            format!(
                "dn: {}\nchangetype: modify\nreplace: displayName\ndisplayName: changed\n\n",
                contact.dn
            )
        })
        .collect();
    tools.modify(&changed).unwrap();

    proxy.arm(Fault::AtEntry(5));
    let broken = import(&connector, request(whole.delta(), &[])).await;
    let again = import(&connector, request(whole.delta(), &[]))
        .await
        .unwrap();

    assert_eq!(broken.unwrap_err().code, "connect.lost");
    let seen: std::collections::BTreeSet<&Anchor> =
        again.changes.iter().map(|change| &change.anchor).collect();
    assert_eq!(seen.len(), whole.of_type("contact").len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_busy_now_and_then_is_asked_again() {
    let (site, synced) = target(5);
    let proxy = site.proxy.as_ref().unwrap();
    let connector = site.as_service();
    connector.describe().await.unwrap();
    let operation = |name: &str| {
        add(
            "user",
            &synced,
            &format!("CN={name}"),
            vec![set_text("sAMAccountName", name)],
        )
    };

    proxy.set_manners(|manners| manners.refused_per_thousand = 400);
    for n in 0..5 {
        let outcome = connector
            .export(&operation(&format!("u{n}")), &KnownNames)
            .await;
        assert!(
            matches!(outcome, OpOutcome::Done(_) | OpOutcome::Throttled { .. }),
            "{outcome:?}"
        );
    }
}
