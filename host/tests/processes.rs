//! The whole command: what it starts, what it says, and that nothing outlives it.

mod support;

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;
use serde_json::{Value, json};
use support::{ADA, Place, kill, postmaster, processes_of, talk, until};

/// The command, running.
struct Running {
    child: Child,
    ready: Value,
}

impl Running {
    fn start(place: &Place) -> Self {
        let folder = programs(place);
        let mut command = Command::new(env!("CARGO_BIN_EXE_syncline-host"));
        command
            .arg("run")
            .arg("--data")
            .arg(place.data.path())
            .arg("--key-file")
            .arg(place.key_file());
        command
            .args(["--api-listen", "127.0.0.1:0", "--isolation", "standard"])
            .arg("--config")
            .arg(folder);
        command.env_remove("DATABASE_URL").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("no ready line but {line:?}"));
        Self { child, ready }
    }

    /// Asks the API's probe.
    fn api(&self, request: &Value) -> Value {
        talk(
            TcpStream::connect(self.ready["listen"].as_str().unwrap()).unwrap(),
            request,
        )
    }

    /// Sends a line to the host's socket, as the API.
    fn host(&self, line: &Value) -> Value {
        self.api(&json!({ "do": "host", "line": line.to_string() }))
    }

    /// Sends a signal and waits for the end.
    fn ends(mut self, signal: Signal) -> Option<i32> {
        kill(self.child.id(), signal);
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed halfway leaves nothing running either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text no other process has.
fn private(place: &Place) -> String {
    format!(
        "PRIVATE{}",
        place.keys.path().file_name().unwrap().to_str().unwrap()
    )
}

/// A configuration with the probe in place of the programs, and a secret for the API.
fn programs(place: &Place) -> PathBuf {
    let (secret, config) = (
        place.keys.path().join("oidc.pem"),
        place.keys.path().join("host.toml"),
    );
    std::fs::write(&secret, private(place)).unwrap();
    let probe = support::probe();
    let text = format!(
        "[programs]\nrunner = {probe:?}\ncompile = {probe:?}\napi = {probe:?}\n[api.settings]\ncolour = \"teal\"\n[api.secrets]\noidc_key = {secret:?}\n"
    );
    std::fs::write(&config, text).unwrap();
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_gets_what_it_needs_by_descriptor_and_may_use_the_five_verbs() {
    let place = Place::new();
    let host = Running::start(&place);

    let boot = host.api(&json!({ "do": "boot" }));
    let facts = host.api(&json!({ "do": "facts" }));

    assert_eq!(boot["settings"]["colour"], "teal");
    assert_eq!(boot["secrets"]["oidc_key"], private(&place));
    assert_eq!(boot["isolation"]["level"], "standard");
    assert_eq!(facts["descriptors"], json!([0, 1, 2, 3, 4]));
    assert_eq!(facts["environment"], json!([]));
    let owner = std::fs::metadata(boot["state_dir"].as_str().unwrap()).unwrap();
    assert_eq!(facts["uid"].as_u64(), Some(owner.uid().into()));
    assert_ne!(owner.uid(), 0);

    let ensured = host.host(&json!({ "verb": "ensure", "tenant": ADA, "generation": 1 }));
    assert_eq!(ensured["ok"]["verb"], "ensure", "{ensured}");
    let started = host.host(&json!({ "verb": "start", "tenant": ADA, "generation": 1 }));
    assert!(started["ok"]["pid"].is_u64(), "{started}");
    let runner = host.api(&json!({ "do": "runner", "tenant": ADA, "request": { "do": "boot" } }));
    assert_eq!(runner["api_uid"], facts["uid"]);
    let status = host.host(&json!({ "verb": "status" }));
    assert_eq!(status["ok"]["runners"][0]["pid"], started["ok"]["pid"]);
    let change = status["ok"]["change"].clone();
    let watching = {
        let api = TcpStream::connect(host.ready["listen"].as_str().unwrap()).unwrap();
        let line = json!({ "verb": "status", "unless_change": change }).to_string();
        std::thread::spawn(move || talk(api, &json!({ "do": "host", "line": line })))
    };
    let stopped = host.host(&json!({ "verb": "stop", "tenant": ADA }));
    let seen = watching.join().unwrap();
    assert!(seen["ok"]["change"].as_u64() > change.as_u64(), "{seen}");
    assert!(seen["ok"]["runners"][0]["pid"].is_null(), "{seen}");
    assert_eq!(stopped["ok"]["last_exit"]["asked"], true, "{stopped}");
    assert_eq!(
        host.host(&json!({ "verb": "remove", "tenant": ADA }))["ok"]["verb"],
        "remove"
    );
    assert_eq!(
        host.host(&json!({ "verb": "execute" }))["error"]["code"],
        "host.request"
    );

    // Not even root is answered: the host listens to one uid.
    let stranger = UnixStream::connect(place.data.path().join("run/host.sock")).unwrap();
    assert_eq!(talk(stranger, &json!({ "verb": "status" })), Value::Null);
    for path in [
        place.key_file(),
        place.data.path().join("postgres/PG_VERSION"),
        "/etc/shadow".into(),
    ] {
        let answer = host.api(&json!({ "do": "read", "path": path }));
        assert!(
            ["EACCES", "EPERM"].iter().any(|kept| answer == *kept),
            "{}: {answer}",
            path.display()
        );
    }
    assert_eq!(host.ends(Signal::TERM), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_in_any_command_line_or_environment() {
    let place = Place::new();
    let host = Running::start(&place);
    host.host(&json!({ "verb": "ensure", "tenant": ADA, "generation": 1 }));
    host.host(&json!({ "verb": "start", "tenant": ADA, "generation": 1 }));
    let boot = host.api(&json!({ "do": "boot" }));
    let runner = host.api(&json!({ "do": "runner", "tenant": ADA, "request": { "do": "boot" } }));
    let key = std::fs::read_to_string(place.key_file())
        .unwrap()
        .trim()
        .to_owned();
    let mut secrets = vec![key, private(&place)];
    for value in [
        &boot["assertion_signing_key"],
        &boot["api_key"],
        &runner["data_key"],
        &runner["database"]["password"],
    ] {
        secrets.push(value.as_str().unwrap().to_owned());
    }

    let mut seen = 0;
    let ours = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|e| e.ok()?.file_name().to_str()?.parse::<u32>().ok());
    for pid in ours.filter(|pid| *pid != std::process::id()) {
        for file in ["cmdline", "environ"] {
            let Ok(content) = std::fs::read(format!("/proc/{pid}/{file}")) else {
                continue;
            };
            let content = String::from_utf8_lossy(&content);
            assert!(
                secrets.iter().all(|s| !content.contains(s.as_str())),
                "process {pid}, {file}"
            );
            seen += 1;
        }
    }

    assert!(seen > 10, "{seen}");
    assert_eq!(host.ends(Signal::INT), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_sigterm_nothing_is_left() {
    let place = Place::new();
    let host = Running::start(&place);
    host.host(&json!({ "verb": "ensure", "tenant": ADA, "generation": 1 }));
    let started = host.host(&json!({ "verb": "start", "tenant": ADA, "generation": 1 }));
    let runner = Path::new("/proc").join(started["ok"]["pid"].to_string());
    assert!(runner.exists() && !processes_of(place.data.path()).is_empty());

    assert_eq!(host.ends(Signal::TERM), Some(0));

    assert_eq!(processes_of(place.data.path()), [0; 0]);
    assert!(!runner.exists());
    assert!(!place.data.path().join("run/host.sock").exists());
    assert!(!place.data.path().join("postgres/postmaster.pid").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_host_is_killed_nothing_is_left_and_the_next_one_carries_on() {
    let place = Place::new();
    let host = Running::start(&place);
    host.host(&json!({ "verb": "ensure", "tenant": ADA, "generation": 1 }));
    let started = host.host(&json!({ "verb": "start", "tenant": ADA, "generation": 1 }));
    let runner = Path::new("/proc").join(started["ok"]["pid"].to_string());
    let key = host.api(&json!({ "do": "runner", "tenant": ADA, "request": { "do": "boot" } }))["data_key"].clone();

    assert_eq!(host.ends(Signal::KILL), None);
    until("every process to end", || {
        processes_of(place.data.path()).is_empty() && !runner.exists()
    })
    .await;

    let next = Running::start(&place);
    let again = next.host(&json!({ "verb": "ensure", "tenant": ADA, "generation": 1 }));
    let made: Vec<_> = again["ok"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["outcome"] == "made")
        .collect();
    assert!(made.is_empty(), "{made:?}");
    next.host(&json!({ "verb": "start", "tenant": ADA, "generation": 1 }));
    assert_eq!(
        next.api(&json!({ "do": "runner", "tenant": ADA, "request": { "do": "boot" } }))["data_key"],
        key
    );
    assert_eq!(next.ends(Signal::TERM), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_outlived_its_host_is_ended_before_the_next_one_starts() {
    let place = Place::new();
    let host = Running::start(&place);
    let orphan = postmaster(&place);
    // Stopped, so that it does not see the signal by which it would end with the host.
    kill(orphan, Signal::STOP);
    assert_eq!(host.ends(Signal::KILL), None);
    kill(orphan, Signal::CONT);

    let next = Running::start(&place);

    assert_ne!(postmaster(&place), orphan);
    assert_eq!(
        next.host(&json!({ "verb": "status" }))["ok"]["database"]["ready"],
        true
    );
    assert_eq!(next.ends(Signal::TERM), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_crashes_is_started_again() {
    let place = Place::new();
    let host = Running::start(&place);
    let socket = place.data.path().join("run/host.sock");
    assert!(socket.exists());
    let listening =
        |host: &Running| TcpStream::connect(host.ready["listen"].as_str().unwrap()).is_ok();
    assert!(listening(&host));
    let before = api_pids(&place);

    assert_eq!(host.api(&json!({ "do": "abort" })), Value::Null);

    until("another API process", || {
        api_pids(&place).iter().any(|pid| !before.contains(pid))
    })
    .await;
    assert_eq!(host.ends(Signal::TERM), Some(0));
    assert_eq!(processes_of(place.data.path()), [0; 0]);
}

/// The API's processes: those that work in its directory.
fn api_pids(place: &Place) -> Vec<u32> {
    processes_of(&place.data.path().join("api"))
}

#[tokio::test(flavor = "multi_thread")]
async fn without_root_the_level_is_process_and_said_so() {
    let place = Place::new();
    let config = programs(&place);
    for dir in [place.data.path(), place.keys.path()] {
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
    std::fs::set_permissions(
        place.keys.path().join("oidc.pem"),
        std::fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    let data = place.data.path().join("data");
    let run = |more: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid=nobody",
            "--regid=nogroup",
            "--clear-groups",
            "--",
            env!("CARGO_BIN_EXE_syncline-host"),
        ]);
        command
            .arg("run")
            .arg("--data")
            .arg(&data)
            .arg("--key-file")
            .arg(place.keys.path().join("own.key"));
        command
            .args(["--api-listen", "127.0.0.1:0"])
            .arg("--config")
            .arg(&config)
            .args(more);
        command
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    };

    let refused = run(&["--isolation", "standard"]).output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("host.isolation_missing"));

    let mut child = run(&[]).stderr(Stdio::inherit()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let host = Running {
        child,
        ready: serde_json::from_str(&line).unwrap(),
    };
    host.host(&json!({ "verb": "ensure", "tenant": ADA, "generation": 1 }));
    let started = host.host(&json!({ "verb": "start", "tenant": ADA, "generation": 1 }));
    assert_eq!(started["ok"]["isolation"]["level"], "process", "{started}");
    let runner =
        |request: Value| host.api(&json!({ "do": "runner", "tenant": ADA, "request": request }));
    assert_eq!(
        runner(json!({ "do": "facts" }))["uid"],
        host.api(&json!({ "do": "facts" }))["uid"]
    );
    // One uid for all, but the other layers hold.
    assert_eq!(
        runner(json!({ "do": "read", "path": data.join("postgres/PG_VERSION") })),
        "EACCES"
    );
    assert_eq!(
        runner(json!({ "do": "calls", "pid": 1 }))["socket inet stream"],
        "EPERM"
    );
    assert_eq!(host.ends(Signal::TERM), Some(0));
    assert_eq!(processes_of(&data), [0; 0]);
}
