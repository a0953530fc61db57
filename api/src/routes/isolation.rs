//! `GET /v1/tenants/{tenant}/isolation`: which layers the tenant's runner has on this host, never silently fewer.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use syncline_contract::{Body, Described, Problem, codes};
use syncline_wire::host::Isolation;
use utoipa::ToSchema;

use crate::app::AppState;
use crate::caller::Caller;

/// How far the tenant's process is separated from everything else.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct IsolationView {
    /// `process` or `standard`: what the layers add up to.
    level: String,
    /// Whether the runner runs now; if not, the layers are those it would get.
    running: bool,
    /// Every layer the product knows, given or not.
    layers: Vec<LayerView>,
}

/// One layer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LayerView {
    /// `uid`, `no_new_privs`, `rlimits`, `seccomp`, `landlock` …
    name: String,
    /// Whether it is in force.
    given: bool,
    /// With what, or why not.
    detail: String,
}

pub(super) fn describe(described: Described) -> Described {
    described
        .returns::<IsolationView>(200, "The layers.")
        .fails(&[&codes::UNAVAILABLE])
}

pub(super) async fn get(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Body<IsolationView>, Problem> {
    let tenant = caller.tenant()?.tenant;
    let status = app.host.status(Some(tenant), None).await.map_err(|error| {
        tracing::warn!(code = "host.unreachable", "{error}");
        Problem::new(
            &codes::UNAVAILABLE,
            "The host of the tenant's process does not answer.",
        )
        .retry_after(2)
    })?;
    let runner = status.runners.iter().find(|runner| runner.tenant == tenant);
    let running = runner.is_some_and(|runner| runner.pid.is_some());
    let isolation = runner.map_or(&status.isolation, |runner| &runner.isolation);
    Ok(Body(view(isolation, running)))
}

fn view(isolation: &Isolation, running: bool) -> IsolationView {
    IsolationView {
        level: isolation.level.as_str().into(),
        running,
        layers: isolation
            .layers
            .iter()
            .map(|layer| LayerView {
                name: layer.name.clone(),
                given: layer.given,
                detail: layer.detail.clone(),
            })
            .collect(),
    }
}
