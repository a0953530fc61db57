//! First answers of operations that create: a repeat with the same key gets the same answer.
//!
//! Invariant: the key is claimed in the transaction of the effect, so there is an answer exactly when there is one.

use sqlx::Row as _;
use syncline_model::PrincipalId;

use super::tx::ControlTx;
use crate::Result;

/// What an earlier request with the same key was, and what it got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstAnswer {
    /// Fingerprint of its method, path and body.
    pub fingerprint: Vec<u8>,
    /// HTTP status of its answer; 0 while it is not known.
    pub status: u16,
    /// Body of its answer.
    pub body: Vec<u8>,
}

impl ControlTx {
    /// The answer an earlier request with this key got. Waits for one that is still running.
    pub async fn first_answer(
        &mut self,
        principal: PrincipalId,
        key: &str,
    ) -> Result<Option<FirstAnswer>> {
        // Two requests with one key: the second waits here until the first has committed or gone.
        sqlx::query("-- idempotency.lock\nselect pg_advisory_xact_lock(hashtextextended($2, $1))")
            .bind(principal.get())
            .bind(key)
            .execute(self.sql())
            .await?;
        let row = sqlx::query(
            "-- idempotency.find\nselect fingerprint, status, body from idempotency where principal = $1 and key = $2",
        )
        .bind(principal.get())
        .bind(key)
        .fetch_optional(self.sql())
        .await?;
        row.map(|row| {
            Ok(FirstAnswer {
                fingerprint: row.try_get("fingerprint")?,
                status: row.try_get::<i32, _>("status")?.try_into().unwrap_or(0),
                body: row.try_get("body")?,
            })
        })
        .transpose()
    }

    /// Keeps the answer of this request under its key.
    pub async fn keep_answer(
        &mut self,
        principal: PrincipalId,
        key: &str,
        answer: &FirstAnswer,
        now_ms: i64,
    ) -> Result<()> {
        sqlx::query(
            "-- idempotency.keep\n\
             insert into idempotency (principal, key, fingerprint, status, body, created_ms) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(principal.get())
        .bind(key)
        .bind(&answer.fingerprint)
        .bind(i32::from(answer.status))
        .bind(&answer.body)
        .bind(now_ms)
        .execute(self.sql())
        .await?;
        Ok(())
    }
}
