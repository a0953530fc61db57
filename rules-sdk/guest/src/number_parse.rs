//! Texts to numbers, as .NET's Parse and TryParse read them under a NumberStyles, in the invariant culture.
//!
//! Invariants: what is no number in the style is `Format`, what is one and does not fit is `Overflow`; a double that is
//! too large is infinity; a decimal keeps the places it is written with and rounds half to even what does not fit.

use core::fmt::Write as _;

use crate::decimal::{DIGITS_MAX, Decimal, SCALE_MAX};
use crate::digits::{Digits, Kind};
use crate::mem::{Boxed, CALL, Fault, R, Rt, SLOW, Str};
use crate::number_plain::{self, Plain};

const LEADING_WHITE: i32 = 1;
const TRAILING_WHITE: i32 = 2;
const LEADING_SIGN: i32 = 4;
const TRAILING_SIGN: i32 = 8;
const PARENTHESES: i32 = 16;
const POINT: i32 = 32;
const THOUSANDS: i32 = 64;
const EXPONENT: i32 = 128;
const CURRENCY: i32 = 256;
const HEX: i32 = 512;

/// What whole numbers are read with.
pub const INTEGER: i32 = LEADING_WHITE | TRAILING_WHITE | LEADING_SIGN;
/// NumberStyles.Float.
pub const FLOAT: i32 = INTEGER | POINT | EXPONENT;
/// What doubles are read with.
pub const DOUBLE: i32 = FLOAT | THOUSANDS;

fn is_white(b: u8) -> bool {
    matches!(b, 9..=13 | b' ')
}

/// The text behind the sign, blanks and parenthesis it begins with.
struct Head<'t> {
    rest: &'t str,
    negative: bool,
    signed: bool,
    open: bool,
}

fn head(text: &str, styles: i32) -> Head<'_> {
    let mut head = Head {
        rest: text,
        negative: false,
        signed: false,
        open: false,
    };
    let mut currency = styles & CURRENCY != 0;
    loop {
        let Some(first) = head.rest.bytes().next() else {
            return head;
        };
        // A blank behind the sign is not allowed.
        if is_white(first) && styles & LEADING_WHITE != 0 && !head.signed {
            head.rest = &head.rest[1..];
        } else if matches!(first, b'+' | b'-') && styles & LEADING_SIGN != 0 && !head.signed {
            head.negative = first == b'-';
            head.signed = true;
            head.rest = &head.rest[1..];
        } else if first == b'(' && styles & PARENTHESES != 0 && !head.signed {
            (head.negative, head.signed, head.open) = (true, true, true);
            head.rest = &head.rest[1..];
        } else if currency && head.rest.starts_with('¤') {
            currency = false;
            head.rest = &head.rest['¤'.len_utf8()..];
        } else {
            return head;
        }
    }
}

/// The digits of a text, their point and sign; a zero keeps its places.
fn read(text: &str, styles: i32, kind: Kind) -> R<Digits> {
    let head = head(text, styles);
    let bytes = head.rest.as_bytes();
    let mut digits = Digits::new(kind, head.negative);
    let (mut at, mut any, mut behind, mut lost) = (0, false, false, false);
    while let Some(b) = bytes.get(at).copied() {
        match b {
            b'0'..=b'9' => {
                any = true;
                if b != b'0' || !digits.is_zero() {
                    let before = digits.as_bytes().len();
                    digits.push(b);
                    lost |= b != b'0' && digits.as_bytes().len() == before;
                    digits.point += i32::from(!behind);
                } else if behind {
                    digits.point -= 1;
                }
            }
            b'.' if styles & POINT != 0 && !behind => behind = true,
            b',' if styles & THOUSANDS != 0 && any && !behind => {}
            _ => break,
        }
        at += 1;
    }
    if !any {
        return Err(Fault::Format);
    }
    if lost {
        digits.touch();
    }
    if styles & EXPONENT != 0
        && let Some((exponent, len)) = exponent(&bytes[at..])
    {
        digits.point = digits.point.saturating_add(exponent);
        at += len;
    }
    tail(&head.rest[at..], styles, &head, &mut digits)?;
    Ok(digits)
}

/// `e-12`, if it is one, and its length. What no number can have counts as 9999.
fn exponent(bytes: &[u8]) -> Option<(i32, usize)> {
    let (b'e' | b'E') = bytes.first()? else {
        return None;
    };
    let sign = usize::from(matches!(bytes.get(1), Some(b'+' | b'-')));
    let digits = bytes[1 + sign..]
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count();
    if digits == 0 {
        return None;
    }
    let value = bytes[1 + sign..1 + sign + digits]
        .iter()
        .fold(0_i32, |n, b| (n * 10 + i32::from(b - b'0')).min(9999));
    let value = if bytes[1] == b'-' { -value } else { value };
    Some((value, 1 + sign + digits))
}

/// Blanks, a sign, a parenthesis behind the digits; then nothing but zero characters.
fn tail(text: &str, styles: i32, head: &Head<'_>, digits: &mut Digits) -> R<()> {
    let mut rest = text;
    let (mut signed, mut open) = (head.signed, head.open);
    let mut currency = styles & CURRENCY != 0;
    while let Some(first) = rest.bytes().next() {
        if is_white(first) && styles & TRAILING_WHITE != 0 {
            rest = &rest[1..];
        } else if matches!(first, b'+' | b'-') && styles & TRAILING_SIGN != 0 && !signed {
            signed = true;
            digits.negative = first == b'-';
            rest = &rest[1..];
        } else if first == b')' && open {
            open = false;
            rest = &rest[1..];
        } else if currency && rest.starts_with('¤') {
            currency = false;
            rest = &rest['¤'.len_utf8()..];
        } else {
            break;
        }
    }
    if open || rest.bytes().any(|b| b != 0) {
        return Err(Fault::Format);
    }
    Ok(())
}

/// Styles that .NET accepts for whole numbers, or for the others.
fn checked(styles: i32, whole: bool) -> R<()> {
    let hex = styles & HEX != 0;
    let fits = if hex {
        whole && styles & !(HEX | LEADING_WHITE | TRAILING_WHITE) == 0
    } else {
        (0..HEX).contains(&styles)
    };
    if fits { Ok(()) } else { Err(Fault::Argument) }
}

/// Hexadecimal digits as the bits of a number.
fn hexadecimal(text: &str, styles: i32, bits: u32) -> R<i64> {
    let white = |flag| move |c: char| styles & flag != 0 && c.is_ascii() && is_white(c as u8);
    let text = text
        .trim_end_matches('\0')
        .trim_start_matches(white(LEADING_WHITE))
        .trim_end_matches(white(TRAILING_WHITE));
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Fault::Format);
    }
    let significant = text.trim_start_matches('0');
    if significant.len() > bits as usize / 4 {
        return Err(Fault::Overflow);
    }
    let value = significant.bytes().fold(0_u64, |n, b| {
        n << 4 | u64::from((b as char).to_digit(16).unwrap_or(0))
    });
    Ok(if bits == 32 {
        i64::from(value as u32 as i32)
    } else {
        value as i64
    })
}

/// The text as a plain number, where the styles allow what is in it.
fn plain(text: &str, styles: i32) -> Option<Plain> {
    let found = Plain::of(text)?;
    let allowed = (!found.negative || styles & LEADING_SIGN != 0)
        && (styles & POINT != 0 || !text.contains('.'));
    allowed.then_some(found)
}

/// A whole number of this many bits.
pub(crate) fn whole(text: &str, styles: i32, bits: u32) -> R<i64> {
    checked(styles, true)?;
    if styles & HEX != 0 {
        return hexadecimal(text, styles, bits);
    }
    if let Some(value) = plain(text, styles).and_then(|found| found.whole(text)) {
        return fitting(value, bits);
    }
    let digits = read(text, styles, Kind::Whole)?;
    let bytes = digits.as_bytes();
    let significant = bytes
        .iter()
        .rposition(|b| *b != b'0')
        .map_or(0, |at| at + 1);
    if significant == 0 {
        return Ok(0);
    }
    let point = usize::try_from(digits.point).map_err(|_| Fault::Overflow)?;
    if point > 19 || point < significant {
        return Err(Fault::Overflow);
    }
    let magnitude = (0..point).fold(0_i128, |n, at| {
        n * 10 + i128::from(digits.at(at).unwrap_or(b'0') - b'0')
    });
    let value = if digits.negative {
        -magnitude
    } else {
        magnitude
    };
    fitting(i64::try_from(value).map_err(|_| Fault::Overflow)?, bits)
}

fn fitting(value: i64, bits: u32) -> R<i64> {
    if bits == 32 && i32::try_from(value).is_err() {
        return Err(Fault::Overflow);
    }
    Ok(value)
}

/// A decimal.
pub(crate) fn decimal(text: &str, styles: i32) -> R<Decimal> {
    checked(styles, false)?;
    if let Some(found) = plain(text, styles) {
        return Ok(Decimal {
            negative: found.negative,
            scale: found.places,
            digits: u128::from(found.digits),
        });
    }
    let digits = read(text, styles, Kind::Decimal)?;
    let negative = digits.negative;
    let mut places = digits.point;
    if digits.is_zero() {
        return Ok(Decimal {
            negative,
            scale: (-places).clamp(0, SCALE_MAX as i32) as u32,
            digits: 0,
        });
    }
    if places > 29 {
        return Err(Fault::Overflow);
    }
    let most = -(SCALE_MAX as i32);
    let bytes = digits.as_bytes();
    let (mut value, mut at) = (0_u128, 0);
    while places > most && (places > 0 || at < bytes.len()) {
        let next = value * 10 + u128::from(digits.at(at).unwrap_or(b'0') - b'0');
        if next > DIGITS_MAX {
            break;
        }
        value = next;
        at += 1;
        places -= 1;
    }
    let tail = bytes.get(at + 1..).unwrap_or(&[]).iter();
    let up = match digits.at(at) {
        Some(b'5') => value & 1 == 1 || tail.into_iter().any(|b| *b != b'0'),
        Some(digit) => digit > b'5',
        None => false,
    };
    if up && value == DIGITS_MAX {
        value = DIGITS_MAX / 10 + 1;
        places += 1;
    } else if up {
        value += 1;
    }
    if places > 0 {
        return Err(Fault::Overflow);
    }
    if places < most {
        // Too small for the last place.
        (value, places) = (0, most);
    }
    Ok(Decimal {
        negative,
        scale: places.unsigned_abs(),
        digits: value,
    })
}

/// Digits, point and exponent on their way to the standard parser.
struct Spelled {
    bytes: [u8; 1480],
    len: usize,
}

impl core::fmt::Write for Spelled {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let room = self
            .bytes
            .get_mut(self.len..self.len + text.len())
            .ok_or(core::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

/// A double. What does not fit becomes infinity, as in .NET.
pub(crate) fn double(text: &str, styles: i32) -> R<f64> {
    checked(styles, false)?;
    if let Some(value) = plain(text, styles).and_then(Plain::double) {
        return Ok(value);
    }
    let digits = match read(text, styles, Kind::Double) {
        Ok(digits) => digits,
        Err(fault) => return symbol(text).ok_or(fault),
    };
    let mut spelled = Spelled {
        bytes: [0; 1480],
        len: 0,
    };
    let text = core::str::from_utf8(digits.as_bytes()).unwrap_or("0");
    let magnitude = if digits.is_zero() {
        0.0
    } else {
        write!(spelled, "0.{text}e{}", digits.point).map_err(|_| Fault::Format)?;
        let spelled = core::str::from_utf8(&spelled.bytes[..spelled.len]).unwrap_or("0");
        spelled.parse::<f64>().map_err(|_| Fault::Format)?
    };
    Ok(if digits.negative {
        -magnitude
    } else {
        magnitude
    })
}

fn symbol(text: &str) -> Option<f64> {
    let text = text.trim();
    let is = |name: &str| text.eq_ignore_ascii_case(name);
    if is("NaN") || is("-NaN") || is("+NaN") {
        Some(f64::NAN)
    } else if is("Infinity") || is("+Infinity") {
        Some(f64::INFINITY)
    } else if is("-Infinity") {
        Some(f64::NEG_INFINITY)
    } else {
        None
    }
}

fn boolean(text: &str) -> R<bool> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if text.eq_ignore_ascii_case("true") {
        Ok(true)
    } else if text.eq_ignore_ascii_case("false") {
        Ok(false)
    } else {
        Err(Fault::Format)
    }
}

/// The word of a number: `kind` is 0 int, 1 long, 2 double, 3 bool.
fn word(text: &str, kind: i32, styles: i32) -> R<u64> {
    Ok(match kind {
        0 => whole(text, styles, 32)? as u64,
        1 => whole(text, styles, 64)? as u64,
        2 => double(text, styles)?.to_bits(),
        _ => u64::from(boolean(text)?),
    })
}

pub(crate) fn start(rt: &mut Rt<'_>, s: Str, kind: i32) -> R<()> {
    match kind {
        2 => number_plain::charge(rt, s, CALL * 72, SLOW * 5),
        3 => rt.charge(CALL * 8 + s.len() as u64 * SLOW),
        _ => number_plain::charge(rt, s, CALL * 48, SLOW + 4),
    }
}

/// What a `TryParse` makes of a result: only a number that is none, or does not fit, is no answer.
pub(crate) fn tried<T>(result: R<T>) -> R<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Fault::Format | Fault::Overflow) => Ok(None),
        Err(fault) => Err(fault),
    }
}

pub fn parse_int(rt: &mut Rt<'_>, s: Str) -> R<i32> {
    start(rt, s, 0)?;
    Ok(whole(rt.str(s), INTEGER, 32)? as i32)
}

pub fn parse_long(rt: &mut Rt<'_>, s: Str) -> R<Boxed> {
    styled(rt, s, 1, INTEGER)
}

pub fn parse_double(rt: &mut Rt<'_>, s: Str) -> R<Boxed> {
    styled(rt, s, 2, DOUBLE)
}

pub fn parse_bool(rt: &mut Rt<'_>, s: Str) -> R<bool> {
    start(rt, s, 3)?;
    boolean(rt.str(s))
}

/// Boxed value or nothing. `kind`: 0 int, 1 long, 2 double, 3 bool.
pub fn try_parse(rt: &mut Rt<'_>, s: Option<Str>, kind: i32) -> R<Option<Boxed>> {
    try_styled(rt, s, kind, if kind == 2 { DOUBLE } else { INTEGER })
}

/// The number in a style. `kind` as in [`try_parse`].
pub fn styled(rt: &mut Rt<'_>, s: Str, kind: i32, styles: i32) -> R<Boxed> {
    start(rt, s, kind)?;
    let word = word(rt.str(s), kind, styles)?;
    rt.boxed(word)
}

/// As [`styled`], or nothing.
pub fn try_styled(rt: &mut Rt<'_>, s: Option<Str>, kind: i32, styles: i32) -> R<Option<Boxed>> {
    let Some(s) = s else {
        rt.charge(CALL)?;
        return Ok(None);
    };
    start(rt, s, kind)?;
    let found = tried(word(rt.str(s), kind, styles))?;
    found.map(|word| rt.boxed(word)).transpose()
}
