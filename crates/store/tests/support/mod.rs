//! A private Postgres for tests, and tenants in it.
//!
//! Invariants: its own temporary directory and socket, no network port; started as an unprivileged user even by root;
//! it ends with the test process, however that ends, and leaves nothing behind.

#![allow(dead_code, reason = "each test binary uses its part of the fixture")]

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use syncline_model::TenantId;
use syncline_store::tenant::{TenantConfig, TenantDb, migrate, set_generation};

const PORT: u16 = 5432;
/// The database that holds the tenants' schemas.
pub const CELL: &str = "cell";
const START_MAX: Duration = Duration::from_secs(60);

/// A running Postgres.
pub struct Cluster {
    root: PathBuf,
    bin: PathBuf,
    user: Option<(u32, u32)>,
    guardian: Option<Child>,
}

/// A tenant of a test: schema, role, and the store over it.
pub struct Tenant {
    /// How the store reaches it.
    pub config: TenantConfig,
    /// The store.
    pub db: TenantDb,
}

/// The data key of a test's tenant.
pub fn data_key(tenant: TenantId) -> [u8; 32] {
    let mut key = [0x5a; 32];
    key[..8].copy_from_slice(&tenant.get().to_le_bytes());
    key
}

/// The cluster that the tests of this process share.
pub fn cluster() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(Cluster::start)
}

/// A new tenant in the shared cluster.
pub async fn tenant() -> Tenant {
    cluster().tenant().await
}

impl Cluster {
    /// Makes and starts one.
    pub fn start() -> Self {
        let root = tempfile::Builder::new()
            .prefix("slpg")
            .tempdir()
            .expect("a temporary directory")
            .keep();
        let mut cluster = Self {
            bin: binaries(),
            user: unprivileged(),
            root,
            guardian: None,
        };
        if let Some((uid, gid)) = cluster.user {
            std::os::unix::fs::chown(&cluster.root, Some(uid), Some(gid))
                .expect("root may give its directory away");
        }
        std::fs::set_permissions(&cluster.root, std::fs::Permissions::from_mode(0o755))
            .expect("own directory");
        let made = cluster
            .command("initdb")
            .args(["--pgdata"])
            .arg(cluster.data())
            .args([
                "--username=postgres",
                "--auth-local=peer",
                "--auth-host=reject",
            ])
            .args([
                "--no-sync",
                "--data-checksums",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .output()
            .expect("initdb runs");
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        cluster.configure();
        cluster.run();
        cluster
    }

    fn configure(&self) {
        let me = user_name(rustix::process::geteuid().as_raw());
        let write = |file: &str, text: String| {
            let path = self.data().join(file);
            let kept = std::fs::read_to_string(&path).unwrap_or_default();
            let kept = if file == "postgresql.conf" {
                kept
            } else {
                String::new()
            };
            std::fs::write(path, kept + &text).expect("own directory");
        };
        write(
            "pg_hba.conf",
            "local all postgres peer map=tests\nlocal all all scram-sha-256\n".into(),
        );
        write(
            "pg_ident.conf",
            format!("tests {me} postgres\ntests postgres postgres\n"),
        );
        write(
            "postgresql.conf",
            format!(
                "listen_addresses = ''\nport = {PORT}\nunix_socket_directories = '{}'\nfsync = off\nmax_connections = 200\n\
                 shared_buffers = 64MB\nlog_statement = none\nlog_parameter_max_length = 0\n\
                 log_parameter_max_length_on_error = 0\n",
                self.root.display()
            ),
        );
    }

    /// Starts the server under a shell that stops it and removes everything when this process is gone.
    fn run(&mut self) {
        let script = "\"$1\" -D \"$2\" >>\"$3/log\" 2>&1 & p=$!; read -r word; \
                      kill -QUIT $p 2>/dev/null; wait $p; [ \"$word\" = keep ] || rm -rf \"$3\"";
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", script, "sh"])
            .arg(self.bin.join("postgres"))
            .arg(self.data())
            .arg(&self.root);
        self.drop_rights(&mut shell);
        let child = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell");
        self.guardian = Some(child);
        self.wait_ready();
    }

    fn wait_ready(&self) {
        let until = Instant::now() + START_MAX;
        loop {
            let asked = self
                .command("pg_isready")
                .args(["-q", "-p", &PORT.to_string(), "-h"])
                .arg(&self.root)
                .status()
                .expect("pg_isready runs");
            if asked.success() {
                return;
            }
            assert!(
                Instant::now() < until,
                "Postgres did not start: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills the server and all its processes at once, and starts it again on what is on disk.
    pub fn kill_and_restart(&mut self) {
        let pid_file =
            std::fs::read_to_string(self.data().join("postmaster.pid")).expect("a running server");
        let pid: i32 = pid_file
            .lines()
            .next()
            .expect("a pid")
            .parse()
            .expect("a pid");
        let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("our own child");
        let mut guardian = self.guardian.take().expect("running");
        std::io::Write::write_all(&mut guardian.stdin.take().expect("piped"), b"keep\n")
            .expect("the guardian waits");
        guardian.wait().expect("our child");
        // Backends notice within moments that the postmaster is gone; until then the new one refuses to start.
        let until = Instant::now() + START_MAX;
        let left = self.data().join("postmaster.pid");
        while Instant::now() < until {
            let busy = self
                .command("pg_ctl")
                .arg("status")
                .arg("-D")
                .arg(self.data())
                .output()
                .expect("pg_ctl runs");
            if !busy.status.success() && !self.has_backends() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        std::fs::remove_file(left).ok();
        self.run();
    }

    fn has_backends(&self) -> bool {
        let data = self.data();
        std::fs::read_dir("/proc")
            .expect("a Linux machine")
            .flatten()
            .any(|entry| std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == data))
    }

    /// What the server logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.root.join("log")).unwrap_or_default()
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// A client program of the server's, as a user who may log in as the superuser.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        self.drop_rights(&mut command);
        command
            .env_clear()
            .env("PGHOST", &self.root)
            .env("PGPORT", PORT.to_string())
            .env("PGUSER", "postgres");
        command
    }

    fn drop_rights(&self, command: &mut Command) {
        command.current_dir("/");
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
    }

    /// The directory of its socket.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How the superuser reaches one of its databases.
    pub fn options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.root)
            .port(PORT)
            .ssl_mode(PgSslMode::Disable)
            .username("postgres")
            .database(database)
    }

    /// A superuser's connection to the tenants' database.
    pub async fn superuser(&self) -> PgConnection {
        let mut conn = PgConnection::connect_with(&self.options("postgres"))
            .await
            .expect("the server runs");
        let made = sqlx::raw_sql(AssertSqlSafe(format!("create database {CELL}")))
            .execute(&mut conn)
            .await;
        if let Err(error) = made {
            let code = error
                .as_database_error()
                .and_then(|e| e.code().map(|c| c.into_owned()));
            // There already, or being made by another test at this moment.
            assert!(
                matches!(code.as_deref(), Some("42P04" | "23505" | "55006")),
                "{error}"
            );
        }
        PgConnection::connect_with(&self.options(CELL))
            .await
            .expect("the database is there")
    }

    /// A new tenant: role, schema, generation 1.
    pub async fn tenant(&self) -> Tenant {
        static NEXT: AtomicI64 = AtomicI64::new(1);
        let id = TenantId(NEXT.fetch_add(1, Ordering::Relaxed));
        let name = format!("t_{}", id.get());
        let mut conn = self.superuser().await;
        sqlx::raw_sql(AssertSqlSafe(format!(
            "create role {name} login password 'pw{name}' noinherit"
        )))
        .execute(&mut conn)
        .await
        .expect("a new role");
        migrate(&mut conn, &name, &name).await.expect("a schema");
        set_generation(&mut conn, &name, &name, 1)
            .await
            .expect("a generation");
        let config = TenantConfig {
            tenant: id,
            generation: 1,
            socket_dir: self.root.clone(),
            port: PORT,
            database: CELL.into(),
            password: Some(format!("pw{name}")),
            role: name.clone(),
            schema: name,
        };
        let db = TenantDb::open(&config, &data_key(id))
            .await
            .expect("the schema opens");
        Tenant { config, db }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut guardian) = self.guardian.take() {
            drop(guardian.stdin.take());
            guardian.wait().ok();
        }
        std::fs::remove_dir_all(&self.root).ok();
    }
}

impl Tenant {
    /// The same schema through another generation.
    pub async fn reopened(&self, generation: i64) -> TenantDb {
        let config = TenantConfig {
            generation,
            ..self.config.clone()
        };
        TenantDb::open(&config, &data_key(config.tenant))
            .await
            .expect("the schema opens")
    }
}

/// The newest Postgres on the machine.
fn binaries() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("Postgres is installed")
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().expect("Postgres is installed").1
}

/// Whom the server runs as when the tests run as root: Postgres refuses to be root.
fn unprivileged() -> Option<(u32, u32)> {
    let root = rustix::process::geteuid().is_root();
    root.then(|| {
        let home = Path::new("/var/lib/postgresql")
            .metadata()
            .expect("the server's package makes this directory");
        (home.uid(), home.gid())
    })
}

fn user_name(uid: u32) -> String {
    let passwd = std::fs::read_to_string("/etc/passwd").expect("a Linux machine");
    let line = passwd
        .lines()
        .find(|line| line.split(':').nth(2) == Some(&uid.to_string()));
    line.and_then(|line| line.split(':').next())
        .expect("we have a name")
        .to_owned()
}
