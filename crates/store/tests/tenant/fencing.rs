//! Only the runner of the newest generation writes, and a tenant's role changes nothing that is not its own.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use syncline_store::StoreError;
use syncline_store::tenant::{Durability, set_generation};

use crate::support::{cluster, tenant};

#[tokio::test]
async fn a_runner_of_an_older_generation_can_read_and_not_write() {
    let tenant = tenant().await;
    let mut conn = cluster().superuser().await;
    let name = tenant.config.schema.as_str();

    assert_eq!(set_generation(&mut conn, name, name, 2).await.unwrap(), 2);

    let refused = tenant
        .db
        .write(Durability::Deferred)
        .await
        .err()
        .expect("an old writer");
    assert!(
        matches!(
            refused,
            StoreError::StaleGeneration {
                mine: 1,
                current: 2
            }
        ),
        "{refused}"
    );
    assert!(tenant.db.read().await.is_ok());
    assert!(
        tenant
            .reopened(2)
            .await
            .write(Durability::Deferred)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn the_generation_never_falls() {
    let tenant = tenant().await;
    let mut conn = cluster().superuser().await;
    let name = tenant.config.schema.as_str();
    set_generation(&mut conn, name, name, 7).await.unwrap();

    assert_eq!(set_generation(&mut conn, name, name, 3).await.unwrap(), 7);
}

#[tokio::test]
async fn a_bump_waits_for_an_open_writer_and_no_write_of_it_comes_after() {
    let tenant = tenant().await;
    let name = tenant.config.schema.clone();
    let mut old = tenant.db.write(Durability::Deferred).await.unwrap();
    old.setting_put("mark", 0, b"written before the bump")
        .await
        .unwrap();
    let bump = tokio::spawn({
        let name = name.clone();
        async move {
            let mut conn = cluster().superuser().await;
            set_generation(&mut conn, &name, &name, 2).await
        }
    });

    // The bump is at the row and waits for the writer.
    wait_for_blocked(&name).await;
    assert!(!bump.is_finished());
    old.commit().await.unwrap();

    assert_eq!(bump.await.unwrap().unwrap(), 2);
    assert!(tenant.db.write(Durability::Deferred).await.is_err());
    let kept = tenant
        .db
        .read()
        .await
        .unwrap()
        .setting("mark")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.value, b"written before the bump");
}

#[tokio::test]
async fn a_writer_that_does_not_end_is_cut_and_rolled_back() {
    let tenant = tenant().await;
    let name = tenant.config.schema.as_str();
    let mut old = tenant.db.write(Durability::Deferred).await.unwrap();
    old.setting_put("mark", 0, b"never committed")
        .await
        .unwrap();
    let mut conn = cluster().superuser().await;

    let holds = set_generation(&mut conn, name, name, 2).await.unwrap();

    assert_eq!(holds, 2);
    assert!(old.commit().await.is_err());
    let new = tenant.reopened(2).await;
    assert_eq!(
        new.read().await.unwrap().setting("mark").await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_tenants_role_changes_neither_its_generation_nor_another_tenants_rows() {
    let ours = tenant().await;
    let theirs = tenant().await;
    let options = sqlx::postgres::PgConnectOptions::new_without_pgpass()
        .socket(&ours.config.socket_dir)
        .port(ours.config.port)
        .database(&ours.config.database)
        .username(&ours.config.role)
        .password(ours.config.password.as_deref().unwrap());
    let mut conn = PgConnection::connect_with(&options).await.unwrap();

    for statement in [
        format!(
            "update {}.owner_generation set generation = 9",
            ours.config.schema
        ),
        format!("delete from {}.owner_generation", ours.config.schema),
        format!("drop table {}.owner_generation", ours.config.schema),
        format!("delete from {}.schema_migration", ours.config.schema),
        format!("drop schema {} cascade", ours.config.schema),
        format!("select * from {}.cs", theirs.config.schema),
        format!("select * from {}.owner_generation", theirs.config.schema),
        format!("set role {}", theirs.config.role),
    ] {
        let refused = sqlx::raw_sql(AssertSqlSafe(statement.clone()))
            .execute(&mut conn)
            .await;
        assert!(refused.is_err(), "{statement}");
    }
}

/// Waits until a session waits for a lock on this schema's generation.
async fn wait_for_blocked(schema: &str) {
    let mut conn = cluster().superuser().await;
    for _ in 0..500 {
        let blocked = sqlx::query(
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%' || $1 || '%owner_generation%'",
        )
        .bind(schema)
        .fetch_optional(&mut conn)
        .await
        .unwrap();
        if blocked.is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody waits for the generation of {schema}");
}

#[tokio::test]
async fn many_that_read_and_then_write_wait_for_each_other_and_all_come_to_an_end() {
    let tenant = tenant().await;
    let mut all = tokio::task::JoinSet::new();

    // As imports of many directories do: a snapshot, then new ids, then a write.
    for _ in 0..24 {
        let db = tenant.db.clone();
        all.spawn(async move {
            let read = db.read().await.unwrap();
            db.new_ids(2_000).await.unwrap();
            let tx = db.write(Durability::Deferred).await.unwrap();
            drop(read);
            tx.commit().await.unwrap();
        });
    }

    assert_eq!(all.join_all().await.len(), 24);
}
