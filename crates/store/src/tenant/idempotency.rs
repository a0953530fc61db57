//! Answers of operations that create, kept for repetitions of the same request (table `idempotency`).
//!
//! Invariants: the claim, the effect and the answer of a request are in one transaction, so that a repetition finds all
//! of them or none; principal, operation and key are kept as one keyed hash; the answer is sealed.

use super::row::{Columns as _, uuid_of};
use super::session::TenantTx;
use super::settings::halves;
use crate::{Result, StoreError};

/// Which request is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    hash: u128,
    fingerprint: u128,
}

/// What a repetition finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repetition {
    /// Nothing: the request is new, and is claimed by this transaction.
    New,
    /// The answer that was given.
    Answered {
        /// Its HTTP status.
        status: u16,
        /// Its body.
        body: Vec<u8>,
    },
    /// Another request used the key.
    Mismatch,
}

impl TenantTx {
    /// The key of a request: who, which operation, the key that was sent; and what the request said.
    pub fn request_key(
        &self,
        principal: &str,
        operation: &str,
        key: &str,
        request: &[u8],
    ) -> RequestKey {
        let name = serde_json::json!([principal, operation, key]).to_string();
        RequestKey {
            hash: self.keys().secret_hash("idempotency key", name.as_bytes()),
            fingerprint: self.keys().secret_hash("idempotency request", request),
        }
    }

    /// Claims a request, or finds what became of it. A request that is being answered in another transaction is waited for.
    pub async fn idempotency_claim(
        &mut self,
        key: &RequestKey,
        now_ms: i64,
        lifetime_ms: i64,
    ) -> Result<Repetition> {
        let done = sqlx::query(
            "-- idempotency.claim
             insert into idempotency (key_hash, fingerprint, expires_ms) values ($1, $2, $3)
             on conflict (key_hash) do update
             set fingerprint = excluded.fingerprint, status = null, answer = null, expires_ms = excluded.expires_ms
             where idempotency.expires_ms <= $4",
        )
        .bind(uuid_of(key.hash))
        .bind(uuid_of(key.fingerprint))
        .bind(now_ms + lifetime_ms)
        .bind(now_ms)
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 1 {
            return Ok(Repetition::New);
        }
        let row = sqlx::query(
            "-- idempotency.find
             select fingerprint, status, answer from idempotency where key_hash = $1",
        )
        .bind(uuid_of(key.hash))
        .fetch_one(self.conn())
        .await?;
        if row.u128("fingerprint")? != key.fingerprint {
            return Ok(Repetition::Mismatch);
        }
        let (Some(status), Some(sealed)) = (row.opt_i16("status")?, row.opt_bytes("answer")?)
        else {
            let what = "a claim was committed without its answer";
            return Err(StoreError::damaged(
                "idempotency",
                "answer",
                format_args!("{:032x}", key.hash),
                what,
            ));
        };
        let status = u16::try_from(status).map_err(|_| {
            StoreError::damaged(
                "idempotency",
                "status",
                format_args!("{:032x}", key.hash),
                "not an HTTP status",
            )
        })?;
        Ok(Repetition::Answered {
            status,
            body: self.open("idempotency", "answer", &halves(key.hash), sealed)?,
        })
    }

    /// Keeps the answer of a claimed request.
    pub async fn idempotency_answer(
        &mut self,
        key: &RequestKey,
        status: u16,
        body: &[u8],
    ) -> Result<()> {
        let sealed = self.seal("idempotency", "answer", &halves(key.hash), body);
        sqlx::query(
            "-- idempotency.answer
             update idempotency set status = $2, answer = $3 where key_hash = $1",
        )
        .bind(uuid_of(key.hash))
        .bind(status.cast_signed())
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Removes answers nobody may ask for any more.
    pub async fn idempotency_expire(&mut self, now_ms: i64) -> Result<u64> {
        let done = sqlx::query(
            "-- idempotency.expire
             delete from idempotency where expires_ms <= $1",
        )
        .bind(now_ms)
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected())
    }
}
