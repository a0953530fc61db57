//! Math over doubles: rounding, and the functions that processors do not have.
//!
//! Invariants: both builds give the same bits, because nothing here calls a platform's library; roots are rounded
//! correctly, the others come from sums of two doubles with some hundred bits; NaN has one bit pattern.

use crate::mem::{Boxed, CALL, Fault, R, Rt};

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

fn ceiling(value: f64) -> f64 {
    -floor(-value)
}

pub(crate) fn half_even(value: f64) -> f64 {
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

fn boxed(rt: &mut Rt<'_>, value: f64) -> R<Boxed> {
    rt.boxed(if value.is_nan() {
        f64::NAN.to_bits()
    } else {
        value.to_bits()
    })
}

/// `op`: 0 floor, 1 ceiling, 2 truncate, 5 absolute value; with digits 3 half to even, 4 half away, 6 towards zero,
/// 7 down, 8 up.
pub fn math(rt: &mut Rt<'_>, value: f64, digits: i32, op: i32) -> R<Boxed> {
    rt.charge(CALL * 2)?;
    let result = match op {
        0 => floor(value),
        1 => ceiling(value),
        2 => truncate(value),
        5 => value.abs(),
        _ => {
            if !(0..=15).contains(&digits) {
                return Err(Fault::OutOfRange);
            }
            let round = match op {
                4 => half_away,
                6 => truncate,
                7 => floor,
                8 => ceiling,
                _ => half_even,
            };
            let power = (0..digits).fold(1.0, |p, _| p * 10.0);
            if value.abs() < 1e16 {
                round(value * power) / power
            } else {
                value
            }
        }
    };
    boxed(rt, result)
}

/// `op`: 0 square root, 1 exp, 2 natural logarithm, 3 of base 10, 4 of base 2, 5 power, 6 logarithm of base `y`,
/// 7 greater, 8 smaller, 9 cube root.
pub fn function(rt: &mut Rt<'_>, x: f64, y: f64, op: i32) -> R<Boxed> {
    rt.charge(CALL * 128)?;
    let result = match op {
        0 => square_root(x),
        1 => exponential(x),
        2 => logarithm(x, None),
        3 => logarithm(x, Some(LN_10)),
        4 => logarithm(x, Some(LN_2)),
        5 => power(x, y),
        6 => logarithm_of(x, y),
        7 => greater(x, y),
        8 => -greater(-x, -y),
        _ => cube_root(x),
    };
    boxed(rt, result)
}

/// NaN where either is; a positive zero is the greater one.
fn greater(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x == y {
        if x.is_sign_negative() { y } else { x }
    } else if x > y {
        x
    } else {
        y
    }
}

/// An unevaluated sum of two doubles.
#[derive(Clone, Copy)]
pub(crate) struct Double2 {
    pub(crate) high: f64,
    pub(crate) low: f64,
}

const LN_2: Double2 = Double2 {
    high: core::f64::consts::LN_2,
    low: 2.319_046_813_846_299_6e-17,
};
const LN_10: Double2 = Double2 {
    high: core::f64::consts::LN_10,
    low: -2.170_756_223_382_249_4e-16,
};

impl Double2 {
    fn of(value: f64) -> Self {
        Self {
            high: value,
            low: 0.0,
        }
    }

    /// The exact sum of two doubles.
    fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let part = high - a;
        Self {
            high,
            low: (a - (high - part)) + (b - part),
        }
    }

    /// The exact product of two doubles.
    pub(crate) fn product(a: f64, b: f64) -> Self {
        let split = |x: f64| {
            let big = 134_217_729.0 * x;
            let high = big - (big - x);
            (high, x - high)
        };
        let high = a * b;
        let ((a1, a2), (b1, b2)) = (split(a), split(b));
        Self {
            high,
            low: ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2,
        }
    }

    fn plus(self, other: Self) -> Self {
        let high = Self::sum(self.high, other.high);
        let low = Self::sum(self.low, other.low);
        let first = Self::sum(high.high, high.low + low.high);
        Self::sum(first.high, first.low + low.low)
    }

    fn negated(self) -> Self {
        Self {
            high: -self.high,
            low: -self.low,
        }
    }

    fn times(self, other: Self) -> Self {
        let product = Self::product(self.high, other.high);
        let low = product.low + (self.high * other.low + self.low * other.high);
        Self::sum(product.high, low)
    }

    fn over(self, other: Self) -> Self {
        let first = self.high / other.high;
        let rest = self.plus(other.times(Self::of(first)).negated());
        let second = rest.high / other.high;
        let rest = rest.plus(other.times(Self::of(second)).negated());
        let third = rest.high / other.high;
        Self::sum(first, second).plus(Self::of(third))
    }

    fn scaled(self, factor: f64) -> Self {
        Self {
            high: self.high * factor,
            low: self.low * factor,
        }
    }
}

/// 2 to this power, within the range of normal numbers.
fn two_to(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// Fraction between one and two, and exponent, of a positive finite number.
fn parts(value: f64) -> (f64, i32) {
    let (value, shift) = if value < f64::MIN_POSITIVE {
        (value * two_to(54), -54)
    } else {
        (value, 0)
    };
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1023;
    let fraction = f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 1023 << 52);
    (fraction, exponent + shift)
}

/// The natural logarithm of a positive finite number.
fn ln(value: f64) -> Double2 {
    let (mut fraction, mut exponent) = parts(value);
    if fraction > core::f64::consts::SQRT_2 {
        fraction /= 2.0;
        exponent += 1;
    }
    // ln f = 2 artanh((f - 1) / (f + 1)), whose series gains five bits a term here.
    let s = Double2::sum(fraction, -1.0).over(Double2::sum(fraction, 1.0));
    let square = s.times(s);
    let mut series = Double2::of(0.0);
    for term in (0..24).rev() {
        let part = Double2::of(1.0).over(Double2::of(f64::from(2 * term + 1)));
        series = series.times(square).plus(part);
    }
    let small = s.times(series).scaled(2.0);
    LN_2.times(Double2::of(f64::from(exponent))).plus(small)
}

/// e to this power.
fn exp(value: Double2) -> f64 {
    if value.high > 709.8 {
        return f64::INFINITY;
    }
    if value.high < -745.2 {
        return 0.0;
    }
    let exponent = half_even(value.high / LN_2.high);
    let rest = value.plus(LN_2.times(Double2::of(exponent)).negated());
    // e^r - 1 for a small r, then squared nine times as (1 + p)^2 - 1 = 2p + p^2.
    let small = rest.scaled(1.0 / 512.0);
    let mut series = Double2::of(0.0);
    for term in (1..11).rev() {
        let one = series.plus(Double2::of(1.0));
        series = small.over(Double2::of(f64::from(term))).times(one);
    }
    for _ in 0..9 {
        series = series.scaled(2.0).plus(series.times(series));
    }
    let result = series.plus(Double2::of(1.0));
    let exponent = exponent as i32;
    // In two steps, because 2^1024 and 2^-1074 are no normal numbers.
    let half = exponent / 2;
    (result.high + result.low) * two_to(half) * two_to(exponent - half)
}

pub(crate) fn exponential(x: f64) -> f64 {
    if x.is_nan() { x } else { exp(Double2::of(x)) }
}

pub(crate) fn logarithm(x: f64, base: Option<Double2>) -> f64 {
    if x.is_nan() || x < 0.0 {
        f64::NAN
    } else if x == 0.0 {
        f64::NEG_INFINITY
    } else if x.is_infinite() {
        x
    } else {
        let natural = ln(x);
        let result = base.map_or(natural, |base| natural.over(base));
        result.high + result.low
    }
}

/// `Math.Log(x, newBase)`, which .NET divides.
fn logarithm_of(x: f64, base: f64) -> f64 {
    if base == 1.0 || x != 1.0 && (base == 0.0 || base == f64::INFINITY) {
        return f64::NAN;
    }
    logarithm(x, None) / logarithm(base, None)
}

fn power(x: f64, y: f64) -> f64 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    let magnitude = x.abs();
    if y.is_infinite() {
        return if magnitude == 1.0 {
            1.0
        } else if (magnitude > 1.0) == (y > 0.0) {
            f64::INFINITY
        } else {
            0.0
        };
    }
    let whole = truncate(y) == y;
    let odd = whole && y.abs() < 2.0 * WHOLE && y as i64 & 1 == 1;
    let sign = if x.is_sign_negative() && odd {
        -1.0
    } else {
        1.0
    };
    if magnitude == 0.0 || magnitude.is_infinite() {
        return sign
            * if (magnitude == 0.0) == (y > 0.0) {
                0.0
            } else {
                f64::INFINITY
            };
    }
    if x < 0.0 && !whole {
        return f64::NAN;
    }
    let natural = ln(magnitude);
    let rough = natural.high * y;
    if rough > 720.0 {
        return sign * f64::INFINITY;
    }
    if rough < -760.0 {
        return sign * 0.0;
    }
    sign * exp(natural.times(Double2::of(y)))
}

fn cube_root(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let third = ln(x.abs()).over(Double2::of(3.0));
    exp(third).copysign(x)
}

pub(crate) fn square_root(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x < 0.0 {
        return f64::NAN;
    }
    let (fraction, exponent) = parts(x);
    let digits = u128::from(fraction.to_bits() & 0x000f_ffff_ffff_ffff | 1 << 52);
    // The root of f * 2^(56 or 57) has at least 54 bits; what is left over only says on which side of a half it lies.
    let odd = exponent.rem_euclid(2);
    let square = digits << (56 + odd);
    let (mut root, mut rest) = (0_u128, square);
    let mut bit = 1_u128 << 110;
    while bit > 0 {
        if rest >= root + bit {
            rest -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
        bit >>= 2;
    }
    let sticky = u64::from(rest != 0);
    let rounded = ((root as u64) << 1 | sticky) as f64;
    // sqrt(digits * 2^(56 + odd)) * 2, with digits = fraction * 2^52.
    rounded * two_to((exponent - odd) / 2 - 55)
}
