//! The runner as a process: from the boot document to the last request.
//!
//! Invariants: what the host handed over is taken before anything is opened; only the API's uid is answered;
//! on SIGTERM no new step begins and the requests under way are finished.

use std::os::unix::net::UnixListener as StdListener;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use syncline_sandbox::Runtime;
use syncline_store::tenant::{AgentState, TenantConfig, TenantDb};
use syncline_wire::assertion::Verifier;
use syncline_wire::boot::{Boot, RunnerStart, take_runner};
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::agents::Hub;
use crate::app::{App, Signals};
use crate::clouds::{self, Clouds, Ground, SharedByAll};
use crate::compiler::Compiler;
use crate::desk::Desk;
use crate::http;
use crate::notify::{self, Notifier};
use crate::profile::renew;
use crate::profile::samples::Samples;
use crate::rule_resources::Libraries;
use crate::trust::Trust;

/// Long snapshots at once: of the connections for reading, one is left for all others.
const LONG_READS: usize = 2;

/// Runs until it is told to end.
pub fn run() -> anyhow::Result<()> {
    let start = take_runner().context("the runner is started by syncline-host")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let _telemetry = logs(&start.boot)?;
        serve(start).await
    })
}

/// Opens the tenant and answers on the socket.
async fn serve(start: RunnerStart) -> anyhow::Result<()> {
    let RunnerStart {
        boot,
        listener,
        compile,
        runtime,
    } = start;
    let compiler = Compiler::new(compile, boot.limits.compile_bytes);
    // SAFETY: the host made it with the compiler of this release and sealed it before it handed it over.
    #[allow(unsafe_code)]
    let runtime = unsafe { Runtime::map(runtime) }
        .context("the rule runtime cannot be loaded; install one release on the whole machine")?;
    let app = open(&boot, compiler, runtime).await?;
    if let Err(problem) = renew::programs(&app).await {
        tracing::error!(?problem, "the profiles' programs were not looked at");
    }
    let router = http::router(app.clone());
    let desk = tokio::spawn({
        let app = app.clone();
        async move { app.desk.work(app.clone()).await }
    });
    let polls = tokio::spawn(clouds::poll(app.clone()));
    let notifications = tokio::spawn(notify::work(app.clone()));
    let (stop, stopped) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        terminate.recv().await;
        let _ = stop.send(true);
    });
    tracing::info!(
        generation = boot.generation,
        build = boot.build,
        "the runner serves"
    );
    accept(listener, router, boot.api_uid, stopped).await?;
    desk.abort();
    polls.abort();
    notifications.abort();
    app.db.close().await;
    Ok(())
}

/// A runner over this boot document.
pub async fn open(boot: &Boot, compiler: Compiler, runtime: Runtime) -> anyhow::Result<Arc<App>> {
    let config = TenantConfig {
        tenant: boot.tenant,
        generation: boot.generation,
        socket_dir: boot.database.socket_dir.clone(),
        port: boot.database.port,
        database: boot.database.database.clone(),
        role: boot.database.role.clone(),
        password: boot
            .database
            .password
            .as_ref()
            .map(|p| p.expose().to_owned()),
        schema: boot
            .database
            .schema
            .clone()
            .context("the boot document names no schema")?,
    };
    let db = TenantDb::open(&config, boot.data_key.expose())
        .await
        .context("the tenant's schema cannot be opened")?;
    let key: [u8; 32] = BASE64
        .decode(&boot.assertion_public_key)
        .ok()
        .and_then(|key| key.try_into().ok())
        .context("the boot document's assertion key is not 32 bytes")?;
    let verifier = Verifier::new(&key, boot.tenant, boot.generation)
        .context("the assertion key is no Ed25519 key")?;
    let trust = Trust::open(&db)
        .await
        .context("the tenant's certificate authority cannot be opened")?;
    let mut cursor_key = [0; 32];
    for (half, name) in cursor_key
        .chunks_exact_mut(16)
        .zip(["cursors, first half", "cursors, second half"])
    {
        half.copy_from_slice(&db.keys().secret_hash(name, b"").to_le_bytes());
    }
    let hub = Hub::default();
    // Their tunnels ended with the runner before this one.
    let agents = db.read().await?.agents().await?;
    for agent in agents
        .iter()
        .filter(|agent| agent.state == AgentState::Confirmed)
    {
        hub.expect(agent.directory);
    }
    let clouds = Clouds::new(Ground {
        clouds: boot.clouds.clone(),
        egress_socket: boot.egress_socket.clone(),
        spool_dir: boot.state_dir.clone(),
        shared: SharedByAll::default(),
    });
    let mut read = db.read().await?;
    for row in read.directories().await? {
        clouds
            .open(&mut read, &row)
            .await
            .context("a cloud directory cannot be opened")?;
    }
    drop(read);
    Ok(Arc::new(App {
        what_ifs: tokio::sync::Semaphore::new(1),
        snapshots: tokio::sync::Semaphore::new(LONG_READS),
        verifier,
        trust,
        hub,
        clouds,
        compiler,
        runtime,
        samples: Samples::default(),
        libraries: Libraries::default(),
        notifier: Notifier::new(
            boot.outlets.clone(),
            boot.mail_password.clone(),
            boot.egress_socket.clone(),
        ),
        desk: Desk::new(db.clone()),
        cursor_key,
        signals: watch::Sender::new(Signals::default()),
        isolation: boot.isolation.clone(),
        build: boot.build.clone(),
        db,
    }))
}

/// Answers the API's connections until told to stop.
async fn accept(
    listener: StdListener,
    router: Router,
    api_uid: u32,
    mut stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = UnixListener::from_std(listener)?;
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => accepted?,
            _ = stopped.changed() => return Ok(()),
        };
        let uid = stream.peer_cred()?.uid();
        if uid != api_uid {
            tracing::warn!(uid, "a connection of another uid was refused");
            continue;
        }
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let served = Builder::new(TokioExecutor::new())
                .serve_connection_with_upgrades(TokioIo::new(stream), service)
                .await;
            if let Err(error) = served {
                tracing::debug!("a connection ended early: {error}");
            }
        });
    }
}

/// Starts logs and traces as the host asks.
fn logs(boot: &Boot) -> Result<syncline_telemetry::Telemetry, syncline_telemetry::StartError> {
    use syncline_telemetry::{Format, Settings};
    use syncline_wire::boot::LogFormat;

    syncline_telemetry::start(&Settings {
        service: "syncline-runner",
        build: boot.build.clone(),
        format: match boot.log.format {
            LogFormat::Json => Format::Json,
            LogFormat::Text => Format::Text,
        },
        filter: boot.log.filter.clone(),
        otlp_endpoint: boot.otlp_endpoint.clone(),
        tenant: Some(boot.tenant.to_string()),
    })
}
