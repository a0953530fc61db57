//! What happens to every request before and after its handler: an id, a span, one log line, the id in every answer.
//!
//! Invariants: a log line names the operation, never the path or query; a `traceparent` from the internet is only
//! noted, the trace starts here; an id the caller sends is not taken over.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use syncline_contract::problem::AnsweredProblem;
use syncline_contract::{Problem, REQUEST_ID};
use syncline_telemetry::TraceContext;
use syncline_wire::assertion::RequestId;
use tracing::Instrument as _;

use crate::caller::ThisRequest;

/// The trace of a request, for what it sends on.
#[derive(Debug, Clone, Copy)]
pub struct Trace(pub TraceContext);

/// The outermost middleware.
pub async fn frame(mut request: Request, next: Next) -> Response {
    let id = RequestId(rand::random());
    let trace = TraceContext::root();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", |path| path.as_str())
        .to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!(
        "request", request = %id, trace_id = trace.trace_id(), method = %method, route, linked = tracing::field::Empty
    );
    trace.adopt(&span);
    if let Some(theirs) = request
        .headers()
        .get(TraceContext::HEADER)
        .and_then(|value| value.to_str().ok())
        && let Some(theirs) = TraceContext::parse(theirs)
    {
        span.record("linked", theirs.trace_id());
    }
    request.extensions_mut().insert(ThisRequest(id));
    request.extensions_mut().insert(Trace(trace.onward(&span)));
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(AnsweredProblem(problem)) = response.extensions_mut().remove() {
        response = with_instance(problem, id, response);
    }
    let headers = response.headers_mut();
    let name = HeaderName::from_static(REQUEST_ID);
    headers.insert(
        name,
        HeaderValue::from_str(&id.to_string()).expect("hex digits are a header value"),
    );
    headers
        .entry(header::X_CONTENT_TYPE_OPTIONS)
        .or_insert(HeaderValue::from_static("nosniff"));
    headers
        .entry(header::REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("no-referrer"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let _inside = span.enter();
    tracing::info!(status = response.status().as_u16(), elapsed_ms, "answered");
    response
}

/// Writes a problem again with the request's id in it, keeping headers such as cookies.
fn with_instance(problem: Problem, id: RequestId, answered: Response) -> Response {
    let status = answered.status().as_u16();
    if status >= 500 {
        tracing::warn!(status, code = problem.code().code, request = %id, "{problem}");
    } else {
        tracing::info!(status, code = problem.code().code, request = %id, "refused");
    }
    let mut response = problem.for_request(id.to_string()).into_response();
    for (name, value) in answered.headers() {
        if !response.headers().contains_key(name) && name != header::CONTENT_LENGTH {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response
}
