//! Extractors whose refusals are [`Problem`]s: JSON bodies, query parameters, path parameters.
//!
//! Invariants: a body is read up to the operation's own limit and no further; a path that does not parse
//! answers like one that does not exist; no refusal repeats a value of the request.

use axum::RequestExt;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::response::{IntoResponse, Response};
use axum::{Json, body::Bytes};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::codes;
use crate::operation::Operation;
use crate::problem::Problem;

/// A JSON body, read and checked against its type; as a response, JSON.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T);

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let JsonBytes(bytes) = JsonBytes::read(request).await?;
        parse(&bytes).map(Body)
    }
}

/// The bytes of a JSON body, for a handler that needs them as they came (a fingerprint, a stream of its own).
#[derive(Debug, Clone)]
pub struct JsonBytes(pub Bytes);

impl JsonBytes {
    async fn read(request: Request) -> Result<Self, Problem> {
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok());
        if !kind.is_some_and(is_json) {
            return Err(Problem::new(
                &codes::MEDIA_TYPE,
                "The Content-Type has to be application/json.",
            ));
        }
        let limit = request
            .extensions()
            .get::<&'static Operation>()
            .map(|op| op.max_body);
        request
            .extract()
            .await
            .map(JsonBytes)
            .map_err(|refused: BytesRejection| unread(refused, limit))
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBytes {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        JsonBytes::read(request).await
    }
}

fn unread(refused: BytesRejection, limit: Option<usize>) -> Problem {
    if refused.status() != StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            &codes::BODY_INVALID,
            "The request body ended before it was complete.",
        );
    }
    match limit {
        Some(limit) => Problem::new(
            &codes::BODY_TOO_LARGE,
            format!("This operation takes at most {limit} bytes."),
        ),
        None => Problem::new(&codes::BODY_TOO_LARGE, "The request body is too large."),
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.eq_ignore_ascii_case("application/merge-patch+json")
}

/// Reads JSON bytes as `T`; the refusal names the field by path and says what was expected, without its value.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let at = pointer(&error.path().to_string());
        let cause = error.into_inner();
        let place = format!("line {}, column {}", cause.line(), cause.column());
        if cause.is_data() {
            Problem::new(
                &codes::BODY_INVALID,
                format!("The field at `{at}` ({place}) is not as expected."),
            )
            .field(at, "shape", without_values(&cause.to_string()))
        } else {
            Problem::new(
                &codes::BODY_INVALID,
                format!("The body is not JSON ({place})."),
            )
        }
    })?;
    json.end()
        .map_err(|_| Problem::new(&codes::BODY_INVALID, "Something follows the JSON value."))?;
    Ok(value)
}

fn pointer(path: &str) -> String {
    if path == "." {
        return "/".into();
    }
    let mut at = String::from("/");
    at.extend(
        path.chars()
            .filter(|c| *c != ']')
            .map(|c| if matches!(c, '.' | '[') { '/' } else { c }),
    );
    at.replace("//", "/")
}

/// serde quotes the offending value ("invalid type: string \"…\""): keep the kind, drop the value.
fn without_values(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or_default();
    let mut out = String::with_capacity(message.len());
    let mut inside = false;
    for c in message.chars() {
        match c {
            '"' => inside = !inside,
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

impl<T: Serialize> IntoResponse for Body<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

/// Query parameters.
#[derive(Debug, Clone)]
pub struct Params<T>(pub T);

impl<S, T> FromRequestParts<S> for Params<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::<T>::try_from_uri(&parts.uri)
            .map(|Query(value)| Params(value))
            .map_err(|refused| {
                let why = refused.to_string();
                let why = why
                    .strip_prefix("Failed to deserialize query string: ")
                    .unwrap_or(&why);
                Problem::new(
                    &codes::QUERY_INVALID,
                    "A query parameter is missing, unknown or of the wrong kind.",
                )
                .field(
                    why.split(':').next().unwrap_or_default(),
                    "shape",
                    "not as openapi.yaml describes it",
                )
            })
    }
}

/// Path parameters, parsed into ids: what does not parse cannot exist.
#[derive(Debug, Clone)]
pub struct PathParams<T>(pub T);

impl<S, T> FromRequestParts<S> for PathParams<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(PathParams(value)),
            Err(_) => Err(Problem::not_found()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Draft {
        #[allow(dead_code, reason = "only its shape matters here")]
        parts: Vec<u8>,
    }

    #[test]
    fn a_refused_field_is_named_by_its_path_and_its_value_is_not_repeated() {
        let problem = parse::<Draft>(br#"{"parts":[1,"s3cret"]}"#).unwrap_err();

        let body = serde_json::to_string(&problem.body()).unwrap();
        assert!(body.contains("/parts/1"), "{body}");
        assert!(!body.contains("s3cret"), "{body}");
    }

    #[test]
    fn text_that_is_not_json_or_goes_on_after_it_is_refused() {
        for bad in ["", "{", r#"{"parts":[]} x"#, r#"{"parts":[],"more":1}"#] {
            let problem = parse::<Draft>(bad.as_bytes()).unwrap_err();

            assert_eq!(problem.code(), &codes::BODY_INVALID, "{bad}");
        }
    }

    #[test]
    fn only_json_is_json() {
        assert!(is_json("application/json; charset=utf-8"));
        assert!(!is_json("text/plain") && !is_json("application/x-www-form-urlencoded"));
    }
}
