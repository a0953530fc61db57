//! Standard numeric format strings, as .NET prints them in the invariant culture.
//!
//! Invariants: a letter and at most nine digits of precision are a standard format, everything else a custom one; a
//! letter that the type does not have is `Format`; precision is charged by the character.

use core::fmt::Write as _;

use crate::decimal::Decimal;
use crate::digits::{self, DIGITS_MOST, Digits, Kind, printing};
use crate::mem::{CALL, Fault, R, Rt, SLOW, Str, Writer};
use crate::{number_base, number_custom};

/// What a format asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spec {
    /// A letter and its precision.
    Standard(u8, Option<u32>),
    /// A picture of the number.
    Custom,
}

/// The types that numbers are printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printed {
    /// `int` and `long`
    Whole,
    /// `decimal`
    Decimal,
    /// `double`
    Double,
}

/// What this format asks for; none when its precision has too many digits.
pub fn spec(format: &str) -> Option<Spec> {
    let bytes = format.split('\0').next().unwrap_or("").as_bytes();
    let Some((letter, digits)) = bytes.split_first() else {
        return Some(Spec::Standard(b'G', None));
    };
    if !letter.is_ascii_alphabetic() || !digits.iter().all(u8::is_ascii_digit) {
        return Some(Spec::Custom);
    }
    if digits.is_empty() {
        return Some(Spec::Standard(*letter, None));
    }
    let mut precision = 0_u32;
    for digit in digits {
        if precision >= 100_000_000 {
            return None;
        }
        precision = precision * 10 + u32::from(digit - b'0');
    }
    Some(Spec::Standard(*letter, Some(precision)))
}

/// Does this type have this format?
pub fn is_format(printed: Printed, format: &str) -> bool {
    match spec(format) {
        Some(Spec::Custom) => true,
        Some(Spec::Standard(letter, _)) => match letter.to_ascii_uppercase() {
            b'C' | b'E' | b'F' | b'G' | b'N' | b'P' => true,
            b'B' | b'D' | b'X' => printed == Printed::Whole,
            b'R' => printed == Printed::Double,
            _ => false,
        },
        None => false,
    }
}

fn understood(rt: &mut Rt<'_>, format: Str) -> R<Spec> {
    rt.charge(CALL * 32 + format.len() as u64 * SLOW * 2)?;
    spec(rt.str(format)).ok_or(Fault::Format)
}

/// `ToString(format)` of a whole number; `bits` is 32 or 64, for the width of negative hexadecimal.
pub fn format_int(rt: &mut Rt<'_>, value: i64, format: Str, bits: i32) -> R<Str> {
    let raw = if bits == 32 {
        u64::from(value as u32)
    } else {
        value as u64
    };
    let (letter, precision) = match understood(rt, format)? {
        Spec::Standard(letter, precision) => (letter, precision),
        Spec::Custom => return number_custom::print(rt, Digits::whole(value), format),
    };
    let least = precision.unwrap_or(0) as usize;
    match letter {
        b'D' | b'd' => number_base::print(rt, value < 0, value.unsigned_abs(), 10, false, least),
        b'G' | b'g' if least == 0 => {
            number_base::print(rt, value < 0, value.unsigned_abs(), 10, false, 0)
        }
        b'X' | b'x' => number_base::print(rt, false, raw, 16, letter == b'X', least),
        b'B' | b'b' => number_base::print(rt, false, raw, 2, false, least),
        _ => standard(rt, Digits::whole(value), letter, precision),
    }
}

/// `ToString(format)` of a decimal.
pub fn format_decimal(rt: &mut Rt<'_>, value: Decimal, format: Str) -> R<Str> {
    rt.charge(CALL * 32)?;
    match understood(rt, format)? {
        Spec::Standard(letter, precision) => {
            standard(rt, Digits::decimal(value), letter, precision)
        }
        Spec::Custom => number_custom::print(rt, Digits::decimal(value), format),
    }
}

/// `ToString(format)` of a double.
pub fn format_double(rt: &mut Rt<'_>, value: f64, format: Str) -> R<Str> {
    let spec = understood(rt, format)?;
    if !value.is_finite() {
        return rt.text(symbol(value));
    }
    let Spec::Standard(letter, precision) = spec else {
        // As many digits as .NET looks at for a picture.
        let digits = significant(rt, value, 15)?;
        return number_custom::print(rt, digits, format);
    };
    let places = |default: u32| (precision.unwrap_or(default) as usize).min(DIGITS_MOST);
    let digits = match letter.to_ascii_uppercase() {
        b'E' => significant(rt, value, places(6) + 1)?,
        b'F' | b'N' | b'C' => exact(rt, value, places(2))?,
        b'P' => exact(rt, value, places(2) + 2)?,
        b'G' if places(0) > 0 => significant(rt, value, places(0))?,
        b'G' | b'R' => return shortest(rt, value, letter),
        _ => return Err(Fault::Format),
    };
    standard(rt, digits, letter, precision)
}

fn significant(rt: &mut Rt<'_>, value: f64, count: usize) -> R<Digits> {
    rt.charge(digits::exact(value, count, false))?;
    Ok(Digits::significant(value, count))
}

fn exact(rt: &mut Rt<'_>, value: f64, places: usize) -> R<Digits> {
    rt.charge(digits::exact(value, places, true))?;
    Ok(Digits::fixed(value, places))
}

/// The shortest text that reads back, positional up to 17 digits before the point and three zeros behind it.
fn shortest(rt: &mut Rt<'_>, value: f64, letter: u8) -> R<Str> {
    rt.charge(printing(value))?;
    let digits = Digits::shortest(value);
    let most = digits.as_bytes().len().max(17) as u32;
    let letter = if letter.is_ascii_uppercase() {
        b'G'
    } else {
        b'g'
    };
    standard(rt, digits, letter, Some(most))
}

/// `ToString()` of a double.
pub fn double_to_text(rt: &mut Rt<'_>, value: f64) -> R<Str> {
    if value.is_finite() {
        shortest(rt, value, b'G')
    } else {
        rt.charge(CALL)?;
        rt.text(symbol(value))
    }
}

fn symbol(value: f64) -> &'static [u8] {
    if value.is_nan() {
        b"NaN"
    } else if value > 0.0 {
        b"Infinity"
    } else {
        b"-Infinity"
    }
}

/// A number in a standard format that every type has.
fn standard(rt: &mut Rt<'_>, mut digits: Digits, letter: u8, precision: Option<u32>) -> R<Str> {
    let is_exact = digits.kind == Kind::Double;
    let places = precision.unwrap_or(2);
    let upper = letter.to_ascii_uppercase();
    let mut out = rt.writer();
    match upper {
        b'F' | b'N' | b'C' | b'P' => {
            if upper == b'P' {
                digits.point += 2;
            }
            let keep = i64::from(digits.point) + i64::from(places);
            digits.round(keep, is_exact);
            let before: &[u8] = match (upper, digits.negative) {
                (b'C', true) => "(¤".as_bytes(),
                (b'C', false) => "¤".as_bytes(),
                (_, true) => b"-",
                _ => b"",
            };
            out.push(before)?;
            fixed(&mut out, &digits, places, upper != b'F')?;
            match (upper, digits.negative) {
                (b'C', true) => out.push(b")")?,
                (b'P', _) => out.push(b" %")?,
                _ => {}
            }
        }
        b'E' => {
            let places = precision.unwrap_or(6);
            digits.round(i64::from(places) + 1, is_exact);
            sign(&mut out, &digits)?;
            out.push(&[digits.at(0).unwrap_or(b'0')])?;
            if places > 0 {
                out.push(b".")?;
                padded(&mut out, digits.as_bytes().get(1..).unwrap_or(&[]), places)?;
            }
            let value = if digits.is_zero() {
                0
            } else {
                digits.point - 1
            };
            exponent(&mut out, letter, value, 3, true)?;
        }
        b'G' => {
            let is_whole_text = precision.is_none() && digits.kind == Kind::Decimal;
            if is_whole_text {
                digits.negative &= !digits.is_zero();
            } else {
                let most = match precision.unwrap_or(0) {
                    0 => digits.as_bytes().len() as i64,
                    most => i64::from(most),
                };
                digits.round(most, is_exact);
                sign(&mut out, &digits)?;
                let scientific = i64::from(digits.point) > most || digits.point < -3;
                general(&mut out, &digits, scientific, letter)?;
                return Ok(out.text());
            }
            sign(&mut out, &digits)?;
            general(&mut out, &digits, false, letter)?;
        }
        _ => return Err(Fault::Format),
    }
    Ok(out.text())
}

fn sign(out: &mut Writer<'_, '_>, digits: &Digits) -> R<()> {
    out.push(if digits.negative { b"-" } else { b"" })
}

/// Digits and zeros, so many of both together.
fn padded(out: &mut Writer<'_, '_>, digits: &[u8], count: u32) -> R<()> {
    let count = count as usize;
    let there = digits.len().min(count);
    out.push(&digits[..there])?;
    out.repeat(b"0", count - there)
}

/// Positional, with so many places.
fn fixed(out: &mut Writer<'_, '_>, digits: &Digits, places: u32, grouped: bool) -> R<()> {
    let bytes = digits.as_bytes();
    let before = usize::try_from(digits.point).unwrap_or(0);
    out.charge(before as u64 * SLOW * 2)?;
    for index in 0..before {
        if grouped && index > 0 && (before - index) % 3 == 0 {
            out.push(b",")?;
        }
        out.push(&[digits.at(index).unwrap_or(b'0')])?;
    }
    if before == 0 {
        out.push(b"0")?;
    }
    if places == 0 {
        return Ok(());
    }
    out.push(b".")?;
    let zeros = (-digits.point).clamp(0, places as i32) as u32;
    out.repeat(b"0", zeros as usize)?;
    padded(out, bytes.get(before..).unwrap_or(&[]), places - zeros)
}

/// As few characters as the digits need, with an exponent where that is wanted.
fn general(out: &mut Writer<'_, '_>, digits: &Digits, scientific: bool, letter: u8) -> R<()> {
    let bytes = digits.as_bytes();
    let point = if scientific { 1 } else { digits.point };
    let before = usize::try_from(point).unwrap_or(0);
    if before == 0 {
        out.push(b"0")?;
    }
    padded(out, bytes, before as u32)?;
    let behind = bytes.get(before..).unwrap_or(&[]);
    if !behind.is_empty() || point < 0 {
        out.push(b".")?;
        out.repeat(b"0", usize::try_from(-point).unwrap_or(0))?;
        out.push(behind)?;
    }
    if scientific {
        let mark = if letter.is_ascii_uppercase() {
            b'E'
        } else {
            b'e'
        };
        exponent(out, mark, digits.point - 1, 2, true)?;
    }
    Ok(())
}

/// `E+05`
pub(crate) fn exponent(
    out: &mut Writer<'_, '_>,
    mark: u8,
    value: i32,
    least: usize,
    plus: bool,
) -> R<()> {
    out.push(&[mark])?;
    if value < 0 {
        out.push(b"-")?;
    } else if plus {
        out.push(b"+")?;
    }
    let mut text = Short {
        bytes: [0; 12],
        len: 0,
    };
    let _ = write!(text, "{}", value.unsigned_abs());
    out.repeat(b"0", least.saturating_sub(text.len))?;
    out.push(&text.bytes[..text.len])
}

struct Short {
    bytes: [u8; 12],
    len: usize,
}

impl core::fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        for b in text.bytes().take(12 - self.len) {
            self.bytes[self.len] = b;
            self.len += 1;
        }
        Ok(())
    }
}
