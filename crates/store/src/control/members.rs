//! Memberships: which principal has which role in which tenant. These rows are the authority over rights.

use sqlx::Row as _;
use syncline_model::{PrincipalId, TenantId};

use super::lifecycle::Observed;
use super::principals::PrincipalKind;
use super::tx::ControlTx;
use crate::Result;

/// A member of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub principal: PrincipalId,
    /// The role's name.
    pub role: String,
    /// Person or workload.
    pub kind: PrincipalKind,
    /// For display only.
    pub display_name: String,
    /// Since when.
    pub created_ms: i64,
}

/// What one principal may count on in one tenant, read with every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The role's name.
    pub role: String,
    /// The tenant's owner generation.
    pub generation: i64,
    /// Whether its runner is there.
    pub observed: Observed,
    /// How many members hold one of the given roles.
    pub approvers: i64,
}

impl ControlTx {
    /// The authority of a principal in a tenant; `None` where it is no member or the tenant does not exist.
    pub async fn authority(
        &mut self,
        tenant: TenantId,
        principal: PrincipalId,
        approving_roles: &[&str],
    ) -> Result<Option<Authority>> {
        let roles: Vec<String> = approving_roles
            .iter()
            .map(|role| (*role).to_owned())
            .collect();
        let row = sqlx::query(
            "-- members.authority\n\
             select m.role, t.generation, t.observed,\n\
                    (select count(*) from membership a where a.tenant = t.id and a.role = any($3)) as approvers\n\
             from membership m join tenant t on t.id = m.tenant where m.tenant = $1 and m.principal = $2",
        )
        .bind(tenant.get())
        .bind(principal.get())
        .bind(roles)
        .fetch_optional(self.sql())
        .await?;
        row.map(|row| {
            Ok(Authority {
                role: row.try_get("role")?,
                generation: row.try_get("generation")?,
                observed: Observed::read(&row, tenant)?,
                approvers: row.try_get("approvers")?,
            })
        })
        .transpose()
    }

    /// The members of a tenant after this principal, in id order.
    pub async fn members(
        &mut self,
        tenant: TenantId,
        after: PrincipalId,
        limit: i64,
    ) -> Result<Vec<Member>> {
        let rows = sqlx::query(
            "-- members.list\n\
             select m.principal, m.role, m.created_ms, p.kind, p.display_name\n\
             from membership m join principal p on p.id = m.principal\n\
             where m.tenant = $1 and m.principal > $2 order by m.principal limit $3",
        )
        .bind(tenant.get())
        .bind(after.get())
        .bind(limit)
        .fetch_all(self.sql())
        .await?;
        rows.iter()
            .map(|row| {
                let id: i64 = row.try_get("principal")?;
                Ok(Member {
                    principal: PrincipalId(id),
                    role: row.try_get("role")?,
                    kind: PrincipalKind::read(row, id)?,
                    display_name: row.try_get("display_name")?,
                    created_ms: row.try_get("created_ms")?,
                })
            })
            .collect()
    }

    /// Makes a principal a member. False where it is one already.
    pub async fn add_member(
        &mut self,
        tenant: TenantId,
        principal: PrincipalId,
        role: &str,
        by: PrincipalId,
        now_ms: i64,
    ) -> Result<bool> {
        let done = sqlx::query(
            "-- members.add\n\
             insert into membership (tenant, principal, role, created_by, created_ms) values ($1, $2, $3, $4, $5)\n\
             on conflict do nothing",
        )
        .bind(tenant.get())
        .bind(principal.get())
        .bind(role)
        .bind(by.get())
        .bind(now_ms)
        .execute(self.sql())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Removes a member. False where it was none.
    pub async fn remove_member(
        &mut self,
        tenant: TenantId,
        principal: PrincipalId,
    ) -> Result<bool> {
        let done = sqlx::query(
            "-- members.remove\ndelete from membership where tenant = $1 and principal = $2",
        )
        .bind(tenant.get())
        .bind(principal.get())
        .execute(self.sql())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// How many members hold a role; locks the tenant, so that two removals cannot both be the last but one.
    pub async fn count_role(&mut self, tenant: TenantId, role: &str) -> Result<i64> {
        sqlx::query("-- members.lock\nselect 1 from tenant where id = $1 for update")
            .bind(tenant.get())
            .execute(self.sql())
            .await?;
        let count = sqlx::query_scalar("-- members.count_role\nselect count(*) from membership where tenant = $1 and role = $2")
            .bind(tenant.get())
            .bind(role)
            .fetch_one(self.sql())
            .await?;
        Ok(count)
    }
}
