//! Exports: a claim survives a crash, a result is remembered, every sent operation names what allowed it.

use syncline_model::approval::{ApprovalKind, ApprovalState, ReleasedBy};
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::{CsFlags, CsKind, CsRow, Provenance, Subject};
use syncline_model::op::OpHash;
use syncline_model::plan::{
    EscrowEntry, GuardKind, MemoryEntry, PendingSet, PlanPart, PlannedOp, Provisioned, Verb,
};
use syncline_model::stage::{ErrorEntry, ErrorSet, MemoryChange, StagePart};
use syncline_model::{ApprovalId, CsId};
use syncline_store::tenant::{
    Acknowledged, Approval, ApprovalDoc, Claim, Durability, TenantDb, WorkSeen,
};

use crate::given::{NOW, PROFILE, RUN, TARGET, USER, anchor, directories, planned, stage};
use crate::support::{Cluster, tenant};

const PLAN: ReleasedBy = ReleasedBy::Plan(ApprovalId(900));
const LIVE: ReleasedBy = ReleasedBy::Live(ApprovalId(900));

fn claim(op: &PlannedOp, released_by: ReleasedBy) -> Claim {
    Claim {
        op: op.clone(),
        pending: op.hash,
        released_by,
    }
}

/// Stages operations, each on a target object of its own.
async fn pending(db: &TenantDb, ops: &[PlannedOp]) {
    let part = PlanPart {
        provisioned: ops
            .iter()
            .map(|op| Provisioned {
                row: CsRow {
                    kind: CsKind::Staging,
                    object_type: Some(USER),
                    provenance: Provenance::CreatedByUs,
                    ..CsRow::placeholder(op.cs, TARGET)
                },
                body: Default::default(),
            })
            .collect(),
        pending: ops
            .iter()
            .map(|op| PendingSet {
                cs: op.cs,
                ops: vec![op.clone()],
            })
            .collect(),
        ..PlanPart::default()
    };
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.apply_plan(&part, &WorkSeen::default(), NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn claimed(db: &TenantDb, claims: &[Claim]) -> Vec<EscrowEntry> {
    let mut tx = db.write(Durability::Durable).await.unwrap();
    let entries = tx.export_claim(RUN, TARGET, claims, NOW).await.unwrap();
    tx.commit().await.unwrap();
    entries
}

#[tokio::test]
async fn a_part_of_what_is_pending_is_sent_and_the_rest_is_derived_anew() {
    let db = tenant().await.db;
    directories(&db).await;
    let whole = planned(50, Verb::Update, "ann@fabrikam.test");
    let part = planned(50, Verb::Update, "a part");
    pending(&db, std::slice::from_ref(&whole)).await;
    let of_another = Claim {
        pending: part.hash,
        ..claim(&part, PLAN)
    };
    assert_eq!(claimed(&db, &[of_another]).await, []);
    let of_whole = Claim {
        pending: whole.hash,
        ..claim(&part, PLAN)
    };

    let entries = claimed(&db, &[of_whole]).await;
    assert_eq!(entries[0].op, part);
    let ack = Acknowledged {
        anchor: None,
        no_op: false,
    };
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.export_acknowledged(&entries[0], &ack).await.unwrap();
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    let memory = read.memory(&[CsId(50)]).await.unwrap();
    assert_eq!(memory[0].hash, part.hash);
    let rows = read.pending_rows(None).await.unwrap();
    assert_eq!(rows.len(), 1, "until the next sync derives it again");
    assert_eq!(read.work_counts().await.unwrap(), [(PROFILE, 1)]);
}

#[tokio::test]
async fn an_add_goes_from_pending_through_escrow_to_memory_and_is_confirmed() {
    let db = tenant().await.db;
    directories(&db).await;
    let op = planned(50, Verb::Add, "ann@fabrikam.test");
    pending(&db, std::slice::from_ref(&op)).await;

    let entries = claimed(&db, &[claim(&op, PLAN)]).await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].op, op);
    assert_eq!(
        db.read().await.unwrap().escrow(Some(TARGET)).await.unwrap(),
        entries
    );
    assert_eq!(
        db.read()
            .await
            .unwrap()
            .escrow_of(&[CsId(50)])
            .await
            .unwrap(),
        entries
    );

    let ack = Acknowledged {
        anchor: Some(anchor(77)),
        no_op: false,
    };
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    assert_eq!(
        tx.export_acknowledged(&entries[0], &ack).await.unwrap(),
        None
    );
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    assert_eq!(read.escrow(None).await.unwrap(), []);
    assert_eq!(read.pending_rows(None).await.unwrap(), []);
    let memory = read.memory(&[CsId(50)]).await.unwrap();
    assert_eq!(
        (memory[0].hash, memory[0].export_seq, &memory[0].effect),
        (op.hash, entries[0].export_seq, &op.effect)
    );
    assert_eq!(read.memory_ids(TARGET).await.unwrap(), [CsId(50)]);
    assert_eq!(read.memory_counts().await.unwrap(), [(TARGET, 1)]);
    let object = read
        .cs_objects_by_anchor(TARGET, &[anchor(77)])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(object.row.id, CsId(50));
    assert!(object.row.flags.has(CsFlags::ACKNOWLEDGED));
    let released = read.releases(RUN, 0, 10).await.unwrap();
    assert_eq!((&released[0].op, released[0].released_by), (&op, PLAN));
    assert_eq!(released[0].outcome.as_deref(), Some("acknowledged"));

    let mut part = StagePart::new(TARGET, vec![]);
    let mut left = memory[0].clone();
    left.effect.attrs.clear();
    part.memory = vec![MemoryChange {
        cs: CsId(50),
        export_seq: left.export_seq,
        left: Some(left.clone()),
    }];
    stage(&db, &part, 0).await;
    assert_eq!(
        db.read().await.unwrap().memory(&[CsId(50)]).await.unwrap(),
        [left]
    );
    part.memory[0].left = None;
    stage(&db, &part, 1).await;
    assert_eq!(
        db.read().await.unwrap().memory(&[CsId(50)]).await.unwrap(),
        []
    );
}

#[tokio::test]
async fn what_a_directory_refused_of_an_operation_is_not_remembered() {
    let db = tenant().await.db;
    directories(&db).await;
    let (one, two) = (
        planned(50, Verb::Update, "a"),
        planned(51, Verb::Update, "b"),
    );
    pending(&db, &[one.clone(), two.clone()]).await;
    let entries = claimed(&db, &[claim(&one, PLAN), claim(&two, PLAN)]).await;
    let ack = Acknowledged {
        anchor: None,
        no_op: false,
    };
    let mut part = MemoryEntry {
        cs: CsId(50),
        export_seq: entries[0].export_seq,
        at: entries[0].since,
        hash: one.hash,
        effect: one.effect.clone(),
    };
    part.effect.attrs.clear();

    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.export_settled(&entries[0], &ack, Some(&part))
        .await
        .unwrap();
    tx.export_settled(&entries[1], &ack, None).await.unwrap();
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    assert_eq!(read.memory(&[CsId(50), CsId(51)]).await.unwrap(), [part]);
    assert_eq!(read.pending_rows(None).await.unwrap(), []);
}

#[tokio::test]
async fn an_object_that_goes_takes_its_operation_in_doubt_with_it() {
    let db = tenant().await.db;
    directories(&db).await;
    let op = planned(50, Verb::Delete, "a");
    pending(&db, std::slice::from_ref(&op)).await;
    claimed(&db, &[claim(&op, PLAN)]).await;
    assert_eq!(
        db.read()
            .await
            .unwrap()
            .in_doubt(&[CsId(50), CsId(51)])
            .await
            .unwrap(),
        [CsId(50)]
    );

    let mut part = StagePart::new(TARGET, vec![]);
    part.removed = vec![CsId(50)];
    stage(&db, &part, 0).await;

    let mut read = db.read().await.unwrap();
    assert_eq!(read.escrow(None).await.unwrap(), []);
    let released = read.releases(RUN, 0, 10).await.unwrap();
    assert_eq!(released[0].outcome.as_deref(), Some("object-gone"));
}

#[tokio::test]
async fn a_refused_operation_stays_pending_and_one_that_was_not_sent_leaves_no_trace() {
    let db = tenant().await.db;
    directories(&db).await;
    let (one, two) = (
        planned(50, Verb::Update, "a"),
        planned(51, Verb::Delete, "b"),
    );
    pending(&db, &[one.clone(), two.clone()]).await;
    let entries = claimed(&db, &[claim(&one, LIVE), claim(&two, LIVE)]).await;

    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.export_refused(&entries[0], "export.name_taken")
        .await
        .unwrap();
    tx.export_not_sent(&entries[1]).await.unwrap();
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    assert_eq!(read.escrow(None).await.unwrap(), []);
    assert_eq!(read.pending_rows(None).await.unwrap().len(), 2);
    let released = read.releases(RUN, 0, 10).await.unwrap();
    assert_eq!(released.len(), 1);
    assert_eq!(released[0].outcome.as_deref(), Some("export.name_taken"));
    let kinds: Vec<GuardKind> = read
        .guard_window(NOW)
        .await
        .unwrap()
        .iter()
        .map(|count| count.kind)
        .collect();
    assert_eq!(kinds, [GuardKind::Change]);
}

#[tokio::test]
async fn what_was_refused_in_one_pass_stands_beside_what_is_refused_in_the_other() {
    let db = tenant().await.db;
    directories(&db).await;
    let first = planned(50, Verb::Update, "a");
    let mut second = planned(50, Verb::Update, "b");
    second.op.pass = 2;
    second.hash = second.op.hash();
    let part = PlanPart {
        pending: vec![PendingSet {
            cs: CsId(50),
            ops: vec![first.clone(), second.clone()],
        }],
        ..PlanPart::default()
    };
    pending(&db, std::slice::from_ref(&first)).await;
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.apply_plan(&part, &WorkSeen::default(), NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let told = async |op: &PlannedOp, kind: Option<ErrorKind>, now: i64| {
        let entry = |kind| ErrorEntry {
            kind,
            attr: None,
            message: "it was refused".into(),
            others: Vec::new(),
            op: Some(op.hash),
        };
        let set = ErrorSet {
            subject: Subject::Cs(op.cs),
            stage: Stage::Export,
            part: None,
            entries: kind.map(entry).into_iter().collect(),
        };
        let mut tx = db.write(Durability::Deferred).await.unwrap();
        tx.errors_put_of(&set, op, now).await.unwrap();
        let standing = tx.errors_of(&[set.subject]).await.unwrap();
        tx.commit().await.unwrap();
        let stand = standing.iter().map(|e| (e.entry.kind, e.last_ms));
        stand.collect::<Vec<_>>()
    };
    let (one, two) = (ErrorKind::ConstraintViolation, ErrorKind::SchemaViolation);

    assert_eq!(told(&first, Some(one), NOW).await, [(one, NOW)]);
    assert_eq!(
        told(&second, Some(two), NOW + 1).await,
        [(one, NOW), (two, NOW + 1)]
    );
    assert_eq!(
        told(&first, Some(one), NOW + 2).await,
        [(one, NOW + 2), (two, NOW + 1)]
    );
    assert_eq!(told(&first, None, NOW + 3).await, [(two, NOW + 1)]);
    assert_eq!(told(&second, None, NOW + 4).await, []);

    // An operation that is not pending any more has nothing to say against the one that took its place.
    assert_eq!(told(&first, Some(one), NOW).await, [(one, NOW)]);
    let newer = planned(50, Verb::Update, "newer");
    assert_eq!(told(&second, Some(two), NOW).await.len(), 2);
    let part = PlanPart {
        pending: vec![PendingSet {
            cs: CsId(50),
            ops: vec![newer.clone()],
        }],
        ..PlanPart::default()
    };
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.apply_plan(&part, &WorkSeen::default(), NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(told(&newer, None, NOW).await, []);
}

#[tokio::test]
async fn only_what_is_still_pending_and_not_in_doubt_is_claimed() {
    let db = tenant().await.db;
    directories(&db).await;
    let (one, two) = (
        planned(50, Verb::Update, "a"),
        planned(51, Verb::Update, "b"),
    );
    let mut blocked = planned(52, Verb::Update, "c");
    blocked.blocked = Some(syncline_model::plan::Blocked::Transient);
    pending(&db, &[one.clone(), two.clone(), blocked.clone()]).await;
    assert_eq!(claimed(&db, &[claim(&one, PLAN)]).await.len(), 1);

    // The second was replaced since it was read; the first is in doubt, also under another operation.
    let newer = planned(51, Verb::Update, "newer");
    let other = planned(50, Verb::Update, "other");
    pending(&db, &[newer.clone(), other.clone()]).await;
    let entries = claimed(
        &db,
        &[
            claim(&two, PLAN),
            claim(&one, PLAN),
            claim(&other, PLAN),
            claim(&blocked, PLAN),
            claim(&newer, PLAN),
        ],
    )
    .await;

    assert_eq!(
        entries
            .iter()
            .map(|entry| entry.op.hash)
            .collect::<Vec<_>>(),
        [newer.hash]
    );
    assert_eq!(entries[0].export_seq, 2);
}

#[tokio::test]
async fn a_result_of_an_older_operation_leaves_the_newer_one_pending() {
    let db = tenant().await.db;
    directories(&db).await;
    let old = planned(50, Verb::Update, "old");
    pending(&db, std::slice::from_ref(&old)).await;
    let entries = claimed(&db, &[claim(&old, PLAN)]).await;
    let new = planned(50, Verb::Update, "new");
    pending(&db, std::slice::from_ref(&new)).await;

    let mut tx = db.write(Durability::Deferred).await.unwrap();
    let ack = Acknowledged {
        anchor: None,
        no_op: true,
    };
    tx.export_acknowledged(&entries[0], &ack).await.unwrap();
    let twice = tx.export_acknowledged(&entries[0], &ack).await;
    assert_eq!(twice.unwrap_err().code(), "store.refused");
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    assert_eq!(read.pending_rows(None).await.unwrap()[0].hash, new.hash);
    assert_eq!(read.memory(&[CsId(50)]).await.unwrap()[0].hash, old.hash);
}

#[tokio::test]
async fn an_anchor_that_another_object_has_is_not_given_twice() {
    let db = tenant().await.db;
    directories(&db).await;
    let op = planned(50, Verb::Add, "a");
    pending(&db, std::slice::from_ref(&op)).await;
    let mut found = crate::given::object(&db, 60, "Ann", None);
    found.row.directory = TARGET;
    let mut part = crate::given::part_of(&[&found]);
    part.directory = TARGET;
    stage(&db, &part, 0).await;
    let entries = claimed(&db, &[claim(&op, PLAN)]).await;

    let mut tx = db.write(Durability::Deferred).await.unwrap();
    let ack = Acknowledged {
        anchor: found.body.anchor.clone(),
        no_op: false,
    };
    let holder = tx.export_acknowledged(&entries[0], &ack).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(holder, Some(CsId(60)));
    assert_eq!(
        db.read()
            .await
            .unwrap()
            .cs_objects(&[CsId(50)])
            .await
            .unwrap()[0]
            .body
            .anchor,
        None
    );
}

#[tokio::test]
async fn a_claim_in_a_transaction_that_is_not_durable_is_refused() {
    let db = tenant().await.db;
    directories(&db).await;
    let mut tx = db.write(Durability::Deferred).await.unwrap();

    let refused = tx.export_claim(RUN, TARGET, &[], NOW).await;

    assert_eq!(refused.unwrap_err().code(), "store.refused");
}

#[tokio::test]
async fn guards_count_what_live_profiles_sent_in_the_window_and_not_what_a_person_listed() {
    let db = tenant().await.db;
    directories(&db).await;
    let ops: Vec<PlannedOp> = (50..54).map(|n| planned(n, Verb::Delete, "x")).collect();
    pending(&db, &ops).await;
    claimed(
        &db,
        &[
            claim(&ops[0], LIVE),
            claim(&ops[1], LIVE),
            claim(&ops[2], PLAN),
            claim(&ops[3], ReleasedBy::Guard(ApprovalId(2))),
        ],
    )
    .await;

    let window = db.read().await.unwrap().guard_window(NOW).await.unwrap();
    let sent = db
        .read()
        .await
        .unwrap()
        .guard_sent(TARGET, NOW)
        .await
        .unwrap();
    assert_eq!(
        sent.iter().map(|s| s.cs).collect::<Vec<_>>(),
        [CsId(50), CsId(51)]
    );
    assert_eq!(window.len(), 1);
    assert_eq!(
        (window[0].directory, window[0].kind, window[0].count),
        (TARGET, GuardKind::Delete, 2)
    );
    assert_eq!(
        db.read()
            .await
            .unwrap()
            .guard_window(NOW + 1)
            .await
            .unwrap(),
        []
    );

    let mut tx = db.write(Durability::Deferred).await.unwrap();
    assert_eq!(tx.guard_expire(NOW + 1).await.unwrap(), 2);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_approval_of_a_list_names_objects_and_is_found_by_its_list() {
    let db = tenant().await.db;
    let hash = |n: u8| OpHash([n; 32]);
    let list = [(hash(3), CsId(7)), (hash(1), CsId(9)), (hash(2), CsId(8))];
    let asked = |id: i64, state| Approval {
        id: ApprovalId(id),
        version: 1,
        kind: ApprovalKind::ObsoletionGuard,
        state,
        profile: PROFILE,
        directory: Some(TARGET),
        whatif: None,
        config_hash: [1; 32],
        plan_hash: OpHash::of_plan(list.iter().map(|(hash, _)| *hash)),
        asked_ms: NOW,
        decided_ms: None,
        expires_ms: None,
        doc: ApprovalDoc::default(),
    };
    let (first, last) = (
        asked(900, ApprovalState::Rejected),
        asked(901, ApprovalState::Requested),
    );
    let mut tx = db.write(Durability::Durable).await.unwrap();
    tx.approval_add_list(&first, &list).await.unwrap();
    tx.approval_add_list(&last, &list[..1]).await.unwrap();
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    let id = first.id;
    let page = read.approval_objects(id, CsId(7), 1).await.unwrap();
    assert_eq!(page, [(CsId(8), hash(2))]);
    let rest = read.approval_objects(id, CsId(8), 9).await.unwrap();
    assert_eq!(rest, [(CsId(9), hash(1))]);
    assert_eq!(read.approval_ops(id).await.unwrap().len(), 3);
    let found = read
        .approval_of_list(TARGET, ApprovalKind::ObsoletionGuard, first.plan_hash)
        .await
        .unwrap();
    assert_eq!(found, Some(last));
    let other = read
        .approval_of_list(TARGET, ApprovalKind::ObsoletionGuard, hash(9))
        .await
        .unwrap();
    assert_eq!(other, None);
}

#[tokio::test]
async fn an_approval_names_operations_and_notes_which_were_sent() {
    let db = tenant().await.db;
    directories(&db).await;
    let op = planned(50, Verb::Update, "a");
    pending(&db, std::slice::from_ref(&op)).await;
    let mut approval = Approval {
        id: ApprovalId(900),
        version: 1,
        kind: ApprovalKind::Plan,
        state: ApprovalState::Approved,
        profile: PROFILE,
        directory: None,
        whatif: None,
        config_hash: [1; 32],
        plan_hash: OpHash::of_plan([op.hash]),
        asked_ms: NOW,
        decided_ms: Some(NOW),
        expires_ms: Some(NOW + 1),
        doc: ApprovalDoc {
            note: Some("looks right".into()),
            decided_by: Some("usr_1".into()),
            ..ApprovalDoc::default()
        },
    };
    let never = OpHash([0xff; 32]);
    let mut tx = db.write(Durability::Durable).await.unwrap();
    tx.approval_add(&approval, &[op.hash, never]).await.unwrap();
    tx.commit().await.unwrap();

    claimed(&db, &[claim(&op, PLAN)]).await;

    let mut read = db.read().await.unwrap();
    assert_eq!(
        read.approval(ApprovalId(900)).await.unwrap().unwrap(),
        approval
    );
    let mut ops = read.approval_ops(ApprovalId(900)).await.unwrap();
    ops.sort();
    assert_eq!(ops, [(op.hash, Some(NOW)), (never, None)]);
    let open = read
        .approvals(Some(PROFILE), &[ApprovalState::Approved], None, 10)
        .await
        .unwrap();
    assert_eq!(open, [approval.clone()]);

    approval.state = ApprovalState::Spent;
    let mut tx = db.write(Durability::Durable).await.unwrap();
    assert_eq!(
        tx.approval_change(ApprovalState::Approved, &approval)
            .await
            .unwrap(),
        2
    );
    let second = tx.approval_change(ApprovalState::Approved, &approval).await;
    assert_eq!(second.unwrap_err().code(), "store.version_changed");
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_claim_is_found_after_the_database_was_killed_and_its_result_was_not_written() {
    let mut cluster = Cluster::start();
    let tenant = cluster.tenant().await;
    directories(&tenant.db).await;
    let ops: Vec<PlannedOp> = (50..60)
        .map(|n| planned(n, Verb::Add, "ann@fabrikam.test"))
        .collect();
    pending(&tenant.db, &ops).await;
    let claims: Vec<Claim> = ops.iter().map(|op| claim(op, PLAN)).collect();
    let entries = claimed(&tenant.db, &claims).await;
    let mut unfinished = tenant.db.write(Durability::Deferred).await.unwrap();
    let ack = Acknowledged {
        anchor: Some(anchor(77)),
        no_op: false,
    };
    unfinished
        .export_acknowledged(&entries[0], &ack)
        .await
        .unwrap();

    cluster.kill_and_restart();

    assert!(unfinished.commit().await.is_err());
    let db = tenant.reopened(1).await;
    let mut read = db.read().await.unwrap();
    assert_eq!(read.escrow(Some(TARGET)).await.unwrap(), entries);
    assert_eq!(read.pending_rows(Some(TARGET)).await.unwrap().len(), 10);
    assert_eq!(read.memory(&[CsId(50)]).await.unwrap(), []);
    assert_eq!(read.releases(RUN, 0, 100).await.unwrap().len(), 10);
}
