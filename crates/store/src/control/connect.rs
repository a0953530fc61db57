//! Reaching the control database, and laying it out.
//!
//! Invariants: always over a unix socket; the API's pool logs in as a role that owns nothing, the collector's as
//! one that can only append; migrations run as the owner, under the host's connection.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};

use super::tx::{ControlTx, Scope};
use crate::Result;
use crate::error::StoreError;

/// Where the control database is and who asks.
#[derive(Clone)]
pub struct Address {
    /// Directory of the unix socket.
    pub socket_dir: PathBuf,
    /// Port number in the socket's name.
    pub port: u16,
    /// Database name.
    pub database: String,
    /// Role to log in as.
    pub role: String,
    /// Its password; none where the server asks for the peer's uid.
    pub password: Option<String>,
}

impl Address {
    fn options(&self) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass()
            .socket(&self.socket_dir)
            .port(self.port)
            .database(&self.database)
            .username(&self.role)
            .application_name("syncline-api")
            .disable_statement_logging();
        match &self.password {
            Some(password) => options.password(password),
            None => options,
        }
    }
}

/// The control database, as the API sees it.
#[derive(Clone)]
pub struct Control {
    pub(super) api: PgPool,
    pub(super) collector: PgPool,
}

impl Control {
    /// Prepares both pools. Connections are made when first needed, so a database that is still starting is no error.
    pub fn new(api: &Address, collector: &Address) -> Self {
        let pool = |address: &Address, most| {
            PgPoolOptions::new()
                .max_connections(most)
                .acquire_timeout(Duration::from_secs(10))
                .idle_timeout(Duration::from_secs(60))
                .connect_lazy_with(address.options())
        };
        Control {
            api: pool(api, 16),
            collector: pool(collector, 2),
        }
    }

    /// Opens a transaction within this scope.
    pub async fn tx(&self, scope: Scope) -> Result<ControlTx> {
        ControlTx::open(&self.api, scope).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("-- control.ping\nselect 1")
            .execute(&self.api)
            .await?;
        Ok(())
    }

    /// Removes sign-ins, sessions and first answers that have passed their time.
    pub async fn sweep(&self, now_ms: i64) -> Result<i64> {
        let removed = sqlx::query_scalar("-- control.sweep\nselect control_sweep($1)").bind(now_ms);
        Ok(removed.fetch_one(&self.api).await?)
    }

    /// Closes both pools.
    pub async fn close(&self) {
        self.api.close().await;
        self.collector.close().await;
    }
}

/// Applies the migrations of the control database over a superuser's connection to it. Repeating changes nothing.
pub async fn migrate(sql: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql("-- control.migrate.as_owner\nset role syncline_control_owner")
        .execute(&mut *sql)
        .await?;
    let applied = sqlx::migrate!("migrations/control").run(&mut *sql).await;
    sqlx::raw_sql("-- control.migrate.done\nreset role")
        .execute(&mut *sql)
        .await?;
    applied.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(source) => StoreError::Database(source),
        other => StoreError::Refused {
            what: format!("the control database was not migrated: {other}"),
        },
    })
}
