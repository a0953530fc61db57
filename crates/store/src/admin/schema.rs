//! What stands in a tenant's schema, seen from the host: migrations and the owner generation.
//!
//! The work is done in [`crate::tenant`]; here it becomes two steps that say whether they had
//! anything to do. Invariant: the generation only rises.

use sqlx::AssertSqlSafe;

use super::error::{AdminError, Doing};
use super::{Outcome, TenantConnection};
use crate::tenant;

/// What raising a generation found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raised {
    /// The number holds now, or held already.
    Holds(Outcome),
    /// A higher one holds.
    Stale {
        /// The one that holds.
        current: i64,
    },
}

impl TenantConnection {
    /// Applies the migrations that the tenant's schema lacks.
    pub async fn migrate(&mut self) -> Result<Outcome, AdminError> {
        let name = self.name.as_str();
        let report = tenant::migrate(&mut self.sql, name, name)
            .await
            .map_err(|source| AdminError::Store {
                doing: format!("migrating schema {name}"),
                source,
            })?;
        Ok(Outcome::made(!report.applied.is_empty()))
    }

    /// Raises the generation. Writers under way finish first; those that take too long lose their session.
    pub async fn raise_generation(&mut self, wanted: i64) -> Result<Raised, AdminError> {
        let name = self.name.clone();
        let text =
            format!("-- owner_generation.read\nselect generation from {name}.owner_generation");
        let before: i64 = sqlx::query_scalar(AssertSqlSafe(text))
            .fetch_one(&mut self.sql)
            .await
            .doing(|| format!("reading the generation of {name}"))?;
        if before == wanted {
            return Ok(Raised::Holds(Outcome::Found));
        }
        let holds = tenant::set_generation(&mut self.sql, name.as_str(), name.as_str(), wanted)
            .await
            .map_err(|source| AdminError::Store {
                doing: format!("raising the generation of {name}"),
                source,
            })?;
        Ok(if holds > wanted {
            Raised::Stale { current: holds }
        } else {
            Raised::Holds(Outcome::Made)
        })
    }
}
