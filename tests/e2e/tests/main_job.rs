//! The main job, end to end, with 200 people.

use serde_json::json;
use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::patterns;
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};
use syncline_tests::world::{count, found};

#[tokio::test(flavor = "multi_thread")]
async fn people_groups_and_contacts_arrive_exactly_as_approved_and_a_second_cycle_changes_nothing()
{
    let world = World::start(DataSet::Small).await.unwrap();

    world.import(&world.contoso, "full").await.unwrap();
    world.import(&world.fabrikam, "full").await.unwrap();
    let document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    let profile = world.post("profiles", &document).await.unwrap();
    let profile = profile["id"].as_str().unwrap().to_owned();
    let synced = world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    assert_eq!(synced["state"], "succeeded", "{synced:#}");

    let what_if = world.what_if(&profile).await.unwrap();
    assert_eq!(found(&what_if, "matched"), 12, "{:#}", what_if["findings"]);
    assert_eq!(found(&what_if, "stranger"), 8);
    let adds = count(&what_if, "user", "add");
    assert!(adds > 150, "{:#}", what_if["counts"]);
    let plan = world
        .all(&format!(
            "what-ifs/{}/operations",
            what_if["id"].as_str().unwrap()
        ))
        .await
        .unwrap();
    let read_as = patterns::check(&world, &what_if).await.unwrap();
    assert!(
        read_as >= 3,
        "{read_as} patterns of {} operations",
        plan.len()
    );
    let cycle = world.approve(&what_if).await.unwrap();
    assert_eq!(cycle["state"], "succeeded", "{cycle:#}");

    let sent: i64 = cycle["runs"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|run| run["counts"]["acknowledged"].as_i64())
        .sum();
    assert_eq!(
        sent,
        plan.len() as i64,
        "what was approved is what was sent: {cycle:#}"
    );
    let second = world.cycle(&json!({})).await.unwrap();
    assert_eq!(
        (second["state"].as_str(), second["changes"].as_i64()),
        (Some("succeeded"), Some(0)),
        "{second:#}"
    );

    let exported = cycle["runs"].as_array().unwrap();
    let exported = exported.iter().find(|run| run["kind"] == "export").unwrap();
    let undo = patterns::undo(&world, exported["id"].as_str().unwrap());
    let undo = undo.await.unwrap();
    let deletes = count(&undo, "user", "delete");
    assert_eq!(deletes, adds, "who was created is deleted: {undo:#}");
    let refused = world.approve(&undo).await.unwrap_err();
    assert!(
        format!("{refused:#}").contains("what-ifs.undo"),
        "{refused:#}"
    );

    let same = world.what_if(&profile).await.unwrap();
    let since = patterns::since_approval(&world, &same).await.unwrap();
    assert_eq!(since, (0, 0), "all of it was sent, and nothing came since");
    let saved = world.get(&format!("profiles/{profile}")).await.unwrap();
    let louder = document
        .to_string()
        .replace("department.Trim()", "department.Trim().ToUpper()");
    let louder: serde_json::Value = serde_json::from_str(&louder).unwrap();
    let version = saved["version"].as_i64().unwrap();
    world
        .put(&format!("profiles/{profile}"), version, &louder)
        .await
        .unwrap();
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    let changed = world.what_if(&profile).await.unwrap();
    let (new, gone) = patterns::since_approval(&world, &changed).await.unwrap();
    assert!(new > 100 && gone == 0, "{new} new, {gone} gone");
    let patterns = patterns::check(&world, &changed).await.unwrap();
    assert_eq!(patterns, 1, "every department changes alike");
    let id = changed["id"].as_str().unwrap();
    let known = world.get(&format!("what-ifs/{id}/patterns")).await.unwrap();
    assert_eq!(
        known["patterns"][0]["sentence"],
        format!("{new} users change: department changes only between upper and lower case."),
        "{known:#}"
    );
    world.stop().await;
}
