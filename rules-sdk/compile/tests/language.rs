//! Questions of an editor, answered by the compile child.

#[allow(dead_code, reason = "each test uses what it needs")]
mod common;

use common::answer;
use serde_json::{Value as Json, json};

fn ask(question: Json) -> Result<Json, String> {
    answer(&json!({ "language": question }).to_string())
}

#[test]
fn a_question_is_answered_and_nothing_is_compiled() {
    let question = json!({
        "ask": "complete", "text": "mail.Sub", "at": 8, "schema": { "mail": { "type": "string" } },
    });

    let found = ask(question).unwrap();

    assert_eq!(found["complete"]["items"][0]["insert"], "Substring()");
    assert!(found.get("parts").is_none());
}

#[test]
fn a_text_that_nests_without_end_is_answered_as_any_other() {
    for text in [
        "(".repeat(20_000),
        "a.b(".repeat(8_000),
        "!".repeat(30_000),
        "x".repeat(100_000),
    ] {
        let at = text.len();
        for what in ["complete", "hover", "signature"] {
            ask(json!({ "ask": what, "text": text, "at": at })).unwrap();
        }
    }
}

#[test]
fn what_is_no_question_is_refused() {
    assert!(ask(json!({ "ask": "everything" })).is_err());
}
