//! Plan parts: links, metaverse, keys, intents, pending operations and work commit together and read back.

use syncline_model::contributors::Contributors;
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::{
    ContentHash, CsFlags, CsKind, CsRow, Disjoin, KeyHash, KeyId, Lineage, Link, LinkKind,
    MvObject, MvRef, MvState, PendingImport, Provenance, Subject,
};
use syncline_model::plan::{
    Consumed, Intent, KeysOf, LinkChange, Managed, Mode, PendingSet, Place, PlanPart, Provisioned,
    Sent, Verb, WorkItem,
};
use syncline_model::stage::{ErrorEntry, ErrorSet, StagePart};
use syncline_model::{CsId, MvId, PartId, ProfileId};
use syncline_store::tenant::{Durability, TenantDb, WorkSeen};

use crate::given::{
    MAIL, MEMBER, NOW, PART, PROFILE, SOURCE, TARGET, USER, lineage, mv_object, object, one,
    part_of, planned, stage,
};
use crate::support::tenant;

async fn apply(db: &TenantDb, part: &PlanPart) {
    apply_seen(db, part, &WorkSeen::default(), NOW).await;
}

async fn apply_seen(db: &TenantDb, part: &PlanPart, seen: &WorkSeen, now: i64) {
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.apply_plan(part, seen, now).await.unwrap();
    tx.commit().await.unwrap();
}

fn link(cs: i64, mv: i64, kind: LinkKind) -> LinkChange {
    LinkChange {
        cs: CsId(cs),
        link: Some(Link {
            mv: MvId(mv),
            part: PART,
            kind,
            explicit: false,
        }),
        disjoin: Disjoin::Normal,
        provenance: Provenance::Discovered,
        retired: None,
    }
}

#[tokio::test]
async fn a_projection_and_what_it_provisions_are_there_after_one_commit() {
    let db = tenant().await.db;
    let ann = object(&db, 1, "Ann", None);
    stage(&db, &part_of(&[&ann]), 0).await;
    let target = CsRow {
        id: CsId(50),
        directory: TARGET,
        kind: CsKind::Staging,
        object_type: Some(USER),
        provenance: Provenance::CreatedByUs,
        link: link(50, 2, LinkKind::Target).link,
        flags: CsFlags(0),
        ..CsRow::placeholder(CsId(50), TARGET)
    };
    let body = syncline_model::object::CsBody {
        rdn: Some("CN=Ann".into()),
        ..Default::default()
    };
    let intent = Intent {
        cs: CsId(50),
        part: PART,
        place: Some(Place {
            parent: CsId(99),
            rdn: "CN=Ann".into(),
        }),
        attrs: vec![Managed {
            attr: MAIL,
            values: Some(one("ann@fabrikam.test")),
            part: PART,
            flow: 0,
            mode: Mode::Enforce,
            source: Contributors::One(lineage()),
        }],
        refs: vec![],
    };
    let op = planned(50, Verb::Add, "ann@fabrikam.test");
    let part = PlanPart {
        mv: vec![mv_object(2, "ann@contoso.test")],
        provisioned: vec![Provisioned {
            row: target,
            body: body.clone(),
        }],
        links: vec![link(1, 2, LinkKind::Provision)],
        consumed: vec![Consumed {
            profile: PROFILE,
            cs: CsId(1),
            image: ann.row.imported,
        }],
        intents: vec![intent.clone()],
        pending: vec![PendingSet {
            cs: CsId(50),
            ops: vec![op.clone()],
        }],
        ..PlanPart::default()
    };

    apply(&db, &part).await;
    apply(&db, &part).await;

    let mut read = db.read().await.unwrap();
    assert_eq!(read.mv_objects(&[MvId(2)]).await.unwrap(), part.mv);
    assert_eq!(read.mv_page(None, MvId(0), 10).await.unwrap(), part.mv);
    assert_eq!(read.mv_rows().await.unwrap()[0].id, MvId(2));
    assert_eq!(read.mv_managed().await.unwrap(), 1);
    let linked = read.cs_linked_to(&[MvId(2)]).await.unwrap();
    assert_eq!(
        linked.iter().map(|row| row.id).collect::<Vec<_>>(),
        [CsId(1), CsId(50)]
    );
    assert_eq!(linked[0].synced, ann.row.imported);
    assert_eq!(linked[0].link, link(1, 2, LinkKind::Provision).link);
    assert_eq!(linked[1], target);
    assert_eq!(read.cs_objects(&[CsId(50)]).await.unwrap()[0].body, body);
    assert_eq!(read.intents(&[CsId(50)]).await.unwrap(), [intent]);
    assert_eq!(read.intent_ids().await.unwrap(), [CsId(50)]);
    assert_eq!(
        read.pending_ops(&[CsId(50)]).await.unwrap(),
        std::slice::from_ref(&op)
    );
    let narrow = read.pending_rows(Some(TARGET)).await.unwrap();
    assert_eq!(
        (
            narrow.len(),
            narrow[0].hash,
            narrow[0].verb,
            narrow[0].depth
        ),
        (1, op.hash, Verb::Add, 2)
    );
    assert_eq!(read.pending_counts().await.unwrap(), [(TARGET, PROFILE, 1)]);
    assert_eq!(read.pending_rows(Some(SOURCE)).await.unwrap(), []);
}

#[tokio::test]
async fn links_end_operations_are_withdrawn_and_objects_go() {
    let db = tenant().await.db;
    stage(&db, &part_of(&[&object(&db, 1, "Ann", None)]), 0).await;
    let reference = MvRef {
        from: MvId(2),
        attr: MEMBER,
        to: MvId(3),
        lineage: lineage(),
    };
    let first = PlanPart {
        mv: vec![mv_object(2, "a"), mv_object(3, "b")],
        mv_refs_added: vec![reference],
        links: vec![link(1, 2, LinkKind::Join)],
        pending: vec![PendingSet {
            cs: CsId(1),
            ops: vec![planned(1, Verb::Update, "x")],
        }],
        keys: vec![keys(2, &[5], &[(5, 77)])],
        ..PlanPart::default()
    };
    apply(&db, &first).await;
    assert_eq!(
        db.read()
            .await
            .unwrap()
            .mv_refs_from(&[MvId(2)])
            .await
            .unwrap(),
        [reference]
    );
    assert_eq!(
        db.read()
            .await
            .unwrap()
            .mv_refs_to(&[MvId(3)])
            .await
            .unwrap(),
        [reference]
    );

    let second = PlanPart {
        mv_refs_removed: vec![reference],
        mv_removed: vec![MvId(2)],
        links: vec![LinkChange {
            cs: CsId(1),
            link: None,
            disjoin: Disjoin::Filtered,
            provenance: Provenance::Adopted,
            retired: None,
        }],
        pending: vec![PendingSet {
            cs: CsId(1),
            ops: vec![],
        }],
        ..PlanPart::default()
    };
    apply(&db, &second).await;

    let mut read = db.read().await.unwrap();
    assert_eq!(read.mv_objects(&[MvId(2), MvId(3)]).await.unwrap().len(), 1);
    assert_eq!(read.mv_refs_from(&[MvId(2)]).await.unwrap(), []);
    assert_eq!(read.keys_under(&[KeyId(5)]).await.unwrap(), []);
    assert_eq!(read.pending_rows(None).await.unwrap(), []);
    let row = read.cs_rows_by_id(&[CsId(1)]).await.unwrap()[0];
    assert_eq!(
        (row.link, row.disjoin, row.provenance),
        (None, Disjoin::Filtered, Provenance::Adopted)
    );
}

fn consumed(profile: ProfileId, image: Option<ContentHash>) -> PlanPart {
    PlanPart {
        consumed: vec![Consumed {
            profile,
            cs: CsId(1),
            image,
        }],
        ..PlanPart::default()
    }
}

#[tokio::test]
async fn an_import_during_a_sync_leaves_the_newer_image_pending() {
    let db = tenant().await.db;
    let mut ann = object(&db, 1, "Ann", None);
    let image = ann.row.imported;
    let mut part = part_of(&[&ann]);
    part.work = vec![Subject::Cs(CsId(1))];
    stage(&db, &part, 0).await;
    let seen = db.read().await.unwrap().work(PROFILE).await.unwrap();
    ann.row.imported = Some(ContentHash::new(42));
    part.rows[0].row = ann.row;
    stage(&db, &part, 1).await;

    apply_seen(&db, &consumed(PROFILE, image), &seen, NOW).await;
    apply(&db, &consumed(PROFILE, image)).await;

    let mut read = db.read().await.unwrap();
    assert_eq!(
        read.cs_rows_by_id(&[CsId(1)]).await.unwrap()[0].synced,
        None
    );
    assert_eq!(read.work(PROFILE).await.unwrap().len(), 1);

    apply(&db, &consumed(PROFILE, ann.row.imported)).await;
    let row = db
        .read()
        .await
        .unwrap()
        .cs_rows_by_id(&[CsId(1)])
        .await
        .unwrap()[0];
    assert_eq!(row.pending_import(), PendingImport::None);
}

#[tokio::test]
async fn an_image_counts_as_consumed_when_the_last_profile_took_notice() {
    let db = tenant().await.db;
    let ann = object(&db, 1, "Ann", None);
    let other = ProfileId(777);
    let mut part = part_of(&[&ann]);
    part.profiles.push(other);
    part.work = vec![Subject::Cs(CsId(1))];
    stage(&db, &part, 0).await;

    apply(&db, &consumed(PROFILE, ann.row.imported)).await;
    let row = db
        .read()
        .await
        .unwrap()
        .cs_rows_by_id(&[CsId(1)])
        .await
        .unwrap()[0];
    assert_eq!(
        row.pending_import(),
        PendingImport::Add,
        "another profile has not looked yet"
    );

    apply(&db, &consumed(other, ann.row.imported)).await;
    let row = db
        .read()
        .await
        .unwrap()
        .cs_rows_by_id(&[CsId(1)])
        .await
        .unwrap()[0];
    assert_eq!(row.pending_import(), PendingImport::None);
}

#[tokio::test]
async fn work_asked_for_while_a_sync_runs_stays_on_the_list() {
    let db = tenant().await.db;
    let item = |n| WorkItem {
        profile: PROFILE,
        subject: Subject::Cs(CsId(n)),
    };
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.work_add(&[item(1), item(2), item(1)]).await.unwrap();
    tx.commit().await.unwrap();
    let seen = db.read().await.unwrap().work(PROFILE).await.unwrap();
    assert_eq!(
        seen.subjects().collect::<Vec<_>>(),
        [Subject::Cs(CsId(1)), Subject::Cs(CsId(2))]
    );

    // An import asks for the first one again, and for a third.
    let mut part = StagePart::new(SOURCE, vec![PROFILE]);
    part.work = vec![Subject::Cs(CsId(1)), Subject::Mv(MvId(3))];
    stage(&db, &part, 0).await;
    let done = PlanPart {
        work_done: vec![item(1), item(2)],
        ..PlanPart::default()
    };
    apply_seen(&db, &done, &seen, NOW).await;

    let left = db.read().await.unwrap().work(PROFILE).await.unwrap();
    assert_eq!(
        left.subjects().collect::<Vec<_>>(),
        [Subject::Cs(CsId(1)), Subject::Mv(MvId(3))]
    );
    assert_eq!(
        db.read().await.unwrap().work_counts().await.unwrap(),
        [(PROFILE, 2)]
    );

    apply_seen(&db, &done, &left, NOW).await;
    assert_eq!(
        db.read().await.unwrap().work(PROFILE).await.unwrap().len(),
        1
    );
}

fn keys(mv: i64, covered: &[i64], rows: &[(i64, u128)]) -> KeysOf {
    KeysOf {
        subject: Subject::Mv(MvId(mv)),
        covered: covered.iter().map(|n| KeyId(*n)).collect(),
        rows: rows
            .iter()
            .map(|(key, hash)| (KeyId(*key), KeyHash(*hash)))
            .collect(),
    }
}

#[tokio::test]
async fn keys_are_replaced_under_the_definitions_covered_and_left_under_others() {
    let db = tenant().await.db;
    let wide = 1_i64 << 40;
    let part = |sets| PlanPart {
        keys: sets,
        ..PlanPart::default()
    };
    apply(
        &db,
        &part(vec![
            keys(1, &[5, 6], &[(5, 10), (5, 11), (6, 20)]),
            keys(2, &[wide], &[(wide, 10)]),
        ]),
    )
    .await;

    apply(&db, &part(vec![keys(1, &[5], &[(5, 11), (5, 12)])])).await;

    let mut read = db.read().await.unwrap();
    let of_one: Vec<(i64, u128)> = read
        .keys_of(&[Subject::Mv(MvId(1))])
        .await
        .unwrap()
        .iter()
        .map(|row| (row.key.0, row.hash.0))
        .collect();
    assert_eq!(of_one, [(5, 11), (5, 12), (6, 20)]);
    let found = read
        .keys_find_all(&[
            (KeyId(5), KeyHash(12)),
            (KeyId(wide), KeyHash(10)),
            (KeyId(6), KeyHash(1)),
        ])
        .await
        .unwrap();
    assert_eq!(
        found.iter().map(|row| row.subject).collect::<Vec<_>>(),
        [Subject::Mv(MvId(1)), Subject::Mv(MvId(2))]
    );
    assert_eq!(read.keys_under(&[KeyId(5)]).await.unwrap().len(), 2);

    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.keys_forget(&[]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        db.read()
            .await
            .unwrap()
            .keys_under(&[KeyId(5), KeyId(6), KeyId(wide)])
            .await
            .unwrap()
            .len(),
        3
    );
}

fn failing(kind: ErrorKind, message: &str) -> ErrorEntry {
    ErrorEntry {
        kind,
        attr: Some(MAIL),
        message: message.into(),
        others: vec![Subject::Cs(CsId(8))],
        op: None,
    }
}

fn errors(entries: Vec<ErrorEntry>) -> PlanPart {
    PlanPart {
        errors: vec![ErrorSet {
            subject: Subject::Cs(CsId(1)),
            stage: Stage::Inbound,
            part: Some(PART),
            entries,
        }],
        ..PlanPart::default()
    }
}

#[tokio::test]
async fn an_error_that_stays_counts_on_and_one_that_is_not_said_again_goes() {
    let db = tenant().await.db;
    let seen = WorkSeen::default();
    apply_seen(
        &db,
        &errors(vec![
            failing(ErrorKind::Rule, "first"),
            failing(ErrorKind::AmbiguousMatch, "two"),
        ]),
        &seen,
        NOW,
    )
    .await;
    apply_seen(
        &db,
        &errors(vec![failing(ErrorKind::AmbiguousMatch, "three")]),
        &seen,
        NOW + 5,
    )
    .await;

    let mut read = db.read().await.unwrap();
    let standing = read.errors_of(&[Subject::Cs(CsId(1))]).await.unwrap();
    assert_eq!(standing.len(), 1);
    assert_eq!(
        standing[0].entry,
        failing(ErrorKind::AmbiguousMatch, "three")
    );
    assert_eq!(
        (standing[0].first_ms, standing[0].last_ms, standing[0].count),
        (NOW, NOW + 5, 2)
    );
    assert_eq!(read.errors_page(0, 10).await.unwrap(), standing);
    assert_eq!(
        read.errors_standing(&[Subject::Cs(CsId(1))]).await.unwrap(),
        [(Subject::Cs(CsId(1)), Stage::Inbound, Some(PART))]
    );
    let retry_ms = standing[0].retry_ms.expect("it is tried again");
    assert!((NOW + 5..=NOW + 5 + 24 * 3_600_000).contains(&retry_ms));

    apply_seen(&db, &errors(vec![]), &seen, NOW).await;
    assert_eq!(
        db.read()
            .await
            .unwrap()
            .errors_of(&[Subject::Cs(CsId(1))])
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn a_read_snapshot_does_not_see_what_commits_meanwhile() {
    let db = tenant().await.db;
    let mut before = db.read().await.unwrap();
    assert_eq!(before.cs_rows(None).await.unwrap(), []);

    stage(&db, &part_of(&[&object(&db, 1, "Ann", None)]), 0).await;

    assert_eq!(before.cs_rows(None).await.unwrap(), []);
    assert_eq!(
        db.read().await.unwrap().cs_rows(None).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    let db = tenant().await.db;
    let mut tx = db.write(Durability::Durable).await.unwrap();
    let part = part_of(&[&object(&db, 1, "Ann", None)]);
    tx.apply_stage(&part, &crate::given::step(0)).await.unwrap();
    assert_eq!(tx.cs_rows(None).await.unwrap().len(), 1);

    tx.rollback().await.unwrap();

    assert_eq!(db.read().await.unwrap().cs_rows(None).await.unwrap(), []);
}

#[tokio::test]
async fn a_reference_that_two_parts_give_goes_with_the_last_of_them() {
    let db = tenant().await.db;
    let given = |part: i64, flow: u16| MvRef {
        from: MvId(2),
        attr: MEMBER,
        to: MvId(3),
        lineage: Lineage {
            part: PartId(part),
            flow,
            ..lineage()
        },
    };
    let (one, other) = (given(1, 0), given(2, 0));
    let refs = async |added: Vec<MvRef>, removed: Vec<MvRef>| {
        let part = PlanPart {
            mv_refs_added: added,
            mv_refs_removed: removed,
            ..PlanPart::default()
        };
        apply(&db, &part).await;
        let mut read = db.read().await.unwrap();
        read.mv_refs_from(&[MvId(2)]).await.unwrap()
    };

    assert_eq!(refs(vec![one, other], vec![]).await, [one, other]);
    assert_eq!(refs(vec![], vec![one]).await, [other]);
    let moved = given(2, 5);
    assert_eq!(refs(vec![moved], vec![other]).await, [moved]);
    assert_eq!(refs(vec![], vec![moved]).await, []);
}

#[tokio::test]
async fn what_was_sent_on_change_is_noted_while_it_is_still_wanted() {
    let db = tenant().await.db;
    let wanted = |sent| Intent {
        cs: CsId(50),
        part: PART,
        place: None,
        attrs: vec![Managed {
            attr: MAIL,
            values: Some(one("ann@fabrikam.test")),
            part: PART,
            flow: 0,
            mode: Mode::OnChange { sent },
            source: Contributors::None,
        }],
        refs: vec![],
    };
    let part = PlanPart {
        intents: vec![wanted(false)],
        ..PlanPart::default()
    };
    apply(&db, &part).await;
    let note = async |value: &str| {
        let mut tx = db.write(Durability::Deferred).await.unwrap();
        let sent = Sent {
            attr: MAIL,
            values: Some(one(value)),
        };
        tx.intent_sent(CsId(50), &[sent]).await.unwrap();
        tx.commit().await.unwrap();
        let mut read = db.read().await.unwrap();
        read.intents(&[CsId(50)]).await.unwrap()
    };

    assert_eq!(note("older@fabrikam.test").await, [wanted(false)]);
    assert_eq!(note("ann@fabrikam.test").await, [wanted(true)]);
}

#[tokio::test]
async fn what_is_retired_is_found_from_its_instant_on_and_not_when_it_is_linked_anew() {
    let db = tenant().await.db;
    let ann = object(&db, 1, "Ann", None);
    stage(&db, &part_of(&[&ann]), 0).await;
    let retired = |provenance| PlanPart {
        links: vec![LinkChange {
            provenance,
            retired: Some(1_000),
            ..link(1, 2, LinkKind::Departing)
        }],
        ..PlanPart::default()
    };
    apply(&db, &retired(Provenance::CreatedByUs)).await;

    let mut read = db.read().await.unwrap();
    assert_eq!(
        read.retired_until((PART, TARGET), 999, false)
            .await
            .unwrap(),
        []
    );
    let found = read
        .retired_until((PART, TARGET), 1_000, false)
        .await
        .unwrap();
    assert_eq!(found, [MvId(2)]);
    let first = read.retired_first((PART, TARGET), false).await.unwrap();
    assert_eq!(first, Some(1_000));
    let rows = read.cs_rows_by_id(&[CsId(1)]).await.unwrap();
    assert_eq!(rows[0].retired, Some(1_000));

    apply(&db, &retired(Provenance::Adopted)).await;
    let mut read = db.read().await.unwrap();
    assert_eq!(
        read.retired_until((PART, TARGET), 1_000, false)
            .await
            .unwrap(),
        []
    );
    let found = read
        .retired_until((PART, TARGET), 1_000, true)
        .await
        .unwrap();
    assert_eq!(found, [MvId(2)]);

    let linked = PlanPart {
        links: vec![link(1, 2, LinkKind::Target)],
        ..PlanPart::default()
    };
    apply(&db, &linked).await;
    let mut read = db.read().await.unwrap();
    assert_eq!(
        read.retired_first((PART, TARGET), true).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn what_is_scheduled_is_found_when_its_grace_is_over_and_not_when_it_lives_again() {
    let db = tenant().await.db;
    let scheduled = MvObject {
        state: MvState::Scheduled,
        since: Some(1_000),
        ..mv_object(2, "ann@x")
    };
    let part = |object: &MvObject| PlanPart {
        mv: vec![object.clone()],
        ..PlanPart::default()
    };
    apply(&db, &part(&scheduled)).await;

    let mut read = db.read().await.unwrap();
    let mv_type = scheduled.mv_type;
    assert_eq!(read.mv_objects(&[MvId(2)]).await.unwrap(), [scheduled]);
    assert_eq!(read.scheduled_until(mv_type, 999).await.unwrap(), []);
    let found = read.scheduled_until(mv_type, 1_000).await.unwrap();
    assert_eq!(found, [MvId(2)]);
    let first = read.scheduled_first(mv_type).await.unwrap();
    assert_eq!(first, Some(1_000));

    apply(&db, &part(&mv_object(2, "ann@x"))).await;
    let mut read = db.read().await.unwrap();
    assert_eq!(read.scheduled_first(mv_type).await.unwrap(), None);
}
