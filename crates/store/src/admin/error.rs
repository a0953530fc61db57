//! What can go wrong between host and database server.

/// A failed statement, said in the words of what was being done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The server did not do it.
    #[error("{doing}: {source}")]
    Database {
        /// What was being done, such as "creating role t_4k".
        doing: String,
        /// What the server or the connection said.
        source: sqlx::Error,
    },
    /// A migration of the host's own database did not apply.
    #[error("migrating {database}: {source}")]
    Migration {
        /// Which database.
        database: String,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// A row contradicts what the host knows.
    #[error("{table}.{column} of {row} is not usable: {why}")]
    Row {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
        /// What is wrong with it.
        why: String,
    },
    /// The tenant was destroyed on this host; its names and keys do not come back.
    #[error("{0} was removed from this host")]
    Removed(syncline_model::TenantId),
    /// A step in a tenant's schema failed.
    #[error("{doing}: {source}")]
    Store {
        /// What was being done.
        doing: String,
        /// Why not.
        source: crate::StoreError,
    },
    /// What was asked makes no sense to the host.
    #[error("{doing}: {why}")]
    Other {
        /// What was being done.
        doing: String,
        /// What it said.
        why: String,
    },
}

impl AdminError {
    /// Whether the server was away or stopping, so that the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        let source = match self {
            Self::Database { source, .. } => source,
            Self::Store { source, .. } => return source.is_transient(),
            _ => return false,
        };
        match source {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(e) => {
                // 57P01..57P03: shutting down, crashed, starting up. 53300: too many connections.
                // 08…: connection. 55P03: lock not available. 40…: serialisation and deadlock.
                e.code().is_some_and(|c| {
                    c.starts_with("57P")
                        || c.starts_with("08")
                        || c.starts_with("40")
                        || c == "53300"
                        || c == "55P03"
                })
            }
            _ => false,
        }
    }
}

/// Says what was being done when a statement failed.
pub(super) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, AdminError>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, AdminError> {
        self.map_err(|source| AdminError::Database {
            doing: what(),
            source,
        })
    }
}
