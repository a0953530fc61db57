//! The message log: what is wrong with objects and with a directory, counted while it lasts and over when its cause is gone.

use serde_json::{Value, json};
use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::profile::{GOOD_MATCH, WRONG_MATCH, contoso_to_fabrikam};

/// Tries while the agent is away.
const TRIES: i64 = 3;

async fn open(world: &World, filter: &str) -> Vec<Value> {
    world
        .all(&format!("messages?open=true{filter}"))
        .await
        .unwrap()
}

async fn conflicts_come_and_go(world: &World) {
    let document = |pairs: &[_]| contoso_to_fabrikam(&world.contoso, &world.fabrikam, pairs);
    let saved = world
        .post("profiles", &document(&WRONG_MATCH))
        .await
        .unwrap();
    let profile = saved["id"].as_str().unwrap();
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();

    let told = open(
        world,
        &format!("&code=provision-conflict&profile={profile}"),
    )
    .await;

    assert!(!told.is_empty(), "a wrong match creates who is there");
    for message in &told {
        assert_eq!(message["directory"], *world.fabrikam, "{message:#}");
        assert_eq!(message["count"], 1, "{message:#}");
        assert!(
            message["to_do"].as_str().is_some_and(|t| t.ends_with('.')),
            "{message:#}"
        );
        assert!(message["next_try_at"].is_string(), "{message:#}");
    }
    let one = &told[0];
    let id = one["id"].as_str().unwrap();
    assert_eq!(&world.get(&format!("messages/{id}")).await.unwrap(), one);
    let object = one["object"].as_str().expect("an object to open");
    let of_object = open(world, &format!("&object={object}")).await;
    assert!(of_object.iter().any(|m| m["id"] == *id), "{of_object:#?}");
    let run = one["run"].as_str().unwrap();
    let of_run = open(world, &format!("&run={run}&code=provision-conflict")).await;
    assert_eq!(of_run.len(), told.len());
    let counts = world.get("messages/counts?open=true").await.unwrap();
    let counted = counts["codes"].as_array().unwrap();
    let counted = counted.iter().find(|c| c["code"] == "provision-conflict");
    assert_eq!(counted.unwrap()["count"], told.len());

    let version = saved["version"].as_i64().unwrap();
    let path = format!("profiles/{profile}");
    world
        .put(&path, version, &document(&GOOD_MATCH))
        .await
        .unwrap();
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();

    let left = open(world, "&code=provision-conflict").await;
    assert!(left.is_empty(), "{left:#?}");
    let over = world.get(&format!("messages/{id}")).await.unwrap();
    assert_eq!((&over["open"], &over["id"]), (&json!(false), &one["id"]));
    assert!(over["ended_at"].is_string(), "{over:#}");
}

async fn a_lost_agent_is_one_message(world: &mut World) {
    let contoso = world.contoso.clone();
    let of_contoso = format!("&directory={contoso}&code=agents.offline");
    world.agents[0].kill();

    for _ in 0..TRIES {
        let run = world.try_import(&contoso, "delta").await.unwrap();
        assert_eq!(run["status"], "stopped-agent-offline", "{run:#}");
    }
    // Another directory is read as ever.
    let fabrikam = world.fabrikam.clone();
    world.import(&fabrikam, "delta").await.unwrap();

    let [message] = <[Value; 1]>::try_from(open(world, &of_contoso).await).unwrap();
    assert_eq!(message["count"], TRIES, "{message:#}");
    assert_eq!(message["class"], "transient");
    assert!(
        message["first_at"].as_str() < message["last_at"].as_str(),
        "{message:#}"
    );

    world.agents[0].run().unwrap();
    world.connected(&contoso).await.unwrap();
    world.import(&contoso, "delta").await.unwrap();

    assert_eq!(open(world, &of_contoso).await, [] as [Value; 0]);
    let id = message["id"].as_str().unwrap();
    let over = world.get(&format!("messages/{id}")).await.unwrap();
    assert_eq!(
        (&over["open"], &over["count"]),
        (&json!(false), &json!(TRIES))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_once_and_over_when_its_cause_is_gone() {
    let mut world = World::start(DataSet::Small).await.unwrap();
    tokio::try_join!(
        world.import(&world.contoso, "full"),
        world.import(&world.fabrikam, "full")
    )
    .unwrap();

    conflicts_come_and_go(&world).await;
    a_lost_agent_is_one_message(&mut world).await;

    world.stop().await;
}
