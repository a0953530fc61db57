//! Principals: who can sign in, known by (directory tenant, object id) and by nothing else.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use syncline_model::PrincipalId;

use super::tx::ControlTx;
use crate::Result;
use crate::error::StoreError;

/// Whether a principal is a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    /// A person.
    User,
    /// A workload with a token of its own.
    Application,
}

impl PrincipalKind {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            PrincipalKind::User => "user",
            PrincipalKind::Application => "application",
        }
    }

    pub(super) fn read(row: &PgRow, id: i64) -> Result<Self> {
        match row.try_get::<&str, _>("kind")? {
            "user" => Ok(PrincipalKind::User),
            "application" => Ok(PrincipalKind::Application),
            other => Err(StoreError::damaged(
                "principal",
                "kind",
                id,
                format!("`{other}` is no kind"),
            )),
        }
    }
}

/// A principal as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Its id.
    pub id: PrincipalId,
    /// The directory tenant it lives in.
    pub directory_tenant: String,
    /// Its object id there.
    pub object_id: String,
    /// Person or workload.
    pub kind: PrincipalKind,
    /// For display only; never looked up by.
    pub display_name: String,
}

impl ControlTx {
    /// Finds or makes the principal behind a validated token; `fresh` is its id if it is new.
    pub async fn ensure_principal(
        &mut self,
        fresh: PrincipalId,
        directory_tenant: &str,
        object_id: &str,
        kind: PrincipalKind,
        display_name: &str,
        now_ms: i64,
    ) -> Result<PrincipalId> {
        let id = sqlx::query_scalar(
            "-- principals.ensure\nselect principal_ensure($1, $2, $3, $4, $5, $6)",
        )
        .bind(fresh.get())
        .bind(directory_tenant)
        .bind(object_id)
        .bind(kind.name())
        .bind(display_name)
        .bind(now_ms)
        .fetch_one(self.sql())
        .await?;
        Ok(PrincipalId(id))
    }

    /// A principal this scope may see.
    pub async fn principal(&mut self, id: PrincipalId) -> Result<Option<Principal>> {
        let row = sqlx::query(
            "-- principals.get\n\
             select directory_tenant, object_id, kind, display_name from principal where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.sql())
        .await?;
        row.map(|row| {
            Ok(Principal {
                id,
                directory_tenant: row.try_get("directory_tenant")?,
                object_id: row.try_get("object_id")?,
                kind: PrincipalKind::read(&row, id.get())?,
                display_name: row.try_get("display_name")?,
            })
        })
        .transpose()
    }
}
