//! What is said of directories and profiles as a whole (table `message`).
//!
//! Invariants: the same thing said again while it holds is the same entry with a higher count; what a run of a lane does
//! not say again has ended, as far as that run got to say it; the text is sealed because it may quote names.

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use syncline_model::message::Severity;
use syncline_model::run::{RunKind, RunStatus};
use syncline_model::{DirectoryId, MessageId, ProfileId, RunId};

use super::row::{Columns as _, from_word, word};
use super::runs::Run;
use super::session::{TenantRead, TenantTx};
use super::settings::halves;
use crate::Result;

/// What says something: runs of a lane judge the same things, so that one of them ends what another one said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// Imports of every kind.
    Import,
    /// Synchronisation.
    Sync,
    /// Exports.
    Export,
    /// Cycles of Entra Connect.
    EntraConnect,
    /// No run; what is said so ends by hand or by age.
    #[serde(rename = "")]
    None,
}

impl Lane {
    /// The lane of a run.
    pub fn of(kind: RunKind) -> Self {
        match kind {
            RunKind::FullImport | RunKind::DeltaImport | RunKind::ConfirmingImport => Self::Import,
            RunKind::Sync => Self::Sync,
            RunKind::Export => Self::Export,
            RunKind::EntraConnectCycle => Self::EntraConnect,
        }
    }
}

/// Something to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The id of the entry, if it is a new one.
    pub id: MessageId,
    /// When.
    pub at_ms: i64,
    /// How much it matters.
    pub severity: Severity,
    /// A stable code.
    pub code: String,
    /// What says it.
    pub lane: Lane,
    /// What it is about within its directory or profile, where one code is said of several things.
    pub topic: Option<String>,
    /// Whether it stopped its run.
    pub stops: bool,
    /// The run that says it.
    pub run: Option<RunId>,
    /// The directory it is about.
    pub directory: Option<DirectoryId>,
    /// The profile it is about.
    pub profile: Option<ProfileId>,
    /// The object it is about: a connector-space or metaverse id.
    pub object: Option<i64>,
    /// What it says.
    pub body: MessageBody,
}

/// The sealed part of a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MessageBody {
    /// What happened to which thing, why, and what to do.
    pub text: String,
    /// What a program may want to know of it.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub detail: serde_json::Value,
}

/// An entry, as stored.
pub(super) struct Told {
    pub id: MessageId,
    pub severity: Severity,
    pub code: String,
    pub run: Option<RunId>,
    pub directory: Option<DirectoryId>,
    pub profile: Option<ProfileId>,
    pub object: Option<i64>,
    pub body: MessageBody,
    pub first_ms: i64,
    pub last_ms: i64,
    pub count: i32,
    pub ended_ms: Option<i64>,
}

impl TenantRead {
    pub(super) fn told_from(&self, row: &PgRow) -> Result<Told> {
        let (id, last_ms) = (row.i64("id")?, row.i64("at_ms")?);
        Ok(Told {
            id: MessageId(id),
            severity: from_word("message", "severity", id, row.text("severity")?)?,
            code: row.text("code")?.to_owned(),
            run: row.opt_i64("run")?.map(RunId),
            directory: row.opt_i64("directory")?.map(DirectoryId),
            profile: row.opt_i64("profile")?.map(ProfileId),
            object: row.opt_i64("object")?,
            body: self.open_json("message", "body", &[id], row.bytes("body")?)?,
            first_ms: row.opt_i64("first_ms")?.unwrap_or(last_ms),
            last_ms,
            count: row.i32("count")?,
            ended_ms: row.opt_i64("ended_ms")?,
        })
    }

    /// What a message is about within its directory or profile, as a number that tells nothing.
    fn topic(&self, message: &Message) -> i64 {
        let topic = message.topic.as_deref();
        topic.map_or(0, |topic| self.message_topic(topic))
    }

    pub(super) fn message_topic(&self, topic: &str) -> i64 {
        halves(self.keys().secret_hash("message", topic.as_bytes()))[0]
    }
}

impl TenantTx {
    /// Says something: again, where it was said and holds; else anew. Answers the ids of the entries.
    pub async fn messages_say(&mut self, messages: &[Message]) -> Result<Vec<MessageId>> {
        let mut ids = Vec::with_capacity(messages.len());
        for message in messages {
            let id = match self.message_again(message).await? {
                Some(id) => id,
                None => self.message_add(message).await?,
            };
            ids.push(id);
        }
        Ok(ids)
    }

    async fn message_again(&mut self, message: &Message) -> Result<Option<MessageId>> {
        let row = sqlx::query(
            "-- message.standing
             select id from message
             where ended_ms is null and code = $1 and lane = $2 and topic = $3 and directory is not distinct from $4
               and profile is not distinct from $5 and object is not distinct from $6
             for update",
        )
        .bind(&message.code)
        .bind(word(&message.lane))
        .bind(self.topic(message))
        .bind(message.directory.map(DirectoryId::get))
        .bind(message.profile.map(ProfileId::get))
        .bind(message.object)
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id = row.i64("id")?;
        let body = self.seal_json("message", "body", &[id], &message.body);
        sqlx::query(
            "-- message.again
             update message set at_ms = $2, severity = $3, run = $4, stops = $5, count = count + 1, body = $6
             where id = $1",
        )
        .bind(id)
        .bind(message.at_ms)
        .bind(word(&message.severity))
        .bind(message.run.map(RunId::get))
        .bind(message.stops)
        .bind(body)
        .execute(self.conn())
        .await?;
        Ok(Some(MessageId(id)))
    }

    async fn message_add(&mut self, message: &Message) -> Result<MessageId> {
        let body = self.seal_json("message", "body", &[message.id.get()], &message.body);
        sqlx::query(
            "-- message.add
             insert into message (id, at_ms, first_ms, severity, code, lane, topic, stops, run, since_run, directory,
                                  profile, object, body)
             values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12)",
        )
        .bind(message.id.get())
        .bind(message.at_ms)
        .bind(word(&message.severity))
        .bind(&message.code)
        .bind(word(&message.lane))
        .bind(self.topic(message))
        .bind(message.stops)
        .bind(message.run.map(RunId::get))
        .bind(message.directory.map(DirectoryId::get))
        .bind(message.profile.map(ProfileId::get))
        .bind(message.object)
        .bind(body)
        .execute(self.conn())
        .await?;
        Ok(message.id)
    }

    /// Ends what earlier runs of this one's lane said of the same directory or profile and it did not say again. A run
    /// that did not get to its end only ends what had stopped the others: it was stopped by something else.
    pub async fn messages_judged(
        &mut self,
        run: &Run,
        status: RunStatus,
        now_ms: i64,
    ) -> Result<()> {
        sqlx::query(
            "-- message.judged
             update message set ended_ms = $6
             where ended_ms is null and lane = $1 and directory is not distinct from $2
               and profile is not distinct from $3 and run is distinct from $4 and ($5 or stops)",
        )
        .bind(word(&Lane::of(run.kind)))
        .bind(run.directory.map(DirectoryId::get))
        .bind(run.profile.map(ProfileId::get))
        .bind(run.id.get())
        .bind(status.completed())
        .bind(now_ms)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Ends what was said of an object outside of runs.
    pub async fn messages_end_about(&mut self, object: i64, now_ms: i64) -> Result<()> {
        sqlx::query(
            "-- message.end_about
             update message set ended_ms = $2 where ended_ms is null and object = $1 and lane = ''",
        )
        .bind(object)
        .bind(now_ms)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
