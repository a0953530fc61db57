//! The guard before every handler: the API vouches for the request, and its rights suffice.
//!
//! Invariants: no handler runs without an assertion for this tenant, generation, method, path and query; the
//! right is checked again here, from the assertion, against the operation's own constant.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use syncline_contract::{Access, Operation, Problem, Rights, codes};
use syncline_wire::assertion::{Assertion, HEADER, Principal};

use super::context::now_ms;
use crate::app::App;

/// Lets a request through or refuses it.
pub async fn guard(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match check(&app, &request) {
        Ok(assertion) => {
            let id = assertion.request.to_string();
            request.extensions_mut().insert(assertion);
            let mut response = next.run(request).await;
            if let Ok(value) = http::HeaderValue::from_str(&id) {
                response
                    .headers_mut()
                    .insert(syncline_contract::REQUEST_ID, value);
            }
            response
        }
        Err(problem) => problem.into_response(),
    }
}

fn check(app: &App, request: &Request) -> Result<Assertion, Problem> {
    let invalid = || {
        Problem::new(
            &codes::ASSERTION_INVALID,
            "The API did not vouch for this request.",
        )
    };
    let header = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(invalid)?;
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let assertion = app
        .verifier
        .verify(header, request.method().as_str(), target, now_ms() / 1000)
        .map_err(|error| {
            tracing::warn!(path = request.uri().path(), "assertion refused: {error}");
            invalid()
        })?;
    let operation = request
        .extensions()
        .get::<&'static Operation>()
        .copied()
        .ok_or_else(Problem::not_found)?;
    match operation.access {
        Access::System if assertion.principal == Principal::System => Ok(assertion),
        Access::Member(right) if assertion.principal != Principal::System => {
            if Rights::from_bits(assertion.rights).has(right) {
                Ok(assertion)
            } else {
                Err(Problem::no_right(right))
            }
        }
        _ => Err(invalid()),
    }
}
