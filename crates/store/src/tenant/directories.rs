//! Directories: what they are called, how they are read, how far imports got (table `directory`).
//!
//! Invariants: settings, schema and watermark are sealed, and no secret of a customer's host is among them;
//! a change of settings names the version it was read at; a watermark moves only together with what was read
//! before it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use syncline_model::connector::DirectoryIdentity;
use syncline_model::schema::Schema;
use syncline_model::{DirectoryId, RunId};

use super::row::Columns as _;
use super::session::{TenantRead, TenantTx};
use crate::{Result, StoreError, seal};

/// A directory.
#[derive(Debug, Clone, PartialEq)]
pub struct Directory {
    /// Its id.
    pub id: DirectoryId,
    /// Rises with each change of `doc`.
    pub version: i64,
    /// The kind of connector, such as `active-directory`.
    pub kind: String,
    /// What people set.
    pub doc: DirectoryDoc,
    /// The first complete full import since the connector space was empty (D-41).
    pub baseline: Option<RunId>,
    /// Rises with each committed import.
    pub data_version: i64,
    /// Rises with each acknowledged operation (D-55).
    pub export_seq: i64,
}

/// A directory as an import finds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The directory.
    pub directory: Directory,
    /// Where the next delta import starts.
    pub watermark: Option<Vec<u8>>,
    /// Whether operations were handed over to it whose outcome is not known.
    pub in_doubt: bool,
}

/// The sealed part of a directory.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DirectoryDoc {
    /// Its name, for people.
    pub name: String,
    /// What its connector is told: containers, object types, options.
    #[serde(default)]
    pub settings: serde_json::Value,
    /// Who the directory said it is at first bind; another identity is quarantined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<DirectoryIdentity>,
}

/// Schemas that were opened before: a forest's has thousands of attributes, and pages ask for it at every key.
#[derive(Default)]
pub(crate) struct Schemas(BTreeMap<DirectoryId, (Stamp, Arc<Schema>)>);

/// Tells two sealed values apart: each is sealed under a nonce of its own, which stands in its head.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp(Vec<u8>);

impl Stamp {
    fn of(sealed: &[u8]) -> Self {
        Self(sealed[..sealed.len().min(seal::HEAD)].to_vec())
    }
}

fn lock(schemas: &Mutex<Schemas>) -> MutexGuard<'_, Schemas> {
    schemas.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TenantRead {
    /// All directories by id.
    pub async fn directories(&mut self) -> Result<Vec<Directory>> {
        let rows = sqlx::query(
            "-- directory.list
             select id, version, kind, doc, baseline_run, data_version, export_seq from directory order by id",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.directory_from(row)).collect()
    }

    /// One directory.
    pub async fn directory(&mut self, id: DirectoryId) -> Result<Option<Directory>> {
        let row = sqlx::query(
            "-- directory.find
             select id, version, kind, doc, baseline_run, data_version, export_seq from directory where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.directory_from(&row)).transpose()
    }

    /// What a directory can hold, once its connector said so.
    pub async fn directory_schema(&mut self, id: DirectoryId) -> Result<Option<Arc<Schema>>> {
        let row = sqlx::query(
            "-- directory.schema
             select schema_doc from directory where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let Some(sealed) = row.opt_bytes("schema_doc")? else {
            return Ok(None);
        };
        let stamp = Stamp::of(sealed);
        let held = |schemas: &Schemas| schemas.0.get(&id).cloned();
        if let Some((before, schema)) = held(&lock(self.schemas()))
            && before == stamp
        {
            return Ok(Some(schema));
        }
        let schema: Schema = self.open_json("directory", "schema_doc", &[id.get()], sealed)?;
        let schema = Arc::new(schema);
        let kept = (stamp, schema.clone());
        lock(self.schemas()).0.insert(id, kept);
        Ok(Some(schema))
    }

    /// Where the next delta import starts.
    pub async fn watermark(&mut self, id: DirectoryId) -> Result<Option<Vec<u8>>> {
        let row = sqlx::query(
            "-- directory.watermark
             select watermark from directory where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        row.opt_bytes("watermark")?
            .map(|sealed| self.open("directory", "watermark", &[id.get()], sealed))
            .transpose()
    }

    /// A directory as an import finds it.
    pub async fn directory_standing(&mut self, id: DirectoryId) -> Result<Option<Standing>> {
        let row = sqlx::query(
            "-- directory.standing
             select id, version, kind, doc, baseline_run, data_version, export_seq, watermark,
                    exists (select 1 from escrow where escrow.directory = directory.id) as in_doubt
             from directory where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| {
            let watermark = row.opt_bytes("watermark")?;
            let open = |sealed| self.open("directory", "watermark", &[id.get()], sealed);
            Ok(Standing {
                directory: self.directory_from(&row)?,
                watermark: watermark.map(open).transpose()?,
                in_doubt: row.flag("in_doubt")?,
            })
        })
        .transpose()
    }

    fn directory_from(&self, row: &PgRow) -> Result<Directory> {
        let id = row.i64("id")?;
        Ok(Directory {
            id: DirectoryId(id),
            version: row.i64("version")?,
            kind: row.text("kind")?.to_owned(),
            doc: self.open_json("directory", "doc", &[id], row.bytes("doc")?)?,
            baseline: row.opt_i64("baseline_run")?.map(RunId),
            data_version: row.i64("data_version")?,
            export_seq: row.i64("export_seq")?,
        })
    }
}

impl TenantTx {
    /// Adds a directory with a new id.
    pub async fn directory_add(
        &mut self,
        id: DirectoryId,
        kind: &str,
        doc: &DirectoryDoc,
    ) -> Result<()> {
        let sealed = self.seal_json("directory", "doc", &[id.get()], doc);
        sqlx::query(
            "-- directory.add
             insert into directory (id, version, kind, doc) values ($1, 1, $2, $3)",
        )
        .bind(id.get())
        .bind(kind)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Changes what people set. Answers the new version.
    pub async fn directory_change(
        &mut self,
        id: DirectoryId,
        version: i64,
        doc: &DirectoryDoc,
    ) -> Result<i64> {
        let sealed = self.seal_json("directory", "doc", &[id.get()], doc);
        let done = sqlx::query(
            "-- directory.change
             update directory set doc = $3, version = version + 1 where id = $1 and version = $2",
        )
        .bind(id.get())
        .bind(version)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 1 {
            Ok(version + 1)
        } else {
            Err(StoreError::VersionChanged {
                what: id.to_string(),
            })
        }
    }

    /// Keeps what the connector described.
    pub async fn directory_set_schema(&mut self, id: DirectoryId, schema: &Schema) -> Result<()> {
        let sealed = self.seal_json("directory", "schema_doc", &[id.get()], schema);
        sqlx::query(
            "-- directory.set_schema
             update directory set schema_doc = $2 where id = $1",
        )
        .bind(id.get())
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Ends an import: the next delta starts at `watermark` (`None` leaves it where it is), the data version rises,
    /// and a complete full import becomes the baseline unless there is one. Answers the data version.
    pub async fn directory_imported(
        &mut self,
        id: DirectoryId,
        watermark: Option<&[u8]>,
        complete_full: Option<RunId>,
    ) -> Result<i64> {
        let sealed = watermark.map(|w| self.seal("directory", "watermark", &[id.get()], w));
        let row = sqlx::query(
            "-- directory.imported
             update directory set watermark = coalesce($2, watermark), data_version = data_version + 1,
                    baseline_run = coalesce(baseline_run, $3)
             where id = $1 returning data_version",
        )
        .bind(id.get())
        .bind(sealed)
        .bind(complete_full.map(RunId::get))
        .fetch_one(self.conn())
        .await?;
        row.i64("data_version")
    }

    /// An export changed something in the directory: to be called in the transaction of its answer.
    pub async fn directory_written(&mut self, id: DirectoryId) -> Result<()> {
        sqlx::query(
            "-- directory.written
             update directory set unfollowed = true where id = $1 and not unfollowed",
        )
        .bind(id.get())
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes the mark of [`TenantTx::directory_written`] off, for what follows the export or because nothing is to.
    /// Answers whether it was there.
    pub async fn directory_followed(&mut self, id: DirectoryId) -> Result<bool> {
        let done = sqlx::query(
            "-- directory.followed
             update directory set unfollowed = false where id = $1 and unfollowed",
        )
        .bind(id.get())
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets the watermark: the next import is a full one.
    pub async fn directory_forget_watermark(&mut self, id: DirectoryId) -> Result<()> {
        sqlx::query(
            "-- directory.forget_watermark
             update directory set watermark = null where id = $1",
        )
        .bind(id.get())
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Removes a directory and its connector space. The caller made sure that no profile names it and no object is linked.
    pub async fn directory_remove(&mut self, id: DirectoryId) -> Result<()> {
        let linked = sqlx::query(
            "-- directory.remove.linked
             select 1 from cs_link l join cs on cs.id = l.cs where cs.directory = $1 and l.mv is not null limit 1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        if linked.is_some() {
            return Err(StoreError::Refused {
                what: format!(
                    "{id} still has linked objects: end them by removing it from its profiles first"
                ),
            });
        }
        for statement in [
            "-- directory.remove.ref
             delete from ref using cs where cs.id = ref.cs and cs.directory = $1",
            "-- directory.remove.link
             delete from cs_link using cs where cs.id = cs_link.cs and cs.directory = $1",
            "-- directory.remove.work
             delete from work using cs where cs.id = work.object and cs.directory = $1",
            "-- directory.remove.key
             delete from obj_key using cs where cs.id = obj_key.object and cs.directory = $1",
            "-- directory.remove.error
             delete from error using cs where cs.id = error.object and cs.directory = $1",
            "-- directory.remove.message
             delete from message where directory = $1",
            "-- directory.remove.cs
             delete from cs where directory = $1",
            "-- directory.remove.agent
             delete from agent where directory = $1",
            "-- directory.remove
             delete from directory where id = $1",
        ] {
            sqlx::query(statement)
                .bind(id.get())
                .execute(self.conn())
                .await?;
        }
        Ok(())
    }
}
