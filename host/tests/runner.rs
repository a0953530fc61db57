//! What a started runner has, and what it cannot do: the probe tries from inside.

mod support;

use std::collections::BTreeMap;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use serde_json::{Value, json};
use support::{ADA, BOB, Place, ask, started};
use syncline_host::Host;
use syncline_wire::host::Level;

/// What a layer answers when it keeps something back.
fn is_kept_back(answer: &Value) -> bool {
    matches!(answer.as_str(), Some("EPERM" | "EACCES" | "ENOSYS"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_has_its_own_uid_and_only_what_it_was_given() {
    let place = Place::new();
    let host = Host::start(place.config()).await.unwrap();
    let boot = started(&host, ADA, 1).await;
    started(&host, BOB, 1).await;

    let facts = ask(&host, ADA, &json!({ "do": "facts" }));
    let other = ask(&host, BOB, &json!({ "do": "facts" }));

    assert_eq!(host.status().isolation.level, Level::Standard);
    assert!(facts["uid"].as_u64().unwrap() > 1_000_000_000 && facts["uid"] == facts["euid"]);
    assert_ne!(facts["uid"], other["uid"]);
    assert_eq!(facts["groups"].as_array().unwrap().len(), 1);
    assert_eq!(facts["environment"], json!([]));
    assert_eq!(
        facts["arguments"],
        json!([support::probe().to_str().unwrap()])
    );
    assert_eq!(facts["descriptors"], json!([0, 1, 2, 3, 4, 5, 6]));
    assert_eq!(facts["no_new_privs"], true);
    assert_eq!(facts["dumpable"], false);
    assert_eq!(facts["leads_session"], true);
    assert_eq!(facts["core"], json!([0, 0]));
    assert_eq!(boot["tenant"], ADA.to_string());
    assert_ne!(
        boot["data_key"],
        ask(&host, BOB, &json!({ "do": "boot" }))["data_key"]
    );

    let pid = host.status().runners[0].pid.unwrap();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    assert!(
        status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"),
        "{status}"
    );
    let secrets = [
        boot["data_key"].as_str().unwrap(),
        boot["database"]["password"].as_str().unwrap(),
    ];
    for file in ["cmdline", "environ"] {
        let content =
            String::from_utf8_lossy(&std::fs::read(format!("/proc/{pid}/{file}")).unwrap())
                .into_owned();
        assert!(
            secrets.iter().all(|secret| !content.contains(secret)),
            "{file}"
        );
    }
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_cannot_leave_by_any_system_call() {
    let place = Place::new();
    let host = Host::start(place.config()).await.unwrap();
    started(&host, ADA, 1).await;
    started(&host, BOB, 1).await;
    let other = host
        .status()
        .runners
        .iter()
        .find(|r| r.tenant == BOB)
        .unwrap()
        .pid
        .unwrap();

    let answers = ask(&host, ADA, &json!({ "do": "calls", "pid": other }));

    let answers: BTreeMap<String, Value> = serde_json::from_value(answers).unwrap();
    assert!(answers.len() >= 60, "{}", answers.len());
    let passed: Vec<_> = answers
        .iter()
        .filter(|(_, answer)| !is_kept_back(answer))
        .collect();
    assert!(passed.is_empty(), "{passed:?}");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_reads_and_writes_its_own_directory_and_nothing_else() {
    let place = Place::new();
    let host = Host::start(place.config()).await.unwrap();
    let boot = started(&host, ADA, 1).await;
    let other = started(&host, BOB, 1).await;
    let (own, foreign) = (
        boot["state_dir"].as_str().unwrap(),
        other["state_dir"].as_str().unwrap(),
    );
    let data = place.data.path().to_str().unwrap().to_owned();
    let neighbour = host.runners_dir().join(BOB.to_string());
    // Open to everyone by its mode, so that only Landlock keeps it back.
    let open = tempfile::tempdir().unwrap();
    std::fs::set_permissions(
        open.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o777),
    )
    .unwrap();
    std::fs::write(open.path().join("letter"), "dear").unwrap();
    let open = open.path().to_str().unwrap();
    let abstract_name = format!("syncline-probe-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&abstract_name).unwrap();
    let _abstract = UnixListener::bind_addr(&address).unwrap();
    let tried = |request: Value| ask(&host, ADA, &request);

    for path in [
        format!("{data}/postgres/PG_VERSION"),
        format!("{data}/host.lock"),
        format!("{data}/uid-base"),
        place.key_file().to_str().unwrap().into(),
        "/etc/passwd".into(),
        "/etc/shadow".into(),
        "/etc/hostname".into(),
        "/proc/1/environ".into(),
        "/proc/self/environ".into(),
        "/proc/self/maps".into(),
        "/proc/1/cmdline".into(),
        "/proc/sys/kernel/core_pattern".into(),
        format!("{open}/letter"),
    ] {
        assert!(
            is_kept_back(&tried(json!({ "do": "read", "path": path }))),
            "read {path}"
        );
    }
    for path in [
        "/",
        "/root",
        "/home",
        "/tmp",
        "/proc",
        "/sys",
        &data,
        foreign,
        neighbour.to_str().unwrap(),
        open,
    ] {
        assert!(
            is_kept_back(&tried(json!({ "do": "list", "path": path }))),
            "list {path}"
        );
    }
    for path in [
        "/tmp/probe".into(),
        format!("{open}/probe"),
        format!("{foreign}/probe"),
        format!("{data}/probe"),
        "/dev/shm/probe".into(),
    ] {
        assert!(
            is_kept_back(&tried(json!({ "do": "write", "path": path }))),
            "write {path}"
        );
    }
    for path in [host.socket(), neighbour.join("api.sock")] {
        assert!(
            is_kept_back(&tried(json!({ "do": "connect", "path": path }))),
            "connect {}",
            path.display()
        );
    }
    for path in ["/bin/sh", "/usr/bin/env", "/usr/bin/psql"] {
        assert!(
            is_kept_back(&tried(json!({ "do": "execute", "path": path }))),
            "execute {path}"
        );
    }
    assert!(is_kept_back(&tried(
        json!({ "do": "connect-abstract", "name": abstract_name })
    )));
    for pid in [1, std::process::id(), support::postmaster(&place)] {
        assert!(
            is_kept_back(&tried(json!({ "do": "signal", "pid": pid, "signal": 0 }))),
            "signal {pid}"
        );
    }

    assert_eq!(
        tried(json!({ "do": "write", "path": format!("{own}/mine") })),
        "done"
    );
    assert_eq!(
        tried(json!({ "do": "read", "path": format!("{own}/mine") })),
        "done"
    );
    assert_eq!(
        tried(json!({ "do": "connect", "path": place.socket_dir().join(".s.PGSQL.5432") })),
        "done"
    );
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_is_bounded_in_memory_and_threads_and_leaves_no_core_file() {
    let place = Place::new();
    let mut config = place.config();
    config.limits.memory_bytes = 256 << 20;
    config.limits.threads = 40;
    let host = Host::start(config).await.unwrap();
    let boot = started(&host, ADA, 1).await;

    assert_eq!(
        ask(&host, ADA, &json!({ "do": "allocate", "bytes": 64 << 20 })),
        "done"
    );
    assert_eq!(
        ask(&host, ADA, &json!({ "do": "allocate", "bytes": 512 << 20 })),
        "ENOMEM"
    );
    let threads = ask(&host, ADA, &json!({ "do": "threads", "count": 200 }));
    assert!(
        threads["started"].as_i64().unwrap() < 40 && threads["error"] == "EAGAIN",
        "{threads}"
    );

    assert_eq!(ask(&host, ADA, &json!({ "do": "abort" })), Value::Null);
    support::until("the abort to be noted", || {
        host.status().runners[0].last_exit.is_some()
    })
    .await;
    let exit = host.status().runners[0].last_exit.clone().unwrap();
    assert_eq!((exit.signal, exit.asked), (Some(libc::SIGABRT), false));
    let state = std::fs::read_dir(boot["state_dir"].as_str().unwrap())
        .unwrap()
        .count();
    assert_eq!(state, 0);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn compiles_are_confined_bounded_and_never_end_the_channel() {
    let place = Place::new();
    let mut config = place.config();
    config.limits.compile_wall_seconds = 2;
    config.limits.compile_bytes = 1 << 20;
    let host = Host::start(config).await.unwrap();
    let boot = started(&host, ADA, 1).await;
    let compile = |request: &str| ask(&host, ADA, &json!({ "do": "compile", "request": request }));
    let inside = |request: Value| -> Value {
        serde_json::from_str(compile(&format!("do {request}"))["done"].as_str().unwrap()).unwrap()
    };

    assert_eq!(compile("echo 17")["done"], "17");
    let facts = inside(json!({ "do": "facts" }));
    let runner = ask(&host, ADA, &json!({ "do": "facts" }));
    assert_ne!(facts["uid"], runner["uid"]);
    assert_eq!(facts["groups"], json!([]));
    assert_eq!(facts["environment"], json!([]));
    assert_eq!(facts["descriptors"], json!([0, 1, 2]));
    for request in [
        json!({ "do": "connect", "path": place.socket_dir().join(".s.PGSQL.5432") }),
        json!({ "do": "list", "path": boot["state_dir"] }),
        json!({ "do": "write", "path": "/tmp/probe" }),
        json!({ "do": "signal", "pid": host.status().runners[0].pid, "signal": 9 }),
    ] {
        assert!(is_kept_back(&inside(request.clone())), "{request}");
    }

    assert!(
        compile("exit 4")["failed"]
            .as_str()
            .unwrap()
            .contains("exit code 4")
    );
    assert!(
        compile("crash")["failed"]
            .as_str()
            .unwrap()
            .contains("signal 6")
    );
    assert!(
        compile("spin")["failed"]
            .as_str()
            .unwrap()
            .contains("longer than 2 s")
    );
    assert!(
        compile("flood 2000000")["failed"]
            .as_str()
            .unwrap()
            .contains("over 1048576 bytes")
    );
    assert_eq!(compile("echo still here")["done"], "still here");
    host.stop().await;
}
