//! What the message log says is wrong, by cause: the same code of the same directory and profile, whatever number of
//! objects, rows or lists it is said of (tables `error` and `message`).
//!
//! Invariants: a cause is open while one entry of it is; what is said for the record is none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use syncline_model::error::ErrorKind;
use syncline_model::message::{self, Severity};
use syncline_model::{DirectoryId, ProfileId};

use super::row::{Columns as _, from_word};
use super::session::{TenantRead, TenantTx};
use crate::Result;

/// What is wrong where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cause {
    /// The stable code.
    pub code: String,
    /// The directory concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryId>,
    /// The profile concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileId>,
}

/// The open entries of a cause, taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The worst of them.
    pub severity: Severity,
    /// When the first of them was first seen.
    pub since_ms: i64,
    /// How many there are.
    pub entries: i64,
    /// How often they were seen, all in all.
    pub count: i64,
}

impl Standing {
    fn and(self, other: Self) -> Self {
        Self {
            severity: self.severity.max(other.severity),
            since_ms: self.since_ms.min(other.since_ms),
            entries: self.entries + other.entries,
            count: self.count + other.count,
        }
    }
}

impl TenantRead {
    /// Every cause that is open.
    pub async fn log_causes(&mut self) -> Result<BTreeMap<Cause, Standing>> {
        let rows = sqlx::query(
            "-- error.causes
             select kind as code, null as severity, directory, profile,
                    min(first_ms) as since_ms, count(*) as entries, sum(count) as times
             from error where ended_ms is null group by kind, directory, profile
             union all
             select code, severity, directory, profile,
                    min(coalesce(first_ms, at_ms)), count(*), sum(count)
             from message where ended_ms is null and severity <> 'info' group by code, severity, directory, profile",
        )
        .fetch_all(self.conn())
        .await?;
        let mut causes: BTreeMap<Cause, Standing> = BTreeMap::new();
        for row in &rows {
            let code = row.text("code")?;
            let severity = match row.opt_text("severity")? {
                Some(severity) => from_word("message", "severity", code, severity)?,
                None => {
                    message::of_kind(from_word::<ErrorKind>("error", "kind", code, code)?).severity
                }
            };
            let cause = Cause {
                code: code.to_owned(),
                directory: row.opt_i64("directory")?.map(DirectoryId),
                profile: row.opt_i64("profile")?.map(ProfileId),
            };
            let standing = Standing {
                severity,
                since_ms: row.i64("since_ms")?,
                entries: row.i64("entries")?,
                count: row.i64("times")?,
            };
            if severity > Severity::Info {
                causes
                    .entry(cause)
                    .and_modify(|known| *known = known.and(standing))
                    .or_insert(standing);
            }
        }
        Ok(causes)
    }
}

impl TenantTx {
    /// Ends what was said outside of runs with this code about this topic.
    pub async fn messages_end_of(&mut self, code: &str, topic: &str, now_ms: i64) -> Result<()> {
        sqlx::query(
            "-- message.end_of
             update message set ended_ms = $3 where ended_ms is null and lane = '' and code = $1 and topic = $2",
        )
        .bind(code)
        .bind(self.message_topic(topic))
        .bind(now_ms)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
