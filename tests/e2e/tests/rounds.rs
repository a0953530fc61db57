//! Some rounds of what `xtask campaign entra` plays by the thousand.

use syncline_tests::rounds::play;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_the_tenant_ends_as_the_source_demands() {
    let tally = play(2_026, 12, |number, line| println!("{number}: {line}"))
        .await
        .unwrap();

    assert_eq!(tally.rounds, 12);
    assert!(tally.kills > 0 && tally.faults.len() > 3, "{tally:?}");
    assert!(tally.created > 40 && tally.deleted > 0, "{tally:?}");
}
