//! No process stays: not after a timeout, not when the agent stops, not when it is killed.

use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};
use syncline_agent_tests::pwsh::{Fault, Scheduler, has_ended};
use syncline_agent_tests::wait::until;
use syncline_wire::link::CycleKind;

use super::support::{Beside, DELTA, PATIENT, ask, follow, prepared};

fn hangs(fault: Fault) -> Scheduler {
    Scheduler {
        looks: vec![fault],
        ..Scheduler::default()
    }
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_ended_with_its_children() {
    let beside = Beside::start(DELTA, "call_ms = 700\n", hangs(Fault::HangsWithChild)).await;
    let asked = ask(&beside.link, CycleKind::Delta, 1).await;
    let hanging = beside.pwsh.hanging().await;

    let fault = follow(asked).await.1.unwrap_err();

    assert_eq!(fault.code, "entra_connect.call_timed_out");
    until("both are gone", || {
        has_ended(hanging.pid) && has_ended(hanging.child)
    })
    .await;
}

#[tokio::test]
async fn an_agent_that_stops_ends_the_call_with_its_children() {
    let beside = Beside::start(DELTA, PATIENT, hangs(Fault::HangsWithChild)).await;
    let asked = ask(&beside.link, CycleKind::Delta, 1).await;
    let hanging = beside.pwsh.hanging().await;
    assert!(!has_ended(hanging.pid) && !has_ended(hanging.child));

    beside.agent.tell();
    let fault = follow(asked).await.1.unwrap_err();
    beside.agent.ended().await.unwrap();

    assert_eq!(fault.code, "agent.session_ending");
    until("both are gone", || {
        has_ended(hanging.pid) && has_ended(hanging.child)
    })
    .await;
}

#[tokio::test]
async fn a_killed_agent_leaves_no_orphan() {
    let (world, home, pwsh) = prepared(DELTA, PATIENT, hangs(Fault::Hangs)).await;
    let data = world.path("agent");
    assert_eq!(home.path("config.toml"), data.join("config.toml"));
    let mut agent = Command::new(env!("CARGO_BIN_EXE_syncline-agent-under-test"))
        .args(["run", "--data"])
        .arg(&data)
        .spawn()
        .unwrap();
    let link = world.next_link().await.unwrap();
    let _asked = ask(&link, CycleKind::Delta, 1).await;
    let hanging = pwsh.hanging().await;
    assert!(!has_ended(hanging.pid) && !has_ended(hanging.child));

    kill_process(Pid::from_child(&agent), Signal::KILL).unwrap();
    agent.wait().unwrap();

    until("both are gone", || {
        has_ended(hanging.pid) && has_ended(hanging.child)
    })
    .await;
}
