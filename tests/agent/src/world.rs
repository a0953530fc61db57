//! A service for agents: the relay on a loopback port, a runner's end on a unix socket, one tenant.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};

use async_trait::async_trait;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clap::Parser as _;
use http::{HeaderMap, StatusCode, header};
use hyper_util::rt::TokioIo;
use syncline_agent::agent::Agent;
use syncline_agent::error::AgentError;
use syncline_agent::home::{Home, write_private};
use syncline_agent::outer;
use syncline_agent::stop::{Stop, Stopping};
use syncline_connectors::contract::Connector;
use syncline_contract::{Problem, codes};
use syncline_model::{AgentId, DirectoryId, TenantId};
use syncline_wire::enrol::{EnrolRequest, EnrolResponse, EnrolmentKey, Fingerprint};
use syncline_wire::outer::TUNNEL_UPGRADE;
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio::task::JoinHandle;

use crate::ca::{TenantCa, TenantIdentity};
use crate::front::TlsFront;
use crate::relay::{
    BoxStream, KnownAgent, Relay, RelayConfig, Standing, TUNNEL_PATH, Tenants, TunnelError,
    open_over,
};
use crate::tunnel::{AgentLink, LinkError};
use crate::wait::within;

/// The tenant of these tests.
pub const TENANT: TenantId = TenantId(7);
/// Its directory.
pub const DIRECTORY: DirectoryId = DirectoryId(2);
/// The slot of its agent.
pub const AGENT: AgentId = AgentId(4);

/// Installs the TLS provider once for the whole test process.
pub fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        rustls::crypto::ring::default_provider()
            .install_default()
            .expect("nothing else in these tests installs one");
    });
}

/// The service.
pub struct World {
    /// The agents' door.
    pub relay: Relay,
    /// Its address.
    pub url: String,
    /// Its address behind TLS, by a certificate of its own authority.
    pub secure_url: String,
    /// That authority, PEM.
    pub service_ca: String,
    /// What stands behind it.
    pub side: Arc<Side>,
    links: AsyncMutex<mpsc::UnboundedReceiver<Result<AgentLink, LinkError>>>,
    /// Directories that agents said had changed while the runner slept.
    pub changed: AsyncMutex<mpsc::UnboundedReceiver<DirectoryId>>,
    files: TempDir,
}

/// Tenant and runner behind the relay.
pub struct Side {
    /// The tenant's authority.
    pub ca: TenantCa,
    /// The runner's identity.
    pub identity: Mutex<Arc<TenantIdentity>>,
    /// The one-time key that is good.
    pub key: Mutex<Option<EnrolmentKey>>,
    /// Whether the runner is awake.
    pub awake: AtomicBool,
    /// Tunnels that were asked for.
    pub asked: AtomicUsize,
    /// Whether the runner drops every tunnel as soon as it has it, as if it were killed.
    pub kill_after_upgrade: AtomicBool,
    /// Tunnels that were dropped so.
    pub killed: AtomicUsize,
    known: Mutex<HashMap<AgentId, KnownAgent>>,
    socket: PathBuf,
    links: mpsc::UnboundedSender<Result<AgentLink, LinkError>>,
    changed: mpsc::UnboundedSender<DirectoryId>,
}

impl World {
    /// Starts it. Agents dial `url`, whose host the relay takes as its own.
    pub async fn start() -> Self {
        install_provider();
        let files = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let (links, incoming) = mpsc::unbounded_channel();
        let (changed, changes) = mpsc::unbounded_channel();
        let now = OffsetDateTime::now_utc();
        let ca = TenantCa::create(TENANT, now).unwrap();
        let side = Arc::new(Side {
            identity: Mutex::new(Arc::new(ca.runner_identity(1, now).unwrap())),
            ca,
            key: Mutex::new(None),
            awake: AtomicBool::new(true),
            asked: AtomicUsize::new(0),
            kill_after_upgrade: AtomicBool::new(false),
            killed: AtomicUsize::new(0),
            known: Mutex::default(),
            socket: files.path().join("runner.sock"),
            links,
            changed,
        });
        let runner = Router::new()
            .route(TUNNEL_PATH, post(tunnel))
            .with_state(side.clone());
        let socket = UnixListener::bind(&side.socket).unwrap();
        tokio::spawn(async move { axum::serve(socket, runner).await });
        let front = TlsFront::start(listener.local_addr().unwrap()).await;
        let config = RelayConfig::new(vec![host.clone(), front.host.clone()]);
        let relay = Relay::new(side.clone(), config);
        let door = relay.router();
        tokio::spawn(async move { axum::serve(listener, door).await });
        Self {
            relay,
            url: format!("http://{host}"),
            secure_url: format!("https://{}", front.host),
            service_ca: front.ca_pem,
            side,
            links: AsyncMutex::new(incoming),
            changed: AsyncMutex::new(changes),
            files,
        }
    }

    /// A path among the files of this world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// A fresh one-time key, as the file that `enrol --key` takes.
    pub fn key_file(&self) -> PathBuf {
        let key = EnrolmentKey::new(TENANT, AGENT, rand::random());
        let path = self.path("key");
        write_private(&path, key.expose().as_bytes()).unwrap();
        *self.side.key.lock().unwrap() = Some(key);
        path
    }

    /// Enrols an agent by its own command. Its policy lets everything in `OU=Synced` be written.
    pub async fn enrol(&self) -> Home {
        let key = self.key_file();
        self.enrol_with(&key).await.unwrap();
        let home = Home::open(&self.path("agent")).unwrap();
        self.configure(&home, "");
        write_private(&home.policy(), POLICY.as_bytes()).unwrap();
        home
    }

    /// Runs the enrol command with this key file.
    pub async fn enrol_with(&self, key: &std::path::Path) -> Result<(), AgentError> {
        self.enrol_at(&self.url, key, None).await
    }

    /// Runs the enrol command against this address, trusting these authorities.
    pub async fn enrol_at(
        &self,
        url: &str,
        key: &std::path::Path,
        ca: Option<&std::path::Path>,
    ) -> Result<(), AgentError> {
        let mut arguments = vec![
            "syncline-agent".into(),
            "enrol".into(),
            "--url".into(),
            url.to_owned(),
            "--key".into(),
            key.display().to_string(),
            "--data".into(),
            self.path("agent").display().to_string(),
        ];
        if let Some(ca) = ca {
            arguments.extend(["--ca".into(), ca.display().to_string()]);
        }
        let cli = syncline_agent::cli::Cli::parse_from(arguments);
        tokio::task::spawn_blocking(move || syncline_agent::command::run(cli))
            .await
            .unwrap()
    }

    /// Writes an agent's configuration: quick to come back, and these lines under `[service]`.
    pub fn configure(&self, home: &Home, service: &str) {
        let text = format!("[service]\nreconnect_min_ms = 10\nreconnect_max_ms = 200\n{service}");
        write_private(&home.config(), text.as_bytes()).unwrap();
    }

    /// Sets how an agent stands.
    pub fn set_standing(&self, standing: Standing) {
        let mut known = self.side.known.lock().unwrap();
        known.get_mut(&AGENT).expect("it is enrolled").standing = standing;
    }

    /// The fingerprint of the enrolled agent's key.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_spki(&self.side.known.lock().unwrap()[&AGENT].public_key)
    }

    /// The next link that the runner made, or why it made none.
    pub async fn next_link(&self) -> Result<AgentLink, LinkError> {
        let mut links = self.links.lock().await;
        within("a link", links.recv())
            .await
            .expect("the world lives")
    }

    /// An enrolled, confirmed and running agent over this directory, with its first link.
    pub async fn agent(&self, directory: Arc<dyn Connector>) -> (RunningAgent, AgentLink) {
        let home = self.enrol().await;
        self.set_standing(Standing::Confirmed);
        let agent = RunningAgent::start(home, directory);
        let link = self.next_link().await.unwrap();
        (agent, link)
    }
}

/// What the agents of these tests may write.
pub const POLICY: &str = r#"
writes = true
bases = ["OU=Synced,DC=fabrikam,DC=test"]
types = ["user"]
[attributes]
user = ["displayName", "manager"]
[ceilings]
add = 1000
delete = 3
"#;

/// An agent at work.
pub struct RunningAgent {
    /// What its handlers share.
    pub agent: Arc<Agent>,
    stop: Stop,
    stopping: Stopping,
    run: JoinHandle<Result<(), AgentError>>,
    watch: JoinHandle<()>,
}

impl RunningAgent {
    /// Starts the agent of a data directory over this directory.
    pub fn start(home: Home, directory: Arc<dyn Connector>) -> Self {
        Self::run(Agent::with_connector(home, directory).unwrap())
    }

    /// Starts the agent of a data directory over the directory of its configuration.
    pub fn serving(home: Home) -> Self {
        Self::run(Agent::load(home).unwrap())
    }

    fn run(agent: Arc<Agent>) -> Self {
        let (stop, stopping) = Stop::channel();
        let watched = Arc::clone(&agent.directory);
        Self {
            run: tokio::spawn(outer::run(agent.clone(), stopping.clone(), 1)),
            watch: tokio::spawn(async move { watched.watch().await }),
            agent,
            stop,
            stopping,
        }
    }

    /// Tells it to stop.
    pub fn tell(&self) {
        self.stop.tell();
        assert!(self.stopping.is_told());
    }

    /// Waits for its end.
    pub async fn ended(self) -> Result<(), AgentError> {
        self.watch.abort();
        within("the agent's end", self.run).await.unwrap()
    }

    /// Ends it as a kill would: nothing is finished.
    pub async fn kill(self) {
        self.watch.abort();
        self.run.abort();
        let _ = self.run.await;
    }
}

#[async_trait]
impl Tenants for Side {
    async fn enrol(
        &self,
        key: EnrolmentKey,
        request: EnrolRequest,
    ) -> Result<EnrolResponse, Problem> {
        let refused = || {
            Problem::new(
                &codes::ENROLMENT_REFUSED,
                "The enrolment key is not accepted.",
            )
        };
        let good = self
            .key
            .lock()
            .unwrap()
            .take_if(|good| good.digest() == key.digest());
        if good.is_none() {
            return Err(refused());
        }
        let issued = self
            .ca
            .issue_agent(&request.csr_pem, key.agent, OffsetDateTime::now_utc())
            .map_err(|_| refused())?;
        let known = KnownAgent {
            public_key: issued.public_key,
            standing: Standing::Pending,
        };
        self.known.lock().unwrap().insert(key.agent, known);
        Ok(EnrolResponse {
            tenant: key.tenant,
            agent: key.agent,
            directory: DIRECTORY,
            certificate_pem: issued.pem,
            ca_pem: self.ca.certificate_pem(),
            fingerprint: issued.fingerprint,
        })
    }

    async fn agent(&self, tenant: TenantId, agent: AgentId) -> Result<Option<KnownAgent>, Problem> {
        let known = self.known.lock().unwrap();
        Ok(known.get(&agent).filter(|_| tenant == TENANT).cloned())
    }

    async fn open_tunnel(&self, _: TenantId, agent: AgentId) -> Result<BoxStream, TunnelError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if !self.awake.load(Ordering::SeqCst) {
            return Err(TunnelError::Asleep);
        }
        let stream = UnixStream::connect(&self.socket)
            .await
            .map_err(|e| TunnelError::Unavailable(e.to_string()))?;
        open_over(stream, agent, HeaderMap::new()).await
    }

    async fn directory_changed(&self, _: TenantId, _: AgentId, directory: DirectoryId) {
        let _ = self.changed.send(directory);
    }
}

/// The runner's handler: upgrades and makes the link.
async fn tunnel(
    State(side): State<Arc<Side>>,
    Path(agent): Path<String>,
    request: Request,
) -> Response {
    let Ok(agent) = agent.parse::<AgentId>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let key = side.known.lock().unwrap()[&agent].public_key.clone();
    tokio::spawn(async move {
        let upgraded = match hyper::upgrade::on(request).await {
            Ok(upgraded) => TokioIo::new(upgraded),
            Err(error) => panic!("no upgrade: {error}"),
        };
        if side.kill_after_upgrade.load(Ordering::SeqCst) {
            drop(upgraded);
            side.killed.fetch_add(1, Ordering::SeqCst);
            return;
        }
        let identity = side.identity.lock().unwrap().clone();
        let confirmed = Fingerprint::of_spki(&key);
        let link = AgentLink::connect(upgraded, &identity, agent, confirmed).await;
        let _ = side.links.send(link);
    });
    let headers = [
        (header::UPGRADE, TUNNEL_UPGRADE),
        (header::CONNECTION, "upgrade"),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}
