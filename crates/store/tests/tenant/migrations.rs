//! A schema is made, made again, and stays within its budget.

use sqlx::Row as _;
use syncline_store::StoreError;
use syncline_store::tenant::migrate;

use crate::support::{cluster, tenant};

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let tenant = tenant().await;
    let mut conn = cluster().superuser().await;
    let (schema, role) = (tenant.config.schema.as_str(), tenant.config.role.as_str());

    let again = migrate(&mut conn, schema, role).await.unwrap();

    assert!(again.applied.is_empty(), "{again:?}");
    assert_eq!(again.version, 17);
}

#[tokio::test]
async fn a_schema_stays_within_its_budget_of_relations() {
    let tenant = tenant().await;
    let mut conn = cluster().superuser().await;

    // Tables and indexes, and the toast tables and toast indexes behind them.
    let row = sqlx::query(
        "with own as (select c.oid, c.relkind, c.reltoastrelid from pg_class c
                      join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1)
         select (select count(*) from own where relkind = 'r') as tables,
                (select count(*) from own) + 2 * (select count(*) from own where reltoastrelid <> 0) as relations",
    )
    .bind(&tenant.config.schema)
    .fetch_one(&mut conn)
    .await
    .unwrap();

    let (tables, relations): (i64, i64) = (row.get("tables"), row.get("relations"));
    assert!(tables <= 40, "{tables} tables");
    assert!(relations <= 220, "{relations} relations");
}

#[tokio::test]
async fn a_migration_applied_in_another_form_stops_the_next_one() {
    let tenant = tenant().await;
    let mut conn = cluster().superuser().await;
    let (schema, role) = (tenant.config.schema.as_str(), tenant.config.role.as_str());
    let forged =
        format!("update {schema}.schema_migration set checksum = '\\x00' where version = 3");
    sqlx::raw_sql(sqlx::AssertSqlSafe(forged))
        .execute(&mut conn)
        .await
        .unwrap();

    let error = migrate(&mut conn, schema, role).await.unwrap_err();

    assert!(
        matches!(error, StoreError::MigrationDiffers { version: 3, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn names_that_need_quotation_are_refused_before_any_statement() {
    let mut conn = cluster().superuser().await;

    let error = migrate(&mut conn, "x\"; drop table y; --", "x")
        .await
        .unwrap_err();

    assert_eq!(error.code(), "store.name_refused");
}
