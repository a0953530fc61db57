//! The reconciler: moves what is observed of a tenant towards what is desired of it.
//!
//! Invariants: every step is find-or-create and may be repeated after any crash; a journal row follows its step's
//! effect; a runner that has run before is started again only under a higher generation, so that what is left of
//! the old one can write no more; an attempt that fails is tried again later, longer each time.

use std::time::Duration;

use rand::Rng as _;
use syncline_model::TenantId;
use syncline_store::StoreError;
use syncline_store::control::{Desired, Observed, Scope, Tenant};
use syncline_wire::host::{StepOutcome, StepReport};

use super::host::HostError;
use crate::answer::system_act;
use crate::app::AppState;
use crate::clock::now_ms;
use crate::runners::{At, RunnerError};

/// How often it looks without being asked.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long a lease holds: longer than one attempt takes.
const LEASE_MS: i64 = 180_000;
const BATCH: i32 = 8;
/// How long a started runner may take to answer.
const HEALTH_TRIES: u32 = 200;
const HEALTH_PAUSE: Duration = Duration::from_millis(50);

#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Host(#[from] HostError),
    #[error("the runner was started but does not answer: {0} (lifecycle.health)")]
    Health(RunnerError),
}

/// Looks for tenants that are not as desired, for as long as the process lives.
pub async fn reconcile_forever(app: AppState, owner: String) {
    loop {
        let now = now_ms();
        match app
            .control
            .lease_tenants(&owner, now, now + LEASE_MS, BATCH)
            .await
        {
            Ok(tenants) => {
                let work = tenants.into_iter().map(|tenant| attempt(&app, tenant));
                futures::future::join_all(work).await;
            }
            Err(error) => tracing::warn!(
                code = error.code(),
                "tenants to work on cannot be read: {error}"
            ),
        }
        app.wake.wait(INTERVAL).await;
    }
}

async fn attempt(app: &AppState, tenant: TenantId) {
    let Err(error) = step_through(app, tenant).await else {
        return;
    };
    tracing::warn!(code = "lifecycle.attempt_failed", %tenant, "{error}");
    let noted = async {
        let mut tx = app.control.tx(Scope::tenant(tenant)).await?;
        let attempts = tx.tenant(tenant).await?.map_or(0, |tenant| tenant.attempts);
        let wait = backoff_ms(attempts);
        tx.note_failure(tenant, &error.to_string(), now_ms() + wait)
            .await?;
        tx.commit().await?;
        Ok::<_, StoreError>(wait)
    };
    match noted.await {
        Ok(wait) => {
            let (wake, wait) = (app.wake.clone(), Duration::from_millis(wait.unsigned_abs()));
            tokio::spawn(async move {
                tokio::time::sleep(wait).await;
                wake.now();
            });
        }
        Err(error) => {
            let code = error.code();
            tracing::warn!(code, %tenant, "a failed attempt could not be noted; its lease runs out: {error}");
        }
    }
}

/// 0.25 s, doubling to 60 s, with full jitter over the upper half.
fn backoff_ms(attempts: i32) -> i64 {
    let ceiling = (250_i64 << attempts.clamp(0, 8)).min(60_000);
    rand::rng().random_range(ceiling / 2..=ceiling)
}

async fn step_through(app: &AppState, id: TenantId) -> Result<(), StepError> {
    let mut tx = app.control.tx(Scope::tenant(id)).await?;
    let tenant = tx.tenant(id).await?;
    tx.commit().await?;
    let Some(tenant) = tenant else { return Ok(()) };
    match tenant.desired {
        Desired::Active => bring_up(app, &tenant).await,
        Desired::Suspended | Desired::Deleted => bring_down(app, &tenant).await,
    }
}

async fn bring_up(app: &AppState, tenant: &Tenant) -> Result<(), StepError> {
    let id = tenant.id;
    let status = app.host.status(Some(id), None).await?;
    let runner = status.runners.iter().find(|runner| runner.tenant == id);
    let running =
        runner.is_some_and(|runner| runner.pid.is_some() && runner.generation == tenant.generation);
    let has_run =
        runner.is_some_and(|runner| runner.last_exit.is_some()) || tenant.active_ms.is_some();
    let mut generation = tenant.generation;
    if !running && has_run {
        let mut tx = app.control.tx(Scope::tenant(id)).await?;
        generation = tx.raise_generation(id).await?;
        tx.journal(id, generation, "raise_generation", "made", now_ms())
            .await?;
        tx.commit().await?;
    }
    note(app, id, Observed::Provisioning).await?;
    let steps = app.host.ensure(id, generation).await?;
    journal(app, id, generation, &steps).await?;
    note(app, id, Observed::Starting).await?;
    let started = app.host.start(id, generation).await?;
    let outcome = if running {
        StepOutcome::Found
    } else {
        StepOutcome::Made
    };
    journal(
        app,
        id,
        generation,
        &[StepReport {
            step: "runner".into(),
            outcome,
        }],
    )
    .await?;
    healthy(
        app,
        At {
            tenant: id,
            generation,
        },
    )
    .await?;

    let mut tx = app.control.tx(Scope::tenant(id)).await?;
    let now = now_ms();
    tx.journal(id, generation, "health", "found", now).await?;
    tx.note_observed(id, Observed::Active, now).await?;
    let detail = serde_json::json!({"generation": generation, "isolation": started.isolation.level.as_str()});
    tx.audit(id, &system_act("lifecycle.active", id, "done", detail))
        .await?;
    tx.commit().await?;
    tracing::info!(tenant = %id, generation, "the tenant is active");
    Ok(())
}

async fn bring_down(app: &AppState, tenant: &Tenant) -> Result<(), StepError> {
    let id = tenant.id;
    app.host.stop(id).await?;
    let mut tx = app.control.tx(Scope::tenant(id)).await?;
    tx.journal(id, tenant.generation, "stop", "made", now_ms())
        .await?;
    tx.note_observed(id, Observed::Stopped, now_ms()).await?;
    tx.audit(
        id,
        &system_act("lifecycle.stopped", id, "done", serde_json::Value::Null),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

async fn healthy(app: &AppState, at: At) -> Result<(), StepError> {
    let mut last = None;
    for _ in 0..HEALTH_TRIES {
        match app
            .runners
            .get::<serde_json::Value>(at, "/internal/health")
            .await
        {
            Ok(_) => return Ok(()),
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(HEALTH_PAUSE).await;
    }
    Err(StepError::Health(last.unwrap_or_else(|| {
        RunnerError::Unreachable {
            tenant: at.tenant,
            why: "it was not asked".into(),
        }
    })))
}

async fn note(app: &AppState, id: TenantId, observed: Observed) -> Result<(), StoreError> {
    let mut tx = app.control.tx(Scope::tenant(id)).await?;
    tx.note_observed(id, observed, now_ms()).await?;
    tx.commit().await
}

async fn journal(
    app: &AppState,
    id: TenantId,
    generation: i64,
    steps: &[StepReport],
) -> Result<(), StoreError> {
    let mut tx = app.control.tx(Scope::tenant(id)).await?;
    for report in steps {
        let outcome = match report.outcome {
            StepOutcome::Found => "found",
            StepOutcome::Made => "made",
        };
        tx.journal(id, generation, &report.step, outcome, now_ms())
            .await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_later_and_later_but_never_more_than_a_minute_apart() {
        for (attempts, ceiling) in [(0, 250), (1, 500), (4, 4_000), (8, 60_000), (500, 60_000)] {
            for _ in 0..50 {
                let wait = backoff_ms(attempts);

                assert!(wait >= ceiling / 2 && wait <= ceiling, "{attempts}: {wait}");
            }
        }
    }
}
