//! Numbers and text: .NET's invariant formats and parsers for int, long, double and bool, and some of `Math`.
//!
//! Invariants: a double prints as the shortest text that reads back, in .NET's notation; parsers accept what
//! NumberStyles.Integer and NumberStyles.Float with thousands accept; NaN has one bit pattern.

use core::fmt::Write as _;

use crate::mem::{Boxed, CALL, Fault, R, Rt, SLOW, Str};

/// A short text on the stack; more than its room is cut, which no caller reaches.
struct Buffer {
    bytes: [u8; 400],
    len: usize,
}

impl Buffer {
    fn new() -> Self {
        Self {
            bytes: [0; 400],
            len: 0,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn push(&mut self, bytes: &[u8]) {
        let len = bytes.len().min(self.bytes.len() - self.len);
        self.bytes[self.len..self.len + len].copy_from_slice(&bytes[..len]);
        self.len += len;
    }
}

impl core::fmt::Write for Buffer {
    fn write_str(&mut self, s: &str) -> core::fmt::Result {
        self.push(s.as_bytes());
        Ok(())
    }
}

pub fn int_to_text(rt: &mut Rt<'_>, value: i64) -> R<Str> {
    rt.charge(CALL * 4)?;
    let mut out = Buffer::new();
    let _ = write!(out, "{value}");
    rt.text(out.as_bytes())
}

pub fn bool_to_text(rt: &mut Rt<'_>, value: bool) -> R<Str> {
    rt.charge(CALL)?;
    rt.text(if value { b"True" } else { b"False" })
}

/// Sign, decimal digits without leading or trailing zeros, and the exponent of the first digit.
fn shortest(value: f64, out: &mut Buffer) -> i32 {
    let mut text = Buffer::new();
    let _ = write!(text, "{:e}", value.abs());
    let bytes = text.as_bytes();
    let e = bytes.iter().position(|b| *b == b'e').unwrap_or(bytes.len());
    for b in &bytes[..e] {
        if *b != b'.' {
            out.push(&[*b]);
        }
    }
    let exponent = core::str::from_utf8(&bytes[(e + 1).min(bytes.len())..]).unwrap_or("0");
    exponent.parse().unwrap_or(0)
}

/// What printing a double may cost: the exact algorithm works on numbers as long as the exponent.
fn printing(value: f64) -> u64 {
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-7..1e22).contains(&magnitude) {
        CALL * 128
    } else {
        CALL * 1024
    }
}

pub fn double_to_text(rt: &mut Rt<'_>, value: f64) -> R<Str> {
    rt.charge(printing(value))?;
    let mut out = Buffer::new();
    if value.is_nan() {
        out.push(b"NaN");
    } else if value.is_infinite() {
        out.push(if value > 0.0 {
            b"Infinity"
        } else {
            b"-Infinity"
        });
    } else {
        if value.is_sign_negative() {
            out.push(b"-");
        }
        let mut digits = Buffer::new();
        let exponent = shortest(value, &mut digits);
        notation(&mut out, digits.as_bytes(), exponent);
    }
    rt.text(out.as_bytes())
}

/// Positional between 1E-05 and 1E+15, scientific outside.
fn notation(out: &mut Buffer, digits: &[u8], exponent: i32) {
    if !(-5..15).contains(&exponent) {
        out.push(&digits[..1]);
        if digits.len() > 1 {
            out.push(b".");
            out.push(&digits[1..]);
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "E{sign}{:02}", exponent.unsigned_abs());
        return;
    }
    if exponent < 0 {
        out.push(b"0.");
        (1..-exponent).for_each(|_| out.push(b"0"));
        out.push(digits);
        return;
    }
    let whole = exponent as usize + 1;
    out.push(&digits[..whole.min(digits.len())]);
    (digits.len()..whole).for_each(|_| out.push(b"0"));
    if digits.len() > whole {
        out.push(b".");
        out.push(&digits[whole..]);
    }
}

/// A standard format: letter and precision.
fn standard(rt: &Rt<'_>, format: Str) -> R<(u8, Option<usize>)> {
    let bytes = rt.bytes(format);
    let Some((letter, digits)) = bytes.split_first() else {
        return Ok((b'G', None));
    };
    if digits.len() > 2 || !digits.iter().all(u8::is_ascii_digit) || !letter.is_ascii_alphabetic() {
        return Err(Fault::Format);
    }
    let precision = digits.iter().fold(0, |n, d| n * 10 + usize::from(d - b'0'));
    Ok((*letter, (!digits.is_empty()).then_some(precision)))
}

/// `ToString("D6")`, X, N, F and G of a whole number; `bits` is 32 or 64, for the width of negative hexadecimal.
pub fn format_int(rt: &mut Rt<'_>, value: i64, format: Str, bits: i32) -> R<Str> {
    rt.charge(CALL * 16)?;
    let (letter, precision) = standard(rt, format)?;
    let mut out = Buffer::new();
    match letter {
        b'G' | b'g' if precision.is_none_or(|p| p == 0 || p >= 19) => {
            let _ = write!(out, "{value}");
        }
        b'D' | b'd' => {
            let sign = if value < 0 { "-" } else { "" };
            let _ = write!(
                out,
                "{sign}{:0width$}",
                value.unsigned_abs(),
                width = precision.unwrap_or(0)
            );
        }
        b'X' | b'x' => {
            let raw = if bits == 32 {
                u64::from(value as u32)
            } else {
                value as u64
            };
            let width = precision.unwrap_or(0);
            let _ = if letter == b'X' {
                write!(out, "{raw:0width$X}")
            } else {
                write!(out, "{raw:0width$x}")
            };
        }
        b'N' | b'n' | b'F' | b'f' => {
            let mut digits = Buffer::new();
            let _ = write!(digits, "{}", value.unsigned_abs());
            if value < 0 {
                out.push(b"-");
            }
            grouped(
                &mut out,
                digits.as_bytes(),
                letter.eq_ignore_ascii_case(&b'N'),
            );
            let places = precision.unwrap_or(2);
            if places > 0 {
                out.push(b".");
                (0..places).for_each(|_| out.push(b"0"));
            }
        }
        _ => return Err(Fault::Format),
    }
    rt.text(out.as_bytes())
}

fn grouped(out: &mut Buffer, digits: &[u8], commas: bool) {
    for (index, d) in digits.iter().enumerate() {
        if commas && index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(b",");
        }
        out.push(&[*d]);
    }
}

/// `ToString("F2")` and N of a double, rounded half away from zero on its exact value.
pub fn format_double(rt: &mut Rt<'_>, value: f64, format: Str) -> R<Str> {
    let (letter, precision) = standard(rt, format)?;
    let fixed = matches!(letter, b'N' | b'n' | b'F' | b'f');
    if !fixed || !value.is_finite() {
        let general = matches!(letter, b'G' | b'g' | b'R' | b'r') && precision.is_none();
        return if general || fixed {
            double_to_text(rt, value)
        } else {
            Err(Fault::Format)
        };
    }
    rt.charge(printing(value))?;
    let places = precision.unwrap_or(2);
    let mut text = Buffer::new();
    let _ = write!(text, "{:.places$}", value.abs());
    let bytes = text.as_bytes();
    let whole = bytes.iter().position(|b| *b == b'.').unwrap_or(bytes.len());
    let mut out = Buffer::new();
    if value.is_sign_negative() {
        out.push(b"-");
    }
    grouped(
        &mut out,
        &bytes[..whole],
        letter.eq_ignore_ascii_case(&b'N'),
    );
    out.push(&bytes[whole..]);
    rt.text(out.as_bytes())
}

/// NumberStyles.Integer: white space around, a sign, digits.
fn integer(text: &str) -> R<i128> {
    let text = text.trim_matches(|c: char| matches!(c, '\t'..='\r' | ' '));
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::Format);
    }
    let significant = digits.trim_start_matches('0');
    if significant.len() > 30 {
        return Err(Fault::Overflow);
    }
    let magnitude = significant
        .bytes()
        .fold(0_i128, |n, d| n * 10 + i128::from(d - b'0'));
    Ok(if text.starts_with('-') {
        -magnitude
    } else {
        magnitude
    })
}

/// NumberStyles.Float with thousands. What does not fit becomes infinity, as in .NET.
fn double(text: &str) -> R<f64> {
    let text = text.trim_matches(|c: char| matches!(c, '\t'..='\r' | ' '));
    match text {
        "NaN" | "-NaN" | "+NaN" => return Ok(f64::NAN),
        "Infinity" | "+Infinity" | "∞" | "+∞" => return Ok(f64::INFINITY),
        "-Infinity" | "-∞" => return Ok(f64::NEG_INFINITY),
        _ => {}
    }
    let mut out = Buffer::new();
    let mut digit = false;
    let mut point = false;
    for b in text.bytes() {
        match b {
            b',' if digit && !point => continue,
            b'.' => point = true,
            b'e' | b'E' => point = true,
            b'0'..=b'9' => digit = true,
            b'+' | b'-' => {}
            _ => return Err(Fault::Format),
        }
        if out.len == out.bytes.len() {
            return Err(Fault::Format);
        }
        out.push(&[b]);
    }
    let text = core::str::from_utf8(out.as_bytes()).map_err(|_| Fault::Format)?;
    if digit {
        text.parse().map_err(|_| Fault::Format)
    } else {
        Err(Fault::Format)
    }
}

fn start(rt: &mut Rt<'_>, s: Str) -> R<()> {
    rt.charge(CALL * 2 + s.len() as u64 * SLOW)
}

pub fn parse_int(rt: &mut Rt<'_>, s: Str) -> R<i32> {
    start(rt, s)?;
    i32::try_from(integer(rt.str(s))?).map_err(|_| Fault::Overflow)
}

pub fn parse_long(rt: &mut Rt<'_>, s: Str) -> R<Boxed> {
    start(rt, s)?;
    let value = i64::try_from(integer(rt.str(s))?).map_err(|_| Fault::Overflow)?;
    rt.boxed(value as u64)
}

pub fn parse_double(rt: &mut Rt<'_>, s: Str) -> R<Boxed> {
    start(rt, s)?;
    rt.charge(CALL * 64 + s.len() as u64 * SLOW * 4)?;
    let value = double(rt.str(s))?;
    rt.boxed(value.to_bits())
}

fn boolean(text: &str) -> Option<bool> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

pub fn parse_bool(rt: &mut Rt<'_>, s: Str) -> R<bool> {
    start(rt, s)?;
    boolean(rt.str(s)).ok_or(Fault::Format)
}

/// Boxed value or nothing. `kind`: 0 int, 1 long, 2 double, 3 bool.
pub fn try_parse(rt: &mut Rt<'_>, s: Option<Str>, kind: i32) -> R<Option<Boxed>> {
    let Some(s) = s else {
        rt.charge(CALL)?;
        return Ok(None);
    };
    start(rt, s)?;
    if kind == 2 {
        rt.charge(CALL * 64 + s.len() as u64 * SLOW * 4)?;
    }
    let text = rt.str(s);
    let word = match kind {
        0 => integer(text)
            .ok()
            .and_then(|v| i32::try_from(v).ok())
            .map(|v| i64::from(v) as u64),
        1 => integer(text)
            .ok()
            .and_then(|v| i64::try_from(v).ok())
            .map(|v| v as u64),
        2 => double(text).ok().map(f64::to_bits),
        _ => boolean(text).map(u64::from),
    };
    word.map(|word| rt.boxed(word)).transpose()
}

/// `Convert.ToInt32(double)`: half to even, checked.
pub fn double_to_int(rt: &mut Rt<'_>, value: f64) -> R<i32> {
    rt.charge(CALL)?;
    let rounded = half_even(value);
    if rounded >= -2_147_483_648.0 && rounded <= 2_147_483_647.0 {
        Ok(rounded as i32)
    } else {
        Err(Fault::Overflow)
    }
}

/// `Convert.ToInt64(double)`.
pub fn double_to_long(rt: &mut Rt<'_>, value: f64) -> R<Boxed> {
    rt.charge(CALL)?;
    let rounded = half_even(value);
    if rounded >= -9_223_372_036_854_775_808.0 && rounded < 9_223_372_036_854_775_808.0 {
        return rt.boxed(rounded as i64 as u64);
    }
    Err(Fault::Overflow)
}

pub fn modulo(_: &mut Rt<'_>, a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest.is_nan() { f64::NAN } else { rest }
}

/// Above this every double is whole.
const WHOLE: f64 = 4_503_599_627_370_496.0;

fn truncate(value: f64) -> f64 {
    if value.abs() < WHOLE {
        (value as i64 as f64).copysign(value)
    } else {
        value
    }
}

fn floor(value: f64) -> f64 {
    let whole = truncate(value);
    if whole > value { whole - 1.0 } else { whole }
}

fn half_even(value: f64) -> f64 {
    if value.abs() >= WHOLE || value.is_nan() {
        return value;
    }
    // Adding and taking away 2^52 leaves the nearest whole number, halves to even.
    let magnitude = value.abs() + WHOLE - WHOLE;
    magnitude.copysign(value)
}

fn half_away(value: f64) -> f64 {
    let whole = truncate(value);
    if (value - whole).abs() >= 0.5 {
        whole + 1_f64.copysign(value)
    } else {
        whole
    }
}

/// `op`: 0 floor, 1 ceiling, 2 truncate, 3 round half to even, 4 round half away, 5 absolute value.
pub fn math(rt: &mut Rt<'_>, value: f64, digits: i32, op: i32) -> R<Boxed> {
    rt.charge(CALL)?;
    let round = |value| {
        if op == 4 {
            half_away(value)
        } else {
            half_even(value)
        }
    };
    let result = match op {
        0 => floor(value),
        1 => -floor(-value),
        2 => truncate(value),
        5 => value.abs(),
        _ => {
            if !(0..=15).contains(&digits) {
                return Err(Fault::OutOfRange);
            }
            let power = (0..digits).fold(1.0, |p, _| p * 10.0);
            if value.abs() < 1e16 {
                round(value * power) / power
            } else {
                value
            }
        }
    };
    rt.boxed(if result.is_nan() {
        f64::NAN.to_bits()
    } else {
        result.to_bits()
    })
}
