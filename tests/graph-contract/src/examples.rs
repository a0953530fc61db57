//! The documented pairs of request and response.

use crate::request::{Request, split_url};
use serde::Deserialize;
use serde_json::Value;

const ROOT: &str = "https://graph.microsoft.com/v1.0";

/// A request the documentation shows, and the answer it shows for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The HTTP method.
    pub method: String,
    /// The path below `/v1.0`; `*` stands for any one value.
    pub path: String,
    /// The query options.
    pub query: Vec<(String, String)>,
    /// The whole address as the documentation has it.
    pub example_url: String,
    /// The status of the answer.
    pub status: u16,
    /// The body of the answer; the documentation keeps some as text.
    pub body: Option<Value>,
}

impl Example {
    /// The documented request; the documentation's collection keeps no request bodies.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &[],
            body: None,
        }
    }
}

#[derive(Deserialize)]
struct Document {
    examples: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    request: Asked,
    response: Answered,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    method: String,
    url: String,
    example_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    status_code: u16,
    body: Option<Value>,
}

pub(crate) fn published() -> Vec<Example> {
    let document: Document =
        serde_json::from_str(include_str!("../data/v1.0.documented-examples.json"))
            .expect("v1.0.documented-examples.json is readable");
    document
        .examples
        .into_iter()
        .map(|Pair { request, response }| {
            let below = request
                .url
                .strip_prefix(ROOT)
                .expect("every example is below v1.0");
            let (path, query) = split_url(below);
            Example {
                method: request.method,
                path,
                query,
                example_url: request.example_url,
                status: response.status_code,
                body: response.body,
            }
        })
        .collect()
}
