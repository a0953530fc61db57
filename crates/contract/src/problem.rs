//! The one error body of both surfaces (RFC 9457, `application/problem+json`).
//!
//! Invariants: code, status and title come from the registry; the detail names the thing and the reason and
//! never an attribute value, a secret, SQL or a path of the host; what belongs to another tenant is
//! [`codes::NOT_FOUND`] with the same detail as what never existed.

use std::fmt;

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codes::{self, Code};

/// Why one field of a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Where, as a JSON pointer or a parameter name.
    pub at: String,
    /// A stable code for this kind of error.
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// The body of every refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// `urn:syncline:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, the same for every occurrence of the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// What happened to which thing, and why.
    pub detail: String,
    /// What to do about it.
    pub next: String,
    /// The request id, for support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// One entry a refused field, part or expression.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// A refusal on its way out: a registered code plus what is particular about this occurrence.
#[derive(Debug, Clone)]
pub struct Problem {
    code: &'static Code,
    detail: String,
    instance: Option<String>,
    errors: Vec<FieldError>,
    retry_after: Option<u32>,
}

impl Problem {
    /// A refusal of this kind about this thing.
    pub fn new(code: &'static Code, detail: impl Into<String>) -> Self {
        Problem {
            code,
            detail: detail.into(),
            instance: None,
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// The one answer for what does not exist and for what the caller may not know to exist.
    pub fn not_found() -> Self {
        Problem::new(&codes::NOT_FOUND, "No such resource.")
    }

    /// A fault on our side. The cause goes to the log where it happened, never into the answer.
    pub fn internal() -> Self {
        Problem::new(&codes::INTERNAL, "The request could not be completed.")
    }

    /// The caller's role lacks this right.
    pub fn no_right(right: crate::Right) -> Self {
        Problem::new(&codes::NO_RIGHT, format!("This needs the right `{right}`."))
    }

    /// Adds one refused field.
    pub fn field(
        mut self,
        at: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        self.errors.push(FieldError {
            at: at.into(),
            code: code.into(),
            message: message.into(),
        });
        self
    }

    /// Adds the request id.
    pub fn for_request(mut self, request: impl Into<String>) -> Self {
        self.instance = Some(request.into());
        self
    }

    /// Tells the caller to come back after this many seconds.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The registered code.
    pub fn code(&self) -> &'static Code {
        self.code
    }

    /// What is particular about this occurrence.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The body as it is sent.
    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            kind: format!("urn:syncline:problem:{}", self.code.code),
            title: self.code.title.into(),
            status: self.code.status,
            code: self.code.code.into(),
            detail: self.detail.clone(),
            next: self.code.next.into(),
            instance: self.instance.clone(),
            errors: self.errors.clone(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} ({})",
            self.code.title, self.detail, self.code.code
        )
    }
}

impl std::error::Error for Problem {}

/// Remembered on a response so that an outer layer can add the request id and the log line can name the code.
#[derive(Debug, Clone)]
pub struct AnsweredProblem(pub Problem);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body =
            serde_json::to_vec(&self.body()).expect("a problem body is plain strings and numbers");
        let mut response = (self.code.http(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(id) = self
            .instance
            .as_deref()
            .and_then(|id| HeaderValue::from_str(id).ok())
        {
            headers.insert(HeaderName::from_static(crate::REQUEST_ID), id);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(AnsweredProblem(self));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_what_which_why_and_what_next() {
        let body = Problem::new(&codes::NO_RIGHT, "This needs the right `approve`.")
            .for_request("req_1")
            .body();

        assert_eq!(
            serde_json::to_value(body).unwrap(),
            serde_json::json!({
                "type": "urn:syncline:problem:auth.no_right",
                "title": "Your role in this tenant does not allow this",
                "status": 403,
                "code": "auth.no_right",
                "detail": "This needs the right `approve`.",
                "next": "Ask an owner of the tenant for a role with the right named in the detail.",
                "instance": "req_1"
            })
        );
    }

    #[test]
    fn the_response_is_problem_json_that_no_cache_keeps() {
        let response = Problem::not_found().into_response();

        assert_eq!(response.status(), 404);
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}
