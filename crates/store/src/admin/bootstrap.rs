//! The fixed roles and databases of a cluster.
//!
//! Invariants: PUBLIC may connect to nothing of ours; the control database belongs to a role that
//! nobody logs in as, and the API's roles own nothing and bypass nothing.

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use super::error::{AdminError, Doing};
use super::{Outcome, Server};

/// The superuser of an embedded cluster.
pub const SUPERUSER: &str = "syncline_host";
/// The host's own database.
pub const HOST_DATABASE: &str = "syncline_host";
/// The control plane's database.
pub const CONTROL_DATABASE: &str = "syncline_control";
/// The role that owns the control plane's tables; no login.
pub const CONTROL_OWNER: &str = "syncline_control_owner";
/// The role the API works as.
pub const API_ROLE: &str = "syncline_api";
/// The role that copies outboxes into the ledger.
pub const COLLECTOR_ROLE: &str = "syncline_collector";

const ROLE_NEVER: &str = "nosuperuser nocreatedb nocreaterole noreplication nobypassrls";

impl Server {
    /// Finds or makes the roles, the host's database and the control database, and applies the
    /// migrations of both.
    pub async fn bootstrap(&self) -> Result<(), AdminError> {
        let mut sql = self.connect_to("postgres").await?;
        // Inheriting, so that owning the database lets it make tables in the schema public.
        ensure_role(&mut sql, CONTROL_OWNER, "nologin inherit").await?;
        ensure_role(&mut sql, API_ROLE, "login noinherit connection limit 40").await?;
        ensure_role(
            &mut sql,
            COLLECTOR_ROLE,
            "login noinherit connection limit 4",
        )
        .await?;
        ensure_database(&mut sql, HOST_DATABASE, None).await?;
        ensure_database(&mut sql, CONTROL_DATABASE, Some(CONTROL_OWNER)).await?;
        close_to_public(&mut sql, HOST_DATABASE).await?;
        close_to_public(&mut sql, CONTROL_DATABASE).await?;
        if self.is_embedded {
            close_to_public(&mut sql, "postgres").await?;
            close_to_public(&mut sql, "template1").await?;
        }
        let grant =
            format!("grant connect on database {CONTROL_DATABASE} to {API_ROLE}, {COLLECTOR_ROLE}");
        execute(&mut sql, grant)
            .await
            .doing(|| "letting the API into the control database".into())?;

        let mut host = self.connect_to(HOST_DATABASE).await?;
        sqlx::migrate!("migrations/host")
            .run(&mut host)
            .await
            .map_err(|source| AdminError::Migration {
                database: HOST_DATABASE.into(),
                source,
            })?;
        let mut control = self.connect_to(CONTROL_DATABASE).await?;
        crate::control::migrate(&mut control)
            .await
            .map_err(|source| AdminError::Store {
                doing: "migrating the control database".into(),
                source,
            })
    }
}

async fn ensure_role(
    sql: &mut PgConnection,
    role: &'static str,
    attributes: &str,
) -> Result<Outcome, AdminError> {
    let doing = || format!("making role {role}");
    let there = sqlx::query("-- admin.role.find\nselect 1 from pg_roles where rolname = $1")
        .bind(role)
        .fetch_optional(&mut *sql)
        .await
        .doing(doing)?
        .is_some();
    if !there {
        execute(sql, format!("create role {role} {attributes} {ROLE_NEVER}"))
            .await
            .doing(doing)?;
    }
    Ok(Outcome::made(!there))
}

pub(super) async fn ensure_database(
    sql: &mut PgConnection,
    database: &str,
    owner: Option<&str>,
) -> Result<Outcome, AdminError> {
    debug_assert!(super::Name::bytes_are_plain(database));
    let doing = || format!("making database {database}");
    let there = sqlx::query("-- admin.database.find\nselect 1 from pg_database where datname = $1")
        .bind(database)
        .fetch_optional(&mut *sql)
        .await
        .doing(doing)?
        .is_some();
    if !there {
        let owner = owner.map(|o| format!("owner {o}")).unwrap_or_default();
        // wal_log: a file copy forces a checkpoint, which can stall the cluster for a minute.
        execute(
            sql,
            format!("create database {database} {owner} template template0 strategy wal_log"),
        )
        .await
        .doing(doing)?;
    }
    Ok(Outcome::made(!there))
}

pub(super) async fn close_to_public(
    sql: &mut PgConnection,
    database: &str,
) -> Result<(), AdminError> {
    debug_assert!(super::Name::bytes_are_plain(database));
    execute(
        sql,
        format!("revoke all on database {database} from public"),
    )
    .await
    .doing(|| format!("closing database {database} to everyone else"))
}

/// Runs one statement whose text was put together from [`super::Name`]s and constants.
pub(super) async fn execute(sql: &mut PgConnection, text: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(text))
        .execute(sql)
        .await
        .map(|_| ())
}
