//! The embedded database: who may connect, and that it comes back.

mod support;

use std::os::unix::fs::MetadataExt;

use rustix::process::Signal;
use support::{ADA, BOB, Place, kill, made, postmaster, started, until};
use syncline_host::Host;

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
