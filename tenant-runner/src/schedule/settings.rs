//! What is set of the schedule: by the tenant, and by profile beside what its document says.
//!
//! Invariants: nothing of it is part of a configuration, so that no change of it asks anybody to approve a plan again
//! (D-67); what nobody set is the usual; each profile's row of what is due follows from it and is written with it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use syncline_model::ProfileId;
use syncline_model::profile::{Triggers, parse_every};
use syncline_store::StoreError;
use syncline_store::tenant::{Due, ProfileRow, Setting, TenantRead, TenantTx};

use super::timetable::{Calendar, Timetable, zone};
use crate::desk::DUE_INTERVAL;
use crate::jobs::is_maintenance;
use crate::resource::cycle::{Exports, Policy};

/// The setting of the tenant; those of profiles follow it, behind a slash.
const NAME: &str = "schedule";
/// Instead of an interval: the one of the profile's document.
pub const OF_PROFILE: &str = "profile";
/// Instead of an interval: none.
pub const NEVER: &str = "never";

/// What holds for every profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TenantSchedule {
    /// The zone whose clocks calendars mean.
    pub time_zone: String,
    /// Whether cycles start by themselves, at their times and on changes.
    pub cycles_enabled: bool,
    /// Whether what is due by time alone is done: exports that go on, ends of grace.
    pub maintenance_enabled: bool,
}

/// What holds for one profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileSchedule {
    /// Whether its cycles start by themselves.
    pub enabled: bool,
    /// An ISO 8601 duration, [`OF_PROFILE`] or [`NEVER`].
    pub interval: String,
    /// When the interval counts, and times of day.
    pub calendar: Calendar,
    /// The next start by time is left out.
    pub skip_next: bool,
    /// What the next start by time imports.
    pub next_policy: Policy,
    /// Whether anything of it is sent.
    pub exports: Exports,
}

/// Everything that is set, with the versions it was read at.
#[derive(Debug, Clone, Default)]
pub struct Schedules {
    /// Of the tenant.
    pub tenant: TenantSchedule,
    /// The version of it.
    pub version: i64,
    profiles: BTreeMap<String, (i64, ProfileSchedule)>,
}

impl Default for TenantSchedule {
    fn default() -> Self {
        Self {
            time_zone: "UTC".into(),
            cycles_enabled: true,
            maintenance_enabled: true,
        }
    }
}

impl Default for ProfileSchedule {
    fn default() -> Self {
        Self {
            enabled: true,
            interval: OF_PROFILE.into(),
            calendar: Calendar::default(),
            skip_next: false,
            next_policy: Policy::Delta,
            exports: Exports::Allowed,
        }
    }
}

impl ProfileSchedule {
    /// The interval that holds, in seconds.
    pub fn every_s(&self, triggers: &Triggers) -> Option<u32> {
        match self.interval.as_str() {
            NEVER => None,
            OF_PROFILE => parse_every(triggers.every.as_deref()?),
            own => parse_every(own),
        }
    }

    /// What starts it by time.
    pub fn timetable(&self, triggers: &Triggers) -> Timetable {
        Timetable {
            every_s: self.every_s(triggers),
            calendar: self.calendar.clone(),
        }
    }

    /// As it is after a start by time.
    pub fn started(&self) -> Self {
        Self {
            skip_next: false,
            next_policy: Policy::Delta,
            ..self.clone()
        }
    }
}

/// The name of a profile's setting.
fn name(profile: ProfileId) -> String {
    format!("{NAME}/{profile}")
}

fn parsed<T: Default + for<'de> Deserialize<'de>>(setting: &Setting) -> T {
    // A form that this release does not read is the usual one, never a reason to stand still.
    serde_json::from_slice(&setting.value).unwrap_or_else(|error| {
        tracing::error!("a stored schedule cannot be read: {error}");
        T::default()
    })
}

impl Schedules {
    /// As stored.
    pub async fn load(read: &mut TenantRead) -> Result<Self, StoreError> {
        let mut stored = read.settings_of(NAME).await?;
        let tenant = stored.remove(NAME);
        let profiles = stored
            .into_iter()
            .map(|(name, setting)| (name, (setting.version, parsed(&setting))));
        Ok(Self {
            version: tenant.as_ref().map_or(0, |s| s.version),
            tenant: tenant.as_ref().map(parsed).unwrap_or_default(),
            profiles: profiles.collect(),
        })
    }

    /// The zone of calendars; one that this release does not know any more is UTC.
    pub fn zone(&self) -> TimeZone {
        zone(&self.tenant.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// What is set of a profile, and its version.
    pub fn of(&self, profile: ProfileId) -> (i64, ProfileSchedule) {
        let stored = self.profiles.get(&name(profile));
        stored.cloned().unwrap_or_default()
    }

    /// Whether cycles of a profile start by themselves.
    pub fn runs(&self, profile: ProfileId) -> bool {
        self.tenant.cycles_enabled && self.of(profile).1.enabled
    }

    /// Whether something that is due is waited for: what is switched off is not.
    pub fn counts(&self, due: &Due) -> bool {
        self.tenant.maintenance_enabled || !is_maintenance(due)
    }

    /// Whether a cycle of a profile begins when it is due.
    pub fn begins(&self, due: &Due) -> bool {
        match due.kind.as_str() {
            DUE_INTERVAL => self.runs(ProfileId(due.subject)),
            _ => is_maintenance(due) && self.counts(due),
        }
    }

    /// Those of these profiles of which something may be sent.
    pub fn may_send(&self, profiles: &BTreeSet<ProfileId>) -> BTreeSet<ProfileId> {
        let may = |id: &&ProfileId| self.of(**id).1.exports == Exports::Allowed;
        profiles.iter().filter(may).copied().collect()
    }

    /// Writes what holds for every profile, and puts those to their next start whose times mean something else now.
    pub async fn put_tenant(
        &mut self,
        tx: &mut TenantTx,
        tenant: TenantSchedule,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let moved = tenant.time_zone != self.tenant.time_zone;
        self.tenant = tenant;
        let value = serde_json::to_vec(&self.tenant).unwrap_or_default();
        tx.setting_put(NAME, self.version, &value).await?;
        self.version += 1;
        if moved {
            for row in tx.profiles().await? {
                if self.of(row.id).1.calendar != Calendar::default() {
                    self.plan(tx, &row, now_ms).await?;
                }
            }
        }
        Ok(())
    }

    /// Writes what holds for a profile.
    pub async fn put(
        &mut self,
        tx: &mut TenantTx,
        profile: ProfileId,
        schedule: ProfileSchedule,
    ) -> Result<(), StoreError> {
        let (version, _) = self.of(profile);
        let value = serde_json::to_vec(&schedule).unwrap_or_default();
        tx.setting_put(&name(profile), version, &value).await?;
        self.profiles.insert(name(profile), (version + 1, schedule));
        Ok(())
    }

    /// Puts a profile to its next start, counted from now; to none where nothing starts it by time.
    pub async fn plan(
        &self,
        tx: &mut TenantTx,
        row: &ProfileRow,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let timetable = self.of(row.id).1.timetable(&row.doc.triggers);
        tx.due_forget(Some(DUE_INTERVAL), row.id.get()).await?;
        if let Some(next) = timetable.next(&self.zone(), now_ms, now_ms) {
            tx.due_ask(DUE_INTERVAL, row.id.get(), next.at_ms).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::DUE_EXPORT;

    fn triggers(every: &str) -> Triggers {
        Triggers {
            on_change: false,
            every: Some(every.into()),
        }
    }

    #[test]
    fn an_interval_is_the_profiles_own_until_somebody_sets_another_one() {
        let usual = ProfileSchedule::default();
        let of = |interval: &str| ProfileSchedule {
            interval: interval.into(),
            ..usual.clone()
        };

        assert_eq!(usual.every_s(&triggers("PT15M")), Some(900));
        assert_eq!(of("PT1H").every_s(&triggers("PT15M")), Some(3_600));
        assert_eq!(of(NEVER).every_s(&triggers("PT15M")), None);
        assert_eq!(usual.every_s(&Triggers::default()), None);
    }

    #[test]
    fn what_is_for_the_next_start_is_over_with_it() {
        let next = ProfileSchedule {
            skip_next: true,
            next_policy: Policy::Initial,
            interval: NEVER.into(),
            ..ProfileSchedule::default()
        };

        let after = next.started();

        assert_eq!(
            (after.skip_next, after.next_policy, after.interval.as_str()),
            (false, Policy::Delta, NEVER)
        );
    }

    #[test]
    fn what_nobody_set_runs_and_sends() {
        let none = Schedules::default();
        let profile = ProfileId(7);

        assert!(none.runs(profile));
        assert_eq!(none.may_send(&[profile].into()), [profile].into());
        assert_eq!(none.of(profile), (0, ProfileSchedule::default()));
    }

    #[test]
    fn what_is_switched_off_is_neither_waited_for_nor_promised() {
        let due = |kind: &str| Due {
            kind: kind.into(),
            subject: 7,
            at_ms: 1,
            asked: 1,
        };
        let usual = Schedules::default();
        let mut off = Schedules::default();
        off.tenant.maintenance_enabled = false;
        off.tenant.cycles_enabled = false;

        for kind in [DUE_EXPORT, DUE_INTERVAL] {
            assert!(usual.counts(&due(kind)) && usual.begins(&due(kind)));
            assert!(!off.begins(&due(kind)));
        }
        assert!(!off.counts(&due(DUE_EXPORT)));
        assert!(
            off.counts(&due(DUE_INTERVAL)),
            "it is put off when it is due"
        );
    }

    #[test]
    fn a_profile_that_is_staged_sends_nothing_and_one_that_is_off_does_not_start() {
        let staged = ProfileSchedule {
            exports: Exports::Suppress,
            enabled: false,
            ..ProfileSchedule::default()
        };
        let profile = ProfileId(7);
        let schedules = Schedules {
            profiles: [(name(profile), (3, staged))].into(),
            ..Schedules::default()
        };

        assert!(!schedules.runs(profile) && schedules.runs(ProfileId(8)));
        let both = [profile, ProfileId(8)].into();
        assert_eq!(schedules.may_send(&both), [ProfileId(8)].into());
    }
}
