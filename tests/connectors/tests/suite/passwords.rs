//! Initial passwords in Active Directory: who opens the envelope can bind as the new user, and nobody else learns it.

use syncline_connector_tests::*;
use syncline_connectors::contract::{Connector, KnownNames, OpOutcome};
use syncline_lab::{Account, DataSet, Domain, LdapTools, Recipient, Scope};
use syncline_model::Anchor;
use syncline_model::op::Operation;
use syncline_model::password::CharacterClass;
use syncline_model::value::Value;

const SYNCED: &str = "OU=Synced,DC=fabrikam,DC=test";

fn target(door: Door) -> (Site, LdapTools, Anchor) {
    let site = Site::start(door, Domain::Fabrikam, DataSet::Empty);
    let tools = site.administrator().unwrap();
    let found = tools
        .search(SYNCED, Scope::Base, "(objectClass=*)", &["objectGUID"])
        .unwrap();
    let octets = found[0].values("objectGUID").next().unwrap();
    let synced = Anchor::from_object_guid(octets.try_into().unwrap());
    (site, tools, synced)
}

fn ann(synced: &Anchor, is_disabled: bool) -> Operation {
    add(
        "user",
        synced,
        "CN=Ann",
        vec![
            set("accountDisabled", Value::Bool(is_disabled)),
            set_text("sAMAccountName", "ann"),
            set_text("userPrincipalName", "ann@fabrikam.test"),
        ],
    )
}

/// Whether somebody can bind with this password as the new user.
fn can_bind(site: &Site, password: &str) -> bool {
    let account = Account {
        user: "ann@fabrikam.test".into(),
        password: password.into(),
    };
    let tools = site.tools(&account).unwrap();
    tools
        .search(SYNCED, Scope::Base, "(objectClass=*)", &["ou"])
        .is_ok()
}

async fn the_new_user_binds_with_the_password_that_the_recipient_opens(door: Door) {
    let (site, tools, synced) = target(door);
    let (desk, keeping) = (Recipient::fresh(), Keeping::default());
    let operation = with_password(ann(&synced, false), &desk, |p| p.must_change = false);

    let outcome = site.as_service().export(&operation, &keeping).await;

    let OpOutcome::Done(applied) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(applied.refused.is_empty(), "{:?}", applied.refused);
    let password = keeping.only(&desk);
    assert_eq!(password.len(), 20);
    assert!(can_bind(&site, &password));
    assert!(!can_bind(&site, "Summer2024!"));
    let entry = tools.read(&format!("CN=Ann,{SYNCED}")).unwrap().unwrap();
    assert_eq!(entry.text("userAccountControl").as_deref(), Some("512"));
    assert_ne!(entry.text("pwdLastSet").as_deref(), Some("0"));
}

async fn a_password_that_must_be_changed_is_marked_so_in_the_directory(door: Door) {
    let (site, tools, synced) = target(door);
    let (desk, keeping) = (Recipient::fresh(), Keeping::default());
    let operation = with_password(ann(&synced, false), &desk, |_| {});

    let outcome = site.as_service().export(&operation, &keeping).await;

    assert!(matches!(outcome, OpOutcome::Done(_)), "{outcome:?}");
    let entry = tools.read(&format!("CN=Ann,{SYNCED}")).unwrap().unwrap();
    assert_eq!(entry.text("pwdLastSet").as_deref(), Some("0"));
    // Until it is changed it is good for nothing but changing it.
    assert!(!can_bind(&site, &keeping.only(&desk)));
    tools
        .replace(&format!("CN=Ann,{SYNCED}"), "pwdLastSet", &["-1"])
        .unwrap();
    assert!(can_bind(&site, &keeping.only(&desk)));
}

async fn an_account_that_waits_for_its_hand_over_stays_disabled(door: Door) {
    let (site, tools, synced) = target(door);
    let (desk, keeping) = (Recipient::fresh(), Keeping::default());
    // Even a plan that says otherwise: the policy is the stronger.
    let operation = with_password(ann(&synced, false), &desk, |p| {
        p.must_change = false;
        p.disabled_until_handed_over = true;
    });

    let outcome = site.as_service().export(&operation, &keeping).await;

    assert!(matches!(outcome, OpOutcome::Done(_)), "{outcome:?}");
    let entry = tools.read(&format!("CN=Ann,{SYNCED}")).unwrap().unwrap();
    assert_eq!(entry.text("userAccountControl").as_deref(), Some("514"));
    assert!(!can_bind(&site, &keeping.only(&desk)));
}

async fn who_cannot_keep_an_envelope_makes_no_account(door: Door) {
    let (site, tools, synced) = target(door);
    let operation = with_password(ann(&synced, false), &Recipient::fresh(), |_| {});

    let fault = rejected(&site.as_service(), &operation).await;

    assert_eq!(fault.code, "export.password_unkept");
    assert_eq!(tools.read(&format!("CN=Ann,{SYNCED}")).unwrap(), None);
    let weak = with_password(ann(&synced, false), &Recipient::fresh(), |p| p.length = 7);
    let keeping = Keeping::default();
    let outcome = site.as_service().export(&weak, &keeping).await;
    assert!(
        matches!(&outcome, OpOutcome::Rejected(fault) if fault.code == "export.password_policy_invalid"),
        "{outcome:?}"
    );
}

async fn a_password_the_domain_refuses_leaves_no_account_behind(door: Door) {
    let (site, tools, synced) = target(door);
    tools
        .replace("DC=fabrikam,DC=test", "minPwdLength", &["14"])
        .unwrap();
    let (desk, keeping) = (Recipient::fresh(), Keeping::default());
    let operation = with_password(ann(&synced, false), &desk, |p| {
        p.length = 12;
        p.classes = vec![
            CharacterClass::Upper,
            CharacterClass::Lower,
            CharacterClass::Digit,
        ];
    });

    let outcome = site.as_administrator().export(&operation, &keeping).await;

    let OpOutcome::Rejected(fault) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(fault.code, "export.password_required");
    assert!(!format!("{fault:?}").contains(&keeping.only(&desk)));
    assert_eq!(tools.read(&format!("CN=Ann,{SYNCED}")).unwrap(), None);
}

async fn without_a_policy_nothing_has_changed(door: Door) {
    let (site, tools, synced) = target(door);

    let outcome = site
        .as_service()
        .export(&ann(&synced, true), &KnownNames)
        .await;

    assert!(matches!(outcome, OpOutcome::Done(_)), "{outcome:?}");
    let entry = tools.read(&format!("CN=Ann,{SYNCED}")).unwrap().unwrap();
    assert_eq!(entry.text("userAccountControl").as_deref(), Some("514"));
}

both_doors!(
    the_new_user_binds_with_the_password_that_the_recipient_opens,
    a_password_that_must_be_changed_is_marked_so_in_the_directory,
    an_account_that_waits_for_its_hand_over_stays_disabled,
    who_cannot_keep_an_envelope_makes_no_account,
    a_password_the_domain_refuses_leaves_no_account_behind,
    without_a_policy_nothing_has_changed,
);
