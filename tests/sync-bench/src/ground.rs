//! What the runner stands on: an embedded database with one tenant, a compiler, directories in memory.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use base64::Engine as _;
use syncline_connectors::contract::Connector;
use syncline_host::identities::{BASES, Identities};
use syncline_host::postgres::{EmbeddedPostgres, PORT, PostgresConfig};
use syncline_host::scram;
use syncline_model::outlet::Outlets;
use syncline_model::{DirectoryId, TenantId};
use syncline_rules_compile::Request;
use syncline_runner::app::App;
use syncline_runner::compiler::Compiler;
use syncline_runner::process;
use syncline_sandbox::Runtime;
use syncline_store::tenant::{DirectoryDoc, Durability};
use syncline_wire::boot::{Boot, Database, FORMAT, Key32, Limits, Log, LogFormat, Secret};
use syncline_wire::compile::{Reply, read_frame, write_frame};
use syncline_wire::host::{Isolation, Level};

use crate::company::schema;

const COMPILE_BYTES: u32 = 64 << 20;

/// A runner without process, API and agents: its jobs are called.
pub struct Ground {
    /// The runner.
    pub app: Arc<App>,
    postgres: EmbeddedPostgres,
}

impl Ground {
    /// Makes a database below `root`, and in it a tenant.
    pub async fn make(root: &Path) -> anyhow::Result<Self> {
        let identities = Identities::establish(BASES.start)?;
        let socket_dir = root.join("socket");
        std::fs::create_dir(&socket_dir)?;
        if let Some(owner) = identities.database() {
            std::os::unix::fs::chown(&socket_dir, Some(owner.uid), Some(owner.gid))?;
        }
        let postgres = EmbeddedPostgres::start(PostgresConfig {
            cluster: root.join("cluster"),
            socket_dir: socket_dir.clone(),
            binaries: None,
            identities,
        })
        .await
        .context("the embedded database did not start")?;
        let server = postgres.server();
        server.bootstrap().await?;
        let tenant = TenantId(1);
        let mut host = server.host().await?;
        let (placement, _) = host.place(tenant).await?;
        host.ensure_cell(server, &placement).await?;
        let mut cell = server.tenant(&placement).await?;
        let password = scram::password(&[7; 32]);
        cell.ensure_role(8).await?;
        cell.set_verifier(&scram::verifier(&password, &[9; 16]))
            .await?;
        cell.ensure_grants().await?;
        cell.ensure_schema().await?;
        cell.migrate().await?;
        cell.raise_generation(1).await?;
        let boot = Boot {
            format: FORMAT,
            tenant,
            generation: 1,
            database: Database {
                socket_dir,
                port: PORT,
                database: placement.database.to_string(),
                role: placement.name.to_string(),
                password: Some(Secret::new(password.as_str())),
                schema: Some(placement.name.to_string()),
            },
            data_key: Key32::new([5; 32]),
            assertion_public_key: base64::engine::general_purpose::STANDARD
                .encode(ED25519_BASE_POINT),
            api_uid: 0,
            state_dir: root.to_owned(),
            egress_socket: root.join("egress.sock"),
            clouds: Vec::new(),
            outlets: Outlets::default(),
            mail_password: None,
            limits: Limits {
                memory_bytes: 4 << 30,
                open_files: 1024,
                threads: 64,
                file_bytes: 1 << 30,
                database_connections: 8,
                compile_bytes: COMPILE_BYTES,
            },
            build: env!("CARGO_PKG_VERSION").to_owned(),
            log: Log {
                format: LogFormat::Text,
                filter: "warn".into(),
            },
            otlp_endpoint: None,
            isolation: Isolation {
                level: Level::Process,
                layers: Vec::new(),
            },
        };
        let app = process::open(&boot, compiler()?, runtime(root)?).await?;
        Ok(Self { app, postgres })
    }

    /// Takes in a directory that is reached through this connector.
    pub async fn directory(
        &self,
        name: &str,
        connector: Arc<dyn Connector>,
    ) -> anyhow::Result<DirectoryId> {
        let id = DirectoryId(self.app.db.new_id().await?);
        let mut tx = self.app.db.write(Durability::Durable).await?;
        let doc = DirectoryDoc {
            name: name.to_owned(),
            settings: serde_json::json!({"types": ["user", "group", "organizationalUnit"]}),
            identity: None,
        };
        tx.directory_add(id, "active-directory", &doc).await?;
        tx.directory_set_schema(id, &schema()).await?;
        tx.commit().await?;
        self.app.clouds.reach_by(id, connector);
        Ok(id)
    }

    /// Ends the database.
    pub async fn end(self) {
        self.app.db.close().await;
        self.postgres.stop().await;
    }
}

/// A public key that nobody signs with: no request comes in.
const ED25519_BASE_POINT: [u8; 32] = {
    let mut key = [0x66; 32];
    key[0] = 0x58;
    key
};

/// A compiler of this process, at the other end of a channel.
fn compiler() -> anyhow::Result<Compiler> {
    let (ours, theirs) = UnixStream::pair()?;
    std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(move || {
            while let Ok(request) = read_frame(&theirs, COMPILE_BYTES) {
                let reply = match Request::read(&request).and_then(Request::answer) {
                    Ok(answer) => Reply::Done(answer),
                    Err(error) => Reply::Failed(format!("{error:#}")),
                };
                if write_frame(&theirs, &reply.encode()).is_err() {
                    return;
                }
            }
        })?;
    Ok(Compiler::new(ours, COMPILE_BYTES))
}

/// The runtime of rules, from a file that nobody else has.
fn runtime(root: &Path) -> anyhow::Result<Runtime> {
    let path = root.join("rule-runtime");
    std::fs::write(&path, syncline_rules_compile::runtime()?)?;
    let file = std::fs::File::open(&path)?;
    std::fs::remove_file(&path)?;
    // SAFETY: made by our compiler a moment ago, in a directory of this process, and its name is gone.
    #[allow(unsafe_code)]
    let runtime = unsafe { Runtime::map(file) };
    runtime.context("the rule runtime cannot be loaded")
}
