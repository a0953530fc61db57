//! Lookup tables and named expressions: their versions, and whom a change waits for.

use syncline_model::RuleResourceId;
use syncline_model::rule_resource::{LookupRow, LookupTable, RuleResource};
use syncline_store::tenant::{Durability, TenantDb, TenantTx};

use crate::given::NOW;
use crate::support::tenant;

const ID: RuleResourceId = RuleResourceId(40);

fn table(value: &str) -> RuleResource {
    RuleResource::Table(LookupTable {
        name: "countries".into(),
        description: None,
        ignore_case: true,
        rows: vec![LookupRow {
            key: "DE".into(),
            value: value.into(),
        }],
    })
}

async fn write(db: &TenantDb) -> TenantTx {
    db.write(Durability::Durable).await.unwrap()
}

#[tokio::test]
async fn versions_are_added_and_the_revision_rises_with_every_change() {
    let db = tenant().await.db;
    let mut revisions = vec![db.read().await.unwrap().rule_resources_revision().await];
    for (seen, value) in [(0, "Germany"), (1, "Deutschland")] {
        let mut tx = write(&db).await;
        let doc = table(value);
        let saved = tx.rule_resource_save(ID, seen, Some(&doc), "usr_1", NOW);
        saved.await.unwrap();
        revisions.push(tx.rule_resources_revision().await);
        tx.commit().await.unwrap();
    }

    let mut read = db.read().await.unwrap();
    let found = read.rule_resource(ID).await.unwrap().unwrap();
    assert_eq!((found.version, &found.doc), (2, &table("Deutschland")));
    assert_eq!(read.rule_resources().await.unwrap(), [found]);
    let versions = read.rule_resource_versions(ID).await.unwrap();
    let told: Vec<_> = versions.iter().map(|v| (v.version, &v.doc)).collect();
    assert_eq!(told, [(2, &table("Deutschland")), (1, &table("Germany"))]);
    drop(read);

    let mut tx = write(&db).await;
    tx.rule_resource_save(ID, 2, None, "usr_2", NOW)
        .await
        .unwrap();
    revisions.push(tx.rule_resources_revision().await);
    tx.commit().await.unwrap();
    let mut read = db.read().await.unwrap();
    assert_eq!(read.rule_resource(ID).await.unwrap(), None);
    assert_eq!(read.rule_resources().await.unwrap(), []);
    let revisions: Vec<i64> = revisions.into_iter().map(Result::unwrap).collect();
    assert_eq!(revisions, [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_change_of_an_older_version_or_of_what_is_deleted_is_refused() {
    let db = tenant().await.db;
    let mut tx = write(&db).await;
    tx.rule_resource_save(ID, 0, Some(&table("a")), "usr_1", NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let mut tx = write(&db).await;
    let twice = tx
        .rule_resource_save(ID, 0, Some(&table("b")), "usr_1", NOW)
        .await;
    assert_eq!(twice.unwrap_err().code(), "store.version_changed");
    tx.rollback().await.unwrap();

    let mut tx = write(&db).await;
    tx.rule_resource_save(ID, 1, None, "usr_2", NOW)
        .await
        .unwrap();
    let gone = tx
        .rule_resource_save(ID, 1, Some(&table("b")), "usr_1", NOW)
        .await;
    assert_eq!(gone.unwrap_err().code(), "store.version_changed");
    tx.rollback().await.unwrap();
}

#[tokio::test]
async fn a_change_waits_for_those_who_hold_the_resources() {
    let db = tenant().await.db;
    let (mut one, mut another) = (write(&db).await, write(&db).await);
    one.rule_resources_hold().await.unwrap();
    another.rule_resources_hold().await.unwrap();
    let mut changing = write(&db).await;

    let mut taking = Box::pin(changing.rule_resources_take());
    let waits = tokio::time::timeout(std::time::Duration::from_millis(50), &mut taking).await;
    assert!(waits.is_err(), "it was taken while two held it");
    one.commit().await.unwrap();
    another.commit().await.unwrap();

    taking.await.unwrap();
}
