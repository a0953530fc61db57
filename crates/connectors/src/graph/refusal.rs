//! An error answer of Graph, taken apart: status, code, message, details, what it asks to wait.
//!
//! Invariant: what cannot be parsed is still an answer with its status; nothing here decides what it means.

use std::time::Duration;

use serde_json::Value;

/// An error answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// `error.code`, such as `Request_BadRequest`.
    pub(super) code: String,
    /// `error.message`.
    pub(super) message: String,
    /// Codes of `error.details` and of nested `innerError`s, with their targets.
    pub(super) details: Vec<(String, String)>,
    /// The id under which the vendor's support finds the request.
    pub(super) request_id: String,
    /// What `Retry-After` said.
    pub(super) wait: Option<Duration>,
}

impl Refusal {
    /// Reads an error body.
    pub(super) fn read(status: u16, body: &Value, wait: Option<Duration>) -> Self {
        let error = &body["error"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut details: Vec<(String, String)> = error["details"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|detail| (text(&detail["code"]), text(&detail["target"])))
            .collect();
        let inner = ["innerError", "innererror"].map(|name| &error[name]);
        for inner in inner {
            if let Some(code) = inner["code"].as_str() {
                details.push((code.to_owned(), String::new()));
            }
        }
        let request_id = inner.iter().find_map(|inner| inner["request-id"].as_str());
        Self {
            status,
            code: text(&error["code"]),
            message: text(&error["message"]),
            details,
            request_id: request_id.unwrap_or_default().to_owned(),
            wait,
        }
    }

    /// Whether a detail has this code; letter case varies.
    pub(super) fn has_detail(&self, code: &str) -> bool {
        self.details
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(code))
    }

    /// The property that a detail of this code is about.
    pub(super) fn target_of(&self, code: &str) -> Option<&str> {
        let found = self
            .details
            .iter()
            .find(|(known, target)| known.eq_ignore_ascii_case(code) && !target.is_empty());
        found.map(|(_, target)| target.as_str())
    }

    /// Whether the code, or one inside, is this one.
    pub(super) fn is(&self, code: &str) -> bool {
        self.code.eq_ignore_ascii_case(code) || self.has_detail(code)
    }

    /// Whether the message contains this, without regard to letter case.
    pub(super) fn says(&self, fragment: &str) -> bool {
        self.message
            .to_ascii_lowercase()
            .contains(&fragment.to_ascii_lowercase())
    }

    /// Whether the service, not the request, is why: to be tried again.
    pub(super) fn is_passing(&self) -> bool {
        matches!(
            self.status,
            408 | 423 | 425 | 429 | 500 | 502 | 503 | 504 | 509
        )
    }

    /// Graph's own words, for whoever may see values.
    pub(super) fn evidence(&self) -> String {
        let details: Vec<String> = self
            .details
            .iter()
            .map(|(code, target)| format!("{code} {target}").trim().to_owned())
            .collect();
        let details = match details.is_empty() {
            true => String::new(),
            false => format!(" [{}]", details.join(", ")),
        };
        let id = match self.request_id.as_str() {
            "" => String::new(),
            id => format!(" (request-id {id})"),
        };
        format!(
            "{} {}: {}{details}{id}",
            self.status, self.code, self.message
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn codes_are_found_at_every_depth_and_the_evidence_names_the_request() {
        let body = json!({"error": {
            "code": "Request_BadRequest", "message": "Another object …",
            "details": [{"code": "ObjectConflict", "target": "userPrincipalName"}],
            "innerError": {"code": "Inner", "request-id": "42"},
        }});

        let refusal = Refusal::read(400, &body, None);

        assert!(refusal.is("request_badrequest") && refusal.is("Inner"));
        assert_eq!(
            refusal.target_of("objectconflict"),
            Some("userPrincipalName")
        );
        assert!(refusal.evidence().contains("request-id 42"));
        assert!(!refusal.is_passing());
    }

    #[test]
    fn a_body_that_is_no_error_is_still_a_status() {
        let refusal = Refusal::read(503, &json!("<html>"), None);

        assert!(refusal.is_passing());
        assert_eq!(refusal.code, "");
    }
}
