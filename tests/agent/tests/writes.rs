//! What becomes of operations: allowed, refused, repeated, interrupted.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::stream;
use syncline_agent::home::write_private;
use syncline_agent_tests::directory::{MemoryDirectory, guid};
use syncline_agent_tests::tunnel::{AgentLink, LinkError};
use syncline_agent_tests::wait::{until, within};
use syncline_agent_tests::world::{DIRECTORY, POLICY, RunningAgent, World};
use syncline_connectors::contract::{AddTrace, Fault, OpOutcome};
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation, Placement};
use syncline_model::password::{InitialPassword, Recipient, Sealed};
use syncline_model::{Anchor, DirectoryId, PartId, Value};
use syncline_wire::link::{ExportContext, ExportOp, OpResult, TraceAdd};

fn new(n: u8) -> ObjectKey {
    ObjectKey::New {
        part: PartId(1),
        source: DirectoryId(1),
        anchor: guid(n),
    }
}

fn known(n: u8) -> ObjectKey {
    ObjectKey::Anchor(guid(n))
}

fn operation(object: ObjectKey, kind: OpKind) -> Operation {
    Operation {
        directory: DIRECTORY,
        pass: 1,
        object,
        kind,
        deltas: vec![],
    }
}

fn add(n: u8) -> Operation {
    operation(
        new(n),
        OpKind::Add {
            object_type: "user".into(),
            place: Some(Placement {
                parent: known(1),
                rdn: format!("CN=New {n}"),
            }),
            password: None,
        },
    )
}

fn update(object: ObjectKey, attr: &str, value: OpValue) -> Operation {
    let kind = OpKind::Update {
        object_type: "user".into(),
        place: None,
    };
    Operation {
        deltas: vec![(attr.into(), Change::Set(vec![value]))],
        ..operation(object, kind)
    }
}

fn rename(object: ObjectKey) -> Operation {
    update(object, "displayName", OpValue::Value(Value::text("Ann")))
}

fn delete(n: u8) -> Operation {
    let kind = OpKind::Delete {
        object_type: "user".into(),
    };
    operation(known(n), kind)
}

fn sent(operation: &Operation) -> ExportOp {
    ExportOp {
        canonical: operation.canonical().into(),
        hash: operation.hash(),
        context: ExportContext {
            released_by: "apr_1".into(),
            escrowed_at: 0,
            attempt: 1,
        },
    }
}

async fn export(link: &AgentLink, operations: &[Operation]) -> Vec<OpResult> {
    let operations: Vec<ExportOp> = operations.iter().map(sent).collect();
    let stream = link.export(stream::iter(operations)).await.unwrap();
    stream.collect_all().await.unwrap().0
}

fn fault(result: &OpResult) -> &Fault {
    match &result.outcome {
        OpOutcome::Rejected(fault) => fault,
        other => panic!("{other:?}"),
    }
}

fn anchor(result: &OpResult) -> (&Anchor, bool) {
    match &result.outcome {
        OpOutcome::Done(applied) => (&applied.anchor, applied.no_op),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_operation_gets_one_result_and_a_refused_one_stops_no_other() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;
    let operations = [
        add(1),
        rename(known(2)),
        rename(known(3)),
        update(known(2), "unicodePwd", OpValue::Value(Value::text("x"))),
        rename(known(200)),
        delete(201),
        update(new(1), "manager", OpValue::Ref(known(2))),
        rename(new(9)),
    ];

    let results = export(&link, &operations).await;

    let hashes: Vec<_> = results.iter().map(|r| r.hash).collect();
    assert_eq!(
        hashes,
        operations.iter().map(Operation::hash).collect::<Vec<_>>()
    );
    assert_eq!(anchor(&results[0]), (&guid(100), false));
    assert_eq!(anchor(&results[1]), (&guid(2), false));
    assert_eq!(fault(&results[2]).code, "agent.policy_refused");
    assert_eq!(fault(&results[2]).evidence, "protected_principal");
    assert_eq!(fault(&results[3]).evidence, "never_attribute");
    assert_eq!(fault(&results[4]).code, "export.object_missing");
    assert_eq!(results[5].outcome, OpOutcome::AlreadyGone);
    assert_eq!(anchor(&results[6]), (&guid(100), false));
    assert_eq!(fault(&results[7]).code, "export.reference_unresolved");
    assert_eq!(directory.writes(), 3);
    agent.kill().await;
}

#[tokio::test]
async fn an_operation_that_is_not_the_approved_one_is_not_written() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;
    let mut altered = sent(&rename(known(2)));
    altered.canonical = sent(&delete(2)).canonical;
    let other_directory = Operation {
        directory: DirectoryId(9),
        ..rename(known(2))
    };

    let stream = link
        .export(stream::iter([altered, sent(&other_directory)]))
        .await
        .unwrap();
    let (results, _) = stream.collect_all().await.unwrap();

    assert_eq!(fault(&results[0]).code, "agent.operation_altered");
    assert_eq!(fault(&results[1]).evidence, "other_directory");
    assert_eq!(directory.writes(), 0);
    agent.kill().await;
}

#[tokio::test]
async fn the_host_s_switch_stops_every_write_at_once() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;
    agent.agent.home.hold(true).unwrap();

    let held = export(&link, &[rename(known(2)), add(1)]).await;
    let hello = link.hello(DIRECTORY).await.unwrap();
    agent.agent.home.hold(false).unwrap();
    let released = export(&link, &[rename(known(2))]).await;

    assert!(held.iter().all(|result| fault(result).evidence == "held"));
    assert!(hello.policy.held);
    assert_eq!(anchor(&released[0]), (&guid(2), false));
    assert_eq!(directory.writes(), 1);
    agent.kill().await;
}

#[tokio::test]
async fn a_changed_policy_file_counts_at_once_and_a_broken_one_allows_nothing() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;
    let policy = agent.agent.home.policy();

    write_private(
        &policy,
        POLICY.replace("writes = true", "writes = false").as_bytes(),
    )
    .unwrap();
    let off = export(&link, &[rename(known(2))]).await;
    write_private(&policy, format!("{POLICY}\nwrites_too = true").as_bytes()).unwrap();
    let broken = export(&link, &[rename(known(2))]).await;

    assert_eq!(fault(&off[0]).evidence, "writes_off");
    assert_eq!(fault(&broken[0]).evidence, "policy_invalid");
    assert_eq!(directory.writes(), 0);
    agent.kill().await;
}

#[tokio::test]
async fn the_day_s_ceiling_holds_over_a_restart() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    for n in 10..20 {
        let dn = format!("CN=Leaver {n},OU=Synced,DC=fabrikam,DC=test");
        directory.put(guid(n), &dn, "user", Some(3_000 + u32::from(n)));
    }
    let (agent, link) = world.agent(directory.clone()).await;
    let first = export(&link, &[delete(10), delete(11)]).await;
    let home = agent.agent.home.clone();
    drop(link);
    agent.kill().await;

    let agent = RunningAgent::start(home, directory.clone());
    let link = world.next_link().await.unwrap();
    let second = export(&link, &[delete(12), delete(13), delete(14)]).await;

    assert!(
        first
            .iter()
            .all(|r| matches!(r.outcome, OpOutcome::Done(_)))
    );
    assert!(matches!(second[0].outcome, OpOutcome::Done(_)));
    assert_eq!(fault(&second[1]).evidence, "ceiling");
    assert_eq!(fault(&second[2]).evidence, "ceiling");
    assert_eq!(directory.writes(), 3);
    agent.kill().await;
}

#[tokio::test]
async fn an_add_sent_again_after_a_kill_is_answered_and_not_done_twice() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;
    directory.slow_writes.store(true, Ordering::SeqCst);
    let mut waiting = link
        .export(stream::iter([sent(&add(1)), sent(&add(2))]))
        .await
        .unwrap();
    directory.let_write.notify_one();
    until("the first Add is done", || directory.writes() == 1).await;
    let home = agent.agent.home.clone();
    agent.kill().await;
    assert!(waiting.next_item().await.is_err() || waiting.end().is_none());
    directory.slow_writes.store(false, Ordering::SeqCst);

    let agent = RunningAgent::start(home, directory.clone());
    let link = world.next_link().await.unwrap();
    let results = export(&link, &[add(1), add(2), rename(new(1))]).await;

    assert_eq!(anchor(&results[0]), (&guid(100), true));
    assert_eq!(anchor(&results[1]), (&guid(101), false));
    assert_eq!(anchor(&results[2]), (&guid(100), false));
    assert_eq!(directory.writes(), 3);
    agent.kill().await;
}

#[tokio::test]
async fn an_agent_told_to_stop_finishes_its_operation_and_begins_no_other() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;
    directory.slow_writes.store(true, Ordering::SeqCst);
    let operations = stream::iter([sent(&add(1)), sent(&add(2)), sent(&add(3))]);
    let mut results = link.export(operations).await.unwrap();
    let reading = tokio::spawn(async move {
        let mut read = Vec::new();
        loop {
            match results.next_item().await {
                Ok(Some(result)) => read.push(result),
                other => return (read, other),
            }
        }
    });
    // The first Add has begun when its line stands in the journal.
    let journal = agent.agent.home.path("adds");
    until("the first Add begins", || {
        std::fs::read_to_string(&journal).is_ok_and(|text| text.contains("begun"))
    })
    .await;

    agent.tell();
    directory.let_write.notify_one();

    let (read, end) = within("the results", reading).await.unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(anchor(&read[0]), (&guid(100), false));
    assert!(
        matches!(&end, Err(LinkError::Fault(fault)) if fault.code == "agent.session_ending"),
        "{end:?}"
    );
    assert_eq!(directory.writes(), 1);
    assert!(agent.ended().await.is_ok());
}

#[tokio::test]
async fn two_exports_at_once_take_turns() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;
    let link = Arc::new(link);
    let many = |from: u8| (from..from + 40).map(add).collect::<Vec<_>>();

    let (one, other) = (many(10), many(60));
    let (one, other) = futures::future::join(export(&link, &one), export(&link, &other)).await;

    assert_eq!((one.len(), other.len()), (40, 40));
    assert!(
        one.iter()
            .chain(&other)
            .all(|r| matches!(r.outcome, OpOutcome::Done(_)))
    );
    assert_eq!(directory.writes(), 80);
    agent.kill().await;
}

const DESK: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

fn add_with_password(n: u8) -> Operation {
    let mut operation = add(n);
    let OpKind::Add { password, .. } = &mut operation.kind else {
        unreachable!("it is an Add");
    };
    *password = Some(InitialPassword::usual(Recipient {
        name: "Service desk".into(),
        key: DESK.into(),
    }));
    operation
}

fn sealed(n: u8) -> Option<Sealed> {
    Some(Sealed(
        format!("age-encryption.org/v1\nenvelope {n}").into(),
    ))
}

#[tokio::test]
async fn a_sealed_password_is_answered_again_after_a_kill_and_never_set_twice() {
    let world = World::start().await;
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;

    let refused = export(&link, &[add_with_password(1)]).await;
    assert_eq!(fault(&refused[0]).evidence, "password");
    assert_eq!((directory.writes(), &refused[0].sealed), (0, &None));

    let allowed = format!("{POLICY}\n[initial_passwords]\nrecipients = ['{DESK}']\n");
    let home = agent.agent.home.clone();
    write_private(&home.policy(), allowed.as_bytes()).unwrap();
    let first = export(&link, &[add_with_password(1), add(2)]).await;
    assert_eq!(anchor(&first[0]), (&guid(100), false));
    assert_eq!(first[0].sealed, sealed(100));
    assert_eq!(
        first[1].sealed, None,
        "only who has a policy gets a password"
    );
    agent.kill().await;

    // The answer was lost with the process: the same operation comes again.
    let agent = RunningAgent::start(home, directory.clone());
    let link = world.next_link().await.unwrap();
    let again = export(&link, &[add_with_password(1)]).await;

    assert_eq!(anchor(&again[0]), (&guid(100), true));
    assert_eq!(again[0].sealed, sealed(100));
    assert_eq!(directory.writes(), 2);
    agent.kill().await;
}

/// An agent that may seal for the desk.
async fn sealing(world: &World) -> (Arc<MemoryDirectory>, RunningAgent, AgentLink) {
    let directory = MemoryDirectory::new();
    let (agent, link) = world.agent(directory.clone()).await;
    let allowed = format!("{POLICY}\n[initial_passwords]\nrecipients = ['{DESK}']\n");
    write_private(&agent.agent.home.policy(), allowed.as_bytes()).unwrap();
    (directory, agent, link)
}

#[tokio::test]
async fn an_account_whose_answer_was_lost_is_found_together_with_its_envelope() {
    let world = World::start().await;
    let (directory, agent, link) = sealing(&world).await;
    directory.loses_answers.store(true, Ordering::SeqCst);
    let trace = async |operation: &Operation| {
        let ExportOp {
            canonical, hash, ..
        } = sent(operation);
        let found = link.trace_add(TraceAdd { canonical, hash }).await.unwrap();
        match found {
            AddTrace::Present { anchor, sealed, .. } => (anchor, sealed),
            AddTrace::Absent => panic!("it was made"),
        }
    };

    let lost = export(&link, &[add_with_password(1), add(2)]).await;

    for result in &lost {
        assert!(matches!(result.outcome, OpOutcome::Unknown(_)));
        assert_eq!(result.sealed, None, "it is not known to be made");
    }
    assert_eq!(trace(&add_with_password(1)).await, (guid(100), sealed(100)));
    assert_eq!(trace(&add(2)).await, (guid(101), None));
    agent.kill().await;
}

#[tokio::test]
async fn an_account_that_was_refused_leaves_no_envelope() {
    let world = World::start().await;
    let (directory, agent, link) = sealing(&world).await;
    directory.refuses_adds.store(true, Ordering::SeqCst);
    let home = agent.agent.home.clone();

    let refused = export(&link, &[add_with_password(1)]).await;

    assert_eq!(fault(&refused[0]).code, "memory.refused");
    assert_eq!(refused[0].sealed, None);
    agent.kill().await;
    // An agent that starts keeps only what still waits.
    let agent = RunningAgent::start(home.clone(), directory);
    assert_eq!(std::fs::read(home.path("envelopes")).unwrap(), b"");
    agent.kill().await;
}
