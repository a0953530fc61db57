//! Spans of time: parts and arithmetic of .NET's TimeSpan, in ticks of 100 ns.
//!
//! Invariants: what does not fit 64 bits is an overflow; a span from a number is truncated to ticks.

use crate::date::{DAY, SECOND};
use crate::mem::{Boxed, CALL, Fault, R, Rt, SLOW, Str};

/// `new TimeSpan(days, hours, minutes, seconds, milliseconds)`.
pub fn new(
    rt: &mut Rt<'_>,
    days: i32,
    hours: i32,
    minutes: i32,
    seconds: i32,
    ms: i32,
) -> R<Boxed> {
    rt.charge(CALL)?;
    let total = ((i64::from(days) * 24 + i64::from(hours)) * 60 + i64::from(minutes)) * 60
        + i64::from(seconds);
    let total = i128::from(total) * 1000 + i128::from(ms);
    let ticks = i64::try_from(total * i128::from(SECOND / 1000)).map_err(|_| Fault::OutOfRange)?;
    rt.boxed(ticks as u64)
}

/// `TimeSpan.FromDays(1.5)` and the others.
pub fn from_units(rt: &mut Rt<'_>, value: f64, unit: i64) -> R<Boxed> {
    rt.charge(CALL)?;
    if value.is_nan() {
        return Err(Fault::Argument);
    }
    let ticks = value * unit as f64;
    if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&ticks) {
        return Err(Fault::Overflow);
    }
    rt.boxed(ticks as i64 as u64)
}

/// `part`: 0 days, 1 hours, 2 minutes, 3 seconds, 4 milliseconds.
pub fn part(_: &mut Rt<'_>, span: i64, part: i32) -> i32 {
    let value = match part {
        0 => span / DAY,
        1 => span / (3600 * SECOND) % 24,
        2 => span / (60 * SECOND) % 60,
        3 => span / SECOND % 60,
        _ => span / (SECOND / 1000) % 1000,
    };
    value as i32
}

/// The span in units of this many ticks.
pub fn total(_: &mut Rt<'_>, span: i64, unit: i64) -> f64 {
    let total = span as f64 / unit as f64;
    // .NET keeps milliseconds within what a span of whole ones can hold.
    if unit == SECOND / 1000 {
        return total.clamp(-922_337_203_685_477.0, 922_337_203_685_477.0);
    }
    total
}

/// `op`: 0 sum, 1 difference.
pub fn add(rt: &mut Rt<'_>, a: i64, b: i64, op: i32) -> R<Boxed> {
    rt.charge(CALL)?;
    let result = if op == 0 {
        a.checked_add(b)
    } else {
        a.checked_sub(b)
    };
    rt.boxed(result.ok_or(Fault::Overflow)? as u64)
}

/// `op`: 0 negated, 1 without its sign.
pub fn sign(rt: &mut Rt<'_>, span: i64, op: i32) -> R<Boxed> {
    rt.charge(CALL)?;
    let result = if op == 0 {
        span.checked_neg()
    } else {
        span.checked_abs()
    };
    rt.boxed(result.ok_or(Fault::Overflow)? as u64)
}

/// A number of at most so many digits, and the rest.
fn number(text: &[u8], most: usize) -> Option<(i64, &[u8])> {
    let len = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if len == 0 || len > most {
        return None;
    }
    let value = text[..len]
        .iter()
        .fold(0, |n, d| n * 10 + i64::from(d - b'0'));
    Some((value, &text[len..]))
}

/// `[-][d.]hh:mm[:ss[.fffffff]]`, or days alone.
pub(crate) fn read(text: &str) -> R<i64> {
    let text = text.trim();
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 8 && digits == text.len() {
        return Err(Fault::Overflow);
    }
    let (first, mut rest) = number(text.as_bytes(), 8).ok_or(Fault::Format)?;
    let mut days = 0;
    let mut hours = first;
    if rest.is_empty() {
        (days, hours) = (first, 0);
    } else {
        let mut next = |mark: u8, most: usize| -> R<Option<i64>> {
            let Some(after) = rest.strip_prefix(&[mark]) else {
                return Ok(None);
            };
            let (value, left) = number(after, most).ok_or(Fault::Format)?;
            rest = left;
            Ok(Some(value))
        };
        let named = next(b'.', 2)?;
        if let Some(after_days) = named {
            (days, hours) = (first, after_days);
        }
        let minutes = next(b':', 2)?.ok_or(Fault::Format)?;
        let mut parts = [hours, minutes, 0];
        let third = next(b':', 2)?;
        // `d:hh:mm:ss` has four parts.
        match (third, next(b':', 2)?) {
            (Some(minutes), Some(seconds)) if days == 0 => {
                days = hours;
                parts = [parts[1], minutes, seconds];
            }
            (Some(_), Some(_)) => return Err(Fault::Format),
            // More hours than a day has are days, as the culture's pattern `d:hh:mm` reads them.
            (Some(third), None) if hours > 23 && named.is_none() && rest.is_empty() => {
                days = hours;
                parts = [parts[1], third, 0];
            }
            (third, _) => parts[2] = third.unwrap_or(0),
        }
        let fraction = match rest.split_first() {
            None => 0,
            Some((b'.', digits)) if third.is_some() => {
                let (value, left) = number(digits, 7).ok_or(Fault::Format)?;
                if !left.is_empty() {
                    return Err(Fault::Format);
                }
                (digits.len()..7).fold(value, |n, _| n * 10)
            }
            Some(_) => return Err(Fault::Format),
        };
        let [hours, minutes, seconds] = parts;
        if hours > 23 || minutes > 59 || seconds > 59 {
            return Err(Fault::Overflow);
        }
        let ticks = ((hours * 60 + minutes) * 60 + seconds) * SECOND + fraction;
        return signed(days, ticks, is_negative);
    }
    signed(days, hours, is_negative)
}

pub(crate) fn signed(days: i64, ticks: i64, is_negative: bool) -> R<i64> {
    let total = i128::from(days) * i128::from(DAY) + i128::from(ticks);
    let total = if is_negative { -total } else { total };
    i64::try_from(total).map_err(|_| Fault::Overflow)
}

pub fn parse(rt: &mut Rt<'_>, s: Str) -> R<Boxed> {
    rt.charge(CALL * 4 + s.len() as u64 * SLOW)?;
    let ticks = read(rt.str(s))?;
    rt.boxed(ticks as u64)
}

pub fn try_parse(rt: &mut Rt<'_>, s: Option<Str>) -> R<Option<Boxed>> {
    let Some(s) = s else {
        rt.charge(CALL)?;
        return Ok(None);
    };
    rt.charge(CALL * 4 + s.len() as u64 * SLOW)?;
    let found = read(rt.str(s)).ok();
    found.map(|ticks| rt.boxed(ticks as u64)).transpose()
}
