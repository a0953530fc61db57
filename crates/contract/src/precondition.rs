//! Versions on the wire: `ETag` out, `If-Match` in.
//!
//! Invariants: a tag is `"v<version>"`, strong; a change without If-Match is 428, with another version 412;
//! `*` and weak tags never match, so nobody overwrites what he has not read.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderValue, header};

use crate::codes;
use crate::problem::Problem;

/// The ETag of a version.
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"v{version}\"")).expect("digits are a header value")
}

/// The version the caller has read, from `If-Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(Option<i64>);

impl IfMatch {
    /// Refuses unless this is the current version.
    pub fn check(self, current: i64) -> Result<(), Problem> {
        match self.0 {
            Some(version) if version == current => Ok(()),
            Some(version) => Err(Problem::new(
                &codes::PRECONDITION_FAILED,
                format!("You changed version {version}; the current version is {current}."),
            )),
            None => Err(Problem::new(
                &codes::PRECONDITION_FAILED,
                "If-Match is not an ETag of this resource.",
            )),
        }
    }

    /// The version, where the header was one of our tags.
    pub fn version(self) -> Option<i64> {
        self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let tag = parts.headers.get(header::IF_MATCH).ok_or_else(|| {
            Problem::new(
                &codes::PRECONDITION_REQUIRED,
                "The header If-Match is missing.",
            )
        })?;
        Ok(IfMatch(tag.to_str().ok().and_then(parse)))
    }
}

fn parse(tag: &str) -> Option<i64> {
    tag.trim()
        .strip_prefix("\"v")?
        .strip_suffix('"')?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_strong_tag_of_the_current_version_matches() {
        assert!(IfMatch(parse("\"v7\"")).check(7).is_ok());
        for other in ["\"v6\"", "*", "W/\"v7\"", "v7", "\"7\"", ""] {
            assert_eq!(
                IfMatch(parse(other)).check(7).unwrap_err().code(),
                &codes::PRECONDITION_FAILED,
                "{other}"
            );
        }
    }
}
