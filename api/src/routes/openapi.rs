//! `GET /openapi.yaml`: the committed document of both surfaces, as it was when this binary was built.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use syncline_contract::Described;

const DOCUMENT: &str = include_str!("../../../openapi.yaml");

pub(super) fn describe(described: Described) -> Described {
    described.answers(200, "The document, as YAML.")
}

pub(super) async fn get() -> Response {
    (
        [
            (header::CONTENT_TYPE, "application/yaml"),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        DOCUMENT,
    )
        .into_response()
}
