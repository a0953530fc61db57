//! Passing a tenant operation to the tenant's runner.
//!
//! Invariants: the guard has admitted the caller; headers go through by name, both ways; bodies are streamed, cut at
//! the operation's limit, and never parsed or logged; the runner's refusals come back as it wrote them.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt as _, Limited};
use syncline_contract::{Operation, Problem, codes, idempotency};
use syncline_store::control::Observed;
use syncline_telemetry::TraceContext;

use crate::app::AppState;
use crate::caller::Caller;
use crate::request::Trace;
use crate::runners::{At, Behalf, RunnerError};

/// What a caller may tell a runner, besides path, query and body.
const REQUEST_HEADERS: [HeaderName; 6] = [
    header::ACCEPT,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    HeaderName::from_static(idempotency::HEADER),
];

/// What a runner may tell a caller, besides status and body.
const RESPONSE_HEADERS: [HeaderName; 7] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::ETAG,
    header::LOCATION,
    header::RETRY_AFTER,
    header::CACHE_CONTROL,
    HeaderName::from_static("idempotency-replayed"),
];

/// The handler of every tenant operation.
pub async fn forward(
    State(app): State<AppState>,
    Extension(operation): Extension<&'static Operation>,
    Extension(Trace(trace)): Extension<Trace>,
    caller: Caller,
    request: Request,
) -> Response {
    pass(&app, operation, trace, &caller, request)
        .await
        .unwrap_or_else(Problem::into_response)
}

async fn pass(
    app: &AppState,
    operation: &'static Operation,
    trace: TraceContext,
    caller: &Caller,
    request: Request,
) -> Result<Response, Problem> {
    let member = caller.tenant()?;
    if matches!(
        member.observed,
        Observed::Requested | Observed::Provisioning
    ) {
        let state = member.observed.name();
        return Err(
            Problem::new(&codes::TENANT_NOT_READY, format!("Its state is `{state}`."))
                .retry_after(1),
        );
    }
    let (parts, body) = request.into_parts();
    let too_large = || {
        let limit = operation.max_body;
        Problem::new(
            &codes::BODY_TOO_LARGE,
            format!("This operation takes at most {limit} bytes."),
        )
    };
    let announced = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > operation.max_body as u64) {
        return Err(too_large());
    }
    let mut headers = only(&parts.headers, &REQUEST_HEADERS);
    let traceparent = HeaderValue::from_str(&trace.to_string())
        .expect("hex digits and hyphens are a header value");
    headers.insert(TraceContext::HEADER, traceparent);
    let behalf = Behalf {
        principal: caller.asserted(),
        rights: caller.rights().bits(),
        channel: caller.channel,
        approvers: member.approvers,
        request: caller.request,
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let at = At {
        tenant: member.tenant,
        generation: member.generation,
    };
    let body = Body::new(Limited::new(body, operation.max_body));
    let answer = app
        .runners
        .send(at, &behalf, parts.method, path, headers, body)
        .await
        .map_err(|error| match error {
            RunnerError::BodyTooLarge => too_large(),
            error => {
                tracing::warn!(code = "runner.unreachable", tenant = %member.tenant, "{error}");
                app.wake.now();
                Problem::new(
                    &codes::RUNNER_UNAVAILABLE,
                    "The tenant's process does not answer just now.",
                )
                .retry_after(1)
            }
        })?;
    let (head, body) = answer.into_parts();
    let mut response = Response::new(Body::new(body.map_err(axum::Error::new)));
    *response.status_mut() = head.status;
    *response.headers_mut() = only(&head.headers, &RESPONSE_HEADERS);
    Ok(response)
}

fn only(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in names {
        if let Some(value) = headers.get(name) {
            kept.insert(name.clone(), value.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_hop_headers_do_not_reach_a_runner() {
        let mut headers = HeaderMap::new();
        for name in [
            "authorization",
            "cookie",
            "syncline-assertion",
            "syncline-csrf",
            "connection",
            "host",
            "x-forwarded-for",
        ] {
            headers.insert(
                name.parse::<HeaderName>().unwrap(),
                HeaderValue::from_static("x"),
            );
        }
        headers.insert(header::IF_MATCH, HeaderValue::from_static("\"v1\""));

        let passed = only(&headers, &REQUEST_HEADERS);

        assert_eq!(passed.keys().collect::<Vec<_>>(), [header::IF_MATCH]);
    }
}
