//! Decimal numbers as .NET's System.Decimal has them: 96 bits of digits, a scale of 0 to 28, a sign.
//!
//! Invariants: sums and products keep their scale where they fit and are rounded half to even where they do not; a
//! quotient has as many digits as fit, without trailing zeros; a double gives 15 significant digits.

use core::cmp::Ordering;

use crate::mem::{Fault, R};
use crate::wide::Wide;

/// The most digits after the point.
pub const SCALE_MAX: u32 = 28;
/// The greatest whole number of digits.
pub const DIGITS_MAX: u128 = (1 << 96) - 1;

/// A decimal number: `digits / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// Below zero. Zero may carry a sign, which nothing shows.
    pub negative: bool,
    /// Digits after the point.
    pub scale: u32,
    /// The digits, below 2^96.
    pub digits: u128,
}

/// 10 to this power; at most 10^38.
pub(crate) const fn power(exponent: u32) -> u128 {
    10_u128.pow(exponent)
}

/// How [`Decimal::round`] decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Half to even.
    ToEven,
    /// Half away from zero.
    AwayFromZero,
    /// Towards zero.
    ToZero,
    /// Down.
    Down,
    /// Up.
    Up,
}

impl Decimal {
    /// 0
    pub const ZERO: Self = Self {
        negative: false,
        scale: 0,
        digits: 0,
    };

    /// A whole number.
    pub fn of(value: i64) -> Self {
        Self {
            negative: value < 0,
            scale: 0,
            digits: u128::from(value.unsigned_abs()),
        }
    }

    /// From the words of a constant: the low 64 bits; the high 32 bits, the scale above them, the sign at the top.
    pub fn from_words(low: u64, high: u64) -> Self {
        Self {
            negative: high >> 63 == 1,
            scale: (high >> 32 & 0xff) as u32,
            digits: u128::from(high & 0xffff_ffff) << 64 | u128::from(low),
        }
    }

    /// The words of a constant.
    pub fn words(self) -> (u64, u64) {
        let high = (self.digits >> 64) as u64;
        let sign = u64::from(self.negative) << 63;
        (
            self.digits as u64,
            sign | u64::from(self.scale) << 32 | high,
        )
    }

    /// The 16 octets of its cell.
    pub(crate) fn octets(self) -> [u8; 16] {
        let (low, high) = self.words();
        (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
    }

    pub(crate) fn from_octets(octets: &[u8]) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&octets[..16]);
        let both = u128::from_le_bytes(bytes);
        Self::from_words(both as u64, (both >> 64) as u64)
    }

    /// The other sign.
    pub fn negated(self) -> Self {
        Self {
            negative: !self.negative,
            ..self
        }
    }

    pub(crate) fn abs(self) -> Self {
        Self {
            negative: false,
            ..self
        }
    }

    /// Both as whole numbers of the greater scale.
    fn aligned(self, other: Self) -> (Wide, Wide, u32) {
        let scale = self.scale.max(other.scale);
        let up = |d: Self| Wide::of(d.digits).times(power(scale - d.scale));
        (up(self), up(other), scale)
    }

    pub(crate) fn order(self, other: Self) -> Ordering {
        let sign = |d: Self| match (d.digits, d.negative) {
            (0, _) => 0,
            (_, true) => -1,
            _ => 1,
        };
        let (a, b) = (sign(self), sign(other));
        if a != b || a == 0 {
            return a.cmp(&b);
        }
        let (x, y, _) = self.aligned(other);
        if a > 0 { x.order(&y) } else { y.order(&x) }
    }

    pub(crate) fn plus(self, other: Self) -> R<Self> {
        let (a, b, scale) = self.aligned(other);
        if self.negative == other.negative {
            return a.plus(b).rounded(self.negative, scale);
        }
        match a.order(&b) {
            Ordering::Less => b.minus(a).rounded(other.negative, scale),
            _ => a.minus(b).rounded(self.negative, scale),
        }
    }

    pub(crate) fn times(self, other: Self) -> R<Self> {
        let product = Wide::of(self.digits).times(other.digits);
        product.rounded(self.negative != other.negative, self.scale + other.scale)
    }

    pub(crate) fn over(self, other: Self) -> R<Self> {
        if other.digits == 0 {
            return Err(Fault::DivideByZero);
        }
        let divisor = other.digits;
        let mut scale = self.scale as i32 - other.scale as i32;
        let (mut whole, mut rest) = (self.digits / divisor, self.digits % divisor);
        let exact = rest == 0;
        // As many further digits as fit, at most nine at once: the rest times 10^9 stays below 2^126.
        while rest != 0 && scale < SCALE_MAX as i32 {
            let most = (SCALE_MAX as i32 - scale).min(9) as u32;
            let fits = |places: &u32| {
                let next = rest * power(*places) / divisor;
                whole <= (DIGITS_MAX - next) / power(*places)
            };
            let Some(places) = (1..=most).rev().find(fits) else {
                break;
            };
            let next = rest * power(places);
            whole = whole * power(places) + next / divisor;
            rest = next % divisor;
            scale += places as i32;
        }
        if scale < 0 {
            let factor = power(scale.unsigned_abs());
            if rest != 0 || whole > DIGITS_MAX / factor {
                return Err(Fault::Overflow);
            }
            whole *= factor;
            scale = 0;
        }
        let twice = rest * 2;
        if twice > divisor || twice == divisor && whole & 1 == 1 {
            if whole == DIGITS_MAX {
                // One digit less; 2^96 ends in 6, so it goes up.
                if scale == 0 {
                    return Err(Fault::Overflow);
                }
                whole /= 10;
                scale -= 1;
            }
            whole += 1;
        }
        while !exact && scale > 0 && whole % 10 == 0 {
            whole /= 10;
            scale -= 1;
        }
        Ok(Self {
            negative: self.negative != other.negative,
            scale: scale as u32,
            digits: whole,
        })
    }

    /// The remainder, with the sign of the dividend.
    pub(crate) fn rest(self, other: Self) -> R<Self> {
        if other.digits == 0 {
            return Err(Fault::DivideByZero);
        }
        if self.abs().order(other.abs()) == Ordering::Less {
            return Ok(self);
        }
        let scale = self.scale.max(other.scale);
        // The divisor is not the greater one, so at the common scale it still fits.
        let divisor = other.digits * power(scale - other.scale);
        let mut rest = self.digits % divisor;
        let mut places = scale - self.scale;
        while places > 0 {
            let step = places.min(9);
            rest = rest * power(step) % divisor;
            places -= step;
        }
        Ok(Self {
            negative: self.negative,
            scale,
            digits: rest,
        })
    }

    /// With at most so many places.
    pub(crate) fn round(self, places: u32, rounding: Rounding) -> Self {
        if self.scale <= places {
            return self;
        }
        let unit = power(self.scale - places);
        let (whole, rest) = (self.digits / unit, self.digits % unit);
        let up = match rounding {
            Rounding::ToEven => rest * 2 > unit || rest * 2 == unit && whole & 1 == 1,
            Rounding::AwayFromZero => rest * 2 >= unit,
            Rounding::ToZero => false,
            Rounding::Down => self.negative && rest != 0,
            Rounding::Up => !self.negative && rest != 0,
        };
        Self {
            negative: self.negative,
            scale: places,
            digits: whole + u128::from(up),
        }
    }

    /// The whole number it is, if 64 bits hold it; places are cut off.
    pub(crate) fn to_long(self) -> R<i64> {
        let whole = (self.digits / power(self.scale)) as i128;
        let whole = if self.negative { -whole } else { whole };
        i64::try_from(whole).map_err(|_| Fault::Overflow)
    }

    /// As .NET's explicit conversion computes it, in doubles.
    pub(crate) fn to_double(self) -> f64 {
        let (low, high) = (self.digits as u64, (self.digits >> 64) as u64);
        let whole = low as f64 + high as f64 * 18_446_744_073_709_551_616.0;
        let value = whole / TENS[self.scale as usize];
        if self.negative { -value } else { value }
    }

    /// 15 significant digits of a double.
    pub(crate) fn from_double(value: f64) -> R<Self> {
        let exponent = (value.to_bits() >> 52 & 0x7ff) as i32 - 1022;
        if exponent < -94 {
            return Ok(Self::ZERO);
        }
        if exponent > 96 {
            return Err(Fault::Overflow);
        }
        // As .NET counts: log10(2) is 19728 / 65536.
        let mut places = 14 - ((exponent * 19728) >> 16);
        let mut scaled = value.abs();
        if places >= 0 {
            places = places.min(SCALE_MAX as i32);
            scaled *= TENS[places as usize];
        } else if places != -1 || scaled >= 1e15 {
            scaled /= TENS[places.unsigned_abs() as usize];
        } else {
            places = 0;
        }
        if scaled < 1e14 && places < SCALE_MAX as i32 {
            scaled *= 10.0;
            places += 1;
        }
        let mut digits = scaled as u64;
        let rest = scaled - digits as f64;
        if rest > 0.5 || rest == 0.5 && digits & 1 == 1 {
            digits += 1;
        }
        if digits == 0 {
            return Ok(Self::ZERO);
        }
        let negative = value < 0.0;
        if places < 0 {
            let digits = u128::from(digits) * power(places.unsigned_abs());
            if digits > DIGITS_MAX {
                return Err(Fault::Overflow);
            }
            return Ok(Self {
                negative,
                scale: 0,
                digits,
            });
        }
        while places > 0 && digits.is_multiple_of(10) {
            digits /= 10;
            places -= 1;
        }
        Ok(Self {
            negative,
            scale: places as u32,
            digits: u128::from(digits),
        })
    }

    /// The literal `1.50m` without its suffix: its places stay, what does not fit is rounded.
    pub fn literal(text: &str) -> Option<Self> {
        crate::number_parse::decimal(text, crate::number_parse::FLOAT).ok()
    }
}

/// Powers of ten that a double holds as nearly as it can.
const TENS: [f64; 44] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29, 1e30, 1e31, 1e32,
    1e33, 1e34, 1e35, 1e36, 1e37, 1e38, 1e39, 1e40, 1e41, 1e42, 1e43,
];
