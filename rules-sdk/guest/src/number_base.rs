//! Whole numbers in base 2, 8, 10 and 16, printed and read.
//!
//! Invariants: other bases than ten show the bits of the number, so a negative one has the digits of its complement.

use crate::mem::{Boxed, CALL, Fault, R, Rt, Str};
use crate::number_parse::start;

/// `Convert.ToString(number, base)`.
pub fn to_base(rt: &mut Rt<'_>, value: i64, base: i32, bits: i32) -> R<Str> {
    rt.charge(CALL * 4)?;
    let raw = if bits == 32 {
        u64::from(value as u32)
    } else {
        value as u64
    };
    match base {
        10 => print(rt, value < 0, value.unsigned_abs(), 10, false, 0),
        2 | 8 | 16 => print(rt, false, raw, base as u64, false, 0),
        _ => Err(Fault::Argument),
    }
}

/// A sign and at least so many digits of a base.
pub(crate) fn print(
    rt: &mut Rt<'_>,
    negative: bool,
    value: u64,
    base: u64,
    upper: bool,
    least: usize,
) -> R<Str> {
    let (mut digits, mut at, mut rest) = ([0_u8; 64], 64, value);
    while rest > 0 || at == 64 {
        at -= 1;
        let digit = char::from_digit((rest % base) as u32, base as u32).unwrap_or('0') as u8;
        digits[at] = if upper {
            digit.to_ascii_uppercase()
        } else {
            digit
        };
        rest /= base;
    }
    rt.charge(CALL * 4)?;
    let mut out = rt.writer();
    if negative {
        out.push(b"-")?;
    }
    out.repeat(b"0", least.saturating_sub(64 - at))?;
    out.push(&digits[at..])?;
    Ok(out.text())
}

/// Digits of base 2, 8, 10 or 16 as `Convert.ToInt32(text, base)` reads them; absent is 0.
pub fn from_base(rt: &mut Rt<'_>, s: Option<Str>, base: i32, bits: i32) -> R<Boxed> {
    rt.charge(CALL * 4)?;
    if !matches!(base, 2 | 8 | 10 | 16) {
        return Err(Fault::Argument);
    }
    let Some(s) = s else {
        return rt.boxed(0);
    };
    start(rt, s, 0)?;
    let word = read(rt.str(s), base as u32, bits as u32)?;
    rt.boxed(word as u64)
}

fn read(text: &str, base: u32, bits: u32) -> R<i64> {
    if text.is_empty() {
        return Err(Fault::OutOfRange);
    }
    let negative = text.starts_with('-');
    if negative && base != 10 {
        return Err(Fault::Argument);
    }
    let mut digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if base == 16 {
        digits = digits
            .strip_prefix("0x")
            .or_else(|| digits.strip_prefix("0X"))
            .unwrap_or(digits);
    }
    if digits.is_empty() {
        return Err(Fault::Format);
    }
    let limit = 1_u128 << bits;
    let mut value = 0_u128;
    for c in digits.chars() {
        let digit = c.to_digit(base).ok_or(Fault::Format)?;
        value = value * u128::from(base) + u128::from(digit);
        if value >= limit {
            return Err(Fault::Overflow);
        }
    }
    if base != 10 {
        let word = value as u64;
        return Ok(if bits == 32 {
            i64::from(word as u32 as i32)
        } else {
            word as i64
        });
    }
    let most = (limit >> 1) - u128::from(!negative);
    if value > most {
        return Err(Fault::Overflow);
    }
    Ok((if negative {
        -(value as i128)
    } else {
        value as i128
    }) as i64)
}
