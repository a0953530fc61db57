//! A control database of this test process, and customers in it.

use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use syncline_model::{PrincipalId, TenantId};
use syncline_store::control::{Address, Control, NewTenant, PrincipalKind, Scope, migrate};
use tokio::sync::OnceCell;

use crate::support::cluster;

/// A fixed instant.
pub const NOW: i64 = 1_790_000_000_000;
/// The database.
pub const CONTROL: &str = "syncline_control";

static READY: OnceCell<()> = OnceCell::const_new();

/// The control database, laid out once.
pub async fn control() -> Control {
    READY.get_or_init(prepare).await;
    let address = |role: &str| Address {
        socket_dir: cluster().root().into(),
        port: 5432,
        database: CONTROL.into(),
        role: role.into(),
        password: Some("test".into()),
    };
    Control::new(&address("syncline_api"), &address("syncline_collector"))
}

async fn prepare() {
    let mut sql = cluster().superuser().await;
    for statement in [
        "create role syncline_control_owner nologin",
        "create role syncline_api login password 'test' nosuperuser noinherit nobypassrls",
        "create role syncline_collector login password 'test' nosuperuser noinherit nobypassrls",
        "create database syncline_control owner syncline_control_owner",
        "revoke all on database syncline_control from public",
        "grant connect on database syncline_control to syncline_api, syncline_collector",
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut sql)
            .await
            .expect(statement);
    }
    let mut control = owner().await;
    migrate(&mut control).await.expect("the first migration");
    migrate(&mut control)
        .await
        .expect("a second time changes nothing");
}

/// The control database as the superuser, whom row-level security does not hold.
pub async fn owner() -> PgConnection {
    PgConnection::connect_with(&cluster().options(CONTROL))
        .await
        .expect("the server runs")
}

/// Somebody with a tenant of his own.
pub struct Customer {
    pub tenant: TenantId,
    pub owner: PrincipalId,
}

/// A new customer.
pub async fn customer(control: &Control) -> Customer {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let (tenant, owner) = (TenantId(1_000 + n), person(control, n).await);
    let mut tx = control.tx(Scope::principal(owner)).await.unwrap();
    assert!(
        tx.make_organisation(n, "Contoso", &format!("directory-{n}"), owner, NOW)
            .await
            .unwrap()
    );
    tx.enter_tenant(tenant).await.unwrap();
    let new = NewTenant {
        id: tenant,
        organisation: n,
        name: "Contoso",
        slug: "contoso",
        by: owner,
    };
    assert!(tx.make_tenant(&new, NOW).await.unwrap());
    assert!(
        tx.add_member(tenant, owner, "owner", owner, NOW)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    Customer { tenant, owner }
}

/// A new person without a tenant.
pub async fn person(control: &Control, n: i64) -> PrincipalId {
    let mut tx = control.tx(Scope::NONE).await.unwrap();
    let id = tx
        .ensure_principal(
            PrincipalId(n),
            &format!("directory-{n}"),
            "object",
            PrincipalKind::User,
            "Ada",
            NOW,
        )
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}
