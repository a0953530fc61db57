//! When a profile runs by itself: an interval, times of day, or both, as clocks in the tenant's time zone show them.
//!
//! Invariants: reads no clock; a time that clocks skip is the next instant that exists, one that they show twice is the
//! first of the two, so that each runs once; what was missed is one instant in the future, never one for each miss (T-11).

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use super::time_of_day::{Day, TimeOfDay};

/// Days that are looked through for one that is permitted: a week, and one on either side that clocks or zones may shift.
const DAYS: usize = 9;

/// From one time of day to another, which belongs to the next day where it is not later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The first minute.
    #[schema(value_type = String, example = "06:00")]
    pub from: TimeOfDay,
    /// The first minute that does not belong to it any more.
    #[schema(value_type = String, example = "22:00")]
    pub to: TimeOfDay,
}

/// On which days, at which times, and when an interval counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// A cycle starts at these times of day.
    #[schema(value_type = Vec<String>, example = json!(["06:00", "18:30"]))]
    pub at: Vec<TimeOfDay>,
    /// Only on these days; none is every day.
    pub days: Vec<Day>,
    /// The interval starts nothing outside of it; times of day hold as they are.
    pub between: Option<Between>,
}

/// What starts a profile by time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timetable {
    /// From one start to the next, in seconds.
    pub every_s: Option<u32>,
    /// When it may, and at which times it does.
    pub calendar: Calendar,
}

/// A start to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What clocks do with the time that was asked for.
    pub shift: Option<Shift>,
}

/// A time of day that clocks do not show exactly once on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shift {
    /// They skip it: the next instant that exists stands for it.
    Skipped(Date, TimeOfDay),
    /// They show it twice: the first time counts.
    Twice(Date, TimeOfDay),
}

impl Timetable {
    /// Whether nothing ever starts by it.
    pub fn is_empty(&self) -> bool {
        self.every_s.is_none() && self.calendar.at.is_empty()
    }

    /// The first start after `now_ms`. An interval counts on from `last_ms`, when it was due last.
    pub fn next(&self, zone: &TimeZone, last_ms: i64, now_ms: i64) -> Option<Occurrence> {
        let by_interval = self.by_interval(zone, last_ms, now_ms);
        let by_clock = self.by_clock(zone, now_ms);
        by_interval.into_iter().chain(by_clock).min()
    }

    /// The starts that follow one at `first_ms`, at most so many.
    pub fn after(&self, zone: &TimeZone, first_ms: i64, most: usize) -> Vec<Occurrence> {
        let mut all: Vec<Occurrence> = Vec::new();
        while all.len() < most {
            let last_ms = all.last().map_or(first_ms, |o| o.at_ms);
            match self.next(zone, last_ms, last_ms) {
                Some(next) => all.push(next),
                None => break,
            }
        }
        all
    }

    fn by_interval(&self, zone: &TimeZone, last_ms: i64, now_ms: i64) -> Option<Occurrence> {
        let every_ms = i64::from(self.every_s?) * 1000;
        let missed = now_ms.saturating_sub(last_ms).max(0) / every_ms;
        let at_ms = last_ms.saturating_add(every_ms.saturating_mul(missed + 1));
        let at_ms = self.calendar.open_from(zone, at_ms)?;
        Some(Occurrence { at_ms, shift: None })
    }

    fn by_clock(&self, zone: &TimeZone, now_ms: i64) -> Option<Occurrence> {
        let days = self.calendar.days_from(zone, now_ms)?;
        let times = days.flat_map(|date| {
            let times = self.calendar.at.iter();
            times.filter_map(move |time| shown(zone, date, *time))
        });
        times.filter(|o| o.at_ms > now_ms).min()
    }
}

impl Calendar {
    /// Permitted days around an instant, from the one before it on.
    fn days_from(&self, zone: &TimeZone, at_ms: i64) -> Option<impl Iterator<Item = Date>> {
        let at = Timestamp::from_millisecond(at_ms).ok()?;
        let first = zone.to_datetime(at).date().yesterday().ok()?;
        let days = std::iter::successors(Some(first), |date| date.tomorrow().ok());
        let days = days.take(DAYS);
        Some(days.filter(|date| self.days.is_empty() || self.days.contains(&Day::of(*date))))
    }

    /// The instant itself where an interval may start something then, or the next at which it may.
    fn open_from(&self, zone: &TimeZone, at_ms: i64) -> Option<i64> {
        let whole_day = Between {
            from: TimeOfDay::MIDNIGHT,
            to: TimeOfDay::MIDNIGHT,
        };
        let between = self.between.unwrap_or(whole_day);
        let mut days = self.days_from(zone, at_ms)?;
        days.find_map(|date| {
            let until = match between.to > between.from {
                true => date,
                false => date.tomorrow().ok()?,
            };
            let opens = shown(zone, date, between.from)?.at_ms;
            let closes = shown(zone, until, between.to)?.at_ms;
            (at_ms < closes).then_some(at_ms.max(opens))
        })
    }
}

/// The instant at which clocks show this time on this date: the first where they show it twice, the next that exists where
/// they never do.
fn shown(zone: &TimeZone, date: Date, time: TimeOfDay) -> Option<Occurrence> {
    let wanted = date.at(time.hour(), time.minute(), 0, 0);
    let (at, shift) = match zone.to_ambiguous_timestamp(wanted).offset() {
        AmbiguousOffset::Unambiguous { offset } => (offset.to_timestamp(wanted).ok()?, None),
        AmbiguousOffset::Fold { before, .. } => {
            let first = before.to_timestamp(wanted).ok()?;
            (first, Some(Shift::Twice(date, time)))
        }
        AmbiguousOffset::Gap { after, .. } => {
            // Under the offset that comes, the wanted time lies before the change to it.
            let before = after.to_timestamp(wanted).ok()?;
            let change = zone.following(before).next()?;
            (change.timestamp(), Some(Shift::Skipped(date, time)))
        }
    };
    Some(Occurrence {
        at_ms: at.as_millisecond(),
        shift,
    })
}

/// The time zone of a name in the IANA database, such as `Europe/Berlin`.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped(date, time) => write!(
                f,
                "Clocks skip {time} on {date}; it starts at the next time that exists."
            ),
            Self::Twice(date, time) => {
                write!(
                    f,
                    "Clocks show {time} twice on {date}; it starts the first time only."
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        zone("Europe/Berlin").unwrap()
    }

    fn ms(instant: &str) -> i64 {
        instant.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn utc(occurrence: Occurrence) -> String {
        let at = Timestamp::from_millisecond(occurrence.at_ms).unwrap();
        at.to_string()
    }

    fn time(text: &str) -> TimeOfDay {
        text.to_owned().try_into().unwrap()
    }

    fn at(times: &[&str]) -> Timetable {
        Timetable {
            every_s: None,
            calendar: Calendar {
                at: times.iter().map(|text| time(text)).collect(),
                ..Calendar::default()
            },
        }
    }

    fn every(seconds: u32) -> Timetable {
        Timetable {
            every_s: Some(seconds),
            ..Timetable::default()
        }
    }

    fn starts(table: &Timetable, from: &str, most: usize) -> Vec<String> {
        let all = table.after(&berlin(), ms(from), most);
        all.into_iter().map(utc).collect()
    }

    #[test]
    fn times_of_day_follow_the_clocks_of_the_zone() {
        let daily = at(&["06:00", "18:30"]);

        assert_eq!(
            starts(&daily, "2027-01-10T05:00:00Z", 3),
            [
                "2027-01-10T17:30:00Z",
                "2027-01-11T05:00:00Z",
                "2027-01-11T17:30:00Z"
            ]
        );
        assert_eq!(
            starts(&daily, "2027-07-10T04:00:00Z", 1),
            ["2027-07-10T16:30:00Z"]
        );
    }

    #[test]
    fn a_time_that_clocks_skip_starts_once_at_the_next_that_exists() {
        // In Berlin 02:00 to 03:00 does not exist on 28 March 2027.
        let both = at(&["02:00", "02:30"]);

        let next = both.after(&berlin(), ms("2027-03-27T12:00:00Z"), 3);

        assert_eq!(
            next.iter().copied().map(utc).collect::<Vec<_>>(),
            [
                "2027-03-28T01:00:00Z",
                "2027-03-29T00:00:00Z",
                "2027-03-29T00:30:00Z"
            ]
        );
        assert_eq!(
            next[0].shift.unwrap().to_string(),
            "Clocks skip 02:00 on 2027-03-28; it starts at the next time that exists."
        );
    }

    #[test]
    fn a_time_that_clocks_show_twice_starts_once() {
        // In Berlin 02:00 to 03:00 comes twice on 31 October 2027.
        let next = at(&["02:30"]).after(&berlin(), ms("2027-10-30T12:00:00Z"), 2);

        assert_eq!(utc(next[0]), "2027-10-31T00:30:00Z");
        assert!(matches!(next[0].shift, Some(Shift::Twice(..))));
        assert_eq!(utc(next[1]), "2027-11-01T01:30:00Z");
    }

    #[test]
    fn what_was_missed_is_one_start_and_an_interval_keeps_its_beat() {
        let quarter = every(900);
        let (last, now) = (ms("2027-05-01T10:00:00Z"), ms("2027-05-01T13:20:00Z"));

        let next = quarter.next(&berlin(), last, now).unwrap();
        assert_eq!(utc(next), "2027-05-01T13:30:00Z");
        let sharp = quarter.next(&berlin(), last, last).unwrap();
        assert_eq!(utc(sharp), "2027-05-01T10:15:00Z");
        let daily = at(&["06:00"]).next(&berlin(), last, now).unwrap();
        assert_eq!(utc(daily), "2027-05-02T04:00:00Z");
    }

    #[test]
    fn an_interval_rests_outside_its_hours_and_days() {
        let mut table = every(3_600);
        table.calendar.between = Some(Between {
            from: time("06:00"),
            to: time("08:00"),
        });
        table.calendar.days = vec![Day::Friday, Day::Monday];

        // Friday, 8 January 2027, 06:30 in Berlin.
        assert_eq!(
            starts(&table, "2027-01-08T05:30:00Z", 3),
            [
                "2027-01-08T06:30:00Z",
                "2027-01-11T05:00:00Z",
                "2027-01-11T06:00:00Z"
            ]
        );
    }

    #[test]
    fn hours_may_pass_midnight_and_belong_to_the_day_they_begin_on() {
        let mut table = every(4 * 3_600);
        table.calendar.between = Some(Between {
            from: time("22:00"),
            to: time("03:00"),
        });
        table.calendar.days = vec![Day::Friday];

        assert_eq!(
            starts(&table, "2027-01-08T20:00:00Z", 2),
            ["2027-01-09T00:00:00Z", "2027-01-15T21:00:00Z"]
        );
    }

    #[test]
    fn an_hour_is_an_hour_while_clocks_change() {
        assert_eq!(
            starts(&every(3_600), "2027-03-28T00:30:00Z", 2),
            ["2027-03-28T01:30:00Z", "2027-03-28T02:30:00Z"]
        );
    }

    #[test]
    fn nothing_starts_by_an_empty_timetable_and_days_alone_start_nothing() {
        let mut table = Timetable::default();
        table.calendar.days = vec![Day::Monday];

        assert!(table.is_empty());
        assert_eq!(table.next(&berlin(), 0, 0), None);
    }

    #[test]
    fn a_zone_is_known_by_its_name() {
        assert!(zone("Europe/Berlin").is_some() && zone("Mars/Base").is_none());
    }
}
