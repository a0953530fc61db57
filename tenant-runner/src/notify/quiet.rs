//! Quiet hours: spans of the week in which nothing is delivered.
//!
//! Invariant: a span is of the clocks on the tenant's walls. One whose beginning or end does not exist on a day, because
//! the clocks go forward, begins or ends when they have; one that is there twice is as long as the clocks make it.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::resource::notifications::{QuietHours, Weekday};

/// Spans that follow one another without a gap are one; a week of them has no end that is worth waiting for.
const JOINED_MAX: usize = 8;

/// Why quiet hours cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuietError {
    /// The zone is none.
    #[error("Write a time zone as the IANA names it, such as Europe/Berlin.")]
    Zone,
    /// A time of day is none.
    #[error("Write a time of day as HH:MM, from 00:00 to 23:59.")]
    Time,
}

/// The quiet hours of a tenant.
#[derive(Debug, Clone)]
pub struct Spans {
    zone: TimeZone,
    spans: Vec<Span>,
}

#[derive(Debug, Clone)]
struct Span {
    days: Vec<Weekday>,
    from: Time,
    to: Time,
}

/// The zone of this name.
fn zone(name: &str) -> Result<TimeZone, QuietError> {
    TimeZone::get(name).map_err(|_| QuietError::Zone)
}

fn time_of_day(text: &str) -> Result<Time, QuietError> {
    let read = Time::strptime("%H:%M", text).map_err(|_| QuietError::Time)?;
    match text.len() {
        5 => Ok(read),
        _ => Err(QuietError::Time),
    }
}

impl Spans {
    /// Reads them.
    pub fn new(zone_name: &str, hours: &[QuietHours]) -> Result<Self, QuietError> {
        let read = |hours: &QuietHours| {
            Ok(Span {
                days: hours.days.clone(),
                from: time_of_day(&hours.from)?,
                to: time_of_day(&hours.to)?,
            })
        };
        Ok(Self {
            zone: zone(zone_name)?,
            spans: hours.iter().map(read).collect::<Result<_, _>>()?,
        })
    }

    /// When the quiet that holds at an instant is over; `None` where it is not quiet.
    pub fn until(&self, at_ms: i64) -> Option<i64> {
        let mut end = None;
        for _ in 0..JOINED_MAX {
            let Some(later) = self.end_of(end.unwrap_or(at_ms)) else {
                break;
            };
            end = Some(later);
        }
        end
    }

    /// The latest end of those that hold at an instant.
    fn end_of(&self, at_ms: i64) -> Option<i64> {
        let today = Timestamp::from_millisecond(at_ms)
            .ok()?
            .to_zoned(self.zone.clone())
            .date();
        let began = [today.yesterday().ok(), Some(today)].into_iter().flatten();
        let held = began.flat_map(|date| self.spans.iter().filter_map(move |s| self.on(s, date)));
        held.filter(|(from, to)| (*from..*to).contains(&at_ms))
            .map(|(_, to)| to)
            .max()
    }

    /// A span as it begins on a date.
    fn on(&self, span: &Span, date: Date) -> Option<(i64, i64)> {
        let day = weekday(date);
        if !span.days.is_empty() && !span.days.contains(&day) {
            return None;
        }
        let last = match span.to > span.from {
            true => date,
            false => date.tomorrow().ok()?,
        };
        let instant = |date: Date, time| {
            let at = date.to_datetime(time).to_zoned(self.zone.clone()).ok()?;
            Some(at.timestamp().as_millisecond())
        };
        Some((instant(date, span.from)?, instant(last, span.to)?))
    }

    /// An instant on the tenant's clocks, for a mail.
    pub fn local(&self, at_ms: i64) -> String {
        let Ok(at) = Timestamp::from_millisecond(at_ms) else {
            return String::new();
        };
        at.to_zoned(self.zone.clone())
            .strftime("%Y-%m-%d %H:%M %Z")
            .to_string()
    }
}

fn weekday(date: Date) -> Weekday {
    use jiff::civil::Weekday as Day;
    match date.weekday() {
        Day::Monday => Weekday::Monday,
        Day::Tuesday => Weekday::Tuesday,
        Day::Wednesday => Weekday::Wednesday,
        Day::Thursday => Weekday::Thursday,
        Day::Friday => Weekday::Friday,
        Day::Saturday => Weekday::Saturday,
        Day::Sunday => Weekday::Sunday,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn hours(days: &[Weekday], from: &str, to: &str) -> QuietHours {
        QuietHours {
            days: days.to_vec(),
            from: from.into(),
            to: to.into(),
        }
    }

    fn until(hours: &[QuietHours], now: &str) -> Option<String> {
        let spans = Spans::new("Europe/Berlin", hours).unwrap();
        let end = spans.until(at(now))?;
        Some(Timestamp::from_millisecond(end).unwrap().to_string())
    }

    #[test]
    fn a_night_is_quiet_on_the_tenants_clocks() {
        let night = [hours(&[], "22:00", "07:00")];

        assert_eq!(until(&night, "2026-01-10T20:59:00Z"), None);
        let end = Some("2026-01-11T06:00:00Z".to_owned());
        assert_eq!(until(&night, "2026-01-10T21:00:00Z"), end);
        assert_eq!(until(&night, "2026-01-11T05:59:59Z"), end);
        assert_eq!(until(&night, "2026-01-11T06:00:00Z"), None);
        // In summer the same night begins an hour earlier.
        assert_eq!(
            until(&night, "2026-07-10T20:00:00Z").as_deref(),
            Some("2026-07-11T05:00:00Z")
        );
    }

    #[test]
    fn an_end_that_does_not_exist_is_when_the_clocks_have_gone_forward() {
        // On 29 March 2026 there is no 02:30 in Berlin; 01:00 UTC is 03:00.
        let night = [hours(&[], "22:00", "02:30")];

        assert_eq!(
            until(&night, "2026-03-29T00:30:00Z").as_deref(),
            Some("2026-03-29T01:30:00Z")
        );
    }

    #[test]
    fn a_night_and_the_weekend_after_it_are_one_silence() {
        let quiet = [
            hours(&[], "18:00", "08:00"),
            hours(&[Weekday::Saturday, Weekday::Sunday], "00:00", "00:00"),
        ];

        // From Friday evening to Monday morning.
        assert_eq!(
            until(&quiet, "2026-01-09T18:00:00Z").as_deref(),
            Some("2026-01-12T07:00:00Z")
        );
    }

    #[test]
    fn what_is_no_time_or_zone_is_refused() {
        let refused = |zone: &str, from: &str| Spans::new(zone, &[hours(&[], from, "07:00")]).err();

        assert_eq!(refused("UTC", "22:00"), None);
        assert_eq!(refused("Europe/Nowhere", "22:00"), Some(QuietError::Zone));
        for text in ["24:00", "7:00", "22", "22:60", "22:00:00", ""] {
            assert_eq!(refused("UTC", text), Some(QuietError::Time), "{text}");
        }
    }
}
