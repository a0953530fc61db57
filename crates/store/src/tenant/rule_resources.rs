//! Lookup tables and named expressions and their versions (tables `rule_resource`, `rule_resource_version`).
//!
//! Invariants: versions are only added; the document is sealed, because rows and bodies hold customers' values. Programs
//! are made of these: whoever saves programs holds the table, whoever changes a resource holds it alone, and both compare
//! the revision with the one that they compiled with.

use sqlx::postgres::PgRow;
use syncline_model::RuleResourceId;
use syncline_model::rule_resource::RuleResource;

use super::row::Columns as _;
use super::session::{TenantRead, TenantTx};
use crate::{Result, StoreError};

/// A resource in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleResourceRow {
    /// Its id.
    pub id: RuleResourceId,
    /// The version, from 1.
    pub version: i32,
    /// Who saved it.
    pub author: String,
    /// When.
    pub at_ms: i64,
    /// The document.
    pub doc: RuleResource,
}

impl TenantRead {
    /// Rises with every change of any resource.
    pub async fn rule_resources_revision(&mut self) -> Result<i64> {
        let row = sqlx::query(
            "-- rule_resource.revision
             select coalesce(sum(version), 0)::bigint + count(deleted_ms) as revision from rule_resource",
        )
        .fetch_one(self.conn())
        .await?;
        row.i64("revision")
    }

    /// All that were not deleted, by id, in the version that holds.
    pub async fn rule_resources(&mut self) -> Result<Vec<RuleResourceRow>> {
        let rows = sqlx::query(
            "-- rule_resource.list
             select v.* from rule_resource r join rule_resource_version v on v.resource = r.id and v.version = r.version
             where r.deleted_ms is null order by r.id",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| self.rule_resource_from(row))
            .collect()
    }

    /// One that was not deleted, in the version that holds.
    pub async fn rule_resource(&mut self, id: RuleResourceId) -> Result<Option<RuleResourceRow>> {
        let row = sqlx::query(
            "-- rule_resource.find
             select v.* from rule_resource r join rule_resource_version v on v.resource = r.id and v.version = r.version
             where r.id = $1 and r.deleted_ms is null",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.rule_resource_from(&row)).transpose()
    }

    /// All versions of one, newest first.
    pub async fn rule_resource_versions(
        &mut self,
        id: RuleResourceId,
    ) -> Result<Vec<RuleResourceRow>> {
        let rows = sqlx::query(
            "-- rule_resource_version.list
             select * from rule_resource_version where resource = $1 order by version desc",
        )
        .bind(id.get())
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| self.rule_resource_from(row))
            .collect()
    }

    fn rule_resource_from(&self, row: &PgRow) -> Result<RuleResourceRow> {
        let (id, version) = (row.i64("resource")?, row.i32("version")?);
        Ok(RuleResourceRow {
            id: RuleResourceId(id),
            version,
            author: row.text("author")?.to_owned(),
            at_ms: row.i64("at_ms")?,
            doc: self.open_json(
                "rule_resource_version",
                "doc",
                &[id, version.into()],
                row.bytes("doc")?,
            )?,
        })
    }
}

impl TenantTx {
    /// Keeps every resource as it is until the commit, beside others who do the same.
    pub async fn rule_resources_hold(&mut self) -> Result<()> {
        sqlx::query("lock table rule_resource in row share mode")
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Waits for those who hold the resources; nobody else holds or changes them until the commit.
    pub async fn rule_resources_take(&mut self) -> Result<()> {
        sqlx::query("lock table rule_resource in exclusive mode")
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Saves a version: the first of a new resource (`seen` is 0), or the next after the version the caller saw. Answers
    /// the new version's number.
    pub async fn rule_resource_save(
        &mut self,
        id: RuleResourceId,
        seen: i32,
        doc: &RuleResource,
        author: &str,
        now_ms: i64,
    ) -> Result<i32> {
        let version = seen + 1;
        let done = sqlx::query(
            "-- rule_resource.save
             insert into rule_resource (id, version) values ($1, $2 + 1)
             on conflict (id) do update set version = excluded.version
             where rule_resource.version = $2 and rule_resource.deleted_ms is null",
        )
        .bind(id.get())
        .bind(seen)
        .execute(self.conn())
        .await?;
        changed(done.rows_affected(), id)?;
        let key = [id.get(), version.into()];
        let sealed = self.seal_json("rule_resource_version", "doc", &key, doc);
        sqlx::query(
            "-- rule_resource_version.add
             insert into rule_resource_version (resource, version, author, at_ms, doc) values ($1, $2, $3, $4, $5)",
        )
        .bind(id.get())
        .bind(version)
        .bind(author)
        .bind(now_ms)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(version)
    }

    /// Takes a resource out of use. Its versions stay.
    pub async fn rule_resource_delete(
        &mut self,
        id: RuleResourceId,
        seen: i32,
        now_ms: i64,
    ) -> Result<()> {
        let done = sqlx::query(
            "-- rule_resource.delete
             update rule_resource set deleted_ms = $3 where id = $1 and version = $2 and deleted_ms is null",
        )
        .bind(id.get())
        .bind(seen)
        .bind(now_ms)
        .execute(self.conn())
        .await?;
        changed(done.rows_affected(), id)
    }
}

fn changed(rows: u64, id: RuleResourceId) -> Result<()> {
    match rows {
        1 => Ok(()),
        _ => Err(StoreError::VersionChanged {
            what: id.to_string(),
        }),
    }
}
