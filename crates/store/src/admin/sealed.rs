//! Sealed secrets: ciphertext the host keeps beside what it is for. This room cannot open them.

use sqlx::Row;

use super::error::{AdminError, Doing};
use super::{HostConnection, Outcome};

/// One sealed secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// Whose: a tenant's number, or 0 for the host itself.
    pub owner: i64,
    /// What for, such as `data-key`.
    pub purpose: String,
    /// Which of the owner's secrets of this purpose; the highest is in use.
    pub version: i32,
    /// The nonce.
    pub nonce: Vec<u8>,
    /// The ciphertext with its tag.
    pub body: Vec<u8>,
}

impl HostConnection {
    /// The secret in use.
    pub async fn sealed(
        &mut self,
        owner: i64,
        purpose: &str,
    ) -> Result<Option<SealedRow>, AdminError> {
        sqlx::query(
            "-- admin.sealed.current\n\
             select version, nonce, body from sealed where owner = $1 and purpose = $2 order by version desc limit 1",
        )
        .bind(owner)
        .bind(purpose)
        .fetch_optional(&mut self.sql)
        .await
        .map(|row| {
            row.map(|row| SealedRow {
                owner,
                purpose: purpose.to_owned(),
                version: row.get("version"),
                nonce: row.get("nonce"),
                body: row.get("body"),
            })
        })
        .doing(|| format!("reading the sealed {purpose} of {owner}"))
    }

    /// Stores a secret unless one of this version is there: then the stored one stays.
    pub async fn keep_sealed(&mut self, row: &SealedRow) -> Result<Outcome, AdminError> {
        sqlx::query(
            "-- admin.sealed.keep\n\
             insert into sealed (owner, purpose, version, nonce, body) values ($1, $2, $3, $4, $5) on conflict do nothing",
        )
        .bind(row.owner)
        .bind(&row.purpose)
        .bind(row.version)
        .bind(&row.nonce)
        .bind(&row.body)
        .execute(&mut self.sql)
        .await
        .map(|done| Outcome::made(done.rows_affected() > 0))
        .doing(|| format!("storing the sealed {} of {}", row.purpose, row.owner))
    }

    /// Destroys every secret of an owner.
    pub async fn shred(&mut self, owner: i64) -> Result<Outcome, AdminError> {
        sqlx::query("-- admin.sealed.shred\ndelete from sealed where owner = $1")
            .bind(owner)
            .execute(&mut self.sql)
            .await
            .map(|done| Outcome::made(done.rows_affected() > 0))
            .doing(|| format!("destroying the secrets of {owner}"))
    }

    /// Whether any secret is stored.
    pub async fn has_sealed(&mut self) -> Result<bool, AdminError> {
        sqlx::query("-- admin.sealed.any\nselect 1 from sealed limit 1")
            .fetch_optional(&mut self.sql)
            .await
            .map(|row| row.is_some())
            .doing(|| "looking for sealed secrets".into())
    }
}
