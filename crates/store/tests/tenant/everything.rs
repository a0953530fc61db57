//! Everything is looked at again: one row of a work list, whatever the number of objects; and what tells a configuration
//! from another.

use syncline_model::object::{PendingImport, Subject};
use syncline_model::plan::{Consumed, PlanPart, WorkItem};
use syncline_model::profile::Profile;
use syncline_model::{CsId, DirectoryId, MvId, PartId, ProfileId};
use syncline_store::tenant::{ConfigurationStamp, Durability, TenantDb, TenantTx, Whom, WorkSeen};

use crate::given::{NOW, PROFILE, SOURCE, USER, directories, mv_object, object, part_of, stage};
use crate::support::tenant;

const OTHER: ProfileId = ProfileId(202);

async fn write(db: &TenantDb) -> TenantTx {
    db.write(Durability::Deferred).await.unwrap()
}

/// A profile of one part that reads the users of the source.
async fn profile(db: &TenantDb, id: ProfileId) {
    let part = PartId(id.get() * 10);
    let document: Profile = serde_json::from_value(serde_json::json!({
        "name": format!("profile {id}"),
        "inbound": [{"id": part, "directory": SOURCE, "type": "user", "metaverse_type": "person", "link": "provision",
                     "flows": []}],
        "outbound": [],
    }))
    .unwrap();
    let mut tx = write(db).await;
    tx.profile_save(id, 0, &document, [1; 32], "usr_1", NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn ask_for_everything(db: &TenantDb, id: ProfileId) {
    let mut tx = write(db).await;
    tx.work_everything(id).await.unwrap();
    tx.commit().await.unwrap();
}

async fn list(db: &TenantDb) -> WorkSeen {
    db.read().await.unwrap().work(PROFILE).await.unwrap()
}

async fn whom(db: &TenantDb, whom: &Whom) -> Vec<Subject> {
    let mut read = db.read().await.unwrap();
    let mut found = read.work_of(PROFILE, whom).await.unwrap();
    found.sort_unstable();
    found
}

async fn consume(db: &TenantDb, cs: i64, seen: &WorkSeen) {
    let mut read = db.read().await.unwrap();
    let image = read.cs_rows_by_id(&[CsId(cs)]).await.unwrap()[0].imported;
    drop(read);
    let part = PlanPart {
        consumed: vec![Consumed {
            profile: PROFILE,
            cs: CsId(cs),
            image,
        }],
        ..PlanPart::default()
    };
    let mut tx = write(db).await;
    tx.apply_plan(&part, seen, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

async fn done(db: &TenantDb, seen: &WorkSeen) {
    let mut tx = write(db).await;
    tx.work_everything_done(seen).await.unwrap();
    tx.commit().await.unwrap();
}

async fn pending(db: &TenantDb, cs: i64) -> PendingImport {
    let mut read = db.read().await.unwrap();
    read.cs_rows_by_id(&[CsId(cs)]).await.unwrap()[0].pending_import()
}

#[tokio::test]
async fn everything_is_found_by_kind_and_is_over_at_the_count_that_was_seen() {
    let db = tenant().await.db;
    directories(&db).await;
    profile(&db, PROFILE).await;
    let (ann, bob) = (
        object(&db, 5001, "Ann", None),
        object(&db, 5002, "Bob", None),
    );
    stage(&db, &part_of(&[&ann, &bob]), 0).await;
    let mut tx = write(&db).await;
    let part = PlanPart {
        mv: vec![mv_object(6001, "a@x")],
        ..PlanPart::default()
    };
    tx.apply_plan(&part, &WorkSeen::default(), NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(!list(&db).await.everything());

    ask_for_everything(&db, PROFILE).await;
    let seen = list(&db).await;

    assert!(seen.everything() && !seen.is_empty());
    assert_eq!(seen.subjects().count(), 0, "no object has a row for it");
    let (ann, bob) = (Subject::Cs(CsId(5001)), Subject::Cs(CsId(5002)));
    let person = Subject::Mv(MvId(6001));
    assert_eq!(whom(&db, &Whom::All).await, [ann, bob, person]);
    let users = Whom::Kinds(vec![(SOURCE, USER)], vec![]);
    assert_eq!(whom(&db, &users).await, [ann, bob]);
    let elsewhere = Whom::Kinds(vec![(DirectoryId(999), USER)], vec![]);
    assert_eq!(whom(&db, &elsewhere).await, []);
    assert_eq!(whom(&db, &Whom::Kinds(vec![], vec![])).await, []);

    // Asked for again while it is looked at: once more.
    ask_for_everything(&db, PROFILE).await;
    done(&db, &seen).await;
    let again = list(&db).await;
    assert!(again.everything());
    done(&db, &again).await;
    assert!(!list(&db).await.everything());
}

#[tokio::test]
async fn what_an_import_asks_for_while_everything_is_looked_at_stays() {
    let db = tenant().await.db;
    directories(&db).await;
    profile(&db, PROFILE).await;
    let (ann, bob) = (
        object(&db, 5001, "Ann", None),
        object(&db, 5002, "Bob", None),
    );
    stage(&db, &part_of(&[&ann, &bob]), 0).await;
    ask_for_everything(&db, PROFILE).await;
    let seen = list(&db).await;

    // Of the first one, without another image.
    let mut tx = write(&db).await;
    let subject = Subject::Cs(CsId(5001));
    let profile = PROFILE;
    tx.work_add(&[WorkItem { profile, subject }]).await.unwrap();
    tx.commit().await.unwrap();
    consume(&db, 5001, &seen).await;
    consume(&db, 5002, &seen).await;
    done(&db, &seen).await;

    assert_eq!(list(&db).await.subjects().collect::<Vec<_>>(), [subject]);
    assert_eq!(pending(&db, 5001).await, PendingImport::Add);
    assert_eq!(pending(&db, 5002).await, PendingImport::None);
}

#[tokio::test]
async fn an_image_is_not_consumed_while_another_profile_has_everything_to_look_at() {
    let db = tenant().await.db;
    directories(&db).await;
    profile(&db, PROFILE).await;
    profile(&db, OTHER).await;
    stage(&db, &part_of(&[&object(&db, 5001, "Ann", None)]), 0).await;
    ask_for_everything(&db, PROFILE).await;
    ask_for_everything(&db, OTHER).await;

    consume(&db, 5001, &list(&db).await).await;
    assert_eq!(pending(&db, 5001).await, PendingImport::Add);

    let mut tx = write(&db).await;
    tx.profile_delete(OTHER, 1, NOW).await.unwrap();
    tx.commit().await.unwrap();
    consume(&db, 5001, &list(&db).await).await;
    assert_eq!(
        pending(&db, 5001).await,
        PendingImport::None,
        "who is deleted looks at nothing"
    );
}

async fn stamp(db: &TenantDb) -> ConfigurationStamp {
    let mut read = db.read().await.unwrap();
    read.configuration_stamp(&["selection of "]).await.unwrap()
}

#[tokio::test]
async fn the_stamp_of_a_configuration_differs_with_whatever_it_is_made_of() {
    let db = tenant().await.db;
    directories(&db).await;
    profile(&db, PROFILE).await;
    let mut stamps = vec![stamp(&db).await];
    assert_eq!(stamp(&db).await, stamps[0]);

    let schema = syncline_model::schema::Schema::default();
    for change in 0..7 {
        let mut tx = write(&db).await;
        match change {
            0 => profile(&db, OTHER).await,
            1 => tx.profile_synced(PROFILE, [9; 32]).await.unwrap(),
            2 => tx.profile_delete(OTHER, 1, NOW).await.unwrap(),
            3 => tx.directory_set_schema(SOURCE, &schema).await.unwrap(),
            4 => tx.setting_put("selection of x", 0, b"1").await.unwrap(),
            5 => tx.setting_put("selection of x", 1, b"2").await.unwrap(),
            _ => {
                let doc = tx.directory(SOURCE).await.unwrap().unwrap().doc;
                let _: i64 = tx.directory_change(SOURCE, 1, &doc).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        let now = stamp(&db).await;
        assert!(!stamps.contains(&now), "change {change}");
        stamps.push(now);
    }

    // What an import or an export moves is no part of it.
    let mut tx = write(&db).await;
    tx.directory_imported(SOURCE, Some(b"mark"), None)
        .await
        .unwrap();
    tx.setting_put("something else", 0, b"1").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(Some(&stamp(&db).await), stamps.last());
}
