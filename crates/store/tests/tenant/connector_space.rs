//! Staging: what an import brings is there, found by id, anchor, name and container, and goes as the law says.

use syncline_model::object::{CsKind, CsRef, Subject};
use syncline_model::stage::{Before, RefChange, StagePart, StageRow};
use syncline_model::{AttrId, CsId, DirectoryId, RunId};
use syncline_store::tenant::Durability;

use crate::given::{MEMBER, PROFILE, RUN, SOURCE, USER, anchor, object, part_of, stage};
use crate::support::tenant;

fn member(from: i64, to: i64) -> CsRef {
    CsRef {
        from: CsId(from),
        attr: MEMBER,
        to: CsId(to),
    }
}

fn came(reference: CsRef) -> RefChange {
    RefChange {
        reference,
        added: true,
    }
}

#[tokio::test]
async fn a_staged_object_reads_back_by_id_anchor_name_and_container() {
    let db = tenant().await.db;
    let top = object(&db, 1, "People", None);
    let ann = object(&db, 2, "Ann", Some(CsId(1)));
    stage(&db, &part_of(&[&top, &ann]), 0).await;

    let mut read = db.read().await.unwrap();

    let (name, unique) = (ann.row.name.unwrap(), ann.row.unique.unwrap());
    assert_eq!(
        read.cs_objects(&[CsId(1), CsId(2), CsId(77)])
            .await
            .unwrap(),
        [top.clone(), ann.clone()]
    );
    assert_eq!(
        read.cs_objects_by_anchor(SOURCE, &[anchor(2)])
            .await
            .unwrap(),
        std::slice::from_ref(&ann)
    );
    assert_eq!(
        read.cs_rows_by_anchor(SOURCE, &[anchor(9), anchor(2)])
            .await
            .unwrap(),
        [(anchor(2), ann.row)]
    );
    assert_eq!(
        read.cs_objects_by_anchor(DirectoryId(9), &[anchor(2)])
            .await
            .unwrap(),
        []
    );
    assert_eq!(read.cs_rows_by_name(&[name]).await.unwrap(), [ann.row]);
    assert_eq!(
        read.cs_objects_by_name(&[name]).await.unwrap(),
        std::slice::from_ref(&ann)
    );
    assert_eq!(read.cs_rows_by_unique(&[unique]).await.unwrap(), [ann.row]);
    assert_eq!(read.cs_children(&[CsId(1)]).await.unwrap(), [ann.row]);
    assert_eq!(read.cs_rows_by_id(&[CsId(2)]).await.unwrap(), [ann.row]);
    assert_eq!(
        read.cs_rows(Some(SOURCE)).await.unwrap(),
        [top.row, ann.row]
    );
    assert_eq!(read.cs_rows(None).await.unwrap().len(), 2);
    assert_eq!(
        read.cs_page(None, Some(USER), CsId(1), 10).await.unwrap(),
        [ann]
    );
    assert_eq!(
        read.cs_names(&[CsId(2)]).await.unwrap()[&CsId(2)],
        "CN=Ann,CN=People"
    );
    assert_eq!(read.run_seen(RUN).await.unwrap(), [CsId(1), CsId(2)]);
}

#[tokio::test]
async fn a_renamed_container_is_one_row_and_renames_everything_below() {
    let db = tenant().await.db;
    let top = object(&db, 1, "People", None);
    let ann = object(&db, 2, "Ann", Some(CsId(1)));
    stage(&db, &part_of(&[&top, &ann]), 0).await;

    let mut renamed = top.clone();
    renamed.body.rdn = Some("CN=Staff".into());
    let row = StageRow {
        row: renamed.row,
        body: Some(renamed.body),
        new: false,
    };
    let part = StagePart {
        rows: vec![row],
        ..StagePart::new(SOURCE, vec![])
    };
    stage(&db, &part, 1).await;

    let mut read = db.read().await.unwrap();
    assert_eq!(
        read.cs_names(&[CsId(2)]).await.unwrap()[&CsId(2)],
        "CN=Ann,CN=Staff"
    );
    assert_eq!(
        read.cs_rows_by_name(&[ann.row.name.unwrap()])
            .await
            .unwrap(),
        [ann.row]
    );
}

#[tokio::test]
async fn applying_a_part_twice_equals_once() {
    let db = tenant().await.db;
    let (ann, bob) = (object(&db, 1, "Ann", None), object(&db, 2, "Bob", None));
    let mut part = part_of(&[&ann, &bob]);
    part.refs = vec![came(member(1, 2))];

    stage(&db, &part, 0).await;
    stage(&db, &part, 0).await;

    let mut read = db.read().await.unwrap();
    assert_eq!(
        read.cs_objects(&[CsId(1), CsId(2)]).await.unwrap(),
        [ann, bob]
    );
    assert_eq!(read.refs_from(&[CsId(1)]).await.unwrap(), [member(1, 2)]);
    assert_eq!(read.run_seen(RUN).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_narrow_change_leaves_the_body_and_what_synchronisation_owns() {
    let db = tenant().await.db;
    let ann = object(&db, 1, "Ann", None);
    stage(&db, &part_of(&[&ann]), 0).await;

    let mut gone = ann.row;
    gone.imported = None;
    gone.name = None;
    gone.provenance = syncline_model::object::Provenance::CreatedByUs;
    let row = StageRow {
        row: gone,
        body: None,
        new: false,
    };
    let part = StagePart {
        rows: vec![row],
        ..StagePart::new(SOURCE, vec![])
    };
    stage(&db, &part, 1).await;

    let read = db
        .read()
        .await
        .unwrap()
        .cs_objects(&[CsId(1)])
        .await
        .unwrap();
    assert_eq!(read[0].body, ann.body);
    assert_eq!(read[0].row.imported, None);
    assert_eq!(read[0].row.name, None);
    assert_eq!(
        read[0].row.provenance, ann.row.provenance,
        "an import does not say who created an object"
    );
}

#[tokio::test]
async fn members_come_and_go_one_row_at_a_time() {
    let db = tenant().await.db;
    let group = object(&db, 1, "Group", None);
    let mut part = part_of(&[&group]);
    part.refs = (10..1510).map(|to| came(member(1, to))).collect();
    stage(&db, &part, 0).await;

    let mut change = StagePart::new(SOURCE, vec![]);
    change.refs = vec![
        RefChange {
            reference: member(1, 11),
            added: false,
        },
        came(member(1, 2000)),
    ];
    stage(&db, &change, 1).await;

    let mut read = db.read().await.unwrap();
    let members: Vec<i64> = read
        .refs_from(&[CsId(1)])
        .await
        .unwrap()
        .iter()
        .map(|r| r.to.get())
        .collect();
    assert_eq!(members.len(), 1500);
    assert!(members.contains(&2000) && !members.contains(&11));
    assert_eq!(read.refs_to(&[CsId(12)]).await.unwrap(), [member(1, 12)]);
    assert_eq!(
        read.refs_counts(&[CsId(1)], MEMBER).await.unwrap(),
        [(CsId(1), 1500)]
    );

    let mut cleared = StagePart::new(SOURCE, vec![]);
    let asked = [member(1, 12), member(1, 11), member(9, 12)];
    assert_eq!(read.refs_present(&asked).await.unwrap(), [member(1, 12)]);
    cleared.refs_cleared = vec![CsId(1)];
    cleared.refs = vec![came(member(1, 12))];
    stage(&db, &cleared, 2).await;
    assert_eq!(
        db.read()
            .await
            .unwrap()
            .refs_from(&[CsId(1)])
            .await
            .unwrap(),
        [member(1, 12)]
    );
}

#[tokio::test]
async fn a_removed_object_that_others_need_becomes_a_placeholder_in_place() {
    let db = tenant().await.db;
    let (top, ann) = (
        object(&db, 1, "People", None),
        object(&db, 2, "Ann", Some(CsId(1))),
    );
    let (group, bob) = (object(&db, 3, "Group", None), object(&db, 4, "Bob", None));
    let mut part = part_of(&[&top, &ann, &group, &bob]);
    part.refs = vec![came(member(3, 4)), came(member(2, 3))];
    stage(&db, &part, 0).await;

    let mut removal = StagePart::new(SOURCE, vec![]);
    // People still holds Ann; Bob is a member of the group; Ann is needed by nobody and refers to the group.
    removal.removed = vec![CsId(1), CsId(4)];
    stage(&db, &removal, 1).await;

    let mut read = db.read().await.unwrap();
    let kept = read.cs_objects(&[CsId(1), CsId(4)]).await.unwrap();
    for object in &kept {
        assert_eq!(object.row.kind, CsKind::Placeholder);
        assert_eq!((object.row.object_type, object.row.imported), (None, None));
        assert!(object.body.attrs.is_empty() && object.body.anchor.is_some());
    }
    assert_eq!(
        read.cs_names(&[CsId(2)]).await.unwrap()[&CsId(2)],
        "CN=Ann,CN=People"
    );

    let mut removal = StagePart::new(SOURCE, vec![]);
    removal.removed = vec![CsId(2)];
    stage(&db, &removal, 2).await;
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    assert_eq!(
        tx.placeholders_sweep(SOURCE).await.unwrap(),
        1,
        "nothing lies in People any more"
    );
    tx.commit().await.unwrap();
    let left: Vec<i64> = db
        .read()
        .await
        .unwrap()
        .cs_rows(None)
        .await
        .unwrap()
        .iter()
        .map(|r| r.id.get())
        .collect();
    assert_eq!(left, [3, 4]);
}

#[tokio::test]
async fn a_container_and_all_that_lies_in_it_go_together() {
    let db = tenant().await.db;
    let (top, mid, ann) = (
        object(&db, 1, "People", None),
        object(&db, 2, "Berlin", Some(CsId(1))),
        object(&db, 3, "Ann", Some(CsId(2))),
    );
    stage(&db, &part_of(&[&top, &mid, &ann]), 0).await;

    let mut removal = StagePart::new(SOURCE, vec![]);
    removal.removed = vec![CsId(1), CsId(2), CsId(3)];
    stage(&db, &removal, 1).await;

    assert_eq!(db.read().await.unwrap().cs_rows(None).await.unwrap(), []);
}

#[tokio::test]
async fn a_placeholder_that_proves_to_be_another_row_is_merged_into_it() {
    let db = tenant().await.db;
    let (mut by_name, child, group) = (
        object(&db, 1, "People", None),
        object(&db, 2, "Ann", Some(CsId(1))),
        object(&db, 3, "Group", None),
    );
    by_name.row.kind = CsKind::Placeholder;
    by_name.body.anchor = None;
    let mut part = part_of(&[&by_name, &child, &group]);
    part.refs = vec![came(member(3, 1))];
    stage(&db, &part, 0).await;

    // The object itself arrives, with a reference that was still resolved to the placeholder.
    let real = object(&db, 5, "People", None);
    let mut merge = part_of(&[&real]);
    merge.refs = vec![came(member(2, 1))];
    merge.merged = vec![(CsId(1), CsId(5))];
    stage(&db, &merge, 1).await;

    let mut read = db.read().await.unwrap();
    assert_eq!(read.cs_rows_by_id(&[CsId(1)]).await.unwrap(), []);
    assert_eq!(read.cs_children(&[CsId(5)]).await.unwrap()[0].id, CsId(2));
    assert_eq!(
        read.refs_to(&[CsId(5), CsId(1)]).await.unwrap(),
        [member(2, 5), member(3, 5)]
    );
}

#[tokio::test]
async fn a_page_of_two_thousand_objects_is_staged_and_scanned() {
    let db = tenant().await.db;
    let mut objects: Vec<_> = (1..=2000)
        .map(|n| object(&db, n, &format!("User {n}"), None))
        .collect();
    for (n, object) in objects.iter_mut().enumerate() {
        object.body.anchor = Some(syncline_model::Anchor::Text(format!("{n}").into()));
    }
    let mut part = part_of(&objects.iter().collect::<Vec<_>>());
    part.work = objects
        .iter()
        .map(|object| Subject::Cs(object.row.id))
        .collect();

    stage(&db, &part, 0).await;

    let mut read = db.read().await.unwrap();
    assert_eq!(read.cs_rows(Some(SOURCE)).await.unwrap().len(), 2000);
    assert_eq!(read.work(PROFILE).await.unwrap().len(), 2000);
    let ids: Vec<CsId> = (1..=2000).map(CsId).collect();
    assert_eq!(read.cs_objects(&ids).await.unwrap(), objects);
    let counts = read.cs_counts().await.unwrap();
    assert_eq!(
        (counts[0].present, counts[0].linked, counts[0].pending),
        (2000, 0, 2000)
    );
}

#[tokio::test]
async fn what_a_run_saw_is_kept_by_page_and_forgotten_with_the_run() {
    let db = tenant().await.db;
    let mut part = StagePart::new(SOURCE, vec![]);
    part.seen = vec![CsId(9), CsId(3)];
    stage(&db, &part, 0).await;
    part.seen = vec![CsId(4), CsId(3)];
    stage(&db, &part, 1).await;

    assert_eq!(
        db.read().await.unwrap().run_seen(RUN).await.unwrap(),
        [CsId(3), CsId(4), CsId(9)]
    );
    assert_eq!(
        db.read().await.unwrap().run_seen(RunId(9)).await.unwrap(),
        []
    );

    let mut tx = db.write(Durability::Durable).await.unwrap();
    tx.run_seen_drop(RUN).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(db.read().await.unwrap().run_seen(RUN).await.unwrap(), []);
}

#[tokio::test]
async fn what_a_page_changed_is_kept_over_attempts_and_read_by_page() {
    let db = tenant().await.db;
    let ann = object(&db, 1, "Ann", None);
    stage(&db, &part_of(&[&ann]), 0).await;
    let before = Before {
        cs: ann.row.id,
        object_type: ann.row.object_type,
        flags: ann.row.flags,
        parent: ann.row.parent,
        imported: ann.row.imported,
        name: ann.row.name,
        unique: ann.row.unique,
        body: ann.body.clone(),
        refs: vec![(AttrId(3), CsId(1))],
        memory: Vec::new(),
    };
    let part = StagePart {
        before: vec![before.clone()],
        seen: vec![CsId(1)],
        ..StagePart::new(SOURCE, vec![])
    };
    stage(&db, &part, 1).await;

    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.run_seen_anew(RUN).await.unwrap();
    tx.commit().await.unwrap();

    let mut read = db.read().await.unwrap();
    assert_eq!(read.run_seen(RUN).await.unwrap(), []);
    assert_eq!(read.run_aside(RUN, 1).await.unwrap(), [before]);
    assert_eq!(read.run_aside(RUN, 0).await.unwrap(), []);
}
