//! Connections of the host: one database server, reached as its superuser.
//!
//! Invariants: no pool (a backend that walks over many schemas grows for ever); a
//! [`HostConnection`] is in the host's database, a [`TenantConnection`] in one tenant's cell.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};

use super::bootstrap::{HOST_DATABASE, SUPERUSER};
use super::error::{AdminError, Doing};
use super::{Name, Placement};

/// A database server the host administers.
#[derive(Debug, Clone)]
pub struct Server {
    options: PgConnectOptions,
    /// Whether nobody else keeps databases in it.
    pub(super) is_embedded: bool,
}

impl Server {
    /// The embedded server: its socket directory and port number, as the cluster's superuser.
    pub fn embedded(socket_dir: &Path, port: u16) -> Self {
        let options = PgConnectOptions::new_without_pgpass()
            .socket(socket_dir)
            .port(port)
            .username(SUPERUSER);
        Self {
            options,
            is_embedded: true,
        }
    }

    /// A server that someone else runs; the URL's role must be a superuser of it.
    pub fn from_url(url: &str) -> Result<Self, AdminError> {
        let options = url
            .parse::<PgConnectOptions>()
            .map_err(|_| AdminError::Other {
                doing: "reading the database URL".into(),
                // The parser's own message may quote the URL, which may hold a password.
                why: "it is malformed".into(),
            })?;
        Ok(Self {
            options,
            is_embedded: false,
        })
    }

    /// The directory of the server's unix socket, if it is reached over one.
    pub fn socket_dir(&self) -> Option<PathBuf> {
        let host = self.options.get_host();
        self.options
            .get_socket()
            .cloned()
            .or_else(|| host.starts_with('/').then(|| host.into()))
    }

    /// The machine and port, if it is reached by network.
    pub fn address(&self) -> Option<(String, u16)> {
        self.socket_dir()
            .is_none()
            .then(|| (self.options.get_host().to_owned(), self.options.get_port()))
    }

    /// The port, which is part of a socket's name.
    pub fn port(&self) -> u16 {
        self.options.get_port()
    }

    /// Whether the server takes connections now.
    pub async fn is_ready(&self, wait: Duration) -> bool {
        match tokio::time::timeout(wait, self.connect_to("postgres")).await {
            Ok(Ok(connection)) => connection.close().await.is_ok(),
            _ => false,
        }
    }

    /// Opens the host's own database; [`Server::bootstrap`] has made it.
    pub async fn host(&self) -> Result<HostConnection, AdminError> {
        Ok(HostConnection {
            sql: self.connect_to(HOST_DATABASE).await?,
        })
    }

    /// Opens the cell a tenant lives in.
    pub async fn tenant(&self, placement: &Placement) -> Result<TenantConnection, AdminError> {
        let sql = self.connect_to(placement.database.as_str()).await?;
        Ok(TenantConnection {
            sql,
            name: placement.name.clone(),
            database: placement.database.clone(),
        })
    }

    pub(super) async fn connect_to(&self, database: &str) -> Result<PgConnection, AdminError> {
        self.options
            .clone()
            .database(database)
            .application_name("syncline-host")
            // Statements hold verifiers: the client library must not log them either.
            .disable_statement_logging()
            .connect()
            .await
            .doing(|| format!("connecting to database {database}"))
    }
}

/// A connection to the host's own database.
#[derive(Debug)]
pub struct HostConnection {
    pub(super) sql: PgConnection,
}

/// A connection, as superuser, to the cell of one tenant.
#[derive(Debug)]
pub struct TenantConnection {
    pub(super) sql: PgConnection,
    pub(super) name: Name,
    pub(super) database: Name,
}
