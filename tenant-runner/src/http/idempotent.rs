//! Repeats of requests that create: the first answer again, nothing done twice.
//!
//! Invariants: a key is claimed in the transaction of the effect and answered after it; while the first request is
//! under way a repeat is told so; a request that failed without an effect leaves its key free, so that a retry is a new
//! try.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::body::{Body as AxumBody, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use syncline_contract::idempotency::{HEADER, IdempotencyKey, fingerprint};
use syncline_contract::{Idempotency, Operation, Problem, codes};
use syncline_store::tenant::{Durability, Repetition, claiming};
use syncline_wire::assertion::Assertion;

use super::context::{actor, now_ms, refused};
use crate::app::App;

/// How long an answer is kept.
const LIFETIME_MS: i64 = 24 * 3_600_000;
/// No answer of an operation that takes a key is longer.
const ANSWER_MAX: usize = 4 * 1024 * 1024;

static RUNNING: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Lets a request through once.
pub async fn once(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let operation = request.extensions().get::<&'static Operation>().copied();
    if operation.is_none_or(|o| o.idempotency != Idempotency::Key) {
        return next.run(request).await;
    }
    match keyed(&app, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

/// The key's place among those under way, given back when dropped.
struct Underway(String);

impl Underway {
    fn enter(id: String) -> Option<Self> {
        let mut running = RUNNING
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        running.insert(id.clone()).then_some(Self(id))
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        RUNNING
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .remove(&self.0);
    }
}

async fn keyed(app: &Arc<App>, request: Request, next: Next) -> Result<Response, Problem> {
    let missing = || {
        Problem::new(
            &codes::KEY_REQUIRED,
            "The header Idempotency-Key is missing or malformed.",
        )
    };
    let header = request.headers().get(HEADER).and_then(|v| v.to_str().ok());
    let key = header.and_then(IdempotencyKey::parse).ok_or_else(missing)?;
    let operation = request
        .extensions()
        .get::<&'static Operation>()
        .copied()
        .ok_or_else(Problem::not_found)?;
    let max = operation.max_body;
    let caller = request
        .extensions()
        .get::<Assertion>()
        .map(|a| actor(&a.principal))
        .unwrap_or_default();
    let (parts, body) = request.into_parts();
    let too_large = |_| {
        Problem::new(
            &codes::BODY_TOO_LARGE,
            format!("This operation takes at most {max} bytes."),
        )
    };
    let body = to_bytes(body, max).await.map_err(too_large)?;
    let target = parts.uri.path_and_query().map_or("/", |t| t.as_str());
    let print = fingerprint(parts.method.as_str(), target, &body);
    let id = format!("{} {caller} {} {}", app.db.tenant(), operation.id, key.0);
    let running =
        || Problem::new(&codes::KEY_RUNNING, "The first request is under way.").retry_after(1);
    let _underway = Underway::enter(id).ok_or_else(running)?;

    // Only looked up here: the claim is written together with the effect, so that neither is there alone.
    let mut tx = app.db.write(Durability::Durable).await.map_err(refused)?;
    let key = tx.request_key(&caller, operation.id, &key.0, &print);
    let before = tx
        .idempotency_claim(&key, now_ms(), LIFETIME_MS)
        .await
        .map_err(refused)?;
    match before {
        Repetition::New => tx.rollback().await.map_err(refused)?,
        Repetition::Mismatch => {
            return Err(Problem::new(
                &codes::KEY_REUSED,
                "The key belongs to a request with another path or body.",
            ));
        }
        Repetition::Unanswered => {
            return Err(Problem::new(
                &codes::CONFLICT,
                "The first request took effect, but its answer was lost; read what it made.",
            ));
        }
        Repetition::Answered { status, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let json = HeaderValue::from_static("application/json");
            return Ok((status, [(header::CONTENT_TYPE, json)], body).into_response());
        }
    }

    let handling = next.run(Request::from_parts(parts, AxumBody::from(body)));
    let (response, claimed) = claiming(&key, now_ms(), LIFETIME_MS, handling).await;
    if !response.status().is_success() {
        // Once there is an effect, a repetition must not have it again, whatever failed after it.
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let body = to_bytes(body, ANSWER_MAX)
        .await
        .map_err(|_| Problem::internal())?;
    let mut tx = app.db.write(Durability::Durable).await.map_err(refused)?;
    if !claimed {
        // Nothing was changed: the answer alone is kept.
        tx.idempotency_claim(&key, now_ms(), LIFETIME_MS)
            .await
            .map_err(refused)?;
    }
    tx.idempotency_answer(&key, head.status.as_u16(), &body)
        .await
        .map_err(refused)?;
    tx.commit().await.map_err(refused)?;
    Ok(Response::from_parts(head, AxumBody::from(body)))
}
