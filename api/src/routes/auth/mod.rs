//! Signing in and out.

pub(super) mod callback;
pub(super) mod front_channel_logout;
pub(super) mod session;
pub(super) mod sign_in;
pub(super) mod sign_out;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use syncline_contract::Problem;

/// A path of our own to go back to: one leading slash, nothing that a browser could read as another host.
fn own_path(text: &str) -> Option<&str> {
    let plain = text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= 1024
        && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        && !text.contains("/..");
    plain.then_some(text)
}

fn redirect(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(_) => Problem::internal().into_response(),
    }
}

/// A refusal during sign-in: the console's page that explains it for a browser, the problem for everyone else.
fn refused(headers: &HeaderMap, problem: Problem) -> Response {
    let browser = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if browser {
        redirect(&format!("/sign-in?problem={}", problem.code().code))
    } else {
        problem.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_our_own_is_gone_back_to() {
        for good in ["/", "/tenants/ten_1/what-ifs?state=ready#top"] {
            assert_eq!(own_path(good), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a b",
            "/\r\nx",
            "/a/../../x",
            "x",
        ] {
            assert_eq!(own_path(bad), None, "{bad}");
        }
    }
}
