//! Answers of operations that create, kept for repetitions of the same request (table `idempotency`).
//!
//! Invariants: the claim of a request is in the transaction of its act, so that no repetition has an effect again,
//! whatever died in between; the answer follows; principal, operation and key are kept as one keyed hash; the answer is
//! sealed.

use std::cell::Cell;

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
    /// The request took effect and its answer was lost.
    Unanswered,
    /// Another request used the key.
    Mismatch,
}

tokio::task_local! {
    /// The request that this task handles and that has had no effect yet.
    static DUE: Cell<Option<Due>>;
}

/// A claim that waits for the effect.
#[derive(Debug, Clone)]
struct Due {
    key: RequestKey,
    now_ms: i64,
    lifetime_ms: i64,
}

/// Handles a request: the first transaction with an act that it commits claims the key. Answers whether one did. Tasks that the
/// handling spawns are work of their own and claim nothing.
pub async fn claiming<F: Future>(
    key: &RequestKey,
    now_ms: i64,
    lifetime_ms: i64,
    handling: F,
) -> (F::Output, bool) {
    let due = Due {
        key: key.clone(),
        now_ms,
        lifetime_ms,
    };
    let watched = async {
        let output = handling.await;
        (output, DUE.with(|due| due.take()).is_none())
    };
    DUE.scope(Cell::new(Some(due)), watched).await
}

/// The claim that belongs into the transaction that is being committed. Put back where that fails.
pub(super) struct Claim(Option<Due>);

impl Claim {
    /// Takes what is due, where the transaction is an act.
    pub(super) fn take(is_act: bool) -> Self {
        Self(if is_act {
            DUE.try_with(Cell::take).ok().flatten()
        } else {
            None
        })
    }

    /// Writes it.
    pub(super) async fn write(&self, tx: &mut TenantTx) -> Result<()> {
        let Some(due) = &self.0 else { return Ok(()) };
        let claimed = tx
            .idempotency_claim(&due.key, due.now_ms, due.lifetime_ms)
            .await?;
        if claimed == Repetition::New {
            return Ok(());
        }
        Err(StoreError::Refused {
            what: "another process handled the same request at the same time".into(),
        })
    }

    /// The transaction is committed.
    pub(super) fn kept(mut self) {
        self.0 = None;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(due) = self.0.take() {
            // Outside the request's task there is nothing to put it back to.
            let _ = DUE.try_with(|place| place.set(Some(due)));
        }
    }
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
            return Ok(Repetition::Unanswered);
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
