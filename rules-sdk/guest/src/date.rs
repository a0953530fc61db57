//! Dates and times: the calendar, arithmetic and parts of .NET's DateTime, without a time zone.
//!
//! Invariants: the calendar is the proleptic Gregorian one from year 1 to 9999; a tick is 100 ns; whatever is local is
//! UTC; equality and order look at ticks only, as .NET's do.

use crate::mem::{Boxed, CALL, Fault, R, Rt, When};

/// Ticks of a second.
pub const SECOND: i64 = 10_000_000;
/// Ticks of a day.
pub const DAY: i64 = 86_400 * SECOND;
/// The tick after the last one of the year 9999.
const END: i64 = 3_652_059 * DAY;
/// 1601-01-01, where FILETIME begins.
const FILE_EPOCH: i64 = 584_388 * DAY;
/// 1970-01-01.
const UNIX_EPOCH: i64 = 719_162 * DAY;

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// 1 to 9999.
    pub year: i32,
    /// 1 to 12.
    pub month: i32,
    /// 1 to 31.
    pub day: i32,
}

pub fn is_leap_year(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month that exists.
pub fn month_length(year: i32, month: i32) -> i32 {
    match month {
        2 => 28 + i32::from(is_leap_year(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days before a year.
fn days_before(year: i32) -> i64 {
    let y = i64::from(year) - 1;
    y * 365 + y / 4 - y / 100 + y / 400
}

/// Days before a month of its year.
fn days_in_year_before(year: i32, month: i32) -> i64 {
    (1..month)
        .map(|m| i64::from(month_length(year, m)))
        .sum::<i64>()
}

impl Civil {
    /// The day with this number; day 0 is 0001-01-01.
    pub fn of(day: i64) -> Self {
        // Years of 365 or 366 days: the guess is the year or the one after it.
        let mut year = (day * 400 / 146_097) as i32 + 1;
        if days_before(year) > day {
            year -= 1;
        } else if days_before(year + 1) <= day {
            year += 1;
        }
        let mut rest = (day - days_before(year)) as i32;
        let mut month = 1;
        while rest >= month_length(year, month) {
            rest -= month_length(year, month);
            month += 1;
        }
        Self {
            year,
            month,
            day: rest + 1,
        }
    }

    /// The number of the day; none for one that does not exist.
    pub fn number(self) -> Option<i64> {
        let exists = (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=month_length(self.year, self.month)).contains(&self.day);
        exists.then(|| {
            days_before(self.year)
                + days_in_year_before(self.year, self.month)
                + i64::from(self.day)
                - 1
        })
    }
}

/// An instant at these ticks; none outside the calendar.
pub fn when(ticks: i64, is_utc: bool) -> Option<When> {
    (0..END).contains(&ticks).then(|| When::new(ticks, is_utc))
}

/// A time of day; none for one that does not exist.
pub fn time_ticks(hour: i32, minute: i32, second: i32) -> Option<i64> {
    let exists = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    exists.then(|| i64::from((hour * 60 + minute) * 60 + second) * SECOND)
}

#[allow(clippy::too_many_arguments)]
pub fn new(
    rt: &mut Rt<'_>,
    year: i32,
    month: i32,
    day: i32,
    hour: i32,
    minute: i32,
    second: i32,
    ms: i32,
) -> R<When> {
    rt.charge(CALL * 2)?;
    let date = Civil { year, month, day }.number();
    let time = time_ticks(hour, minute, second).filter(|_| (0..1000).contains(&ms));
    let (date, time) = date.zip(time).ok_or(Fault::OutOfRange)?;
    Ok(When::new(
        date * DAY + time + i64::from(ms) * (SECOND / 1000),
        false,
    ))
}

pub fn from_ticks(rt: &mut Rt<'_>, ticks: i64) -> R<When> {
    rt.charge(CALL)?;
    when(ticks, false).ok_or(Fault::OutOfRange)
}

pub fn ticks(_: &mut Rt<'_>, at: When) -> i64 {
    at.ticks()
}

/// `part`: 0 year, 1 month, 2 day, 3 hour, 4 minute, 5 second, 6 millisecond, 7 day of the week, 8 day of the year.
pub fn part(rt: &mut Rt<'_>, at: When, part: i32) -> i32 {
    rt.spend(CALL * 4);
    let (day, time) = (at.ticks() / DAY, at.ticks() % DAY);
    let civil = Civil::of(day);
    match part {
        0 => civil.year,
        1 => civil.month,
        2 => civil.day,
        3 => (time / (3600 * SECOND)) as i32,
        4 => (time / (60 * SECOND) % 60) as i32,
        5 => (time / SECOND % 60) as i32,
        6 => (time / (SECOND / 1000) % 1000) as i32,
        // 0001-01-01 was a Monday.
        7 => ((day + 1) % 7) as i32,
        _ => (day - days_before(civil.year)) as i32 + 1,
    }
}

/// Midnight of the day.
pub fn date(_: &mut Rt<'_>, at: When) -> When {
    When::new(at.ticks() - at.ticks() % DAY, at.is_utc())
}

pub fn time_of_day(_: &mut Rt<'_>, at: When) -> i64 {
    at.ticks() % DAY
}

pub fn add(rt: &mut Rt<'_>, at: When, ticks: i64) -> R<When> {
    rt.charge(CALL)?;
    let sum = at.ticks().checked_add(ticks).ok_or(Fault::OutOfRange)?;
    when(sum, at.is_utc()).ok_or(Fault::OutOfRange)
}

pub fn subtract(rt: &mut Rt<'_>, at: When, ticks: i64) -> R<When> {
    rt.charge(CALL)?;
    let difference = at.ticks().checked_sub(ticks).ok_or(Fault::OutOfRange)?;
    when(difference, at.is_utc()).ok_or(Fault::OutOfRange)
}

/// `AddDays(1.5)` and the others: whole units exactly, the rest truncated to ticks.
pub fn add_units(rt: &mut Rt<'_>, at: When, value: f64, unit: i64) -> R<When> {
    let most = END / unit;
    if value.is_nan() || value.abs() > most as f64 {
        return Err(Fault::OutOfRange);
    }
    let whole = value as i64;
    let rest = ((value - whole as f64) * unit as f64) as i64;
    add(rt, at, whole * unit + rest)
}

pub fn add_months(rt: &mut Rt<'_>, at: When, months: i32) -> R<When> {
    rt.charge(CALL * 8)?;
    let civil = Civil::of(at.ticks() / DAY);
    let month = i64::from(civil.year) * 12 + i64::from(civil.month) - 1 + i64::from(months);
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) as i32 + 1);
    if !(1..=9999).contains(&year) || months.unsigned_abs() > 120_000 {
        return Err(Fault::OutOfRange);
    }
    let year = year as i32;
    let day = civil.day.min(month_length(year, month));
    let number = Civil { year, month, day }
        .number()
        .ok_or(Fault::OutOfRange)?;
    Ok(When::new(number * DAY + at.ticks() % DAY, at.is_utc()))
}

pub fn add_years(rt: &mut Rt<'_>, at: When, years: i32) -> R<When> {
    if years.unsigned_abs() > 10_000 {
        return Err(Fault::OutOfRange);
    }
    add_months(rt, at, years * 12)
}

/// From one instant to another, in ticks.
pub fn between(_: &mut Rt<'_>, later: When, earlier: When) -> i64 {
    later.ticks() - earlier.ticks()
}

/// -1, 0 or 1.
pub fn compare(_: &mut Rt<'_>, a: When, b: When) -> i32 {
    a.ticks().cmp(&b.ticks()) as i32
}

/// The same ticks, said to be UTC or of no zone.
pub fn with_kind(_: &mut Rt<'_>, at: When, is_utc: bool) -> When {
    When::new(at.ticks(), is_utc)
}

pub fn to_file_time(rt: &mut Rt<'_>, at: When) -> R<Boxed> {
    rt.charge(CALL)?;
    let ticks = at.ticks() - FILE_EPOCH;
    if ticks < 0 {
        return Err(Fault::OutOfRange);
    }
    rt.boxed(ticks as u64)
}

pub fn from_file_time(rt: &mut Rt<'_>, ticks: i64) -> R<When> {
    rt.charge(CALL)?;
    let at = (ticks >= 0)
        .then(|| ticks.checked_add(FILE_EPOCH))
        .flatten();
    at.and_then(|at| when(at, true)).ok_or(Fault::OutOfRange)
}

/// Since 1970, in units of this many ticks, rounded down.
pub fn to_unix(_: &mut Rt<'_>, at: When, unit: i64) -> i64 {
    (at.ticks() - UNIX_EPOCH).div_euclid(unit)
}

pub fn from_unix(rt: &mut Rt<'_>, value: i64, unit: i64) -> R<When> {
    rt.charge(CALL)?;
    let ticks = value
        .checked_mul(unit)
        .and_then(|t| t.checked_add(UNIX_EPOCH));
    ticks
        .and_then(|ticks| when(ticks, true))
        .ok_or(Fault::OutOfRange)
}

pub fn days_in_month(rt: &mut Rt<'_>, year: i32, month: i32) -> R<i32> {
    rt.charge(CALL)?;
    if (1..=9999).contains(&year) && (1..=12).contains(&month) {
        Ok(month_length(year, month))
    } else {
        Err(Fault::OutOfRange)
    }
}

pub fn is_leap(rt: &mut Rt<'_>, year: i32) -> R<bool> {
    rt.charge(CALL)?;
    if (1..=9999).contains(&year) {
        Ok(is_leap_year(year))
    } else {
        Err(Fault::OutOfRange)
    }
}
