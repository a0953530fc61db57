//! Dates, days and spans.

use super::kind::Kind;
use super::numbers::{double, int, long};
use super::tape::Tape;
use super::texts::text;
use super::truths::truth;
use super::{library, small};

/// A `DateTime`.
pub fn date(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| {
        t.pick(&[
            "w",
            "(z ?? w)",
            "z!.Value",
            "new DateTime(2024, 2, 29)",
            "DateTime.MinValue",
            "DateTime.MaxValue",
            "DateTime.UtcNow",
            "DateTime.UnixEpoch",
            "dates.First()",
            "Target.w",
        ])
        .to_owned()
    };
    t.deeper(leaf, |t| match t.next(16) {
        0..8 => library::call(t, Kind::Date).unwrap_or_else(|| leaf(t)),
        8 => format!("({} {} {})", date(t), t.pick(&["+", "-"]), span(t)),
        9 => format!("({}).AddMonths({})", date(t), small(t)),
        10 => format!("({}).AddDays({})", date(t), double(t)),
        11 => format!("({} ? {} : {})", truth(t), date(t), date(t)),
        12 => {
            let v = t.fresh();
            format!("(DateTime.TryParse({}, out var {v}) ? {v} : w)", text(t))
        }
        13 => {
            let v = t.fresh();
            format!("(DateTime.TryParseExact({}, \"yyyy-MM-dd\", CultureInfo.InvariantCulture, DateTimeStyles.None, out var {v}) ? {v} : w)", text(t))
        }
        14 => format!("dates.{}()", t.pick(&["First", "Last", "Single", "FirstOrDefault"])),
        _ => format!("new DateTime({}, {}, {})", small(t), small(t), small(t)),
    })
}

/// A `TimeSpan`.
pub fn span(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| {
        t.pick(&[
            "TimeSpan.Zero",
            "TimeSpan.FromDays(1.5)",
            "TimeSpan.MaxValue",
            "TimeSpan.MinValue",
            "(w - DateTime.UnixEpoch)",
        ])
        .to_owned()
    };
    t.deeper(leaf, |t| match t.next(12) {
        0..6 => library::call(t, Kind::Span).unwrap_or_else(|| leaf(t)),
        6 => format!("({} - {})", date(t), date(t)),
        7 => format!("({} {} {})", span(t), t.pick(&["+", "-"]), span(t)),
        8 => format!("(-{})", span(t)),
        9 => format!("new TimeSpan({})", long(t)),
        10 => {
            let v = t.fresh();
            format!(
                "(TimeSpan.TryParse({}, out var {v}) ? {v} : TimeSpan.Zero)",
                text(t)
            )
        }
        _ => format!("new TimeSpan({}, {}, {})", int(t), small(t), small(t)),
    })
}

/// A `DateOnly`.
pub fn day(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| {
        t.pick(&[
            "DateOnly.FromDateTime(w)",
            "new DateOnly(2024, 2, 29)",
            "DateOnly.MaxValue",
        ])
        .to_owned()
    };
    t.deeper(leaf, |t| match t.next(8) {
        0..5 => library::call(t, Kind::Day).unwrap_or_else(|| leaf(t)),
        5 => format!("({}).AddDays({})", day(t), small(t)),
        6 => {
            let v = t.fresh();
            format!(
                "(DateOnly.TryParse({}, out var {v}) ? {v} : DateOnly.MinValue)",
                text(t)
            )
        }
        _ => leaf(t),
    })
}
