//! `POST /auth/sign-out`: ends the session.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use syncline_contract::{Described, Problem, codes};
use syncline_store::control::{PLATFORM, Scope};

use crate::answer::{act, stored};
use crate::app::AppState;
use crate::caller::{Caller, CameWith};
use crate::clock::now_ms;
use crate::session::Cookie;

pub(in crate::routes) fn describe(described: Described) -> Described {
    described
        .answers(204, "The session has ended.")
        .fails(&[&codes::CSRF])
}

pub(in crate::routes) async fn post(
    State(app): State<AppState>,
    caller: Caller,
    session: Option<Extension<CameWith>>,
) -> Result<Response, Problem> {
    // A bearer token has no session here to end.
    let Some(Extension(CameWith(secret))) = session else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let scope = Scope::secret(secret.hash()).and_tenant(PLATFORM);
    let mut tx = app.control.tx(scope).await.map_err(stored)?;
    tx.end_session(now_ms()).await.map_err(stored)?;
    tx.audit(
        PLATFORM,
        &act(
            &caller,
            "auth.sign-out",
            caller.principal,
            "done",
            Value::Null,
        ),
    )
    .await
    .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, app.cookies.clear(Cookie::Session))],
    )
        .into_response())
}
