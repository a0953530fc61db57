//! Every way in which a cycle is not started, or its end not seen, has its code and its next step.

use std::path::Path;

use syncline_agent_tests::directory::MemoryDirectory;
use syncline_agent_tests::pwsh::{Fault, Refusal, Scheduler};
use syncline_agent_tests::world::RunningAgent;
use syncline_wire::link::{CycleEvent, CycleKind};

use super::support::{Beside, DELTA, PATIENT, ask, configure, follow, prepared, words};

/// No call may be made for a refusal that the host decides.
fn untouched(beside: &Beside) -> bool {
    beside.pwsh.calls().is_empty()
}

#[tokio::test]
async fn without_the_hosts_word_nothing_is_run() {
    let beside = Beside::start("", PATIENT, Scheduler::default()).await;
    assert_eq!(beside.code().await, "entra_connect.not_allowed");

    beside.policy("[entra_connect]\nallow = ['initial']\n");
    assert_eq!(beside.code().await, "entra_connect.not_allowed");
    beside.policy("[entra_connect]\nallow = 'delta'\n");
    assert_eq!(beside.code().await, "agent.policy_invalid");
    beside.policy(DELTA);
    let initial = follow(ask(&beside.link, CycleKind::Initial, 1).await).await;
    assert_eq!(initial.1.unwrap_err().code, "entra_connect.not_allowed");
    beside.agent.agent.home.hold(true).unwrap();
    assert_eq!(beside.code().await, "entra_connect.held");
    beside.agent.agent.home.hold(false).unwrap();
    beside.policy(&format!("{DELTA}[ceilings]\nentra_connect_cycle = 0\n"));
    assert_eq!(beside.code().await, "entra_connect.ceiling");

    let calls = beside.pwsh.calls();
    assert!(calls.iter().all(|call| call.task == "look"), "{calls:?}");
}

#[tokio::test]
async fn a_day_has_as_many_cycles_as_the_host_says() {
    let policy = format!("{DELTA}[ceilings]\nentra_connect_cycle = 2\n");
    let beside = Beside::start(&policy, PATIENT, Scheduler::default()).await;

    assert!(beside.cycle(1).await.1.is_ok());
    assert!(beside.cycle(2).await.1.is_ok());

    let fault = beside.cycle(3).await.1.unwrap_err();
    assert_eq!(fault.code, "entra_connect.ceiling");
    assert_eq!(beside.pwsh.scheduler().orders.len(), 2);
}

#[tokio::test]
async fn a_cycle_that_is_tried_more_than_once_counts_once() {
    let policy = format!("{DELTA}[ceilings]\nentra_connect_cycle = 1\n");
    let busy_twice = Scheduler {
        orders_meet: vec![Refusal::busy(); 2],
        ..Scheduler::default()
    };
    let beside = Beside::start(&policy, PATIENT, busy_twice).await;

    let (_, end) = beside.cycle(1).await;

    assert!(end.is_ok(), "{end:?}");
    let fault = beside.cycle(2).await.1.unwrap_err();
    assert_eq!(fault.code, "entra_connect.ceiling");
}

#[tokio::test]
async fn an_order_whose_answer_was_lost_is_not_given_again() {
    let beside = Beside::ready(Scheduler::default()).await;
    let orders = || {
        let calls = beside.pwsh.calls();
        calls.iter().filter(|call| call.task != "look").count()
    };

    for (wish, fault) in [(1, Fault::NoSession), (2, Fault::Garbage)] {
        beside.pwsh.set(|scheduler| {
            scheduler.orders_meet = vec![fault.clone()];
            scheduler.since_order = None;
        });
        let lost = beside.cycle(wish).await.1.unwrap_err();
        let given = orders();

        // Whoever asks for it again is told what became of it.
        let again = beside.cycle(wish).await.1.unwrap_err();

        assert_eq!((given, orders()), (wish as usize, given), "{fault:?}");
        assert_eq!(again, lost);
    }
}

#[tokio::test]
async fn without_a_powershell_it_is_said_where_to_name_one() {
    let (world, home, _) = prepared(DELTA, PATIENT, Scheduler::default()).await;
    configure(&world, &home, Path::new("/nowhere/pwsh"), PATIENT);
    let _agent = RunningAgent::start(home, MemoryDirectory::new());
    let link = world.next_link().await.unwrap();

    let fault = follow(ask(&link, CycleKind::Delta, 1).await)
        .await
        .1
        .unwrap_err();

    assert_eq!(fault.code, "entra_connect.powershell_missing");
    assert!(fault.next_step.contains("config.toml"));

    let (world, home, pwsh) = prepared(DELTA, PATIENT, Scheduler::default()).await;
    world.configure(&home, "");
    let _agent = RunningAgent::start(home, MemoryDirectory::new());
    let link = world.next_link().await.unwrap();
    let fault = follow(ask(&link, CycleKind::Delta, 1).await)
        .await
        .1
        .unwrap_err();
    assert_eq!(fault.code, "entra_connect.powershell_missing");
    assert!(pwsh.calls().is_empty());
}

#[tokio::test]
async fn what_the_first_look_meets_has_its_code() {
    let beside = Beside::ready(Scheduler::default()).await;
    assert!(untouched(&beside));

    for (fault, code) in [
        (Fault::NoModule, "module_missing"),
        (Fault::NotElevated, "not_elevated"),
        (Fault::NoSession, "remote_failed"),
        (
            Refusal::saying("Showing a modal dialog box or form"),
            "look_failed",
        ),
        (Fault::Garbage, "output_unreadable"),
        (Fault::Huge, "output_unreadable"),
        (Fault::Silent, "output_unreadable"),
        (Fault::Twice, "output_unreadable"),
        (Fault::Cut, "output_unreadable"),
        (Fault::Crash, "output_unreadable"),
    ] {
        beside
            .pwsh
            .set(|scheduler| scheduler.looks = vec![fault.clone()]);

        let refused = beside.cycle(1).await.1.unwrap_err();

        assert_eq!(refused.code, format!("entra_connect.{code}"), "{fault:?}");
        assert!(!refused.next_step.is_empty() && !refused.message.is_empty());
        if fault == Fault::Crash {
            assert!(refused.evidence.contains("ICU"), "{refused:?}");
        }
    }
    assert!(beside.pwsh.scheduler().orders.is_empty());
}

#[tokio::test]
async fn what_an_order_meets_has_its_code() {
    let beside = Beside::ready(Scheduler::default()).await;

    for (wish, (fault, code)) in [
        (Refusal::suspended(), "scheduler_suspended"),
        (Refusal::saying("It is not the day for it."), "start_failed"),
        (Fault::Result("Aborted".into()), "start_failed"),
        (Fault::NotElevated, "not_elevated"),
        (Fault::NoSession, "remote_failed"),
        (Fault::Garbage, "output_unreadable"),
    ]
    .into_iter()
    .enumerate()
    {
        beside
            .pwsh
            .set(|scheduler| scheduler.orders_meet = vec![fault.clone()]);

        let (events, end) = beside.cycle(wish as u64).await;

        assert_eq!(
            end.unwrap_err().code,
            format!("entra_connect.{code}"),
            "{fault:?}"
        );
        assert!(events.is_empty(), "{events:?}");
        // What Garbage hides is an order that was taken; its cycle is let end.
        beside.pwsh.set(|scheduler| scheduler.since_order = None);
    }
}

#[tokio::test]
async fn a_scheduler_that_is_off_or_suspended_is_told_apart() {
    let beside = Beside::ready(Scheduler {
        suspended: true,
        ..Scheduler::default()
    })
    .await;
    let (_, end) = beside.cycle(1).await;
    let fault = end.unwrap_err();
    assert_eq!(fault.code, "entra_connect.scheduler_suspended");
    assert!(fault.message.contains("neither ours nor its own"));
    let calls = beside.pwsh.calls();
    assert!(calls.iter().all(|call| call.task == "look"), "{calls:?}");

    beside.pwsh.set(|scheduler| {
        scheduler.suspended = false;
        scheduler.enabled = false;
    });
    let fault = beside.cycle(2).await.1.unwrap_err();
    assert_eq!(fault.code, "entra_connect.scheduler_disabled");
    assert!(fault.message.contains("would not keep an ordered"));
    assert!(beside.pwsh.scheduler().orders.is_empty());
}

#[tokio::test]
async fn what_never_gets_idle_is_busy() {
    let limits = "wait_ms = 300\ncall_ms = 25000\n";
    let foreign = Scheduler {
        foreign: u32::MAX,
        ..Scheduler::default()
    };
    let beside = Beside::start(DELTA, limits, foreign).await;
    let (events, end) = beside.cycle(1).await;
    assert_eq!(words(&events), ["waiting"]);
    assert_eq!(end.unwrap_err().code, "entra_connect.busy");

    // Busy in words only: an open wizard, as the scheduler looks idle.
    beside.pwsh.set(|scheduler| {
        scheduler.foreign = 0;
        scheduler.orders_meet = vec![Refusal::busy(); 10_000];
    });
    let fault = beside.cycle(2).await.1.unwrap_err();
    assert_eq!(fault.code, "entra_connect.busy");
    assert!(fault.evidence.contains("AAD is busy"), "{fault:?}");
    assert!(beside.pwsh.scheduler().orders.is_empty());
}

#[tokio::test]
async fn an_unknown_refusal_of_a_scheduler_that_is_at_work_is_waited_out() {
    let beside = Beside::ready(Scheduler {
        // Idle at the look before the order, at work at the look after it.
        orders_meet: vec![Refusal::saying("Der Vorgang ist ungültig.")],
        looks: vec![Fault::None],
        ..Scheduler::default()
    })
    .await;
    let fault = beside.cycle(1).await.1.unwrap_err();
    assert_eq!(fault.code, "entra_connect.start_failed");

    beside.pwsh.set(|scheduler| {
        scheduler.orders_meet = vec![Refusal::saying("Der Vorgang ist ungültig.")];
        // An order begun by somebody else in that moment: at work from the second look on.
        scheduler.since_order = Some(0);
        scheduler.begins_after = 1;
        scheduler.lasts = 2;
    });
    let (events, end) = beside.cycle(2).await;
    assert!(end.is_ok(), "{end:?}");
    assert_eq!(words(&events)[0], "waiting");
}

#[tokio::test]
async fn a_cycle_that_never_shows_was_not_begun() {
    let limits = "begin_ms = 300\ncall_ms = 25000\n";
    let never = Scheduler {
        begins_after: u32::MAX / 2,
        ..Scheduler::default()
    };
    let beside = Beside::start(DELTA, limits, never).await;

    let (events, end) = beside.cycle(1).await;

    assert_eq!(words(&events), ["started"]);
    assert_eq!(end.unwrap_err().code, "entra_connect.not_begun");
}

#[tokio::test]
async fn a_cycle_that_never_ends_is_no_longer_waited_for() {
    let limits = "cycle_ms = 300\ncall_ms = 25000\n";
    let endless = Scheduler {
        lasts: u32::MAX / 2,
        ..Scheduler::default()
    };
    let beside = Beside::start(DELTA, limits, endless).await;

    let (events, end) = beside.cycle(1).await;

    assert!(matches!(events[0], CycleEvent::Started { .. }));
    assert_eq!(end.unwrap_err().code, "entra_connect.timed_out");
}

#[tokio::test]
async fn a_server_that_stays_away_in_the_middle_is_given_up() {
    let beside = Beside::ready(Scheduler {
        lasts: 100_000,
        looks: vec![
            Fault::None,
            Fault::NoSession,
            Fault::NoSession,
            Fault::NoSession,
        ],
        ..Scheduler::default()
    })
    .await;

    let (events, end) = beside.cycle(1).await;

    assert_eq!(words(&events), ["started"]);
    assert_eq!(end.unwrap_err().code, "entra_connect.remote_failed");
}
