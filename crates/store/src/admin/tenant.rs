//! A tenant's place, role and schema.
//!
//! Invariants: a place is given once and never to another tenant; the role has no right but in its
//! own schema and no membership in anything; removing destroys the sealed secrets first, so that
//! what a backup still holds is unreadable from that moment on.

use sqlx::Row;
use sqlx::postgres::PgRow;
use syncline_model::TenantId;

use super::bootstrap::execute;
use super::cell::TENANTS_PER_CELL;
use super::error::{AdminError, Doing};
use super::{HostConnection, Name, Outcome, TenantConnection};

/// Where a tenant lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Whose place.
    pub tenant: TenantId,
    /// Its schema, and the name of its role.
    pub name: Name,
    /// The cell's database.
    pub database: Name,
    /// Its number on this machine, from which its uids follow.
    pub slot: u32,
    /// The generation of the last complete `ensure`; 0 before the first.
    pub generation: i64,
}

const PLACE: &str = "select t.id, t.schema, c.database, t.slot, t.generation, t.removed_at is not null as removed\n\
                     from tenant t join cell c on c.id = t.cell";

impl HostConnection {
    /// The place of a tenant, if it has one here and was not removed.
    pub async fn placement(&mut self, tenant: TenantId) -> Result<Option<Placement>, AdminError> {
        let text = placement_query("where t.id = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(tenant.get())
            .fetch_optional(&mut self.sql)
            .await
            .doing(|| format!("looking for the place of {tenant}"))?;
        match row {
            Some(row) if row.get("removed") => Err(AdminError::Removed(tenant)),
            Some(row) => placement(&row).map(Some),
            None => Ok(None),
        }
    }

    /// Every tenant placed here and not removed.
    pub async fn placements(&mut self) -> Result<Vec<Placement>, AdminError> {
        let text = placement_query("where t.removed_at is null order by t.id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .fetch_all(&mut self.sql)
            .await
            .doing(|| "listing the tenants of this host".into())?;
        rows.iter().map(placement).collect()
    }

    /// Finds or gives a tenant its place, in the first cell with room.
    pub async fn place(&mut self, tenant: TenantId) -> Result<(Placement, Outcome), AdminError> {
        if let Some(found) = self.placement(tenant).await? {
            return Ok((found, Outcome::Found));
        }
        let doing = || format!("giving {tenant} a place");
        let text = format!(
            "begin;\n\
             lock table cell in share row exclusive mode;\n\
             insert into cell (id, database, tenants_max)\n\
             select n, 'syncline_cell_' || lpad(n::text, 4, '0'), {TENANTS_PER_CELL}\n\
             from (select coalesce(max(id), 0) + 1 as n from cell) next\n\
             where not exists (select 1 from cell c where tenants_max >\n\
                 (select count(*) from tenant t where t.cell = c.id and t.removed_at is null));\n\
             insert into tenant (id, cell, schema, slot)\n\
             select {id}, c.id, '{name}', (select coalesce(max(slot), -1) + 1 from tenant)\n\
             from cell c where tenants_max >\n\
                 (select count(*) from tenant t where t.cell = c.id and t.removed_at is null)\n\
             order by c.id limit 1\n\
             on conflict (id) do nothing;\n\
             commit;",
            id = tenant.get(),
            name = Name::of_tenant(tenant),
        );
        execute(&mut self.sql, format!("-- admin.tenant.place\n{text}"))
            .await
            .doing(doing)?;
        let placed = self
            .placement(tenant)
            .await?
            .ok_or_else(|| AdminError::Other {
                doing: doing(),
                why: "the row was not there after it was written".into(),
            })?;
        Ok((placed, Outcome::Made))
    }

    /// Notes that everything of this generation is in place.
    pub async fn note_generation(
        &mut self,
        tenant: TenantId,
        generation: i64,
    ) -> Result<Outcome, AdminError> {
        let done = sqlx::query("-- admin.tenant.note_generation\nupdate tenant set generation = $2 where id = $1 and generation < $2")
            .bind(tenant.get())
            .bind(generation)
            .execute(&mut self.sql)
            .await
            .doing(|| format!("noting generation {generation} of {tenant}"))?;
        Ok(Outcome::made(done.rows_affected() > 0))
    }

    /// Turns a tenant's row into its tombstone.
    pub async fn bury(&mut self, tenant: TenantId) -> Result<Outcome, AdminError> {
        let done = sqlx::query("-- admin.tenant.bury\nupdate tenant set removed_at = now() where id = $1 and removed_at is null")
            .bind(tenant.get())
            .execute(&mut self.sql)
            .await
            .doing(|| format!("noting that {tenant} was removed"))?;
        Ok(Outcome::made(done.rows_affected() > 0))
    }
}

impl TenantConnection {
    /// Finds or makes the tenant's role, which cannot log in before it has a verifier.
    pub async fn ensure_role(&mut self, connections_max: u32) -> Result<Outcome, AdminError> {
        let name = self.name.clone();
        let there = self.role_exists().await?;
        if !there {
            let text = format!(
                "create role {name} login connection limit {connections_max} \
                 nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls"
            );
            execute(&mut self.sql, text)
                .await
                .doing(|| format!("creating role {name}"))?;
        }
        Ok(Outcome::made(!there))
    }

    async fn role_exists(&mut self) -> Result<bool, AdminError> {
        sqlx::query("-- admin.role.find\nselect 1 from pg_roles where rolname = $1")
            .bind(self.name.as_str())
            .fetch_optional(&mut self.sql)
            .await
            .map(|row| row.is_some())
            .doing(|| format!("looking for role {}", self.name))
    }

    /// Lets the role into its cell and gives its sessions their defaults. The timeouts are courtesy:
    /// a session may change them; the temporary-file limit it may not.
    pub async fn ensure_grants(&mut self) -> Result<Outcome, AdminError> {
        let (name, database) = (self.name.clone(), self.database.clone());
        let doing = || format!("letting role {name} into {database}");
        let settings = vec![
            format!("search_path={name}"),
            "idle_in_transaction_session_timeout=10min".to_owned(),
            "temp_file_limit=4GB".to_owned(),
        ];
        let row = sqlx::query(
            "-- admin.role.grants\n\
             select has_database_privilege($1::name, $2, 'connect') as connect,\n\
                    coalesce((select setconfig from pg_db_role_setting s join pg_roles r on r.oid = s.setrole\n\
                              where r.rolname = $1 and s.setdatabase = 0), '{}') as settings",
        )
        .bind(name.as_str())
        .bind(database.as_str())
        .fetch_one(&mut self.sql)
        .await
        .doing(doing)?;
        let stored: Vec<String> = row.get("settings");
        if row.get::<bool, _>("connect") && stored == settings {
            return Ok(Outcome::Found);
        }
        // Two grants on one database at one moment are a "tuple concurrently updated": tenants take turns.
        let mut text = format!(
            "select pg_advisory_xact_lock(hashtextextended('grant on {database}', 0));\n\
             grant connect on database {database} to {name};\nalter role {name} reset all;"
        );
        for setting in &settings {
            let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
            text.push_str(&format!("\nalter role {name} set {key} = '{value}';"));
        }
        execute(&mut self.sql, text).await.doing(doing)?;
        Ok(Outcome::Made)
    }

    /// Finds or makes the schema. It belongs to the superuser: the role may use it and make
    /// tables for its mass loads in it, but neither drop nor rename it.
    pub async fn ensure_schema(&mut self) -> Result<Outcome, AdminError> {
        let name = self.name.clone();
        let doing = || format!("creating schema {name}");
        let there: Option<bool> = sqlx::query_scalar(
            "-- admin.schema.find\n\
             select has_schema_privilege($1::name, oid, 'create') and has_schema_privilege($1::name, oid, 'usage')\n\
             from pg_namespace where nspname = $1",
        )
        .bind(name.as_str())
        .fetch_optional(&mut self.sql)
        .await
        .doing(doing)?;
        if there == Some(true) {
            return Ok(Outcome::Found);
        }
        execute(&mut self.sql, format!("create schema if not exists {name};\ngrant usage, create on schema {name} to {name};"))
            .await
            .doing(doing)?;
        Ok(Outcome::Made)
    }

    /// Ends every session of the role. Returns how many there were.
    pub async fn end_sessions(&mut self) -> Result<u64, AdminError> {
        sqlx::query("-- admin.role.end_sessions\nselect pg_terminate_backend(pid) from pg_stat_activity where usename = $1")
            .bind(self.name.as_str())
            .execute(&mut self.sql)
            .await
            .map(|done| done.rows_affected())
            .doing(|| format!("ending the sessions of role {}", self.name))
    }

    /// Forbids the role to log in, and ends its sessions.
    pub async fn shut_out(&mut self) -> Result<Outcome, AdminError> {
        if !self.role_exists().await? {
            return Ok(Outcome::Found);
        }
        let name = self.name.clone();
        execute(
            &mut self.sql,
            format!("alter role {name} nologin password null"),
        )
        .await
        .doing(|| format!("shutting out role {name}"))?;
        self.end_sessions().await?;
        Ok(Outcome::Made)
    }

    /// Drops the schema with everything in it.
    pub async fn drop_schema(&mut self) -> Result<Outcome, AdminError> {
        let name = self.name.clone();
        let there =
            sqlx::query("-- admin.schema.find\nselect 1 from pg_namespace where nspname = $1")
                .bind(name.as_str())
                .fetch_optional(&mut self.sql)
                .await
                .doing(|| format!("looking for schema {name}"))?
                .is_some();
        if there {
            execute(&mut self.sql, format!("drop schema {name} cascade"))
                .await
                .doing(|| format!("dropping schema {name}"))?;
        }
        Ok(Outcome::made(there))
    }

    /// Drops the role with every right it has in the cell.
    pub async fn drop_role(&mut self) -> Result<Outcome, AdminError> {
        if !self.role_exists().await? {
            return Ok(Outcome::Found);
        }
        let name = self.name.clone();
        execute(
            &mut self.sql,
            format!("drop owned by {name};\ndrop role {name};"),
        )
        .await
        .doing(|| format!("dropping role {name}"))?;
        Ok(Outcome::Made)
    }
}

fn placement_query(rest: &str) -> String {
    format!("-- admin.tenant.placement\n{PLACE}\n{rest}")
}

fn placement(row: &PgRow) -> Result<Placement, AdminError> {
    let tenant = TenantId(row.get::<i64, _>("id"));
    let name = |column: &'static str| {
        let text: String = row.get(column);
        text.parse::<Name>().map_err(|e| AdminError::Row {
            table: "tenant",
            column,
            row: tenant.to_string(),
            why: e.to_string(),
        })
    };
    Ok(Placement {
        tenant,
        name: name("schema")?,
        database: name("database")?,
        slot: row.get::<i32, _>("slot").unsigned_abs(),
        generation: row.get("generation"),
    })
}
