//! Verifiers of roles that log in with a password.
//!
//! Invariant: the password itself never reaches the server; only a SCRAM-SHA-256 verifier does.

use sqlx::postgres::PgConnection;

use super::bootstrap::{API_ROLE, COLLECTOR_ROLE, execute};
use super::error::{AdminError, Doing};
use super::{HostConnection, TenantConnection};

/// A role of the API's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiRole {
    /// The one it works as.
    Api,
    /// The one that copies outboxes into the ledger.
    Collector,
}

impl ApiRole {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => API_ROLE,
            Self::Collector => COLLECTOR_ROLE,
        }
    }
}

impl HostConnection {
    /// The verifier one of the API's roles has now.
    pub async fn api_verifier(&mut self, role: ApiRole) -> Result<Option<String>, AdminError> {
        stored(&mut self.sql, role.as_str()).await
    }

    /// Gives one of the API's roles a verifier.
    pub async fn set_api_verifier(
        &mut self,
        role: ApiRole,
        verifier: &str,
    ) -> Result<(), AdminError> {
        set(&mut self.sql, role.as_str(), verifier).await
    }
}

impl TenantConnection {
    /// The verifier the tenant's role has now.
    pub async fn verifier(&mut self) -> Result<Option<String>, AdminError> {
        stored(&mut self.sql, self.name.as_str()).await
    }

    /// Gives the tenant's role a verifier.
    pub async fn set_verifier(&mut self, verifier: &str) -> Result<(), AdminError> {
        set(&mut self.sql, self.name.as_str(), verifier).await
    }
}

async fn stored(sql: &mut PgConnection, role: &str) -> Result<Option<String>, AdminError> {
    sqlx::query_scalar::<_, Option<String>>(
        "-- admin.role.verifier\nselect rolpassword from pg_authid where rolname = $1",
    )
    .bind(role)
    .fetch_optional(sql)
    .await
    .map(Option::flatten)
    .doing(|| format!("reading the verifier of role {role}"))
}

async fn set(sql: &mut PgConnection, role: &str, verifier: &str) -> Result<(), AdminError> {
    let doing = || format!("setting the verifier of role {role}");
    let plain = verifier
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"+/=$:-".contains(&b));
    if !plain || !verifier.starts_with("SCRAM-SHA-256$") {
        return Err(AdminError::Other {
            doing: doing(),
            why: "it is not a SCRAM-SHA-256 verifier".into(),
        });
    }
    execute(sql, format!("alter role {role} password '{verifier}'"))
        .await
        .doing(doing)
}
