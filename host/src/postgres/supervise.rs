//! Starting the database, keeping it up, stopping it.
//!
//! Invariants: `start` answers when the database takes connections; while it is kept up, its end is
//! noticed at once and it is started again, ever more slowly if it keeps ending; stopping is final.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use syncline_store::admin::Server;
use syncline_wire::host::DatabaseStatus;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use super::{Binaries, PORT, PostgresConfig, cluster, stale};
use crate::error::{HostError, Result};
use crate::launch::{Launch, Process, Program};

/// A start takes a third of a second; after a crash it replays the log first.
const READY_WAIT: Duration = Duration::from_secs(300);
const READY_POLL: Duration = Duration::from_millis(20);
/// Between two restarts, growing from the first to the second.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(10));
/// A database that ran this long is not one that keeps ending.
const STEADY: Duration = Duration::from_secs(60);
/// Fast shutdown, then immediate shutdown; crash recovery makes good for the second.
const STOP: [(Signal, Duration); 2] = [
    (Signal::INT, Duration::from_secs(60)),
    (Signal::QUIT, Duration::from_secs(20)),
];

/// The running database. Dropping it kills the database; `stop` ends it well.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    server: Server,
    status: watch::Receiver<DatabaseStatus>,
    stop: Option<oneshot::Sender<()>>,
    keeper: Option<JoinHandle<()>>,
}

impl EmbeddedPostgres {
    /// Makes the cluster if there is none, and starts it.
    pub async fn start(config: PostgresConfig) -> Result<Self> {
        let made_by = cluster::version(&config.cluster)?;
        let binaries = Binaries::find(config.binaries.as_deref(), made_by)?;
        if made_by.is_none() {
            cluster::make(&config, &binaries).await?;
        }
        cluster::configure(&config)?;
        stale::clear(&config.cluster).await?;

        let server = Server::embedded(&config.socket_dir, PORT);
        let (status, seen) = watch::channel(DatabaseStatus {
            embedded: true,
            ready: false,
            restarts: 0,
        });
        let mut keeper = Keeper {
            config,
            binaries,
            server: server.clone(),
            status,
        };
        let first = keeper.launch().await?;
        let (stop, stopped) = oneshot::channel();
        let keeper = tokio::spawn(async move { keeper.keep(first, stopped).await });
        Ok(Self {
            server,
            status: seen,
            stop: Some(stop),
            keeper: Some(keeper),
        })
    }

    /// How the host reaches it.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Its state, now and when it changes.
    pub fn status(&self) -> watch::Receiver<DatabaseStatus> {
        self.status.clone()
    }

    /// Ends it: sessions are cut, everything committed is on disk.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.await;
        }
    }
}

impl Drop for EmbeddedPostgres {
    fn drop(&mut self) {
        if let Some(keeper) = &self.keeper {
            keeper.abort();
        }
    }
}

struct Keeper {
    config: PostgresConfig,
    binaries: Binaries,
    server: Server,
    status: watch::Sender<DatabaseStatus>,
}

impl Keeper {
    async fn keep(&mut self, mut process: Process, mut stopped: oneshot::Receiver<()>) {
        let mut pause = PAUSE.0;
        loop {
            let started = Instant::now();
            tokio::select! {
                // The other end gone means that nobody can stop it later: stop now.
                _ = &mut stopped => {
                    self.status.send_modify(|s| s.ready = false);
                    if let Err(e) = process.end(&STOP).await {
                        tracing::error!(error = %e, "the database could not be stopped");
                    }
                    return;
                }
                ended = process.wait() => {
                    self.status.send_modify(|s| s.ready = false);
                    let how = ended.map_or_else(|e| e.to_string(), |e| e.to_string());
                    tracing::error!(ended = %how, "the database ended by itself; starting it again");
                }
            }
            if started.elapsed() > STEADY {
                pause = PAUSE.0;
            }
            process = loop {
                tokio::select! {
                    _ = &mut stopped => return,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(PAUSE.1);
                match self.launch().await {
                    Ok(process) => break process,
                    Err(e) => {
                        tracing::error!(error = %e, "the database did not start; trying again")
                    }
                }
            };
            self.status.send_modify(|s| s.restarts += 1);
        }
    }

    /// Starts the server and waits until it takes connections.
    async fn launch(&mut self) -> Result<Process> {
        let program = Program::open(&self.binaries.program("postgres"))?;
        let mut process = Launch::new("postgres", program)?
            .argument("-D")?
            .argument(&self.config.cluster)?
            .identity(self.config.identities.database())
            .variable("LC_ALL", "C")?
            // Immediate shutdown: quick, and safe because what was committed is in the log.
            .dies_with(libc::SIGQUIT)
            .start()
            .await?;
        let until = Instant::now() + READY_WAIT;
        loop {
            tokio::select! {
                ended = process.wait() => {
                    return Err(HostError::new("host.database_start", format!("the database ended while starting: {}; its reason is in the log above", ended?)).or_later());
                }
                ready = self.server.is_ready(Duration::from_secs(5)) => if ready {
                    self.status.send_modify(|s| s.ready = true);
                    return Ok(process);
                }
            }
            if Instant::now() > until {
                let _ = process.end(&STOP[1..]).await;
                return Err(HostError::new(
                    "host.database_start",
                    format!(
                        "the database took no connection within {} s",
                        READY_WAIT.as_secs()
                    ),
                )
                .or_later());
            }
            tokio::time::sleep(READY_POLL).await;
        }
    }
}
