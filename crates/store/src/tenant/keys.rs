//! The key index: match keys, remembered anchors, awaited names (table `obj_key`).
//!
//! Invariants: rows are keyed hashes, never values; an object's rows under the definitions of one sync are replaced
//! together; what stays is not rewritten.

use std::collections::BTreeSet;

use sqlx::postgres::PgRow;
use syncline_model::object::{KeyHash, KeyId, KeyRow, Subject};
use syncline_model::plan::KeysOf;
use uuid::Uuid;

use super::row::{Columns as _, uuid_of};
use super::session::{TenantRead, TenantTx};
use super::work::{number, subject};
use crate::Result;

impl TenantRead {
    /// All rows under these definitions, by definition, hash and object.
    pub async fn keys_under(&mut self, definitions: &[KeyId]) -> Result<Vec<KeyRow>> {
        let ids: Vec<i64> = definitions.iter().map(|id| id.0).collect();
        let rows = sqlx::query(
            "-- obj_key.under
             select key, hash, object, is_mv from obj_key where key = any ($1) order by key, hash, object",
        )
        .bind(ids)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(key_row).collect()
    }

    /// The rows under these definitions and values, by definition, hash and object.
    pub async fn keys_find_all(&mut self, wanted: &[(KeyId, KeyHash)]) -> Result<Vec<KeyRow>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let unique: BTreeSet<(KeyId, KeyHash)> = wanted.iter().copied().collect();
        let keys: Vec<i64> = unique.iter().map(|(key, _)| key.0).collect();
        let hashes: Vec<Uuid> = unique.iter().map(|(_, hash)| uuid_of(hash.0)).collect();
        let rows = sqlx::query(
            "-- obj_key.find
             select k.key, k.hash, k.object, k.is_mv
             from unnest($1::int8[], $2::uuid[]) as wanted (key, hash)
             join obj_key k on k.key = wanted.key and k.hash = wanted.hash
             order by k.key, k.hash, k.object",
        )
        .bind(keys)
        .bind(hashes)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(key_row).collect()
    }

    /// The rows of these objects, by object, definition and hash.
    pub async fn keys_of(&mut self, subjects: &[Subject]) -> Result<Vec<KeyRow>> {
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let objects: Vec<i64> = subjects.iter().map(|s| number(*s)).collect();
        let rows = sqlx::query(
            "-- obj_key.list_of
             select key, hash, object, is_mv from obj_key where object = any ($1) order by object, key, hash",
        )
        .bind(objects)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(key_row).collect()
    }
}

impl TenantTx {
    /// Replaces the rows of each subject under the definitions covered.
    pub(crate) async fn keys_replace(&mut self, sets: &[KeysOf]) -> Result<()> {
        let objects: Vec<i64> = sets.iter().map(|set| number(set.subject)).collect();
        if objects.is_empty() {
            return Ok(());
        }
        let mut gone = BTreeSet::new();
        let covered: BTreeSet<(i64, i64)> = sets
            .iter()
            .flat_map(|set| set.covered.iter().map(|key| (number(set.subject), key.0)))
            .collect();
        let rows = sqlx::query(
            "-- obj_key.of
             select object, key, hash from obj_key where object = any ($1)",
        )
        .bind(objects)
        .fetch_all(self.conn())
        .await?;
        for row in rows {
            let (object, key) = (row.i64("object")?, row.i64("key")?);
            if covered.contains(&(object, key)) {
                gone.insert((object, key, row.u128("hash")?));
            }
        }
        let mut come = BTreeSet::new();
        for set in sets {
            let is_mv = matches!(set.subject, Subject::Mv(_));
            for (key, hash) in &set.rows {
                let row = (number(set.subject), key.0, hash.0);
                if !gone.remove(&row) {
                    come.insert((row, is_mv));
                }
            }
        }
        self.keys_remove(gone).await?;
        self.keys_add(come).await
    }

    async fn keys_remove(&mut self, rows: BTreeSet<(i64, i64, u128)>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let (mut objects, mut keys, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
        for (object, key, hash) in rows {
            objects.push(object);
            keys.push(key);
            hashes.push(uuid_of(hash));
        }
        sqlx::query(
            "-- obj_key.remove
             delete from obj_key k using unnest($1::int8[], $2::int8[], $3::uuid[]) as gone (object, key, hash)
             where k.object = gone.object and k.key = gone.key and k.hash = gone.hash",
        )
        .bind(objects)
        .bind(keys)
        .bind(hashes)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    async fn keys_add(&mut self, rows: BTreeSet<((i64, i64, u128), bool)>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let (mut objects, mut keys, mut hashes, mut mvs) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((object, key, hash), is_mv) in rows {
            objects.push(object);
            keys.push(key);
            hashes.push(uuid_of(hash));
            mvs.push(is_mv);
        }
        sqlx::query(
            "-- obj_key.add
             insert into obj_key (object, key, hash, is_mv)
             select * from unnest($1::int8[], $2::int8[], $3::uuid[], $4::bool[]) on conflict do nothing",
        )
        .bind(objects)
        .bind(keys)
        .bind(hashes)
        .bind(mvs)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Drops definitions that no part uses any more.
    pub async fn keys_forget(&mut self, in_use: &[KeyId]) -> Result<()> {
        let ids: Vec<i64> = in_use.iter().map(|id| id.0).collect();
        // Numbers below 2^32 are the engine's own: remembered anchors, awaited names.
        sqlx::query(
            "-- obj_key.forget
             delete from obj_key where key >= 4294967296 and key <> all ($1)",
        )
        .bind(ids)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

fn key_row(row: &PgRow) -> Result<KeyRow> {
    Ok(KeyRow {
        key: KeyId(row.i64("key")?),
        hash: KeyHash(row.u128("hash")?),
        subject: subject(row.i64("object")?, row.flag("is_mv")?),
    })
}
