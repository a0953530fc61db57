//! Beside Entra Connect: a cycle is ordered, followed and refused, over a protocol double of PowerShell.
//!
//! The double is `syncline-pwsh-double`; nothing here ever ran against a live Entra Connect.

mod ends;
mod hostile;
mod refusals;
mod support;

use syncline_agent_tests::pwsh::{Fault, Refusal, Scheduler};
use syncline_wire::link::{Capability, CycleEvent, CycleKind, CycleRequest};

use support::{Beside, DELTA, PATIENT, ask, follow, words};
use syncline_agent_tests::wait::{until, within};
use syncline_agent_tests::world::DIRECTORY;

#[tokio::test]
async fn a_cycle_is_ordered_and_followed_to_its_end() {
    let beside = Beside::ready(Scheduler {
        begins_after: 2,
        result: "completed-export-errors".into(),
        ..Scheduler::default()
    })
    .await;

    let (events, end) = beside.cycle(1).await;

    assert!(end.is_ok(), "{end:?}");
    assert_eq!(words(&events), ["started", "running", "ended"]);
    let Some(CycleEvent::Ended {
        runs: Some(runs), ..
    }) = events.last()
    else {
        panic!("{events:?}");
    };
    let told: Vec<_> = runs
        .iter()
        .map(|run| (run.profile.as_str(), run.result.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("Delta Import", "success"),
            ("Delta Synchronization", "success"),
            ("Export", "completed-export-errors")
        ]
    );
    assert!(!runs[2].succeeded());
    assert_eq!(beside.pwsh.scheduler().orders, ["delta"]);
    assert!(beside.pwsh.calls().iter().all(|call| !call.overlaps));
}

#[tokio::test]
async fn a_cycle_that_was_at_work_is_not_ours_and_is_waited_out() {
    let beside = Beside::ready(Scheduler {
        foreign: 3,
        connector: 5,
        ..Scheduler::default()
    })
    .await;

    let (events, end) = beside.cycle(1).await;

    assert!(end.is_ok(), "{end:?}");
    assert_eq!(words(&events), ["waiting", "started", "running", "ended"]);
    let calls = beside.pwsh.calls();
    let order = calls
        .iter()
        .position(|call| call.task == "start-delta")
        .unwrap();
    assert!(order >= 5, "ordered after {order} looks");
}

#[tokio::test]
async fn an_order_that_meets_a_beginning_cycle_is_given_again() {
    let beside = Beside::ready(Scheduler {
        orders_meet: vec![
            Refusal::busy(),
            Refusal::saying(
                "Sync is already running. Cannot start a new run till this one completes.",
            ),
        ],
        ..Scheduler::default()
    })
    .await;

    let (events, end) = beside.cycle(1).await;

    assert!(end.is_ok(), "{end:?}");
    assert_eq!(words(&events), ["waiting", "started", "running", "ended"]);
    assert_eq!(beside.pwsh.scheduler().orders, ["delta"]);
}

#[tokio::test]
async fn a_cycle_shorter_than_a_look_is_known_by_its_runs() {
    let beside = Beside::ready(Scheduler {
        begins_after: 0,
        lasts: 0,
        ..Scheduler::default()
    })
    .await;

    let (events, end) = beside.cycle(1).await;

    assert!(end.is_ok(), "{end:?}");
    assert!(matches!(
        events.last(),
        Some(CycleEvent::Ended { runs: Some(runs), .. }) if runs.len() == 3
    ));
}

#[tokio::test]
async fn without_a_history_the_end_is_known_and_the_results_are_not() {
    let beside = Beside::ready(Scheduler {
        history: false,
        ..Scheduler::default()
    })
    .await;

    let (events, end) = beside.cycle(1).await;

    assert!(end.is_ok(), "{end:?}");
    assert!(matches!(
        events.last(),
        Some(CycleEvent::Ended { runs: None, .. })
    ));
}

#[tokio::test]
async fn looks_that_fail_now_and_then_end_nothing() {
    let beside = Beside::ready(Scheduler {
        looks: vec![
            Fault::None,
            Fault::NoSession,
            Fault::Garbage,
            Fault::None,
            Fault::NoSession,
            Fault::Silent,
        ],
        ..Scheduler::default()
    })
    .await;

    let (events, end) = beside.cycle(1).await;

    assert!(end.is_ok(), "{end:?}");
    assert_eq!(words(&events).last(), Some(&"ended"));
}

#[tokio::test]
async fn a_remote_server_is_the_one_of_the_policy() {
    let policy =
        "[entra_connect]\nallow = ['delta']\nserver = 'sync01.contoso.com'\nuser = 'svc'\n";
    let beside = Beside::start(
        policy,
        PATIENT,
        Scheduler {
            server: Some("sync01.contoso.com".into()),
            ..Scheduler::default()
        },
    )
    .await;

    assert!(beside.cycle(1).await.1.is_ok());

    beside
        .pwsh
        .set(|scheduler| scheduler.server = Some("sync02.contoso.com".into()));
    assert_eq!(
        beside.cycle(2).await.1.unwrap_err().code,
        "entra_connect.remote_failed"
    );
}

#[tokio::test]
async fn what_changes_a_cycles_worth_is_told_with_its_start() {
    let beside = Beside::start(
        "[entra_connect]\nallow = ['delta']\nwhile_disabled = true\n",
        PATIENT,
        Scheduler {
            staging: true,
            enabled: false,
            ..Scheduler::default()
        },
    )
    .await;

    let (events, end) = beside.cycle(1).await;

    assert!(end.is_ok(), "{end:?}");
    let Some(CycleEvent::Started { warnings, .. }) = events.first() else {
        panic!("{events:?}");
    };
    let codes: Vec<_> = warnings
        .iter()
        .map(|warning| warning.code.as_str())
        .collect();
    assert_eq!(
        codes,
        [
            "entra_connect.staging_mode",
            "entra_connect.scheduler_disabled"
        ]
    );
}

#[tokio::test]
async fn who_asks_before_the_order_joins_and_who_asks_after_it_gets_the_next() {
    let beside = Beside::start(
        "[entra_connect]\nallow = ['delta', 'initial']\n",
        PATIENT,
        Scheduler {
            foreign: 100_000,
            ..Scheduler::default()
        },
    )
    .await;
    let mut first = ask(&beside.link, CycleKind::Delta, 1).await.unwrap();
    let told = within("the first event", first.next_item()).await.unwrap();
    assert_eq!(told, Some(CycleEvent::WaitingForRunningCycle));
    let second = ask(&beside.link, CycleKind::Initial, 2).await;
    let mut second = second.unwrap();
    within("its first event", second.next_item()).await.unwrap();
    beside.pwsh.set(|scheduler| {
        scheduler.foreign = 0;
        scheduler.lasts = 100_000;
    });

    let told = within("the order", first.next_item()).await.unwrap();
    assert_eq!(
        told,
        Some(CycleEvent::Started {
            kind: CycleKind::Initial,
            warnings: vec![]
        })
    );
    let third = ask(&beside.link, CycleKind::Delta, 3).await;
    let again = ask(&beside.link, CycleKind::Delta, 1).await;
    let mut again = again.unwrap();
    let told = within("what was told already", again.next_item())
        .await
        .unwrap();
    assert_eq!(told, Some(CycleEvent::WaitingForRunningCycle));
    beside.pwsh.set(|scheduler| scheduler.lasts = 1);

    for stream in [first, second, again] {
        assert_eq!(words(&follow(Ok(stream)).await.0).last(), Some(&"ended"));
    }
    let (events, end) = follow(third).await;
    assert!(end.is_ok(), "{end:?}");
    assert!(matches!(
        events.first(),
        Some(CycleEvent::Started {
            kind: CycleKind::Delta,
            ..
        })
    ));
    assert_eq!(beside.pwsh.scheduler().orders, ["initial", "delta"]);
}

#[tokio::test]
async fn the_same_wish_over_the_next_session_is_the_same_cycle() {
    let beside = Beside::ready(Scheduler {
        lasts: 100_000,
        ..Scheduler::default()
    })
    .await;
    let hello = beside.link.hello(DIRECTORY).await.unwrap();
    assert!(Capability::EntraConnect.is_in(hello.capabilities));
    let mut stream = ask(&beside.link, CycleKind::Delta, 7).await.unwrap();
    within("its start", stream.next_item()).await.unwrap();

    // Another policy ends the session, so that the runner learns of it.
    beside.policy(&format!("{DELTA}# changed\n"));
    let fault = follow(Ok(stream)).await.1.unwrap_err();
    assert_eq!(fault.code, "agent.session_ending");
    let link = beside.world.next_link().await.unwrap();
    let stream = ask(&link, CycleKind::Delta, 7).await;
    beside.pwsh.set(|scheduler| scheduler.lasts = 1);

    let (events, end) = follow(stream).await;
    assert!(end.is_ok(), "{end:?}");
    assert_eq!(words(&events), ["started", "running", "ended"]);
    // And when it is over, it is told of and not ordered anew.
    let (_, end) = follow(ask(&link, CycleKind::Delta, 7).await).await;
    assert!(end.is_ok(), "{end:?}");
    assert_eq!(beside.pwsh.scheduler().orders, ["delta"]);
}

#[tokio::test]
async fn a_wish_that_an_earlier_agent_ordered_is_not_ordered_again() {
    let beside = Beside::ready(Scheduler::default()).await;
    let request = CycleRequest {
        kind: CycleKind::Delta,
        wish: 9,
        ordered: true,
    };

    let forgotten = follow(beside.link.entra_connect_cycle(request).await).await;
    assert_eq!(forgotten.1.unwrap_err().code, "entra_connect.forgotten");
    assert!(beside.pwsh.scheduler().orders.is_empty());

    // One that this agent ordered is known, however it is asked for.
    beside.cycle(9).await.1.unwrap();
    let known = follow(beside.link.entra_connect_cycle(request).await).await;
    known.1.unwrap();
    assert_eq!(beside.pwsh.scheduler().orders, ["delta"]);
}

#[tokio::test]
async fn an_agent_whose_host_allows_no_cycle_does_not_offer_one() {
    let beside = Beside::start("", PATIENT, Scheduler::default()).await;

    let hello = beside.link.hello(DIRECTORY).await.unwrap();
    assert!(!Capability::EntraConnect.is_in(hello.capabilities));
    beside.policy(DELTA);

    until("the session ends", || !beside.link.is_open()).await;
    let link = beside.world.next_link().await.unwrap();
    let hello = link.hello(DIRECTORY).await.unwrap();
    assert!(Capability::EntraConnect.is_in(hello.capabilities));
}
