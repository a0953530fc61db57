//! The metaverse: objects, and references between them (tables `mv`, `mv_ref`).
//!
//! Invariants: values, lineage, held and remembered contributions are one sealed body; a reference is a row.

use sqlx::postgres::PgRow;
use syncline_model::object::{Lineage, MvObject, MvRef, MvState, TypeId};
use syncline_model::{CsId, MvId, PartId};

use super::cs::type_id;
use super::row::{Columns as _, attr_id, code};
use super::session::{TenantRead, TenantTx};
use crate::Result;
use crate::error::StoreError;

/// A metaverse object without its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MvRow {
    /// Its id.
    pub id: MvId,
    /// Object type.
    pub mv_type: TypeId,
    /// Alive or not.
    pub state: MvState,
}

impl TenantRead {
    /// All metaverse objects, without bodies.
    pub async fn mv_rows(&mut self) -> Result<Vec<MvRow>> {
        let rows = sqlx::query(
            "-- mv.scan
             select id, mv_type, state from mv order by id",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(mv_row).collect()
    }

    /// These metaverse objects; ids that do not exist are left out.
    pub async fn mv_objects(&mut self, ids: &[MvId]) -> Result<Vec<MvObject>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- mv.objects
             select id, mv_type, state, since, body from mv where id = any ($1) order by id",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.mv_object(row)).collect()
    }

    /// A page of metaverse objects behind an id.
    pub async fn mv_page(
        &mut self,
        mv_type: Option<TypeId>,
        after: MvId,
        limit: i64,
    ) -> Result<Vec<MvObject>> {
        let rows = sqlx::query(
            "-- mv.page
             select id, mv_type, state, since, body from mv
             where id > $2 and ($1::int4 is null or mv_type = $1) order by id limit $3",
        )
        .bind(mv_type.map(|t| i32::from(t.0)))
        .bind(after.get())
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.mv_object(row)).collect()
    }

    /// What these metaverse objects refer to.
    pub async fn mv_refs_from(&mut self, ids: &[MvId]) -> Result<Vec<MvRef>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- mv_ref.from
             select mv, attr, to_mv, part, flow, cs from mv_ref where mv = any ($1) order by mv, attr, to_mv, part",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(mv_ref).collect()
    }

    /// Who refers to these metaverse objects.
    pub async fn mv_refs_to(&mut self, ids: &[MvId]) -> Result<Vec<MvRef>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- mv_ref.to
             select mv, attr, to_mv, part, flow, cs from mv_ref where to_mv = any ($1) order by mv, attr, to_mv, part",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(mv_ref).collect()
    }

    /// Metaverse objects of a type that are scheduled since this instant or before, in seconds since 1970.
    pub async fn scheduled_until(&mut self, mv_type: TypeId, until: i64) -> Result<Vec<MvId>> {
        let rows = sqlx::query(
            "-- mv.scheduled
             select id from mv where mv_type = $1 and since <= $2 order by id",
        )
        .bind(i32::from(mv_type.0))
        .bind(until)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| Ok(MvId(row.i64("id")?))).collect()
    }

    /// Since when the metaverse object of a type is scheduled that is scheduled longest.
    pub async fn scheduled_first(&mut self, mv_type: TypeId) -> Result<Option<i64>> {
        let row = sqlx::query(
            "-- mv.scheduled_first
             select min(since) as since from mv where mv_type = $1 and since is not null",
        )
        .bind(i32::from(mv_type.0))
        .fetch_one(self.conn())
        .await?;
        row.opt_i64("since")
    }

    /// How many live metaverse objects are linked to a source: the objects under management.
    pub async fn mv_managed(&mut self) -> Result<i64> {
        let row = sqlx::query(
            "-- mv.managed
             select count(*) as n from mv where state = 1
               and exists (select 1 from cs_link l where l.mv = mv.id and l.kind in (1, 2, 3))",
        )
        .fetch_one(self.conn())
        .await?;
        row.i64("n")
    }

    fn mv_object(&self, row: &PgRow) -> Result<MvObject> {
        let narrow = mv_row(row)?;
        Ok(MvObject {
            id: narrow.id,
            mv_type: narrow.mv_type,
            state: narrow.state,
            since: row.opt_i64("since")?,
            body: self.open_body("mv", "body", &[narrow.id.get()], row.bytes("body")?)?,
        })
    }
}

impl TenantTx {
    /// Writes metaverse objects, new or different.
    pub(crate) async fn mv_put(&mut self, objects: &[MvObject]) -> Result<()> {
        if objects.is_empty() {
            return Ok(());
        }
        let (mut ids, mut types, mut states, mut bodies) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut since = Vec::new();
        for object in objects {
            ids.push(object.id.get());
            types.push(i32::from(object.mv_type.0));
            states.push(i16::from(object.state.code()));
            since.push(object.since);
            bodies.push(self.seal_body("mv", "body", &[object.id.get()], &object.body));
        }
        sqlx::query(
            "-- mv.put
             insert into mv (id, mv_type, state, body, since)
             select * from unnest($1::int8[], $2::int4[], $3::int2[], $4::bytea[], $5::int8[])
             on conflict (id) do update set mv_type = excluded.mv_type, state = excluded.state, body = excluded.body,
                                            since = excluded.since",
        )
        .bind(ids)
        .bind(types)
        .bind(states)
        .bind(bodies)
        .bind(since)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Removes metaverse objects with everything that hangs on them.
    pub(crate) async fn mv_remove(&mut self, ids: &[MvId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        for statement in [
            "-- mv.remove.ref
             delete from mv_ref where mv = any ($1)",
            "-- mv.remove.ref_to
             delete from mv_ref where to_mv = any ($1)",
            "-- mv.remove.key
             delete from obj_key where object = any ($1)",
            "-- mv.remove.error
             delete from error where object = any ($1)",
            "-- mv.remove.work
             delete from work where object = any ($1)",
            "-- mv.remove
             delete from mv where id = any ($1)",
        ] {
            sqlx::query(statement)
                .bind(numbers(ids))
                .execute(self.conn())
                .await?;
        }
        Ok(())
    }

    /// References that go, by object, attribute, target and part.
    pub(crate) async fn mv_refs_remove(&mut self, refs: &[MvRef]) -> Result<()> {
        if refs.is_empty() {
            return Ok(());
        }
        let from: Vec<i64> = refs.iter().map(|r| r.from.get()).collect();
        let attr: Vec<i32> = refs.iter().map(|r| i32::from(r.attr.0)).collect();
        let to: Vec<i64> = refs.iter().map(|r| r.to.get()).collect();
        let part: Vec<i64> = refs.iter().map(|r| r.lineage.part.get()).collect();
        sqlx::query(
            "-- mv_ref.remove
             delete from mv_ref r using unnest($1::int8[], $2::int4[], $3::int8[], $4::int8[]) as gone (mv, attr, to_mv, part)
             where r.mv = gone.mv and r.attr = gone.attr and r.to_mv = gone.to_mv and r.part = gone.part",
        )
        .bind(from)
        .bind(attr)
        .bind(to)
        .bind(part)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// References that come, or change their lineage.
    pub(crate) async fn mv_refs_put(&mut self, refs: &[MvRef]) -> Result<()> {
        if refs.is_empty() {
            return Ok(());
        }
        let (mut from, mut attr, mut to) = (Vec::new(), Vec::new(), Vec::new());
        let (mut part, mut flow, mut cs) = (Vec::new(), Vec::new(), Vec::new());
        for r in refs {
            from.push(r.from.get());
            attr.push(i32::from(r.attr.0));
            to.push(r.to.get());
            part.push(r.lineage.part.get());
            flow.push(i32::from(r.lineage.flow));
            cs.push(r.lineage.cs.get());
        }
        sqlx::query(
            "-- mv_ref.put
             insert into mv_ref (mv, attr, to_mv, part, flow, cs)
             select * from unnest($1::int8[], $2::int4[], $3::int8[], $4::int8[], $5::int4[], $6::int8[])
             on conflict (mv, attr, to_mv, part) do update set flow = excluded.flow, cs = excluded.cs",
        )
        .bind(from)
        .bind(attr)
        .bind(to)
        .bind(part)
        .bind(flow)
        .bind(cs)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

fn numbers(ids: &[MvId]) -> Vec<i64> {
    ids.iter().map(|id| id.get()).collect()
}

fn mv_row(row: &PgRow) -> Result<MvRow> {
    let id = row.i64("id")?;
    Ok(MvRow {
        id: MvId(id),
        mv_type: type_id("mv", id, row.i32("mv_type")?)?,
        state: code("mv", "state", id, row.i16("state")?, MvState::from_code)?,
    })
}

fn mv_ref(row: &PgRow) -> Result<MvRef> {
    let from = row.i64("mv")?;
    let flow = row.i32("flow")?;
    Ok(MvRef {
        from: MvId(from),
        attr: attr_id("mv_ref", from, row.i32("attr")?)?,
        to: MvId(row.i64("to_mv")?),
        lineage: Lineage {
            part: PartId(row.i64("part")?),
            flow: u16::try_from(flow).map_err(|_| {
                StoreError::damaged(
                    "mv_ref",
                    "flow",
                    from,
                    format_args!("{flow} is not a flow's index"),
                )
            })?,
            cs: CsId(row.i64("cs")?),
        },
    })
}
