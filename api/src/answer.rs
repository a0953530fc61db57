//! Small things every handler needs: store errors as problems, acts for the audit chain.

use serde_json::Value;
use syncline_contract::{Problem, codes};
use syncline_store::StoreError;
use syncline_store::chain::Act;

use crate::caller::Caller;
use crate::clock::now_ms;

/// A store error as the caller sees it. The reason is logged here and nowhere else.
pub fn stored(error: StoreError) -> Problem {
    if error.is_transient() {
        tracing::warn!(
            code = error.code(),
            "the control database could not answer: {error}"
        );
        return Problem::new(
            &codes::UNAVAILABLE,
            "The control database does not answer just now.",
        )
        .retry_after(2);
    }
    tracing::error!(code = error.code(), "a store call failed: {error}");
    Problem::internal()
}

/// An act of this caller, for the audit chain.
pub fn act(
    caller: &Caller,
    action: &str,
    target: impl ToString,
    result: &str,
    detail: Value,
) -> Act {
    Act {
        at_ms: now_ms(),
        actor: caller.principal.to_string(),
        action: action.into(),
        target: Some(target.to_string()),
        result: result.into(),
        request_id: Some(caller.request.to_string()),
        detail,
    }
}

/// An act of the control plane itself.
pub fn system_act(action: &str, target: impl ToString, result: &str, detail: Value) -> Act {
    Act {
        at_ms: now_ms(),
        actor: "system".into(),
        action: action.into(),
        target: Some(target.to_string()),
        result: result.into(),
        request_id: None,
        detail,
    }
}
