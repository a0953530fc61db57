//! Spans of time read in a format that is given, and spans multiplied.
//!
//! Invariants: as .NET reads them: a repeated letter asks for so many digits, a single one takes two, `d` eight; a product is
//! rounded to ticks, halves to even.

use crate::date::{DAY, SECOND};
use crate::math;
use crate::mem::{Boxed, CALL, Fault, List, R, Rt, SLOW, Str};
use crate::span::{read, signed};

/// Digits of a tick.
const FRACTION: usize = 7;
/// `TimeSpanStyles.AssumeNegative`
const NEGATIVE: i32 = 1;

/// A span by a number, or through one.
///
/// # Errors
/// NaN; a result beyond 64 bits.
pub fn scale(rt: &mut Rt<'_>, span: i64, factor: f64, divides: bool) -> R<Boxed> {
    rt.charge(CALL)?;
    if factor.is_nan() {
        return Err(Fault::Argument);
    }
    let ticks = match divides {
        true => span as f64 / factor,
        false => span as f64 * factor,
    };
    let ticks = math::half_even(ticks);
    if ticks == 9_223_372_036_854_775_808.0 {
        return rt.boxed(i64::MAX as u64);
    }
    if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&ticks) {
        return Err(Fault::Overflow);
    }
    rt.boxed(ticks as i64 as u64)
}

/// `TimeSpan.ParseExact`
///
/// # Errors
/// Another form, a part that is too great.
pub fn parse_exact(rt: &mut Rt<'_>, s: Str, formats: List, styles: i32) -> R<Boxed> {
    let ticks = in_any(rt, s, formats, styles)?;
    rt.boxed(ticks as u64)
}

/// `TimeSpan.TryParseExact`
///
/// # Errors
/// As every call: the row's budget.
pub fn try_parse_exact(
    rt: &mut Rt<'_>,
    s: Option<Str>,
    formats: List,
    styles: i32,
) -> R<Option<Boxed>> {
    let Some(s) = s else {
        rt.charge(CALL)?;
        return Ok(None);
    };
    match in_any(rt, s, formats, styles) {
        Ok(ticks) => rt.boxed(ticks as u64).map(Some),
        Err(Fault::Format | Fault::Overflow) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn in_any(rt: &mut Rt<'_>, s: Str, formats: List, styles: i32) -> R<i64> {
    let mut last = Err(Fault::Format);
    for index in 0..formats.len() {
        let format = Str(rt.item(formats, index));
        rt.charge(CALL + (s.len() + format.len()) as u64 * SLOW)?;
        last = exact(rt.str(s), rt.str(format), styles);
        if last.is_ok() {
            return last;
        }
    }
    last
}

fn exact(text: &str, format: &str, styles: i32) -> R<i64> {
    match format {
        // Days stand before a point; `g` and `G` have them before a colon.
        "c" | "t" | "T" if text.matches(':').count() > 2 => return Err(Fault::Format),
        "c" | "t" | "T" | "g" => return read(text),
        "G" if text.matches(':').count() < 3 || !text.contains('.') => return Err(Fault::Format),
        "G" => return read(text),
        "" => return Err(Fault::Format),
        _ => {}
    }
    let mut parts = [None; 5];
    let (mut rest, mut format) = (text, format);
    while let Some(c) = format.chars().next() {
        let len = format.chars().take_while(|other| *other == c).count();
        let mut taken = len;
        match c {
            'd' | 'h' | 'm' | 's' | 'f' | 'F' => {
                // `%h` is a single letter.
                let slot = match c {
                    'd' => 0,
                    'h' => 1,
                    'm' => 2,
                    's' => 3,
                    _ => 4,
                };
                if parts[slot].is_some() {
                    return Err(Fault::Format);
                }
                let (least, most) = match (c, len) {
                    ('d', 1) => (1, 8),
                    ('d', 2..=8) => (len, len),
                    ('f', 1..=FRACTION) => (len, len),
                    ('F', 1..=FRACTION) => (0, len),
                    ('h' | 'm' | 's', 1) => (1, 2),
                    ('h' | 'm' | 's', 2) => (2, 2),
                    _ => return Err(Fault::Format),
                };
                let digits = rest
                    .bytes()
                    .take(most)
                    .take_while(u8::is_ascii_digit)
                    .count();
                if digits < least {
                    return Err(Fault::Format);
                }
                let number = rest.as_bytes()[..digits]
                    .iter()
                    .fold(0, |n, d| n * 10 + i64::from(d - b'0'));
                let number = match slot {
                    4 => (digits..FRACTION).fold(number, |n, _| n * 10),
                    _ => number,
                };
                parts[slot] = Some(number);
                rest = &rest[digits..];
            }
            '\'' | '"' => {
                let (literal, after) = format[1..].split_once(c).ok_or(Fault::Format)?;
                rest = rest.strip_prefix(literal).ok_or(Fault::Format)?;
                taken = format.len() - after.len();
            }
            '%' if len == 1 && format.len() > 1 => taken = 1,
            '\\' => {
                let literal = format[1..].chars().next().ok_or(Fault::Format)?;
                rest = rest.strip_prefix(literal).ok_or(Fault::Format)?;
                taken = 1 + literal.len_utf8();
            }
            _ => return Err(Fault::Format),
        }
        format = &format[taken..];
    }
    if !rest.is_empty() {
        return Err(Fault::Format);
    }
    let [days, hours, minutes, seconds, fraction] = parts.map(|part| part.unwrap_or(0));
    if hours > 23 || minutes > 59 || seconds > 59 || days > i64::MAX / DAY {
        return Err(Fault::Overflow);
    }
    let ticks = ((hours * 60 + minutes) * 60 + seconds) * SECOND + fraction;
    signed(days, ticks, styles & NEGATIVE != 0)
}
