//! Lookup tables and named expressions and their versions (table `rule_resource`).
//!
//! Invariants: rows are only added; the document is sealed, because rows and bodies hold customers' values. Programs are
//! made of these: whoever saves programs holds the table, whoever changes a resource holds it alone, and both compare the
//! revision with the one that they compiled with.

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
             select count(*) as revision from rule_resource",
        )
        .fetch_one(self.conn())
        .await?;
        row.i64("revision")
    }

    /// All that were not deleted, by id, in the version that holds.
    pub async fn rule_resources(&mut self) -> Result<Vec<RuleResourceRow>> {
        let rows = sqlx::query(
            "-- rule_resource.list
             select distinct on (id) * from rule_resource order by id, version desc",
        )
        .fetch_all(self.conn())
        .await?;
        self.rule_resources_from(&rows)
    }

    /// One that was not deleted, in the version that holds.
    pub async fn rule_resource(&mut self, id: RuleResourceId) -> Result<Option<RuleResourceRow>> {
        let rows = sqlx::query(
            "-- rule_resource.find
             select * from rule_resource where id = $1 order by version desc limit 1",
        )
        .bind(id.get())
        .fetch_all(self.conn())
        .await?;
        Ok(self.rule_resources_from(&rows)?.pop())
    }

    /// All versions of one, newest first.
    pub async fn rule_resource_versions(
        &mut self,
        id: RuleResourceId,
    ) -> Result<Vec<RuleResourceRow>> {
        let rows = sqlx::query(
            "-- rule_resource.versions
             select * from rule_resource where id = $1 order by version desc",
        )
        .bind(id.get())
        .fetch_all(self.conn())
        .await?;
        self.rule_resources_from(&rows)
    }

    /// Those of the rows that have a document.
    fn rule_resources_from(&self, rows: &[PgRow]) -> Result<Vec<RuleResourceRow>> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, version) = (row.i64("id")?, row.i32("version")?);
            let Some(sealed) = row.opt_bytes("doc")? else {
                continue;
            };
            found.push(RuleResourceRow {
                id: RuleResourceId(id),
                version,
                author: row.text("author")?.to_owned(),
                at_ms: row.i64("at_ms")?,
                doc: self.open_json("rule_resource", "doc", &[id, version.into()], sealed)?,
            });
        }
        Ok(found)
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

    /// Saves a version: the first of a new resource (`seen` is 0), or the next after the version the caller saw; without a
    /// document it deletes the resource, whose versions stay.
    pub async fn rule_resource_save(
        &mut self,
        id: RuleResourceId,
        seen: i32,
        doc: Option<&RuleResource>,
        author: &str,
        now_ms: i64,
    ) -> Result<()> {
        let key = [id.get(), i64::from(seen + 1)];
        let sealed = doc.map(|doc| self.seal_json("rule_resource", "doc", &key, doc));
        let done = sqlx::query(
            "-- rule_resource.save
             insert into rule_resource (id, version, author, at_ms, doc)
             select $1, $2 + 1, $3, $4, $5 where $2 = coalesce(
                 (select case when doc is null then -1 else version end
                  from rule_resource where id = $1 order by version desc limit 1), 0)
             on conflict (id, version) do nothing",
        )
        .bind(id.get())
        .bind(seen)
        .bind(author)
        .bind(now_ms)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        match done.rows_affected() {
            1 => Ok(()),
            _ => Err(StoreError::VersionChanged {
                what: id.to_string(),
            }),
        }
    }
}
