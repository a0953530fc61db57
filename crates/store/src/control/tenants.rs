//! Organisations and tenants: signing up and reading.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use syncline_model::{PrincipalId, TenantId};

use super::lifecycle::{Desired, Observed};
use super::tx::ControlTx;
use crate::Result;

/// What signing up writes.
#[derive(Debug, Clone)]
pub struct NewTenant<'a> {
    /// The tenant's id.
    pub id: TenantId,
    /// The organisation it belongs to.
    pub organisation: i64,
    /// Name for people.
    pub name: &'a str,
    /// Name for addresses; unique within the organisation.
    pub slug: &'a str,
    /// Who signs up.
    pub by: PrincipalId,
}

/// A tenant as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Name for people.
    pub name: String,
    /// Name for addresses.
    pub slug: String,
    /// The organisation's name.
    pub organisation: String,
    /// The directory tenant the organisation signed up with.
    pub directory_tenant: String,
    /// What it should be.
    pub desired: Desired,
    /// What it was last seen as.
    pub observed: Observed,
    /// The owner generation.
    pub generation: i64,
    /// Why it is failing, for people.
    pub reason: Option<String>,
    /// How many attempts in a row have failed.
    pub attempts: i32,
    /// When it signed up.
    pub created_ms: i64,
    /// When its runner first answered.
    pub active_ms: Option<i64>,
}

const SELECT: &str = "select t.id, t.name, t.slug, t.desired, t.observed, t.generation, t.reason, t.attempts,\n\
                      t.created_ms, t.active_ms, o.name as organisation, o.directory_tenant\n\
                      from tenant t join organisation o on o.id = t.organisation";

impl ControlTx {
    /// The organisation of this directory tenant that the scope's principal owns a tenant of.
    pub async fn owned_organisation(
        &mut self,
        principal: PrincipalId,
        directory_tenant: &str,
    ) -> Result<Option<i64>> {
        let id = sqlx::query_scalar(
            "-- organisations.owned\n\
             select o.id from organisation o join tenant t on t.organisation = o.id\n\
             join membership m on m.tenant = t.id\n\
             where m.principal = $1 and m.role = 'owner' and o.directory_tenant = $2 limit 1",
        )
        .bind(principal.get())
        .bind(directory_tenant)
        .fetch_optional(self.sql())
        .await?;
        Ok(id)
    }

    /// Makes the organisation of a directory tenant. False where the directory tenant has one.
    pub async fn make_organisation(
        &mut self,
        id: i64,
        name: &str,
        directory_tenant: &str,
        by: PrincipalId,
        now_ms: i64,
    ) -> Result<bool> {
        let done = sqlx::query(
            "-- organisations.make\n\
             insert into organisation (id, name, directory_tenant, created_by, created_ms) values ($1, $2, $3, $4, $5)\n\
             on conflict do nothing",
        )
        .bind(id)
        .bind(name)
        .bind(directory_tenant)
        .bind(by.get())
        .bind(now_ms)
        .execute(self.sql())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Makes a tenant that should be active. The scope has to be in it. False where its name is taken.
    pub async fn make_tenant(&mut self, new: &NewTenant<'_>, now_ms: i64) -> Result<bool> {
        let done = sqlx::query(
            "-- tenants.make\n\
             insert into tenant (id, organisation, name, slug, desired, observed, generation, created_by, created_ms)\n\
             values ($1, $2, $3, $4, 'active', 'requested', 1, $5, $6) on conflict do nothing",
        )
        .bind(new.id.get())
        .bind(new.organisation)
        .bind(new.name)
        .bind(new.slug)
        .bind(new.by.get())
        .bind(now_ms)
        .execute(self.sql())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// A tenant this scope may see.
    pub async fn tenant(&mut self, id: TenantId) -> Result<Option<Tenant>> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "-- tenants.get\n{SELECT} where t.id = $1"
        )))
        .bind(id.get())
        .fetch_optional(self.sql())
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// The tenants the scope's principal belongs to with its role in each, after this id.
    pub async fn tenants_of(
        &mut self,
        principal: PrincipalId,
        after: TenantId,
        limit: i64,
    ) -> Result<Vec<(Tenant, String)>> {
        let text = SELECT.replace("select ", "select m.role, ");
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "-- tenants.of_principal\n{text} join membership m on m.tenant = t.id\n\
             where m.principal = $1 and t.id > $2 order by t.id limit $3"
        )))
        .bind(principal.get())
        .bind(after.get())
        .bind(limit)
        .fetch_all(self.sql())
        .await?;
        rows.iter()
            .map(|row| Ok((read(row)?, row.try_get("role")?)))
            .collect()
    }
}

fn read(row: &PgRow) -> Result<Tenant> {
    let id = TenantId(row.try_get("id")?);
    Ok(Tenant {
        id,
        name: row.try_get("name")?,
        slug: row.try_get("slug")?,
        organisation: row.try_get("organisation")?,
        directory_tenant: row.try_get("directory_tenant")?,
        desired: Desired::read(row, id)?,
        observed: Observed::read(row, id)?,
        generation: row.try_get("generation")?,
        reason: row.try_get("reason")?,
        attempts: row.try_get("attempts")?,
        created_ms: row.try_get("created_ms")?,
        active_ms: row.try_get("active_ms")?,
    })
}
