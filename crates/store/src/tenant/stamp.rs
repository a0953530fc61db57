//! One question that tells whether the configuration is still what it was.
//!
//! Invariants: whatever a configuration is made of is in the stamp: profiles with what they may send, directories with
//! their settings, schema and baseline, what was read of them, which programs belong to which profile; one query, whatever
//! their number.

use sqlx::Row as _;

use super::session::TenantRead;
use crate::seal::HEAD;
use crate::{Result, StoreError};

/// Differs where the configuration does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConfigurationStamp([u8; 32]);

impl TenantRead {
    /// The stamp of the configuration, with the settings whose names begin with one of these.
    pub async fn configuration_stamp(&mut self, settings: &[&str]) -> Result<ConfigurationStamp> {
        let row = sqlx::query(
            "-- configuration.stamp
             select sha256(convert_to(coalesce(string_agg(line, E'\\n' order by line), ''), 'UTF8')) from (
                 select format('profile %s %s %s %s %s %s %s %s %s', id, version, encode(config_hash, 'hex'), review,
                               approval, encode(live_hash, 'hex'), live_approval, encode(exported_hash, 'hex'),
                               encode(synced_hash, 'hex')) as line
                 from profile where deleted_ms is null
                 union all
                 -- Each sealing has a nonce of its own, which stands in the head.
                 select format('directory %s %s %s %s %s', id, version, kind, baseline_run,
                               encode(substring(schema_doc from 1 for $2), 'hex'))
                 from directory
                 union all
                 select format('setting %L %s', name, version) from setting where name like any ($1)
             ) lines",
        )
        .bind(settings.iter().map(|s| format!("{s}%")).collect::<Vec<_>>())
        .bind(i32::try_from(HEAD).unwrap_or(i32::MAX))
        .fetch_one(self.conn())
        .await?;
        let digest: &[u8] = row.try_get(0)?;
        let digest = digest.try_into().map_err(|_| {
            let what = format!("{} bytes are not a digest", digest.len());
            StoreError::damaged("configuration", "stamp", "of all", what)
        })?;
        Ok(ConfigurationStamp(digest))
    }
}
