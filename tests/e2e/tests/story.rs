//! The whole story of the demo with 200 people.

use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::flow::Flow;

#[tokio::test(flavor = "multi_thread")]
async fn edits_leavers_deletions_renames_and_guards_end_as_the_story_says() {
    let world = World::start(DataSet::Small).await.unwrap();

    let report = Flow::new(&world, DataSet::Small, &|step| {
        println!("{:.1} s {} {:?}", step.seconds, step.name, step.counts);
    })
    .play()
    .await;

    assert!(report.ok, "{}", report.stopped.unwrap_or_default());
    assert_eq!(report.write_differences, 0);
    assert_eq!(report.second_cycle_changes, 0);
    assert!(report.edit_to_target_seconds < 30.0, "{report:?}");
    world.stop().await;
}
