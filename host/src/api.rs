//! The API's process: started as a user of its own, restarted when it ends by itself.
//!
//! Invariants: it gets the control database by its uid and everything secret by descriptor; it may
//! write in its own directory only; it never holds a tenant's key.

use std::io::BufRead as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use syncline_store::admin::{ApiRole, CONTROL_DATABASE};
use syncline_wire::boot::{ApiBoot, Database, FORMAT, Key32, Ready, Secret};
use tokio::sync::watch;

use crate::config::ApiConfig;
use crate::console;
use crate::dirs::cannot;
use crate::document;
use crate::error::{HostError, Result};
use crate::host::Inner;
use crate::keep::{Keeping, Kept};
use crate::keys::{self, Purpose};
use crate::launch::landlock::{NAME_RESOLUTION, Rules, TRUSTED_ROOTS};
use crate::launch::seccomp::{self, Sockets};
use crate::launch::{Confinement, Launch, Process, Program};
use crate::login;

/// How long the API may take until it listens.
const READY_WAIT: Duration = Duration::from_secs(60);

/// The API, kept running.
#[derive(Debug)]
pub(crate) struct Api {
    keeping: Keeping,
    listens: watch::Receiver<Option<String>>,
}

impl Api {
    /// Starts it and waits until it listens.
    pub async fn start(inner: Arc<Inner>, config: ApiConfig) -> Result<Self> {
        let prepared = Prepared::new(&inner, config).await?;
        let (listening, listens) = watch::channel(None);
        let keeping = Keeping::start(Served {
            inner,
            prepared,
            listening,
        })
        .await?;
        Ok(Self { keeping, listens })
    }

    /// Where it listens.
    pub fn listen(&self) -> Option<String> {
        self.listens.borrow().clone()
    }

    /// Ends it.
    pub async fn stop(self) {
        self.keeping.stop().await;
    }
}

/// What stays the same from start to start.
struct Prepared {
    config: ApiConfig,
    console: Option<PathBuf>,
    secrets: std::collections::BTreeMap<String, Secret>,
    api_key: keys::Secret32,
    passwords: Option<[Secret; 2]>,
}

impl Prepared {
    async fn new(inner: &Inner, config: ApiConfig) -> Result<Self> {
        let console = match &config.console {
            Some(from) => {
                let to = inner.dirs.console();
                console::publish(from, &to)?;
                Some(to)
            }
            None => None,
        };
        let mut secrets = std::collections::BTreeMap::new();
        for (name, path) in &config.secrets {
            let text = std::fs::read_to_string(path).map_err(|e| cannot("read", path, e))?;
            secrets.insert(name.clone(), Secret::new(text));
        }
        let mut host = inner.server.host().await?;
        let (api_key, _) = inner
            .keys
            .find_or_make(&mut host, keys::HOST, Purpose::ApiKey)
            .await?;
        let passwords = if inner.door.knows_uids {
            None
        } else {
            let api = login::ensure_api(&mut host, &inner.keys, ApiRole::Api).await?;
            let collector = login::ensure_api(&mut host, &inner.keys, ApiRole::Collector).await?;
            Some([api, collector].map(|password| Secret::new(password.as_str())))
        };
        Ok(Self {
            config: on_a_port(config)?,
            console,
            secrets,
            api_key,
            passwords,
        })
    }
}

/// Chooses the port where none is named: the address that browsers use must stay the same when the
/// API is started again.
fn on_a_port(mut config: ApiConfig) -> Result<ApiConfig> {
    if config.listen.ends_with(":0") {
        let unusable = |e| {
            HostError::new(
                "host.api_listen",
                format!("{} is no address to listen on", config.listen),
            )
            .because(e)
        };
        let free = std::net::TcpListener::bind(&config.listen)
            .and_then(|l| l.local_addr())
            .map_err(unusable)?;
        config.listen = free.to_string();
    }
    Ok(config)
}

struct Served {
    inner: Arc<Inner>,
    prepared: Prepared,
    listening: watch::Sender<Option<String>>,
}

impl Kept for Served {
    const NAME: &'static str = "the API";

    fn grace(&self) -> Duration {
        self.inner.config.stop_grace
    }

    fn gone(&mut self) {
        self.listening.send_replace(None);
    }

    async fn launch(&mut self) -> Result<Process> {
        let program = Program::open(&self.inner.config.programs.api)?;
        let boot = self.boot();
        let mut rules = Rules::new().own(&boot.state_dir);
        for path in TRUSTED_ROOTS.into_iter().chain(NAME_RESOLUTION) {
            rules = rules.read(path);
        }
        if let Some(console) = &boot.console_dir {
            rules = rules.read(console);
        }
        let landlock = rules.build(&program)?;
        let (ready, door) = std::io::pipe().map_err(|e| failed("opening a pipe").because(e))?;
        let mut process = Launch::new("api", program)?
            .descriptors(vec![door.into(), document::pipe(&boot)?])
            .limit(libc::RLIMIT_NOFILE, 65_536)
            .confinement(Confinement {
                landlock,
                filters: seccomp::filters(Sockets::Internet)?,
            })
            .directory(&boot.state_dir)?
            .identity(self.inner.identities.api())
            .start()
            .await?;

        let line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            std::io::BufReader::new(ready)
                .read_line(&mut line)
                .map(|_| line)
        });
        let line = tokio::select! {
            ended = process.wait() => return Err(failed(&format!("it ended while starting: {}", ended?))),
            line = tokio::time::timeout(READY_WAIT, line) => line,
        };
        let ready = match line {
            Ok(Ok(Ok(line))) => serde_json::from_str::<Ready>(&line).ok(),
            _ => None,
        };
        let Some(ready) = ready else {
            let _ = process.end(&[(Signal::TERM, Duration::from_secs(2))]).await;
            return Err(failed("it did not say that it listens"));
        };
        self.listening.send_replace(Some(ready.listen));
        Ok(process)
    }
}

impl Served {
    fn boot(&self) -> ApiBoot {
        let Prepared {
            config,
            console,
            secrets,
            api_key,
            passwords,
        } = &self.prepared;
        let inner = &self.inner;
        let [api_password, collector_password] = match passwords {
            Some([api, collector]) => [Some(api.clone()), Some(collector.clone())],
            None => [None, None],
        };
        let database = |role: ApiRole, password| Database {
            socket_dir: inner.door.socket_dir.clone(),
            port: inner.door.port,
            database: CONTROL_DATABASE.into(),
            role: role.as_str().into(),
            password,
            schema: None,
        };
        ApiBoot {
            format: FORMAT,
            database: database(ApiRole::Api, api_password),
            collector: database(ApiRole::Collector, collector_password),
            host_socket: inner.dirs.host_socket(),
            runners_dir: inner.dirs.runner_sockets(),
            listen: config.listen.clone(),
            public_url: config
                .public_url
                .clone()
                .unwrap_or_else(|| format!("http://{}", config.listen)),
            assertion_signing_key: Key32::new(inner.assertion.seed()),
            api_key: Key32::new(**api_key),
            state_dir: inner.dirs.api_state(),
            console_dir: console.clone(),
            settings: config.settings.clone(),
            secrets: secrets.clone(),
            isolation: inner.isolation.clone(),
            build: crate::BUILD.into(),
            log: inner.config.log.clone(),
            otlp_endpoint: inner.config.otlp_endpoint.clone(),
        }
    }
}

fn failed(why: &str) -> HostError {
    HostError::new(
        "host.api_start",
        format!("the API cannot be started: {why}"),
    )
}
