//! What was told of which cause, what is to be told, and what waits to be taken: decided from values alone.
//!
//! Invariants: a cause that stands is told once, and again only when it gets worse or ends; what changes before it was
//! told is one notice of what it came to; what was decided keeps its id and its words until it is taken or given up; a
//! receiver is not told by itself that it cannot be reached.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use syncline_model::message::{Severity, notifications as told};
use syncline_model::{DirectoryId, NotificationId, ProfileId};
use syncline_store::tenant::{Cause, StandingCause};

/// Waits after each failed try; after the last one it is given up: about three days.
const TRIES_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// What one receiver is kept; beyond it the oldest is given up.
const KEPT_MAX: usize = 100;

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Receiver {
    /// A mail address.
    Mail(String),
    /// The address of a webhook, which may hold a secret of the receiver's.
    Webhook(String),
}

/// What became of a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It began.
    Opened,
    /// It is worse than it was told.
    Escalated,
    /// It ended.
    Ended,
    /// It began and ended before anybody was told.
    Passed,
}

/// What is told of one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The cause.
    pub cause: Cause,
    /// What became of it.
    pub change: Change,
    /// The worst of its entries.
    pub severity: Severity,
    /// When it began.
    pub since_ms: i64,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_ms: Option<i64>,
    /// How many entries of the log say it.
    pub entries: i64,
    /// How often it was seen.
    pub count: i64,
    /// How often it began since anybody was told.
    pub times: u32,
    /// The directory's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory_name: Option<String>,
    /// The profile's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<String>,
    /// Whether the receivers know that it stands.
    is_known: bool,
}

/// A notification to one receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id, the same at every try.
    pub id: NotificationId,
    /// To whom.
    pub to: Receiver,
    /// When it was decided.
    pub made_ms: i64,
    /// What it tells; a test tells nothing.
    pub notices: Vec<Notice>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next_ms: i64,
    /// Why the last try failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A cause that was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Noted {
    cause: Cause,
    severity: Severity,
    since_ms: i64,
    entries: i64,
    count: i64,
}

/// The names of what causes are about.
#[derive(Debug, Default)]
pub struct Names {
    /// Of directories.
    pub directories: BTreeMap<DirectoryId, String>,
    /// Of profiles.
    pub profiles: BTreeMap<ProfileId, String>,
}

/// Everything that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    noted: Vec<Noted>,
    /// What is to be told.
    pub waiting: Vec<Notice>,
    gathered_ms: Option<i64>,
    /// What was decided and not taken yet.
    pub deliveries: Vec<Delivery>,
}

impl Ledger {
    /// Compares what is open now with what was noted.
    pub fn observe(
        &mut self,
        open: &BTreeMap<Cause, StandingCause>,
        minimum: Severity,
        names: &Names,
        now_ms: i64,
    ) {
        for noted in std::mem::take(&mut self.noted) {
            match open.contains_key(&noted.cause) {
                true => self.noted.push(noted),
                false => self.ended(noted, names, now_ms),
            }
        }
        for (cause, standing) in open {
            let noted = self.noted.iter_mut().find(|noted| noted.cause == *cause);
            let before = noted.map(|noted| {
                let before = noted.severity;
                noted.severity = before.max(standing.severity);
                (noted.entries, noted.count) = (standing.entries, standing.count);
                before
            });
            let change = match before {
                None if standing.severity < minimum => continue,
                None => Some(Change::Opened),
                Some(before) => (standing.severity > before).then_some(Change::Escalated),
            };
            if change == Some(Change::Opened) {
                self.noted.push(Noted {
                    cause: cause.clone(),
                    severity: standing.severity,
                    since_ms: standing.since_ms,
                    entries: standing.entries,
                    count: standing.count,
                });
            }
            self.stands(cause, standing, change, names);
        }
    }

    /// A cause stands, for the first time or otherwise than before.
    fn stands(
        &mut self,
        cause: &Cause,
        standing: &StandingCause,
        change: Option<Change>,
        names: &Names,
    ) {
        let waits = self.waiting.iter_mut().find(|n| n.cause == *cause);
        match (waits, change) {
            (Some(notice), change) => {
                if change == Some(Change::Opened) {
                    notice.change = Change::Opened;
                    notice.ended_ms = None;
                    notice.since_ms = standing.since_ms;
                    notice.times += 1;
                }
                notice.severity = notice.severity.max(standing.severity);
                (notice.entries, notice.count) = (standing.entries, standing.count);
            }
            (None, Some(change)) => {
                let mut notice = notice(cause, standing, change, names);
                notice.is_known = change == Change::Escalated;
                self.waiting.push(notice);
            }
            (None, None) => {}
        }
    }

    fn ended(&mut self, noted: Noted, names: &Names, now_ms: i64) {
        if let Some(notice) = self.waiting.iter_mut().find(|n| n.cause == noted.cause) {
            notice.ended_ms = Some(now_ms);
            notice.change = match notice.is_known {
                true => Change::Ended,
                false => Change::Passed,
            };
            return;
        }
        let standing = StandingCause {
            severity: noted.severity,
            since_ms: noted.since_ms,
            entries: noted.entries,
            count: noted.count,
        };
        let mut notice = notice(&noted.cause, &standing, Change::Ended, names);
        notice.is_known = true;
        notice.ended_ms = Some(now_ms);
        self.waiting.push(notice);
    }

    /// When what waits is gathered: not before an interval is over, and not while it is quiet.
    pub fn gathers_ms(
        &self,
        digest_ms: i64,
        quiet_until: impl Fn(i64) -> Option<i64>,
        now_ms: i64,
    ) -> Option<i64> {
        if self.waiting.is_empty() {
            return None;
        }
        let after = self.gathered_ms.map_or(now_ms, |at| at + digest_ms);
        let at = after.max(now_ms);
        Some(quiet_until(at).unwrap_or(at))
    }

    /// Makes notifications of what waits, one a receiver, under these ids.
    pub fn gather(
        &mut self,
        receivers: &[Receiver],
        mut ids: impl Iterator<Item = i64>,
        now_ms: i64,
    ) {
        let waiting = std::mem::take(&mut self.waiting);
        for to in receivers {
            let notices: Vec<Notice> = waiting
                .iter()
                .filter(|notice| notice.cause.code != to.failure())
                .cloned()
                .collect();
            let Some(id) = ids.next().filter(|_| !notices.is_empty()) else {
                continue;
            };
            self.deliveries.push(Delivery {
                id: NotificationId(id),
                to: to.clone(),
                made_ms: now_ms,
                notices,
                attempts: 0,
                next_ms: now_ms,
                problem: None,
            });
            let mine = |d: &Delivery| d.to == *to;
            if self.deliveries.iter().filter(|d| mine(d)).count() > KEPT_MAX
                && let Some(oldest) = self.deliveries.iter().position(mine)
            {
                self.deliveries.remove(oldest);
            }
        }
        self.gathered_ms = Some(now_ms);
    }

    /// Drops what is for nobody any more.
    pub fn keep_only(&mut self, receivers: &[Receiver]) {
        self.deliveries.retain(|d| receivers.contains(&d.to));
    }

    /// What is to be tried now.
    pub fn due(&self, now_ms: i64) -> Vec<Delivery> {
        let due = self.deliveries.iter().filter(|d| d.next_ms <= now_ms);
        due.cloned().collect()
    }

    /// When the next try is due.
    pub fn next_try_ms(&self) -> Option<i64> {
        self.deliveries.iter().map(|d| d.next_ms).min()
    }

    /// One was taken.
    pub fn delivered(&mut self, id: NotificationId) {
        self.deliveries.retain(|d| d.id != id);
    }

    /// One was not taken. Answers when it is tried again; `None` where it was given up.
    pub fn failed(&mut self, id: NotificationId, problem: String, now_ms: i64) -> Option<i64> {
        let delivery = self.deliveries.iter_mut().find(|d| d.id == id)?;
        let wait = TRIES_S.get(delivery.attempts as usize);
        delivery.attempts += 1;
        delivery.problem = Some(problem);
        match wait {
            Some(seconds) => {
                delivery.next_ms = now_ms + seconds * 1_000;
                Some(delivery.next_ms)
            }
            None => {
                self.deliveries.retain(|d| d.id != id);
                None
            }
        }
    }
}

impl Receiver {
    /// Its address, as a whole.
    pub fn address(&self) -> &str {
        match self {
            Self::Mail(address) | Self::Webhook(address) => address,
        }
    }

    /// The code under which it is told that this receiver could not be reached.
    pub fn failure(&self) -> &'static str {
        match self {
            Self::Mail(_) => told::MAIL_FAILED.code,
            Self::Webhook(_) => told::WEBHOOK_FAILED.code,
        }
    }
}

fn notice(cause: &Cause, standing: &StandingCause, change: Change, names: &Names) -> Notice {
    let directory = cause.directory.and_then(|id| names.directories.get(&id));
    let profile = cause.profile.and_then(|id| names.profiles.get(&id));
    Notice {
        cause: cause.clone(),
        change,
        severity: standing.severity,
        since_ms: standing.since_ms,
        ended_ms: None,
        entries: standing.entries,
        count: standing.count,
        times: 1,
        directory_name: directory.cloned(),
        profile_name: profile.cloned(),
        is_known: false,
    }
}

#[cfg(test)]
mod tests;
