//! Times of day and days of the week, as people write them.
//!
//! Invariant: a time is parsed once, at the edge; what is none is refused and never rounded.

use std::fmt;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MINUTES_A_DAY: u16 = 24 * 60;

/// A time of day to the minute, written `06:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are the days of the week")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl TimeOfDay {
    /// The beginning of a day.
    pub const MIDNIGHT: Self = Self(0);

    /// The hour, from 0 to 23.
    pub fn hour(self) -> i8 {
        (self.0 / 60) as i8
    }

    /// The minute, from 0 to 59.
    pub fn minute(self) -> i8 {
        (self.0 % 60) as i8
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parse = || {
            let (hours, minutes) = text.split_once(':')?;
            let is_two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            if !is_two(hours) || !is_two(minutes) {
                return None;
            }
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            let time = hours * 60 + minutes;
            (minutes < 60 && time < MINUTES_A_DAY).then_some(Self(time))
        };
        parse().ok_or_else(|| format!("`{text}` is no time of day from 00:00 to 23:59"))
    }
}

impl Day {
    /// The day of a date.
    pub fn of(date: Date) -> Self {
        match date.weekday() {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_two_digits_and_two_digits() {
        for wrong in ["24:00", "6:00", "06:60", "0600", "+6:00", "06:00:00", ""] {
            assert!(TimeOfDay::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        assert_eq!(
            TimeOfDay::try_from("23:59".to_owned()).unwrap().to_string(),
            "23:59"
        );
    }
}
