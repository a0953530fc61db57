//! Who asks for what, as every handler sees it.
//!
//! Invariants: a context exists only for a request whose assertion was checked by the guard; whatever the
//! store refuses becomes a problem here, once, with the cause in the log and never in the answer.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use syncline_contract::{Problem, Right, Rights, codes};
use syncline_store::StoreError;
use syncline_store::chain::Act;
use syncline_store::tenant::{Durability, TenantRead, TenantTx};
use syncline_wire::assertion::{Assertion, Principal};

use crate::app::App;

/// One request.
#[derive(Clone)]
pub struct Context {
    /// The runner.
    pub app: Arc<App>,
    /// What the API vouches for.
    pub assertion: Assertion,
}

impl Context {
    /// The tenant's data, to read.
    pub async fn read(&self) -> Result<TenantRead, Problem> {
        self.app.db.read().await.map_err(refused)
    }

    /// A transaction that is on disk when it is committed.
    pub async fn write(&self) -> Result<TenantTx, Problem> {
        let durable = self.app.db.write(Durability::Durable);
        durable.await.map_err(refused)
    }

    /// Whether the caller holds a right.
    pub fn may(&self, right: Right) -> bool {
        Rights::from_bits(self.assertion.rights).has(right)
    }

    /// The caller, as audit rows and approvals name him.
    pub fn actor(&self) -> String {
        actor(&self.assertion.principal)
    }

    /// An act of this request that was done.
    pub fn act(&self, action: &str, target: impl ToString, detail: serde_json::Value) -> Act {
        Act {
            at_ms: now_ms(),
            actor: self.actor(),
            action: action.to_owned(),
            target: Some(target.to_string()),
            result: "done".to_owned(),
            request_id: Some(self.assertion.request.to_string()),
            detail,
        }
    }
}

/// The name of a principal in audit rows.
pub fn actor(principal: &Principal) -> String {
    match principal.id() {
        Some(id) => id.to_string(),
        None => "system".to_owned(),
    }
}

impl FromRequestParts<Arc<App>> for Context {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let assertion = parts.extensions.get::<Assertion>().cloned();
        let assertion = assertion.ok_or_else(|| {
            Problem::new(
                &codes::ASSERTION_INVALID,
                "The request carries no assertion.",
            )
        })?;
        Ok(Self {
            app: app.clone(),
            assertion,
        })
    }
}

/// The present, in milliseconds since 1970.
pub fn now_ms() -> i64 {
    let now = time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    i64::try_from(now).unwrap_or(i64::MAX)
}

/// What a failure of the store means to a caller.
pub fn refused(error: StoreError) -> Problem {
    match &error {
        StoreError::StaleGeneration { .. } => Problem::new(
            &codes::GENERATION_STALE,
            "Another process of this tenant took over.",
        ),
        StoreError::VersionChanged { .. } => Problem::new(
            &codes::PRECONDITION_FAILED,
            "The resource changed while this request was under way.",
        ),
        StoreError::Refused { what } => Problem::new(&codes::CONFLICT, what.clone()),
        transient if transient.is_transient() => {
            tracing::warn!(code = error.code(), "{error}");
            Problem::new(&codes::UNAVAILABLE, "The tenant's database did not answer.")
                .retry_after(1)
        }
        _ => {
            tracing::error!(code = error.code(), "{error}");
            Problem::internal()
        }
    }
}
