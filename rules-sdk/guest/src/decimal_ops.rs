//! Decimals as the runtime calls them: cells in, cells out.
//!
//! Invariants: a decimal's cell is the address of 16 octets; what does not fit is `Overflow`.

use crate::decimal::{Decimal, Rounding};
use crate::mem::{Boxed, CALL, Dec, Fault, List, Octets, R, Rt, SLOW, Str};
use crate::number_format;
use crate::number_parse;
use crate::number_plain;

pub(crate) fn read(rt: &Rt<'_>, d: Dec) -> Decimal {
    Decimal::from_octets(rt.octets(Octets(d.0)))
}

fn write(rt: &mut Rt<'_>, value: Decimal) -> R<Dec> {
    Ok(Dec(rt.new_octets(&value.octets())?.0))
}

/// A constant from its words.
pub fn new(rt: &mut Rt<'_>, low: u64, high: u64) -> R<Dec> {
    rt.charge(CALL)?;
    write(rt, Decimal::from_words(low, high))
}

pub fn from_long(rt: &mut Rt<'_>, value: i64) -> R<Dec> {
    rt.charge(CALL)?;
    write(rt, Decimal::of(value))
}

pub fn from_double(rt: &mut Rt<'_>, value: f64) -> R<Dec> {
    rt.charge(CALL * 8)?;
    write(rt, Decimal::from_double(value)?)
}

/// Towards zero, or rounded half to even.
pub fn to_long(rt: &mut Rt<'_>, d: Dec, rounded: bool) -> R<Boxed> {
    rt.charge(CALL * 8)?;
    let value = read(rt, d);
    let value = if rounded {
        value.round(0, Rounding::ToEven)
    } else {
        value
    };
    rt.boxed(value.to_long()? as u64)
}

/// As [`to_long`], for 32 bits.
pub fn to_int(rt: &mut Rt<'_>, d: Dec, rounded: bool) -> R<i32> {
    let boxed = to_long(rt, d, rounded)?;
    i32::try_from(rt.unbox(boxed) as i64).map_err(|_| Fault::Overflow)
}

pub fn to_double(rt: &mut Rt<'_>, d: Dec) -> f64 {
    read(rt, d).to_double()
}

/// `op`: 0 sum, 1 difference, 2 product, 3 quotient, 4 remainder, 5 smaller, 6 greater.
pub fn arithmetic(rt: &mut Rt<'_>, a: Dec, b: Dec, op: i32) -> R<Dec> {
    rt.charge(if op == 3 || op == 4 {
        CALL * 256
    } else {
        CALL * 32
    })?;
    let (x, y) = (read(rt, a), read(rt, b));
    let result = match op {
        0 => x.plus(y)?,
        1 => x.plus(y.negated())?,
        2 => x.times(y)?,
        3 => x.over(y)?,
        4 => x.rest(y)?,
        5 => return Ok(if x.order(y).is_le() { a } else { b }),
        _ => return Ok(if x.order(y).is_ge() { a } else { b }),
    };
    write(rt, result)
}

/// -1, 0 or 1; what is absent comes first.
pub fn compare(rt: &mut Rt<'_>, a: Option<Dec>, b: Option<Dec>) -> R<i32> {
    rt.charge(CALL * 8)?;
    Ok(match (a, b) {
        (Some(a), Some(b)) => read(rt, a).order(read(rt, b)) as i32,
        (a, b) => i32::from(a.is_some()) - i32::from(b.is_some()),
    })
}

/// At most so many places. `mode`: 3 half to even, 4 half away, 6 towards zero, 7 down, 8 up.
pub fn round(rt: &mut Rt<'_>, d: Dec, places: i32, mode: i32) -> R<Dec> {
    rt.charge(CALL * 16)?;
    let places = u32::try_from(places)
        .ok()
        .filter(|p| *p <= crate::decimal::SCALE_MAX)
        .ok_or(Fault::OutOfRange)?;
    let rounding = match mode {
        3 => Rounding::ToEven,
        4 => Rounding::AwayFromZero,
        7 => Rounding::Down,
        8 => Rounding::Up,
        _ => Rounding::ToZero,
    };
    let value = read(rt, d).round(places, rounding);
    write(rt, value)
}

/// `op`: 0 negated, 1 without its sign.
pub fn sign(rt: &mut Rt<'_>, d: Dec, op: i32) -> R<Dec> {
    rt.charge(CALL)?;
    let value = read(rt, d);
    write(
        rt,
        if op == 0 {
            value.negated()
        } else {
            value.abs()
        },
    )
}

pub fn to_text(rt: &mut Rt<'_>, d: Dec, format: Str) -> R<Str> {
    let value = read(rt, d);
    number_format::format_decimal(rt, value, format)
}

fn start(rt: &mut Rt<'_>, s: Str) -> R<()> {
    number_plain::charge(rt, s, CALL * 48, SLOW * 2)
}

pub fn parse(rt: &mut Rt<'_>, s: Str, styles: i32) -> R<Dec> {
    start(rt, s)?;
    let value = number_parse::decimal(rt.str(s), styles)?;
    write(rt, value)
}

pub fn try_parse(rt: &mut Rt<'_>, s: Option<Str>, styles: i32) -> R<Option<Dec>> {
    let Some(s) = s else {
        rt.charge(CALL)?;
        return Ok(None);
    };
    start(rt, s)?;
    let found = number_parse::tried(number_parse::decimal(rt.str(s), styles))?;
    found.map(|value| write(rt, value)).transpose()
}

pub fn sum(rt: &mut Rt<'_>, l: List) -> R<Dec> {
    rt.charge(CALL + l.len() as u64 * CALL * 32)?;
    let mut total = Decimal::ZERO;
    for index in 0..l.len() {
        total = total.plus(read(rt, Dec(rt.item(l, index))))?;
    }
    write(rt, total)
}
