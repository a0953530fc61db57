//! A profile's schedule as it is told: what is set, what holds, and the starts that follow.

use syncline_model::ProfileId;
use syncline_model::profile::Triggers;

use super::settings::Schedules;
use super::timetable::Occurrence;
use crate::resource::instant::Instant;
use crate::resource::schedule::{ProfileSchedule, Upcoming};

/// So many starts are told.
const STARTS: usize = 10;

/// The schedule of a profile that is due at an instant.
pub fn outlook(
    schedules: &Schedules,
    profile: ProfileId,
    triggers: &Triggers,
    due_ms: Option<i64>,
) -> ProfileSchedule {
    let (version, set) = schedules.of(profile);
    let timetable = set.timetable(triggers);
    let first = due_ms.map(|at_ms| Occurrence { at_ms, shift: None });
    let rest = due_ms.map(|at_ms| timetable.after(&schedules.zone(), at_ms, STARTS - 1));
    // The row says when; what clocks do with that time the timetable knows.
    let shifts = due_ms.and_then(|at_ms| timetable.next(&schedules.zone(), at_ms - 1, at_ms - 1));
    let first = first.map(|first| shifts.filter(|s| s.at_ms == first.at_ms).unwrap_or(first));
    let upcoming: Vec<Upcoming> = first
        .into_iter()
        .chain(rest.unwrap_or_default())
        .enumerate()
        .map(|(n, start)| Upcoming {
            at: Instant::from_unix_ms(start.at_ms),
            skipped: n == 0 && set.skip_next,
            note: start.shift.map(|shift| shift.to_string()),
        })
        .collect();
    let next = upcoming.iter().find(|start| !start.skipped);
    let runs = schedules.runs(profile);
    ProfileSchedule {
        profile,
        version,
        enabled: set.enabled,
        effective_interval: timetable.every_s.map(duration),
        interval: set.interval,
        calendar: set.calendar,
        skip_next: set.skip_next,
        next_policy: set.next_policy,
        exports: set.exports,
        next_run_at: next.filter(|_| runs).map(|start| start.at),
        upcoming: if runs { upcoming } else { Vec::new() },
    }
}

/// Seconds as an ISO 8601 duration.
pub fn duration(seconds: u32) -> String {
    let parts = [
        (seconds / 3600, 'H'),
        (seconds / 60 % 60, 'M'),
        (seconds % 60, 'S'),
    ];
    let mut text = String::from("PT");
    for (n, unit) in parts.into_iter().filter(|(n, _)| *n > 0) {
        text.push_str(&n.to_string());
        text.push(unit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_model::profile::parse_every;

    fn triggers() -> Triggers {
        Triggers {
            on_change: true,
            every: Some("PT15M".into()),
        }
    }

    #[test]
    fn a_duration_reads_back() {
        for seconds in [60, 900, 3_600, 5_400, 3_661, 86_400] {
            assert_eq!(parse_every(&duration(seconds)), Some(seconds));
        }
    }

    #[test]
    fn the_next_ten_starts_follow_the_one_that_is_due() {
        let told = outlook(
            &Schedules::default(),
            ProfileId(7),
            &triggers(),
            Some(60_000),
        );

        assert_eq!(told.upcoming.len(), 10);
        assert_eq!(told.upcoming[0].at, Instant::from_unix_ms(60_000));
        assert_eq!(told.upcoming[1].at, Instant::from_unix_ms(960_000));
        assert_eq!(told.next_run_at, Some(told.upcoming[0].at));
        assert_eq!(told.effective_interval.as_deref(), Some("PT15M"));
    }

    #[test]
    fn what_is_switched_off_promises_no_start() {
        let mut off = Schedules::default();
        off.tenant.cycles_enabled = false;

        let told = outlook(&off, ProfileId(7), &triggers(), Some(60_000));

        assert_eq!((told.next_run_at, told.upcoming.len()), (None, 0));
    }
}
