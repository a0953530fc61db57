//! One transaction on the control database, with its scope settled.
//!
//! Invariants: the three settings are local to the transaction and always written, so nothing of an earlier use
//! of the connection shows through; dropping without commit rolls back.

use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{Postgres, Transaction};
use syncline_model::{PrincipalId, TenantId};

use crate::Result;

/// The audit chain of acts outside any tenant. Not a tenant: tenant ids are positive.
pub const PLATFORM: TenantId = TenantId(-1);

/// What a transaction may see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scope {
    tenant: Option<TenantId>,
    principal: Option<PrincipalId>,
    secret: Option<[u8; 32]>,
}

impl Scope {
    /// Nothing but the narrow functions.
    pub const NONE: Scope = Scope {
        tenant: None,
        principal: None,
        secret: None,
    };

    /// One tenant's rows.
    pub fn tenant(tenant: TenantId) -> Self {
        Scope {
            tenant: Some(tenant),
            ..Scope::NONE
        }
    }

    /// One principal's own rows.
    pub fn principal(principal: PrincipalId) -> Self {
        Scope {
            principal: Some(principal),
            ..Scope::NONE
        }
    }

    /// The sign-in or session whose secret has this hash.
    pub fn secret(hash: [u8; 32]) -> Self {
        Scope {
            secret: Some(hash),
            ..Scope::NONE
        }
    }

    /// The same, and this tenant's rows.
    pub fn and_tenant(self, tenant: TenantId) -> Self {
        Scope {
            tenant: Some(tenant),
            ..self
        }
    }

    /// The same, and this principal's own rows.
    pub fn and_principal(self, principal: PrincipalId) -> Self {
        Scope {
            principal: Some(principal),
            ..self
        }
    }

    /// The same, and the sign-in or session whose secret has this hash.
    pub fn and_secret(self, hash: [u8; 32]) -> Self {
        Scope {
            secret: Some(hash),
            ..self
        }
    }
}

/// An open transaction. The aggregates' files add its methods.
pub struct ControlTx {
    pub(super) tx: Transaction<'static, Postgres>,
    pub(super) scope: Scope,
}

impl ControlTx {
    pub(super) async fn open(pool: &PgPool, scope: Scope) -> Result<Self> {
        let mut tx = ControlTx {
            tx: pool.begin().await?,
            scope,
        };
        tx.settle().await?;
        Ok(tx)
    }

    /// Widens the scope to a tenant that this transaction has just proven or is about to create.
    pub async fn enter_tenant(&mut self, tenant: TenantId) -> Result<()> {
        self.scope = self.scope.and_tenant(tenant);
        self.settle().await
    }

    /// Widens the scope to a principal that this transaction has just found.
    pub async fn enter_principal(&mut self, principal: PrincipalId) -> Result<()> {
        self.scope = self.scope.and_principal(principal);
        self.settle().await
    }

    async fn settle(&mut self) -> Result<()> {
        let secret: String = self
            .scope
            .secret
            .iter()
            .flatten()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        sqlx::query(
            "-- control.scope\n\
             select set_config('app.tenant', $1, true), set_config('app.principal', $2, true),\n\
                    set_config('app.secret', $3, true), set_config('lock_timeout', '5s', true)",
        )
        .bind(self.scope.tenant.map_or(0, TenantId::get).to_string())
        .bind(self.scope.principal.map_or(0, PrincipalId::get).to_string())
        .bind(secret)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub(super) fn sql(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Makes everything done in it hold.
    pub async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }

    /// Takes back everything done in it.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.tx.rollback().await?)
    }
}
