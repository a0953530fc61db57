//! Tenants: made, and told how to behave.

use super::{Controlled, refused, with_tenant};
use crate::{
    options::{DeltaOptions, Domain, ResetForm, Switches, ThrottleOptions},
    server::{Shared, lock},
    store::Class,
    tenant::{Extension, Tenant},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// A tenant to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTenant {
    /// Its id; one from the seed when absent.
    id: Option<String>,
    display_name: Option<String>,
    domains: Vec<Domain>,
    /// What its dice start from; what the simulator's do when absent. A tenant that is restored starts from
    /// another number than in its life before, or its new objects would get ids that were given.
    seed: Option<u64>,
}

pub(super) async fn create(State(world): State<Shared>, Json(new): Json<NewTenant>) -> Controlled {
    let world = &mut *lock(&world);
    let id = new.id.unwrap_or_else(|| world.request_dice.guid());
    if world.tenants.contains_key(&id) {
        let reason = format!("There is a tenant {id} already: choose another id.");
        return Err(refused(StatusCode::CONFLICT, reason));
    }
    let seed = new.seed.unwrap_or(world.seed);
    let mut tenant = Tenant::new(id.clone(), new.domains, seed, world.replicas);
    if let Some(name) = new.display_name {
        tenant.display_name = name;
    }
    world.tenants.insert(id.clone(), tenant);
    Ok(Json(json!({ "id": id })))
}

pub(super) async fn set_switches(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Json(switches): Json<Switches>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, _| {
        tenant.switches = switches;
        Ok(Json(json!({})))
    })
}

pub(super) async fn set_delta(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Json(options): Json<DeltaOptions>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, _| {
        tenant.delta = options;
        Ok(Json(json!({})))
    })
}

/// Tokens to make useless.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expire {
    /// `users`, `groups` or `contacts`; all of them when absent.
    collection: Option<String>,
    form: ResetForm,
}

pub(super) async fn expire(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Json(expire): Json<Expire>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, _| {
        let classes = match &expire.collection {
            None => Class::ALL.to_vec(),
            Some(name) => {
                vec![Class::of_collection(name).ok_or(format!("There is no collection {name}."))?]
            }
        };
        for class in classes {
            tenant.reset_tokens(class, expire.form);
        }
        Ok(Json(json!({})))
    })
}

/// How far the replicas are behind.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Lag {
    /// Milliseconds for each replica; the last one holds for the rest.
    Milliseconds(Vec<i64>),
    /// By chance, each up to this many milliseconds.
    UpTo(i64),
}

pub(super) async fn set_lag(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Json(lag): Json<Lag>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, now| {
        // What was seen before stays seen.
        tenant.store.known_everywhere(now);
        match lag {
            Lag::Milliseconds(lags) => tenant.store.set_lags(&lags),
            Lag::UpTo(limit) => _ = tenant.scatter_lags(limit),
        }
        Ok(Json(json!({ "milliseconds": tenant.store.lags() })))
    })
}

pub(super) async fn set_throttle(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Json(options): Json<ThrottleOptions>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, _| {
        tenant.throttle = options;
        Ok(Json(json!({})))
    })
}

pub(super) async fn set_extensions(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Json(extensions): Json<Vec<Extension>>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, _| {
        tenant.extensions = extensions;
        Ok(Json(json!({})))
    })
}

pub(super) async fn set_skus(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Json(skus): Json<Vec<Value>>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, _| {
        tenant.subscribed_skus = skus;
        Ok(Json(json!({})))
    })
}
