//! A Retry-After that is longer than anybody waits: nothing more is sent, and the time is told in words.

use std::time::{Duration, Instant};

use syncline_connectors::contract::{Connector, Fault as Told, KnownNames, OpOutcome};
use syncline_graph_sim::{Fault, FaultKind, RetryAfter};
use syncline_model::error::ErrorKind;
use syncline_model::import::ImportMode;

use crate::world::{World, add_user, imported, text, update};

fn throttled(outcome: OpOutcome) -> (Duration, Told) {
    match outcome {
        OpOutcome::Throttled { after, fault } => (after, fault),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_pause_ends_what_is_under_way_and_holds_what_comes() {
    for (seed, form) in [(110, RetryAfter::Seconds), (111, RetryAfter::Date)] {
        let world = World::new(seed);
        let ada = world.user("ada");
        let connector = world.connector();
        connector.describe().await.unwrap();
        let kind = FaultKind::Throttle {
            seconds: 7_200,
            form,
        };
        world
            .control
            .arm(&Fault::once(kind).on("PATCH", "/users/"))
            .unwrap();
        let change = update(&ada, "user", vec![("jobTitle", text("Analyst"))]);
        let begun = Instant::now();

        let (after, fault) = throttled(connector.export(&change, &KnownNames).await);
        let sent = world.control.log(0).unwrap().len();
        let (later, held) = throttled(connector.export(&change, &KnownNames).await);
        let (_, new) = throttled(
            connector
                .export(&add_user(1, "bob", vec![]), &KnownNames)
                .await,
        );
        let import = imported(&connector, ImportMode::Full).await.1.unwrap_err();

        assert!(begun.elapsed() < Duration::from_secs(60));
        for after in [after, later] {
            assert!((7_100..=7_260).contains(&after.as_secs()), "{after:?}");
        }
        assert_eq!(fault.code, "export.throttled");
        for held in [&held, &new, &import] {
            assert_eq!(
                (held.code.as_ref(), held.kind),
                ("graph.throttled", ErrorKind::Throttled)
            );
        }
        for told in [&fault, &held, &import] {
            assert!(
                told.message.contains("2 hours") || told.message.contains("1 hour 59"),
                "{told:?}"
            );
        }
        assert_eq!(
            world.control.log(0).unwrap().len(),
            sent,
            "nothing more was sent"
        );
        world.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_told_to_wait_long_ends_and_says_for_how_long() {
    let world = World::new(112);
    let kind = FaultKind::Throttle {
        seconds: 3_600,
        form: RetryAfter::Seconds,
    };
    world
        .control
        .arm(&Fault::once(kind).on("GET", "/users/delta"))
        .unwrap();

    let (entries, end) = imported(&world.connector(), ImportMode::Full).await;

    assert!(entries.is_empty());
    let fault = end.unwrap_err();
    assert_eq!(
        (fault.code.as_ref(), fault.kind),
        ("import.throttled", ErrorKind::Throttled)
    );
    assert!(fault.message.contains("1 hour"), "{}", fault.message);
    world.end();
}
