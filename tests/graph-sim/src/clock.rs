//! The simulator's own time: the machine's, shifted or stopped by the control port.
//!
//! Invariant: nothing in the simulator reads the machine's clock but this file.

use std::time::{SystemTime, UNIX_EPOCH};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// Milliseconds since 1970.
pub(crate) type Moment = i64;

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const DAY: i64 = 24 * 60 * 60 * SECOND;

#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    stopped: Option<Moment>,
    shift: i64,
    skew: i64,
}

impl Clock {
    /// The machine's time, or a clock that only moves when it is told to.
    pub(crate) fn new(stopped: Option<Moment>) -> Self {
        Self {
            stopped,
            ..Self::default()
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.stopped.unwrap_or_else(machine) + self.shift
    }

    /// What the simulator says the time is: in `Date`, and in the tokens it issues.
    pub(crate) fn claimed(&self) -> Moment {
        self.now() + self.skew
    }

    pub(crate) fn advance(&mut self, milliseconds: i64) {
        self.shift += milliseconds;
    }

    pub(crate) fn stop_at(&mut self, moment: Moment) {
        self.stopped = Some(moment);
        self.shift = 0;
    }

    pub(crate) fn set_skew(&mut self, milliseconds: i64) {
        self.skew = milliseconds;
    }
}

fn machine() -> Moment {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn date_time(moment: Moment) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(moment.div_euclid(SECOND))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `2026-03-31T08:00:00Z`.
pub(crate) fn timestamp(moment: Moment) -> String {
    date_time(moment).format(&Rfc3339).unwrap_or_default()
}

/// `Tue, 31 Mar 2026 08:00:00 GMT`.
pub(crate) fn http_date(moment: Moment) -> String {
    let form = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    date_time(moment).format(&form).unwrap_or_default()
}

/// The moment that an ISO 8601 date with a time names.
pub(crate) fn parse(text: &str) -> Option<Moment> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_it_is_told_and_its_skew_shows_in_what_it_claims() {
        let mut clock = Clock::new(Some(0));

        clock.advance(DAY);
        clock.set_skew(-SECOND);

        assert_eq!(clock.now(), DAY);
        assert_eq!(timestamp(clock.now()), "1970-01-02T00:00:00Z");
        assert_eq!(http_date(clock.claimed()), "Thu, 01 Jan 1970 23:59:59 GMT");
        assert_eq!(parse("1970-01-02T00:00:00Z"), Some(DAY));
    }
}
