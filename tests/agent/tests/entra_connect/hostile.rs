//! A hostile service can ask, and no more.

use std::collections::BTreeSet;

use bytes::Bytes;
use syncline_agent::agent::Agent;
use syncline_agent_tests::directory::MemoryDirectory;
use syncline_agent_tests::pwsh::{Pwsh, Scheduler};
use syncline_agent_tests::raw;
use syncline_agent_tests::world::World;
use syncline_connectors::contract::Fault;
use syncline_wire::link::{CycleKind, Empty, Frame, FrameKind, Message as _, path};

use super::support::{Beside, DELTA, PATIENT, ask, follow, prepared};

/// What the agent says to these bytes.
async fn raw(body: Bytes) -> (Fault, Pwsh, World) {
    let (world, home, pwsh) = prepared(DELTA, PATIENT, Scheduler::default()).await;
    let agent = Agent::with_connector(home, MemoryDirectory::new()).unwrap();
    let frame = raw::call(&world, agent, path::ENTRA_CONNECT_CYCLE, body).await;
    assert_eq!(frame.kind, FrameKind::Fault);
    (Fault::from_wire(frame.message).unwrap(), pwsh, world)
}

/// A request of this kind, as protobuf: field 1, a string; field 2, a number.
fn request(kind: &[u8]) -> Bytes {
    let mut message = vec![0x0a, u8::try_from(kind.len()).unwrap()];
    message.extend_from_slice(kind);
    message.extend([0x10, 1]);
    let item = Frame::encode(FrameKind::Item, &message);
    [item, Frame::end(&Empty)].concat().into()
}

#[tokio::test]
async fn a_kind_that_is_none_runs_nothing() {
    for kind in [
        &b""[..],
        b"Delta",
        b"unspecified",
        b"delta'; Remove-Item -Recurse C:\\ #",
        b"delta\n$server = 'evil.example'",
        b"\xff\xfe",
    ] {
        let (fault, pwsh, _world) = raw(request(kind)).await;

        assert_eq!(fault.code, "wire.malformed", "{kind:?}");
        assert!(pwsh.calls().is_empty());
    }
}

#[tokio::test]
async fn a_call_of_noise_runs_nothing() {
    for body in [
        Bytes::new(),
        Bytes::from_static(b"\x01\x00\x00\x00"),
        Bytes::from(vec![0xff; 4096]),
        Frame::end(&Empty),
    ] {
        let (_, pwsh, _world) = raw(body).await;

        assert!(pwsh.calls().is_empty());
    }
}

#[tokio::test]
async fn a_flood_of_asks_is_one_cycle_and_the_next() {
    let beside = Beside::ready(Scheduler {
        foreign: 100_000,
        ..Scheduler::default()
    })
    .await;

    let mut wish = 0;
    for _ in 0..40 {
        let mut asked = Vec::new();
        for _ in 0..25 {
            wish += 1;
            asked.push(ask(&beside.link, CycleKind::Delta, wish).await.unwrap());
        }
        // And leaves them all.
        drop(asked);
    }
    let last = ask(&beside.link, CycleKind::Delta, wish).await;
    beside.pwsh.set(|scheduler| scheduler.foreign = 0);
    let (_, end) = follow(last).await;

    assert!(end.is_ok(), "{end:?}");
    assert_eq!(beside.pwsh.scheduler().orders, ["delta"]);
    assert!(beside.pwsh.calls().iter().all(|call| !call.overlaps));
}

#[tokio::test]
async fn nothing_of_an_ask_reaches_the_command_line() {
    let beside = Beside::ready(Scheduler::default()).await;

    for wish in [1, u64::MAX] {
        assert!(beside.cycle(wish).await.1.is_ok());
    }

    // Two tasks, two command lines, whoever asks.
    let calls = beside.pwsh.calls();
    let lines: BTreeSet<_> = calls
        .iter()
        .map(|call| (&call.task, &call.arguments))
        .collect();
    assert_eq!(lines.len(), 2);
    for call in &calls {
        let proxy = call
            .environment
            .iter()
            .find(|name| name.to_uppercase().contains("PROXY"));
        assert_eq!(proxy, None);
    }
}
