//! How dates of a file are written, and the instants they mean.
//!
//! A format is written as .NET writes it, which is what administrators of directories know: `yyyy`, `MM` or `M`,
//! `dd` or `d`, `HH` or `H`, `mm`, `ss`, `zzz` for an offset such as `+01:00` or `Z`; any other character that is no
//! letter stands for itself, and so does a letter in single quotes (`'T'`).
//!
//! Invariants: a text is read whole or not at all; a date that no calendar has is refused, never moved; a value
//! without an offset is UTC, so that the same file means the same on every host.

use std::str::FromStr;

/// Ticks of 100 ns in a second.
const TICKS: i64 = 10_000_000;
/// Seconds in a day.
const DAY: i64 = 86_400;

/// A date format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat(Vec<Part>);

/// A text that is no date format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{format}` is no date format: {what}")]
pub struct DateFormatError {
    format: String,
    what: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A number of a field: least and most digits.
    Number(Field, usize, usize),
    Offset,
    Literal(char),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

impl FromStr for DateFormat {
    type Err = DateFormatError;

    fn from_str(format: &str) -> Result<Self, DateFormatError> {
        let wrong = |what| DateFormatError {
            format: format.to_owned(),
            what,
        };
        let mut parts = Vec::new();
        let mut rest = format.chars().peekable();
        while let Some(c) = rest.next() {
            if c == '\'' {
                let mut closed = false;
                for quoted in rest.by_ref() {
                    closed = quoted == '\'';
                    if closed {
                        break;
                    }
                    parts.push(Part::Literal(quoted));
                }
                if !closed {
                    return Err(wrong("a quote is not closed"));
                }
                continue;
            }
            if !c.is_alphabetic() {
                parts.push(Part::Literal(c));
                continue;
            }
            let mut length = 1;
            while rest.next_if_eq(&c).is_some() {
                length += 1;
            }
            parts.push(match (c, length) {
                ('y', 4) => Part::Number(Field::Year, 4, 4),
                ('M', 2) => Part::Number(Field::Month, 2, 2),
                ('M', 1) => Part::Number(Field::Month, 1, 2),
                ('d', 2) => Part::Number(Field::Day, 2, 2),
                ('d', 1) => Part::Number(Field::Day, 1, 2),
                ('H', 2) => Part::Number(Field::Hour, 2, 2),
                ('H', 1) => Part::Number(Field::Hour, 1, 2),
                ('m', 2) => Part::Number(Field::Minute, 2, 2),
                ('s', 2) => Part::Number(Field::Second, 2, 2),
                ('z', 3) => Part::Offset,
                _ => return Err(wrong("it holds letters that stand for nothing")),
            });
        }
        let named = |field| {
            let of = |part: &&Part| matches!(part, Part::Number(f, ..) if *f == field);
            parts.iter().filter(of).count()
        };
        if [Field::Year, Field::Month, Field::Day].map(named) != [1, 1, 1] {
            return Err(wrong("it does not name year, month and day once each"));
        }
        if [Field::Hour, Field::Minute, Field::Second]
            .into_iter()
            .any(|field| named(field) > 1)
        {
            return Err(wrong("it names a part of the time twice"));
        }
        Ok(Self(parts))
    }
}

impl DateFormat {
    /// The instant of a text, in ticks (see `Value::Time`); `None` for a text that is not written so or no date.
    pub fn ticks(&self, text: &str) -> Option<i64> {
        let mut fields = [0i64; 6];
        let mut offset_s = 0;
        let mut rest = text;
        for part in &self.0 {
            match *part {
                Part::Literal(c) => rest = rest.strip_prefix(c)?,
                Part::Offset => (offset_s, rest) = offset(rest)?,
                Part::Number(field, least, most) => {
                    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit);
                    let length = digits.count();
                    (length >= least).then_some(())?;
                    fields[field as usize] = rest[..length].parse().ok()?;
                    rest = &rest[length..];
                }
            }
        }
        let [year, month, day, hour, minute, second] = fields;
        let real = rest.is_empty()
            && year >= 1
            && (1..=12).contains(&month)
            && (1..=days_of(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        real.then_some(())?;
        let days = days_before(year, month) + day - 1;
        let seconds = days * DAY + hour * 3600 + minute * 60 + second - offset_s;
        (seconds >= 0).then(|| seconds * TICKS)
    }
}

/// `Z`, or a sign, hours and minutes with or without a colon; in seconds east of UTC.
fn offset(text: &str) -> Option<(i64, &str)> {
    if let Some(rest) = text.strip_prefix(['Z', 'z']) {
        return Some((0, rest));
    }
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let two = |text: &str| {
        let digits = text.get(..2)?;
        let number = digits.bytes().all(|b| b.is_ascii_digit());
        number.then(|| digits.parse::<i64>().ok()).flatten()
    };
    let hours = two(&text[1..])?;
    let rest = &text[3..];
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let minutes = two(rest)?;
    (hours <= 14 && minutes < 60).then(|| (sign * (hours * 3600 + minutes * 60), &rest[2..]))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 0001-01-01 to the first of a month, in the Gregorian calendar throughout.
fn days_before(year: i64, month: i64) -> i64 {
    let years = year - 1;
    let before = years * 365 + years / 4 - years / 100 + years / 400;
    before + (1..month).map(|month| days_of(year, month)).sum::<i64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(format: &str, text: &str) -> Option<i64> {
        format.parse::<DateFormat>().unwrap().ticks(text)
    }

    /// 1970-01-01, in ticks: 719,162 days after 0001-01-01.
    const EPOCH: i64 = 719_162 * DAY * TICKS;

    #[test]
    fn dates_are_instants_in_utc() {
        assert_eq!(ticks("yyyy-MM-dd", "0001-01-01"), Some(0));
        assert_eq!(ticks("yyyy-MM-dd", "1970-01-01"), Some(EPOCH));
        assert_eq!(
            ticks("dd.MM.yyyy", "29.02.2024"),
            ticks("yyyyMMdd", "20240229")
        );
        assert_eq!(
            ticks("M/d/yyyy", "3/1/2000"),
            Some(EPOCH + 11_017 * DAY * TICKS)
        );
        assert_eq!(
            ticks("yyyy-MM-dd'T'HH:mm:sszzz", "1970-01-01T02:00:01+02:00"),
            Some(EPOCH + TICKS)
        );
        assert_eq!(
            ticks("yyyy-MM-dd'T'HH:mm:sszzz", "1969-12-31T19:00:00-0500"),
            Some(EPOCH)
        );
        assert_eq!(
            ticks("yyyy-MM-dd HH:mm:sszzz", "1970-01-01 00:00:00Z"),
            Some(EPOCH)
        );
    }

    #[test]
    fn what_is_no_date_is_refused_and_never_moved() {
        for text in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-04-31",
            "2024-4-01",
            "2024-04-01 ",
            "24-04-01",
            "0000-01-01",
            "",
            "２024-04-01",
        ] {
            assert_eq!(ticks("yyyy-MM-dd", text), None, "{text}");
        }
        assert_eq!(ticks("yyyy-MM-dd HH:mm", "2024-04-01 24:00"), None);
        assert_eq!(
            ticks("yyyy-MM-ddzzz", "0001-01-01+01:00"),
            None,
            "before year one"
        );
        assert_eq!(ticks("yyyy-MM-ddzzz", "2024-01-01+é1:00"), None);
    }

    #[test]
    fn a_format_names_year_month_and_day_once_and_nothing_unknown() {
        for format in [
            "",
            "yyyy-MM",
            "yy-MM-dd",
            "yyyy-MM-dd-dd",
            "yyyy-MMM-dd",
            "yyyy-MM-ddT",
            "yyyy-MM-dd'T",
            "yyyy-MM-dd HH:HH",
        ] {
            assert!(format.parse::<DateFormat>().is_err(), "{format}");
        }
    }
}
