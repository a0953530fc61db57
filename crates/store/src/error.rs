//! What can go wrong in the store, and what the caller may do about it.
//!
//! Invariants: no message holds a stored value; a row that cannot be what the product wrote is named
//! by table, column and row; every error has a stable code.

use syncline_model::RunId;

use crate::seal::SealError;

/// A store call that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another runner owns the tenant. The caller stops; nothing of its transaction was kept.
    #[error(
        "generation {mine} of this tenant was replaced by {current}: another runner owns it now, and nothing of this \
         transaction was kept; stop this runner (store.generation_stale)"
    )]
    StaleGeneration {
        /// The generation this runner was started with.
        mine: i64,
        /// The generation that holds.
        current: i64,
    },
    /// A stored row is not what the product writes.
    #[error(
        "table `{table}`, column `{column}`, row {row}: {what}; the row is left as it is, restore it from a backup or \
         read its source again (store.row_damaged)"
    )]
    Damaged {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
        /// What is wrong with it.
        what: String,
    },
    /// The row was changed by somebody else since it was read.
    #[error(
        "{what} was changed since it was read: read it again and repeat (store.version_changed)"
    )]
    VersionChanged {
        /// What was to be changed.
        what: String,
    },
    /// A migration that was applied differs from the one in this build.
    #[error(
        "migration {version} of schema `{schema}` was applied in another form than this build has: this build does not \
         belong to this data; start the build that wrote it, or restore (store.migration_differs)"
    )]
    MigrationDiffers {
        /// The schema.
        schema: String,
        /// The migration.
        version: i32,
    },
    /// A name that would have to be quoted to be safe.
    #[error(
        "`{0}` is not a schema or role name: expected lower-case letters, digits and `_` (store.name_refused)"
    )]
    Name(String),
    /// A crash of the database took back batches of a run that were committed without waiting for the disk.
    #[error(
        "the database took back work of {run} when it was restarted: it had committed {before} batches; the run is done \
         again from what is stored (store.batches_lost)"
    )]
    BatchesLost {
        /// The run.
        run: RunId,
        /// How many batches it had committed.
        before: i32,
    },
    /// Something the caller must not ask for in the present state.
    #[error("{what} (store.refused)")]
    Refused {
        /// What and why.
        what: String,
    },
    /// The database refused or went away.
    #[error("the database did not answer as asked: {0} (store.database)")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// A row that is not what the product writes.
    pub(crate) fn damaged(
        table: &'static str,
        column: &'static str,
        row: impl std::fmt::Display,
        what: impl std::fmt::Display,
    ) -> Self {
        Self::Damaged {
            table,
            column,
            row: row.to_string(),
            what: what.to_string(),
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::StaleGeneration { .. } => "store.generation_stale",
            Self::Damaged { .. } => "store.row_damaged",
            Self::VersionChanged { .. } => "store.version_changed",
            Self::MigrationDiffers { .. } => "store.migration_differs",
            Self::Name(_) => "store.name_refused",
            Self::BatchesLost { .. } => "store.batches_lost",
            Self::Refused { .. } => "store.refused",
            Self::Database(_) => "store.database",
        }
    }

    /// Whether the same call may succeed later without anyone changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                // Connection lost, out of resources, serialisation or deadlock, operator intervention.
                ["08", "53", "40", "57"]
                    .iter()
                    .any(|class| code.starts_with(class))
                    || code == "55P03"
            }),
            Self::Database(error) => matches!(
                error,
                sqlx::Error::Io(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::WorkerCrashed
                    | sqlx::Error::Protocol(_)
                    | sqlx::Error::BeginFailed
            ),
            _ => false,
        }
    }

    /// Whether the database refused a row because another one has its key.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

impl From<SealError> for StoreError {
    fn from(error: SealError) -> Self {
        Self::Damaged {
            table: error.table,
            column: error.column,
            row: error.row,
            what: error.reason.to_string(),
        }
    }
}
