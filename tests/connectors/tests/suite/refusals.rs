//! What the directory refuses, in our words, and that the others go on.

use std::time::Duration;

use syncline_connector_tests::*;
use syncline_connectors::contract::{Connector, KnownNames, OpOutcome};
use syncline_connectors::ldap::LdapConnector;
use syncline_lab::{DataSet, Domain, Forest, LdapTools, Scope};
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

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_a_code_a_sentence_and_a_next_step() {
    let forest = Forest::start(Domain::Fabrikam, DataSet::Empty).unwrap();
    let tools = forest.administrator().unwrap();
    let connector = as_service(&forest);
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
            "not a leaf" => rejected(&as_administrator(&forest), &operation).await,
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

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_rename_leaves_the_attributes_written_and_says_so() {
    let forest = Forest::start(Domain::Fabrikam, DataSet::Empty).unwrap();
    let tools = forest.administrator().unwrap();
    let connector = as_service(&forest);
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
    let mut forest = Forest::start(Domain::Fabrikam, DataSet::Empty).unwrap();
    let tools = forest.administrator().unwrap();
    let synced = guid(&tools, SYNCED);
    let mut impatient = config(&forest, &forest.service_account());
    impatient.answer_timeout = Duration::from_millis(400);
    impatient.connect_timeout = Duration::from_millis(400);
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
    forest.kill();
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
    let forest = Forest::start(Domain::Contoso, DataSet::Empty).unwrap();
    let tools = forest.administrator().unwrap();
    tools
        .add("dn: CN=plain,CN=Users,DC=contoso,DC=test\nobjectClass: user\nsAMAccountName: plain\nuserAccountControl: 544\n\n")
        .unwrap();
    let administrator = as_administrator(&forest);
    let plain = guid(&tools, "CN=plain,CN=Users,DC=contoso,DC=test");
    let mut utf16: Vec<u8> = Vec::new();
    for unit in "\"Lab-Plain1!\"".encode_utf16() {
        utf16.extend(unit.to_le_bytes());
    }
    set_password(&tools, "CN=plain,CN=Users,DC=contoso,DC=test", &utf16);
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
    let connector = std::sync::Arc::new(LdapConnector::new(config(&forest, &account)));

    let fault = import(&connector, request(ImportMode::Full, &[]))
        .await
        .unwrap_err();

    assert_eq!(fault.code, "import.permission_denied", "{fault:?}");
    assert!(fault.next_step.contains("Replicating Directory Changes"));
}

fn set_password(tools: &LdapTools, dn: &str, quoted_utf16: &[u8]) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in quoted_utf16.chunks(3) {
        let n = (0..3).fold(0_u32, |n, i| {
            n << 8 | u32::from(chunk.get(i).copied().unwrap_or(0))
        });
        for i in 0..4 {
            match i <= chunk.len() {
                true => encoded.push(char::from(DIGITS[(n >> (18 - 6 * i) & 63) as usize])),
                false => encoded.push('='),
            }
        }
    }
    tools
        .modify(&format!(
            "dn: {dn}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: {encoded}\n"
        ))
        .unwrap();
}
