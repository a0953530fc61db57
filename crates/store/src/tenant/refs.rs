//! References of connector-space objects, members included (table `ref`).
//!
//! Invariants: one row a value; a member that comes or goes is one row, whatever the size of its group.

use sqlx::postgres::PgRow;
use syncline_model::object::CsRef;
use syncline_model::{AttrId, CsId, DirectoryId};

use super::cs::numbers;
use super::row::{Columns as _, attr_id};
use super::session::{TenantRead, TenantTx};
use crate::Result;

impl TenantRead {
    /// What these objects refer to, by object, attribute and target.
    pub async fn refs_from(&mut self, objects: &[CsId]) -> Result<Vec<CsRef>> {
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- ref.from
             select cs, attr, to_cs from ref where cs = any ($1) order by cs, attr, to_cs",
        )
        .bind(numbers(objects))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(cs_ref).collect()
    }

    /// Who refers to these objects.
    pub async fn refs_to(&mut self, objects: &[CsId]) -> Result<Vec<CsRef>> {
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- ref.to
             select cs, attr, to_cs from ref where to_cs = any ($1) order by cs, attr, to_cs",
        )
        .bind(numbers(objects))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(cs_ref).collect()
    }

    /// Which of these references are stored.
    pub async fn refs_present(&mut self, refs: &[CsRef]) -> Result<Vec<CsRef>> {
        if refs.is_empty() {
            return Ok(Vec::new());
        }
        let (from, attr, to) = columns(refs);
        let rows = sqlx::query(
            "-- ref.present
             select r.cs, r.attr, r.to_cs from unnest($1::int8[], $2::int4[], $3::int8[]) as asked (cs, attr, to_cs)
             join ref r on r.cs = asked.cs and r.attr = asked.attr and r.to_cs = asked.to_cs
             order by r.cs, r.attr, r.to_cs",
        )
        .bind(from)
        .bind(attr)
        .bind(to)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(cs_ref).collect()
    }

    /// How many references each of these objects holds under an attribute.
    pub async fn refs_counts(
        &mut self,
        objects: &[CsId],
        attr: AttrId,
    ) -> Result<Vec<(CsId, i64)>> {
        let rows = sqlx::query(
            "-- ref.counts
             select cs, count(*) as n from ref where cs = any ($1) and attr = $2 group by cs order by cs",
        )
        .bind(numbers(objects))
        .bind(i32::from(attr.0))
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| Ok((CsId(row.i64("cs")?), row.i64("n")?)))
            .collect()
    }
}

impl TenantTx {
    /// References that come. One that is there already stays.
    pub(crate) async fn refs_add(&mut self, directory: DirectoryId, refs: &[CsRef]) -> Result<()> {
        if refs.is_empty() {
            return Ok(());
        }
        let (from, attr, to) = columns(refs);
        sqlx::query(
            "-- ref.add
             insert into ref (directory, cs, attr, to_cs)
             select $1, * from unnest($2::int8[], $3::int4[], $4::int8[]) on conflict do nothing",
        )
        .bind(directory.get())
        .bind(from)
        .bind(attr)
        .bind(to)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// References that go.
    pub(crate) async fn refs_remove(&mut self, refs: &[CsRef]) -> Result<()> {
        if refs.is_empty() {
            return Ok(());
        }
        let (from, attr, to) = columns(refs);
        sqlx::query(
            "-- ref.remove
             delete from ref using unnest($1::int8[], $2::int4[], $3::int8[]) as gone (cs, attr, to_cs)
             where ref.cs = gone.cs and ref.attr = gone.attr and ref.to_cs = gone.to_cs",
        )
        .bind(from)
        .bind(attr)
        .bind(to)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// All references of these objects go.
    pub(crate) async fn refs_clear(&mut self, objects: &[CsId]) -> Result<()> {
        if objects.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "-- ref.clear
             delete from ref where cs = any ($1)",
        )
        .bind(numbers(objects))
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Those who refer to `old` refer to `new` from now on.
    pub(crate) async fn refs_retarget(&mut self, old: CsId, new: CsId) -> Result<()> {
        sqlx::query(
            "-- ref.retarget
             with moved as (delete from ref where to_cs = $1 returning directory, cs, attr)
             insert into ref (directory, cs, attr, to_cs) select directory, cs, attr, $2 from moved on conflict do nothing",
        )
        .bind(old.get())
        .bind(new.get())
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

fn columns(refs: &[CsRef]) -> (Vec<i64>, Vec<i32>, Vec<i64>) {
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for r in refs {
        columns.0.push(r.from.get());
        columns.1.push(i32::from(r.attr.0));
        columns.2.push(r.to.get());
    }
    columns
}

fn cs_ref(row: &PgRow) -> Result<CsRef> {
    let from = row.i64("cs")?;
    Ok(CsRef {
        from: CsId(from),
        attr: attr_id("ref", from, row.i32("attr")?)?,
        to: CsId(row.i64("to_cs")?),
    })
}
