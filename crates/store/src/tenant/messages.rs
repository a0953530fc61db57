//! The message log: what happened, for people (table `message`).
//!
//! Invariants: messages are only added, and removed by age; the text is sealed because it may quote names.

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use syncline_model::{DirectoryId, MessageId, ProfileId, RunId};

use super::row::{Columns as _, from_word, word};
use super::session::{TenantRead, TenantTx};
use crate::Result;

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warning,
    /// Somebody must act.
    Error,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// When.
    pub at_ms: i64,
    /// How much it matters.
    pub severity: Severity,
    /// A stable code.
    pub code: String,
    /// The run it belongs to.
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

/// A message of the log, with whether it still holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The message.
    pub message: Message,
    /// A warning or an error about which no later run of the same sort over the same thing has spoken.
    pub open: bool,
}

/// Which messages to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Of one run.
    pub run: Option<RunId>,
    /// About one directory.
    pub directory: Option<DirectoryId>,
    /// About one profile.
    pub profile: Option<ProfileId>,
    /// About one object.
    pub object: Option<i64>,
    /// At least as severe.
    pub at_least: Option<Severity>,
    /// Older than this one.
    pub before: Option<MessageId>,
    /// Only those that still hold.
    pub open: bool,
}

impl TenantRead {
    /// Messages, newest first.
    pub async fn messages(&mut self, filter: &MessageFilter, limit: i64) -> Result<Vec<Listed>> {
        let words: Vec<String> = [Severity::Info, Severity::Warning, Severity::Error]
            .iter()
            .filter(|severity| filter.at_least.is_none_or(|least| **severity >= least))
            .map(word)
            .collect();
        let rows = sqlx::query(
            "-- message.list
             select * from (
               select *, severity <> 'info' and not exists (
                 select from run own join run later on later.id > own.id and later.status is not null
                   and later.directory is not distinct from own.directory
                   and later.profile is not distinct from own.profile
                   and (later.kind = own.kind or later.kind like '%import' and own.kind like '%import')
                 where own.id = message.run) as open
               from message
               where ($1::int8 is null or run = $1) and ($2::int8 is null or directory = $2)
                 and ($3::int8 is null or profile = $3) and ($4::int8 is null or object = $4)
                 and ($5::int8 is null or id < $5) and severity = any ($6)) listed
             where open or not $8
             order by id desc limit $7",
        )
        .bind(filter.run.map(RunId::get))
        .bind(filter.directory.map(DirectoryId::get))
        .bind(filter.profile.map(ProfileId::get))
        .bind(filter.object)
        .bind(filter.before.map(MessageId::get))
        .bind(words)
        .bind(limit)
        .bind(filter.open)
        .fetch_all(self.conn())
        .await?;
        let listed = |row: &PgRow| {
            Ok(Listed {
                message: self.message_from(row)?,
                open: row.flag("open")?,
            })
        };
        rows.iter().map(listed).collect()
    }

    fn message_from(&self, row: &PgRow) -> Result<Message> {
        let id = row.i64("id")?;
        Ok(Message {
            id: MessageId(id),
            at_ms: row.i64("at_ms")?,
            severity: from_word("message", "severity", id, row.text("severity")?)?,
            code: row.text("code")?.to_owned(),
            run: row.opt_i64("run")?.map(RunId),
            directory: row.opt_i64("directory")?.map(DirectoryId),
            profile: row.opt_i64("profile")?.map(ProfileId),
            object: row.opt_i64("object")?,
            body: self.open_json("message", "body", &[id], row.bytes("body")?)?,
        })
    }
}

impl TenantTx {
    /// Adds messages.
    pub async fn messages_add(&mut self, messages: &[Message]) -> Result<()> {
        for message in messages {
            let body = self.seal_json("message", "body", &[message.id.get()], &message.body);
            sqlx::query(
                "-- message.add
                 insert into message (id, at_ms, severity, code, run, directory, profile, object, body)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(message.id.get())
            .bind(message.at_ms)
            .bind(word(&message.severity))
            .bind(&message.code)
            .bind(message.run.map(RunId::get))
            .bind(message.directory.map(DirectoryId::get))
            .bind(message.profile.map(ProfileId::get))
            .bind(message.object)
            .bind(body)
            .execute(self.conn())
            .await?;
        }
        Ok(())
    }

    /// Removes messages older than an instant. Answers how many.
    pub async fn messages_expire(&mut self, before_ms: i64) -> Result<u64> {
        let done = sqlx::query(
            "-- message.expire
             delete from message where at_ms < $1",
        )
        .bind(before_ms)
        .execute(self.conn())
        .await?;
        Ok(done.rows_affected())
    }
}
