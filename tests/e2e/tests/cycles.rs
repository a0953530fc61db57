//! What somebody who starts cycles by the API relies on: S-66, stops, and the limits of guards.

use serde_json::{Value, json};
use syncline_api_tests::Answer;
use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};

async fn order(world: &World, body: Value) -> Answer {
    world.browser.post(&world.path("cycles"), &body).await
}

fn id(answer: &Value) -> &str {
    answer["id"].as_str().expect("a cycle")
}

#[tokio::test(flavor = "multi_thread")]
async fn s66_who_starts_a_cycle_while_one_runs_joins_it_waits_or_is_told() {
    let world = World::start(DataSet::Small).await.unwrap();
    let profile = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    world.post("profiles", &profile).await.unwrap();
    let all = json!({"policy": "initial", "exports": "suppress"});

    let (one, other) = tokio::join!(order(&world, all.clone()), order(&world, all.clone()));
    assert_eq!((one.status, other.status), (202, 202));
    assert_eq!(id(&one.json), id(&other.json));
    let joined = [&one, &other].map(|answer| answer.json["joined"] == true);
    assert!(
        joined.contains(&true) && joined.contains(&false),
        "{joined:?}"
    );
    let vector = one.json["target_vector"].as_array().unwrap();
    assert_eq!(vector.len(), 2, "both directories: {vector:?}");

    let mut reject = all.clone();
    reject["on_busy"] = json!("reject");
    let refused = order(&world, reject).await;
    assert_eq!(
        (refused.status, &refused.json["code"]),
        (409, &json!("busy"))
    );
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains(id(&one.json)), "{detail}");

    let mut queue = all.clone();
    queue["on_busy"] = json!("queue");
    let queued = order(&world, queue).await;
    assert_ne!(id(&queued.json), id(&one.json));
    assert_eq!(queued.json["state"], "queued");

    let ended = world.wait_for_cycle(id(&one.json)).await.unwrap();
    let ended_again = world.wait_for_cycle(id(&other.json)).await.unwrap();
    assert_eq!(ended["state"], "succeeded", "{ended:#}");
    assert_eq!(ended, ended_again);
    let runs = ended["runs"].as_array().unwrap();
    let imports = runs.iter().filter(|run| run["kind"] == "full-import");
    // Who joined before it began reads with it, who joined later reads again.
    assert!([2, 4].contains(&imports.count()), "{runs:#?}");
    world.wait_for_cycle(id(&queued.json)).await.unwrap();

    let mut waited = json!({"exports": "suppress", "wait_s": 60});
    waited["directories"] = json!([world.contoso]);
    let waited = order(&world, waited).await;
    assert_eq!(waited.json["state"], "succeeded", "{:#}", waited.json);
    assert_eq!(waited.json["runs"].as_array().unwrap().len(), 2);
    let unknown = order(&world, json!({"directories": ["dir_999999"]})).await;
    assert_eq!(unknown.json["errors"][0]["at"], "/directories/0");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cycle_that_is_stopped_says_so_and_the_next_one_goes_on() {
    let world = World::start(DataSet::Small).await.unwrap();
    let profile = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    world.post("profiles", &profile).await.unwrap();
    let all = json!({"policy": "initial", "exports": "suppress"});
    let running = order(&world, all.clone()).await.json;
    let mut queue = all.clone();
    queue["on_busy"] = json!("queue");
    let queued = order(&world, queue).await.json;

    let withdrawn = world.delete(&format!("cycles/{}", id(&queued)), 0).await;
    assert_eq!(withdrawn.status, 200);
    assert_eq!(withdrawn.json["state"], "stopped");
    let stopping = world.delete(&format!("cycles/{}", id(&running)), 0).await;
    assert_eq!(stopping.status, 200);
    let stopped = world.wait_for_cycle(id(&running)).await.unwrap();
    assert_eq!(stopped["state"], "stopped", "{stopped:#}");
    let again = world.delete(&format!("cycles/{}", id(&running)), 0).await;
    assert_eq!(again.status, 409, "it has ended");

    let ended = world.cycle(&all).await.unwrap();
    assert_eq!(ended["state"], "succeeded", "{ended:#}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_guards_are_read_changed_and_checked() {
    let world = World::start(DataSet::Small).await.unwrap();
    let path = format!("directories/{}/guards", world.fabrikam);

    let usual = world.get(&path).await.unwrap();
    assert_eq!(
        (&usual["mode"], &usual["version"]),
        (&json!("stop"), &json!(0))
    );
    assert_eq!(
        usual["delete"],
        json!({"at_least": 5, "at_most": 500, "percent": 5})
    );

    let patch =
        json!({"mode": "hold-destructive", "delete": {"at_least": 0, "at_most": 0, "percent": 0}});
    let changed = world.patch(&path, 0, &patch).await.unwrap();
    assert_eq!(
        (&changed["mode"], &changed["version"]),
        (&json!("hold-destructive"), &json!(1))
    );
    assert_eq!(
        changed["create"], usual["create"],
        "what is not named stays"
    );
    assert_eq!(world.get(&path).await.unwrap(), changed);
    assert!(
        world.patch(&path, 0, &patch).await.is_err(),
        "somebody else changed it"
    );
    let wrong = json!({"delete": {"at_least": 9, "at_most": 5, "percent": 5}});
    let refused = world.patch(&path, 1, &wrong).await.unwrap_err().to_string();
    assert!(refused.contains("/delete/at_most"), "{refused}");
    world.stop().await;
}
