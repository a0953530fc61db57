//! Brings a tenant schema to the form this build knows, and fences its old runner out.
//!
//! Called by the host with its own rights. Every migration runs as the tenant's role, in one transaction, and is
//! remembered with its checksum; the two tables that the tenant must not be able to change (what was applied, and who
//! owns the tenant) belong to the caller.
//!
//! Invariants: running it again changes nothing; a migration that was applied in another form stops it.

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use crate::{Result, StoreError};

/// The migrations of this build, in order. A file that has been released is never edited.
const MIGRATIONS: &[(i32, &str)] = &[
    (1, include_str!("../../migrations/tenant/0001_house.sql")),
    (
        2,
        include_str!("../../migrations/tenant/0002_configuration.sql"),
    ),
    (
        3,
        include_str!("../../migrations/tenant/0003_connector_space.sql"),
    ),
    (
        4,
        include_str!("../../migrations/tenant/0004_metaverse.sql"),
    ),
    (5, include_str!("../../migrations/tenant/0005_export.sql")),
    (
        6,
        include_str!("../../migrations/tenant/0006_operation.sql"),
    ),
    (
        7,
        include_str!("../../migrations/tenant/0007_after_export.sql"),
    ),
    (
        8,
        include_str!("../../migrations/tenant/0008_initial_password.sql"),
    ),
    (
        9,
        include_str!("../../migrations/tenant/0009_error_retry.sql"),
    ),
    (
        10,
        include_str!("../../migrations/tenant/0010_rule_resource.sql"),
    ),
    (
        11,
        include_str!("../../migrations/tenant/0011_placeholder_index.sql"),
    ),
    (
        12,
        include_str!("../../migrations/tenant/0012_merged_reference.sql"),
    ),
    (13, include_str!("../../migrations/tenant/0013_leavers.sql")),
    (14, include_str!("../../migrations/tenant/0014_contest.sql")),
    (15, include_str!("../../migrations/tenant/0015_aside.sql")),
    (
        16,
        include_str!("../../migrations/tenant/0016_message_log.sql"),
    ),
    (
        17,
        include_str!("../../migrations/tenant/0017_change_pattern.sql"),
    ),
];

/// What [`migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationReport {
    /// The versions it applied, none when the schema was up to date.
    pub applied: Vec<i32>,
    /// The version the schema has now.
    pub version: i32,
}

/// Creates the schema if it is missing and applies what it lacks. The role exists already; the caller is a superuser,
/// or owns the database and is a member of the role.
pub async fn migrate(conn: &mut PgConnection, schema: &str, role: &str) -> Result<MigrationReport> {
    checked_name(schema)?;
    checked_name(role)?;
    prepare(conn, schema, role).await?;
    let mut applied = Vec::new();
    for (version, text) in MIGRATIONS {
        if apply(conn, schema, role, *version, text).await? {
            applied.push(*version);
        }
    }
    Ok(MigrationReport {
        applied,
        version: MIGRATIONS.last().map_or(0, |(version, _)| *version),
    })
}

/// Lets `generation` own the tenant from now on. Waits for open write transactions of the old owner; sessions of the role
/// that do not end within two seconds are cut, which rolls them back. Never lowers the generation. Answers what holds.
pub async fn set_generation(
    conn: &mut PgConnection,
    schema: &str,
    role: &str,
    generation: i64,
) -> Result<i64> {
    checked_name(schema)?;
    checked_name(role)?;
    match raise(conn, schema, generation).await {
        Err(StoreError::Database(sqlx::Error::Database(error)))
            if error.code().as_deref() == Some("55P03") =>
        {
            sqlx::query(
                "-- owner_generation.cut_old_owner
                 select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()",
            )
            .bind(role)
            .execute(&mut *conn)
            .await?;
            raise(conn, schema, generation).await
        }
        other => other,
    }
}

async fn raise(conn: &mut PgConnection, schema: &str, generation: i64) -> Result<i64> {
    let mut tx = conn.begin().await?;
    sqlx::raw_sql("set local lock_timeout = '2s'")
        .execute(&mut *tx)
        .await?;
    let row = sqlx::query(AssertSqlSafe(format!(
        "-- owner_generation.raise
         update \"{schema}\".owner_generation set generation = greatest(generation, $1) returning generation"
    )))
    .bind(generation)
    .fetch_one(&mut *tx)
    .await?;
    let holds = row.try_get(0)?;
    tx.commit().await?;
    Ok(holds)
}

/// The schema, the caller's two tables in it, and the role's rights.
async fn prepare(conn: &mut PgConnection, schema: &str, role: &str) -> Result<()> {
    let mut tx = conn.begin().await?;
    // SELECT … FOR SHARE needs the right to update one column: `fence` is that column and means nothing else.
    sqlx::raw_sql(AssertSqlSafe(format!(
        "set local lock_timeout = '2s';
         create schema if not exists \"{schema}\";
         create table if not exists \"{schema}\".schema_migration (
             version    integer primary key,
             checksum   bytea   not null,
             applied_at timestamptz not null default now()
         );
         create table if not exists \"{schema}\".owner_generation (
             one        boolean primary key default true check (one),
             generation bigint  not null,
             fence      boolean not null default false
         );
         insert into \"{schema}\".owner_generation (generation) values (0) on conflict do nothing;
         revoke all on schema \"{schema}\" from public;
         grant usage, create on schema \"{schema}\" to \"{role}\";
         grant select on \"{schema}\".schema_migration, \"{schema}\".owner_generation to \"{role}\";
         grant update (fence) on \"{schema}\".owner_generation to \"{role}\";"
    )))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Applies one migration unless it is there. The lock on the version table serialises two callers.
async fn apply(
    conn: &mut PgConnection,
    schema: &str,
    role: &str,
    version: i32,
    text: &str,
) -> Result<bool> {
    let checksum = Sha256::digest(text.as_bytes()).to_vec();
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(format!(
        "set local lock_timeout = '2s'; lock table \"{schema}\".schema_migration in share row exclusive mode"
    )))
    .execute(&mut *tx)
    .await?;
    let found = sqlx::query(AssertSqlSafe(format!(
        "-- schema_migration.find
         select checksum from \"{schema}\".schema_migration where version = $1"
    )))
    .bind(version)
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(row) = found {
        return if row.try_get::<Vec<u8>, _>(0)? == checksum {
            Ok(false)
        } else {
            Err(StoreError::MigrationDiffers {
                schema: schema.to_owned(),
                version,
            })
        };
    }
    sqlx::raw_sql(AssertSqlSafe(format!(
        "set local role \"{role}\"; set local search_path = \"{schema}\"; {text}\n; reset role"
    )))
    .execute(&mut *tx)
    .await?;
    sqlx::query(AssertSqlSafe(format!(
        "-- schema_migration.add
         insert into \"{schema}\".schema_migration (version, checksum) values ($1, $2)"
    )))
    .bind(version)
    .bind(checksum)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// Names go into statements between quotation marks: only those that need none are taken.
pub(crate) fn checked_name(name: &str) -> Result<()> {
    let plain = name
        .bytes()
        .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if plain && (1..=63).contains(&name.len()) {
        Ok(())
    } else {
        Err(StoreError::Name(name.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_need_no_quotation_are_taken() {
        assert!(checked_name("t_9k2").is_ok());
        for name in ["", "T", "a\"b", "a b", "a;drop", "pg.x", &"a".repeat(64)] {
            assert!(checked_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn versions_rise_by_one_and_every_file_says_what_old_code_sees() {
        for (at, (version, text)) in MIGRATIONS.iter().enumerate() {
            assert_eq!(*version as usize, at + 1);
            assert!(
                text.lines()
                    .take(4)
                    .any(|line| line.starts_with("-- Old code")),
                "{version}"
            );
        }
    }
}
