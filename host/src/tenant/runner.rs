//! Runners: started with what they need, watched until they end.
//!
//! Whether one that ended is started again is the API's decision; here its end is noted and the
//! change number rises. Invariants: at most one runner a tenant; everything secret goes over
//! descriptor 4; the socket is bound in a directory that only the API's group may enter.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::process::Signal;
use syncline_model::TenantId;
use syncline_store::admin::Placement;
use syncline_wire::boot::{Boot, Database, FORMAT, Key32, Limits, Secret, write_document};
use syncline_wire::host::{Exit, RunnerStatus};
use tokio::sync::{OwnedMutexGuard, oneshot, watch};

use crate::compile;
use crate::dirs::cannot;
use crate::error::{HostError, Result};
use crate::host::Inner;
use crate::keys::Purpose;
use crate::launch::landlock::Rules;
use crate::launch::seccomp::{self, Sockets};
use crate::launch::{Confinement, Launch, Process, Program};
use crate::scram;

/// What runs and what has ended, by tenant.
#[derive(Debug)]
pub struct Runners {
    tenants: Mutex<BTreeMap<TenantId, Tenant>>,
    change: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Tenant {
    alone: Arc<tokio::sync::Mutex<()>>,
    running: Option<Running>,
    last_exit: Option<Exit>,
    seen: Option<RunnerStatus>,
}

#[derive(Debug)]
struct Running {
    pid: u32,
    generation: i64,
    /// Sent: how long it may take to end.
    end: Option<oneshot::Sender<Duration>>,
    /// Turns true when its end is noted.
    ended: watch::Receiver<bool>,
}

impl Runners {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            tenants: Mutex::default(),
            change: watch::Sender::new(0),
        })
    }

    /// The change number, now and as it rises.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.change.subscribe()
    }

    pub(crate) fn changed(&self) {
        self.change.send_modify(|n| *n += 1);
    }

    /// Waits until no other verb works on the tenant.
    pub(super) async fn alone(&self, tenant: TenantId) -> OwnedMutexGuard<()> {
        let lock = self.tenants().entry(tenant).or_default().alone.clone();
        lock.lock_owned().await
    }

    /// The generation of the tenant's running runner.
    pub(super) fn generation(&self, tenant: TenantId) -> Option<i64> {
        self.tenants()
            .get(&tenant)?
            .running
            .as_ref()
            .map(|r| r.generation)
    }

    /// What is known of the runners, of one tenant or all.
    pub(crate) fn status(&self, of: Option<TenantId>) -> Vec<RunnerStatus> {
        let tenants = self.tenants();
        let wanted = tenants
            .iter()
            .filter(|(tenant, _)| of.is_none_or(|of| of == **tenant));
        wanted.filter_map(|(_, t)| t.status()).collect()
    }

    /// How the tenant's last runner ended.
    pub(crate) fn last_exit(&self, tenant: TenantId) -> Option<Exit> {
        self.tenants().get(&tenant)?.last_exit.clone()
    }

    /// Ends the tenant's runner and waits for its end. Answers whether one ran.
    pub(super) async fn end(&self, tenant: TenantId, grace: Duration) -> bool {
        let mut ended = {
            let mut tenants = self.tenants();
            let Some(running) = tenants.get_mut(&tenant).and_then(|t| t.running.as_mut()) else {
                return false;
            };
            if let Some(end) = running.end.take() {
                let _ = end.send(grace);
            }
            running.ended.clone()
        };
        // An error means that the watching task is gone, and the process with it.
        let _ = ended.wait_for(|ended| *ended).await;
        true
    }

    /// The verb `stop`: ends the runner while no other verb works on the tenant.
    pub(crate) async fn stop(&self, tenant: TenantId, grace: Duration) {
        let _alone = self.alone(tenant).await;
        self.end(tenant, grace).await;
    }

    /// Ends every runner.
    pub(crate) async fn end_all(&self, grace: Duration) {
        let all: Vec<_> = self
            .tenants()
            .iter()
            .filter(|(_, t)| t.running.is_some())
            .map(|(t, _)| *t)
            .collect();
        for tenant in &all {
            let mut tenants = self.tenants();
            if let Some(end) = tenants
                .get_mut(tenant)
                .and_then(|t| t.running.as_mut())
                .and_then(|r| r.end.take())
            {
                let _ = end.send(grace);
            }
        }
        for tenant in all {
            self.end(tenant, grace).await;
        }
    }

    /// Drops what is known of a removed tenant. Its lock stays, for those who wait on it.
    pub(super) fn forget(&self, tenant: TenantId) {
        if let Some(entry) = self.tenants().get_mut(&tenant) {
            entry.seen = None;
            entry.last_exit = None;
        }
        self.changed();
    }

    /// Watches a started runner until its end.
    fn watch(self: &Arc<Self>, status: RunnerStatus, mut process: Process) {
        let (end, mut asked_to_end) = oneshot::channel();
        let (ended, seen) = watch::channel(false);
        let (tenant, generation) = (status.tenant, status.generation);
        {
            let mut tenants = self.tenants();
            let entry = tenants.entry(tenant).or_default();
            entry.running = Some(Running {
                pid: process.pid(),
                generation,
                end: Some(end),
                ended: seen,
            });
            entry.seen = Some(status);
        }
        self.changed();

        let runners = Arc::clone(self);
        tokio::spawn(async move {
            let (how, asked) = tokio::select! {
                how = process.wait() => (how, false),
                // An error means that the host was dropped: end it all the same.
                grace = &mut asked_to_end => {
                    (process.end(&[(Signal::TERM, grace.unwrap_or_default())]).await, true)
                }
            };
            let (code, signal) = how.map_or((None, None), |e| (e.code, e.signal));
            if !asked {
                tracing::warn!(%tenant, generation, ?code, ?signal, "a runner ended by itself");
            }
            let exit = Exit {
                code,
                signal,
                generation,
                asked,
                at_ms: now_ms(),
            };
            if let Some(entry) = runners.tenants().get_mut(&tenant) {
                entry.running = None;
                entry.last_exit = Some(exit);
            }
            let _ = ended.send(true);
            runners.changed();
        });
    }

    fn tenants(&self) -> MutexGuard<'_, BTreeMap<TenantId, Tenant>> {
        // No code panics while it holds the lock; were it so, the map would still be whole.
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tenant {
    fn status(&self) -> Option<RunnerStatus> {
        let mut status = self.seen.clone()?;
        status.pid = self.running.as_ref().map(|r| r.pid);
        status.last_exit = self.last_exit.clone();
        Some(status)
    }
}

impl Inner {
    /// Starts the tenant's runner, or finds it running.
    pub(crate) async fn start_runner(
        &self,
        tenant: TenantId,
        generation: i64,
    ) -> Result<RunnerStatus> {
        let _alone = self.runners.alone(tenant).await;
        match self.runners.generation(tenant) {
            Some(running) if running == generation => {
                return self
                    .runners
                    .status(Some(tenant))
                    .pop()
                    .ok_or_else(|| vanished(tenant));
            }
            Some(running) => {
                return Err(HostError::new(
                    "host.runner_running",
                    format!(
                        "the runner of {tenant} runs with generation {running}, not {generation}: ensure the new generation first, which stops it"
                    ),
                ));
            }
            None => {}
        }

        let mut host = self.server.host().await?;
        let placement = host.placement(tenant).await?.filter(|p| p.generation > 0);
        let placement = placement.ok_or_else(|| {
            HostError::new(
                "host.tenant_unknown",
                format!("{tenant} is not complete on this host: ask for ensure first"),
            )
        })?;
        if placement.generation != generation {
            return Err(HostError::new(
                "host.generation_stale",
                format!(
                    "generation {generation} of {tenant} cannot be started: {} holds",
                    placement.generation
                ),
            ));
        }
        let data_key = self
            .keys
            .find(&mut host, tenant.get(), Purpose::DataKey)
            .await?;
        let password = self
            .keys
            .find(&mut host, tenant.get(), Purpose::RolePassword)
            .await?;

        let boot = Boot {
            format: FORMAT,
            tenant,
            generation,
            database: Database {
                socket_dir: self.door.socket_dir.clone(),
                port: self.door.port,
                database: placement.database.to_string(),
                role: placement.name.to_string(),
                password: Some(Secret::new(scram::password(&password).as_str())),
                schema: Some(placement.name.to_string()),
            },
            data_key: Key32::new(*data_key),
            assertion_public_key: self.assertion.public(),
            api_uid: self.identities.api_uid(),
            state_dir: self.dirs.runner_state(tenant),
            limits: self.runner_limits(),
            build: crate::BUILD.to_owned(),
            log: self.config.log.clone(),
            otlp_endpoint: self.config.otlp_endpoint.clone(),
            isolation: self.isolation.clone(),
        };
        let socket = self.dirs.runner_socket(tenant);
        let process = self.launch_runner(&placement, &boot, &socket).await?;
        let status = RunnerStatus {
            tenant,
            generation,
            socket: socket.display().to_string(),
            pid: Some(process.pid()),
            isolation: self.isolation.clone(),
            last_exit: self.runners.last_exit(tenant),
        };
        self.runners.watch(status.clone(), process);
        Ok(status)
    }

    async fn launch_runner(
        &self,
        placement: &Placement,
        boot: &Boot,
        socket: &Path,
    ) -> Result<Process> {
        let program = Program::open(&self.config.programs.runner)?;
        let limits = &self.config.limits;
        let landlock = Rules::new().own(&boot.state_dir).build(&program)?;
        let identity = self.identities.runner(placement.slot)?;
        let listener = bind(socket, self.identities.api().map(|a| a.gid))?;
        let (channel, ours) =
            UnixStream::pair().map_err(|e| failed("opening its compile channel", e))?;

        let mut launch = Launch::new(format!("runner {}", boot.tenant), program)?
            .descriptors(vec![listener.into(), document(boot)?, channel.into()])
            .limit(libc::RLIMIT_DATA, limits.memory_bytes)
            .limit(libc::RLIMIT_NOFILE, limits.open_files)
            .limit(libc::RLIMIT_FSIZE, limits.file_bytes)
            .confinement(Confinement {
                landlock,
                filters: filters(Sockets::Unix)?,
            })
            .directory(&boot.state_dir)?;
        if identity.is_some() {
            // Counted by uid: it would count everything of ours under a shared one.
            launch = launch.limit(libc::RLIMIT_NPROC, limits.threads);
        }
        let process = launch.identity(identity).start().await?;

        let compiler = compile::Compiler {
            tenant: boot.tenant,
            program: self.config.programs.compile.clone(),
            identity: self.identities.compiler(placement.slot)?,
            limits: limits.clone(),
            turn: self.compile_turns.clone(),
        };
        tokio::spawn(compiler.serve(ours));
        Ok(process)
    }

    fn runner_limits(&self) -> Limits {
        let limits = &self.config.limits;
        Limits {
            memory_bytes: limits.memory_bytes,
            open_files: limits.open_files,
            threads: limits.threads,
            file_bytes: limits.file_bytes,
            database_connections: limits.database_connections,
            compile_bytes: limits.compile_bytes,
        }
    }
}

/// Binds a fresh socket; what an earlier runner left is removed.
fn bind(socket: &Path, group: Option<u32>) -> Result<UnixListener> {
    match std::fs::remove_file(socket) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            return Err(cannot("remove", socket, e));
        }
        _ => {}
    }
    let listener = UnixListener::bind(socket).map_err(|e| cannot("listen on", socket, e))?;
    if let Some(gid) = group {
        chown(socket, Some(0), Some(gid)).map_err(|e| cannot("give away", socket, e))?;
    }
    let mode = std::fs::Permissions::from_mode(0o660);
    std::fs::set_permissions(socket, mode).map_err(|e| cannot("set the mode of", socket, e))?;
    Ok(listener)
}

/// A pipe with a document in it and nothing after.
pub(crate) fn document(document: &impl serde::Serialize) -> Result<OwnedFd> {
    /// What a pipe holds without a reader.
    const PIPE_BYTES: usize = 64 * 1024;
    let (read, mut write) =
        std::io::pipe().map_err(|e| failed("opening the pipe of its document", e))?;
    let mut text = zeroize::Zeroizing::new(Vec::new());
    write_document(&mut *text, document).map_err(|e| failed("writing its document", e))?;
    if text.len() > PIPE_BYTES {
        return Err(HostError::new(
            "host.document_long",
            "the boot document is longer than a pipe holds: shorten the settings and secrets handed to the API",
        ));
    }
    write
        .write_all(&text)
        .map_err(|e| failed("writing its document", e))?;
    Ok(read.into())
}

/// The filters where the kernel has them; their absence is in the report.
pub(crate) fn filters(sockets: Sockets) -> Result<Vec<seccompiler::BpfProgram>> {
    if seccomp::is_available() {
        seccomp::filters(sockets)
    } else {
        Ok(Vec::new())
    }
}

fn failed(doing: &str, e: std::io::Error) -> HostError {
    HostError::new(
        "host.launch",
        format!("a process cannot be started: {doing}"),
    )
    .because(e)
}

fn vanished(tenant: TenantId) -> HostError {
    HostError::new(
        "host.runner_gone",
        format!("the runner of {tenant} ended at this moment"),
    )
    .or_later()
}

fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
