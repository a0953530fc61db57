//! Cells: databases of at most [`TENANTS_PER_CELL`] tenant schemas.
//!
//! Invariants: a cell is used only after PUBLIC has lost connect, temporary tables, large objects
//! and advisory locks in it; preparing one twice changes nothing.

use super::bootstrap::{close_to_public, ensure_database, execute};
use super::error::{AdminError, Doing};
use super::{HostConnection, Outcome, Placement, Server};

/// How many tenants share a database. More make `pg_dump` and catalog walks slow.
pub const TENANTS_PER_CELL: i32 = 256;

/// What every role may call unless told otherwise, and what reaches beyond a schema: the space of
/// advisory locks and of large objects is shared by the whole database.
const CLOSE: &str = "
do $close$
declare f regprocedure;
begin
    for f in
        select p.oid::regprocedure from pg_proc p
        where p.pronamespace = 'pg_catalog'::regnamespace
          and (p.proname like 'lo\\_%' or p.proname in ('loread', 'lowrite')
               or p.proname like 'pg\\_advisory\\_%' or p.proname like 'pg\\_try\\_advisory\\_%')
    loop
        execute format('revoke all on function %s from public', f);
    end loop;
end
$close$;
revoke all on schema public from public;
";

impl HostConnection {
    /// Finds or makes the database of a tenant's cell and closes it to PUBLIC.
    pub async fn ensure_cell(
        &mut self,
        server: &Server,
        placement: &Placement,
    ) -> Result<Outcome, AdminError> {
        let database = placement.database.as_str();
        if self.is_prepared(database).await? {
            return Ok(Outcome::Found);
        }
        // Making a database is no transaction: two tenants that come first take turns by a lock,
        // which goes with the connection should this end halfway.
        self.turn("-- admin.cell.lock\nselect pg_advisory_lock($1)")
            .await?;
        let outcome = self.prepare(server, database).await?;
        self.turn("-- admin.cell.unlock\nselect pg_advisory_unlock($1)")
            .await?;
        Ok(outcome)
    }

    async fn prepare(&mut self, server: &Server, database: &str) -> Result<Outcome, AdminError> {
        if self.is_prepared(database).await? {
            return Ok(Outcome::Found);
        }
        ensure_database(&mut self.sql, database, None).await?;
        close_to_public(&mut self.sql, database).await?;
        let mut cell = server.connect_to(database).await?;
        execute(&mut cell, CLOSE.into())
            .await
            .doing(|| format!("closing what PUBLIC may call in {database}"))?;

        sqlx::query("-- admin.cell.prepared\nupdate cell set prepared_at = now() where database = $1 and prepared_at is null")
            .bind(database)
            .execute(&mut self.sql)
            .await
            .doing(|| format!("noting that cell {database} is prepared"))?;
        Ok(Outcome::Made)
    }

    async fn is_prepared(&mut self, database: &str) -> Result<bool, AdminError> {
        sqlx::query("-- admin.cell.is_prepared\nselect 1 from cell where database = $1 and prepared_at is not null")
            .bind(database)
            .fetch_optional(&mut self.sql)
            .await
            .map(|row| row.is_some())
            .doing(|| format!("looking for cell {database}"))
    }

    async fn turn(&mut self, text: &'static str) -> Result<(), AdminError> {
        /// "cell", so that it meets no lock of the migrator.
        const CELLS: i64 = 0x63_65_6c_6c;
        sqlx::query(text)
            .bind(CELLS)
            .execute(&mut self.sql)
            .await
            .map(|_| ())
            .doing(|| "taking turns at making a cell".into())
    }
}
