//! A refusal in the vendor's shape.
//!
//! Invariant: `code` is what clients branch on; what is not simulated says so with 501.

use crate::{
    request::Answer,
    store::{Key, Object},
};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) details: Vec<Detail>,
    pub(crate) headers: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Detail {
    pub(crate) code: &'static str,
    pub(crate) target: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    pub(crate) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(400, "Request_UnsupportedQuery", message)
    }

    /// Advanced queries need the other index.
    pub(crate) fn needs_eventual(what: &str) -> Self {
        Self::unsupported_query(format!(
            "{what} is only supported with the header 'ConsistencyLevel: eventual' and $count=true."
        ))
    }

    pub(crate) fn no_object(id: &str) -> Self {
        let message = format!(
            "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(404, "Request_ResourceNotFound", message)
    }

    pub(crate) fn no_segment(segment: &str) -> Self {
        let message = format!("Resource not found for the segment '{segment}'.");
        Self::new(404, "BadRequest", message)
    }

    pub(crate) fn no_method() -> Self {
        let message = "Specified HTTP method is not allowed for the request target.";
        Self::new(405, "Request_BadRequest", message)
    }

    pub(crate) fn denied() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(403, "Authorization_RequestDenied", message)
    }

    pub(crate) fn not_simulated(what: &str) -> Self {
        let message = format!("The Graph simulator does not simulate {what}.");
        Self::new(501, "NotImplemented", message)
    }

    /// Another object holds a key; `detailed` is how the service answers today, most of the time.
    pub(crate) fn conflict(key: &Key, holder: &Object, detailed: bool) -> Self {
        if !detailed {
            return Self::bad_request(
                "A conflicting object with one or more of the specified property values is present in the directory.",
            );
        }
        let target = key.target();
        let message =
            format!("Another object with the same value for property {target} already exists.");
        let mut refusal = Self::bad_request(message.clone());
        refusal.details.push(Detail {
            code: "ObjectConflict",
            target: target.to_owned(),
            message,
        });
        if target == "proxyAddresses" {
            refusal.details.push(Detail {
                code: "ConflictingObjects",
                target: target.to_owned(),
                message: format!("{}_{}", holder.class.type_name(), holder.id),
            });
        }
        refusal
    }

    /// The answer that carries it.
    pub(crate) fn into_answer(self, date: &str, request_id: &str) -> Answer {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "innerError": { "date": date, "request-id": request_id, "client-request-id": request_id },
        });
        if !self.details.is_empty() {
            let details = self.details.iter().map(|detail| {
                json!({ "code": detail.code, "target": detail.target, "message": detail.message })
            });
            error["details"] = Value::Array(details.collect());
        }
        let mut answer = Answer::json(self.status, json!({ "error": error }));
        answer.headers = self.headers;
        answer
    }
}
