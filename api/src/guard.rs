//! Stands before every handler: who is calling, and may that caller do this.
//!
//! Invariants: what an operation needs comes from the operation table; a session and a bearer token together are
//! refused; a change by session proves that it comes from our own pages; a tenant the caller does not belong to
//! answers exactly like one that does not exist; a refused change of a member is an audit row.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Extension, RequestPartsExt as _};
use std::collections::HashMap;
use syncline_contract::operation::Meter;
use syncline_contract::{Access, Idempotency, Operation, Problem, Right, Role, SurfaceKind, codes};
use syncline_model::meter::Meter as UsageOf;
use syncline_model::{PrincipalId, TenantId};
use syncline_store::control::{ControlTx, PrincipalKind, Scope};
use syncline_wire::assertion::{Channel, RequestId};

use crate::answer::{act, stored};
use crate::app::AppState;
use crate::caller::{Caller, CameWith, Membership, ThisRequest};
use crate::clock::now_ms;
use crate::identity::{Expected, Judged, Refusal};
use crate::session::{BrowserSecret, Cookie, IDLE_MS, TOUCH_MS};

/// The middleware: wraps every operation of the control and tenant surfaces.
pub async fn guard(
    State(app): State<AppState>,
    Extension(operation): Extension<&'static Operation>,
    Extension(ThisRequest(request_id)): Extension<ThisRequest>,
    request: Request,
    next: Next,
) -> Response {
    let request = match admit(&app, operation, request_id, request).await {
        Ok(request) => request,
        Err(problem) => return problem.into_response(),
    };
    let caller = request.extensions().get::<Caller>().cloned();
    let response = next.run(request).await;
    match caller {
        // Our own errors are not counted as calls.
        Some(caller) if !response.status().is_server_error() => {
            match count(&app, operation, &caller).await {
                Ok(()) => response,
                Err(problem) => problem.into_response(),
            }
        }
        _ => response,
    }
}

async fn admit(
    app: &AppState,
    operation: &'static Operation,
    request_id: RequestId,
    request: Request,
) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    match operation.access {
        Access::Public | Access::Agent => {}
        Access::System => return Err(Problem::not_found()),
        Access::SignedIn | Access::Member(_) => {
            let found = identify(app, &parts.headers, &parts.method, request_id).await?;
            let mut caller = found.caller;
            if let Access::Member(right) = operation.access {
                let path: HashMap<String, String> = parts
                    .extract::<Path<_>>()
                    .await
                    .map(|Path(path)| path)
                    .unwrap_or_default();
                let tenant = path
                    .get("tenant")
                    .and_then(|text| text.parse().ok())
                    .ok_or_else(Problem::not_found)?;
                caller.member = Some(membership(app, tenant, caller.principal).await?);
                if !caller.rights().has(right) {
                    refuse(app, operation, &caller, tenant, right).await?;
                }
            }
            if let Some(secret) = found.session {
                parts.extensions.insert(CameWith(secret));
            }
            parts.extensions.insert(caller);
        }
    }
    Ok(Request::from_parts(parts, body))
}

/// Somebody, and the session by which we know.
pub struct Identified {
    /// Who.
    pub caller: Caller,
    /// The session, if it was one.
    pub session: Option<BrowserSecret>,
}

/// Finds out who is calling.
pub async fn identify(
    app: &AppState,
    headers: &HeaderMap,
    method: &Method,
    request: RequestId,
) -> Result<Identified, Problem> {
    let bearer = bearer(headers)?;
    match (bearer, app.cookies.came(headers)) {
        (Some(_), true) => Err(Problem::new(
            &codes::BOTH_CREDENTIALS,
            "A cookie and an Authorization header came together.",
        )),
        (Some(token), false) => {
            let judged = app
                .identities
                .judge(token, Expected::Access, now_ms())
                .await
                .map_err(token_problem)?;
            let principal = known_principal(app, &judged).await?;
            let caller = Caller {
                principal,
                kind: kind_of(&judged),
                directory_tenant: judged.directory_tenant,
                channel: Channel::Bearer,
                request,
                member: None,
            };
            Ok(Identified {
                caller,
                session: None,
            })
        }
        (None, _) => {
            let secret = app
                .cookies
                .read(headers, Cookie::Session)
                .ok_or_else(sign_in_required)?;
            let caller = by_session(app, &secret, request)
                .await?
                .ok_or_else(sign_in_required)?;
            if method != Method::GET
                && method != Method::HEAD
                && !app.cookies.proves_own_page(headers, &secret)
            {
                return Err(Problem::new(
                    &codes::CSRF,
                    "The header Syncline-Csrf, Origin or Sec-Fetch-Site does not fit.",
                ));
            }
            Ok(Identified {
                caller,
                session: Some(secret),
            })
        }
    }
}

fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let refuse = || {
        Problem::new(
            &codes::TOKEN_INVALID,
            "The Authorization header is not `Bearer` and one token.",
        )
    };
    if values.next().is_some() {
        return Err(refuse());
    }
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or_else(refuse)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(token.trim()))
    } else {
        Err(refuse())
    }
}

fn sign_in_required() -> Problem {
    Problem::new(
        &codes::SIGN_IN_REQUIRED,
        "There is no live session and no access token.",
    )
}

fn token_problem(refusal: Refusal) -> Problem {
    tracing::info!(
        code = refusal.code(),
        "an access token was refused: {refusal}"
    );
    match refusal {
        Refusal::Provider(_) => Problem::new(
            &codes::PROVIDER_UNAVAILABLE,
            "The keys to check the access token cannot be had.",
        )
        .retry_after(5),
        Refusal::Consumer => Problem::new(
            &codes::ACCOUNT_REFUSED,
            "Personal accounts cannot be used here.",
        ),
        _ => Problem::new(
            &codes::TOKEN_INVALID,
            "The access token is not one for this API, or no longer.",
        ),
    }
}

/// The kind of principal a token speaks for.
pub fn kind_of(judged: &Judged) -> PrincipalKind {
    if judged.application {
        PrincipalKind::Application
    } else {
        PrincipalKind::User
    }
}

async fn known_principal(app: &AppState, judged: &Judged) -> Result<PrincipalId, Problem> {
    if let Some(id) = app.known.get(&judged.directory_tenant, &judged.object_id) {
        return Ok(id);
    }
    let mut tx = app.control.tx(Scope::NONE).await.map_err(stored)?;
    let id = ensure_principal(&mut tx, judged.clone(), now_ms()).await?;
    tx.commit().await.map_err(stored)?;
    app.known
        .put(&judged.directory_tenant, &judged.object_id, id);
    Ok(id)
}

/// Finds or makes the principal of a judged token.
pub async fn ensure_principal(
    tx: &mut ControlTx,
    judged: Judged,
    now_ms: i64,
) -> Result<PrincipalId, Problem> {
    let kind = kind_of(&judged);
    let Judged {
        directory_tenant: tenant,
        object_id: object,
        display_name,
        ..
    } = judged;
    tx.ensure_principal(
        fresh_id(PrincipalId),
        &tenant,
        &object,
        kind,
        &display_name,
        now_ms,
    )
    .await
    .map_err(stored)
}

/// A random id: tenants, principals and organisations are never numbered in order.
pub fn fresh_id<T>(kind: impl FnOnce(i64) -> T) -> T {
    kind(rand::random_range(1..=i64::MAX))
}

async fn by_session(
    app: &AppState,
    secret: &BrowserSecret,
    request: RequestId,
) -> Result<Option<Caller>, Problem> {
    let now = now_ms();
    let mut tx = app
        .control
        .tx(Scope::secret(secret.hash()))
        .await
        .map_err(stored)?;
    let Some(session) = tx.session(now, IDLE_MS).await.map_err(stored)? else {
        return Ok(None);
    };
    if session.seen_ms + TOUCH_MS < now {
        tx.touch_session(now).await.map_err(stored)?;
    }
    tx.commit().await.map_err(stored)?;
    Ok(Some(Caller {
        principal: session.principal,
        kind: PrincipalKind::User,
        directory_tenant: session.directory_tenant,
        channel: Channel::Console,
        request,
        member: None,
    }))
}

/// Roles that hold the approve right, by name.
pub fn approving_roles() -> Vec<&'static str> {
    Role::ALL
        .into_iter()
        .filter(|role| role.rights().has(Right::Approve))
        .map(Role::name)
        .collect()
}

async fn membership(
    app: &AppState,
    tenant: TenantId,
    principal: PrincipalId,
) -> Result<Membership, Problem> {
    let scope = Scope::tenant(tenant).and_principal(principal);
    let mut tx = app.control.tx(scope).await.map_err(stored)?;
    let authority = tx
        .authority(tenant, principal, &approving_roles())
        .await
        .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    let authority = authority.ok_or_else(Problem::not_found)?;
    let role = authority.role.parse().map_err(|why| {
        tracing::error!(code = "store.row_damaged", %tenant, "membership.role: {why}");
        Problem::internal()
    })?;
    Ok(Membership {
        tenant,
        role,
        generation: authority.generation,
        observed: authority.observed,
        approvers: u16::try_from(authority.approvers).unwrap_or(u16::MAX),
    })
}

/// Answers "no", after an audit row where it would have been a change.
async fn refuse(
    app: &AppState,
    operation: &'static Operation,
    caller: &Caller,
    tenant: TenantId,
    right: Right,
) -> Result<(), Problem> {
    if operation.method.as_str() != "GET" {
        let mut tx = app
            .control
            .tx(Scope::tenant(tenant))
            .await
            .map_err(stored)?;
        let refused = act(
            caller,
            operation.id,
            tenant,
            codes::NO_RIGHT.code,
            serde_json::json!({"right": right.name()}),
        );
        tx.audit(tenant, &refused).await.map_err(stored)?;
        tx.commit().await.map_err(stored)?;
    }
    Err(Problem::no_right(right))
}

/// Counts a read of the control surface before its answer goes out. A change is counted in its own transaction, and
/// the runner counts its own calls in its own schema.
async fn count(
    app: &AppState,
    operation: &'static Operation,
    caller: &Caller,
) -> Result<(), Problem> {
    let reads =
        operation.surface == SurfaceKind::Control && operation.idempotency == Idempotency::Safe;
    match (&caller.member, operation.meter) {
        (Some(member), Meter::ApiCall) if reads => {
            app.usage
                .count(member.tenant, meter_of(caller), caller.request, now_ms())
                .await
        }
        _ => Ok(()),
    }
}

/// Counts a change in the transaction of its effect.
pub async fn count_in(
    app: &AppState,
    tx: &mut ControlTx,
    caller: &Caller,
    now_ms: i64,
) -> Result<(), Problem> {
    let tenant = caller.tenant()?.tenant;
    tx.count_usage(
        &app.usage
            .row(tenant, meter_of(caller), caller.request, now_ms),
    )
    .await
    .map_err(stored)
}

/// What a call of this caller counts as.
pub fn meter_of(caller: &Caller) -> UsageOf {
    if caller.channel.is_billable() {
        UsageOf::ApiCalls
    } else {
        UsageOf::ConsoleCalls
    }
}
