//! `GET /auth/callback`: takes the identity provider's answer and opens a session.
//!
//! Invariants: the answer counts once and only in the browser that asked; session, audit row and usage row are one
//! transaction; a failed sign-in leaves no session and clears the cookie.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use syncline_contract::{Described, Params, Problem, codes};
use syncline_model::TenantId;
use syncline_model::meter::Meter;
use syncline_store::chain::Act;
use syncline_store::control::{PLATFORM, Scope};
use syncline_wire::assertion::RequestId;
use utoipa::IntoParams;

use super::{own_path, redirect, refused};
use crate::answer::stored;
use crate::app::AppState;
use crate::caller::ThisRequest;
use crate::clock::now_ms;
use crate::guard::ensure_principal;
use crate::identity::sign_in::{Attempt, SignInError};
use crate::identity::{Judged, Refusal};
use crate::session::{BrowserSecret, Cookie, SESSION_MS};

/// Query of the operation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackQuery {
    /// The code to trade.
    code: Option<String>,
    /// What we sent.
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

/// In how many tenants' chains one sign-in is written.
const TENANTS_MAX: i64 = 50;

pub(in crate::routes) fn describe(described: Described) -> Described {
    described
        .query::<CallbackQuery>()
        .answers(303, "Signed in; to where sign-in was started from.")
        .fails(&[
            &codes::SIGN_IN_FAILED,
            &codes::ACCOUNT_REFUSED,
            &codes::PROVIDER_UNAVAILABLE,
        ])
}

pub(in crate::routes) async fn get(
    State(app): State<AppState>,
    ThisRequest(request): ThisRequest,
    Params(query): Params<CallbackQuery>,
    headers: HeaderMap,
) -> Response {
    let mut response = match complete(&app, request, &query, &headers).await {
        Ok((return_to, secret)) => {
            let mut response = redirect(&return_to);
            response.headers_mut().append(
                header::SET_COOKIE,
                app.cookies.set(Cookie::Session, &secret, SESSION_MS),
            );
            response
        }
        Err(problem) => refused(&headers, problem),
    };
    response
        .headers_mut()
        .append(header::SET_COOKIE, app.cookies.clear(Cookie::SignIn));
    response
}

async fn complete(
    app: &AppState,
    request: RequestId,
    query: &CallbackQuery,
    headers: &HeaderMap,
) -> Result<(String, BrowserSecret), Problem> {
    let failed = |detail: &str| Problem::new(&codes::SIGN_IN_FAILED, detail);
    let secret = app
        .cookies
        .read(headers, Cookie::SignIn)
        .ok_or_else(|| failed("This browser has no sign-in under way; cookies may be blocked."))?;
    let attempt = Attempt::new(secret.0);
    if query.state.as_deref() != Some(attempt.state().as_str()) {
        return Err(failed("The answer belongs to another sign-in."));
    }
    let now = now_ms();
    let mut tx = app
        .control
        .tx(Scope::secret(attempt.hash()))
        .await
        .map_err(stored)?;
    let begun = tx.take_sign_in(now).await.map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    let begun =
        begun.ok_or_else(|| failed("This sign-in was completed before or took too long."))?;
    if let Some(error) = &query.error {
        tracing::info!(
            code = "sign_in.refused_there",
            "the identity provider answered with an error"
        );
        let known: String = error
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .take(64)
            .collect();
        return Err(failed(&format!(
            "The identity provider answered `{known}`."
        )));
    }
    let code = query
        .code
        .as_deref()
        .ok_or_else(|| failed("The answer carries no code."))?;
    let judged = app
        .sign_in
        .complete(&app.identities, &attempt, code, now)
        .await
        .map_err(refusal)?;
    let session = open(app, request, judged, now).await?;
    let return_to = own_path(&begun.return_to).unwrap_or("/").to_owned();
    Ok((return_to, session))
}

fn refusal(error: SignInError) -> Problem {
    tracing::warn!(code = "sign_in.failed", "{error}");
    match error {
        SignInError::Provider(_) | SignInError::Token(Refusal::Provider(_)) => Problem::new(
            &codes::PROVIDER_UNAVAILABLE,
            "The identity provider did not answer.",
        )
        .retry_after(5),
        SignInError::Token(Refusal::Consumer) => Problem::new(
            &codes::ACCOUNT_REFUSED,
            "Personal accounts cannot be used here.",
        ),
        SignInError::Credential(_) => Problem::internal(),
        _ => Problem::new(
            &codes::SIGN_IN_FAILED,
            "The identity provider's answer was not accepted.",
        ),
    }
}

/// Principal, session, audit row and usage row in one transaction.
async fn open(
    app: &AppState,
    request: RequestId,
    judged: Judged,
    now: i64,
) -> Result<BrowserSecret, Problem> {
    let secret = BrowserSecret::random();
    let mut tx = app
        .control
        .tx(Scope::secret(secret.hash()).and_tenant(PLATFORM))
        .await
        .map_err(stored)?;
    let principal = ensure_principal(&mut tx, judged.clone(), now).await?;
    tx.enter_principal(principal).await.map_err(stored)?;
    let provider_session = judged.provider_session.as_deref();
    tx.open_session(
        principal,
        &judged.directory_tenant,
        provider_session,
        now,
        now + SESSION_MS,
    )
    .await
    .map_err(stored)?;
    let act = Act {
        at_ms: now,
        actor: principal.to_string(),
        action: "auth.sign-in".into(),
        target: Some(principal.to_string()),
        result: "done".into(),
        request_id: Some(request.to_string()),
        detail: json!({"directory_tenant": judged.directory_tenant}),
    };
    tx.audit(PLATFORM, &act).await.map_err(stored)?;
    tx.count_usage(&app.usage.row(PLATFORM, Meter::ConsoleCalls, request, now))
        .await
        .map_err(stored)?;
    let tenants = tx
        .tenants_of(principal, TenantId(0), TENANTS_MAX)
        .await
        .map_err(stored)?;
    for (tenant, _) in tenants {
        tx.enter_tenant(tenant.id).await.map_err(stored)?;
        tx.audit(tenant.id, &act).await.map_err(stored)?;
    }
    tx.commit().await.map_err(stored)?;
    app.known
        .put(&judged.directory_tenant, &judged.object_id, principal);
    Ok(secret)
}
