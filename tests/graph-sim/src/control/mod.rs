//! The control face: what tests steer by. JSON over HTTP, not part of what is simulated.

mod apps;
mod mutate;
mod seed;
mod snapshot;
mod tenants;

#[cfg(test)]
pub(crate) use seed::put as put_object;

use crate::{
    fault::Fault,
    record::{Entry, Violations},
    server::{Shared, lock},
    tenant::Tenant,
    world::World,
};
use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// What a control request answers: a value, or why not.
type Controlled = Result<Json<Value>, (StatusCode, String)>;

pub(crate) fn router(world: Shared) -> Router {
    Router::new()
        .route("/tenants", post(tenants::create))
        .route("/tenants/{tenant}/seed", post(seed::seed))
        .route("/tenants/{tenant}/generate", post(seed::generate))
        .route("/tenants/{tenant}/mutate", post(mutate::mutate))
        .route("/tenants/{tenant}/grants/{application}", put(apps::grant))
        .route("/tenants/{tenant}/switches", put(tenants::set_switches))
        .route("/tenants/{tenant}/delta", put(tenants::set_delta))
        .route("/tenants/{tenant}/delta/expire", post(tenants::expire))
        .route("/tenants/{tenant}/lag", put(tenants::set_lag))
        .route("/tenants/{tenant}/throttle", put(tenants::set_throttle))
        .route("/tenants/{tenant}/extensions", put(tenants::set_extensions))
        .route("/tenants/{tenant}/skus", put(tenants::set_skus))
        .route("/tenants/{tenant}/snapshot", get(snapshot::snapshot))
        .route("/tenants/{tenant}/log", get(snapshot::changes))
        .route("/apps", post(apps::register))
        .route("/apps/{application}/challenge", post(apps::challenge))
        .route("/faults", get(faults).post(arm).delete(disarm))
        .route("/time", get(time).post(set_time))
        .route("/log", get(log).delete(clear_log))
        .route("/violations", get(violations))
        .with_state(world)
}

/// Does something with a tenant.
fn with_tenant<T>(
    world: &Shared,
    id: &str,
    act: impl FnOnce(&mut Tenant, i64) -> Result<T, String>,
) -> Result<T, (StatusCode, String)> {
    let world = &mut *lock(world);
    let now = world.clock.now();
    let tenant = world.tenants.get_mut(id);
    let tenant = tenant
        .ok_or_else(|| refused(StatusCode::NOT_FOUND, format!("There is no tenant {id}.")))?;
    tenant.purge_old(now);
    act(tenant, now).map_err(|reason| refused(StatusCode::UNPROCESSABLE_ENTITY, reason))
}

fn refused(status: StatusCode, reason: String) -> (StatusCode, String) {
    (status, reason)
}

async fn arm(State(world): State<Shared>, Json(fault): Json<Fault>) -> Json<Value> {
    lock(&world).faults.arm(fault);
    Json(json!({}))
}

async fn faults(State(world): State<Shared>) -> Json<Vec<Fault>> {
    Json(lock(&world).faults.armed().to_vec())
}

async fn disarm(State(world): State<Shared>) -> Json<Value> {
    lock(&world).faults.clear();
    Json(json!({}))
}

/// How the clock is set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Time {
    /// Milliseconds to go forward.
    advance_ms: Option<i64>,
    /// The moment to stand still at.
    stop_at_ms: Option<i64>,
    /// How far what is told is off.
    skew_ms: Option<i64>,
}

fn told_time(world: &World) -> Json<Value> {
    Json(json!({ "now_ms": world.clock.now(), "claimed_ms": world.clock.claimed() }))
}

async fn time(State(world): State<Shared>) -> Json<Value> {
    told_time(&lock(&world))
}

async fn set_time(State(world): State<Shared>, Json(time): Json<Time>) -> Json<Value> {
    let mut world = lock(&world);
    if let Some(moment) = time.stop_at_ms {
        world.clock.stop_at(moment);
    }
    if let Some(milliseconds) = time.advance_ms {
        world.clock.advance(milliseconds);
    }
    if let Some(milliseconds) = time.skew_ms {
        world.clock.set_skew(milliseconds);
    }
    told_time(&world)
}

#[derive(Debug, Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn log(State(world): State<Shared>, Query(since): Query<Since>) -> Json<Vec<Entry>> {
    let world = lock(&world);
    let entries = world.record.since(since.since);
    Json(entries.into_iter().cloned().collect())
}

async fn clear_log(State(world): State<Shared>) -> Json<Value> {
    lock(&world).record.clear();
    Json(json!({}))
}

async fn violations(State(world): State<Shared>) -> Json<Violations> {
    Json(lock(&world).record.violations())
}
