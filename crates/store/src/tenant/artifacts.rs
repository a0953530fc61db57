//! Compiled rules of this tenant (table `rule_artifact`).
//!
//! Invariants: an artifact opens only under the key it was stored under and only with the tenant's data key: a row that
//! somebody else wrote into the table, or moved, is never loaded as code.

use super::row::{Columns as _, hash_32};
use super::session::{TenantRead, TenantTx};
use super::settings::halves;
use crate::Result;

/// A compiled part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Tenant, meaning, runtime, engine build and CPU features, hashed by the caller.
    pub key: [u8; 32],
    /// What it means (IR and library version); artifacts of one meaning answer alike.
    pub meaning: [u8; 32],
    /// Its manifest, in the sandbox's form.
    pub manifest: Vec<u8>,
    /// Its code.
    pub module: Vec<u8>,
}

impl TenantRead {
    /// The artifact under a key.
    pub async fn artifact(&mut self, key: &[u8; 32]) -> Result<Option<Artifact>> {
        let row = sqlx::query(
            "-- rule_artifact.find
             select meaning, manifest, module from rule_artifact where key = $1",
        )
        .bind(key.as_slice())
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let meaning = hash_32("rule_artifact", "meaning", "by key", row.bytes("meaning")?)?;
        let place = self.artifact_place(key, &meaning);
        Ok(Some(Artifact {
            key: *key,
            meaning,
            manifest: self.open("rule_artifact", "manifest", &place, row.bytes("manifest")?)?,
            module: self.open("rule_artifact", "module", &place, row.bytes("module")?)?,
        }))
    }

    /// Key and meaning as numbers: both are bound to the seal.
    fn artifact_place(&self, key: &[u8; 32], meaning: &[u8; 32]) -> [i64; 4] {
        let [a, b] = halves(self.keys().secret_hash("artifact key", key));
        let [c, d] = halves(self.keys().secret_hash("artifact meaning", meaning));
        [a, b, c, d]
    }
}

impl TenantTx {
    /// Keeps an artifact in place of one under the same key.
    pub async fn artifact_put(&mut self, artifact: &Artifact, now_ms: i64) -> Result<()> {
        let place = self.artifact_place(&artifact.key, &artifact.meaning);
        let manifest = self.seal("rule_artifact", "manifest", &place, &artifact.manifest);
        let module = self.seal("rule_artifact", "module", &place, &artifact.module);
        sqlx::query(
            "-- rule_artifact.put
             insert into rule_artifact (key, meaning, manifest, module, made_ms) values ($1, $2, $3, $4, $5)
             on conflict (key) do update
             set meaning = excluded.meaning, manifest = excluded.manifest, module = excluded.module, made_ms = excluded.made_ms",
        )
        .bind(artifact.key.as_slice())
        .bind(artifact.meaning.as_slice())
        .bind(manifest)
        .bind(module)
        .bind(now_ms)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Removes the artifacts of every meaning but these.
    pub async fn artifacts_keep(&mut self, meanings: &[[u8; 32]]) -> Result<u64> {
        let kept: Vec<Vec<u8>> = meanings.iter().map(|m| m.to_vec()).collect();
        let done = sqlx::query(
            "-- rule_artifact.keep
             delete from rule_artifact where meaning <> all ($1)",
        )
        .bind(kept)
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected())
    }
}
