//! Looking for what was made: by every key we chose, again and again, in the recycle bin too, and never by the index
//! that lags most.

use std::time::Duration;

use serde_json::json;
use syncline_connectors::contract::{
    AddTrace, Connector, KnownNames, OpOutcome, ReadAnswer, ReadRequest,
};
use syncline_graph_sim::{Fault, FaultKind};
use syncline_model::AttrName;
use syncline_model::import::{ImportEntry, ImportMode, ObjectName};
use syncline_model::op::{Change, OpValue};
use syncline_model::value::Value;

use crate::world::{World, add_user, anchor, delete, done, imported, text, update, user};

fn immutable() -> (&'static str, Change) {
    ("onPremisesImmutableId", text("aW1tdXRhYmxl"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_is_traced_by_each_of_its_keys_alone() {
    for (seed, property, value) in [
        (130, "userPrincipalName", json!("renamed@contoso.test")),
        (131, "onPremisesImmutableId", json!(null)),
    ] {
        let world = World::new(seed);
        let connector = world.connector();
        let ada = add_user(1, "ada", vec![immutable()]);
        let made = done(&connector, &ada).await;
        let id = made.anchor.to_string();
        let change = json!([{"do": "update", "id": id, "properties": {property: value}}]);
        world.control.mutate(&world.tenant, &change).unwrap();

        let trace = connector.trace_add(&ada, &KnownNames).await.unwrap();

        match trace {
            AddTrace::Present {
                anchor, differing, ..
            } => assert_eq!((anchor, differing), (made.anchor, vec![property.into()])),
            other => panic!("{property}: {other:?}"),
        }
        world.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_read_does_not_show_is_looked_for_again_before_it_counts_as_absent() {
    let world = World::new(132);
    let connector = world.connector();
    let lost = Fault::once(FaultKind::DropBefore).on("POST", "/users");
    world.control.arm(&lost).unwrap();

    let outcome = connector
        .export(&add_user(1, "ada", vec![]), &KnownNames)
        .await;

    assert!(matches!(outcome, OpOutcome::Unknown(_)), "{outcome:?}");
    let log = world.control.log(0).unwrap();
    let looks = log.iter().filter(|entry| entry.path == "/users");
    let looks = looks.filter(|entry| entry.method == "GET").count();
    assert!(looks > 3, "{looks}");
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lies_in_the_recycle_bin_is_restored_and_nobody_is_created() {
    let world = World::new(133);
    let connector = world.connector();
    let first = done(&connector, &add_user(1, "ada", vec![immutable()])).await;
    done(&connector, &delete(&first.anchor.to_string(), "user")).await;
    let before = world.control.log(0).unwrap().len();

    let again = done(&connector, &add_user(2, "countess", vec![immutable()])).await;

    assert_eq!(again.anchor, first.anchor);
    let log = world.control.log(0).unwrap();
    let creates = log[before..]
        .iter()
        .filter(|entry| entry.method == "POST" && entry.path == "/users");
    assert_eq!(creates.count(), 0);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_a_moment_ago_is_not_missing_and_what_was_deleted_is() {
    let world = World::new(134);
    world.control.set_lag(&world.tenant, &[120_000]).unwrap();
    let mut config = world.config();
    config.settle = Duration::from_secs(300);
    let connector = world.connector_of(config);
    let ada = done(&connector, &add_user(1, "ada", vec![])).await;
    let read = || ReadRequest {
        objects: vec![ObjectName::Anchor(ada.anchor.clone())],
        types: vec![("user".to_owned(), vec![AttrName::new("displayName")])],
    };

    let young = connector.read(read()).await.unwrap();
    world.control.set_lag(&world.tenant, &[0]).unwrap();
    done(&connector, &delete(&ada.anchor.to_string(), "user")).await;
    let gone = connector.read(read()).await.unwrap();

    match &young[..] {
        [ReadAnswer::Found(ImportEntry::ReadError(error))] => {
            assert_eq!(error.code, "import.not_yet_visible");
            assert_eq!(error.anchor, Some(anchor(&ada.anchor.to_string())));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(gone[..], [ReadAnswer::Missing(_)]), "{gone:?}");
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_is_built_on_what_we_wrote_and_not_on_a_read_that_lags() {
    let world = World::new(135);
    let mut ada = user("ada");
    ada["otherMails"] = json!(["a@else.test"]);
    let seeded = world.control.seed(&world.tenant, &json!({"users": [ada]}));
    let ada = seeded.unwrap()["users"][0].as_str().unwrap().to_owned();
    let connector = world.connector();
    // Every replica shows her as she is, and nothing that comes after.
    imported(&connector, ImportMode::Full).await.1.unwrap();
    world.control.set_lag(&world.tenant, &[120_000]).unwrap();
    let bob = add_user(1, "bob", vec![("otherMails", set(&["b@else.test"]))]);
    let bob = done(&connector, &bob).await.anchor.to_string();

    for (id, remove) in [(&ada, &["a@else.test"][..]), (&bob, &[])] {
        for (add, remove) in [("c@else.test", remove), ("d@else.test", &[])] {
            let change = Change::Values {
                add: values(&[add]),
                remove: values(remove),
            };
            done(
                &connector,
                &update(id, "user", vec![("otherMails", change)]),
            )
            .await;
        }
    }

    let held = |name| world.find("users", "displayName", name)["otherMails"].clone();
    assert_eq!(held("ada"), json!(["c@else.test", "d@else.test"]));
    let all = ["b@else.test", "c@else.test", "d@else.test"];
    assert_eq!(held("bob"), json!(all));
    world.end();
}

fn values(texts: &[&str]) -> Vec<OpValue> {
    let value = |text: &&str| OpValue::Value(Value::text(*text));
    texts.iter().map(value).collect()
}

fn set(texts: &[&str]) -> Change {
    Change::Set(values(texts))
}
