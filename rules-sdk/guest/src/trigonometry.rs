//! Sines and their like, from series, without a mathematical library.
//!
//! Invariants: the same bits in both evaluators; within a few units in the last place; beyond 2^53 quarter turns there is
//! no answer.

use crate::math;
use crate::mem::{Boxed, CALL, R, Rt};

const HALF_PI: f64 = core::f64::consts::FRAC_PI_2;
/// Half of pi in three parts of about 33 bits, so that small multiples are exact.
const PARTS: [f64; 4] = [
    1.570_796_326_734_125_6,
    6.077_100_506_303_966e-11,
    2.022_266_248_711_166_5e-21,
    8.478_427_660_368_9e-32,
];

/// `op`: 0 sine, 1 cosine, 2 tangent, 3 arc sine, 4 arc cosine, 5 arc tangent, 6 arc tangent of y over x, 7 sine, 8
/// cosine, 9 tangent of the hyperbola, 10 the remainder of IEEE 754.
pub fn function(rt: &mut Rt<'_>, x: f64, y: f64, op: i32) -> R<Boxed> {
    rt.charge(CALL * if (3..=10).contains(&op) { 96 } else { 40 })?;
    let result = match op {
        0 => circular(x, 0),
        1 => circular(x, 1),
        2 => circular(x, 0) / circular(x, 1),
        3 => arc_sine(x),
        4 if !(-1.0..=1.0).contains(&x) => f64::NAN,
        4 => arc_tangent2(math::square_root((1.0 - x) * (1.0 + x)), x),
        5 => arc_tangent(x),
        6 => arc_tangent2(x, y),
        7 => hyperbolic_sine(x),
        8 => (math::exponential(x) + math::exponential(-x)) / 2.0,
        9 => hyperbolic_tangent(x),
        _ => remainder(x, y),
    };
    let result = if result.is_nan() { f64::NAN } else { result };
    rt.boxed(result.to_bits())
}

/// Sine, or cosine with a quarter turn.
fn circular(x: f64, quarter: i64) -> f64 {
    if !x.is_finite() {
        return f64::NAN;
    }
    let turns = math::half_even(x / HALF_PI);
    // Beyond, neighbouring doubles are turns apart, and the reduction would have no bits left.
    if turns.abs() >= 9e15 {
        return f64::NAN;
    }
    let mut rest = x;
    let mut low = 0.0;
    for part in PARTS {
        let product = math::Double2::product(turns, part);
        let next = rest - product.high;
        // What the subtraction lost.
        low += ((rest - next) - product.high) - product.low;
        rest = next;
    }
    let rest = rest + low;
    match (turns as i64).wrapping_add(quarter) & 3 {
        0 => sine(rest),
        1 => cosine(rest),
        2 => -sine(rest),
        _ => -cosine(rest),
    }
}

/// Between minus and plus a quarter of pi.
fn sine(x: f64) -> f64 {
    let square = x * x;
    let mut term = x;
    let mut terms = [0.0; 12];
    for (index, slot) in terms.iter_mut().enumerate() {
        *slot = term;
        let n = (2 * index + 2) as f64;
        term = -term * square / (n * (n + 1.0));
    }
    terms.iter().rev().fold(0.0, |sum, t| sum + t)
}

fn cosine(x: f64) -> f64 {
    let square = x * x;
    let mut term = 1.0;
    let mut terms = [0.0; 12];
    for (index, slot) in terms.iter_mut().enumerate() {
        *slot = term;
        let n = (2 * index + 1) as f64;
        term = -term * square / (n * (n + 1.0));
    }
    terms.iter().rev().fold(0.0, |sum, t| sum + t)
}

fn arc_tangent(x: f64) -> f64 {
    if x.is_nan() || x == 0.0 {
        return x;
    }
    if x.abs() > 1.0 {
        let rest = arc_tangent(1.0 / x.abs());
        return (HALF_PI - rest + 6.123_233_995_736_766e-17).copysign(x);
    }
    // Halving the angle brings the argument below a quarter.
    let mut small = x.abs();
    let mut doubled = 1.0;
    while small > 0.25 {
        doubled *= 2.0;
        small /= 1.0 + math::square_root(1.0 + small * small);
    }
    let square = small * small;
    let mut sum = 0.0;
    for index in (0..18).rev() {
        let odd = f64::from(2 * index + 1);
        sum = 1.0 / odd - square * sum;
    }
    (doubled * small * sum).copysign(x)
}

fn arc_sine(x: f64) -> f64 {
    if !(-1.0..=1.0).contains(&x) {
        return f64::NAN;
    }
    if x.abs() == 1.0 {
        return HALF_PI.copysign(x);
    }
    arc_tangent(x / math::square_root((1.0 - x) * (1.0 + x)))
}

fn arc_tangent2(y: f64, x: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    let pi = core::f64::consts::PI;
    let angle = match (x.is_infinite(), y.is_infinite()) {
        (true, true) => pi / 4.0,
        (true, false) => 0.0,
        (false, true) => HALF_PI,
        (false, false) if x == 0.0 && y == 0.0 => 0.0,
        (false, false) => arc_tangent((y / x).abs()),
    };
    let angle = if x.is_sign_negative() {
        pi - angle
    } else {
        angle
    };
    angle.copysign(y)
}

fn hyperbolic_sine(x: f64) -> f64 {
    if x.abs() < 0.5 {
        let square = x * x;
        let mut sum = 0.0;
        for index in (0..10).rev() {
            let n = f64::from(2 * index + 2);
            sum = 1.0 + square * sum / (n * (n + 1.0));
        }
        return x * sum;
    }
    (math::exponential(x) - math::exponential(-x)) / 2.0
}

fn hyperbolic_tangent(x: f64) -> f64 {
    if x.abs() > 20.0 {
        return 1_f64.copysign(x);
    }
    if x.abs() < 0.5 {
        return hyperbolic_sine(x) / ((math::exponential(x) + math::exponential(-x)) / 2.0);
    }
    let twice = math::exponential(2.0 * x);
    (twice - 1.0) / (twice + 1.0)
}

/// `x - y * n` with the whole number `n` nearest to `x / y`.
fn remainder(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() || x.is_infinite() || y == 0.0 {
        return f64::NAN;
    }
    if y.is_infinite() {
        return x;
    }
    let y = y.abs();
    let rest = x % y;
    let twice = rest.abs() - (y - rest.abs());
    let odd = (x.abs() - rest.abs()) / y % 2.0 >= 1.0;
    let result = if twice > 0.0 || twice == 0.0 && odd {
        rest - y.copysign(rest)
    } else {
        rest
    };
    if result == 0.0 {
        0_f64.copysign(x)
    } else {
        result
    }
}
