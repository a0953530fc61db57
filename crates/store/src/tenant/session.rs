//! How a tenant's schema is reached: the pool, read snapshots and fenced write transactions.
//!
//! Invariants: a write transaction begins by reading the owner generation `FOR SHARE`, so that no write of an old
//! runner commits after a new one took over; a read is one repeatable-read snapshot; audit and usage rows are
//! appended as the last thing before the commit, so that their numbers rise in the order of commits; whoever waits for a
//! connection holds none that others wait for behind him: snapshots, writes and short questions have pools of their own,
//! and are asked for in this order.

use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, PgPool, Postgres, Row as _, Transaction,
};
use syncline_model::{RunId, TenantId};

use super::idempotency::Claim;
use super::ids::IdRange;
use super::migrate::checked_name;
use super::names::Names;
use super::outbox::Outbox;
use crate::keys::TenantKeys;
use crate::seal::{Place, Sealer};
use crate::{Result, StoreError};

/// Snapshots at once.
const READS: u32 = 3;
/// A connection that was used so recently is not asked whether it still is there: who uses it finds out, as whoever used
/// it a moment ago would have, and a cycle takes four of them for each directory.
const FRESH: Duration = Duration::from_secs(1);
/// Write transactions at once.
const WRITES: u32 = 3;
/// Who gets no connection for so long is told so: where many directories are read at once, one waits for the others' pages.
const TURN_MAX: Duration = Duration::from_secs(120);

/// Where a tenant's schema is and as whom it is reached.
#[derive(Clone)]
pub struct TenantConfig {
    /// The tenant.
    pub tenant: TenantId,
    /// The generation this process may write under.
    pub generation: i64,
    /// The directory of the server's socket.
    pub socket_dir: PathBuf,
    /// The port number in the socket's name.
    pub port: u16,
    /// The database.
    pub database: String,
    /// The login role.
    pub role: String,
    /// Its password; absent where the server asks for the peer's uid.
    pub password: Option<String>,
    /// The schema.
    pub schema: String,
}

/// Whether a commit waits until it survives a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It waits: before something is sent, at the end of a phase, for what a person asked for.
    Durable,
    /// It does not; a crash may lose it together with everything after it, never alone.
    Deferred,
}

/// One tenant's schema.
#[derive(Clone)]
pub struct TenantDb {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    /// Of read snapshots. Who holds one may ask for a write, or something short.
    reads: PgPool,
    /// Of write transactions. Who holds one may ask for something short.
    writes: PgPool,
    /// Of single statements: ids, names, the head of the outbox. Who holds one asks for nothing.
    pub(crate) short: PgPool,
    pub(crate) sealer: Sealer,
    pub(crate) tenant: TenantId,
    pub(crate) generation: i64,
    pub(crate) ids: tokio::sync::Mutex<IdRange>,
    pub(crate) names: Mutex<Names>,
    pub(crate) schemas: Mutex<super::directories::Schemas>,
}

impl TenantDb {
    /// Opens the schema: derives the keys, loads dictionaries and interned names.
    pub async fn open(config: &TenantConfig, data_key: &[u8; 32]) -> Result<Self> {
        checked_name(&config.schema)?;
        let mut options = PgConnectOptions::new_without_pgpass()
            .socket(&config.socket_dir)
            .port(config.port)
            .database(&config.database)
            .username(&config.role)
            .ssl_mode(PgSslMode::Disable)
            .application_name("syncline-runner")
            .statement_cache_capacity(256)
            .options([
                ("search_path", config.schema.as_str()),
                ("idle_in_transaction_session_timeout", "5min"),
                ("jit", "off"),
            ])
            .disable_statement_logging();
        if let Some(password) = &config.password {
            options = options.password(password);
        }
        // Together below what the host allows the role (`limits.database_connections`).
        let pool = |most: u32| {
            PgPoolOptions::new()
                .min_connections(0)
                .max_connections(most)
                .acquire_timeout(TURN_MAX)
                .idle_timeout(Duration::from_secs(60))
                .test_before_acquire(false)
                .before_acquire(|conn, meta| {
                    Box::pin(async move {
                        if meta.idle_for > FRESH {
                            conn.ping().await?;
                        }
                        Ok(true)
                    })
                })
                .connect_lazy_with(options.clone())
        };
        let (reads, writes, short) = (pool(READS), pool(WRITES), pool(1));
        let mut sealer = Sealer::new(TenantKeys::derive(config.tenant, data_key));
        super::codec::load(&short, &mut sealer).await?;
        let names = super::names::load(&short).await?;
        Ok(Self {
            shared: Arc::new(Shared {
                reads,
                writes,
                short,
                sealer,
                tenant: config.tenant,
                generation: config.generation,
                ids: tokio::sync::Mutex::new(IdRange::default()),
                names: Mutex::new(names),
                schemas: Mutex::default(),
            }),
        })
    }

    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        self.shared.tenant
    }

    /// The generation this process writes under.
    pub fn generation(&self) -> i64 {
        self.shared.generation
    }

    /// The keys, for keyed hashes.
    pub fn keys(&self) -> &TenantKeys {
        self.shared.sealer.keys()
    }

    /// Seals something that is handed out and comes back: nobody else can read it or make it.
    pub fn seal_handle(&self, purpose: &'static str, value: &[u8]) -> Vec<u8> {
        self.shared.sealer.seal(handle(purpose), value)
    }

    /// Opens it again; what was not sealed so is refused.
    pub fn open_handle(&self, purpose: &'static str, sealed: &[u8]) -> Result<Vec<u8>> {
        Ok(self.shared.sealer.open(handle(purpose), sealed)?)
    }

    /// A read snapshot: everything in it is of one instant.
    pub async fn read(&self) -> Result<TenantRead> {
        let tx = self
            .shared
            .reads
            .begin_with("begin isolation level repeatable read, read only")
            .await?;
        Ok(TenantRead {
            tx,
            shared: self.shared.clone(),
        })
    }

    /// A write transaction under this process' generation.
    pub async fn write(&self, durability: Durability) -> Result<TenantTx> {
        let mut tx = self
            .shared
            .writes
            .begin_with(match durability {
                Durability::Durable => "begin",
                Durability::Deferred => "begin; set local synchronous_commit to off",
            })
            .await?;
        let row = sqlx::query(
            "-- owner_generation.hold
             select generation from owner_generation for share",
        )
        .fetch_one(&mut *tx)
        .await?;
        let current: i64 = row.try_get(0)?;
        if current != self.shared.generation {
            return Err(StoreError::StaleGeneration {
                mine: self.shared.generation,
                current,
            });
        }
        Ok(TenantTx {
            read: TenantRead {
                tx,
                shared: self.shared.clone(),
            },
            run: None,
            outbox: Outbox::default(),
            durability,
        })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        for pool in [&self.shared.reads, &self.shared.writes, &self.shared.short] {
            pool.close().await;
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

/// A read snapshot of the tenant's schema; also the reading half of a write transaction.
pub struct TenantRead {
    tx: Transaction<'static, Postgres>,
    shared: Arc<Shared>,
}

impl TenantRead {
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// The keys, for keyed hashes.
    pub fn keys(&self) -> &TenantKeys {
        self.shared.sealer.keys()
    }

    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        self.shared.tenant
    }

    pub(crate) fn schemas(&self) -> &Mutex<super::directories::Schemas> {
        &self.shared.schemas
    }

    pub(crate) fn seal(
        &self,
        table: &'static str,
        column: &'static str,
        row: &[i64],
        value: &[u8],
    ) -> Vec<u8> {
        self.shared.sealer.seal(Place { table, column, row }, value)
    }

    pub(crate) fn open(
        &self,
        table: &'static str,
        column: &'static str,
        row: &[i64],
        sealed: &[u8],
    ) -> Result<Vec<u8>> {
        Ok(self
            .shared
            .sealer
            .open(Place { table, column, row }, sealed)?)
    }

    /// A value with a serde form, sealed as JSON.
    pub(crate) fn seal_json<T: serde::Serialize>(
        &self,
        table: &'static str,
        column: &'static str,
        row: &[i64],
        value: &T,
    ) -> Vec<u8> {
        let json = serde_json::to_vec(value).expect("stored documents have text keys only");
        self.seal(table, column, row, &json)
    }

    pub(crate) fn open_json<T: serde::de::DeserializeOwned>(
        &self,
        table: &'static str,
        column: &'static str,
        row: &[i64],
        sealed: &[u8],
    ) -> Result<T> {
        let json = self.open(table, column, row, sealed)?;
        serde_json::from_slice(&json).map_err(|error| {
            // The error's text may quote the document: only its position is kept.
            let what = format!(
                "not a document of this build, at line {} column {}",
                error.line(),
                error.column()
            );
            StoreError::damaged(table, column, format_args!("{row:?}"), what)
        })
    }
}

/// A write transaction. What is not committed is rolled back.
pub struct TenantTx {
    read: TenantRead,
    /// The run whose work this is: what is said of objects is said by it.
    pub(crate) run: Option<RunId>,
    pub(crate) outbox: Outbox,
    pub(crate) durability: Durability,
}

impl TenantTx {
    /// Says whose work this transaction is: what it writes of objects in error was seen by that run.
    pub fn on_behalf_of(&mut self, run: RunId) {
        self.run = Some(run);
    }

    /// Claims the request whose act this is, appends what the outbox holds, and commits.
    pub async fn commit(mut self) -> Result<()> {
        let outbox = std::mem::take(&mut self.outbox);
        // The act is the effect; what is prepared for it before (names, compiled programs) claims nothing.
        let claim = Claim::take(outbox.has_acts());
        claim.write(&mut self).await?;
        outbox.append(&mut self).await?;
        self.read.tx.commit().await?;
        claim.kept();
        Ok(())
    }

    /// Undoes everything at once instead of when the value is dropped.
    pub async fn rollback(self) -> Result<()> {
        self.read.tx.rollback().await?;
        Ok(())
    }
}

impl Deref for TenantTx {
    type Target = TenantRead;

    fn deref(&self) -> &TenantRead {
        &self.read
    }
}

impl DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut TenantRead {
        &mut self.read
    }
}

impl Shared {
    pub(crate) fn names(&self) -> std::sync::MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where something is sealed that stands in no table.
const fn handle(purpose: &'static str) -> Place<'static> {
    Place {
        table: "",
        column: purpose,
        row: &[],
    }
}
