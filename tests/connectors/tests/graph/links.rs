//! Links: wherever one comes from it leads to the configured host, and one that has expired proves nothing.

use serde_json::json;
use syncline_connectors::contract::{Connector, ReadAnswer, ReadRequest};
use syncline_graph_sim::{DeltaOptions, Fault, FaultKind};
use syncline_model::AttrName;
use syncline_model::import::{ImportEntry, ImportMode, ObjectName};

use crate::world::{World, anchor, imported, imported_as, request};

fn elsewhere() -> FaultKind {
    FaultKind::ForeignLink("https://127.0.0.2:9".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_link_to_another_host_is_refused_and_ends_the_import() {
    let world = World::new(120);
    world.user("ada");
    let connector = world.connector();
    let mark = imported(&connector, ImportMode::Full).await.1.unwrap();
    // One page holds everything: its only link is the delta link.
    let fault = Fault::always(elsewhere()).on("GET", "/users/delta");
    world.control.arm(&fault).unwrap();

    for mode in [ImportMode::Full, ImportMode::Delta(mark.watermark.unwrap())] {
        let (_, end) = imported(&connector, mode).await;
        assert_eq!(end.unwrap_err().code, "graph.host_not_allowed");
    }
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_a_thousand_is_read_to_its_last_page_and_no_link_leads_elsewhere() {
    let world = World::new(121);
    let made = world.control.generate(&world.tenant, 1_005, 1, 1_005);
    let group = made.unwrap()["groups"][0].as_str().unwrap().to_owned();
    let connector = world.connector();
    let read = || ReadRequest {
        objects: vec![ObjectName::Anchor(anchor(&group))],
        types: vec![("group".to_owned(), vec![AttrName::new("members")])],
    };

    let answers = connector.read(read()).await.unwrap();
    let fault = Fault::always(elsewhere()).on("GET", "/members");
    world.control.arm(&fault).unwrap();
    let led_away = connector.read(read()).await.unwrap_err();

    let ReadAnswer::Found(ImportEntry::Object(found)) = &answers[0] else {
        panic!("{answers:?}");
    };
    assert_eq!(found.refs[0].1.len(), 1_005);
    assert_eq!(led_away.code, "graph.host_not_allowed");
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_that_expires_inside_a_round_asks_for_everything_anew() {
    let world = World::new(122);
    for name in ["ada", "bob", "eve"] {
        world.user(name);
    }
    let connector = world.connector();
    let mark = imported(&connector, ImportMode::Full).await.1.unwrap();
    let users = world.snapshot()["users"].as_array().unwrap().clone();
    let changes: Vec<_> = users
        .iter()
        .map(|user| json!({"do": "update", "id": user["id"], "properties": {"jobTitle": "x"}}))
        .collect();
    world
        .control
        .mutate(&world.tenant, &json!(changes))
        .unwrap();
    let options = DeltaOptions {
        page_size: 1,
        skip_token_seconds: -1,
        ..DeltaOptions::default()
    };
    world.control.set_delta(&world.tenant, &options).unwrap();

    let mark = ImportMode::Delta(mark.watermark.unwrap());
    let (entries, end) = imported(&connector, mark).await;

    assert_eq!(end.unwrap_err().code, "import.watermark_expired");
    let is_gone = |entry: &ImportEntry| matches!(entry, ImportEntry::Deleted(_));
    assert!(!entries.iter().any(is_gone));
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_containers_is_refused_before_anything_is_asked() {
    let world = World::new(123);
    let mut wanted = request(ImportMode::Full);
    wanted.containers = vec![ObjectName::Anchor(anchor(&world.user("ada")))];

    let (entries, end) = imported_as(&world.connector(), wanted).await;

    assert_eq!(end.unwrap_err().code, "import.no_containers");
    assert!(entries.is_empty() && world.control.log(0).unwrap().is_empty());
    world.end();
}
