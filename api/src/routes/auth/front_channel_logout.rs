//! `GET /auth/front-channel-logout`: the identity provider says that a person signed out elsewhere.
//!
//! It comes in a frame, mostly without cookies, and names only `sid`. Invariant: always 200 and an empty page, so
//! that it tells nobody whether such a session exists.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use syncline_contract::{Described, Params};
use utoipa::IntoParams;

use crate::app::AppState;
use crate::clock::now_ms;

/// Query of the operation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogoutQuery {
    /// The provider's session.
    sid: Option<String>,
}

pub(in crate::routes) fn describe(described: Described) -> Described {
    described
        .query::<LogoutQuery>()
        .answers(200, "Always, with an empty page.")
}

pub(in crate::routes) async fn get(
    State(app): State<AppState>,
    Params(query): Params<LogoutQuery>,
) -> Response {
    if let Some(sid) = query.sid.filter(|sid| !sid.is_empty() && sid.len() <= 128) {
        match app.control.end_provider_sessions(&sid, now_ms()).await {
            Ok(ended) => tracing::info!(ended, "sessions ended by front-channel logout"),
            Err(error) => tracing::warn!(
                code = error.code(),
                "front-channel logout ended no session: {error}"
            ),
        }
    }
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], "").into_response();
    let policy = HeaderValue::from_static("default-src 'none'");
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
