//! Configuration and operation records read back as they were written, and refuse what they must.

use std::collections::BTreeMap;

use syncline_model::approval::ReviewState;
use syncline_model::object::{Subject, TypeId};
use syncline_model::op::OpHash;
use syncline_model::plan::{Event, EventKind, Verb};
use syncline_model::profile::{Action, InboundPart, LinkType, OutboundPart, Profile};
use syncline_model::run::{Progress, RunKind, RunStatus};
use syncline_model::schema::{Schema, TypeDef};
use syncline_model::{
    AgentId, ApprovalId, AttrName, CycleId, MvId, PartId, ProfileId, RunId, WhatIfId,
};
use syncline_store::chain::Act;
use syncline_store::tenant::{
    AgentDoc, AgentState, Artifact, Cycle, Durability, Enrolment, KeyCheck, Repetition, Review,
    Run, RunDoc, RunFilter, TenantDb, TenantTx, WhatIf, WhatIfFilter, WhatIfOp, WhatIfRow,
    WhatIfState, claiming,
};

use crate::given::{NOW, PART, PROFILE, SOURCE, TARGET, directories, planned};
use crate::support::tenant;

async fn write(db: &TenantDb) -> TenantTx {
    db.write(Durability::Durable).await.unwrap()
}

#[tokio::test]
async fn a_directory_keeps_its_settings_schema_watermark_and_counters() {
    let db = tenant().await.db;
    directories(&db).await;
    let mut schema = Schema::default();
    let user = TypeDef {
        name: "user".into(),
        attrs: BTreeMap::new(),
        rdn_attr: Some("CN".into()),
        unique: None,
        container: false,
    };
    schema.types.insert("user".into(), user);
    let mut doc = db
        .read()
        .await
        .unwrap()
        .directory(SOURCE)
        .await
        .unwrap()
        .unwrap()
        .doc;
    doc.settings = serde_json::json!({"containers": ["OU=People"]});

    let mut tx = write(&db).await;
    assert_eq!(tx.directory_change(SOURCE, 1, &doc).await.unwrap(), 2);
    assert_eq!(
        tx.directory_change(SOURCE, 1, &doc)
            .await
            .unwrap_err()
            .code(),
        "store.version_changed"
    );
    tx.directory_set_schema(SOURCE, &schema).await.unwrap();
    assert_eq!(
        tx.directory_imported(SOURCE, Some(b"cookie"), Some(RunId(5)))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        tx.directory_imported(SOURCE, None, Some(RunId(6)))
            .await
            .unwrap(),
        2
    );
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    let found = read.directory(SOURCE).await.unwrap().unwrap();
    assert_eq!(
        (found.version, found.baseline, found.data_version),
        (2, Some(RunId(5)), 2)
    );
    assert_eq!(found.doc, doc);
    let found = read.directory_schema(SOURCE).await.unwrap();
    assert_eq!(found.as_deref(), Some(&schema));
    assert_eq!(read.directory_schema(TARGET).await.unwrap(), None);
    assert_eq!(
        read.watermark(SOURCE).await.unwrap().as_deref(),
        Some(b"cookie".as_slice())
    );
    assert_eq!(read.directories().await.unwrap().len(), 2);

    let smaller = Schema::default();
    let mut tx = db.write(Durability::Durable).await.unwrap();
    tx.directory_set_schema(SOURCE, &smaller).await.unwrap();
    let mine = tx.directory_schema(SOURCE).await.unwrap();
    assert_eq!(mine.as_deref(), Some(&smaller));
    let before = read.directory_schema(SOURCE).await.unwrap();
    assert_eq!(before.as_deref(), Some(&schema));
    tx.commit().await.unwrap();

    let mut tx = write(&db).await;
    tx.directory_forget_watermark(SOURCE).await.unwrap();
    tx.directory_remove(SOURCE).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        db.read().await.unwrap().directory(SOURCE).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn an_enrolment_key_fills_its_slot_once_and_before_it_expires() {
    let db = tenant().await.db;
    directories(&db).await;
    let (agent, late) = (AgentId(11), AgentId(12));
    let enrolment = Enrolment {
        public_key: vec![1, 2, 3],
        serial: "01ab".into(),
        not_after_ms: NOW + 1000,
        doc: AgentDoc {
            computer: "dc1.contoso.test".into(),
            ..AgentDoc::default()
        },
    };
    let mut tx = write(&db).await;
    tx.agent_add(agent, SOURCE, b"secret", NOW + 10, &AgentDoc::default())
        .await
        .unwrap();
    tx.agent_add(late, SOURCE, b"secret", NOW - 10, &AgentDoc::default())
        .await
        .unwrap();

    assert_eq!(
        tx.enrolment_key(agent, b"secret", NOW).await.unwrap(),
        KeyCheck::Good(SOURCE)
    );
    assert_eq!(
        tx.enrolment_key(agent, b"another", NOW).await.unwrap(),
        KeyCheck::Wrong
    );
    assert_eq!(
        tx.enrolment_key(AgentId(99), b"secret", NOW).await.unwrap(),
        KeyCheck::Wrong
    );
    assert_eq!(
        tx.enrolment_key(late, b"secret", NOW).await.unwrap(),
        KeyCheck::Expired
    );
    assert!(
        !tx.agent_enrol(agent, b"another", NOW, &enrolment)
            .await
            .unwrap()
    );
    assert!(
        !tx.agent_enrol(late, b"secret", NOW, &enrolment)
            .await
            .unwrap()
    );
    assert!(
        tx.agent_enrol(agent, b"secret", NOW, &enrolment)
            .await
            .unwrap()
    );
    assert!(
        !tx.agent_enrol(agent, b"secret", NOW, &enrolment)
            .await
            .unwrap(),
        "a key is used once"
    );
    assert_eq!(
        tx.enrolment_key(agent, b"secret", NOW).await.unwrap(),
        KeyCheck::Used
    );
    tx.commit().await.unwrap();

    let found = db
        .read()
        .await
        .unwrap()
        .agent(agent)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.state, found.serial.as_deref()),
        (AgentState::Enrolled, Some("01ab"))
    );
    assert_eq!(found.doc, enrolment.doc);
}

#[tokio::test]
async fn an_agent_is_confirmed_renewed_seen_and_revoked_for_ever() {
    let db = tenant().await.db;
    directories(&db).await;
    let agent = AgentId(11);
    let enrolment = Enrolment {
        public_key: vec![1],
        serial: "01".into(),
        not_after_ms: NOW,
        doc: AgentDoc::default(),
    };
    let mut tx = write(&db).await;
    tx.agent_add(agent, SOURCE, b"secret", NOW + 10, &AgentDoc::default())
        .await
        .unwrap();
    tx.agent_enrol(agent, b"secret", NOW, &enrolment)
        .await
        .unwrap();

    assert!(
        !tx.agent_renew(agent, "02", NOW).await.unwrap(),
        "not confirmed yet"
    );
    assert!(
        tx.agent_move(agent, AgentState::Enrolled, AgentState::Confirmed)
            .await
            .unwrap()
    );
    assert!(
        !tx.agent_move(agent, AgentState::Enrolled, AgentState::Confirmed)
            .await
            .unwrap()
    );
    assert!(tx.agent_renew(agent, "02", NOW + 99).await.unwrap());
    tx.agent_seen(agent, NOW, &AgentDoc::default())
        .await
        .unwrap();
    assert!(
        tx.agent_move(agent, AgentState::Confirmed, AgentState::Revoked)
            .await
            .unwrap()
    );
    assert!(
        !tx.agent_move(agent, AgentState::Revoked, AgentState::Confirmed)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();

    let found = db.read().await.unwrap().agents().await.unwrap().remove(0);
    assert_eq!(
        (found.state, found.seen_ms, found.not_after_ms),
        (AgentState::Revoked, Some(NOW), Some(NOW + 99))
    );
}

pub fn profile(part: i64) -> Profile {
    Profile {
        strict: false,
        parameters: Default::default(),
        name: "People".into(),
        description: None,
        triggers: Default::default(),
        inbound: vec![InboundPart {
            id: Some(PartId(part)),
            directory: SOURCE,
            object_type: "user".into(),
            metaverse_type: "person".into(),
            link: LinkType::Provision,
            scope: None,
            match_groups: vec![],
            flows: vec![],
        }],
        outbound: vec![OutboundPart {
            id: Some(PartId(part + 1)),
            directory: TARGET,
            object_type: "user".into(),
            metaverse_type: "person".into(),
            action: Action::CreateOrUpdate,
            scope: None,
            match_groups: vec![],
            dn: None,
            flows: vec![],
            deprovision: Default::default(),
            disable: None,
            adopt_on_conflict: false,
            delete_adopted: false,
            initial_password: None,
        }],
        deletion: Default::default(),
        metaverse: Default::default(),
        approval: Default::default(),
        template: None,
    }
}

#[tokio::test]
async fn a_profile_keeps_every_version_and_its_parts_for_ever() {
    let db = tenant().await.db;
    let (first, mut second) = (profile(1), profile(1));
    second.outbound.clear();
    let mut tx = write(&db).await;
    assert_eq!(
        tx.profile_save(PROFILE, 0, &first, [1; 32], "usr_1", NOW)
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        tx.profile_save(PROFILE, 1, &second, [2; 32], "usr_2", NOW + 1)
            .await
            .unwrap(),
        2
    );
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    let found = read.profile(PROFILE).await.unwrap().unwrap();
    assert_eq!(
        (found.version, found.config_hash, &found.doc),
        (2, [2; 32], &second)
    );
    assert_eq!(found.review, Review::NEW);
    assert_eq!(read.profiles().await.unwrap(), [found]);
    let versions = read.profile_versions(PROFILE).await.unwrap();
    assert_eq!(
        versions
            .iter()
            .map(|v| (v.version, v.author.as_str()))
            .collect::<Vec<_>>(),
        [(2, "usr_2"), (1, "usr_1")]
    );
    assert_eq!(
        read.profile_document(PROFILE, 1).await.unwrap(),
        Some(first.clone())
    );
    let parts = read.parts().await.unwrap();
    assert_eq!(
        parts
            .iter()
            .map(|p| (p.id, p.ended_version))
            .collect::<Vec<_>>(),
        [(PartId(1), None), (PartId(2), Some(2))]
    );
    drop(read);

    let mut tx = write(&db).await;
    let lost = tx
        .profile_save(PROFILE, 1, &first, [3; 32], "usr_1", NOW)
        .await;
    assert_eq!(
        lost.unwrap_err().code(),
        "store.version_changed",
        "somebody else saved version 2"
    );
    tx.rollback().await.unwrap();
    let mut tx = write(&db).await;
    let stolen = tx
        .profile_save(ProfileId(9), 0, &first, [3; 32], "usr_1", NOW)
        .await;
    assert_eq!(
        stolen.unwrap_err().code(),
        "store.refused",
        "a part belongs to one profile"
    );
    tx.rollback().await.unwrap();
    let mut tx = write(&db).await;
    let mut nameless = profile(1);
    nameless.inbound[0].id = None;
    assert!(
        tx.profile_save(ProfileId(9), 0, &nameless, [3; 32], "usr_1", NOW)
            .await
            .is_err()
    );
    tx.rollback().await.unwrap();

    let mut tx = write(&db).await;
    tx.profile_delete(PROFILE, 2, NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(db.read().await.unwrap().profiles().await.unwrap(), []);
    assert!(
        db.read()
            .await
            .unwrap()
            .parts()
            .await
            .unwrap()
            .iter()
            .all(|part| part.ended_version.is_some())
    );
}

#[tokio::test]
async fn a_review_moves_only_from_the_state_and_configuration_that_were_seen() {
    let db = tenant().await.db;
    let mut tx = write(&db).await;
    tx.profile_save(PROFILE, 0, &profile(1), [1; 32], "usr_1", NOW)
        .await
        .unwrap();
    let live = Review {
        state: ReviewState::Live,
        approval: Some(ApprovalId(4)),
        live: Some(([1; 32], ApprovalId(4))),
        exported_hash: Some([1; 32]),
    };
    tx.profile_review(PROFILE, [1; 32], &Review::NEW, &live)
        .await
        .unwrap();
    tx.profile_synced(PROFILE, [1; 32]).await.unwrap();
    tx.commit().await.unwrap();

    let found = db
        .read()
        .await
        .unwrap()
        .profile(PROFILE)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.review, found.synced_hash), (live, Some([1; 32])));
    for (hash, seen) in [([1; 32], Review::NEW), ([2; 32], live)] {
        let mut tx = write(&db).await;
        assert!(
            tx.profile_review(PROFILE, hash, &seen, &live)
                .await
                .is_err()
        );
    }
}

fn run(id: i64) -> Run {
    Run {
        id: RunId(id),
        kind: RunKind::FullImport,
        directory: Some(SOURCE),
        profile: None,
        cycle: Some(CycleId(3)),
        progress: Progress::Queued,
        status: None,
        queued_ms: NOW,
        started_ms: None,
        ended_ms: None,
        doc: RunDoc {
            cause: "asked by usr_1".into(),
            ..RunDoc::default()
        },
    }
}

#[tokio::test]
async fn what_an_export_changed_is_followed_once() {
    let db = tenant().await.db;
    directories(&db).await;
    let mut tx = write(&db).await;
    assert!(!tx.directory_followed(TARGET).await.unwrap());
    tx.directory_written(TARGET).await.unwrap();
    tx.directory_written(TARGET).await.unwrap();
    tx.commit().await.unwrap();

    let mut undone = write(&db).await;
    assert!(undone.directory_followed(TARGET).await.unwrap());
    undone.rollback().await.unwrap();
    let mut tx = write(&db).await;
    let followed = [
        tx.directory_followed(SOURCE).await.unwrap(),
        tx.directory_followed(TARGET).await.unwrap(),
        tx.directory_followed(TARGET).await.unwrap(),
    ];
    tx.commit().await.unwrap();

    assert_eq!(followed, [false, true, false]);
}

#[tokio::test]
async fn a_run_whose_last_batch_the_database_lost_may_not_go_on() {
    let db = tenant().await.db;
    let batch = async |before| {
        let mut tx = write(&db).await;
        let counted = tx.run_batch(RunId(1), before).await;
        (tx, counted)
    };
    let (tx, unknown) = batch(0).await;
    assert_eq!(unknown.unwrap_err().code(), "store.batches_lost");
    drop(tx);
    let mut tx = write(&db).await;
    tx.run_add(&run(1)).await.unwrap();
    tx.commit().await.unwrap();
    let (tx, first) = batch(0).await;
    first.unwrap();
    tx.commit().await.unwrap();

    // What a crash does to a commit that did not wait for the disk.
    let (lost, second) = batch(1).await;
    second.unwrap();
    lost.rollback().await.unwrap();
    let (tx, third) = batch(2).await;

    assert_eq!(third.unwrap_err().code(), "store.batches_lost");
    drop(tx);
    let (_tx, again) = batch(1).await;
    again.unwrap();
}

#[tokio::test]
async fn a_run_ends_once_and_never_changes_after() {
    let db = tenant().await.db;
    let mut run_1 = run(1);
    let mut tx = write(&db).await;
    tx.run_add(&run_1).await.unwrap();
    tx.run_add(&Run {
        directory: None,
        profile: Some(PROFILE),
        kind: RunKind::Sync,
        ..run(2)
    })
    .await
    .unwrap();
    run_1.progress = Progress::Reading;
    run_1.started_ms = Some(NOW + 1);
    tx.run_change(&run_1).await.unwrap();
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    assert_eq!(read.run(RunId(1)).await.unwrap().unwrap(), run_1);
    assert_eq!(read.runs_open().await.unwrap().len(), 2);
    drop(read);

    run_1.status = Some(RunStatus::Success);
    run_1.ended_ms = Some(NOW + 2);
    run_1.doc.counts.insert("objects".into(), 2000);
    let mut tx = write(&db).await;
    tx.run_change(&run_1).await.unwrap();
    assert_eq!(
        tx.run_change(&run_1).await.unwrap_err().code(),
        "store.refused"
    );
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    assert_eq!(read.runs_open().await.unwrap().len(), 1);
    let all = read.runs(&RunFilter::default(), 10).await.unwrap();
    assert_eq!(
        all.iter().map(|run| run.id).collect::<Vec<_>>(),
        [RunId(2), RunId(1)]
    );
    let filters = [
        RunFilter {
            directory: Some(SOURCE),
            ..RunFilter::default()
        },
        RunFilter {
            before: Some(RunId(2)),
            cycle: Some(CycleId(3)),
            ..RunFilter::default()
        },
    ];
    for filter in filters {
        assert_eq!(read.runs(&filter, 10).await.unwrap(), [run_1.clone()]);
    }
    let of_profile = RunFilter {
        profile: Some(PROFILE),
        ..RunFilter::default()
    };
    assert_eq!(read.runs(&of_profile, 10).await.unwrap()[0].id, RunId(2));
}

#[tokio::test]
async fn a_cycle_is_open_until_it_ends() {
    let db = tenant().await.db;
    let mut cycle = Cycle {
        id: CycleId(3),
        profile: Some(PROFILE),
        asked_ms: NOW,
        ended_ms: None,
        doc: serde_json::json!({"target": {"dir_1": 4}}),
    };
    let mut tx = write(&db).await;
    tx.cycle_put(&cycle).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        db.read().await.unwrap().cycles_open().await.unwrap(),
        [cycle.clone()]
    );

    cycle.ended_ms = Some(NOW + 9);
    cycle.doc["outcome"] = "reached".into();
    let mut tx = write(&db).await;
    tx.cycle_put(&cycle).await.unwrap();
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    assert_eq!(read.cycles_open().await.unwrap(), []);
    assert_eq!(read.cycle(CycleId(3)).await.unwrap(), Some(cycle.clone()));
    assert_eq!(read.cycles(None, 5).await.unwrap(), [cycle]);
    assert_eq!(read.cycles(Some(CycleId(3)), 5).await.unwrap(), []);
}

#[tokio::test]
async fn a_demand_that_comes_while_another_is_served_is_not_lost() {
    let db = tenant().await.db;
    let mut tx = write(&db).await;
    tx.due_ask("import", 1, NOW + 50).await.unwrap();
    tx.due_ask("import", 1, NOW + 90).await.unwrap();
    tx.due_ask("sync", 2, NOW + 70).await.unwrap();
    tx.commit().await.unwrap();
    let due = db.read().await.unwrap().due().await.unwrap();
    assert_eq!(
        due.iter()
            .map(|d| (d.kind.as_str(), d.at_ms))
            .collect::<Vec<_>>(),
        [("import", NOW + 50), ("sync", NOW + 70)]
    );
    assert_eq!(
        db.read().await.unwrap().next_due_ms().await.unwrap(),
        Some(NOW + 50)
    );

    let mut tx = write(&db).await;
    tx.due_ask("import", 1, NOW + 95).await.unwrap();
    assert!(
        !tx.due_done(&due[0], None).await.unwrap(),
        "asked for again since it was read"
    );
    assert!(tx.due_done(&due[1], Some(NOW + 700)).await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = write(&db).await;
    let due = tx.due().await.unwrap();
    assert_eq!(
        due.iter()
            .map(|d| (d.kind.as_str(), d.at_ms))
            .collect::<Vec<_>>(),
        [("import", NOW + 50), ("sync", NOW + 700)]
    );
    assert!(tx.due_done(&due[0], None).await.unwrap());
    tx.due_forget(Some("import"), 2).await.unwrap();
    assert_eq!(tx.next_due_ms().await.unwrap(), Some(NOW + 700));
    tx.due_forget(None, 2).await.unwrap();
    assert_eq!(tx.next_due_ms().await.unwrap(), None);
}

#[tokio::test]
async fn a_what_if_shows_the_rows_of_its_parts_by_kind_and_in_order() {
    let db = tenant().await.db;
    let mut whatif = WhatIf {
        id: WhatIfId(8),
        version: 1,
        profile: PROFILE,
        state: WhatIfState::Computing,
        config_hash: [1; 32],
        plan_hash: None,
        asked_ms: NOW,
        ended_ms: None,
        undo_of: None,
        doc: serde_json::json!({}),
    };
    let ops = [planned(50, Verb::Add, "a"), planned(51, Verb::Delete, "b")];
    let event = Event {
        kind: EventKind::Projected,
        subject: Subject::Mv(MvId(7)),
        part: Some(PART),
        others: vec![],
    };
    let shown: Vec<WhatIfOp<'_>> = ops
        .iter()
        .enumerate()
        .map(|(n, op)| WhatIfOp {
            op,
            pattern: Some(n as i32),
            is_new: n == 1,
        })
        .collect();
    let events = [event.clone()];
    let mut tx = write(&db).await;
    tx.whatif_add(&whatif).await.unwrap();
    let kept = tx.whatif_keep(WhatIfId(8), 1, &shown, &events).await;
    assert_eq!(kept.unwrap(), 4);
    assert_eq!(tx.whatif_keep(WhatIfId(8), 4, &[], &[]).await.unwrap(), 4);
    whatif.state = WhatIfState::Ready;
    whatif.plan_hash = Some(OpHash::of_plan(ops.iter().map(|op| op.hash)));
    assert_eq!(tx.whatif_change(&whatif).await.unwrap(), 2);
    assert!(
        tx.whatif_change(&whatif).await.is_err(),
        "the version moved on"
    );
    whatif.version = 2;
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    assert_eq!(read.whatif(WhatIfId(8)).await.unwrap().unwrap(), whatif);
    assert_eq!(
        read.whatifs(Some(PROFILE), None, 5).await.unwrap(),
        [whatif]
    );
    let all = read
        .whatif_rows(WhatIfId(8), &WhatIfFilter::default(), 0, 10)
        .await
        .unwrap();
    assert_eq!(
        all.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(all[2].1, WhatIfRow::Event(event));
    let deletes = WhatIfFilter {
        kinds: vec!["delete".into()],
        operations: Some(true),
        directory: Some(TARGET),
        object_type: Some(TypeId(0)),
        ..WhatIfFilter::default()
    };
    let found = read
        .whatif_rows(WhatIfId(8), &deletes, 0, 10)
        .await
        .unwrap();
    let op = |n: usize| WhatIfRow::Op {
        op: Box::new(ops[n].clone()),
        is_new: n == 1,
    };
    assert_eq!(found, [(2, op(1))]);
    let of_pattern = WhatIfFilter {
        pattern: Some(0),
        ..WhatIfFilter::default()
    };
    let new = WhatIfFilter {
        is_new: Some(true),
        ..WhatIfFilter::default()
    };
    for (filter, expected) in [(of_pattern, (1, op(0))), (new, (2, op(1)))] {
        let found = read.whatif_rows(WhatIfId(8), &filter, 0, 10).await;
        assert_eq!(found.unwrap(), [expected], "{filter:?}");
    }
    let at = read.whatif_rows_at(WhatIfId(8), &[1, 9]).await.unwrap();
    assert_eq!(at, [(1, op(0))]);
    assert_eq!(
        read.whatif_rows(WhatIfId(8), &deletes, 2, 10)
            .await
            .unwrap(),
        []
    );
    let mut hashes = vec![ops[0].hash, ops[1].hash];
    hashes.sort_unstable();
    assert_eq!(read.whatif_hashes(WhatIfId(8)).await.unwrap(), hashes);
    let counts = read.whatif_counts(WhatIfId(8)).await.unwrap();
    assert_eq!(
        counts
            .iter()
            .map(|c| (c.0.as_str(), c.3))
            .collect::<Vec<_>>(),
        [("add", 1), ("delete", 1), ("projected", 1)]
    );
    drop(read);

    let mut tx = write(&db).await;
    tx.whatif_remove(WhatIfId(8)).await.unwrap();
    assert_eq!(tx.whatif(WhatIfId(8)).await.unwrap(), None);
}

#[tokio::test]
async fn a_repeated_request_finds_its_answer_and_another_request_under_its_key_does_not() {
    let db = tenant().await.db;
    let mut tx = write(&db).await;
    let key = tx.request_key("usr_1", "profile.create", "k-1", b"POST /profiles {}");
    assert_eq!(
        tx.idempotency_claim(&key, NOW, 1000).await.unwrap(),
        Repetition::New
    );
    tx.idempotency_answer(&key, 201, b"{\"id\":\"prf_1\"}")
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let mut tx = write(&db).await;
    let answered = Repetition::Answered {
        status: 201,
        body: b"{\"id\":\"prf_1\"}".to_vec(),
    };
    assert_eq!(
        tx.idempotency_claim(&key, NOW + 1, 1000).await.unwrap(),
        answered
    );
    let other_body = tx.request_key(
        "usr_1",
        "profile.create",
        "k-1",
        b"POST /profiles {\"x\":1}",
    );
    assert_eq!(
        tx.idempotency_claim(&other_body, NOW + 1, 1000)
            .await
            .unwrap(),
        Repetition::Mismatch
    );
    let other_person = tx.request_key("usr_2", "profile.create", "k-1", b"POST /profiles {}");
    assert_eq!(
        tx.idempotency_claim(&other_person, NOW + 1, 1000)
            .await
            .unwrap(),
        Repetition::New
    );
    tx.rollback().await.unwrap();

    let mut tx = write(&db).await;
    assert_eq!(
        tx.idempotency_claim(&key, NOW + 1000, 1000).await.unwrap(),
        Repetition::New,
        "a day later"
    );
    tx.rollback().await.unwrap();
    let mut tx = write(&db).await;
    assert_eq!(tx.idempotency_expire(NOW + 1000).await.unwrap(), 1);
}

#[tokio::test]
async fn a_request_is_claimed_with_its_act_and_not_with_what_comes_before() {
    let db = tenant().await.db;
    let key = {
        let tx = write(&db).await;
        tx.request_key("usr_1", "profile.create", "k-2", b"y")
    };
    let act = || Act {
        at_ms: NOW,
        actor: "usr_1".into(),
        action: "profiles.create".into(),
        target: None,
        result: "done".into(),
        request_id: None,
        detail: serde_json::Value::Null,
    };
    let found = async || {
        let mut tx = write(&db).await;
        tx.idempotency_claim(&key, NOW + 1, 1000).await.unwrap()
    };

    let ((), claimed) = claiming(&key, NOW, 1000, async {
        write(&db).await.commit().await.unwrap();
    })
    .await;
    assert!(!claimed);
    assert_eq!(found().await, Repetition::New);

    let ((), claimed) = claiming(&key, NOW, 1000, async {
        let mut undone = write(&db).await;
        undone.audit(act());
        undone.rollback().await.unwrap();
        let mut tx = write(&db).await;
        tx.audit(act());
        tx.commit().await.unwrap();
    })
    .await;
    assert!(claimed);
    assert_eq!(found().await, Repetition::Unanswered);
}

#[tokio::test]
async fn a_request_that_is_being_answered_is_waited_for() {
    let db = tenant().await.db;
    let mut first = write(&db).await;
    let key = first.request_key("usr_1", "profile.create", "k", b"x");
    assert_eq!(
        first.idempotency_claim(&key, NOW, 1000).await.unwrap(),
        Repetition::New
    );
    let second = tokio::spawn({
        let (db, key) = (db.clone(), key.clone());
        async move { write(&db).await.idempotency_claim(&key, NOW, 1000).await }
    });

    first.idempotency_answer(&key, 200, b"done").await.unwrap();
    first.commit().await.unwrap();

    let found = second.await.unwrap().unwrap();
    assert_eq!(
        found,
        Repetition::Answered {
            status: 200,
            body: b"done".to_vec()
        }
    );
}

#[tokio::test]
async fn an_artifact_that_was_moved_under_another_key_is_not_loaded() {
    let db = tenant().await.db;
    let artifact = Artifact {
        key: [1; 32],
        meaning: [2; 32],
        manifest: b"{}".to_vec(),
        module: vec![0xc0; 5000],
    };
    let mut tx = write(&db).await;
    tx.artifact_put(&artifact, NOW).await.unwrap();
    tx.artifact_put(&artifact, NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        db.read().await.unwrap().artifact(&[1; 32]).await.unwrap(),
        Some(artifact)
    );
    assert_eq!(
        db.read().await.unwrap().artifact(&[9; 32]).await.unwrap(),
        None
    );

    let mut conn = crate::support::cluster().superuser().await;
    let schema = format!("t_{}", db.tenant().get());
    let moved = format!("update {schema}.rule_artifact set key = decode(repeat('09', 32), 'hex')");
    sqlx::raw_sql(sqlx::AssertSqlSafe(moved))
        .execute(&mut conn)
        .await
        .unwrap();

    let refused = db.read().await.unwrap().artifact(&[9; 32]).await;
    assert_eq!(refused.unwrap_err().code(), "store.row_damaged");
    let mut tx = write(&db).await;
    assert_eq!(tx.artifacts_keep(&[[7; 32]]).await.unwrap(), 1);
}

#[tokio::test]
async fn settings_change_from_the_version_that_was_read() {
    let db = tenant().await.db;
    let mut tx = write(&db).await;
    assert_eq!(tx.setting("ca").await.unwrap(), None);
    tx.setting_put("ca", 0, b"private").await.unwrap();
    assert!(tx.setting_put("ca", 0, b"again").await.is_err());
    tx.setting_put("ca", 1, b"renewed").await.unwrap();

    let found = tx.setting("ca").await.unwrap().unwrap();
    assert_eq!(
        (found.version, found.value.as_slice()),
        (2, b"renewed".as_slice())
    );
    assert_eq!(format!("{found:?}"), "Setting(version 2, 7 bytes)");
}

#[tokio::test]
async fn names_get_numbers_once_and_every_opening_sees_the_same() {
    let tenant = tenant().await;
    let names: Vec<AttrName> = ["mail", "cn"].map(AttrName::from).to_vec();
    let attrs = tenant.db.intern_attrs(&names).await.unwrap();
    let more: Vec<AttrName> = ["MAIL", "sn"].map(AttrName::from).to_vec();
    let attrs_2 = tenant.db.intern_attrs(&more).await.unwrap();
    let types = tenant
        .db
        .intern_types(&["user", "User", "group"])
        .await
        .unwrap();

    assert_eq!(attrs.id(&names[0]), attrs_2.id(&more[0]));
    assert_eq!(attrs_2.len(), 3);
    assert_eq!(types.names(), ["user", "User", "group"]);
    let again = tenant.reopened(1).await;
    assert_eq!(again.attrs().names(), attrs_2.names());
    assert_eq!(again.types().names(), types.names());
}

#[tokio::test]
async fn ids_are_never_given_twice_not_even_by_two_processes() {
    let tenant = tenant().await;
    let other = tenant.reopened(1).await;
    let mut given = Vec::new();
    for count in [1, 3, 2000, 5000] {
        for db in [&tenant.db, &other] {
            let range = db.new_ids(count).await.unwrap();
            assert_eq!(range.len(), count);
            given.extend(range);
        }
    }

    let total = given.len();
    given.sort_unstable();
    given.dedup();
    assert_eq!(given.len(), total);
    assert!(given[0] > 0);
}
