//! A host in directories of its own, with the probe in place of the programs it starts.

#![allow(dead_code, reason = "each test file uses a part")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use syncline_host::config::Programs;
use syncline_host::{Host, HostConfig};
use syncline_model::TenantId;
use syncline_wire::host::{Answer, StepOutcome};
use tempfile::TempDir;

/// Tenants of the tests.
pub const ADA: TenantId = TenantId(1_000_001);
pub const BOB: TenantId = TenantId(1_000_002);

/// No condition may take longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Directories of a host. The host's own key lies in the second.
pub struct Place {
    pub data: TempDir,
    pub keys: TempDir,
}

impl Place {
    pub fn new() -> Self {
        assert!(
            nix::unistd::Uid::effective().is_root(),
            "the host's tests start processes as other users: run them as root (make test does)"
        );
        Self {
            data: tempfile::tempdir().unwrap(),
            keys: tempfile::tempdir().unwrap(),
        }
    }

    pub fn config(&self) -> HostConfig {
        let mut config = HostConfig::new(self.data.path());
        config.key_file = self.key_file();
        config.programs = Programs {
            runner: probe(),
            compile: probe(),
            api: probe(),
            host: env!("CARGO_BIN_EXE_syncline-host").into(),
        };
        config
    }

    pub fn key_file(&self) -> PathBuf {
        self.keys.path().join("host.key")
    }

    pub fn socket_dir(&self) -> PathBuf {
        self.data.path().join("run/pg")
    }

    /// A statement as the superuser; rows come as text.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let done = self.psql(database, "syncline_host", None, statement);
        assert!(
            done.status.success(),
            "{statement}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    pub fn psql(
        &self,
        database: &str,
        role: &str,
        password: Option<&str>,
        statement: &str,
    ) -> Output {
        let mut command = Command::new("psql");
        command
            .arg("-h")
            .arg(self.socket_dir())
            .args(["-U", role, "-d", database, "-XAtwc", statement]);
        command
            .env_remove("PGPASSWORD")
            .env("PGCONNECT_TIMEOUT", "10");
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        command.output().expect("psql is installed")
    }
}

/// The probe, which `cargo test` builds with the tests.
pub fn probe() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_syncline-host"))
        .with_file_name("examples")
        .join("syncline-probe");
    assert!(
        path.is_file(),
        "{} is missing: build it with `cargo build -p syncline-host --examples`",
        path.display()
    );
    path
}

/// Asks a runner's probe one thing.
pub fn ask(host: &Host, tenant: TenantId, request: &Value) -> Value {
    let socket = host.runners_dir().join(tenant.to_string()).join("api.sock");
    talk(UnixStream::connect(socket).unwrap(), request)
}

/// One line to and one line from a probe. A connection that closes answers null.
pub fn talk(mut stream: impl std::io::Read + Write, request: &Value) -> Value {
    // A peer that hangs up does so at any moment: before the question is written too.
    if stream.write_all(format!("{request}\n").as_bytes()).is_err() {
        return Value::Null;
    }
    let mut answer = String::new();
    match BufReader::new(stream).read_line(&mut answer) {
        Ok(n) if n > 0 => serde_json::from_str(&answer).unwrap(),
        _ => Value::Null,
    }
}

/// Ensures and starts a tenant, and answers the probe's boot document.
pub async fn started(host: &Host, tenant: TenantId, generation: i64) -> Value {
    host.ensure(tenant, generation).await.unwrap();
    host.start_runner(tenant, generation).await.unwrap();
    ask(host, tenant, &json!({ "do": "boot" }))
}

/// The names of the steps that had something to do.
pub fn made(answer: &Answer) -> Vec<String> {
    let (Answer::Ensure { steps, .. } | Answer::Remove { steps }) = answer else {
        panic!("no steps: {answer:?}")
    };
    steps
        .iter()
        .filter(|s| s.outcome == StepOutcome::Made)
        .map(|s| s.step.clone())
        .collect()
}

/// Waits until something is so.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "waited {PATIENCE:?} for: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Process ids whose command line or directory names this path, other than our own.
pub fn processes_of(path: &Path) -> Vec<u32> {
    let text = path.to_str().unwrap();
    let all = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|e| e.ok()?.file_name().to_str()?.parse::<u32>().ok());
    all.filter(|pid| *pid != std::process::id())
        .filter(|pid| {
            let about = PathBuf::from(format!("/proc/{pid}"));
            let line = std::fs::read(about.join("cmdline")).unwrap_or_default();
            let directory = std::fs::read_link(about.join("cwd")).unwrap_or_default();
            let state = std::fs::read_to_string(about.join("stat")).unwrap_or_default();
            let is_zombie = state
                .rsplit(") ")
                .next()
                .is_some_and(|rest| rest.starts_with('Z'));
            !is_zombie
                && (String::from_utf8_lossy(&line).contains(text) || directory.starts_with(path))
        })
        .collect()
}

/// The process id in the cluster's lock file.
pub fn postmaster(place: &Place) -> u32 {
    let lock = std::fs::read_to_string(place.data.path().join("postgres/postmaster.pid")).unwrap();
    lock.lines().next().unwrap().trim().parse().unwrap()
}

/// Sends a signal.
pub fn kill(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

/// Child processes of this test that were started with this argument.
pub fn children_named(argument: &str) -> Vec<u32> {
    let own = std::process::id();
    let all = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|e| e.ok()?.file_name().to_str()?.parse::<u32>().ok());
    all.filter(|pid| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let parent = stat
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.split(' ').nth(1)?.parse::<u32>().ok());
        parent == Some(own) && line.split(|b| *b == 0).any(|a| a == argument.as_bytes())
    })
    .collect()
}
