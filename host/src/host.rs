//! A running host: everything started in order, the verbs, everything stopped in order.
//!
//! Order up: directories and lock, ids, key file, database, roles and databases, way out, host socket, API.
//! Order down: API, host socket, runners, way out, database. Invariant: what was started is stopped in the
//! reverse order, also when starting fails halfway.

use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::SigningKey;
use syncline_model::TenantId;
use syncline_store::admin::Server;
use syncline_wire::host::{
    Answer, DatabaseStatus, Exit, HostStatus, Isolation, Request, RunnerStatus,
};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::api::Api;
use crate::config::HostConfig;
use crate::database::{Database, Door};
use crate::dirs::Dirs;
use crate::egress::WayOut;
use crate::error::Result;
use crate::identities::Identities;
use crate::keep::Keeping;
use crate::keys::{self, KeyFile};
use crate::launch::layers;
use crate::rule_runtime::RuleRuntime;
use crate::socket;
use crate::tenant::Runners;

/// How many rule programs are compiled at once.
const COMPILES: usize = 2;

/// A running host.
pub struct Host {
    inner: Arc<Inner>,
    database: Option<Database>,
    socket: Option<JoinHandle<()>>,
    relay: Option<JoinHandle<()>>,
    egress: Option<Keeping>,
    api: Option<Api>,
}

/// What the verbs work on.
pub(crate) struct Inner {
    pub config: HostConfig,
    pub dirs: Dirs,
    pub identities: Identities,
    pub isolation: Isolation,
    pub keys: KeyFile,
    pub server: Server,
    pub assertion: AssertionKey,
    pub runners: Arc<Runners>,
    pub compile_turns: Arc<Semaphore>,
    pub rule_runtime: RuleRuntime,
    pub door: Door,
    database: Option<watch::Receiver<DatabaseStatus>>,
}

/// The key that signs the API's assertions: new at each start, since API and runners end with the host.
pub(crate) struct AssertionKey(SigningKey);

impl AssertionKey {
    fn new() -> Self {
        Self(SigningKey::from_bytes(&keys::random()))
    }

    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    pub fn public(&self) -> String {
        BASE64.encode(self.0.verifying_key().to_bytes())
    }
}

impl Host {
    /// Starts everything.
    pub async fn start(config: HostConfig) -> Result<Self> {
        let dirs = Dirs::claim(&config.data_dir, config.run_dir.as_deref())?;
        let identities = Identities::establish(dirs.uid_base(config.uid_base)?)?;
        let isolation = layers::of_runner(&identities, &config.limits);
        layers::demand(config.isolation, &isolation)?;
        tracing::info!(level = isolation.level.as_str(), "isolation of runners");
        let keys = KeyFile::open(&config.key_file, &dirs.data)?;
        dirs.furnish(&identities)?;

        let database = Database::start(&config, &dirs, &identities).await?;
        let api = config.api.clone();
        let inner = Arc::new(Inner {
            database: database.status(),
            door: database.door.clone(),
            server: database.server.clone(),
            config,
            dirs,
            identities,
            isolation,
            keys,
            assertion: AssertionKey::new(),
            runners: Runners::new(),
            compile_turns: Arc::new(Semaphore::new(COMPILES)),
            rule_runtime: RuleRuntime::default(),
        });
        let mut host = Self {
            inner,
            database: Some(database),
            socket: None,
            relay: None,
            egress: None,
            api: None,
        };
        match host.furnish(api).await {
            Ok(()) => Ok(host),
            Err(e) => {
                host.stop().await;
                Err(e)
            }
        }
    }

    async fn furnish(&mut self, api: Option<crate::config::ApiConfig>) -> Result<()> {
        let inner = &self.inner;
        // The first runner asks again if it failed now.
        if let Err(error) = inner.rule_runtime().await {
            tracing::error!(%error, "no runner can start");
        }
        inner.server.bootstrap().await?;
        inner.keys.check(&mut inner.server.host().await?).await?;
        if let Some(mut status) = inner.database.clone() {
            let runners = inner.runners.clone();
            self.relay = Some(tokio::spawn(async move {
                while status.changed().await.is_ok() {
                    runners.changed();
                }
            }));
        }
        self.egress = Some(Keeping::start(WayOut::bind(inner.clone())?).await?);
        self.socket = Some(socket::serve(inner.clone())?);
        if let Some(api) = api {
            self.api = Some(Api::start(inner.clone(), api).await?);
        }
        Ok(())
    }

    /// Does what the API could ask over the socket.
    pub async fn perform(&self, request: Request) -> Result<Answer> {
        self.inner.perform(request).await
    }

    /// Finds or makes everything a tenant needs.
    pub async fn ensure(&self, tenant: TenantId, generation: i64) -> Result<Answer> {
        self.inner.ensure(tenant, generation).await
    }

    /// Starts a tenant's runner, or finds it running.
    pub async fn start_runner(&self, tenant: TenantId, generation: i64) -> Result<RunnerStatus> {
        self.inner.start_runner(tenant, generation).await
    }

    /// Stops a tenant's runner.
    pub async fn stop_runner(&self, tenant: TenantId) -> Result<Option<Exit>> {
        self.inner.stop_runner(tenant).await
    }

    /// Destroys a tenant on this host.
    pub async fn remove(&self, tenant: TenantId) -> Result<Answer> {
        self.inner.remove(tenant).await
    }

    /// What runs and what has ended.
    pub fn status(&self) -> HostStatus {
        self.inner.status(None)
    }

    /// The change number, now and as it rises.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.runners.changes()
    }

    /// The host's socket.
    pub fn socket(&self) -> PathBuf {
        self.inner.dirs.host_socket()
    }

    /// The directory with one folder a tenant and its runner's socket in it.
    pub fn runners_dir(&self) -> PathBuf {
        self.inner.dirs.runner_sockets()
    }

    /// The database server, as its superuser.
    pub fn server(&self) -> &Server {
        &self.inner.server
    }

    /// The seed of the key that signs assertions: for tests that stand in for the API.
    pub fn assertion_seed(&self) -> [u8; 32] {
        self.inner.assertion.seed()
    }

    /// Where the API listens, while it does.
    pub fn api_listens(&self) -> Option<String> {
        self.api.as_ref().and_then(Api::listen)
    }

    /// Stops everything, in order.
    pub async fn stop(mut self) {
        if let Some(api) = self.api.take() {
            api.stop().await;
        }
        if let Some(socket) = self.socket.take() {
            socket.abort();
            let _ = socket.await;
        }
        self.inner.compile_turns.close();
        self.inner
            .runners
            .end_all(self.inner.config.stop_grace)
            .await;
        if let Some(egress) = self.egress.take() {
            egress.stop().await;
        }
        if let Some(relay) = self.relay.take() {
            relay.abort();
        }
        if let Some(database) = self.database.take() {
            database.stop().await;
        }
        let _ = std::fs::remove_file(self.inner.dirs.host_socket());
    }
}

impl Inner {
    /// Stops a tenant's runner; answers how it, or the one before, ended.
    pub(crate) async fn stop_runner(&self, tenant: TenantId) -> Result<Option<Exit>> {
        self.runners.stop(tenant, self.config.stop_grace).await;
        Ok(self.runners.last_exit(tenant))
    }

    pub(crate) fn database_status(&self) -> DatabaseStatus {
        match &self.database {
            Some(status) => status.borrow().clone(),
            None => DatabaseStatus {
                embedded: false,
                ready: true,
                restarts: 0,
            },
        }
    }
}
