//! Directory times and ticks (100 ns since 0001-01-01T00:00:00Z).
//!
//! Invariants: proleptic Gregorian calendar, UTC only; what does not parse or does not fit is `None`.

/// Ticks of one second.
const SECOND: i64 = 10_000_000;
/// Ticks at 1601-01-01, where FILETIME starts.
const FILE_TIME_EPOCH: i64 = 504_911_232_000_000_000;

/// Ticks of a FILETIME.
pub fn from_file_time(file_time: i64) -> Option<i64> {
    file_time.checked_add(FILE_TIME_EPOCH)
}

/// The FILETIME of ticks; `None` before 1601.
pub fn to_file_time(ticks: i64) -> Option<i64> {
    ticks.checked_sub(FILE_TIME_EPOCH).filter(|t| *t > 0)
}

/// Ticks of `20260131123000.5Z`, `20260131123000Z` or with an offset such as `+0100`.
pub fn from_generalized_time(text: &str) -> Option<i64> {
    let year = digits(text.get(..4)?)?;
    parse(year, text.get(4..)?)
}

/// Ticks of `260131123000Z`; years 50 to 99 lie in the twentieth century.
pub fn from_utc_time(text: &str) -> Option<i64> {
    let short = digits(text.get(..2)?)?;
    let year = if short >= 50 {
        1900 + short
    } else {
        2000 + short
    };
    parse(year, text.get(2..)?)
}

/// `20260131123000.0Z`, to the whole second.
pub fn to_generalized_time(ticks: i64) -> Option<String> {
    let (year, rest) = print(ticks)?;
    Some(format!("{year:04}{rest}.0Z"))
}

/// `260131123000Z`; `None` outside 1950 to 2049.
pub fn to_utc_time(ticks: i64) -> Option<String> {
    let (year, rest) = print(ticks)?;
    (1950..2050)
        .contains(&year)
        .then(|| format!("{:02}{rest}Z", year % 100))
}

/// Month to second, optional fraction, and `Z` or an offset.
fn parse(year: i64, text: &str) -> Option<i64> {
    let field = |at: usize| digits(text.get(at..at + 2)?);
    let (month, day, hour, minute) = (field(0)?, field(2)?, field(4)?, field(6)?);
    let (second, mut rest) = match field(8) {
        Some(second) => (second, text.get(10..)?),
        None => (0, text.get(8..)?),
    };
    let mut fraction = 0;
    if let Some(behind) = rest.strip_prefix(['.', ',']) {
        let end = behind
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(behind.len());
        let mut unit = SECOND / 10;
        for digit in behind.get(..end)?.bytes() {
            fraction += i64::from(digit - b'0') * unit;
            unit /= 10;
        }
        rest = behind.get(end..)?;
    }
    let offset = match rest {
        "Z" => 0,
        _ => {
            let sign = match rest.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let hours = digits(rest.get(1..3)?)?;
            let minutes = rest.get(3..5).map_or(Some(0), digits)?;
            sign * (hours * 60 + minutes) * 60
        }
    };
    let in_range = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    in_range.then(|| {
        let seconds = days_before(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
        (seconds - offset) * SECOND + fraction
    })
}

fn print(ticks: i64) -> Option<(i64, String)> {
    let seconds = ticks.div_euclid(SECOND);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days)?;
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    Some((
        year,
        format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}"),
    ))
}

fn digits(text: &str) -> Option<i64> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 0001-01-01 to a date.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let y = year - 1;
    let months: i64 = (1..month).map(|m| days_in(year, m)).sum();
    y * 365 + y / 4 - y / 100 + y / 400 + months + day - 1
}

/// The date that lies this many days after 0001-01-01.
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    if days < 0 {
        return None;
    }
    let mut year = days * 400 / 146_097 + 1;
    while days_before(year, 1, 1) > days {
        year -= 1;
    }
    while days_before(year + 1, 1, 1) <= days {
        year += 1;
    }
    let mut left = days - days_before(year, 1, 1);
    let mut month = 1;
    while left >= days_in(year, month) {
        left -= days_in(year, month);
        month += 1;
    }
    (year <= 9999).then_some((year, month, left + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ticks at 1970-01-01.
    const UNIX_EPOCH: i64 = 621_355_968_000_000_000;

    #[test]
    fn known_instants() {
        assert_eq!(from_generalized_time("19700101000000.0Z"), Some(UNIX_EPOCH));
        assert_eq!(
            from_generalized_time("16010101000000Z"),
            Some(FILE_TIME_EPOCH)
        );
        assert_eq!(from_utc_time("700101000000Z"), Some(UNIX_EPOCH));
        assert_eq!(
            from_generalized_time("20240229235959.25Z"),
            from_generalized_time("20240301005959,25+0100")
        );
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "20230229000000Z",
            "20231301000000Z",
            "20230101",
            "2023010100000012",
            "",
            "äöü4567890Z",
        ] {
            assert_eq!(from_generalized_time(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_reads_back() {
        for days in (0..3_652_059).step_by(97) {
            let ticks = days * 86_400 * SECOND;

            assert_eq!(
                from_generalized_time(&to_generalized_time(ticks).unwrap()),
                Some(ticks)
            );
        }
        assert_eq!(to_generalized_time(-1), None);
        assert_eq!(to_file_time(0), None);
    }
}
