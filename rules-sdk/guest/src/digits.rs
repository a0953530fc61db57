//! A number as decimal digits: what formats round and print, and what parsers read.
//!
//! Invariants: digits have no leading zeros; rounding is .NET's, half away from zero on the digits that are there; a
//! double gives its shortest digits, or exactly so many of its own value, rounded half to even.

use core::fmt::Write as _;

use crate::decimal::Decimal;

/// Room for every digit of a double: 309 before the point, and `DIGITS_MOST` behind it.
const ROOM: usize = 1440;
/// More digits than any double has.
pub(crate) const DIGITS_MOST: usize = 1100;

/// What the digits came from, as far as rounding and signs differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Whole,
    Decimal,
    Double,
}

pub(crate) struct Digits {
    bytes: [u8; ROOM],
    len: usize,
    /// Place of the point: digits before it, or zeros behind it as a negative number.
    pub point: i32,
    pub negative: bool,
    pub kind: Kind,
}

impl core::fmt::Write for Digits {
    /// Takes digits and forgets everything else.
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        text.bytes()
            .filter(u8::is_ascii_digit)
            .for_each(|b| self.push(b));
        Ok(())
    }
}

impl Digits {
    pub fn new(kind: Kind, negative: bool) -> Self {
        Self {
            bytes: [0; ROOM],
            len: 0,
            point: 0,
            negative,
            kind,
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    pub fn is_zero(&self) -> bool {
        self.len == 0
    }

    /// The digit at this place, if there is one.
    pub fn at(&self, index: usize) -> Option<u8> {
        self.as_bytes().get(index).copied()
    }

    /// Adds a digit while there is room; the first one is not zero.
    pub fn push(&mut self, digit: u8) {
        if self.len < ROOM {
            self.bytes[self.len] = digit;
            self.len += 1;
        }
    }

    /// Marks that digits beyond the room were not all zero, by the last one that is held.
    pub fn touch(&mut self) {
        if self.len == ROOM && self.bytes[ROOM - 1] == b'0' {
            self.bytes[ROOM - 1] = b'1';
        }
    }

    pub fn whole(value: i64) -> Self {
        let mut digits = Self::new(Kind::Whole, value < 0);
        if value != 0 {
            let _ = write!(digits, "{}", value.unsigned_abs());
        }
        digits.point = digits.len as i32;
        digits
    }

    pub fn decimal(value: Decimal) -> Self {
        let mut digits = Self::new(Kind::Decimal, value.negative);
        if value.digits != 0 {
            let _ = write!(digits, "{}", value.digits);
        }
        digits.point = digits.len as i32 - value.scale as i32;
        digits
    }

    /// The fewest digits that read back as the same finite double.
    pub fn shortest(value: f64) -> Self {
        let mut digits = Self::new(Kind::Double, value.is_sign_negative());
        if value != 0.0 {
            let mut text = Scientific::new();
            let _ = write!(text, "{:e}", value.abs());
            text.read(&mut digits);
        }
        digits
    }

    /// This many significant digits of a finite double.
    pub fn significant(value: f64, count: usize) -> Self {
        let mut digits = Self::new(Kind::Double, value.is_sign_negative());
        if value != 0.0 {
            let places = count.clamp(1, DIGITS_MOST) - 1;
            let mut text = Scientific::new();
            let _ = write!(text, "{:.places$e}", value.abs());
            text.read(&mut digits);
        }
        digits
    }

    /// So many digits behind the point of a finite double.
    pub fn fixed(value: f64, places: usize) -> Self {
        let mut digits = Self::new(Kind::Double, value.is_sign_negative());
        let places = places.min(DIGITS_MOST);
        let _ = write!(digits, "{:.places$}", value.abs());
        digits.point = digits.len as i32 - places as i32;
        let zeros = digits.as_bytes().iter().take_while(|d| **d == b'0').count();
        digits.bytes.copy_within(zeros..digits.len, 0);
        digits.len -= zeros;
        digits.point -= zeros as i32;
        digits
    }

    /// Keeps this many digits, .NET's RoundNumber: trailing zeros go, zero loses its point.
    pub fn round(&mut self, keep: i64, is_exact: bool) {
        let keep_digits = usize::try_from(keep).unwrap_or(0);
        let mut len = self.len.min(keep_digits);
        let up = keep >= 0
            && !is_exact
            && len == keep_digits
            && self.at(len).is_some_and(|digit| digit >= b'5');
        if up {
            while len > 0 && self.bytes[len - 1] == b'9' {
                len -= 1;
            }
            if len > 0 {
                self.bytes[len - 1] += 1;
            } else {
                self.point += 1;
                self.bytes[0] = b'1';
                len = 1;
            }
        } else {
            while len > 0 && self.bytes[len - 1] == b'0' {
                len -= 1;
            }
        }
        self.len = len;
        if len == 0 {
            self.point = 0;
            // Only doubles have a negative zero.
            self.negative &= self.kind == Kind::Double;
        }
    }
}

/// `d.ddde±n` on its way into digits.
struct Scientific {
    bytes: [u8; ROOM],
    len: usize,
}

impl core::fmt::Write for Scientific {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let len = text.len().min(ROOM - self.len);
        self.bytes[self.len..self.len + len].copy_from_slice(&text.as_bytes()[..len]);
        self.len += len;
        Ok(())
    }
}

impl Scientific {
    fn new() -> Self {
        Self {
            bytes: [0; ROOM],
            len: 0,
        }
    }

    fn read(&self, digits: &mut Digits) {
        let bytes = &self.bytes[..self.len];
        let e = bytes.iter().position(|b| *b == b'e').unwrap_or(bytes.len());
        for b in bytes[..e].iter().filter(|b| **b != b'.') {
            digits.push(*b);
        }
        let exponent = core::str::from_utf8(&bytes[(e + 1).min(bytes.len())..]).unwrap_or("0");
        digits.point = exponent.parse().unwrap_or(0) + 1;
    }
}

/// What so many exact digits of a double may cost, behind the point or from the first one on: long numbers take one turn
/// of arithmetic on all their words for each digit.
pub(crate) fn exact(value: f64, digits: usize, is_fixed: bool) -> u64 {
    let exponent = i64::from((value.to_bits() >> 52 & 0x7ff) as i32 - 1023);
    let words = exponent.unsigned_abs() / 32 + 4;
    // Behind the last bit there are only zeros.
    let (before, behind) = (exponent * 77 / 256 + 2, (52 - exponent).max(0));
    let digits = digits.min(DIGITS_MOST) as i64;
    let digits = if is_fixed {
        before + digits.min(behind)
    } else {
        digits.min(before + behind)
    };
    let digits = digits.clamp(0, ROOM as i64);
    printing(1.0) + words * 64 + digits as u64 * words * 24
}

/// What printing a double may cost: the exact algorithm works on numbers as long as the exponent.
pub(crate) fn printing(value: f64) -> u64 {
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-7..1e22).contains(&magnitude) {
        // One in two hundred needs the exact algorithm here too.
        crate::mem::CALL * 192
    } else {
        crate::mem::CALL * 1024
    }
}
