//! When a profile runs by itself, what it may send then, and what comes next.

use serde::{Deserialize, Serialize};
use syncline_model::ProfileId;
use utoipa::ToSchema;

use super::cycle::{Exports, Policy};
use super::instant::Instant;
use crate::schedule::timetable::Calendar;

/// When a profile runs by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProfileSchedule {
    /// The profile.
    pub profile: ProfileId,
    /// Rises with each change; 0 is what nobody has set.
    pub version: i64,
    /// Whether its cycles start by themselves, at their times and on changes.
    pub enabled: bool,
    /// From one start to the next: `profile` is what the profile's document says, `never` is not at all, anything else
    /// an ISO 8601 duration such as `PT15M`.
    pub interval: String,
    /// The interval that holds, as a duration; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_interval: Option<String>,
    /// Times of day, and when the interval counts, by the clocks of the tenant's time zone.
    pub calendar: Calendar,
    /// The next start by time is left out, once.
    pub skip_next: bool,
    /// What the next start by time imports, once.
    pub next_policy: Policy,
    /// Whether anything of the profile is sent, whatever starts its cycles.
    pub exports: Exports,
    /// When it starts next, if nothing else starts it; the start that is left out is not this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_run_at: Option<Instant>,
    /// The next starts by time.
    pub upcoming: Vec<Upcoming>,
}

/// A start to come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Upcoming {
    /// When.
    pub at: Instant,
    /// Whether it is left out.
    pub skipped: bool,
    /// What clocks do on that day with the time that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What to change of a profile's schedule.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchedulePatch {
    /// Whether its cycles start by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `profile`, `never` or an ISO 8601 duration of at least a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// Times of day, and when the interval counts; takes the place of what was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Calendar>,
    /// Whether the next start by time is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_next: Option<bool>,
    /// What the next start by time imports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_policy: Option<Policy>,
    /// Whether anything of the profile is sent. To allow it again needs the right to approve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exports: Option<Exports>,
    /// Starts next at this instant instead, within a year; one that has passed starts at once. What follows goes by the timetable again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_run_at: Option<Instant>,
}
