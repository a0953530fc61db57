//! Row-level security: what a transaction may see and change is its scope and nothing else.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use syncline_model::{PrincipalId, TenantId};
use syncline_store::chain::Act;
use syncline_store::control::{Chain, Scope};

use crate::fixture::{CONTROL, NOW, control, customer, owner, person};
use crate::support::cluster;

/// As the API's role, without the store in between.
async fn as_api() -> PgConnection {
    let options = cluster()
        .options(CONTROL)
        .username("syncline_api")
        .password("test");
    PgConnection::connect_with(&options).await.unwrap()
}

async fn tables() -> Vec<String> {
    let rows = sqlx::query("select tablename::text from pg_tables where schemaname = 'public' and tablename !~ '^_sqlx'")
        .fetch_all(&mut owner().await)
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn every_table_is_forced_under_row_level_security_and_owned_by_nobody_who_logs_in() {
    let _ = control().await;
    let open: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class c join pg_roles r on r.oid = c.relowner\n\
         where relnamespace = 'public'::regnamespace and relkind = 'r' and relname !~ '^_sqlx'\n\
         and (not relrowsecurity or not relforcerowsecurity or rolcanlogin)",
    )
    .fetch_all(&mut owner().await)
    .await
    .unwrap();

    assert_eq!(open, Vec::<String>::new());
    assert!(tables().await.len() >= 12);
}

#[tokio::test]
async fn a_transaction_without_a_scope_is_an_error_and_never_all_rows() {
    let control = control().await;
    let ada = customer(&control).await;
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    tx.audit(ada.tenant, &act()).await.unwrap();
    tx.journal(ada.tenant, 1, "schema", "made", NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let mut sql = as_api().await;
    for table in [
        "tenant",
        "organisation",
        "membership",
        "audit",
        "audit_head",
        "step_journal",
    ] {
        let read = sqlx::query(AssertSqlSafe(format!("select * from {table}")))
            .fetch_all(&mut sql)
            .await;

        assert!(
            read.is_err(),
            "{table} answered {} rows",
            read.unwrap().len()
        );
    }
}

#[tokio::test]
async fn with_another_tenant_s_scope_every_table_shows_and_changes_nothing() {
    let control = control().await;
    let (ada, ben) = (customer(&control).await, customer(&control).await);
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    tx.audit(ada.tenant, &act()).await.unwrap();
    tx.journal(ada.tenant, 1, "schema", "made", NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let mut sql = as_api().await;
    for table in tables().await {
        let key = match table.as_str() {
            "tenant" => format!("id = {}", ada.tenant.get()),
            "organisation" => format!("created_by = {}", ada.owner.get()),
            "principal" => format!("id = {}", ada.owner.get()),
            "session" | "sign_in" | "idempotency" => "true".into(),
            _ => format!("tenant = {}", ada.tenant.get()),
        };
        let mut tx = sql.begin().await.unwrap();
        let settle = format!(
            "select set_config('app.tenant', '{}', true), set_config('app.principal', '{}', true), set_config('app.secret', '', true)",
            ben.tenant.get(),
            ben.owner.get()
        );
        sqlx::raw_sql(AssertSqlSafe(settle))
            .execute(&mut *tx)
            .await
            .unwrap();
        let seen = sqlx::query(AssertSqlSafe(format!("select * from {table} where {key}")))
            .fetch_all(&mut *tx)
            .await;
        assert_eq!(
            seen.map(|rows| rows.len()).unwrap_or(0),
            0,
            "select {table}"
        );
        for change in [
            format!("delete from {table} where {key}"),
            format!("update {table} set {} where {key}", own(&table)),
        ] {
            sqlx::raw_sql("savepoint s")
                .execute(&mut *tx)
                .await
                .unwrap();
            let done = sqlx::query(AssertSqlSafe(change.clone()))
                .execute(&mut *tx)
                .await;
            assert_eq!(
                done.map(|done| done.rows_affected()).unwrap_or(0),
                0,
                "{change}"
            );
            sqlx::raw_sql("rollback to s")
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.rollback().await.unwrap();
    }
}

fn own(table: &str) -> &'static str {
    match table {
        "tenant" | "organisation" => "name = 'x'",
        "principal" => "display_name = 'x'",
        "session" | "sign_in" => "expires_ms = 0",
        "idempotency" => "status = 0",
        "usage_ledger" => "quantity = 1",
        "audit_head" => "seq = 0",
        "membership" => "role = 'owner'",
        _ => "at_ms = 0",
    }
}

#[tokio::test]
async fn nobody_makes_himself_a_member_or_writes_into_another_tenant() {
    let control = control().await;
    let (ada, ben) = (customer(&control).await, customer(&control).await);

    let mut tx = control
        .tx(Scope::tenant(ben.tenant).and_principal(ben.owner))
        .await
        .unwrap();
    assert!(
        tx.add_member(ada.tenant, ben.owner, "owner", ben.owner, NOW)
            .await
            .is_err()
    );
    let mut tx = control.tx(Scope::tenant(ben.tenant)).await.unwrap();
    assert!(tx.audit(ada.tenant, &act()).await.is_err());
    let mut tx = control.tx(Scope::tenant(ben.tenant)).await.unwrap();
    assert!(tx.raise_generation(ada.tenant).await.is_err());
    let mut tx = control
        .tx(Scope::tenant(ben.tenant).and_principal(ben.owner))
        .await
        .unwrap();
    assert_eq!(
        tx.authority(ada.tenant, ben.owner, &[]).await.unwrap(),
        None
    );
    assert_eq!(tx.tenant(ada.tenant).await.unwrap(), None);
    assert_eq!(tx.principal(ada.owner).await.unwrap(), None);
    assert_eq!(
        tx.audit_rows(ada.tenant, Chain::Control, i64::MAX, 10)
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn a_principal_finds_his_own_tenants_and_a_tenant_its_own_members() {
    let control = control().await;
    let ada = customer(&control).await;
    let guest = person(&control, 900_001).await;
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    tx.add_member(ada.tenant, guest, "viewer", ada.owner, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let mut tx = control.tx(Scope::principal(guest)).await.unwrap();
    let mine = tx.tenants_of(guest, TenantId(0), 10).await.unwrap();
    assert_eq!(
        mine.iter()
            .map(|(tenant, role)| (tenant.id, role.as_str()))
            .collect::<Vec<_>>(),
        [(ada.tenant, "viewer")]
    );
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    let members = tx.members(ada.tenant, PrincipalId(0), 10).await.unwrap();
    assert_eq!(members.len(), 2);
    let authority = tx
        .authority(ada.tenant, guest, &["owner", "admin", "approver"])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (authority.role.as_str(), authority.approvers),
        ("viewer", 1)
    );
}

#[tokio::test]
async fn the_collector_may_append_and_read_nothing_but_how_far_it_is() {
    let _ = control().await;
    let options = cluster()
        .options(CONTROL)
        .username("syncline_collector")
        .password("test");
    let mut sql = PgConnection::connect_with(&options).await.unwrap();

    for forbidden in [
        "select * from tenant",
        "select body from runner_audit",
        "select quantity from usage_ledger",
        "update usage_ledger set quantity = 1",
        "delete from usage_ledger",
        "delete from runner_audit",
        "select * from session",
        "select principal_ensure(1, 'a', 'b', 'user', '', 0)",
    ] {
        assert!(
            sqlx::query(AssertSqlSafe(forbidden))
                .execute(&mut sql)
                .await
                .is_err(),
            "{forbidden}"
        );
    }
    assert!(
        sqlx::query("select tenant, source, seq from usage_ledger")
            .execute(&mut sql)
            .await
            .is_ok()
    );
}

fn act() -> Act {
    Act {
        at_ms: NOW,
        actor: "usr_1".into(),
        action: "tenants.create".into(),
        target: None,
        result: "done".into(),
        request_id: None,
        detail: serde_json::Value::Null,
    }
}
