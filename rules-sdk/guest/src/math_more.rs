//! Math: exponents and signs of doubles, their neighbours, and the inverses of the hyperbola.
//!
//! Invariants: the same bits in both builds; the inverses are within a few units in the last place.

use crate::math;
use crate::mem::{Boxed, CALL, R, Rt};

/// `op`: 0 scaled by a power of two, 1 the exponent, 2 with the sign of another, 3 the greater and 4 the smaller magnitude,
/// 5 the next and 6 the previous double, 7 inverse of the hyperbolic sine, 8 of the cosine, 9 of the tangent.
pub fn function(rt: &mut Rt<'_>, x: f64, y: f64, op: i32) -> R<Boxed> {
    rt.charge(CALL * 128)?;
    let result = match op {
        0 => scaled(x, y),
        1 => exponent(x),
        2 => x.copysign(y),
        3 => of_magnitude(x, y, true),
        4 => of_magnitude(x, y, false),
        5 => next(x),
        6 => -next(-x),
        7 => inverse_sine(x),
        8 if x < 1.0 => f64::NAN,
        8 => inverse_cosine(x),
        _ => inverse_tangent(x),
    };
    let result = if result.is_nan() { f64::NAN } else { result };
    rt.boxed(result.to_bits())
}

/// In steps, because the power itself may not be a double.
fn scaled(x: f64, power: f64) -> f64 {
    let mut left = (power.clamp(-4200.0, 4200.0)) as i32;
    let mut value = x;
    while left != 0 {
        // A step down keeps the last bits out of the range where doubles lose them, until the end.
        let step = left.clamp(-969, 1023);
        value *= f64::from_bits(((1023 + step) as u64) << 52);
        left -= step;
    }
    value
}

/// `Math.ILogB`, as a double; the extremes of an int stand for zero, infinity and NaN.
fn exponent(x: f64) -> f64 {
    if x == 0.0 {
        return f64::from(i32::MIN);
    }
    if !x.is_finite() {
        return f64::from(i32::MAX);
    }
    let bits = x.abs().to_bits();
    match bits >> 52 {
        0 => f64::from(63 - bits.leading_zeros() as i32 - 1074),
        raised => (raised as i64 - 1023) as f64,
    }
}

fn of_magnitude(x: f64, y: f64, greater: bool) -> f64 {
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    let (a, b) = (x.abs(), y.abs());
    if a == b {
        return if x.is_sign_negative() == greater {
            y
        } else {
            x
        };
    }
    if (a > b) == greater { x } else { y }
}

fn next(x: f64) -> f64 {
    let bits = x.to_bits();
    if x.is_nan() || x == f64::INFINITY {
        x
    } else if x == 0.0 {
        f64::from_bits(1)
    } else if x > 0.0 {
        f64::from_bits(bits + 1)
    } else {
        f64::from_bits(bits - 1)
    }
}

/// The logarithm of one and a little; the sum's rounding is divided out again.
fn log_of_one_and(x: f64) -> f64 {
    let sum = 1.0 + x;
    if sum == 1.0 || sum.is_infinite() {
        return if sum == 1.0 { x } else { sum };
    }
    math::logarithm(sum, None) * (x / (sum - 1.0))
}

fn inverse_sine(x: f64) -> f64 {
    let a = x.abs();
    if a == 0.0 || !a.is_finite() {
        return x;
    }
    let result = if a > 1e8 {
        math::logarithm(a, None) + core::f64::consts::LN_2
    } else {
        log_of_one_and(a + a * a / (1.0 + math::square_root(a * a + 1.0)))
    };
    result.copysign(x)
}

fn inverse_cosine(x: f64) -> f64 {
    if x > 1e8 {
        return math::logarithm(x, None) + core::f64::consts::LN_2;
    }
    let above = x - 1.0;
    log_of_one_and(above + math::square_root(above * (above + 2.0)))
}

fn inverse_tangent(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() {
        return x;
    }
    if x.abs() > 1.0 {
        return f64::NAN;
    }
    if x.abs() == 1.0 {
        return f64::INFINITY.copysign(x);
    }
    let a = x.abs();
    (log_of_one_and(2.0 * a / (1.0 - a)) / 2.0).copysign(x)
}
