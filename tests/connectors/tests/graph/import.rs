//! Reading: whole, in rounds with every quirk, reset in every form, broken off, led astray.

use serde_json::json;
use syncline_connectors::contract::Connector;
use syncline_connectors::contract::{ReadAnswer, ReadRequest};
use syncline_graph_sim::{DeltaOptions, Fault, FaultKind, ResetForm};
use syncline_model::AttrName;
use syncline_model::import::{ImportEntry, ImportMode, ObjectName};

use crate::world::{Image, World, anchor, imported, user};

fn quirks(page_size: usize) -> DeltaOptions {
    DeltaOptions {
        page_size,
        members_per_row: 3,
        empty_pages: 0.3,
        duplicates: 0.4,
        intermediate: 0.5,
        shuffled: true,
        replays: 0.5,
        removed_in_first_walk: true,
        ..DeltaOptions::default()
    }
}

fn populated(world: &World) {
    world.control.generate(&world.tenant, 120, 12, 20).unwrap();
    let contact = json!({
        "displayName": "Vendor", "mail": "vendor@else.test",
        "addresses": [{"city": "Rome"}], "phones": [{"type": "mobile", "number": "7"}],
    });
    let boss = world.user("boss");
    let mut ada = user("ada");
    ada["manager"] = json!(boss);
    ada["onPremisesExtensionAttributes"] = json!({"extensionAttribute1": "one"});
    let mut gone = user("gone");
    gone["@deleted"] = json!(true);
    let seed = json!({"users": [ada, gone], "contacts": [contact]});
    world.control.seed(&world.tenant, &seed).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_import_shows_what_the_store_holds() {
    let world = World::new(1);
    populated(&world);
    let connector = world.connector();

    let (entries, end) = imported(&connector, ImportMode::Full).await;

    let end = end.unwrap();
    assert_eq!(end.counts.objects, 122 + 12 + 1);
    assert!(end.watermark.is_some());
    assert_eq!(
        Image::full(entries).settled(),
        Image::of_store(&world.snapshot()).settled()
    );
    let identity = connector.identity().await.unwrap();
    assert_eq!(
        (identity.kind.as_str(), identity.pin.as_str()),
        ("entra-id", world.tenant.as_str())
    );
    assert_eq!(connector.capabilities().settle_ms, 20_000);
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn rounds_with_every_quirk_add_up_to_the_store() {
    let world = World::new(2);
    populated(&world);
    world.control.set_delta(&world.tenant, &quirks(7)).unwrap();
    let connector = world.connector();
    let (entries, end) = imported(&connector, ImportMode::Full).await;
    let mut image = Image::full(entries);
    let mut watermark = end.unwrap().watermark.unwrap();

    for round in 0..6 {
        let snapshot = world.snapshot();
        let id = |collection: &str, at: usize| snapshot[collection][at]["id"].clone();
        let changes = json!([
            {"do": "create", "collection": "users", "object": user(&format!("new{round}"))},
            {"do": "update", "id": id("users", round), "properties": {"jobTitle": format!("job {round}"), "department": null}},
            {"do": "delete", "id": id("users", 20 + round)},
            {"do": "set_manager", "id": id("users", 10 + round), "manager": id("users", 5)},
            {"do": "set_manager", "id": id("users", 9 + round), "manager": null},
            {"do": "add_member", "group": id("groups", round), "member": id("users", 30)},
            {"do": "remove_member", "group": id("groups", round + 1), "member": snapshot["groups"][round + 1]["members"][0]},
            {"do": "delete", "id": id("groups", 11 - round)},
            {"do": "update", "id": id("contacts", 0), "properties": {"displayName": format!("Vendor {round}")}},
        ]);
        world.control.mutate(&world.tenant, &changes).unwrap();

        let (entries, end) = imported(&connector, ImportMode::Delta(watermark)).await;

        image.apply(entries);
        watermark = end.unwrap().watermark.unwrap();
        assert_eq!(
            image.clone().settled(),
            Image::of_store(&world.snapshot()).settled(),
            "round {round}"
        );
    }
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_versions_in_one_round_the_one_that_came_last_counts() {
    let world = World::new(10);
    populated(&world);
    let connector = world.connector();
    let (entries, end) = imported(&connector, ImportMode::Full).await;
    let mut image = Image::full(entries);
    let options = DeltaOptions {
        page_size: 3,
        intermediate: 1.0,
        ..quirks(3)
    };
    world.control.set_delta(&world.tenant, &options).unwrap();
    let before = world.snapshot();
    let id = |collection: &str, at: usize| before[collection][at]["id"].clone();
    let change = |job: &str, member: &str, manager: serde_json::Value| {
        json!([
            {"do": "update", "id": id("users", 1), "properties": {"jobTitle": job}},
            {"do": "set_manager", "id": id("users", 2), "manager": manager},
            {"do": member, "group": id("groups", 0), "member": id("users", 3)},
            {"do": "update", "id": id("groups", 1), "properties": {"description": job}},
            {"do": "update", "id": id("contacts", 0), "properties": {"displayName": job}},
        ])
    };
    let present = before["groups"][0]["members"]
        .as_array()
        .unwrap()
        .contains(&id("users", 3));
    let (first, last) = match present {
        true => ("remove_member", "add_member"),
        false => ("add_member", "remove_member"),
    };
    for changes in [
        change("first", first, id("users", 5)),
        json!([{"do": "delete", "id": id("users", 4)}]),
        json!([{"do": "restore", "id": id("users", 4)}]),
        change("last", last, json!(null)),
    ] {
        world.control.mutate(&world.tenant, &changes).unwrap();
    }

    let mark = end.unwrap().watermark.unwrap();
    let (entries, end) = imported(&connector, ImportMode::Delta(mark)).await;

    end.unwrap();
    let job = |entry: &ImportEntry| match entry {
        ImportEntry::Change(change) => {
            let told = change
                .attrs
                .iter()
                .find(|(name, _)| *name == AttrName::new("jobTitle"));
            told.and_then(|(_, values)| values.clone())
        }
        _ => None,
    };
    let told: Vec<String> = entries
        .iter()
        .filter_map(job)
        .filter_map(|values| Some(values.single()?.as_text()?.to_owned()))
        .collect();
    let at = |what: &str| told.iter().position(|job| job == what);
    assert!(
        at("first") < at("last") && at("first").is_some(),
        "{told:?}"
    );
    image.apply(entries);
    assert_eq!(
        image.settled(),
        Image::of_store(&world.snapshot()).settled()
    );
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_reset_ends_the_delta_and_nothing_counts_as_gone() {
    let world = World::new(3);
    populated(&world);
    let connector = world.connector();
    for form in ResetForm::ALL {
        let watermark = imported(&connector, ImportMode::Full)
            .await
            .1
            .unwrap()
            .watermark
            .unwrap();
        world
            .control
            .expire_tokens(&world.tenant, Some("groups"), form)
            .unwrap();

        let (entries, end) = imported(&connector, ImportMode::Delta(watermark)).await;

        assert_eq!(
            end.unwrap_err().code,
            "import.watermark_expired",
            "{form:?}"
        );
        assert!(
            !entries
                .iter()
                .any(|entry| matches!(entry, ImportEntry::Deleted(_)))
        );
    }
    let (_, end) = imported(&connector, ImportMode::Delta(b"nonsense".to_vec())).await;
    assert_eq!(end.unwrap_err().code, "import.watermark_expired");
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_whose_page_token_expires_ends_and_proves_nothing() {
    let world = World::new(4);
    populated(&world);
    let options = DeltaOptions {
        page_size: 5,
        skip_token_seconds: -1,
        ..DeltaOptions::default()
    };
    world.control.set_delta(&world.tenant, &options).unwrap();

    let (_, end) = imported(&world.connector(), ImportMode::Full).await;

    assert_eq!(end.unwrap_err().code, "import.walk_expired");
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_another_host_and_a_redirection_are_refused_before_anything_is_dialled() {
    let world = World::new(5);
    populated(&world);
    for (kind, code) in [
        (
            FaultKind::ForeignLink("https://127.0.0.2:9".to_owned()),
            "graph.host_not_allowed",
        ),
        (
            FaultKind::ForeignLink("http://169.254.169.254".to_owned()),
            "graph.host_not_allowed",
        ),
        (
            FaultKind::Redirect("https://127.0.0.2:9/v1.0/users".to_owned()),
            "graph.host_not_allowed",
        ),
    ] {
        world
            .control
            .arm(&Fault::always(kind).on("GET", "/users/delta"))
            .unwrap();

        let (_, end) = imported(&world.connector(), ImportMode::Full).await;

        assert_eq!(end.unwrap_err().code, code);
        world.control.disarm().unwrap();
    }
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_survives_what_a_network_and_a_busy_service_do() {
    let world = World::new(6);
    populated(&world);
    let options = DeltaOptions {
        page_size: 9,
        ..DeltaOptions::default()
    };
    world.control.set_delta(&world.tenant, &options).unwrap();
    for kind in [
        FaultKind::DropBefore,
        FaultKind::DropAfter,
        FaultKind::Truncate(100),
        FaultKind::Status(500),
        FaultKind::Status(503),
        FaultKind::StatusAfter(504),
        FaultKind::ExpiredToken,
        FaultKind::Throttle {
            seconds: 1,
            form: syncline_graph_sim::RetryAfter::Absent,
        },
    ] {
        let mut fault = Fault::always(kind);
        fault.rate = 0.05;
        world.control.arm(&fault).unwrap();
    }

    let (entries, end) = imported(&world.connector(), ImportMode::Full).await;

    world.control.disarm().unwrap();
    end.unwrap();
    assert_eq!(
        Image::full(entries).settled(),
        Image::of_store(&world.snapshot()).settled()
    );
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_nobody_takes_any_more_ends() {
    let world = World::new(7);
    populated(&world);
    let (sink, pages) = syncline_connectors::contract::PageSink::channel();
    drop(pages);

    let connector = world.connector();
    let end = connector
        .import(crate::world::request(ImportMode::Full), sink)
        .await;

    assert_eq!(end.unwrap_err().code, "import.cancelled");
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn directory_extensions_are_discovered_and_a_wrong_attribute_is_named() {
    let world = World::new(8);
    let name = "extension_0123456789abcdef0123456789abcdef_grade";
    let extensions =
        json!([{"name": name, "dataType": "String", "targetObjects": ["User", "Group"]}]);
    world
        .control
        .set_extensions(&world.tenant, &extensions)
        .unwrap();
    let connector = world.connector();

    let schema = connector.describe().await.unwrap();

    assert!(schema.attr("user", &name.into()).unwrap().writable);
    assert!(schema.attr("group", &name.into()).is_some());
    let mut request = crate::world::request(ImportMode::Full);
    request.types[0].1.push(AttrName::new("shoeSize"));
    let (sink, _pages) = syncline_connectors::contract::PageSink::channel();
    let fault = connector.import(request, sink).await.unwrap_err();
    assert_eq!(
        (fault.code.as_ref(), fault.attr),
        ("import.attribute_unknown", Some("shoeSize".into()))
    );
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn targeted_reads_answer_each_object_in_order() {
    let world = World::new(9);
    populated(&world);
    let connector = world.connector();
    let image = Image::of_store(&world.snapshot()).settled();
    let ada = world.find("users", "displayName", "ada")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let group = world.find("groups", "displayName", "Group 3")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let nobody = "00000000-0000-4000-8000-000000000000".to_owned();
    let objects = [&group, &nobody, &ada].map(|id| ObjectName::Anchor(anchor(id)));
    let request = ReadRequest {
        objects: objects.to_vec(),
        types: crate::world::request(ImportMode::Full).types,
    };

    let answers = connector.read(request).await.unwrap();

    assert!(matches!(&answers[1], ReadAnswer::Missing(name) if *name == objects[1]));
    for (answer, id) in [(&answers[0], &group), (&answers[2], &ada)] {
        let ReadAnswer::Found(entry) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(Image::full(vec![entry.clone()]).0[id], image.0[id]);
    }
    world.end();
}
