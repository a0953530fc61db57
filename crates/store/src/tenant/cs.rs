//! Reading the connector space: narrow rows, whole objects, names (tables `cs`, `cs_link`).
//!
//! Invariants: a scan of narrow rows opens nothing sealed; bodies are read for the ids, anchors or keys a caller
//! names, never for a whole directory; results come in ascending order of id.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use sqlx::postgres::PgRow;
use syncline_model::body;
use syncline_model::object::{
    ContentHash, CsBody, CsFlags, CsKind, CsObject, CsRow, Disjoin, KeyHash, Link, LinkKind,
    Provenance, TypeId,
};
use syncline_model::{Anchor, CsId, DirectoryId, MvId, PartId};
use uuid::Uuid;

use super::row::{Columns as _, code, uuid_of};
use super::session::TenantRead;
use crate::{Result, StoreError};

/// The columns of a narrow row, in the order of [`at`].
macro_rules! columns {
    () => {
        "c.id, c.directory, c.kind, c.object_type, c.flags, c.parent, c.imported, c.anchor_key, c.name_key, c.unique_key,
                l.mv, l.part, l.kind as link_kind, l.explicit, l.disjoin, l.provenance, l.retired, l.synced"
    };
}

/// Where the columns of a row stand. Scans read many rows, and finding a column by its name costs more than reading it.
mod at {
    pub const ID: usize = 0;
    pub const DIRECTORY: usize = 1;
    pub const KIND: usize = 2;
    pub const OBJECT_TYPE: usize = 3;
    pub const FLAGS: usize = 4;
    pub const PARENT: usize = 5;
    pub const IMPORTED: usize = 6;
    pub const ANCHOR_KEY: usize = 7;
    pub const NAME_KEY: usize = 8;
    pub const UNIQUE_KEY: usize = 9;
    pub const MV: usize = 10;
    pub const PART: usize = 11;
    pub const LINK_KIND: usize = 12;
    pub const EXPLICIT: usize = 13;
    pub const DISJOIN: usize = 14;
    pub const PROVENANCE: usize = 15;
    pub const RETIRED: usize = 16;
    pub const SYNCED: usize = 17;
    /// Of wide rows.
    pub const RDN: usize = 18;
    /// Of wide rows.
    pub const BODY: usize = 19;
}

/// A query over narrow rows.
macro_rules! narrow {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nselect ",
            columns!(),
            " from cs c left join cs_link l on l.cs = c.id ",
            $rest
        )
    };
}

/// The same with the sealed columns.
macro_rules! wide {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nselect ",
            columns!(),
            ", c.rdn, c.body from cs c left join cs_link l on l.cs = c.id ",
            $rest
        )
    };
}

/// How many objects a directory holds, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsCount {
    /// The directory.
    pub directory: DirectoryId,
    /// Object type.
    pub object_type: TypeId,
    /// Objects that exist in the directory.
    pub present: i64,
    /// Of these, objects with a link.
    pub linked: i64,
    /// Objects whose newest image synchronisation has not consumed.
    pub pending: i64,
}

impl TenantRead {
    /// All narrow rows of a directory, or of all.
    pub async fn cs_rows(&mut self, directory: Option<DirectoryId>) -> Result<Vec<CsRow>> {
        let mut rows = sqlx::query(narrow!(
            "cs.scan",
            "where $1::int8 is null or c.directory = $1 order by c.id"
        ))
        .bind(directory.map(DirectoryId::get))
        .fetch(self.conn());
        let mut found = Vec::new();
        while let Some(row) = rows.try_next().await? {
            found.push(cs_row(&row)?);
        }
        Ok(found)
    }

    /// The narrow rows of these objects; ids that do not exist are left out.
    pub async fn cs_rows_by_id(&mut self, ids: &[CsId]) -> Result<Vec<CsRow>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(narrow!("cs.by_id", "where c.id = any ($1) order by c.id"))
            .bind(numbers(ids))
            .fetch_all(self.conn())
            .await?;
        rows.iter().map(cs_row).collect()
    }

    /// The objects directly below these containers.
    pub async fn cs_children(&mut self, parents: &[CsId]) -> Result<Vec<CsRow>> {
        if parents.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(narrow!(
            "cs.children",
            "where c.parent = any ($1) order by c.id"
        ))
        .bind(numbers(parents))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(cs_row).collect()
    }

    /// The objects linked to these metaverse objects.
    pub async fn cs_linked_to(&mut self, mvs: &[MvId]) -> Result<Vec<CsRow>> {
        if mvs.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = mvs.iter().map(|id| id.get()).collect();
        let rows = sqlx::query(narrow!(
            "cs.linked_to",
            "where l.mv = any ($1) order by c.id"
        ))
        .bind(ids)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(cs_row).collect()
    }

    /// The objects of a directory that carry one of these flags.
    pub async fn cs_flagged(
        &mut self,
        directory: DirectoryId,
        flags: CsFlags,
    ) -> Result<Vec<CsRow>> {
        let rows = sqlx::query(narrow!(
            "cs.flagged",
            "where c.directory = $1 and c.flags & $2 <> 0 order by c.id"
        ))
        .bind(directory.get())
        .bind(flags.0.cast_signed())
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(cs_row).collect()
    }

    /// The objects under these names, compared by the match fold.
    pub async fn cs_rows_by_name(&mut self, names: &[KeyHash]) -> Result<Vec<CsRow>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(narrow!(
            "cs.by_name",
            "where c.name_key = any ($1) order by c.id"
        ))
        .bind(hashes(names))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(cs_row).collect()
    }

    /// The objects under these names, compared by the uniqueness fold.
    pub async fn cs_rows_by_unique(&mut self, names: &[KeyHash]) -> Result<Vec<CsRow>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(narrow!(
            "cs.by_unique",
            "where c.unique_key = any ($1) order by c.id"
        ))
        .bind(hashes(names))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(cs_row).collect()
    }

    /// These objects, whole but for their references.
    pub async fn cs_objects(&mut self, ids: &[CsId]) -> Result<Vec<CsObject>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(wide!("cs.objects", "where c.id = any ($1) order by c.id"))
            .bind(numbers(ids))
            .fetch_all(self.conn())
            .await?;
        rows.iter().map(|row| self.cs_object(row)).collect()
    }

    /// The narrow rows of a directory's objects with these anchors, each with its anchor.
    pub async fn cs_rows_by_anchor(
        &mut self,
        directory: DirectoryId,
        anchors: &[Anchor],
    ) -> Result<Vec<(Anchor, CsRow)>> {
        if anchors.is_empty() {
            return Ok(Vec::new());
        }
        let by_key: BTreeMap<u128, &Anchor> = anchors
            .iter()
            .map(|anchor| (self.keys().anchor_key(directory, anchor), anchor))
            .collect();
        let keys: Vec<Uuid> = by_key.keys().map(|key| uuid_of(*key)).collect();
        let rows = sqlx::query(narrow!(
            "cs.rows_by_anchor",
            "where c.directory = $1 and c.anchor_key = any ($2) order by c.id"
        ))
        .bind(directory.get())
        .bind(keys)
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                let anchor = by_key.get(&row.u128(at::ANCHOR_KEY)?).copied();
                let anchor = anchor.ok_or_else(|| {
                    StoreError::damaged(
                        "cs",
                        "anchor_key",
                        "of a look-up",
                        "an answer that was not asked for",
                    )
                })?;
                Ok((anchor.clone(), cs_row(row)?))
            })
            .collect()
    }

    /// The objects of a directory with these anchors.
    pub async fn cs_objects_by_anchor(
        &mut self,
        directory: DirectoryId,
        anchors: &[Anchor],
    ) -> Result<Vec<CsObject>> {
        let keys: Vec<Uuid> = anchors
            .iter()
            .map(|anchor| uuid_of(self.keys().anchor_key(directory, anchor)))
            .collect();
        let rows = sqlx::query(wide!(
            "cs.by_anchor",
            "where c.directory = $1 and c.anchor_key = any ($2) order by c.id"
        ))
        .bind(directory.get())
        .bind(keys)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.cs_object(row)).collect()
    }

    /// The objects under these names, compared by the match fold, whole but for their references.
    pub async fn cs_objects_by_name(&mut self, names: &[KeyHash]) -> Result<Vec<CsObject>> {
        let rows = sqlx::query(wide!(
            "cs.objects_by_name",
            "where c.name_key = any ($1) order by c.id"
        ))
        .bind(hashes(names))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.cs_object(row)).collect()
    }

    /// A page of a directory's objects behind an id, for lists and for searching by decoded bodies.
    pub async fn cs_page(
        &mut self,
        directory: Option<DirectoryId>,
        object_type: Option<TypeId>,
        after: CsId,
        limit: i64,
    ) -> Result<Vec<CsObject>> {
        let rows = sqlx::query(wide!(
            "cs.page",
            "where c.kind = 1 and c.id > $3 and ($1::int8 is null or c.directory = $1)
               and ($2::int4 is null or c.object_type = $2) order by c.id limit $4"
        ))
        .bind(directory.map(DirectoryId::get))
        .bind(object_type.map(|t| i32::from(t.0)))
        .bind(after.get())
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.cs_object(row)).collect()
    }

    /// The distinguished names of these objects, derived from their containers. An object whose place is unknown,
    /// or is known by its anchor only, has none.
    pub async fn cs_names(&mut self, ids: &[CsId]) -> Result<BTreeMap<CsId, String>> {
        let rows = sqlx::query(
            "-- cs.names
             with recursive up (id, parent, rdn) as (
                 select id, parent, rdn from cs where id = any ($1)
                 union
                 select c.id, c.parent, c.rdn from up join cs c on c.id = up.parent
             )
             select id, parent, rdn from up",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        let mut steps = BTreeMap::new();
        for row in &rows {
            let id = row.i64("id")?;
            let rdn = row
                .opt_bytes("rdn")?
                .map(|sealed| self.open_text("cs", "rdn", id, sealed))
                .transpose()?;
            steps.insert(id, (row.opt_i64("parent")?, rdn));
        }
        Ok(ids
            .iter()
            .filter_map(|id| Some((*id, joined(&steps, id.get())?)))
            .collect())
    }

    /// Objects by directory and type.
    pub async fn cs_counts(&mut self) -> Result<Vec<CsCount>> {
        let rows = sqlx::query(
            "-- cs.counts
             select c.directory, c.object_type, count(c.imported) as present,
                    count(*) filter (where c.imported is not null and l.mv is not null) as linked,
                    count(*) filter (where c.imported is distinct from l.synced) as pending
             from cs c left join cs_link l on l.cs = c.id where c.object_type is not null
             group by c.directory, c.object_type order by c.directory, c.object_type",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                let object_type = row.i32("object_type")?;
                Ok(CsCount {
                    directory: DirectoryId(row.i64("directory")?),
                    object_type: type_id("cs", "group", object_type)?,
                    present: row.i64("present")?,
                    linked: row.i64("linked")?,
                    pending: row.i64("pending")?,
                })
            })
            .collect()
    }

    fn cs_object(&self, row: &PgRow) -> Result<CsObject> {
        let id = row.i64(at::ID)?;
        let mut body: CsBody = match row.opt_bytes(at::BODY)? {
            Some(sealed) => self.open_body("cs", "body", &[id], sealed)?,
            None => CsBody::default(),
        };
        body.rdn = row
            .opt_bytes(at::RDN)?
            .map(|sealed| self.open_text("cs", "rdn", id, sealed))
            .transpose()?;
        Ok(CsObject {
            row: cs_row(row)?,
            body,
        })
    }

    /// Opens a sealed body in the model's codec.
    pub(crate) fn open_body<T: body::Body>(
        &self,
        table: &'static str,
        column: &'static str,
        row: &[i64],
        sealed: &[u8],
    ) -> Result<T> {
        let bytes = self.open(table, column, row, sealed)?;
        body::decode(&bytes)
            .map_err(|error| StoreError::damaged(table, column, format_args!("{row:?}"), error))
    }

    pub(crate) fn seal_body<T: body::Body>(
        &self,
        table: &'static str,
        column: &'static str,
        row: &[i64],
        value: &T,
    ) -> Vec<u8> {
        self.seal(table, column, row, &body::encode(value))
    }

    fn open_text(
        &self,
        table: &'static str,
        column: &'static str,
        row: i64,
        sealed: &[u8],
    ) -> Result<String> {
        String::from_utf8(self.open(table, column, &[row], sealed)?)
            .map_err(|_| StoreError::damaged(table, column, row, "the text is not UTF-8"))
    }
}

/// The names on the way up, `None` where one is missing. A way longer than any directory's is a damaged loop.
fn joined(steps: &BTreeMap<i64, (Option<i64>, Option<String>)>, id: i64) -> Option<String> {
    let mut name = String::new();
    let mut at = Some(id);
    for _ in 0..256 {
        let Some(id) = at else { return Some(name) };
        let (parent, rdn) = steps.get(&id)?;
        if !name.is_empty() {
            name.push(',');
        }
        name.push_str(rdn.as_deref()?);
        at = *parent;
    }
    None
}

pub(crate) fn numbers(ids: &[CsId]) -> Vec<i64> {
    ids.iter().map(|id| id.get()).collect()
}

fn hashes(keys: &[KeyHash]) -> Vec<Uuid> {
    keys.iter().map(|key| uuid_of(key.0)).collect()
}

pub(crate) fn type_id(
    table: &'static str,
    row: impl std::fmt::Display,
    number: i32,
) -> Result<TypeId> {
    u16::try_from(number).map(TypeId).map_err(|_| {
        StoreError::damaged(
            table,
            "object_type",
            row,
            format_args!("{number} is not a type's number"),
        )
    })
}

fn cs_row(row: &PgRow) -> Result<CsRow> {
    let id = row.i64(at::ID)?;
    let link = match (
        row.opt_i64(at::MV)?,
        row.opt_i64(at::PART)?,
        row.opt_i16(at::LINK_KIND)?,
    ) {
        (Some(mv), Some(part), Some(kind)) => Some(Link {
            mv: MvId(mv),
            part: PartId(part),
            kind: code("cs_link", "kind", id, kind, LinkKind::from_code)?,
            explicit: row.flag(at::EXPLICIT)?,
        }),
        (None, None, None) => None,
        _ => {
            return Err(StoreError::damaged(
                "cs_link",
                "mv",
                id,
                "a link lacks its object, its part or its kind",
            ));
        }
    };
    let disjoin = row.opt_i16(at::DISJOIN)?;
    let provenance = row.opt_i16(at::PROVENANCE)?;
    Ok(CsRow {
        id: CsId(id),
        directory: DirectoryId(row.i64(at::DIRECTORY)?),
        imported: row.opt_u128(at::IMPORTED)?.map(ContentHash::new),
        synced: row.opt_u128(at::SYNCED)?.map(ContentHash::new),
        name: row.opt_u128(at::NAME_KEY)?.map(KeyHash),
        unique: row.opt_u128(at::UNIQUE_KEY)?.map(KeyHash),
        parent: row.opt_i64(at::PARENT)?.map(CsId),
        link,
        object_type: row
            .opt_i32(at::OBJECT_TYPE)?
            .map(|n| type_id("cs", id, n))
            .transpose()?,
        kind: code("cs", "kind", id, row.i16(at::KIND)?, CsKind::from_code)?,
        provenance: provenance.map_or(Ok(Provenance::Discovered), |n| {
            code("cs_link", "provenance", id, n, Provenance::from_code)
        })?,
        disjoin: disjoin.map_or(Ok(Disjoin::Normal), |n| {
            code("cs_link", "disjoin", id, n, Disjoin::from_code)
        })?,
        flags: CsFlags(row.i16(at::FLAGS)?.cast_unsigned()),
        retired: row.opt_i64(at::RETIRED)?,
    })
}
