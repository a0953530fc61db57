//! Initial passwords in Entra ID: the create carries what the envelope opens to, and no answer that is lost loses it.

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use syncline_connector_tests::{Keeping, with_password};
use syncline_connectors::contract::{Connector, KnownNames, OpOutcome};
use syncline_graph_sim::{Fault, FaultKind};
use syncline_lab::Recipient;

use crate::world::{World, add_user, done, text};

/// Whether the user signs in with this password.
fn signs_in(stored: &Json, password: &str) -> bool {
    let sum: String = Sha256::digest(password)
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    stored["signIn"]["passwordSha256"] == json!(sum)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_create_carries_the_password_that_the_recipient_opens() {
    let world = World::new(60);
    for (number, must_change) in [(1, true), (2, false)] {
        let (desk, keeping) = (Recipient::fresh(), Keeping::default());
        let name = format!("ada{number}");
        let add = with_password(add_user(number, &name, vec![]), &desk, |policy| {
            policy.must_change = must_change;
            policy.length = 32;
        });

        let outcome = world.connector().export(&add, &keeping).await;

        assert!(matches!(outcome, OpOutcome::Done(_)), "{outcome:?}");
        let stored = world.find("users", "displayName", &name);
        let password = keeping.only(&desk);
        assert_eq!(password.len(), 32);
        assert!(signs_in(&stored, &password));
        assert_eq!(stored["signIn"]["mustChange"], json!(must_change));
        assert_eq!(stored["accountEnabled"], json!(true));
    }
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_loses_no_password() {
    let world = World::new(61);
    let kinds = [
        FaultKind::DropAfter,
        FaultKind::StatusAfter(504),
        FaultKind::StatusAfter(409),
        FaultKind::Status(409),
    ];
    for (number, kind) in kinds.into_iter().enumerate() {
        let number = u8::try_from(number).unwrap();
        let (desk, keeping) = (Recipient::fresh(), Keeping::default());
        let name = format!("lost{number}");
        world
            .control
            .arm(&Fault::once(kind).on("POST", "/users"))
            .unwrap();
        let add = with_password(add_user(number, &name, vec![]), &desk, |_| {});

        let outcome = world.connector().export(&add, &keeping).await;

        assert!(matches!(outcome, OpOutcome::Done(_)), "{outcome:?}");
        let stored = world.find("users", "displayName", &name);
        assert!(signs_in(&stored, &keeping.only(&desk)));
    }
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_an_earlier_try_keeps_its_password_and_no_envelope_opens_to_another() {
    for (seed, tries_while_reads_lag) in [(65, 0), (66, 1)] {
        let world = World::new(seed);
        let (desk, keeping) = (Recipient::fresh(), Keeping::default());
        world.control.set_lag(&world.tenant, &[120_000]).unwrap();
        let fault = Fault::once(FaultKind::DropAfter).on("POST", "/users");
        world.control.arm(&fault).unwrap();
        let add = with_password(add_user(1, "ada", vec![]), &desk, |_| {});
        let connector = world.connector();
        let lost = connector.export(&add, &keeping).await;
        assert!(matches!(lost, OpOutcome::Unknown(_)), "{lost:?}");
        let password = keeping.only(&desk);

        for _ in 0..tries_while_reads_lag {
            let again = connector.export(&add, &keeping).await;
            assert!(matches!(again, OpOutcome::Unknown(_)), "{again:?}");
        }
        world.control.set_lag(&world.tenant, &[0]).unwrap();
        let outcome = connector.export(&add, &keeping).await;

        assert!(matches!(outcome, OpOutcome::Done(_)), "{outcome:?}");
        let stored = world.find("users", "displayName", "ada");
        assert!(signs_in(&stored, &password));
        match tries_while_reads_lag {
            0 => assert_eq!(keeping.only(&desk), password),
            // The second try had drawn another password, which is no account's.
            _ => assert!(keeping.0.lock().unwrap().is_empty()),
        }
        world.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_waits_for_its_hand_over_is_created_disabled() {
    let world = World::new(62);
    let (desk, keeping) = (Recipient::fresh(), Keeping::default());
    let add = with_password(add_user(1, "ada", vec![]), &desk, |policy| {
        policy.disabled_until_handed_over = true;
    });

    let outcome = world.connector().export(&add, &keeping).await;

    assert!(matches!(outcome, OpOutcome::Done(_)), "{outcome:?}");
    let stored = world.find("users", "displayName", "ada");
    assert_eq!(stored["accountEnabled"], json!(false));
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_from_the_recycle_bin_keeps_its_password_and_leaves_no_envelope() {
    let world = World::new(63);
    let connector = world.connector();
    let id = || vec![("onPremisesImmutableId", text("QURB"))];
    let first = done(&connector, &add_user(1, "ada", id())).await;
    let before = world.find("users", "displayName", "ada")["signIn"].clone();
    let deleted = crate::world::delete(&first.anchor.to_string(), "user");
    done(&connector, &deleted).await;
    let (desk, keeping) = (Recipient::fresh(), Keeping::default());
    let again = with_password(add_user(2, "ada", id()), &desk, |_| {});

    let outcome = connector.export(&again, &keeping).await;

    let OpOutcome::Done(applied) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(applied.anchor, first.anchor);
    assert_eq!(world.find("users", "displayName", "ada")["signIn"], before);
    assert!(keeping.0.lock().unwrap().is_empty());
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_policy_the_password_is_one_that_nobody_learns() {
    let world = World::new(64);

    done(&world.connector(), &add_user(1, "ada", vec![])).await;
    let outcome = world
        .connector()
        .export(
            &with_password(add_user(2, "bob", vec![]), &Recipient::fresh(), |_| {}),
            &KnownNames,
        )
        .await;

    let stored = world.find("users", "displayName", "ada");
    assert_eq!(stored["signIn"]["mustChange"], json!(true));
    // Nobody who could keep the envelope: then no account.
    assert!(
        matches!(&outcome, OpOutcome::Rejected(fault) if fault.code == "export.password_unkept"),
        "{outcome:?}"
    );
    assert_eq!(world.snapshot()["users"].as_array().unwrap().len(), 1);
    world.end();
}
