//! Agents and their one-time enrolment keys (table `agent`). A row is a slot of a directory; its key fills it.
//!
//! Invariants: of an enrolment secret only a keyed hash is kept; a key fills its slot once, before it expires;
//! a revoked slot never comes back.

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use syncline_model::{AgentId, DirectoryId};

use super::row::{Columns as _, from_word, uuid_of, word};
use super::session::{TenantRead, TenantTx};
use crate::{Result, StoreError};

const PURPOSE: &str = "enrolment";

/// Where a slot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgentState {
    /// Waits for an agent with its key.
    Open,
    /// Enrolled; its fingerprint waits for an administrator.
    Enrolled,
    /// May connect.
    Confirmed,
    /// May not connect, ever again.
    Revoked,
}

/// An agent, or the slot for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// The directory it serves.
    pub directory: DirectoryId,
    /// Rises with each change.
    pub version: i64,
    /// Where it stands.
    pub state: AgentState,
    /// Until when its enrolment key may be used.
    pub key_expires_ms: i64,
    /// When it was used.
    pub key_used_ms: Option<i64>,
    /// Its public key as SubjectPublicKeyInfo.
    pub public_key: Option<Vec<u8>>,
    /// The serial number of the certificate that holds.
    pub serial: Option<String>,
    /// Until when that certificate holds.
    pub not_after_ms: Option<i64>,
    /// When it was last connected.
    pub seen_ms: Option<i64>,
    /// What it said about itself.
    pub doc: AgentDoc,
}

/// What an agent says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentDoc {
    /// A name, for people.
    #[serde(default)]
    pub name: String,
    /// The computer it runs on.
    #[serde(default)]
    pub computer: String,
    /// The domain of that computer.
    #[serde(default)]
    pub domain: String,
    /// Its build.
    #[serde(default)]
    pub version: String,
    /// Whether its host holds credentials for the directory: `present`, `missing`, `refused`.
    #[serde(default)]
    pub credentials: String,
    /// Anything else it reports.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub detail: serde_json::Value,
}

/// What an enrolment brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Its public key as SubjectPublicKeyInfo.
    pub public_key: Vec<u8>,
    /// The serial number of its certificate.
    pub serial: String,
    /// Until when that certificate holds.
    pub not_after_ms: i64,
    /// What it says about itself.
    pub doc: AgentDoc,
}

/// How an enrolment key was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyCheck {
    /// It is the slot's key and unused.
    Good(DirectoryId),
    /// There is no such slot, or it has another key.
    Wrong,
    /// It was used already, or the slot was revoked.
    Used,
    /// It is too old.
    Expired,
}

impl TenantRead {
    /// All agents and slots by id.
    pub async fn agents(&mut self) -> Result<Vec<Agent>> {
        let rows = sqlx::query(
            "-- agent.list
             select * from agent order by id",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.agent_from(row)).collect()
    }

    /// One agent or slot.
    pub async fn agent(&mut self, id: AgentId) -> Result<Option<Agent>> {
        let row = sqlx::query(
            "-- agent.find
             select * from agent where id = $1",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| self.agent_from(&row)).transpose()
    }

    /// What an enrolment secret is good for now. Says nothing about slots to those who do not hold their key.
    pub async fn enrolment_key(
        &mut self,
        id: AgentId,
        secret: &[u8],
        now_ms: i64,
    ) -> Result<KeyCheck> {
        let hash = self.keys().secret_hash(PURPOSE, secret);
        let row = sqlx::query(
            "-- agent.key
             select directory, state, key_expires_ms, key_used_ms from agent where id = $1 and key_hash = $2",
        )
        .bind(id.get())
        .bind(uuid_of(hash))
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else {
            return Ok(KeyCheck::Wrong);
        };
        let open =
            row.text("state")? == word(&AgentState::Open) && row.opt_i64("key_used_ms")?.is_none();
        Ok(if !open {
            KeyCheck::Used
        } else if row.i64("key_expires_ms")? <= now_ms {
            KeyCheck::Expired
        } else {
            KeyCheck::Good(DirectoryId(row.i64("directory")?))
        })
    }

    fn agent_from(&self, row: &PgRow) -> Result<Agent> {
        let id = row.i64("id")?;
        Ok(Agent {
            id: AgentId(id),
            directory: DirectoryId(row.i64("directory")?),
            version: row.i64("version")?,
            state: from_word("agent", "state", id, row.text("state")?)?,
            key_expires_ms: row.i64("key_expires_ms")?,
            key_used_ms: row.opt_i64("key_used_ms")?,
            public_key: row.opt_bytes("public_key")?.map(<[u8]>::to_vec),
            serial: row.opt_text("serial")?.map(str::to_owned),
            not_after_ms: row.opt_i64("not_after_ms")?,
            seen_ms: row.opt_i64("seen_ms")?,
            doc: self.open_json("agent", "doc", &[id], row.bytes("doc")?)?,
        })
    }
}

impl TenantTx {
    /// Opens a slot for an agent of a directory, to be filled with this secret.
    pub async fn agent_add(
        &mut self,
        id: AgentId,
        directory: DirectoryId,
        secret: &[u8],
        expires_ms: i64,
        doc: &AgentDoc,
    ) -> Result<()> {
        let hash = self.keys().secret_hash(PURPOSE, secret);
        let sealed = self.seal_json("agent", "doc", &[id.get()], doc);
        sqlx::query(
            "-- agent.add
             insert into agent (id, directory, version, state, key_hash, key_expires_ms, doc)
             values ($1, $2, 1, $3, $4, $5, $6)",
        )
        .bind(id.get())
        .bind(directory.get())
        .bind(word(&AgentState::Open))
        .bind(uuid_of(hash))
        .bind(expires_ms)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Fills a slot. `false` when its key was used, expired, or is another one: then nothing changes.
    pub async fn agent_enrol(
        &mut self,
        id: AgentId,
        secret: &[u8],
        now_ms: i64,
        enrolment: &Enrolment,
    ) -> Result<bool> {
        let hash = self.keys().secret_hash(PURPOSE, secret);
        let sealed = self.seal_json("agent", "doc", &[id.get()], &enrolment.doc);
        let done = sqlx::query(
            "-- agent.enrol
             update agent set state = $4, version = version + 1, key_used_ms = $3,
                    public_key = $5, serial = $6, not_after_ms = $7, doc = $8
             where id = $1 and key_hash = $2 and state = 'open' and key_used_ms is null and key_expires_ms > $3",
        )
        .bind(id.get())
        .bind(uuid_of(hash))
        .bind(now_ms)
        .bind(word(&AgentState::Enrolled))
        .bind(&enrolment.public_key)
        .bind(&enrolment.serial)
        .bind(enrolment.not_after_ms)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Moves an agent from one state to another. `false` when it is not in the first one.
    pub async fn agent_move(
        &mut self,
        id: AgentId,
        from: AgentState,
        to: AgentState,
    ) -> Result<bool> {
        let done = sqlx::query(
            "-- agent.move
             update agent set state = $3, version = version + 1 where id = $1 and state = $2 and state <> 'revoked'",
        )
        .bind(id.get())
        .bind(word(&from))
        .bind(word(&to))
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives a confirmed agent its next certificate.
    pub async fn agent_renew(
        &mut self,
        id: AgentId,
        serial: &str,
        not_after_ms: i64,
    ) -> Result<bool> {
        let done = sqlx::query(
            "-- agent.renew
             update agent set serial = $2, not_after_ms = $3, version = version + 1 where id = $1 and state = 'confirmed'",
        )
        .bind(id.get())
        .bind(serial)
        .bind(not_after_ms)
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Notes that an agent is connected and what it says about itself.
    pub async fn agent_seen(&mut self, id: AgentId, now_ms: i64, doc: &AgentDoc) -> Result<()> {
        let sealed = self.seal_json("agent", "doc", &[id.get()], doc);
        let done = sqlx::query(
            "-- agent.seen
             update agent set seen_ms = $2, doc = $3 where id = $1",
        )
        .bind(id.get())
        .bind(now_ms)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 1 {
            Ok(())
        } else {
            Err(StoreError::Refused {
                what: format!("there is no {id}"),
            })
        }
    }
}
