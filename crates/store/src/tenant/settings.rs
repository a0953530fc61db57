//! Sealed single values by name (table `setting`): the tenant's certificate authority, hold switches.
//!
//! Invariants: a value is sealed under its name, so that two settings cannot be exchanged; a change names the
//! version it was read at.

use std::collections::BTreeMap;

use sqlx::postgres::PgRow;

use super::row::Columns as _;
use super::session::{TenantRead, TenantTx};
use crate::{Result, StoreError};

/// A setting as read.
#[derive(Clone, PartialEq, Eq)]
pub struct Setting {
    /// Rises with each change.
    pub version: i64,
    /// The value.
    pub value: Vec<u8>,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Setting(version {}, {} bytes)",
            self.version,
            self.value.len()
        )
    }
}

impl TenantRead {
    /// The value of a setting.
    pub async fn setting(&mut self, name: &str) -> Result<Option<Setting>> {
        let row = sqlx::query(
            "-- setting.find
             select version, body from setting where name = $1",
        )
        .bind(name)
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.setting_from(name, &row)).transpose()
    }

    /// The settings whose names begin so, by name.
    pub async fn settings_of(&mut self, prefix: &str) -> Result<BTreeMap<String, Setting>> {
        let rows = sqlx::query(
            "-- setting.list
             select name, version, body from setting where starts_with(name, $1)",
        )
        .bind(prefix)
        .fetch_all(self.conn())
        .await?;
        let named = rows.iter().map(|row| {
            let name = row.text("name")?;
            Ok((name.to_owned(), self.setting_from(name, row)?))
        });
        named.collect()
    }

    fn setting_from(&self, name: &str, row: &PgRow) -> Result<Setting> {
        let key = self.setting_key(name);
        Ok(Setting {
            version: row.i64("version")?,
            value: self.open("setting", "body", &key, row.bytes("body")?)?,
        })
    }

    /// The name as the row's key, in numbers.
    fn setting_key(&self, name: &str) -> [i64; 2] {
        halves(self.keys().secret_hash("setting", name.as_bytes()))
    }
}

impl TenantTx {
    /// Writes a setting that has `version` now; 0 is a setting that is not there.
    pub async fn setting_put(&mut self, name: &str, version: i64, value: &[u8]) -> Result<()> {
        let sealed = self.seal("setting", "body", &self.setting_key(name), value);
        let done = sqlx::query(
            "-- setting.put
             insert into setting (name, version, body) values ($1, $2 + 1, $3)
             on conflict (name) do update set version = excluded.version, body = excluded.body
             where setting.version = $2",
        )
        .bind(name)
        .bind(version)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::VersionChanged {
                what: format!("the setting `{name}`"),
            });
        }
        Ok(())
    }
}

/// A 128-bit key as two numbers, for binding a seal to it.
pub(crate) fn halves(key: u128) -> [i64; 2] {
    [(key >> 64) as i64, key as i64]
}
