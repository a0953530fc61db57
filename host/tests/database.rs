//! The embedded database: who may connect, and that it comes back.

mod support;

use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;

use rustix::process::Signal;
use serde_json::json;
use support::{ADA, BOB, Place, kill, made, postmaster, started, until};
use syncline_host::Host;
use syncline_host::config::ApiConfig;
use syncline_host::dirs::Dirs;
use syncline_host::identities::Identities;
use syncline_host::postgres::{EmbeddedPostgres, PostgresConfig};

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_cluster_trusts_nobody_and_never_runs_as_root() {
    let place = Place::new();

    let host = Host::start(place.config()).await.unwrap();

    let hba = std::fs::read_to_string(place.data.path().join("postgres/pg_hba.conf")).unwrap();
    let rules: Vec<_> = hba
        .lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty())
        .collect();
    assert!(
        !rules.is_empty() && rules.iter().all(|l| !l.contains("trust")),
        "{hba}"
    );
    assert!(place.sql("postgres", "select count(*) from pg_hba_file_rules where auth_method = 'trust' or error is not null") == "0");
    let owner = std::fs::metadata(format!("/proc/{}", postmaster(&place)))
        .unwrap()
        .uid();
    assert_ne!(owner, 0);
    assert_eq!(
        std::fs::metadata(place.data.path().join("postgres"))
            .unwrap()
            .uid(),
        owner
    );
    for (setting, value) in [
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("log_statement", "none"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("fsync", "on"),
        ("checkpoint_timeout", "15min"),
    ] {
        assert_eq!(
            place.sql("postgres", &format!("show {setting}")),
            value,
            "{setting}"
        );
    }
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_comes_back_with_what_was_committed() {
    let place = Place::new();
    let host = Host::start(place.config()).await.unwrap();
    host.ensure(ADA, 1).await.unwrap();
    let first = postmaster(&place);
    let before = host.status().change;

    kill(first, Signal::KILL);
    until("the database to be started again", || {
        host.status().database.restarts == 1
    })
    .await;

    assert!(host.status().database.ready && host.status().change > before);
    assert_ne!(postmaster(&place), first);
    assert_eq!(made(&host.ensure(ADA, 1).await.unwrap()), [""; 0]);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_role_reaches_its_own_schema_and_nothing_else() {
    let place = Place::new();
    let host = Host::start(place.config()).await.unwrap();
    host.ensure(BOB, 1).await.unwrap();
    let boot = started(&host, ADA, 1).await;
    let text = |key: &str| boot["database"][key].as_str().unwrap().to_owned();
    let (cell, role, password) = (text("database"), text("role"), text("password"));
    place.sql("postgres", "create database syncline_cell_0099");
    place.sql(
        "postgres",
        "revoke all on database syncline_cell_0099 from public",
    );
    let as_tenant = |database: &str, statement: &str| {
        let done = place.psql(database, &role, Some(&password), statement);
        (
            done.status.success(),
            String::from_utf8_lossy(&done.stderr).into_owned(),
        )
    };

    assert!(as_tenant(&cell, "select generation from owner_generation for share").0);
    for database in [
        "syncline_control",
        "syncline_host",
        "postgres",
        "template1",
        "syncline_cell_0099",
    ] {
        assert!(!as_tenant(database, "select 1").0, "{database}");
    }
    let other = place.sql(
        "syncline_host",
        &format!("select schema from tenant where id = {}", BOB.get()),
    );
    for statement in [
        format!("select * from {other}.owner_generation"),
        format!("create table {other}.x (a int)"),
        format!("set role {other}"),
        "set role syncline_host".into(),
        "update owner_generation set generation = 9".into(),
        "delete from owner_generation".into(),
        "drop table owner_generation".into(),
        format!("drop schema {role} cascade"),
        "create temporary table x (a int)".into(),
        "create schema mine".into(),
        "create table public.x (a int)".into(),
        "create role friend".into(),
        "create database mine".into(),
        format!("alter role {role} superuser"),
        format!("alter role {role} set temp_file_limit = -1"),
        "select lo_create(0)".into(),
        "select pg_advisory_lock(1)".into(),
        "select pg_try_advisory_xact_lock(1)".into(),
        "select pg_read_file('/etc/passwd')".into(),
        "select pg_ls_dir('.')".into(),
        "copy (select 1) to program 'true'".into(),
        "select rolpassword from pg_authid".into(),
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'syncline_host'"
            .into(),
        "alter system set fsync = off".into(),
        "create extension plpython3u".into(),
        "create extension dblink".into(),
    ] {
        let (done, said) = as_tenant(&cell, &statement);
        let harmless = statement.contains("pg_terminate_backend") && done;
        assert!(harmless || !done, "{statement}");
        assert!(harmless || said.contains("ERROR"), "{statement}: {said}");
    }
    assert!(
        !place
            .psql(&cell, &role, Some("wrong"), "select 1")
            .status
            .success()
    );
    assert!(!place.psql(&cell, &role, None, "select 1").status.success());
    // Root is the superuser's name behind the socket, and only the superuser's.
    assert!(
        !place
            .psql("syncline_control", "syncline_api", None, "select 1")
            .status
            .success()
    );
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_file_stops_the_start() {
    let place = Place::new();
    let host = Host::start(place.config()).await.unwrap();
    host.ensure(ADA, 1).await.unwrap();
    host.stop().await;
    std::fs::remove_file(place.key_file()).unwrap();

    let Err(error) = Host::start(place.config()).await else {
        panic!("started with another key")
    };

    assert_eq!(error.code(), "host.key_wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_someone_else_runs_is_used_by_its_socket_and_never_across_a_network() {
    let (theirs, by_socket, by_address) = (Place::new(), Place::new(), Place::new());
    let server = someone_elses(&theirs).await;
    let socket = theirs.socket_dir();
    let url = format!(
        "postgres:///postgres?host={}&user=syncline_host",
        socket.display()
    );

    let mut config = by_socket.config();
    config.database_url = Some(url);
    config.api = Some(ApiConfig::on("127.0.0.1:0"));
    let host = Host::start(config).await.unwrap();
    let boot = started(&host, ADA, 1).await;
    assert!(!host.status().database.embedded);
    assert_eq!(boot["database"]["socket_dir"], socket.to_str().unwrap());
    let api = TcpStream::connect(host.api_listens().unwrap()).unwrap();
    let api = support::talk(api, &json!({ "do": "boot" }));
    for role in ["database", "collector"] {
        let login = |key: &str| api[role][key].as_str().unwrap().to_owned();
        let done = theirs.psql(
            "syncline_control",
            &login("role"),
            Some(&login("password")),
            "select 1",
        );
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
    host.stop().await;

    let mut config = by_address.config();
    config.database_url = Some("postgres://syncline_host@192.0.2.7/postgres".into());
    let Err(error) = Host::start(config).await else {
        panic!("started over a network")
    };
    assert_eq!(error.code(), "host.database_remote");
    server.stop().await;
}

/// A server that knows neither this host nor its users: everyone else has a password.
async fn someone_elses(place: &Place) -> EmbeddedPostgres {
    let dirs = Dirs::claim(place.data.path(), None).unwrap();
    let identities = Identities::establish(dirs.uid_base(None).unwrap()).unwrap();
    dirs.furnish(&identities).unwrap();
    let config = PostgresConfig {
        cluster: dirs.cluster(),
        socket_dir: dirs.database_socket_dir(),
        binaries: None,
        identities,
    };
    let server = EmbeddedPostgres::start(config).await.unwrap();
    let hba = dirs.cluster().join("pg_hba.conf");
    let rules = "local all syncline_host peer map=syncline\nlocal all all scram-sha-256\n";
    std::fs::write(hba, rules).unwrap();
    place.sql("postgres", "select pg_reload_conf()");
    server
}
