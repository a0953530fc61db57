//! Sealed initial passwords on their way to their recipients (table `initial_password`).
//!
//! Invariants: what is kept is an envelope that only its recipient opens, and it is sealed again under the tenant's
//! key; one row an account; a row that is `begun` belongs to an operation in escrow and is shown to nobody; while a
//! row stands that withholds, its account is not enabled by a flow.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use syncline_model::password::{Recipient, Sealed};
use syncline_model::{CsId, DirectoryId, ProfileId};

use super::row::{Columns as _, from_word, word};
use super::session::{TenantRead, TenantTx};
use crate::{Result, StoreError};

/// How far the handing over of a password is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandoverState {
    /// Kept before its account was made; whether it was made is not known yet.
    Begun,
    /// Waits to be collected.
    Waiting,
    /// Waited too long: the envelope is gone.
    Expired,
    /// The account was made and no envelope came with it.
    Undelivered,
}

/// A password that is to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The account.
    pub cs: CsId,
    /// Its directory.
    pub directory: DirectoryId,
    /// The profile that made it.
    pub profile: ProfileId,
    /// How far it is.
    pub state: HandoverState,
    /// The account stays disabled until this is over.
    pub withheld: bool,
    /// Since when.
    pub made_ms: i64,
    /// Until when the envelope is kept.
    pub ends_ms: i64,
    /// Who gets it.
    pub recipient: Recipient,
    /// The envelope, while there is one.
    pub envelope: Option<Sealed>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    recipient: Recipient,
}

impl TenantRead {
    /// What is to be handed over behind an account, by account; not what is merely begun.
    pub async fn handovers(&mut self, after: CsId, limit: i64) -> Result<Vec<Handover>> {
        let rows = sqlx::query(
            "-- initial_password.list
             select * from initial_password where cs > $1 and state <> 'begun' order by cs limit $2",
        )
        .bind(after.get())
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.handover_from(row)).collect()
    }

    /// The rows of these accounts, whatever their state.
    pub async fn handovers_of(&mut self, accounts: &[CsId]) -> Result<Vec<Handover>> {
        let rows = sqlx::query(
            "-- initial_password.of
             select * from initial_password where cs = any ($1) order by cs",
        )
        .bind(numbers(accounts))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.handover_from(row)).collect()
    }

    /// Which of these accounts stay disabled for now.
    pub async fn withheld(&mut self, accounts: &[CsId]) -> Result<BTreeSet<CsId>> {
        if accounts.is_empty() {
            return Ok(BTreeSet::new());
        }
        let rows = sqlx::query(
            "-- initial_password.withheld
             select cs from initial_password where cs = any ($1) and withheld",
        )
        .bind(numbers(accounts))
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| Ok(CsId(row.i64("cs")?))).collect()
    }

    /// When the next envelope's time is over.
    pub async fn handovers_next_end(&mut self) -> Result<Option<i64>> {
        sqlx::query(
            "-- initial_password.next_end
             select min(ends_ms) as ends_ms from initial_password where state = 'waiting'",
        )
        .fetch_one(self.conn())
        .await?
        .opt_i64("ends_ms")
    }

    fn handover_from(&self, row: &PgRow) -> Result<Handover> {
        let cs = row.i64("cs")?;
        let body: Body = self.open_json("initial_password", "body", &[cs], row.bytes("body")?)?;
        let damaged =
            || StoreError::damaged("initial_password", "envelope", cs, "it is no age file");
        let envelope = match row.opt_bytes("envelope")? {
            Some(sealed) => {
                let octets = self.open("initial_password", "envelope", &[cs], sealed)?;
                Some(Sealed::parse(&octets).ok_or_else(damaged)?)
            }
            None => None,
        };
        Ok(Handover {
            cs: CsId(cs),
            directory: DirectoryId(row.i64("directory")?),
            profile: ProfileId(row.i64("profile")?),
            state: from_word("initial_password", "state", cs, row.text("state")?)?,
            withheld: row.flag("withheld")?,
            made_ms: row.i64("made_ms")?,
            ends_ms: row.i64("ends_ms")?,
            recipient: body.recipient,
            envelope,
        })
    }
}

impl TenantTx {
    /// Keeps a row, in place of one the account had.
    pub async fn handover_put(&mut self, handover: &Handover) -> Result<()> {
        let key = [handover.cs.get()];
        let body = Body {
            recipient: handover.recipient.clone(),
        };
        let body = self.seal_json("initial_password", "body", &key, &body);
        let envelope = handover
            .envelope
            .as_ref()
            .map(|envelope| self.seal("initial_password", "envelope", &key, &envelope.0));
        sqlx::query(
            "-- initial_password.put
             insert into initial_password (cs, directory, profile, state, withheld, made_ms, ends_ms, body, envelope)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (cs) do update set directory = excluded.directory, profile = excluded.profile,
                 state = excluded.state, withheld = excluded.withheld, made_ms = excluded.made_ms,
                 ends_ms = excluded.ends_ms, body = excluded.body, envelope = excluded.envelope",
        )
        .bind(handover.cs.get())
        .bind(handover.directory.get())
        .bind(handover.profile.get())
        .bind(word(&handover.state))
        .bind(handover.withheld)
        .bind(handover.made_ms)
        .bind(handover.ends_ms)
        .bind(body)
        .bind(envelope)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes the rows of these accounts that are in one of these states; answers what they held. Of two callers one
    /// gets a row.
    pub async fn handovers_take(
        &mut self,
        accounts: &[CsId],
        states: &[HandoverState],
    ) -> Result<Vec<Handover>> {
        let states: Vec<String> = states.iter().map(word).collect();
        let rows = sqlx::query(
            "-- initial_password.take
             delete from initial_password where cs = any ($1) and state = any ($2) returning *",
        )
        .bind(numbers(accounts))
        .bind(states)
        .fetch_all(self.conn())
        .await?;
        let mut taken = rows
            .iter()
            .map(|row| self.handover_from(row))
            .collect::<Result<Vec<_>>>()?;
        taken.sort_by_key(|handover| handover.cs);
        Ok(taken)
    }

    /// Ends what waited too long: the envelope goes, the row stays until a person dismisses it. Answers the accounts.
    pub async fn handovers_expire(&mut self, now_ms: i64) -> Result<Vec<Handover>> {
        let rows = sqlx::query(
            "-- initial_password.expire
             update initial_password set state = 'expired', envelope = null
             where state = 'waiting' and ends_ms <= $1 returning *",
        )
        .bind(now_ms)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.handover_from(row)).collect()
    }
}

fn numbers(accounts: &[CsId]) -> Vec<i64> {
    accounts.iter().map(|cs| cs.get()).collect()
}
