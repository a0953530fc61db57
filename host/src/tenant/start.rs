//! `start`: a runner gets its document, its socket and its compile channel, and is let go.
//!
//! Invariants: only a tenant whose `ensure` was completed with this generation is started; everything
//! secret goes over descriptor 4.

use std::os::unix::net::UnixStream;
use std::path::Path;

use syncline_model::TenantId;
use syncline_store::admin::Placement;
use syncline_wire::boot::{Boot, Database, FORMAT, Key32, Limits, Secret};
use syncline_wire::host::RunnerStatus;

use crate::bind;
use crate::compile::{Child, Compiler};
use crate::dirs::cannot;
use crate::document;
use crate::error::{HostError, Result};
use crate::host::Inner;
use crate::keys::Purpose;
use crate::launch::landlock::{Rules, TRUSTED_ROOTS};
use crate::launch::seccomp::{self, Sockets};
use crate::launch::{Confinement, Launch, Process, Program};
use crate::scram;

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
            egress_socket: self.dirs.egress_socket(),
            clouds: self.config.clouds.clone(),
            outlets: self.config.outlets.clone(),
            mail_password: self.mail_password()?,
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
        let mut rules = Rules::new().own(&boot.state_dir);
        for path in TRUSTED_ROOTS {
            rules = rules.read(path);
        }
        let landlock = rules.build(&program)?;
        let identity = self.identities.runner(placement.slot)?;
        let listener = bind::listener(socket, self.identities.api().map(|a| a.gid), 0o660)?;
        let (channel, ours) = UnixStream::pair().map_err(no_channel)?;

        let mut launch = Launch::new(format!("runner {}", boot.tenant), program)?
            .descriptors(vec![
                listener.into(),
                document::pipe(boot)?,
                channel.into(),
                self.rule_runtime().await?,
            ])
            .limit(libc::RLIMIT_DATA, limits.memory_bytes)
            .limit(libc::RLIMIT_NOFILE, limits.open_files)
            .limit(libc::RLIMIT_FSIZE, limits.file_bytes)
            .confinement(Confinement {
                landlock,
                filters: seccomp::filters(Sockets::Unix)?,
            })
            .directory(&boot.state_dir)?;
        if identity.is_some() {
            // Counted by uid: it would count everything of ours under a shared one.
            launch = launch.limit(libc::RLIMIT_NPROC, limits.threads);
        }
        let process = launch.identity(identity).start().await?;

        let compiler = Compiler {
            tenant: boot.tenant,
            child: Child {
                name: format!("compile {}", boot.tenant),
                program: self.config.programs.compile.clone(),
                identity: self.identities.compiler(placement.slot)?,
                limits: limits.clone(),
            },
            turn: self.compile_turns.clone(),
        };
        tokio::spawn(compiler.serve(ours));
        Ok(process)
    }

    /// The password at the mail relay, which every runner hands over with its mail.
    fn mail_password(&self) -> Result<Option<Secret>> {
        let Some(path) = &self.config.mail_password else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(path).map_err(|e| cannot("read", path, e))?;
        Ok(Some(Secret::new(text.trim_end_matches(['\r', '\n']))))
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

fn no_channel(e: std::io::Error) -> HostError {
    HostError::new(
        "host.launch",
        "the compile channel of a runner cannot be opened",
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
