//! Answers in words, as `syncline-rules test` and diagnostics say them.

use serde_json::Value as Json;

/// An answer in words: of [`Expected::to_json`](super::Expected::to_json) or [`Got::to_json`](super::Got::to_json).
pub fn said(answer: &Json) -> String {
    match (answer.get("value"), answer.get("error"), answer.get("flow")) {
        (Some(Json::Null), ..) => "no value".to_owned(),
        (Some(value), ..) => value.to_string(),
        (_, Some(kind), _) => {
            let kind = kind.as_str().unwrap_or_default();
            match answer.get("message").and_then(Json::as_str) {
                None | Some("") => format!("error {kind}"),
                Some(message) => format!("error {kind}: {message}"),
            }
        }
        (.., Some(flow)) => flow.as_str().unwrap_or_default().to_owned(),
        _ => answer.to_string(),
    }
}
