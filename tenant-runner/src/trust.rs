//! The tenant's trust: its certificate authority, made once and kept sealed, and this runner's certificate.
//!
//! Invariants: the authority's key is never outside this process unsealed; the runner's certificate carries
//! its generation and is replaced well before it ends.

use std::sync::{Arc, RwLock};

use syncline_store::tenant::{Durability, TenantDb};
use time::{Duration, OffsetDateTime};

use crate::ca::{CaError, TenantCa, TenantIdentity};

const SETTING: &str = "ca";

/// Why there is no trust.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The authority or a certificate.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// The database.
    #[error(transparent)]
    Store(#[from] syncline_store::StoreError),
}

/// The authority and the runner's identity.
pub struct Trust {
    ca: TenantCa,
    generation: i64,
    identity: RwLock<Arc<TenantIdentity>>,
}

impl Trust {
    /// Opens the authority, or makes it in the tenant's first run.
    pub async fn open(db: &TenantDb) -> Result<Self, TrustError> {
        let now = OffsetDateTime::now_utc();
        let stored = db.read().await?.setting(SETTING).await?;
        let ca = match stored {
            Some(setting) => TenantCa::from_secret(db.tenant(), &setting.value)?,
            None => {
                let ca = TenantCa::create(db.tenant(), now)?;
                let mut tx = db.write(Durability::Durable).await?;
                tx.setting_put(SETTING, 0, &ca.to_secret()).await?;
                tx.commit().await?;
                ca
            }
        };
        let identity = Arc::new(ca.runner_identity(db.generation(), now)?);
        Ok(Self {
            ca,
            generation: db.generation(),
            identity: RwLock::new(identity),
        })
    }

    /// The authority.
    pub fn ca(&self) -> &TenantCa {
        &self.ca
    }

    /// The runner's certificate, fresh for at least another hour.
    pub fn identity(&self) -> Result<Arc<TenantIdentity>, CaError> {
        let now = OffsetDateTime::now_utc();
        let held = self
            .identity
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        if held.not_after - now > Duration::hours(1) {
            return Ok(held);
        }
        let fresh = Arc::new(self.ca.runner_identity(self.generation, now)?);
        *self
            .identity
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = fresh.clone();
        Ok(fresh)
    }
}
