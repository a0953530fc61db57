//! Applying one page of an import (tables `cs`, `ref`, `run_seen`, `memory`, `work`, `error`).
//!
//! Invariants: a part is applied whole or not at all, and applying it twice equals once; columns that synchronisation
//! owns are not touched for rows that exist; a row that is still a parent or referred to becomes a placeholder
//! instead of going (D-05).

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::object::{CsBody, CsKind, CsRef, CsRow, Disjoin, Provenance};
use syncline_model::plan::WorkItem;
use syncline_model::stage::{MemoryChange, StagePart, StageRow};
use syncline_model::{Attrs, CsId, DirectoryId, RunId};

use super::cs::numbers;
use super::row::{Columns as _, uuid_of};
use super::session::TenantTx;
use crate::Result;

/// Which run a part belongs to, and when it is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageStep {
    /// The run.
    pub run: RunId,
    /// The page's number in the run: the same page applied again replaces its seen marks.
    pub chunk: i32,
    /// Now, in milliseconds since 1970.
    pub now_ms: i64,
}

impl TenantTx {
    /// Applies a staging part.
    pub async fn apply_stage(&mut self, part: &StagePart, step: &StageStep) -> Result<()> {
        self.on_behalf_of(step.run);
        self.cs_put(&part.rows).await?;
        self.refs_clear(&part.refs_cleared).await?;
        let changed = |added: bool| -> Vec<CsRef> {
            let changes = part.refs.iter().filter(|change| change.added == added);
            changes.map(|change| change.reference).collect()
        };
        self.refs_remove(&changed(false)).await?;
        self.refs_add(part.directory, &changed(true)).await?;
        for (old, new) in &part.merged {
            self.cs_merge(*old, *new).await?;
        }
        for change in &part.memory {
            self.memory_change(part.directory, change).await?;
        }
        self.contests_put(&part.contests).await?;
        self.errors_put(&part.errors, step.now_ms).await?;
        if !part.seen.is_empty() || !part.before.is_empty() {
            self.run_seen_add(step.run, step.chunk, &part.seen, &part.before)
                .await?;
        }
        self.cs_remove(&part.removed).await?;
        let work: Vec<WorkItem> = part
            .profiles
            .iter()
            .flat_map(|profile| {
                part.work.iter().map(|subject| WorkItem {
                    profile: *profile,
                    subject: *subject,
                })
            })
            .collect();
        self.work_add(&work).await
    }

    /// Removes the placeholders of a directory that nothing lies below and nobody refers to. Answers how many.
    pub async fn placeholders_sweep(&mut self, directory: DirectoryId) -> Result<u64> {
        let mut removed = 0;
        loop {
            // A placeholder may hold up another one: the next round takes that one.
            let done = sqlx::query(
                "-- cs.placeholders_sweep
                 delete from cs where directory = $1 and kind = 2
                   and not exists (select 1 from cs child where child.parent = cs.id)
                   and not exists (select 1 from ref where ref.to_cs = cs.id)",
            )
            .bind(directory.get())
            .execute(self.conn())
            .await?;
            if done.rows_affected() == 0 {
                return Ok(removed);
            }
            removed += done.rows_affected();
        }
    }

    /// Writes rows of the connector space: with their wide part where they bring one.
    pub(crate) async fn cs_put(&mut self, rows: &[StageRow]) -> Result<()> {
        let (wide, narrow): (Vec<&StageRow>, Vec<&StageRow>) =
            rows.iter().partition(|row| row.new || row.body.is_some());
        self.cs_put_wide(&wide).await?;
        self.cs_put_narrow(&narrow).await?;
        let linked: Vec<CsRow> = rows
            .iter()
            .filter(|row| row.new)
            .map(|row| row.row)
            .collect();
        self.cs_link_init(&linked).await
    }

    async fn cs_put_wide(&mut self, rows: &[&StageRow]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut columns = Columns::default();
        let (mut anchors, mut rdns, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
        let empty = CsBody::default();
        for row in rows {
            columns.push(&row.row);
            let body = row.body.as_ref().unwrap_or(&empty);
            let (anchor, rdn, sealed) = self.cs_sealed(&row.row, body);
            anchors.push(anchor);
            rdns.push(rdn);
            bodies.push(sealed);
        }
        sqlx::query(
            "-- cs.put
             insert into cs (id, directory, kind, object_type, flags, parent, imported, name_key, unique_key,
                             anchor_key, rdn, body)
             select * from unnest($1::int8[], $2::int8[], $3::int2[], $4::int4[], $5::int2[], $6::int8[], $7::uuid[],
                                  $8::uuid[], $9::uuid[], $10::uuid[], $11::bytea[], $12::bytea[])
             on conflict (id) do update
             set kind = excluded.kind, object_type = excluded.object_type, flags = excluded.flags,
                 parent = excluded.parent, imported = excluded.imported, name_key = excluded.name_key,
                 unique_key = excluded.unique_key, anchor_key = excluded.anchor_key, rdn = excluded.rdn,
                 body = excluded.body",
        )
        .bind(columns.id)
        .bind(columns.directory)
        .bind(columns.kind)
        .bind(columns.object_type)
        .bind(columns.flags)
        .bind(columns.parent)
        .bind(columns.imported)
        .bind(columns.name)
        .bind(columns.unique)
        .bind(anchors)
        .bind(rdns)
        .bind(bodies)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    async fn cs_put_narrow(&mut self, rows: &[&StageRow]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut columns = Columns::default();
        rows.iter().for_each(|row| columns.push(&row.row));
        sqlx::query(
            "-- cs.put_narrow
             update cs set kind = new.kind, object_type = new.object_type, flags = new.flags, parent = new.parent,
                    imported = new.imported, name_key = new.name_key, unique_key = new.unique_key
             from unnest($1::int8[], $2::int2[], $3::int4[], $4::int2[], $5::int8[], $6::uuid[], $7::uuid[], $8::uuid[])
                  as new (id, kind, object_type, flags, parent, imported, name_key, unique_key)
             where cs.id = new.id",
        )
        .bind(columns.id)
        .bind(columns.kind)
        .bind(columns.object_type)
        .bind(columns.flags)
        .bind(columns.parent)
        .bind(columns.imported)
        .bind(columns.name)
        .bind(columns.unique)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The columns of a wide part: anchor key, sealed RDN, sealed rest.
    #[allow(clippy::type_complexity)]
    pub(crate) fn cs_sealed(
        &self,
        row: &CsRow,
        body: &CsBody,
    ) -> (Option<uuid::Uuid>, Option<Vec<u8>>, Option<Vec<u8>>) {
        let id = row.id.get();
        let anchor = body
            .anchor
            .as_ref()
            .map(|anchor| uuid_of(self.keys().anchor_key(row.directory, anchor)));
        let rdn = body
            .rdn
            .as_ref()
            .map(|rdn| self.seal("cs", "rdn", &[id], rdn.as_bytes()));
        let rest = CsBody {
            anchor: body.anchor.clone(),
            rdn: None,
            attrs: body.attrs.clone(),
        };
        let sealed = (rest.anchor.is_some() || !rest.attrs.is_empty())
            .then(|| self.seal_body("cs", "body", &[id], &rest));
        (anchor, rdn, sealed)
    }

    /// Rows for what synchronisation owns, where a new object is not the ordinary case.
    async fn cs_link_init(&mut self, rows: &[CsRow]) -> Result<()> {
        let (mut cs, mut mv, mut part, mut kind) = (vec![], vec![], vec![], vec![]);
        let (mut explicit, mut disjoin, mut provenance, mut synced) =
            (vec![], vec![], vec![], vec![]);
        for row in rows {
            let ordinary = row.link.is_none()
                && row.synced.is_none()
                && row.disjoin == Disjoin::Normal
                && row.provenance == Provenance::Discovered;
            if ordinary {
                continue;
            }
            cs.push(row.id.get());
            mv.push(row.link.map(|link| link.mv.get()));
            part.push(row.link.map(|link| link.part.get()));
            kind.push(row.link.map(|link| i16::from(link.kind.code())));
            explicit.push(row.link.is_some_and(|link| link.explicit));
            disjoin.push(i16::from(row.disjoin.code()));
            provenance.push(i16::from(row.provenance.code()));
            synced.push(row.synced.map(|hash| uuid_of(hash.get())));
        }
        if cs.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "-- cs_link.init
             insert into cs_link (cs, mv, part, kind, explicit, disjoin, provenance, synced)
             select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int2[], $5::bool[], $6::int2[], $7::int2[],
                                  $8::uuid[])
             on conflict (cs) do nothing",
        )
        .bind(cs)
        .bind(mv)
        .bind(part)
        .bind(kind)
        .bind(explicit)
        .bind(disjoin)
        .bind(provenance)
        .bind(synced)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Children and referrers of `old` move to `new`, then `old` goes.
    async fn cs_merge(&mut self, old: CsId, new: CsId) -> Result<()> {
        sqlx::query(
            "-- cs.merge.children
             update cs set parent = $2 where parent = $1",
        )
        .bind(old.get())
        .bind(new.get())
        .execute(self.conn())
        .await?;
        self.refs_retarget(old, new).await?;
        self.cs_drop(&[old]).await
    }

    /// Removes rows; those that others need become placeholders.
    pub(crate) async fn cs_remove(&mut self, ids: &[CsId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.refs_clear(ids).await?;
        let needed = self.cs_needed(ids).await?;
        let (kept, gone): (Vec<CsId>, Vec<CsId>) = ids.iter().partition(|id| needed.contains(*id));
        self.cs_drop(&gone).await?;
        self.cs_hollow(&kept).await
    }

    /// Which of these rows stay because something outside the list, or something that stays, lies below or refers to them.
    async fn cs_needed(&mut self, ids: &[CsId]) -> Result<BTreeSet<CsId>> {
        let rows = sqlx::query(
            "-- cs.needed
             select id, parent,
                    exists (select 1 from cs child where child.parent = cs.id and child.id <> all ($1))
                    or exists (select 1 from ref where ref.to_cs = cs.id) as needed
             from cs where id = any ($1)",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        let mut parents = BTreeMap::new();
        let mut needed = BTreeSet::new();
        for row in &rows {
            let id = CsId(row.i64("id")?);
            parents.insert(id, row.opt_i64("parent")?.map(CsId));
            if row.flag("needed")? {
                needed.insert(id);
            }
        }
        for id in needed.clone() {
            let mut at = parents.get(&id).copied().flatten();
            while let Some(parent) =
                at.filter(|parent| parents.contains_key(parent) && needed.insert(*parent))
            {
                at = parents.get(&parent).copied().flatten();
            }
        }
        Ok(needed)
    }

    /// Turns rows into placeholders: the anchor and the place stay, attributes and whatever hangs on them go.
    async fn cs_hollow(&mut self, ids: &[CsId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.cs_strip(ids).await?;
        for object in self.cs_objects(ids).await? {
            let body = CsBody {
                attrs: Attrs::new(),
                ..object.body
            };
            let row = CsRow {
                name: object.row.name,
                unique: object.row.unique,
                parent: object.row.parent,
                ..CsRow::placeholder(object.row.id, object.row.directory)
            };
            self.cs_put_wide(&[&StageRow {
                row,
                body: Some(body),
                new: false,
            }])
            .await?;
        }
        Ok(())
    }

    /// Removes rows that nobody needs.
    async fn cs_drop(&mut self, ids: &[CsId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.refs_clear(ids).await?;
        self.cs_strip(ids).await?;
        for statement in [
            "-- cs.drop.work
             delete from work where object = any ($1)",
            "-- cs.drop
             delete from cs where id = any ($1)",
        ] {
            sqlx::query(statement)
                .bind(numbers(ids))
                .execute(self.conn())
                .await?;
        }
        Ok(())
    }

    /// Removes what hangs on an object and not on its name.
    async fn cs_strip(&mut self, ids: &[CsId]) -> Result<()> {
        for statement in [
            "-- cs.strip.link
             delete from cs_link where cs = any ($1)",
            "-- cs.strip.intent
             delete from intent where cs = any ($1)",
            "-- cs.strip.pending
             delete from pending where cs = any ($1)",
            "-- cs.strip.memory
             delete from memory where cs = any ($1)",
            "-- cs.strip.escrow
             with gone as (delete from escrow where cs = any ($1) returning directory, export_seq)
             update release r set outcome = 'object-gone' from gone
             where r.directory = gone.directory and r.export_seq = gone.export_seq",
            "-- cs.strip.key
             delete from obj_key where object = any ($1)",
            "-- cs.strip.error
             delete from error where object = any ($1)",
        ] {
            sqlx::query(statement)
                .bind(numbers(ids))
                .execute(self.conn())
                .await?;
        }
        Ok(())
    }

    async fn memory_change(&mut self, directory: DirectoryId, change: &MemoryChange) -> Result<()> {
        let (cs, seq) = (change.cs.get(), change.export_seq);
        match &change.left {
            None => {
                sqlx::query(
                    "-- memory.confirm
                     delete from memory where cs = $1 and export_seq = $2",
                )
                .bind(cs)
                .bind(seq)
                .execute(self.conn())
                .await?;
            }
            Some(left) => {
                let sealed = self.seal_body("memory", "body", &[cs, seq], left);
                sqlx::query(
                    "-- memory.keep
                     insert into memory (cs, export_seq, directory, op_hash, body) values ($1, $2, $3, $4, $5)
                     on conflict (cs, export_seq) do update set body = excluded.body",
                )
                .bind(cs)
                .bind(seq)
                .bind(directory.get())
                .bind(left.hash.0.as_slice())
                .bind(sealed)
                .execute(self.conn())
                .await?;
            }
        }
        Ok(())
    }
}

/// The columns of many narrow rows.
#[derive(Default)]
struct Columns {
    id: Vec<i64>,
    directory: Vec<i64>,
    kind: Vec<i16>,
    object_type: Vec<Option<i32>>,
    flags: Vec<i16>,
    parent: Vec<Option<i64>>,
    imported: Vec<Option<uuid::Uuid>>,
    name: Vec<Option<uuid::Uuid>>,
    unique: Vec<Option<uuid::Uuid>>,
}

impl Columns {
    fn push(&mut self, row: &CsRow) {
        self.id.push(row.id.get());
        self.directory.push(row.directory.get());
        self.kind.push(i16::from(row.kind.code()));
        self.object_type
            .push(row.object_type.map(|t| i32::from(t.0)));
        self.flags.push(row.flags.0.cast_signed());
        self.parent.push(row.parent.map(CsId::get));
        self.imported
            .push(row.imported.map(|hash| uuid_of(hash.get())));
        self.name.push(row.name.map(|key| uuid_of(key.0)));
        self.unique.push(row.unique.map(|key| uuid_of(key.0)));
    }
}

const _: () = assert!(
    matches!(CsKind::Placeholder.code(), 2),
    "the placeholder's code stands in queries"
);
