//! Numbers and text: what needs no format, and conversions between numbers.
//!
//! Invariants: a conversion rounds half to even and refuses what does not fit; NaN has one bit pattern.

use crate::math::half_even;
use crate::mem::{Boxed, CALL, Fault, R, Rt, Str};

pub fn int_to_text(rt: &mut Rt<'_>, value: i64) -> R<Str> {
    rt.charge(CALL * 4)?;
    let (mut digits, mut at, mut rest) = ([0_u8; 20], 20, value.unsigned_abs());
    while rest > 0 || at == 20 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    if value < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    rt.text(&digits[at..])
}

pub fn bool_to_text(rt: &mut Rt<'_>, value: bool) -> R<Str> {
    rt.charge(CALL)?;
    rt.text(if value { b"True" } else { b"False" })
}

/// `Convert.ToInt32(double)`: half to even, checked.
pub fn double_to_int(rt: &mut Rt<'_>, value: f64) -> R<i32> {
    rt.charge(CALL)?;
    let rounded = half_even(value);
    if (-2_147_483_648.0..=2_147_483_647.0).contains(&rounded) {
        Ok(rounded as i32)
    } else {
        Err(Fault::Overflow)
    }
}

/// `Convert.ToInt64(double)`.
pub fn double_to_long(rt: &mut Rt<'_>, value: f64) -> R<Boxed> {
    rt.charge(CALL)?;
    let rounded = half_even(value);
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded) {
        return rt.boxed(rounded as i64 as u64);
    }
    Err(Fault::Overflow)
}

pub fn modulo(rt: &mut Rt<'_>, a: f64, b: f64) -> f64 {
    // A step for each power of two between them.
    let power = |value: f64| value.to_bits() >> 52 & 0x7ff;
    rt.spend(CALL * 2 + power(a).saturating_sub(power(b)));
    let rest = a % b;
    if rest.is_nan() { f64::NAN } else { rest }
}
