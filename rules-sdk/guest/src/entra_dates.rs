//! Dates as the functions of Entra see them: intervals by their letters.
//!
//! Source: DateAdd of the "Microsoft Entra Connect Sync: Functions Reference"; DateDiff has the meaning of Visual Basic's
//! `DateAndTime.DateDiff`, with weeks that begin on Sunday.

use crate::date::{add_months, add_units, part};
use crate::mem::{Boxed, CALL, Fault, R, Rt, Str, When};

/// Ticks.
const SECOND: i64 = 10_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Ticks of an interval that has always the same.
fn unit(interval: &str) -> Option<i64> {
    Some(match interval {
        "y" | "d" | "w" => DAY,
        "ww" => 7 * DAY,
        "h" => 3_600 * SECOND,
        "n" => 60 * SECOND,
        "s" => SECOND,
        _ => return None,
    })
}

/// Months of the other intervals.
fn months(interval: &str) -> R<i64> {
    match interval {
        "yyyy" => Ok(12),
        "q" => Ok(3),
        "m" => Ok(1),
        _ => Err(Fault::Argument),
    }
}

/// A date and so many intervals; months that are too short end on their last day.
pub fn add(rt: &mut Rt<'_>, interval: Str, value: i64, at: When) -> R<When> {
    rt.charge(CALL)?;
    let interval = rt.str(interval);
    if let Some(unit) = unit(interval) {
        return add_units(rt, at, value as f64, unit);
    }
    let months = value.checked_mul(months(interval)?);
    let months = months.and_then(|m| i32::try_from(m).ok());
    add_months(rt, at, months.ok_or(Fault::OutOfRange)?)
}

/// How many intervals lie between two dates; negative where the second is earlier.
pub fn diff(rt: &mut Rt<'_>, interval: Str, from: When, to: When) -> R<Boxed> {
    rt.charge(CALL)?;
    let interval = rt.str(interval);
    let count = match interval {
        // Whole weeks between, and Sundays passed.
        "w" => (to.ticks() - from.ticks()) / (7 * DAY),
        "ww" => {
            let sunday = |at: When, rt: &mut Rt<'_>| at.ticks() - i64::from(part(rt, at, 7)) * DAY;
            (sunday(to, rt) - sunday(from, rt)) / DAY / 7
        }
        _ => match unit(interval) {
            Some(unit) => (to.ticks() - from.ticks()) / unit,
            None => {
                let size = months(interval)?;
                let mut number =
                    |at: When| i64::from(part(rt, at, 0)) * 12 + i64::from(part(rt, at, 1)) - 1;
                // Quarters and years are those of the calendar.
                number(to).div_euclid(size) - number(from).div_euclid(size)
            }
        },
    };
    rt.boxed(count as u64)
}
