//! `GET /auth/sign-in`: sends the browser to the identity provider.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::Deserialize;
use syncline_contract::{Described, Params, Problem, codes};
use syncline_store::control::Scope;
use utoipa::IntoParams;

use super::{own_path, redirect, refused};
use crate::answer::stored;
use crate::app::AppState;
use crate::clock::now_ms;
use crate::identity::sign_in::{Attempt, SignInError};
use crate::session::{BrowserSecret, Cookie, SIGN_IN_MS};

/// Query of the operation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SignInQuery {
    /// Where to go afterwards: a path of the console.
    #[serde(default)]
    return_to: Option<String>,
}

pub(in crate::routes) fn describe(described: Described) -> Described {
    described
        .query::<SignInQuery>()
        .answers(
            303,
            "To the identity provider, with a cookie that ties the answer to this browser.",
        )
        .fails(&[&codes::PROVIDER_UNAVAILABLE])
}

pub(in crate::routes) async fn get(
    State(app): State<AppState>,
    Params(query): Params<SignInQuery>,
    headers: HeaderMap,
) -> Response {
    begin(&app, &query)
        .await
        .unwrap_or_else(|problem| refused(&headers, problem))
}

async fn begin(app: &AppState, query: &SignInQuery) -> Result<Response, Problem> {
    let now = now_ms();
    let secret = BrowserSecret::random();
    let attempt = Attempt::new(secret.0);
    let metadata = app
        .identities
        .provider
        .metadata(now)
        .await
        .map_err(|error| {
            tracing::warn!(code = "sign_in.provider", "{error}");
            Problem::new(
                &codes::PROVIDER_UNAVAILABLE,
                "The identity provider's metadata cannot be had.",
            )
            .retry_after(5)
        })?;
    let url = app
        .sign_in
        .authorize_url(&metadata, &attempt)
        .map_err(|error: SignInError| {
            tracing::error!(code = "sign_in.url", "{error}");
            Problem::internal()
        })?;
    let return_to = query.return_to.as_deref().and_then(own_path).unwrap_or("/");
    let mut tx = app
        .control
        .tx(Scope::secret(attempt.hash()))
        .await
        .map_err(stored)?;
    tx.begin_sign_in(return_to, now, now + SIGN_IN_MS)
        .await
        .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    let mut response = redirect(&url);
    response.headers_mut().append(
        header::SET_COOKIE,
        app.cookies.set(Cookie::SignIn, &secret, SIGN_IN_MS),
    );
    Ok(response)
}
