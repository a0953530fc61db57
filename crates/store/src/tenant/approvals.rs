//! Approvals, the operations they name, and what guards count (tables `approval`, `approval_op`, `guard_fact`).
//!
//! Invariants: an approval names operation hashes and nothing else; its state moves only from the one the caller saw;
//! the ledger of sent operations is only added to (by the claim) and completed (by the result).

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use syncline_model::approval::{ApprovalKind, ApprovalState};
use syncline_model::object::TypeId;
use syncline_model::op::OpHash;
use syncline_model::plan::{GuardFact, GuardKind};
use syncline_model::profile::Then;
use syncline_model::{ApprovalId, AttrId, CsId, DirectoryId, ProfileId, WhatIfId};

use super::cs::type_id;
use super::profiles::ConfigHash;
use super::row::{Columns as _, attr_id, code, from_word, hash_32, op_hash, word};
use super::session::{TenantRead, TenantTx};
use crate::{Result, StoreError};

/// An approval, or the request for one.
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// Rises with each change.
    pub version: i64,
    /// What it is about.
    pub kind: ApprovalKind,
    /// Where it stands.
    pub state: ApprovalState,
    /// The profile.
    pub profile: ProfileId,
    /// The directory, for guards.
    pub directory: Option<DirectoryId>,
    /// The what-if it was given on.
    pub whatif: Option<WhatIfId>,
    /// The configuration it holds for.
    pub config_hash: ConfigHash,
    /// The hash of the operations it names.
    pub plan_hash: OpHash,
    /// When it was asked for.
    pub asked_ms: i64,
    /// When a person decided.
    pub decided_ms: Option<i64>,
    /// When it expires if nothing was exported under it.
    pub expires_ms: Option<i64>,
    /// Who, why, and what follows.
    pub doc: ApprovalDoc,
}

/// The sealed part of an approval.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ApprovalDoc {
    /// What follows when all of it was sent.
    #[serde(default)]
    pub then: Then,
    /// Who asked: a principal's id, or `system` for guards.
    #[serde(default)]
    pub asked_by: String,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// What the person wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Counts and reasons, in the runner's form.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub detail: serde_json::Value,
}

/// One fact that guards count, about one sent operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuardSent {
    /// The object.
    pub cs: CsId,
    /// Its type.
    pub object_type: TypeId,
    /// The profile.
    pub profile: ProfileId,
    /// The fact.
    pub fact: GuardFact,
    /// When it was sent.
    pub at_ms: i64,
}

/// What guards count: facts about operations sent since an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuardCount {
    /// The directory.
    pub directory: DirectoryId,
    /// The object type.
    pub object_type: TypeId,
    /// The profile.
    pub profile: ProfileId,
    /// What.
    pub kind: GuardKind,
    /// The attribute, for clears and changes.
    pub attr: Option<AttrId>,
    /// How many.
    pub count: i64,
}

impl TenantRead {
    /// One approval.
    pub async fn approval(&mut self, id: ApprovalId) -> Result<Option<Approval>> {
        let row = sqlx::query(
            "-- approval.find
             select * from approval where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.approval_from(&row)).transpose()
    }

    /// Approvals of a profile, or of all, newest first.
    pub async fn approvals(
        &mut self,
        profile: Option<ProfileId>,
        states: &[ApprovalState],
        before: Option<ApprovalId>,
        limit: i64,
    ) -> Result<Vec<Approval>> {
        let words: Option<Vec<String>> =
            (!states.is_empty()).then(|| states.iter().map(word).collect());
        let rows = sqlx::query(
            "-- approval.list
             select * from approval where ($1::int8 is null or profile = $1) and ($2::text[] is null or state = any ($2))
               and ($3::int8 is null or id < $3) order by id desc limit $4",
        )
        .bind(profile.map(ProfileId::get))
        .bind(words)
        .bind(before.map(ApprovalId::get))
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.approval_from(row)).collect()
    }

    /// The last time a person was asked about exactly this list of a directory.
    pub async fn approval_of_list(
        &mut self,
        directory: DirectoryId,
        kind: ApprovalKind,
        plan_hash: OpHash,
    ) -> Result<Option<Approval>> {
        let row = sqlx::query(
            "-- approval.of_list
             select * from approval where directory = $1 and kind = $2 and plan_hash = $3 order by id desc limit 1",
        )
        .bind(directory.get())
        .bind(word(&kind))
        .bind(plan_hash.0.as_slice())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.approval_from(&row)).transpose()
    }

    /// The objects that an approval of a list names, by id, each with what stands for it in the hash of the list.
    pub async fn approval_objects(
        &mut self,
        id: ApprovalId,
        after: CsId,
        limit: i64,
    ) -> Result<Vec<(CsId, OpHash)>> {
        let rows = sqlx::query(
            "-- approval_op.objects
             select cs, op_hash from approval_op where approval = $1 and cs > $2 order by cs limit $3",
        )
        .bind(id.get())
        .bind(after.get())
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                let hash = op_hash("approval_op", id, row.bytes("op_hash")?)?;
                Ok((CsId(row.i64("cs")?), hash))
            })
            .collect()
    }

    /// The operations an approval names, sorted, each with the instant it was first sent.
    pub async fn approval_ops(&mut self, id: ApprovalId) -> Result<Vec<(OpHash, Option<i64>)>> {
        let rows = sqlx::query(
            "-- approval_op.list
             select op_hash, sent_ms from approval_op where approval = $1 order by op_hash",
        )
        .bind(id.get())
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                Ok((
                    op_hash("approval_op", id, row.bytes("op_hash")?)?,
                    row.opt_i64("sent_ms")?,
                ))
            })
            .collect()
    }

    /// What guards count, of operations that live profiles sent since an instant.
    pub async fn guard_window(&mut self, since_ms: i64) -> Result<Vec<GuardCount>> {
        let rows = sqlx::query(
            "-- guard_fact.window
             select directory, object_type, profile, kind, attr, count(*) as n from guard_fact where at_ms >= $1
             group by directory, object_type, profile, kind, attr order by directory, object_type, profile, kind, attr",
        )
        .bind(since_ms)
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                let attr = row.i32("attr")?;
                Ok(GuardCount {
                    directory: DirectoryId(row.i64("directory")?),
                    object_type: type_id("guard_fact", "group", row.i32("object_type")?)?,
                    profile: ProfileId(row.i64("profile")?),
                    kind: code(
                        "guard_fact",
                        "kind",
                        "group",
                        row.i16("kind")?,
                        GuardKind::from_code,
                    )?,
                    attr: (attr >= 0)
                        .then(|| attr_id("guard_fact", "group", attr))
                        .transpose()?,
                    count: row.i64("n")?,
                })
            })
            .collect()
    }

    /// The same for one directory, operation by operation, in the order of sending.
    pub async fn guard_sent(
        &mut self,
        directory: DirectoryId,
        since_ms: i64,
    ) -> Result<Vec<GuardSent>> {
        let rows = sqlx::query(
            "-- guard_fact.sent
             select r.cs, r.object_type, r.profile, r.at_ms, f.kind, f.attr
             from guard_fact f join release r on r.directory = f.directory and r.export_seq = f.export_seq
             where f.directory = $1 and f.at_ms >= $2 order by f.export_seq, f.kind, f.attr",
        )
        .bind(directory.get())
        .bind(since_ms)
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                let (cs, attr) = (row.i64("cs")?, row.i32("attr")?);
                Ok(GuardSent {
                    cs: CsId(cs),
                    object_type: type_id("release", cs, row.i32("object_type")?)?,
                    profile: ProfileId(row.i64("profile")?),
                    fact: GuardFact {
                        kind: code(
                            "guard_fact",
                            "kind",
                            cs,
                            row.i16("kind")?,
                            GuardKind::from_code,
                        )?,
                        attr: (attr >= 0)
                            .then(|| attr_id("guard_fact", cs, attr))
                            .transpose()?,
                    },
                    at_ms: row.i64("at_ms")?,
                })
            })
            .collect()
    }

    fn approval_from(&self, row: &PgRow) -> Result<Approval> {
        let id = row.i64("id")?;
        Ok(Approval {
            id: ApprovalId(id),
            version: row.i64("version")?,
            kind: from_word("approval", "kind", id, row.text("kind")?)?,
            state: from_word("approval", "state", id, row.text("state")?)?,
            profile: ProfileId(row.i64("profile")?),
            directory: row.opt_i64("directory")?.map(DirectoryId),
            whatif: row.opt_i64("whatif")?.map(WhatIfId),
            config_hash: hash_32("approval", "config_hash", id, row.bytes("config_hash")?)?,
            plan_hash: hash_32("approval", "plan_hash", id, row.bytes("plan_hash")?).map(OpHash)?,
            asked_ms: row.i64("asked_ms")?,
            decided_ms: row.opt_i64("decided_ms")?,
            expires_ms: row.opt_i64("expires_ms")?,
            doc: self.open_json("approval", "doc", &[id], row.bytes("doc")?)?,
        })
    }
}

impl TenantTx {
    /// Adds an approval, or the request for one, with the operations it names.
    pub async fn approval_add(&mut self, approval: &Approval, ops: &[OpHash]) -> Result<()> {
        let doc = self.seal_json("approval", "doc", &[approval.id.get()], &approval.doc);
        sqlx::query(
            "-- approval.add
             insert into approval (id, version, kind, state, profile, directory, whatif, config_hash, plan_hash,
                                   asked_ms, decided_ms, expires_ms, doc)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(approval.id.get())
        .bind(approval.version)
        .bind(word(&approval.kind))
        .bind(word(&approval.state))
        .bind(approval.profile.get())
        .bind(approval.directory.map(DirectoryId::get))
        .bind(approval.whatif.map(WhatIfId::get))
        .bind(approval.config_hash.as_slice())
        .bind(approval.plan_hash.0.as_slice())
        .bind(approval.asked_ms)
        .bind(approval.decided_ms)
        .bind(approval.expires_ms)
        .bind(doc)
        .execute(self.conn())
        .await?;
        let hashes: Vec<Vec<u8>> = ops.iter().map(|hash| hash.0.to_vec()).collect();
        sqlx::query(
            "-- approval_op.add
             insert into approval_op (approval, op_hash) select $1, * from unnest($2::bytea[]) on conflict do nothing",
        )
        .bind(approval.id.get())
        .bind(hashes)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Adds the request for an approval of a list of objects.
    pub async fn approval_add_list(
        &mut self,
        approval: &Approval,
        list: &[(OpHash, CsId)],
    ) -> Result<()> {
        self.approval_add(approval, &[]).await?;
        let hashes: Vec<Vec<u8>> = list.iter().map(|(hash, _)| hash.0.to_vec()).collect();
        let objects: Vec<i64> = list.iter().map(|(_, cs)| cs.get()).collect();
        sqlx::query(
            "-- approval_op.add_list
             insert into approval_op (approval, op_hash, cs) select $1, * from unnest($2::bytea[], $3::int8[])
             on conflict do nothing",
        )
        .bind(approval.id.get())
        .bind(hashes)
        .bind(objects)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Changes an approval from the version and state the caller saw: a second decision on it is refused.
    pub async fn approval_change(
        &mut self,
        seen: ApprovalState,
        approval: &Approval,
    ) -> Result<i64> {
        let doc = self.seal_json("approval", "doc", &[approval.id.get()], &approval.doc);
        let done = sqlx::query(
            "-- approval.change
             update approval set version = version + 1, state = $4, decided_ms = $5, expires_ms = $6, doc = $7
             where id = $1 and version = $2 and state = $3",
        )
        .bind(approval.id.get())
        .bind(approval.version)
        .bind(word(&seen))
        .bind(word(&approval.state))
        .bind(approval.decided_ms)
        .bind(approval.expires_ms)
        .bind(doc)
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 1 {
            Ok(approval.version + 1)
        } else {
            Err(StoreError::VersionChanged {
                what: approval.id.to_string(),
            })
        }
    }

    /// Forgets what guards counted before an instant.
    pub async fn guard_expire(&mut self, before_ms: i64) -> Result<u64> {
        let done = sqlx::query(
            "-- guard_fact.expire
             delete from guard_fact where at_ms < $1",
        )
        .bind(before_ms)
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected())
    }
}
