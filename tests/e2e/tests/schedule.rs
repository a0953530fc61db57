//! What an operator relies on who sets when profiles run: starts at their time and once, what is left out or sent
//! nothing of, why something does not run, and "my object is there".

use std::collections::BTreeSet;

use serde_json::{Value, json};
use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::kill::{answered, kill_runner};
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};

/// A tenant with a profile that nothing starts, imported and synchronised.
async fn world() -> (World, String) {
    let world = World::start(DataSet::Small).await.unwrap();
    let mut document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    document["triggers"] = json!({"on_change": false});
    let profile = world.post("profiles", &document).await.unwrap();
    let id = profile["id"].as_str().unwrap().to_owned();
    let all = json!({"policy": "initial", "exports": "suppress"});
    world.cycle(&all).await.unwrap();
    (world, id)
}

async fn started(world: &World) -> Vec<Value> {
    let all = world.all("cycles").await.unwrap();
    let by_time = all
        .into_iter()
        .filter(|cycle| cycle["trigger"] == "interval");
    by_time.collect()
}

async fn set(world: &World, profile: &str, patch: Value) -> Value {
    let path = format!("profiles/{profile}/schedule");
    let before = world.get(&path).await.unwrap();
    let version = before["version"].as_i64().unwrap();
    world.patch(&path, version, &patch).await.unwrap()
}

fn codes(why: &Value) -> BTreeSet<&str> {
    let why = why.as_array().unwrap().iter();
    why.filter_map(|reason| reason["code"].as_str()).collect()
}

fn job<'v>(scheduler: &'v Value, id: &str) -> &'v Value {
    let mut jobs = scheduler["jobs"].as_array().unwrap().iter();
    jobs.find(|job| job["id"] == id).unwrap()
}

/// A time of year that is not far from now and has gone by.
const LONG_AGO: &str = "2026-01-01T00:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_starts_at_its_time_once_however_long_the_runner_was_away() {
    let (world, profile) = world().await;
    let nothing = world.get("scheduler").await.unwrap();
    assert_eq!(
        codes(&nothing["profiles"][0]["why_not"]),
        ["no_trigger"].into()
    );

    // An hour's interval whose first start has come.
    let hourly = json!({"interval": "PT1H", "next_run_at": LONG_AGO});
    let told = set(&world, &profile, hourly).await;
    assert_eq!(told["effective_interval"], "PT1H");
    let one = |cycles: &Value| {
        let cycles = cycles["items"].as_array().unwrap().iter();
        let mut ours = cycles.filter(|cycle| cycle["trigger"] == "interval");
        ours.any(|cycle| cycle.get("ended_at").is_some())
    };
    world
        .until("cycles", "it started by time", one)
        .await
        .unwrap();
    assert_eq!(started(&world).await.len(), 1);
    let next = world.get("scheduler").await.unwrap();
    assert_eq!(codes(&next["profiles"][0]["why_not"]), ["not_due"].into());
    assert_eq!(next["effective_interval"], "PT1H");
    assert_eq!(next["next_cycle_at"], next["profiles"][0]["next_at"]);

    // It was due five times while nobody was there.
    let missed = world.stack.sql(
        "syncline_cell_0001",
        "do $$ declare s text; begin
           for s in select schemaname from pg_tables where tablename = 'due' loop
             execute format('update %I.due set at_ms = at_ms - 6 * 3600000 where kind = ''interval''', s);
           end loop;
         end $$",
    );
    missed.unwrap();
    kill_runner(&world).unwrap();
    answered(&world, "scheduler").await.unwrap();
    let both = |cycles: &Value| {
        let cycles = cycles["items"].as_array().unwrap().iter();
        let ours = cycles.filter(|c| c["trigger"] == "interval" && c.get("ended_at").is_some());
        ours.count() == 2
    };
    world
        .until("cycles", "what was missed started", both)
        .await
        .unwrap();
    // Whatever else was due would be before this one.
    let behind = json!({"exports": "suppress", "on_busy": "queue"});
    world.cycle(&behind).await.unwrap();
    assert_eq!(started(&world).await.len(), 2, "one start for five misses");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_is_left_out_once_and_what_is_switched_off_starts_nothing() {
    let (world, profile) = world().await;

    let skip = json!({"interval": "PT1H", "skip_next": true, "next_run_at": LONG_AGO});
    set(&world, &profile, skip).await;
    let path = format!("profiles/{profile}/schedule");
    let over = |told: &Value| told["skip_next"] == false;
    let told = world
        .until(&path, "the start was left out", over)
        .await
        .unwrap();
    assert_eq!(started(&world).await.len(), 0);
    assert_eq!(told["upcoming"].as_array().unwrap().len(), 10);

    // Off: the time passes, and what was set for the next start stays.
    let off = json!({"enabled": false, "next_policy": "initial", "next_run_at": LONG_AGO});
    set(&world, &profile, off).await;
    let scheduler = world.get("scheduler").await.unwrap();
    assert!(codes(&scheduler["profiles"][0]["why_not"]).contains("profile_disabled"));
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    let still = world.get(&path).await.unwrap();
    assert_eq!(
        (&still["next_policy"], &still["upcoming"]),
        (&json!("initial"), &json!([]))
    );
    assert_eq!(started(&world).await.len(), 0);

    // On again, and in full once.
    set(
        &world,
        &profile,
        json!({"enabled": true, "next_run_at": LONG_AGO}),
    )
    .await;
    let full = |cycles: &Value| {
        let cycles = cycles["items"].as_array().unwrap().iter();
        let mut ours = cycles.filter(|c| c["trigger"] == "interval" && c.get("ended_at").is_some());
        ours.any(|cycle| cycle["runs"][0]["kind"] == "full-import")
    };
    world
        .until("cycles", "it read everything", full)
        .await
        .unwrap();
    assert_eq!(world.get(&path).await.unwrap()["next_policy"], "delta");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_follows_the_clocks_of_the_tenant_and_wrong_ones_are_refused() {
    let (world, profile) = world().await;

    let zone = json!({"time_zone": "Europe/Berlin"});
    let changed = world.patch("scheduler", 0, &zone).await.unwrap();
    assert_eq!(
        (&changed["time_zone"], &changed["version"]),
        (&json!("Europe/Berlin"), &json!(1))
    );
    assert!(
        world.patch("scheduler", 0, &zone).await.is_err(),
        "somebody else changed it"
    );
    let wrong = world
        .patch("scheduler", 1, &json!({"time_zone": "Mars/Base"}))
        .await;
    assert!(wrong.unwrap_err().to_string().contains("/time_zone"));

    let nightly = json!({"calendar": {"at": ["02:30"]}});
    let told = set(&world, &profile, nightly).await;
    let starts = told["upcoming"].as_array().unwrap();
    let clocks: BTreeSet<&str> = starts
        .iter()
        .filter_map(|start| start["at"].as_str().map(|at| &at[11..19]))
        .collect();
    // 02:30 in Berlin, in winter or in summer.
    assert!(
        clocks.is_subset(&["01:30:00", "00:30:00"].into()),
        "{clocks:?}"
    );
    assert_eq!(starts.len(), 10);

    let path = format!("profiles/{profile}/schedule");
    let bad = json!({"interval": "PT5S"});
    let refused = world.patch(&path, 1, &bad).await.unwrap_err().to_string();
    assert!(refused.contains("/interval"), "{refused}");
    assert!(
        world
            .patch(&path, 1, &json!({"calendar": {"at": ["25:00"]}}))
            .await
            .is_err()
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_says_why_nothing_is_sent_and_a_wait_answers_when_an_object_is_there() {
    let (world, profile) = world().await;
    let export = format!("export.{}", world.fabrikam);

    let scheduler = world.get("scheduler").await.unwrap();
    let held = job(&scheduler, &export);
    assert_eq!(held["state"], "blocked");
    assert!(codes(&held["why_not"]).contains("needs_review"), "{held:#}");
    let import = job(&scheduler, &format!("import.{}", world.contoso));
    assert_eq!(import["usual"]["runs"], 1, "{import:#}");
    assert_eq!(import["runs"][0]["kind"], "full-import");
    let preview = world.post("cycles/preview", &json!({})).await.unwrap();
    let jobs = preview["jobs"].as_array().unwrap();
    let stopped: Vec<&Value> = jobs.iter().filter(|job| job["runs"] == false).collect();
    assert_eq!(stopped.len(), 1, "{preview:#}");
    assert_eq!(stopped[0]["id"], export.as_str());

    // Somebody who is to be added, by the name that he has where he comes from.
    let what_if = world.what_if(&profile).await.unwrap();
    let operations = format!(
        "what-ifs/{}/operations?kind=add&type=user",
        what_if["id"].as_str().unwrap()
    );
    let added = world.get(&operations).await.unwrap()["items"][0].clone();
    let mv = added["metaverse_object"].as_str().unwrap();
    let mv = world.get(&format!("metaverse/{mv}")).await.unwrap();
    let links = mv["links"].as_array().unwrap();
    let source = links
        .iter()
        .find(|o| o["directory"] == world.contoso.as_str());
    let source = source.unwrap();
    let asked = json!({"directory": world.contoso, "dn": source["dn"]});
    let waits = world.post("waits", &asked).await.unwrap();
    assert_eq!(
        (&waits["state"], &waits["reached"], &waits["object"]),
        (&json!("staged"), &json!(false), &source["id"])
    );
    assert!(
        codes(&waits["why_not"]).contains("needs_review"),
        "{waits:#}"
    );
    let by_anchor = json!({"directory": world.contoso, "anchor": source["anchor"]});
    assert_eq!(
        world.post("waits", &by_anchor).await.unwrap()["object"],
        source["id"]
    );
    let nobody = json!({"directory": world.contoso, "dn": "CN=Nobody,DC=contoso,DC=test"});
    assert_eq!(
        world.post("waits", &nobody).await.unwrap()["state"],
        "unseen"
    );
    let two = json!({"directory": world.contoso, "dn": "CN=a", "object": source["id"]});
    assert!(
        world.post("waits", &two).await.is_err(),
        "one name, not two"
    );

    // While exports of the profile are suppressed, an approval sends nothing either.
    set(&world, &profile, json!({"exports": "suppress"})).await;
    world.approve(&what_if).await.unwrap();
    let suppressed = world.get("scheduler").await.unwrap();
    assert!(codes(&job(&suppressed, &export)["why_not"]).contains("exports_suppressed"));

    let handle = format!("waits/{}?wait_s=60", waits["id"].as_str().unwrap());
    let (there, _) = tokio::join!(
        world.until(&handle, "the object is there", |told| told["reached"]
            == true),
        set(&world, &profile, json!({"exports": "allowed"}))
    );
    let there = there.unwrap();
    assert_eq!(there["state"], "confirmed");
    assert_eq!(there["targets"][0]["directory"], world.fabrikam.as_str());
    let again = world.get(&handle).await.unwrap();
    assert_eq!(
        again["reached"], true,
        "asked after the end it answers at once"
    );

    // What is asked for once in full is read in full once.
    let require = format!("directories/{}/require", world.contoso);
    assert!(world.post(&require, &json!({})).await.is_err());
    world
        .post(&require, &json!({"full_import": true}))
        .await
        .unwrap();
    let cycle = world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    let runs = cycle["runs"].as_array().unwrap();
    let of_contoso = runs
        .iter()
        .find(|run| run["directory"] == world.contoso.as_str());
    let read = of_contoso.unwrap()["counts"]["objects_read"].as_i64();
    assert!(read.is_some_and(|n| n > 100), "{runs:#?}");
    world.stop().await;
}
