//! Acts and usage that wait for the collector (tables `outbox_head`, `audit_outbox`, `usage_outbox`).
//!
//! Invariants: a row is in the transaction of its effect; numbers rise without gaps in the order of commits, because
//! the one row of `outbox_head` is locked from the append to the commit, and the append is the last thing a
//! transaction does; nothing is handed to the collector that a crash could still take back.

use sqlx::Row as _;
use syncline_model::meter::Meter;

use super::row::{Columns as _, hash_32};
use super::session::{Durability, TenantDb, TenantTx};
use crate::chain::{Act, Link};
use crate::{Result, StoreError};

/// What a transaction is going to append.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    acts: Vec<Act>,
    usage: Vec<Usage>,
}

/// A use of something that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// When the effect happened.
    pub at_ms: i64,
    /// Which meter.
    pub meter: Meter,
    /// How much.
    pub quantity: i64,
    /// Derived from the effect: the same effect counted twice is one row in the ledger.
    pub event_id: [u8; 32],
}

/// A usage row with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    /// Its number, from 1.
    pub seq: i64,
    /// What was used.
    pub usage: Usage,
}

/// What the collector takes over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// Acts, by number.
    pub acts: Vec<Link>,
    /// Usage, by number.
    pub usage: Vec<UsageRow>,
}

impl TenantTx {
    /// Records an act in this transaction.
    pub fn audit(&mut self, act: Act) {
        self.outbox.acts.push(act);
    }

    /// Counts a use in this transaction. Nothing is counted for a quantity of zero.
    pub fn count(&mut self, usage: Usage) {
        if usage.quantity != 0 {
            self.outbox.usage.push(usage);
        }
    }
}

impl Outbox {
    /// Whether it records an act.
    pub(crate) fn has_acts(&self) -> bool {
        !self.acts.is_empty()
    }

    /// Writes the rows. Locks the head row until the commit.
    pub(crate) async fn append(self, tx: &mut TenantTx) -> Result<()> {
        if self.acts.is_empty() && self.usage.is_empty() {
            return Ok(());
        }
        let head = sqlx::query(
            "-- outbox_head.lock
             select audit_seq, audit_hash, usage_seq from outbox_head for update",
        )
        .fetch_one(tx.conn())
        .await?;
        let (mut audit_seq, mut usage_seq) = (head.i64("audit_seq")?, head.i64("usage_seq")?);
        let mut audit_hash = hash_32("outbox_head", "audit_hash", 1, head.bytes("audit_hash")?)?;
        let chain = tx.tenant().to_string();
        let (mut seqs, mut texts, mut prevs, mut hashes) = (vec![], vec![], vec![], vec![]);
        for act in &self.acts {
            audit_seq += 1;
            let link = act.link(&chain, audit_seq, audit_hash);
            audit_hash = link.hash;
            seqs.push(link.seq);
            texts.push(link.act);
            prevs.push(link.prev_hash.to_vec());
            hashes.push(link.hash.to_vec());
        }
        if !seqs.is_empty() {
            sqlx::query(
                "-- audit_outbox.append
                 insert into audit_outbox (seq, act, prev_hash, hash)
                 select * from unnest($1::int8[], $2::text[], $3::bytea[], $4::bytea[])",
            )
            .bind(seqs)
            .bind(texts)
            .bind(prevs)
            .bind(hashes)
            .execute(tx.conn())
            .await?;
        }
        let first = usage_seq + 1;
        usage_seq += self.usage.len() as i64;
        if usage_seq >= first {
            let (mut ats, mut meters, mut quantities, mut events) =
                (vec![], vec![], vec![], vec![]);
            for usage in &self.usage {
                ats.push(usage.at_ms);
                meters.push(usage.meter.code());
                quantities.push(usage.quantity);
                events.push(usage.event_id.to_vec());
            }
            sqlx::query(
                "-- usage_outbox.append
                 insert into usage_outbox (seq, at_ms, meter, quantity, event_id)
                 select * from unnest($1::int8[], $2::int8[], $3::text[], $4::int8[], $5::bytea[])",
            )
            .bind((first..=usage_seq).collect::<Vec<_>>())
            .bind(ats)
            .bind(meters)
            .bind(quantities)
            .bind(events)
            .execute(tx.conn())
            .await?;
        }
        sqlx::query(
            "-- outbox_head.move
             update outbox_head set audit_seq = $1, audit_hash = $2, usage_seq = $3",
        )
        .bind(audit_seq)
        .bind(audit_hash.as_slice())
        .bind(usage_seq)
        .execute(tx.conn())
        .await?;
        Ok(())
    }
}

impl TenantDb {
    /// Rows behind these numbers, at most `limit` of each kind, all of them proof against a crash.
    pub async fn outgoing(
        &self,
        after_audit: i64,
        after_usage: i64,
        limit: i64,
    ) -> Result<Outgoing> {
        let head = sqlx::query(
            "-- outbox_head.peek
             select audit_seq > $1 or usage_seq > $2 from outbox_head",
        )
        .bind(after_audit)
        .bind(after_usage)
        .fetch_one(&self.shared().short)
        .await?;
        if !head.try_get::<bool, _>(0)? {
            return Ok(Outgoing::default());
        }
        // Rows may come from commits that were deferred. A durable commit of ours behind them makes them durable.
        let mut tx = self.write(Durability::Durable).await?;
        sqlx::query(
            "-- outbox_head.flush
             update outbox_head set flushed = flushed + 1",
        )
        .execute(tx.conn())
        .await?;
        let outgoing = Outgoing {
            acts: tx.acts_after(after_audit, limit).await?,
            usage: tx.usage_after(after_usage, limit).await?,
        };
        tx.commit().await?;
        Ok(outgoing)
    }
}

impl TenantTx {
    async fn acts_after(&mut self, seq: i64, limit: i64) -> Result<Vec<Link>> {
        sqlx::query(
            "-- audit_outbox.after
             select seq, act, prev_hash, hash from audit_outbox where seq > $1 order by seq limit $2",
        )
        .bind(seq)
        .bind(limit)
        .fetch_all(self.conn())
        .await?
        .iter()
        .map(|row| {
            let seq = row.i64("seq")?;
            Ok(Link {
                seq,
                act: row.text("act")?.to_owned(),
                prev_hash: hash_32("audit_outbox", "prev_hash", seq, row.bytes("prev_hash")?)?,
                hash: hash_32("audit_outbox", "hash", seq, row.bytes("hash")?)?,
            })
        })
        .collect()
    }

    async fn usage_after(&mut self, seq: i64, limit: i64) -> Result<Vec<UsageRow>> {
        sqlx::query(
            "-- usage_outbox.after
             select seq, at_ms, meter, quantity, event_id from usage_outbox where seq > $1 order by seq limit $2",
        )
        .bind(seq)
        .bind(limit)
        .fetch_all(self.conn())
        .await?
        .iter()
        .map(|row| {
            let seq = row.i64("seq")?;
            let meter = row.text("meter")?;
            Ok(UsageRow {
                seq,
                usage: Usage {
                    at_ms: row.i64("at_ms")?,
                    meter: Meter::from_code(meter).ok_or_else(|| {
                        StoreError::damaged("usage_outbox", "meter", seq, format_args!("`{meter}` is not a meter"))
                    })?,
                    quantity: row.i64("quantity")?,
                    event_id: hash_32("usage_outbox", "event_id", seq, row.bytes("event_id")?)?,
                },
            })
        })
        .collect()
    }
}
