//! `ensure` and `remove`: repeated, cut off at every step, and fenced by generations.

mod support;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{ADA, BOB, Place, ask, made, started, until};
use syncline_host::Host;
use syncline_host::tenant::Gate;
use syncline_store::tenant::{Durability, TenantConfig, TenantDb};
use syncline_wire::host::Answer;

/// Fails each step once before and once after its effect.
fn failing_once_everywhere() -> Gate {
    let failed = Mutex::new(HashSet::new());
    Gate::asking(move |step, moment| !failed.lock().unwrap().insert((step, moment)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_ensure_finds_everything() {
    let place = Place::new();
    let host = Host::start(place.config()).await.unwrap();

    let first = host.ensure(ADA, 1).await.unwrap();
    let key = place.sql(
        "syncline_host",
        "select encode(body, 'hex') from sealed order by owner, purpose",
    );
    let second = host.ensure(ADA, 1).await.unwrap();

    let made_first = made(&first);
    for step in [
        "placement",
        "cell",
        "data-key",
        "role",
        "login",
        "grants",
        "schema",
        "migrations",
        "generation",
        "ready",
    ] {
        assert!(made_first.iter().any(|s| s == step), "{step}");
    }
    assert_eq!(made(&second), [""; 0]);
    assert_eq!(
        key,
        place.sql(
            "syncline_host",
            "select encode(body, 'hex') from sealed order by owner, purpose"
        )
    );
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_converges_after_a_failure_at_every_step() {
    let place = Place::new();
    let mut config = place.config();
    config.gate = failing_once_everywhere();
    let host = Host::start(config).await.unwrap();

    let (mut failures, mut started_after) = (0, None);
    let done = loop {
        match host.ensure(ADA, 1).await {
            Ok(done) => break done,
            Err(e) => {
                assert_eq!(e.code(), "host.step_failed");
                failures += 1;
                // Until the last step has had its effect, nothing can be started.
                let start = host.start_runner(ADA, 1).await;
                match start {
                    Err(e) => assert_eq!(e.code(), "host.tenant_unknown"),
                    Ok(_) => started_after = Some(failures),
                }
            }
        }
    };

    let Answer::Ensure { steps, .. } = &done else {
        panic!("{done:?}")
    };
    assert_eq!(failures, steps.len() * 2);
    assert_eq!(started_after, Some(failures));
    assert_eq!(made(&done), [""; 0]);
    assert_eq!(
        place.sql(
            "syncline_cell_0001",
            "select count(*) from pg_namespace where nspname like 't\\_%'"
        ),
        "1"
    );
    assert!(started(&host, ADA, 1).await["data_key"].is_string());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn remove_converges_after_a_failure_at_every_step_and_leaves_a_tombstone() {
    let place = Place::new();
    let failing = Arc::new(Mutex::new(false));
    let armed = failing.clone();
    let failed = Mutex::new(HashSet::new());
    let mut config = place.config();
    config.gate = Gate::asking(move |step, moment| {
        !*armed.lock().unwrap() || !failed.lock().unwrap().insert((step, moment))
    });
    let host = Host::start(config).await.unwrap();
    started(&host, ADA, 1).await;
    host.ensure(BOB, 1).await.unwrap();
    *failing.lock().unwrap() = true;

    let mut failures = 0;
    while let Err(e) = host.remove(ADA).await {
        assert_eq!(e.code(), "host.step_failed");
        failures += 1;
    }

    assert!(failures >= 12, "{failures}");
    assert_eq!(
        place.sql(
            "syncline_host",
            &format!("select count(*) from sealed where owner = {}", ADA.get())
        ),
        "0"
    );
    assert_eq!(
        place.sql(
            "syncline_cell_0001",
            "select count(*) from pg_namespace where nspname like 't\\_%'"
        ),
        "1"
    );
    assert_eq!(
        place.sql(
            "postgres",
            "select count(*) from pg_roles where rolname like 't\\_%'"
        ),
        "1"
    );
    assert!(!host.runners_dir().join(ADA.to_string()).exists());
    assert!(host.status().runners.iter().all(|r| r.tenant != ADA));
    *failing.lock().unwrap() = false;
    assert_eq!(
        host.ensure(ADA, 2).await.unwrap_err().code(),
        "host.tenant_removed"
    );
    assert_eq!(made(&host.remove(ADA).await.unwrap()), [""; 0]);
    assert_eq!(made(&host.ensure(BOB, 1).await.unwrap()), [""; 0]);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_higher_generation_stops_the_old_runner_and_a_lower_one_is_refused() {
    let place = Place::new();
    let host = Host::start(place.config()).await.unwrap();
    started(&host, ADA, 1).await;

    let raised = host.ensure(ADA, 2).await.unwrap();

    assert_eq!(made(&raised), ["old-runner", "generation", "ready"]);
    let runner = &host.status().runners[0];
    assert_eq!(runner.pid, None);
    assert!(
        runner
            .last_exit
            .as_ref()
            .is_some_and(|e| e.asked && e.generation == 1)
    );
    assert_eq!(
        host.ensure(ADA, 1).await.unwrap_err().code(),
        "host.generation_stale"
    );
    assert_eq!(
        host.start_runner(ADA, 1).await.unwrap_err().code(),
        "host.generation_stale"
    );
    assert_eq!(
        host.start_runner(ADA, 3).await.unwrap_err().code(),
        "host.generation_stale"
    );
    assert_eq!(
        host.ensure(ADA, 0).await.unwrap_err().code(),
        "host.generation_invalid"
    );
    assert_eq!(host.start_runner(ADA, 2).await.unwrap().generation, 2);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_writer_that_stays_open_does_not_hold_up_the_new_generation_and_commits_nothing() {
    let place = Place::new();
    let host = Host::start(place.config()).await.unwrap();
    let boot = started(&host, ADA, 1).await;
    let database = &boot["database"];
    let text = |key: &str| database[key].as_str().unwrap().to_owned();
    let config = TenantConfig {
        tenant: ADA,
        generation: 1,
        socket_dir: text("socket_dir").into(),
        port: u16::try_from(database["port"].as_u64().unwrap()).unwrap(),
        database: text("database"),
        role: text("role"),
        password: Some(text("password")),
        schema: text("schema"),
    };
    let key: syncline_wire::boot::Key32 = serde_json::from_value(boot["data_key"].clone()).unwrap();
    let old = TenantDb::open(&config, key.expose()).await.unwrap();
    let writer = old.write(Durability::Durable).await.unwrap();

    let raised = tokio::time::timeout(Duration::from_secs(30), host.ensure(ADA, 2))
        .await
        .unwrap();

    assert!(made(&raised.unwrap()).contains(&"generation".to_owned()));
    assert!(writer.commit().await.is_err());
    assert!(old.write(Durability::Durable).await.is_err());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn verbs_on_one_tenant_wait_for_each_other_and_tenants_are_placed_apart() {
    let place = Place::new();
    let host = Arc::new(Host::start(place.config()).await.unwrap());

    let both = [ADA, ADA, BOB, BOB].map(|tenant| {
        let host = host.clone();
        tokio::spawn(async move {
            host.ensure(tenant, 1)
                .await
                .map(|answer| made(&answer).len())
        })
    });
    let mut made_something = 0;
    for one in both {
        made_something += usize::from(one.await.unwrap().unwrap() > 0);
    }

    assert_eq!(made_something, 2);
    assert_eq!(
        place.sql("syncline_host", "select count(distinct slot) from tenant"),
        "2"
    );
    let host = Arc::into_inner(host).unwrap();
    host.start_runner(ADA, 1).await.unwrap();
    let exits = host.changes();
    assert_eq!(
        ask(&host, ADA, &serde_json::json!({ "do": "exit", "code": 3 })),
        serde_json::Value::Null
    );
    until("the exit to be noted", || {
        exits.has_changed().unwrap() && host.status().runners[0].last_exit.is_some()
    })
    .await;
    let exit = host.status().runners[0].last_exit.clone().unwrap();
    assert_eq!((exit.code, exit.asked), (Some(3), false));
    host.stop().await;
}
