//! Profiles, their versions, parts and review state (tables `profile`, `profile_version`, `part`).
//!
//! Invariants: versions are only added; a part keeps its id for ever and says in which version it ended; the
//! document is sealed, because its expressions hold customers' values; the review state changes only from
//! the one the caller saw.

use sqlx::postgres::PgRow;
use syncline_model::approval::ReviewState;
use syncline_model::profile::Profile;
use syncline_model::{ApprovalId, DirectoryId, PartId, ProfileId};

use super::row::{Columns as _, from_word, hash_32, word};
use super::session::{TenantRead, TenantTx};
use crate::{Result, StoreError};

/// A configuration hash (D-65).
pub type ConfigHash = [u8; 32];

/// A profile in the version that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileRow {
    /// Its id.
    pub id: ProfileId,
    /// The version that holds.
    pub version: i32,
    /// Its configuration hash.
    pub config_hash: ConfigHash,
    /// What it may send.
    pub review: Review,
    /// The configuration of the last finished sync (T-13).
    pub synced_hash: Option<ConfigHash>,
    /// The document.
    pub doc: Profile,
}

/// What a profile may send, and because of what (D-66, D-67).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Review {
    /// The state.
    pub state: ReviewState,
    /// The approval it stands on.
    pub approval: Option<ApprovalId>,
    /// The last configuration that was live, and its approval.
    pub live: Option<(ConfigHash, ApprovalId)>,
    /// The last configuration anything was sent under.
    pub exported_hash: Option<ConfigHash>,
}

impl Review {
    /// Of a profile that nobody looked at.
    pub const NEW: Self = Self {
        state: ReviewState::NeedsReview,
        approval: None,
        live: None,
        exported_hash: None,
    };
}

/// A saved version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileVersion {
    /// Its number, from 1.
    pub version: i32,
    /// Its configuration hash.
    pub config_hash: ConfigHash,
    /// Who saved it.
    pub author: String,
    /// When.
    pub at_ms: i64,
}

/// A part, as other rows refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    /// Its id.
    pub id: PartId,
    /// Its profile.
    pub profile: ProfileId,
    /// Inbound or outbound.
    pub inbound: bool,
    /// Its directory.
    pub directory: DirectoryId,
    /// Object type in the directory.
    pub object_type: String,
    /// Object type in the metaverse.
    pub metaverse_type: String,
    /// The first version without it.
    pub ended_version: Option<i32>,
}

impl TenantRead {
    /// All profiles that were not deleted, by id.
    pub async fn profiles(&mut self) -> Result<Vec<ProfileRow>> {
        let rows = sqlx::query(
            "-- profile.list
             select p.*, v.doc from profile p join profile_version v on v.profile = p.id and v.version = p.version
             where p.deleted_ms is null order by p.id",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.profile_from(row)).collect()
    }

    /// One profile.
    pub async fn profile(&mut self, id: ProfileId) -> Result<Option<ProfileRow>> {
        let row = sqlx::query(
            "-- profile.find
             select p.*, v.doc from profile p join profile_version v on v.profile = p.id and v.version = p.version
             where p.id = $1 and p.deleted_ms is null",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.profile_from(&row)).transpose()
    }

    /// The saved versions of a profile, newest first.
    pub async fn profile_versions(&mut self, id: ProfileId) -> Result<Vec<ProfileVersion>> {
        let rows = sqlx::query(
            "-- profile_version.list
             select version, config_hash, author, at_ms from profile_version where profile = $1 order by version desc",
        )
        .bind(id.get())
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(ProfileVersion {
                    version: row.i32("version")?,
                    config_hash: hash_32(
                        "profile_version",
                        "config_hash",
                        id,
                        row.bytes("config_hash")?,
                    )?,
                    author: row.text("author")?.to_owned(),
                    at_ms: row.i64("at_ms")?,
                })
            })
            .collect()
    }

    /// The document of one version.
    pub async fn profile_document(
        &mut self,
        id: ProfileId,
        version: i32,
    ) -> Result<Option<Profile>> {
        let row = sqlx::query(
            "-- profile_version.document
             select doc from profile_version where profile = $1 and version = $2",
        )
        .bind(id.get())
        .bind(version)
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| {
            self.open_json(
                "profile_version",
                "doc",
                &[id.get(), version.into()],
                row.bytes("doc")?,
            )
        })
        .transpose()
    }

    /// All parts of all profiles, ended ones too, by id.
    pub async fn parts(&mut self) -> Result<Vec<PartRow>> {
        let rows = sqlx::query(
            "-- part.list
             select id, profile, inbound, directory, object_type, metaverse_type, ended_version from part order by id",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(PartRow {
                    id: PartId(row.i64("id")?),
                    profile: ProfileId(row.i64("profile")?),
                    inbound: row.flag("inbound")?,
                    directory: DirectoryId(row.i64("directory")?),
                    object_type: row.text("object_type")?.to_owned(),
                    metaverse_type: row.text("metaverse_type")?.to_owned(),
                    ended_version: row.opt_i32("ended_version")?,
                })
            })
            .collect()
    }

    fn profile_from(&self, row: &PgRow) -> Result<ProfileRow> {
        let (id, version) = (row.i64("id")?, row.i32("version")?);
        let hash = |column: &'static str| -> Result<Option<ConfigHash>> {
            row.opt_bytes(column)?
                .map(|bytes| hash_32("profile", column, id, bytes))
                .transpose()
        };
        let live = match (hash("live_hash")?, row.opt_i64("live_approval")?) {
            (Some(hash), Some(approval)) => Some((hash, ApprovalId(approval))),
            (None, None) => None,
            _ => {
                return Err(StoreError::damaged(
                    "profile",
                    "live_hash",
                    id,
                    "a hash without an approval, or the reverse",
                ));
            }
        };
        Ok(ProfileRow {
            id: ProfileId(id),
            version,
            config_hash: hash_32("profile", "config_hash", id, row.bytes("config_hash")?)?,
            review: Review {
                state: from_word("profile", "review", id, row.text("review")?)?,
                approval: row.opt_i64("approval")?.map(ApprovalId),
                live,
                exported_hash: hash("exported_hash")?,
            },
            synced_hash: hash("synced_hash")?,
            doc: self.open_json(
                "profile_version",
                "doc",
                &[id, version.into()],
                row.bytes("doc")?,
            )?,
        })
    }
}

impl TenantTx {
    /// Saves a version: the first of a new profile (`seen` is 0), or the next after the version the caller saw.
    /// Every part of the document has its id. Answers the new version's number.
    pub async fn profile_save(
        &mut self,
        id: ProfileId,
        seen: i32,
        doc: &Profile,
        config_hash: ConfigHash,
        author: &str,
        now_ms: i64,
    ) -> Result<i32> {
        let version = seen + 1;
        let done = sqlx::query(
            "-- profile.save
             insert into profile (id, version, config_hash, review) values ($1, $2 + 1, $3, $4)
             on conflict (id) do update set version = excluded.version, config_hash = excluded.config_hash
             where profile.version = $2 and profile.deleted_ms is null",
        )
        .bind(id.get())
        .bind(seen)
        .bind(config_hash.as_slice())
        .bind(word(&ReviewState::NeedsReview))
        .execute(self.conn())
        .await?;
        if done.rows_affected() != 1 {
            return Err(StoreError::VersionChanged {
                what: id.to_string(),
            });
        }
        let sealed = self.seal_json("profile_version", "doc", &[id.get(), version.into()], doc);
        sqlx::query(
            "-- profile_version.add
             insert into profile_version (profile, version, config_hash, author, at_ms, doc) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.get())
        .bind(version)
        .bind(config_hash.as_slice())
        .bind(author)
        .bind(now_ms)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        self.parts_save(id, version, doc).await?;
        Ok(version)
    }

    async fn parts_save(&mut self, id: ProfileId, version: i32, doc: &Profile) -> Result<()> {
        let no_id = || StoreError::Refused {
            what: format!("a part of {id} has no id: ids are given before a profile is saved"),
        };
        let mut kept = Vec::new();
        let inbound = doc
            .inbound
            .iter()
            .map(|p| (p.id, true, p.directory, &p.object_type, &p.metaverse_type));
        let outbound = doc
            .outbound
            .iter()
            .map(|p| (p.id, false, p.directory, &p.object_type, &p.metaverse_type));
        for (part, inbound, directory, object_type, metaverse_type) in inbound.chain(outbound) {
            let part = part.ok_or_else(no_id)?;
            kept.push(part.get());
            let done = sqlx::query(
                "-- part.save
                 insert into part (id, profile, inbound, directory, object_type, metaverse_type)
                 values ($1, $2, $3, $4, $5, $6)
                 on conflict (id) do update set object_type = excluded.object_type,
                     metaverse_type = excluded.metaverse_type, ended_version = null
                 where part.profile = $2 and part.inbound = $3 and part.directory = $4",
            )
            .bind(part.get())
            .bind(id.get())
            .bind(inbound)
            .bind(directory.get())
            .bind(object_type)
            .bind(metaverse_type)
            .execute(self.conn())
            .await?;
            if done.rows_affected() != 1 {
                return Err(StoreError::Refused {
                    what: format!(
                        "{part} belongs to another profile, direction or directory: a part keeps these for ever"
                    ),
                });
            }
        }
        sqlx::query(
            "-- part.end
             update part set ended_version = $2 where profile = $1 and ended_version is null and id <> all ($3)",
        )
        .bind(id.get())
        .bind(version)
        .bind(kept)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Sets what a profile may send, if it still is what the caller saw under the configuration it saw.
    pub async fn profile_review(
        &mut self,
        id: ProfileId,
        config_hash: ConfigHash,
        seen: &Review,
        review: &Review,
    ) -> Result<()> {
        let (live_hash, live_approval) = review
            .live
            .map_or((None, None), |(h, a)| (Some(h.to_vec()), Some(a.get())));
        let done = sqlx::query(
            "-- profile.review
             update profile set review = $5, approval = $6, live_hash = $7, live_approval = $8, exported_hash = $9
             where id = $1 and config_hash = $2 and review = $3 and approval is not distinct from $4",
        )
        .bind(id.get())
        .bind(config_hash.as_slice())
        .bind(word(&seen.state))
        .bind(seen.approval.map(ApprovalId::get))
        .bind(word(&review.state))
        .bind(review.approval.map(ApprovalId::get))
        .bind(live_hash)
        .bind(live_approval)
        .bind(review.exported_hash.map(|h| h.to_vec()))
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 1 {
            Ok(())
        } else {
            Err(StoreError::VersionChanged {
                what: format!("the review state of {id}"),
            })
        }
    }

    /// Notes under which configuration a sync finished (T-13).
    pub async fn profile_synced(&mut self, id: ProfileId, config_hash: ConfigHash) -> Result<()> {
        sqlx::query(
            "-- profile.synced
             update profile set synced_hash = $2 where id = $1",
        )
        .bind(id.get())
        .bind(config_hash.as_slice())
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes a profile out of use. Its versions and parts stay, because other rows refer to them.
    pub async fn profile_delete(&mut self, id: ProfileId, seen: i32, now_ms: i64) -> Result<()> {
        let done = sqlx::query(
            "-- profile.delete
             update profile set deleted_ms = $3, review = $4 where id = $1 and version = $2 and deleted_ms is null",
        )
        .bind(id.get())
        .bind(seen)
        .bind(now_ms)
        .bind(word(&ReviewState::NeedsReview))
        .execute(self.conn())
        .await?;
        if done.rows_affected() != 1 {
            return Err(StoreError::VersionChanged {
                what: id.to_string(),
            });
        }
        self.log_end_of(id, now_ms).await?;
        sqlx::query(
            "-- part.end_all
             update part set ended_version = $2 + 1 where profile = $1 and ended_version is null",
        )
        .bind(id.get())
        .bind(seen)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
