//! Sending: claim before, result after (tables `escrow`, `memory`, `release`, `guard_fact`; D-53, storage boundaries).
//!
//! Claim and result are two transactions. The claim is durable before the first byte goes out and says for every
//! operation what allowed it; the result turns a claimed operation into a remembered one, or puts it back.
//!
//! Invariants: an operation is claimed only while it is still the pending one of its object, and at most one of an
//! object at a time; whatever is claimed and has no result is in doubt and is found by [`super::TenantRead::escrow`] after any
//! crash; every sent operation has exactly one row of `release`.

use syncline_model::approval::ReleasedBy;
use syncline_model::object::{CsFlags, Subject};
use syncline_model::op::OpHash;
use syncline_model::plan::{EscrowEntry, GuardFact, MemoryEntry, PlannedOp, Verb, WorkItem};
use syncline_model::{Anchor, ApprovalId, CsId, DirectoryId, RunId};

use super::row::Columns as _;
use super::session::{Durability, TenantTx};
use crate::{Result, StoreError};

/// An operation about to be sent, and why it may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The operation.
    pub op: PlannedOp,
    /// The hash under which it is pending: another one where only a part of that operation is sent.
    pub pending: OpHash,
    /// What allows it.
    pub released_by: ReleasedBy,
}

/// What a directory acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The object's id, where the directory returned one.
    pub anchor: Option<Anchor>,
    /// The object already was as the operation wants it.
    pub no_op: bool,
}

impl TenantTx {
    /// Claims operations of one directory for sending. Leaves out those that are no longer pending as given, and those of objects
    /// that have an operation in doubt. Refused in a transaction that is not durable.
    pub async fn export_claim(
        &mut self,
        run: RunId,
        directory: DirectoryId,
        claims: &[Claim],
        now_ms: i64,
    ) -> Result<Vec<EscrowEntry>> {
        if self.durability != Durability::Durable {
            return Err(StoreError::Refused {
                what: "a claim must be durable before anything is sent: use a durable transaction"
                    .into(),
            });
        }
        let mut claimed = Vec::new();
        let mut seq = self.export_seq_hold(directory).await?;
        for claim in claims
            .iter()
            .filter(|claim| claim.op.directory == directory)
        {
            if !self.still_pending(claim).await? {
                continue;
            }
            seq += 1;
            let entry = EscrowEntry {
                op: claim.op.clone(),
                export_seq: seq,
                since: now_ms.div_euclid(1000),
            };
            self.escrow_add(run, &entry).await?;
            self.release_add(run, &entry, claim.released_by, now_ms)
                .await?;
            claimed.push(entry);
        }
        sqlx::query(
            "-- directory.move_export_seq
             update directory set export_seq = $2 where id = $1",
        )
        .bind(directory.get())
        .bind(seq)
        .execute(self.conn())
        .await?;
        Ok(claimed)
    }

    /// The directory acknowledged all of it: the operation is remembered until an import confirms it. See
    /// [`TenantTx::export_settled`].
    pub async fn export_acknowledged(
        &mut self,
        entry: &EscrowEntry,
        ack: &Acknowledged,
    ) -> Result<Option<CsId>> {
        let memory = MemoryEntry {
            cs: entry.op.cs,
            export_seq: entry.export_seq,
            at: entry.since,
            hash: entry.op.hash,
            effect: entry.op.effect.clone(),
        };
        self.export_settled(entry, ack, Some(&memory)).await
    }

    /// The directory acknowledged, perhaps not every attribute: `memory` is what took effect and waits for an import to
    /// confirm it. The id of an Add becomes the object's anchor at once, unless another object has it: then that one
    /// is answered, and the next import decides.
    pub async fn export_settled(
        &mut self,
        entry: &EscrowEntry,
        ack: &Acknowledged,
        memory: Option<&MemoryEntry>,
    ) -> Result<Option<CsId>> {
        let op = &entry.op;
        self.escrow_end(entry, if ack.no_op { "no-op" } else { "acknowledged" })
            .await?;
        let sent = sqlx::query(
            "-- pending.sent
             delete from pending where cs = $1 and pass = $2 and op_hash = $3",
        )
        .bind(op.cs.get())
        .bind(i16::from(op.pass()))
        .bind(op.hash.0.as_slice())
        .execute(self.conn())
        .await?;
        let is_whole = memory.is_some_and(|memory| memory.effect == op.effect);
        if sent.rows_affected() == 0 || !is_whole {
            // A part of what is pending, something before it, or not all of it was taken: what is left is derived anew.
            let subject = op.mv.map_or(Subject::Cs(op.cs), Subject::Mv);
            let profile = op.profile;
            self.work_add(&[WorkItem { profile, subject }]).await?;
        }
        if let Some(memory) = memory {
            self.memory_add(op.directory, memory).await?;
        }
        if op.verb() == Verb::Add {
            return self.added(op, ack.anchor.as_ref()).await;
        }
        Ok(None)
    }

    async fn memory_add(&mut self, directory: DirectoryId, memory: &MemoryEntry) -> Result<()> {
        let key = [memory.cs.get(), memory.export_seq];
        let sealed = self.seal_body("memory", "body", &key, memory);
        sqlx::query(
            "-- memory.add
             insert into memory (cs, export_seq, directory, op_hash, body) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
        )
        .bind(memory.cs.get())
        .bind(memory.export_seq)
        .bind(directory.get())
        .bind(memory.hash.0.as_slice())
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The directory refused: the operation stays pending; the caller sets the error that says why.
    pub async fn export_refused(&mut self, entry: &EscrowEntry, code: &str) -> Result<()> {
        self.escrow_end(entry, code).await
    }

    /// The operation was never sent: it stays pending, and counts nowhere.
    pub async fn export_not_sent(&mut self, entry: &EscrowEntry) -> Result<()> {
        for statement in [
            "-- escrow.not_sent
             delete from escrow where directory = $1 and export_seq = $2",
            "-- release.not_sent
             delete from release where directory = $1 and export_seq = $2",
            "-- guard_fact.not_sent
             delete from guard_fact where directory = $1 and export_seq = $2",
        ] {
            sqlx::query(statement)
                .bind(entry.op.directory.get())
                .bind(entry.export_seq)
                .execute(self.conn())
                .await?;
        }
        Ok(())
    }

    /// Holds the directory's counter until the commit, so that two claims take turns.
    async fn export_seq_hold(&mut self, directory: DirectoryId) -> Result<i64> {
        sqlx::query(
            "-- directory.hold_export_seq
             select export_seq from directory where id = $1 for update",
        )
        .bind(directory.get())
        .fetch_optional(self.conn())
        .await?
        .ok_or_else(|| StoreError::Refused {
            what: format!("there is no {directory}"),
        })?
        .i64("export_seq")
    }

    async fn still_pending(&mut self, claim: &Claim) -> Result<bool> {
        let op = &claim.op;
        let row = sqlx::query(
            "-- pending.hold
             select not exists (select 1 from escrow e where e.cs = p.cs) as free from pending p
             where p.cs = $1 and p.pass = $2 and p.op_hash = $3 and p.blocked is null for update of p",
        )
        .bind(op.cs.get())
        .bind(i16::from(op.pass()))
        .bind(claim.pending.0.as_slice())
        .fetch_optional(self.conn())
        .await?;
        row.map_or(Ok(false), |row| row.flag("free"))
    }

    async fn escrow_add(&mut self, run: RunId, entry: &EscrowEntry) -> Result<()> {
        let op = &entry.op;
        let sealed = self.seal_body("escrow", "body", &[op.cs.get(), entry.export_seq], entry);
        sqlx::query(
            "-- escrow.add
             insert into escrow (cs, export_seq, directory, op_hash, run, body) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(op.cs.get())
        .bind(entry.export_seq)
        .bind(op.directory.get())
        .bind(op.hash.0.as_slice())
        .bind(run.get())
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    async fn escrow_end(&mut self, entry: &EscrowEntry, outcome: &str) -> Result<()> {
        let done = sqlx::query(
            "-- escrow.end
             delete from escrow where directory = $1 and export_seq = $2",
        )
        .bind(entry.op.directory.get())
        .bind(entry.export_seq)
        .execute(self.conn())
        .await?;
        if done.rows_affected() != 1 {
            return Err(StoreError::Refused {
                what: format!(
                    "operation {} of {} has its result already",
                    entry.export_seq, entry.op.directory
                ),
            });
        }
        sqlx::query(
            "-- release.outcome
             update release set outcome = $3 where directory = $1 and export_seq = $2",
        )
        .bind(entry.op.directory.get())
        .bind(entry.export_seq)
        .bind(outcome)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    async fn release_add(
        &mut self,
        run: RunId,
        entry: &EscrowEntry,
        by: ReleasedBy,
        now_ms: i64,
    ) -> Result<()> {
        let op = &entry.op;
        let (word, approval) = released_by(by);
        let key = [op.directory.get(), entry.export_seq];
        let sealed = self.seal_body("release", "body", &key, op);
        sqlx::query(
            "-- release.add
             insert into release (directory, export_seq, at_ms, run, cs, profile, part, object_type, verb, op_hash,
                                  released_by, approval, body)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(op.directory.get())
        .bind(entry.export_seq)
        .bind(now_ms)
        .bind(run.get())
        .bind(op.cs.get())
        .bind(op.profile.get())
        .bind(op.part.get())
        .bind(i32::from(op.object_type.0))
        .bind(i16::from(op.verb().code()))
        .bind(op.hash.0.as_slice())
        .bind(word)
        .bind(approval.get())
        .bind(sealed)
        .execute(self.conn())
        .await?;
        // What a person saw in an approved list is not counted against what comes after it.
        if matches!(by, ReleasedBy::Live(_)) {
            for fact in &op.facts {
                self.guard_fact_add(entry, fact, now_ms).await?;
            }
        }
        sqlx::query(
            "-- approval_op.sent
             update approval_op set sent_ms = $3 where approval = $1 and op_hash = $2 and sent_ms is null",
        )
        .bind(approval.get())
        .bind(op.hash.0.as_slice())
        .bind(now_ms)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    async fn guard_fact_add(
        &mut self,
        entry: &EscrowEntry,
        fact: &GuardFact,
        now_ms: i64,
    ) -> Result<()> {
        let op = &entry.op;
        sqlx::query(
            "-- guard_fact.add
             insert into guard_fact (directory, export_seq, kind, attr, at_ms, object_type, profile)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        )
        .bind(op.directory.get())
        .bind(entry.export_seq)
        .bind(i16::from(fact.kind.code()))
        .bind(fact.attr.map_or(-1, |attr| i32::from(attr.0)))
        .bind(now_ms)
        .bind(i32::from(op.object_type.0))
        .bind(op.profile.get())
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Marks an added object as acknowledged and gives it its anchor.
    async fn added(&mut self, op: &PlannedOp, anchor: Option<&Anchor>) -> Result<Option<CsId>> {
        let Some(object) = self.cs_objects(&[op.cs]).await?.pop() else {
            return Ok(None);
        };
        let holder = match anchor {
            Some(anchor) => self
                .cs_objects_by_anchor(op.directory, std::slice::from_ref(anchor))
                .await?
                .pop()
                .map(|holder| holder.row.id)
                .filter(|id| *id != op.cs),
            None => None,
        };
        let mut body = object.body;
        if holder.is_none() && body.anchor.is_none() {
            body.anchor = anchor.cloned();
        }
        let mut row = object.row;
        row.flags = row.flags.with(CsFlags::ACKNOWLEDGED, true);
        let (key, _, sealed) = self.cs_sealed(&row, &body);
        sqlx::query(
            "-- cs.acknowledged
             update cs set flags = $2, anchor_key = $3, body = $4 where id = $1",
        )
        .bind(op.cs.get())
        .bind(row.flags.0.cast_signed())
        .bind(key)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(holder)
    }
}

/// The word and the approval of a reason.
pub(crate) fn released_by(by: ReleasedBy) -> (&'static str, ApprovalId) {
    match by {
        ReleasedBy::Plan(id) => ("plan", id),
        ReleasedBy::Guard(id) => ("guard", id),
        ReleasedBy::Live(id) => ("live", id),
    }
}
