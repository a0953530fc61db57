//! Serves the console: static files from one directory, `index.html` with a fresh nonce for every answer.
//!
//! Invariants: a path never leaves the directory; scripts and styles run only with the nonce or from our own origin;
//! nobody may frame the console; files with a hash in their name are kept for a year, `index.html` never.

use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use syncline_contract::Problem;
use tokio_util::io::ReaderStream;

use crate::app::AppState;

/// What stands in `index.html` where the nonce belongs.
pub const NONCE_PLACEHOLDER: &str = "__SYNCLINE_NONCE__";

/// Answers whatever no operation answers: a file, the console's page for its own routes, or "nothing here".
pub async fn serve(State(app): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_page = reads && !is_for_programs(path);
    let Some(dir) = app.config.console_dir.as_deref().filter(|_| is_page) else {
        return Problem::not_found().into_response();
    };
    let Some(relative) = inside(path) else {
        return Problem::not_found().into_response();
    };
    if !relative.as_os_str().is_empty() && relative != Path::new("index.html") {
        if let Some(response) = file(dir, &relative).await {
            return response;
        }
        // A missing asset is missing; anything else is a route of the console.
        if relative.extension().is_some() {
            return Problem::not_found().into_response();
        }
    }
    page(dir).await
}

/// Whether programs ask there: a misspelt probe must not take the console's page for health.
fn is_for_programs(path: &str) -> bool {
    ["/v1/", "/auth/", "/agents/", "/internal", "/health"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

/// The path below the directory, if it stays there.
fn inside(path: &str) -> Option<PathBuf> {
    let path = path.strip_prefix('/')?;
    let plain = path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    let relative = PathBuf::from(path);
    let normal = relative.components().all(|part| match part {
        Component::Normal(name) => !name.as_encoded_bytes().starts_with(b"."),
        _ => false,
    });
    (plain && normal).then_some(relative)
}

async fn page(dir: &Path) -> Response {
    let Ok(html) = tokio::fs::read_to_string(dir.join("index.html")).await else {
        return Problem::not_found().into_response();
    };
    let nonce = STANDARD.encode(rand::random::<[u8; 18]>());
    let mut response = Response::new(Body::from(html.replace(NONCE_PLACEHOLDER, &nonce)));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy(&nonce));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    response
}

fn policy(nonce: &str) -> HeaderValue {
    let text = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    );
    HeaderValue::from_str(&text).expect("base64 is a header value")
}

async fn file(dir: &Path, relative: &Path) -> Option<Response> {
    let path = dir.join(relative);
    let file = tokio::fs::File::open(&path).await.ok()?;
    let metadata = file.metadata().await.ok()?;
    if !metadata.is_file() {
        return None;
    }
    let kind = match relative.extension()?.to_str()? {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    };
    let mut response = Response::new(Body::from_stream(ReaderStream::new(file)));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(metadata.len()));
    let hashed = relative.starts_with("assets");
    let keep = if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_probe_is_no_page_of_the_console() {
        assert!(is_for_programs("/health/redy") && is_for_programs("/v1/tenant"));
        assert!(!is_for_programs("/") && !is_for_programs("/contoso/directories"));
    }

    #[test]
    fn a_path_never_leaves_the_directory() {
        assert_eq!(
            inside("/assets/app-1a2b.js"),
            Some(PathBuf::from("assets/app-1a2b.js"))
        );
        for bad in [
            "/../etc/passwd",
            "/a/../../b",
            "//etc/passwd",
            "/.git/config",
            "/a/.env",
            "/%2e%2e/x",
            "/a\\b",
            "x",
        ] {
            assert_eq!(inside(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_policy_lets_no_other_origin_and_no_inline_code_run() {
        let policy = policy("abc");

        let policy = policy.to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self' 'nonce-abc'"),
            "{policy}"
        );
        assert!(
            !policy.contains("unsafe") && !policy.contains("http"),
            "{policy}"
        );
    }
}
