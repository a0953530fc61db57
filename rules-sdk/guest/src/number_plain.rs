//! Numbers as most directories hold them: a sign, up to 18 digits, one point. What is not plain is for `number_parse`.
//!
//! Invariants: a number that is read here is the one that `number_parse` would read; nothing is refused here.

use crate::mem::{CALL, R, Rt, SLOW, Str};

/// So many digits fit a long.
const DIGITS: usize = 18;
/// Powers of ten that a double holds exactly.
const POWERS: [f64; 19] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18,
];
/// Above it a double does not hold every whole number.
const EXACT: u64 = 1 << 53;

/// A number: its digits, and how many of them are behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plain {
    pub negative: bool,
    pub digits: u64,
    pub places: u32,
}

impl Plain {
    /// The text as a plain number, if it is one.
    pub fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let negative = bytes.first() == Some(&b'-');
        let bytes = &bytes[usize::from(negative)..];
        if bytes.len() > DIGITS {
            return None;
        }
        let (mut digits, mut point) = (0, None);
        for (at, b) in bytes.iter().enumerate() {
            match b {
                b'0'..=b'9' => digits = digits * 10 + u64::from(b - b'0'),
                b'.' if point.is_none() => point = Some(at),
                _ => return None,
            }
        }
        let some = bytes.len() - usize::from(point.is_some());
        let places = point.map_or(0, |at| bytes.len() - 1 - at);
        (some > 0).then_some(Self {
            negative,
            digits,
            places: places as u32,
        })
    }

    /// The number, if it has no point.
    pub fn whole(self, text: &str) -> Option<i64> {
        if self.places > 0 || text.ends_with('.') {
            return None;
        }
        let digits = self.digits as i64;
        Some(if self.negative { -digits } else { digits })
    }

    /// The number, if it is a quotient of two numbers that a double holds exactly: then it is rounded once, and rightly.
    pub fn double(self) -> Option<f64> {
        if self.digits > EXACT {
            return None;
        }
        let digits = self.digits as f64 / POWERS[self.places as usize];
        Some(if self.negative { -digits } else { digits })
    }
}

/// Charges for reading a number from a text. `slow`: what it costs where the number is not plain.
pub(crate) fn charge(rt: &mut Rt<'_>, s: Str, slow: u64, slow_byte: u64) -> R<()> {
    rt.charge(CALL)?;
    let fixed = match Plain::of(rt.str(s)) {
        Some(_) => CALL * 4 + s.len() as u64 * SLOW,
        None => slow + s.len() as u64 * slow_byte,
    };
    rt.charge(fixed)
}
