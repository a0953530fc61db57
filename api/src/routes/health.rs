//! `GET /healthz`: whether the process serves requests, which needs its database.

use axum::extract::State;
use serde::Serialize;
use syncline_contract::{Body, Described, Problem, codes};
use utoipa::ToSchema;

use crate::answer::stored;
use crate::app::AppState;

/// The process is ready.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready {
    /// The release that runs.
    build: String,
}

pub(super) fn describe(described: Described) -> Described {
    described
        .returns::<Ready>(200, "Ready.")
        .fails(&[&codes::UNAVAILABLE])
}

pub(super) async fn get(State(app): State<AppState>) -> Result<Body<Ready>, Problem> {
    app.control.ping().await.map_err(stored)?;
    Ok(Body(Ready {
        build: app.config.build.clone(),
    }))
}
