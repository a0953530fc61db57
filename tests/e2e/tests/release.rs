//! What a new release finds: programs that are native code for another one.

use serde_json::json;
use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::kill::{answered, kill_runner};
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_are_gone_are_compiled_again_and_the_plan_is_the_same() {
    let world = World::start(DataSet::Small).await.unwrap();
    tokio::try_join!(
        world.import(&world.contoso, "full"),
        world.import(&world.fabrikam, "full")
    )
    .unwrap();
    let document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    let profile = world.post("profiles", &document).await.unwrap();
    let id = profile["id"].as_str().unwrap();
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    let before = world.what_if(id).await.unwrap();

    let dropped = world.stack.sql(
        "syncline_cell_0001",
        "do $$ declare s text; begin
           for s in select schemaname from pg_tables where tablename = 'rule_artifact' loop
             execute format('delete from %I.rule_artifact', s);
           end loop;
         end $$",
    );
    dropped.unwrap();
    kill_runner(&world).unwrap();
    let again = answered(&world, &format!("profiles/{id}")).await.unwrap();
    let after = world.what_if(id).await.unwrap();

    for field in ["version", "config_hash", "state"] {
        assert_eq!(again[field], profile[field], "{field}");
    }
    assert_eq!(after["plan_hash"], before["plan_hash"]);
    world.stop().await;
}
