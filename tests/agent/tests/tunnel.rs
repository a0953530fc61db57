//! The tunnel at work: calls, backpressure, cuts, sleep, proxies.

use std::sync::atomic::Ordering;

use futures::stream;
use syncline_agent_tests::directory::MemoryDirectory;
use syncline_agent_tests::proxy::ConnectProxy;
use syncline_agent_tests::relay::Standing;
use syncline_agent_tests::tunnel::LinkError;
use syncline_agent_tests::wait::{settled, until, within};
use syncline_agent_tests::world::{AGENT, DIRECTORY, RunningAgent, TENANT, World};
use syncline_model::DirectoryId;
use syncline_model::import::{ImportMode, ImportRequest};
use syncline_wire::link::{Capability, CertificateInstall, CredentialState};
use time::OffsetDateTime;

fn full() -> ImportRequest {
    ImportRequest {
        mode: ImportMode::Full,
        containers: vec![],
        types: vec![("user".into(), vec!["photo".into()])],
        page_size: 100,
    }
}

#[tokio::test]
async fn hello_tells_who_the_directory_is_and_what_the_host_allows() {
    let world = World::start().await;
    let (agent, link) = world.agent(MemoryDirectory::new()).await;

    let hello = link.hello(DIRECTORY).await.unwrap();

    assert_eq!(hello.identity.unwrap().pin, "S-1-5-21-1-2-3");
    assert_eq!(hello.credential, CredentialState::Present);
    assert!(hello.policy.writes && !hello.policy.held);
    assert!(Capability::TraceAdd.is_in(hello.capabilities));
    assert!(hello.certificate_expires_s > OffsetDateTime::now_utc().unix_timestamp());
    assert!(link.schema().await.unwrap().types.contains_key("user"));
    let other = link.hello(DirectoryId(99)).await.unwrap_err();
    assert!(matches!(other, LinkError::Fault(fault) if fault.code == "agent.other_directory"));
    agent.kill().await;
}

#[tokio::test]
async fn an_import_arrives_whole_in_order_and_with_its_end() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    directory.pages.store(200, Ordering::SeqCst);
    directory.entry_bytes.store(20_000, Ordering::SeqCst);
    let (agent, link) = world.agent(directory).await;

    let (pages, end) = link
        .import(full())
        .await
        .unwrap()
        .collect_all()
        .await
        .unwrap();

    assert_eq!(pages.len(), 200);
    assert_eq!(end.counts.pages, 200);
    assert_eq!(end.watermark.as_deref(), Some(b"mark".as_slice()));
    agent.kill().await;
}

#[tokio::test]
async fn a_slow_reader_slows_the_directory_down_and_a_leaving_one_stops_it() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    directory.pages.store(u64::MAX, Ordering::SeqCst);
    directory.entry_bytes.store(100_000, Ordering::SeqCst);
    let (agent, link) = world.agent(directory.clone()).await;

    let mut import = link.import(full()).await.unwrap();
    assert!(import.next_item().await.unwrap().is_some());

    // Windows, buffers and queues on the whole way hold a few megabytes at most.
    let ahead = settled(|| directory.handed_out.load(Ordering::SeqCst)).await;
    assert!(
        (2..=40).contains(&ahead),
        "{ahead} pages of 100 kB ahead of the reader"
    );
    for _ in 0..50 {
        assert!(import.next_item().await.unwrap().is_some());
    }
    assert!(
        link.hello(DIRECTORY).await.is_ok(),
        "a stalled import blocks no other call"
    );
    drop(import);
    until("the import ends", || {
        directory.importing.load(Ordering::SeqCst) == 0
    })
    .await;
    agent.kill().await;
}

#[tokio::test]
async fn secrets_are_not_read_whatever_the_service_asks() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;
    let mut request = full();
    request.types[0].1.push("msLAPS-Password".into());

    let refused = link
        .import(request)
        .await
        .unwrap()
        .collect_all()
        .await
        .unwrap_err();

    assert!(matches!(refused, LinkError::Fault(fault) if fault.code == "agent.read_refused"));
    assert_eq!(directory.handed_out.load(Ordering::SeqCst), 0);
    agent.kill().await;
}

#[tokio::test]
async fn a_cut_import_is_an_error_and_the_agent_comes_back_through_the_proxy() {
    let world = World::start().await;
    let proxy = ConnectProxy::start("YW5uOnBAc3M=").await;
    let home = world.enrol().await;
    world.configure(
        &home,
        &format!("proxy = 'http://ann:p%40ss@{}'", proxy.address),
    );
    world.set_standing(Standing::Confirmed);
    let directory = MemoryDirectory::new();
    directory.pages.store(u64::MAX, Ordering::SeqCst);
    let agent = RunningAgent::start(home, directory.clone());
    let link = world.next_link().await.unwrap();
    let mut import = link.import(full()).await.unwrap();
    assert!(import.next_item().await.unwrap().is_some());
    assert_eq!(proxy.given.load(Ordering::SeqCst), 1);

    proxy.cut();

    let cut = within("the cut", async {
        loop {
            match import.next_item().await {
                Ok(Some(_)) => {}
                other => return other,
            }
        }
    })
    .await;
    assert!(matches!(cut, Err(LinkError::Cut(_))), "{cut:?}");
    assert!(import.end().is_none());
    within("the link's end", link.closed()).await;
    until("the import ends", || {
        directory.importing.load(Ordering::SeqCst) == 0
    })
    .await;
    let link = world.next_link().await.unwrap();
    assert!(link.hello(DIRECTORY).await.is_ok());
    assert_eq!(proxy.given.load(Ordering::SeqCst), 2);
    agent.kill().await;
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_as_the_reason() {
    let world = World::start().await;
    let proxy = ConnectProxy::start("b3RoZXI6").await;
    let home = world.enrol().await;
    world.configure(
        &home,
        &format!("proxy = 'http://ann:secret@{}'", proxy.address),
    );
    let status = home.path("status.json");

    let agent = RunningAgent::start(home, MemoryDirectory::new());

    until("the agent says why", || {
        std::fs::read_to_string(&status).is_ok_and(|text| text.contains("407"))
    })
    .await;
    assert!(!std::fs::read_to_string(&status).unwrap().contains("secret"));
    agent.kill().await;
}

#[tokio::test]
async fn changes_come_as_notices_while_the_runner_is_awake_and_as_one_word_while_it_sleeps() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;
    let mut notices = link.changes().await.unwrap();

    let notice = within("a notice", async {
        loop {
            // The agent may not listen yet; a change told to nobody is told again.
            directory.changed.notify_one();
            tokio::select! {
                notice = notices.next_item() => return notice,
                () = tokio::time::sleep(std::time::Duration::from_millis(20)) => {}
            }
        }
    })
    .await;
    assert!(notice.unwrap().is_some());

    world.side.awake.store(false, Ordering::SeqCst);
    drop((notices, link));
    let mut changed = world.changed.lock().await;
    let told = within("the word", async {
        loop {
            directory.changed.notify_one();
            tokio::select! {
                told = changed.recv() => return told,
                () = tokio::time::sleep(std::time::Duration::from_millis(20)) => {}
            }
        }
    })
    .await;
    assert_eq!(told, Some(DIRECTORY));

    world.side.awake.store(true, Ordering::SeqCst);
    world.relay.runner_started(TENANT);
    let link = world.next_link().await.unwrap();
    assert!(link.hello(DIRECTORY).await.is_ok());
    agent.kill().await;
}

#[tokio::test]
async fn a_certificate_is_renewed_inside_the_tunnel_and_another_s_is_not_taken() {
    let world = World::start().await;
    let (agent, link) = world.agent(MemoryDirectory::new()).await;
    let before = agent.agent.identity.certificate();
    let now = OffsetDateTime::now_utc();
    let request = link.certificate_request().await.unwrap();

    let renewed = world
        .side
        .ca
        .issue_agent(&request.csr_pem, AGENT, now)
        .unwrap();
    let certificate = CertificateInstall {
        certificate_pem: renewed.pem,
    };
    link.install_certificate(certificate).await.unwrap();

    let after = agent.agent.identity.certificate();
    assert_ne!(before, after);
    assert_eq!(renewed.fingerprint, world.fingerprint());
    let other_key = syncline_agent::identity::new_key().unwrap();
    let foreign = syncline_agent::identity::request(&other_key).unwrap();
    let foreign = world.side.ca.issue_agent(&foreign, AGENT, now).unwrap();
    let refused = link
        .install_certificate(CertificateInstall {
            certificate_pem: foreign.pem,
        })
        .await
        .unwrap_err();
    assert!(
        matches!(refused, LinkError::Fault(fault) if fault.code == "agent.certificate_refused")
    );
    assert_eq!(agent.agent.identity.certificate(), after);
    agent.kill().await;
}

#[tokio::test]
async fn an_agent_that_is_told_to_stop_lets_its_calls_end_and_leaves() {
    let world = World::start().await;
    let (agent, link) = world.agent(MemoryDirectory::new()).await;
    let mut notices = link.changes().await.unwrap();

    agent.tell();

    assert!(matches!(notices.next_item().await, Ok(None)));
    assert!(agent.ended().await.is_ok());
    within("the link's end", link.closed()).await;
    until("the relay sees it leave", || {
        world.relay.connected(TENANT).is_empty()
    })
    .await;
}

#[tokio::test]
async fn an_export_without_operations_ends_at_once() {
    let world = World::start().await;
    let (agent, link) = world.agent(MemoryDirectory::new()).await;

    let (results, _) = link
        .export(stream::empty())
        .await
        .unwrap()
        .collect_all()
        .await
        .unwrap();

    assert!(results.is_empty());
    agent.kill().await;
}

#[tokio::test]
async fn a_runner_says_hello_again_when_what_it_was_told_no_longer_holds() {
    let world = World::start().await;
    let (agent, link) = world.agent(MemoryDirectory::new()).await;
    let mut notices = link.changes().await.unwrap();
    assert!(!link.hello(DIRECTORY).await.unwrap().policy.held);

    agent.agent.home.hold(true).unwrap();

    assert!(matches!(notices.next_item().await, Ok(None)));
    within("the link's end", link.closed()).await;
    let link = world.next_link().await.unwrap();
    assert!(link.hello(DIRECTORY).await.unwrap().policy.held);
    agent.kill().await;
}

#[tokio::test]
async fn a_runner_that_is_killed_leaves_no_session_behind() {
    let world = World::start().await;
    let home = world.enrol().await;
    world.set_standing(Standing::Confirmed);
    world.side.kill_after_upgrade.store(true, Ordering::SeqCst);
    let directory = MemoryDirectory::new();

    let agent = RunningAgent::start(home, directory.clone());

    // Its tunnels break before a byte was said; the agent is as ready for the next as for the first.
    until("tunnels were killed", || {
        world.side.killed.load(Ordering::SeqCst) >= 3
    })
    .await;
    world.side.kill_after_upgrade.store(false, Ordering::SeqCst);
    let link = world.next_link().await.unwrap();
    assert!(link.hello(DIRECTORY).await.is_ok());
    agent.tell();
    within("a prompt end", agent.ended()).await.unwrap();
}
