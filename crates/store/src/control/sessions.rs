//! Sign-ins under way and browser sessions, both found by the hash of a secret that only the browser has.

use sqlx::Row as _;
use syncline_model::PrincipalId;

use super::connect::Control;
use super::tx::ControlTx;
use crate::Result;

/// A sign-in under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Where the browser goes afterwards: a path of our own.
    pub return_to: String,
}

/// A live session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who is signed in.
    pub principal: PrincipalId,
    /// The directory tenant that signed the person in.
    pub directory_tenant: String,
    /// When it ends whatever happens.
    pub expires_ms: i64,
    /// When it was last noted as used.
    pub seen_ms: i64,
}

impl ControlTx {
    /// Notes a sign-in; the scope's secret is its key.
    pub async fn begin_sign_in(
        &mut self,
        return_to: &str,
        now_ms: i64,
        expires_ms: i64,
    ) -> Result<()> {
        sqlx::query(
            "-- sign_ins.begin\n\
             insert into sign_in (secret_hash, return_to, created_ms, expires_ms) values (app_secret(), $1, $2, $3)",
        )
        .bind(return_to)
        .bind(now_ms)
        .bind(expires_ms)
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Takes the sign-in of the scope's secret, once: a second caller finds nothing.
    pub async fn take_sign_in(&mut self, now_ms: i64) -> Result<Option<SignIn>> {
        let row = sqlx::query(
            "-- sign_ins.take\n\
             update sign_in set used_ms = $1 where secret_hash = app_secret() and used_ms is null and expires_ms > $1\n\
             returning return_to",
        )
        .bind(now_ms)
        .fetch_optional(self.sql())
        .await?;
        row.map(|row| {
            Ok(SignIn {
                return_to: row.try_get("return_to")?,
            })
        })
        .transpose()
    }

    /// Opens the session of the scope's secret.
    pub async fn open_session(
        &mut self,
        principal: PrincipalId,
        directory_tenant: &str,
        provider_session: Option<&str>,
        now_ms: i64,
        expires_ms: i64,
    ) -> Result<()> {
        sqlx::query(
            "-- sessions.open\n\
             insert into session (secret_hash, principal, directory_tenant, provider_session, created_ms, seen_ms, expires_ms)\n\
             values (app_secret(), $1, $2, $3, $4, $4, $5)",
        )
        .bind(principal.get())
        .bind(directory_tenant)
        .bind(provider_session)
        .bind(now_ms)
        .bind(expires_ms)
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// The live session of the scope's secret: not ended, not past its end, not idle for longer than this.
    pub async fn session(&mut self, now_ms: i64, idle_ms: i64) -> Result<Option<Session>> {
        let row = sqlx::query(
            "-- sessions.find\n\
             select principal, directory_tenant, expires_ms, seen_ms from session\n\
             where secret_hash = app_secret() and ended_ms is null and expires_ms > $1 and seen_ms > $1 - $2",
        )
        .bind(now_ms)
        .bind(idle_ms)
        .fetch_optional(self.sql())
        .await?;
        row.map(|row| {
            Ok(Session {
                principal: PrincipalId(row.try_get("principal")?),
                directory_tenant: row.try_get("directory_tenant")?,
                expires_ms: row.try_get("expires_ms")?,
                seen_ms: row.try_get("seen_ms")?,
            })
        })
        .transpose()
    }

    /// Notes that the session of the scope's secret was used.
    pub async fn touch_session(&mut self, now_ms: i64) -> Result<()> {
        sqlx::query("-- sessions.touch\nupdate session set seen_ms = greatest(seen_ms, $1) where secret_hash = app_secret()")
            .bind(now_ms)
            .execute(self.sql())
            .await?;
        Ok(())
    }

    /// Ends the session of the scope's secret. False where it had ended.
    pub async fn end_session(&mut self, now_ms: i64) -> Result<bool> {
        let done = sqlx::query(
            "-- sessions.end\nupdate session set ended_ms = $1 where secret_hash = app_secret() and ended_ms is null",
        )
        .bind(now_ms)
        .execute(self.sql())
        .await?;
        Ok(done.rows_affected() > 0)
    }
}

impl Control {
    /// Ends the sessions that belong to one sign-in at the identity provider. Returns how many there were.
    pub async fn end_provider_sessions(&self, provider_session: &str, now_ms: i64) -> Result<i64> {
        let ended = sqlx::query_scalar(
            "-- sessions.end_by_provider\nselect sessions_end_by_provider($1, $2)",
        )
        .bind(provider_session)
        .bind(now_ms)
        .fetch_one(&self.api)
        .await?;
        Ok(ended)
    }
}
