//! Operations on words, as C# (unchecked) and WASM define them.
//!
//! Invariants: an `int` stays sign-extended in its cell; NaN has one bit pattern.

use syncline_model::rules::ErrorKind;

use crate::ir::Op;

fn int(value: i64) -> i64 {
    i64::from(value as i32)
}

fn double(cell: i64) -> f64 {
    f64::from_bits(cell as u64)
}

fn bits(value: f64) -> i64 {
    if value.is_nan() {
        f64::NAN.to_bits() as i64
    } else {
        value.to_bits() as i64
    }
}

/// The result of an operation, or why it has none.
pub(super) fn run(op: Op, cells: &[i64]) -> Result<i64, ErrorKind> {
    let a = cells[0];
    let b = cells.get(1).copied().unwrap_or(0);
    let (x, y) = (double(a), double(b));
    let divide = |least: i64, divided: fn(i64, i64) -> i64| {
        if b == 0 {
            Err(ErrorKind::DivideByZero)
        } else if a == least && b == -1 {
            Err(ErrorKind::Overflow)
        } else {
            Ok(divided(a, b))
        }
    };
    Ok(match op {
        Op::AddI => int(a.wrapping_add(b)),
        Op::SubI => int(a.wrapping_sub(b)),
        Op::MulI => int(a.wrapping_mul(b)),
        Op::DivI => return divide(i64::from(i32::MIN), |a, b| a / b),
        Op::RemI => return divide(i64::from(i32::MIN), |a, b| a % b),
        Op::ShlI => int(i64::from((a as i32).wrapping_shl(b as u32))),
        Op::ShrI => int(a >> (b & 31)),
        Op::UShrI => int(i64::from((a as u32).wrapping_shr(b as u32) as i32)),
        Op::AddL => a.wrapping_add(b),
        Op::SubL => a.wrapping_sub(b),
        Op::MulL => a.wrapping_mul(b),
        Op::DivL => return divide(i64::MIN, |a, b| a / b),
        Op::RemL => return divide(i64::MIN, |a, b| a % b),
        Op::ShlL => a.wrapping_shl(b as u32),
        Op::ShrL => a.wrapping_shr(b as u32),
        Op::UShrL => (a as u64).wrapping_shr(b as u32) as i64,
        Op::And => a & b,
        Op::Or => a | b,
        Op::Xor => a ^ b,
        Op::BitNot => !a,
        Op::Not => i64::from(a == 0),
        Op::Eq => i64::from(a == b),
        Op::Ne => i64::from(a != b),
        Op::Lt => i64::from(a < b),
        Op::Le => i64::from(a <= b),
        Op::Gt => i64::from(a > b),
        Op::Ge => i64::from(a >= b),
        Op::AddD => bits(x + y),
        Op::SubD => bits(x - y),
        Op::MulD => bits(x * y),
        Op::DivD => bits(x / y),
        Op::NegD => bits(-x),
        Op::EqD => i64::from(x == y),
        Op::NeD => i64::from(x != y),
        Op::LtD => i64::from(x < y),
        Op::LeD => i64::from(x <= y),
        Op::GtD => i64::from(x > y),
        Op::GeD => i64::from(x >= y),
        Op::Narrow => int(a),
        Op::NarrowChar => a & 0xffff,
        Op::LongToDouble => bits(a as f64),
        Op::DoubleToLong => x as i64,
        Op::DoubleToInt => i64::from(x as i32),
        Op::Len => (a as u64 >> 32) as i64 & 0x7fff_ffff,
    })
}
