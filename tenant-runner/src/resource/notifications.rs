//! Notifications: who is told of what goes wrong, and when.

use serde::{Deserialize, Serialize};
use syncline_model::NotificationId;
use syncline_model::message::Severity;
use utoipa::ToSchema;

use super::instant::Instant;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

/// A span in which nothing is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The days on which it begins; empty is every day.
    #[serde(default)]
    pub days: Vec<Weekday>,
    /// When it begins, as `22:00` on the tenant's clocks.
    pub from: String,
    /// When it ends; on the next day where that is not later than it begins.
    pub to: String,
}

/// A webhook.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotificationWebhook {
    /// Where notifications are posted.
    pub url: String,
    /// The secret that they are signed with: only in the answer to the request that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A webhook as it is asked for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationWebhookPatch {
    /// Where notifications are posted: an address at one of the hosts that the installation lets webhooks go to.
    pub url: String,
    /// Makes a new secret. For a day both sign, so that the receiver can be told.
    #[serde(default)]
    pub new_secret: bool,
}

/// A notification that was decided and not taken yet.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PendingNotification {
    /// Its id: the receiver sees it as `webhook-id`, or in the mail's `Message-ID`.
    pub id: NotificationId,
    /// The address or the webhook's host.
    pub to: String,
    /// When it was decided.
    pub made_at: Instant,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next_try_at: Instant,
    /// Why the last try failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Who is told of what goes wrong, and when.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Notifications {
    /// Rises with each change; 0 is as it comes, which tells nobody.
    pub version: i64,
    /// What is at least this bad is told.
    pub minimum_severity: Severity,
    /// Minutes that lie between two notifications at least; what comes meanwhile is gathered in the next.
    pub digest_minutes: u32,
    /// The time zone of the quiet hours and of times in mail, as the IANA names it.
    pub time_zone: String,
    /// When nothing is delivered.
    pub quiet_hours: Vec<QuietHours>,
    /// Who gets mail.
    pub mail: Vec<String>,
    /// Who is posted to.
    pub webhooks: Vec<NotificationWebhook>,
    /// Whether the installation sends mail.
    pub mail_offered: bool,
    /// The hosts that the installation lets webhooks go to.
    pub webhook_hosts: Vec<String>,
    /// How many causes wait to be told.
    pub waiting: u32,
    /// When they are gathered, if they wait for the end of an interval or of quiet hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_until: Option<Instant>,
    /// What was not taken yet.
    pub pending: Vec<PendingNotification>,
}

/// What to change of notifications.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NotificationsPatch {
    /// What is at least this bad is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_severity: Option<Severity>,
    /// Minutes that lie between two notifications at least.
    #[schema(minimum = 0, maximum = 10080)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest_minutes: Option<u32>,
    /// The time zone of the quiet hours and of times in mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// When nothing is delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<Vec<QuietHours>>,
    /// Who gets mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<Vec<String>>,
    /// Who is posted to. One that was there keeps its secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhooks: Option<Vec<NotificationWebhookPatch>>,
}

/// What became of a test.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotificationTest {
    /// Each receiver, mail first.
    pub results: Vec<NotificationTestResult>,
}

/// What became of a test at one receiver.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotificationTestResult {
    /// The address or the webhook's host.
    pub to: String,
    /// Whether it was taken.
    pub delivered: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}
