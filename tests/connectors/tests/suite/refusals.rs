//! What the directory refuses, in our words, and that the others go on.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use syncline_connector_tests::*;
use syncline_connectors::contract::{Connector, KnownNames, OpOutcome};
use syncline_connectors::ldap::LdapConnector;
use syncline_lab::{DataSet, Domain, LdapTools, Scope};
use syncline_model::Anchor;
use syncline_model::error::ErrorKind;
use syncline_model::import::ImportMode;
use syncline_model::op::{Change, ObjectKey, OpValue};
use syncline_model::value::Value;

const SYNCED: &str = "OU=Synced,DC=fabrikam,DC=test";

fn guid(tools: &LdapTools, dn: &str) -> Anchor {
    let found = tools
        .search(dn, Scope::Base, "(objectClass=*)", &["objectGUID"])
        .unwrap();
    let octets: [u8; 16] = found[0]
        .values("objectGUID")
        .next()
        .unwrap()
        .try_into()
        .unwrap();
    Anchor::from_object_guid(octets)
}

async fn every_refusal_has_a_code_a_sentence_and_a_next_step(door: Door) {
    let forest = Site::start(door, Domain::Fabrikam, DataSet::Empty);
    let tools = forest.administrator().unwrap();
    let connector = forest.as_service();
    let synced = guid(&tools, SYNCED);
    let users = guid(&tools, "CN=Users,DC=fabrikam,DC=test");
    let nowhere = Anchor::Guid([0xdd; 16]);
    let user = |name: &str| vec![set_text("sAMAccountName", name)];
    let ann = done(&connector, &add("user", &synced, "CN=Ann", user("ann")))
        .await
        .anchor;
    let bob = done(&connector, &add("user", &synced, "CN=Bob", user("bob")))
        .await
        .anchor;
    let to_nobody = Change::Set(vec![OpValue::Ref(ObjectKey::Anchor(nowhere.clone()))]);

    let cases = [
        (
            "name taken",
            add("user", &synced, "CN=Ann", user("other")),
            "export.name_taken",
            ErrorKind::ObjectExists,
        ),
        (
            "account name taken",
            add("user", &synced, "CN=Other", user("ann")),
            "export.unique_value_taken",
            ErrorKind::MustBeUnique,
        ),
        (
            "no container",
            add("user", &nowhere, "CN=Other", user("other")),
            "export.parent_missing",
            ErrorKind::ParentMissing,
        ),
        (
            "no right to create",
            add("user", &users, "CN=Other", user("other")),
            "export.permission_denied",
            ErrorKind::Permission,
        ),
        (
            "bad name",
            add("user", &synced, "Other", user("other")),
            "export.name_invalid",
            ErrorKind::InvalidDn,
        ),
        (
            "object gone",
            update("user", &nowhere, None, vec![set_text("title", "x")]),
            "export.object_missing",
            ErrorKind::ObjectMissing,
        ),
        (
            "value too long",
            update(
                "user",
                &ann,
                None,
                vec![set_text("employeeID", &"9".repeat(40))],
            ),
            "export.value_invalid",
            ErrorKind::InvalidValue,
        ),
        (
            "account name taken later",
            update("user", &bob, None, user("ann")),
            "export.unique_value_taken",
            ErrorKind::MustBeUnique,
        ),
        (
            "manager gone",
            update("user", &ann, None, vec![("manager".into(), to_nobody)]),
            "export.reference_missing",
            ErrorKind::ConstraintViolation,
        ),
        (
            "rename to a taken name",
            update("user", &bob, Some(place(&synced, "CN=Ann")), vec![]),
            "export.name_taken",
            ErrorKind::ObjectExists,
        ),
        (
            "move to nowhere",
            update("user", &bob, Some(place(&nowhere, "CN=Bob")), vec![]),
            "export.parent_missing",
            ErrorKind::ParentMissing,
        ),
        (
            "not a leaf",
            delete("organizationalUnit", &synced),
            "export.not_empty",
            ErrorKind::ConstraintViolation,
        ),
        (
            "no right to delete",
            delete(
                "user",
                &guid(&tools, "CN=Guest,CN=Users,DC=fabrikam,DC=test"),
            ),
            "export.permission_denied",
            ErrorKind::Permission,
        ),
        (
            "unknown attribute",
            update("user", &ann, None, vec![set_text("nonsense", "x")]),
            "export.attribute_unknown",
            ErrorKind::SchemaViolation,
        ),
        (
            "password",
            update("user", &ann, None, vec![set_text("unicodePwd", "x")]),
            "export.attribute_forbidden",
            ErrorKind::Permission,
        ),
    ];
    for (what, operation, code, kind) in cases {
        // The administrator asks where the right itself is not the point.
        let fault = match what {
            "not a leaf" => rejected(&forest.as_administrator(), &operation).await,
            _ => rejected(&connector, &operation).await,
        };
        assert_eq!(
            (fault.code.as_ref(), fault.kind),
            (code, kind),
            "{what}: {fault:?}"
        );
        assert!(
            fault.message.ends_with('.') && fault.next_step.ends_with('.'),
            "{what}: {fault:?}"
        );
    }
    let left = import(&connector, request(ImportMode::Full, &[SYNCED]))
        .await
        .unwrap();
    assert_eq!(left.of_type("user").len(), 2);
}

async fn a_refused_rename_leaves_the_attributes_written_and_says_so(door: Door) {
    let forest = Site::start(door, Domain::Fabrikam, DataSet::Empty);
    let tools = forest.administrator().unwrap();
    let connector = forest.as_service();
    let synced = guid(&tools, SYNCED);
    let make = |name: &str| {
        add(
            "user",
            &synced,
            &format!("CN={name}"),
            vec![set_text("sAMAccountName", name)],
        )
    };
    done(&connector, &make("Ann")).await;
    let bob = done(&connector, &make("Bob")).await.anchor;

    let operation = update(
        "user",
        &bob,
        Some(place(&synced, "CN=Ann")),
        vec![set_text("title", "x")],
    );
    let outcome = connector.export(&operation, &KnownNames).await;

    let OpOutcome::Done(applied) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(applied.refused[0].code, "export.name_taken");
    assert_eq!(applied.dn.unwrap().to_string(), format!("CN=Bob,{SYNCED}"));
    let entry = tools.read(&format!("CN=Bob,{SYNCED}")).unwrap().unwrap();
    assert_eq!(entry.text("title").as_deref(), Some("x"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_and_not_answered_is_unknown_and_what_was_not_sent_is_not() {
    let mut forest = Site::start(Door::Bare, Domain::Fabrikam, DataSet::Empty);
    let tools = forest.administrator().unwrap();
    let synced = guid(&tools, SYNCED);
    let mut impatient = forest.service_config();
    impatient.answer_timeout = Duration::from_secs(3);
    impatient.connect_timeout = Duration::from_secs(3);
    let connector = LdapConnector::new(impatient);
    let ann = done(
        &connector,
        &add(
            "user",
            &synced,
            "CN=Ann",
            vec![set_text("sAMAccountName", "ann")],
        ),
    )
    .await
    .anchor;

    forest.pause();
    let unanswered = connector.export(&delete("user", &ann), &KnownNames).await;
    let not_sent = connector.export(&delete("user", &ann), &KnownNames).await;
    forest.resume();
    forest.forest.kill();
    let away = connector.export(&delete("user", &ann), &KnownNames).await;

    assert!(
        matches!(&unanswered, OpOutcome::Unknown(fault) if fault.code == "connect.timeout"),
        "{unanswered:?}"
    );
    assert!(
        matches!(&not_sent, OpOutcome::Throttled { .. }),
        "{not_sent:?}"
    );
    assert!(
        matches!(&away, OpOutcome::Throttled { fault, .. } if fault.code == "connect.unreachable"),
        "{away:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_the_right_to_read_changes_is_told_which_right() {
    let forest = Site::start(Door::Bare, Domain::Contoso, DataSet::Empty);
    let tools = forest.administrator().unwrap();
    tools
        .add("dn: CN=plain,CN=Users,DC=contoso,DC=test\nobjectClass: user\nsAMAccountName: plain\nuserAccountControl: 544\n\n")
        .unwrap();
    let administrator = forest.as_administrator();
    let plain = guid(&tools, "CN=plain,CN=Users,DC=contoso,DC=test");
    set_password(
        &tools,
        "CN=plain,CN=Users,DC=contoso,DC=test",
        "Lab-Plain1!",
    );
    done(
        &administrator,
        &update(
            "user",
            &plain,
            None,
            vec![set("accountDisabled", Value::Bool(false))],
        ),
    )
    .await;
    let account = syncline_lab::Account {
        user: "plain@contoso.test".into(),
        password: "Lab-Plain1!".into(),
    };
    let connector = std::sync::Arc::new(LdapConnector::new(forest.config(&account)));

    let fault = import(&connector, request(ImportMode::Full, &[]))
        .await
        .unwrap_err();

    assert_eq!(fault.code, "import.permission_denied", "{fault:?}");
    assert!(fault.next_step.contains("Replicating Directory Changes"));

    // With that right alone Samba would show every change but the deletions.
    grant_get_changes(&forest, &plain);
    let fault = import(&connector, request(ImportMode::Full, &[]))
        .await
        .unwrap_err();
    assert_eq!(fault.code, "import.deletions_hidden", "{fault:?}");
}

async fn what_cannot_be_referred_to_is_left_out_and_the_rest_is_done(door: Door) {
    let forest = Site::start(door, Domain::Fabrikam, DataSet::Empty);
    let tools = forest.administrator().unwrap();
    let connector = forest.as_service();
    let synced = guid(&tools, SYNCED);
    let nobody = Anchor::Guid([0xdd; 16]);
    let manager = |anchor: &Anchor| {
        let key = ObjectKey::Anchor(anchor.clone());
        ("manager".into(), Change::Set(vec![OpValue::Ref(key)]))
    };
    let codes = |outcome: OpOutcome| -> (Anchor, Vec<String>) {
        let OpOutcome::Done(applied) = outcome else {
            panic!("{outcome:?}");
        };
        let codes = applied.refused.iter().map(|fault| fault.code.to_string());
        (applied.anchor, codes.collect())
    };

    let operation = add(
        "user",
        &synced,
        "CN=Ann",
        vec![manager(&nobody), set_text("sAMAccountName", "ann")],
    );
    let (ann, refused) = codes(connector.export(&operation, &KnownNames).await);
    assert_eq!(refused, ["export.reference_missing"]);

    let operation = update(
        "user",
        &ann,
        None,
        vec![manager(&nobody), set_text("title", "x")],
    );
    let (_, refused) = codes(connector.export(&operation, &KnownNames).await);
    assert_eq!(refused, ["export.reference_missing"]);
    let entry = tools.read(&format!("CN=Ann,{SYNCED}")).unwrap().unwrap();
    assert_eq!(entry.text("title").as_deref(), Some("x"));

    // Who was deleted is no member any more: removing him is done, not refused.
    let bob = done(
        &connector,
        &add(
            "user",
            &synced,
            "CN=Bob",
            vec![set_text("sAMAccountName", "bob")],
        ),
    )
    .await
    .anchor;
    let both = [ann.clone(), bob.clone()];
    let group = done(
        &connector,
        &add(
            "group",
            &synced,
            "CN=Team",
            vec![
                members("member", &both, &[]),
                set_text("sAMAccountName", "team"),
            ],
        ),
    )
    .await
    .anchor;
    done(&connector, &delete("user", &bob)).await;
    done(
        &connector,
        &update("group", &group, None, vec![members("member", &[], &both)]),
    )
    .await;
    let entry = tools.read(&format!("CN=Team,{SYNCED}")).unwrap().unwrap();
    assert_eq!(entry.values("member").count(), 0);
}

async fn a_name_of_several_levels_goes_nowhere(door: Door) {
    let forest = Site::start(door, Domain::Fabrikam, DataSet::Empty);
    let tools = forest.administrator().unwrap();
    let connector = forest.as_administrator();
    let head = guid(&tools, forest.base_dn());
    let user = vec![set_text("sAMAccountName", "ann")];

    let fault = rejected(
        &connector,
        &add("user", &head, "CN=Ann,OU=Synced", user.clone()),
    )
    .await;
    let ann = done(&connector, &add("user", &head, "CN=Ann", user))
        .await
        .anchor;
    let there = Some(place(&head, "CN=Ann,OU=Synced"));
    let moved = rejected(&connector, &update("user", &ann, there, vec![])).await;

    assert_eq!(
        (fault.code.as_ref(), moved.code.as_ref()),
        ("export.name_invalid", "export.name_invalid")
    );
    assert_eq!(tools.read(&format!("CN=Ann,{SYNCED}")).unwrap(), None);
}

fn set_password(tools: &LdapTools, dn: &str, password: &str) {
    let utf16: Vec<u8> = format!("\"{password}\"")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let encoded = STANDARD.encode(utf16);
    tools
        .modify(&format!(
            "dn: {dn}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: {encoded}\n"
        ))
        .unwrap();
}

/// Gives an account the right to replicate changes of the domain, and nothing else.
fn grant_get_changes(forest: &Site, account: &Anchor) {
    let administrator = forest.administrator_account();
    let tools = forest.administrator().unwrap();
    let name = format!("<GUID={account}>");
    let found = tools
        .search(&name, Scope::Base, "(objectClass=*)", &["objectSid"])
        .unwrap();
    let sid = found[0].values("objectSid").next().unwrap();
    let parts: Vec<String> = sid[8..]
        .chunks_exact(4)
        .map(|part| u32::from_le_bytes(part.try_into().unwrap()).to_string())
        .collect();
    let status = std::process::Command::new("samba-tool")
        .args(["dsacl", "set", "--action=allow"])
        .arg(format!("--URL=ldap://{}", forest.ip()))
        .arg(format!("--objectdn={}", forest.base_dn()))
        .arg(format!(
            "--sddl=(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;S-1-5-{})",
            parts.join("-")
        ))
        .arg(format!(
            "--user={}%{}",
            administrator.user, administrator.password
        ))
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
}

both_doors!(
    what_cannot_be_referred_to_is_left_out_and_the_rest_is_done,
    a_name_of_several_levels_goes_nowhere,
    every_refusal_has_a_code_a_sentence_and_a_next_step,
    a_refused_rename_leaves_the_attributes_written_and_says_so,
);
