//! The embedded database: a private cluster in the data directory, reached over a unix socket only.
//!
//! Invariants: never runs as root; no connection without a name behind it (peer or SCRAM, never
//! `trust`); statements, parameters and details of errors never reach its log; when it dies by
//! itself it is started again.

mod cluster;
mod find;
mod stale;
mod supervise;

pub use find::Binaries;
pub use supervise::EmbeddedPostgres;

use std::path::PathBuf;

use crate::identities::Identities;

/// The number in the socket's name. The directory is private, so it never collides.
pub const PORT: u16 = 5432;

/// Where and as whom the database runs.
#[derive(Debug, Clone)]
pub struct PostgresConfig {
    /// The cluster's directory.
    pub cluster: PathBuf,
    /// The directory of its socket.
    pub socket_dir: PathBuf,
    /// Where `postgres` and `initdb` are; searched for when absent.
    pub binaries: Option<PathBuf>,
    /// Who is who.
    pub identities: Identities,
}
