//! `Idempotency-Key` (as in the expired IETF draft 07): the header, and the fingerprint a key is bound to.
//!
//! Invariants: an operation marked [`crate::Idempotency::Key`] refuses a request without one; a key is stored
//! with (tenant, principal) and this fingerprint, in the transaction of the effect, for 24 hours.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::codes;
use crate::problem::Problem;

/// The header's name.
pub const HEADER: &str = "idempotency-key";

/// The caller's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl IdempotencyKey {
    /// Reads a header value: 1 to 128 visible ASCII characters, quotes of a structured field allowed around them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text
            .strip_prefix('"')
            .and_then(|t| t.strip_suffix('"'))
            .unwrap_or(text);
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| IdempotencyKey(text.into()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = parts.headers.get(HEADER).ok_or_else(|| {
            Problem::new(
                &codes::KEY_REQUIRED,
                "The header Idempotency-Key is missing.",
            )
        })?;
        header.to_str().ok().and_then(Self::parse).ok_or_else(|| {
            Problem::new(
                &codes::KEY_REQUIRED,
                "The header Idempotency-Key has to be 1 to 128 visible characters.",
            )
        })
    }
}

/// What a key is bound to: the method, the path and the body.
pub fn fingerprint(method: &str, path_and_query: &str, body: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("syncline 2026 idempotency fingerprint");
    for part in [method.as_bytes(), path_and_query.as_bytes(), body] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        assert_eq!(
            IdempotencyKey::parse("\"a-1\""),
            Some(IdempotencyKey("a-1".into()))
        );
        for bad in ["", "\"\"", "a b", "ä", &"x".repeat(129)] {
            assert_eq!(IdempotencyKey::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn another_body_path_or_method_is_another_fingerprint() {
        let first = fingerprint("POST", "/v1/tenants", b"{}");

        assert_ne!(first, fingerprint("POST", "/v1/tenants", b"{ }"));
        assert_ne!(first, fingerprint("PUT", "/v1/tenants", b"{}"));
        assert_ne!(first, fingerprint("POST", "/v1/tenants{", b"}"));
    }
}
