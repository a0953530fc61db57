//! Interned names of attributes and object types (table `interned`).
//!
//! Invariants: numbers count from 0 without gaps and are never reused; a number is durable before anything
//! is written under it; all of a process' sessions see the same table.

use std::sync::Arc;

use sqlx::{PgPool, Row as _};
use syncline_model::object::TypeTable;
use syncline_model::{AttrName, AttrTable};

use super::session::{Durability, TenantDb};
use crate::{Result, StoreError};

const ATTR: i16 = 1;
const TYPE: i16 = 2;

/// The tables a process has loaded.
#[derive(Clone, Default)]
pub(crate) struct Names {
    attrs: Arc<AttrTable>,
    types: Arc<TypeTable>,
}

pub(crate) async fn load(pool: &PgPool) -> Result<Names> {
    let rows = sqlx::query(
        "-- interned.list
         select kind, id, name from interned order by kind, id",
    )
    .fetch_all(pool)
    .await?;
    let (mut attrs, mut types) = (Vec::new(), Vec::new());
    for row in rows {
        let (kind, id): (i16, i32) = (row.try_get("kind")?, row.try_get("id")?);
        let name: String = row.try_get("name")?;
        let table = match kind {
            ATTR => &mut attrs,
            TYPE => &mut types,
            _ => {
                return Err(StoreError::damaged(
                    "interned",
                    "kind",
                    kind,
                    "not a kind of name",
                ));
            }
        };
        if usize::try_from(id) != Ok(table.len()) {
            return Err(StoreError::damaged(
                "interned",
                "id",
                id,
                "a number before it is missing",
            ));
        }
        table.push(name);
    }
    Ok(Names {
        attrs: Arc::new(AttrTable::new(attrs.iter().map(AttrName::new))),
        types: Arc::new(TypeTable::new(types)),
    })
}

impl TenantDb {
    /// The interned attribute names.
    pub fn attrs(&self) -> Arc<AttrTable> {
        self.shared().names().attrs.clone()
    }

    /// The interned object types.
    pub fn types(&self) -> Arc<TypeTable> {
        self.shared().names().types.clone()
    }

    /// Gives numbers to the attributes that have none yet and answers the whole table.
    pub async fn intern_attrs(&self, names: &[AttrName]) -> Result<Arc<AttrTable>> {
        let known = self.attrs();
        if names.iter().all(|name| known.id(name).is_some()) {
            return Ok(known);
        }
        let names: Vec<&str> = names.iter().map(AttrName::as_str).collect();
        self.intern(ATTR, &names).await?;
        Ok(self.attrs())
    }

    /// Gives numbers to the object types that have none yet and answers the whole table.
    pub async fn intern_types(&self, names: &[&str]) -> Result<Arc<TypeTable>> {
        let known = self.types();
        if names.iter().all(|name| known.id(name).is_some()) {
            return Ok(known);
        }
        self.intern(TYPE, names).await?;
        Ok(self.types())
    }

    async fn intern(&self, kind: i16, names: &[&str]) -> Result<()> {
        let mut tx = self.write(Durability::Durable).await?;
        sqlx::raw_sql("lock table interned in share row exclusive mode")
            .execute(tx.conn())
            .await?;
        for name in names {
            sqlx::query(
                "-- interned.add
                 insert into interned (kind, id, name)
                 select $1, (select count(*) from interned where kind = $1), $2
                 on conflict do nothing",
            )
            .bind(kind)
            .bind(name)
            .execute(tx.conn())
            .await?;
        }
        tx.commit().await?;
        let names = load(&self.shared().short).await?;
        *self.shared().names() = names;
        Ok(())
    }
}
