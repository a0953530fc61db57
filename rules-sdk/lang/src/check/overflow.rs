//! `checked`: arithmetic and casts of whole numbers that fail with `overflow` where they would lose bits.
//!
//! Invariants: without `checked` whole numbers wrap, as C# compiles them by default; decimals need none of this.

use syncline_model::rules::{ErrorKind, Span};

use super::{Checker, Typed};
use crate::ir::{Ir, Op};
use crate::types::Base;

impl Checker<'_> {
    /// An operation on words, which `checked` guards.
    pub(super) fn arithmetic(&mut self, op: Op, args: Vec<Ir>, span: Span) -> Ir {
        let wide = match op {
            Op::AddI | Op::AddL => Op::AddL,
            Op::SubI | Op::SubL => Op::SubL,
            Op::MulI | Op::MulL => Op::MulL,
            _ => return Ir::Op(op, args, 0),
        };
        if self.checked != Some(true) {
            return Ir::Op(op, args, 0);
        }
        self.may_fail(span, &[ErrorKind::Overflow], "test the range first");
        let locals = [self.local(), self.local(), self.local()];
        let [a, b, result] = locals.map(Ir::Local);
        let fits = if op == wide {
            no_lost_bits(op, &a, &b, &result)
        } else {
            // 64 bits hold what two ints give.
            same(Ir::Op(Op::Narrow, vec![result.clone()], 0), result.clone())
        };
        let overflow = self.fail(ErrorKind::Overflow, span);
        let chosen = Ir::If(fits.into(), result.into(), overflow.into());
        let value = Ir::Op(wide, vec![a, b], 0);
        let inner = Ir::Let(locals[2], value.into(), chosen.into());
        let [x, y] = <[Ir; 2]>::try_from(args).unwrap_or([Ir::Word(0), Ir::Word(0)]);
        Ir::Let(
            locals[0],
            x.into(),
            Ir::Let(locals[1], y.into(), inner.into()).into(),
        )
    }

    /// The value of a cast, which `checked` wants within the type.
    pub(super) fn in_range(&mut self, value: Typed, to: &Base, span: Span) -> Typed {
        let is_double = value.ty.base == Base::Double;
        if self.checked != Some(true) || !matches!(to, Base::Char | Base::Int | Base::Long) {
            return value;
        }
        let local = self.local();
        let read = || Ir::Local(local);
        let number = |n: f64| Ir::Word(n.to_bits() as i64);
        let fits = if is_double {
            let (least, most) = match to {
                Base::Char => (-1.0, 65_536.0),
                Base::Int => (-2_147_483_649.0, 2_147_483_648.0),
                // The next double below is already too small.
                _ => (-9_223_372_036_854_777_856.0, 9_223_372_036_854_775_808.0),
            };
            let above = Ir::Op(Op::GtD, vec![read(), number(least)], 0);
            let below = Ir::Op(Op::LtD, vec![read(), number(most)], 0);
            Ir::If(above.into(), below.into(), Ir::Word(0).into())
        } else {
            match to {
                Base::Char => same(Ir::Op(Op::NarrowChar, vec![read()], 0), read()),
                Base::Int => same(Ir::Op(Op::Narrow, vec![read()], 0), read()),
                _ => return value,
            }
        };
        self.may_fail(span, &[ErrorKind::Overflow], "test the range first");
        let overflow = self.fail(ErrorKind::Overflow, span);
        let chosen = Ir::If(fits.into(), read().into(), overflow.into());
        Typed::new(Ir::Let(local, value.ir.into(), chosen.into()), value.ty)
    }
}

fn same(a: Ir, b: Ir) -> Ir {
    Ir::Op(Op::Eq, vec![a, b], 0)
}

/// Did 64 bits hold the result?
fn no_lost_bits(op: Op, a: &Ir, b: &Ir, result: &Ir) -> Ir {
    let xor = |x: &Ir, y: &Ir| Ir::Op(Op::Xor, vec![x.clone(), y.clone()], 0);
    let kept = |x, y| {
        let lost = Ir::Op(Op::And, vec![x, y], 0);
        Ir::Op(Op::Ge, vec![lost, Ir::Word(0)], 0)
    };
    match op {
        // The sum has the sign of one of its parts.
        Op::AddL => kept(xor(a, result), xor(b, result)),
        Op::SubL => kept(xor(a, b), xor(a, result)),
        _ => {
            // Dividing the product gives the factor back; neither 0 nor -1 gets so far, so no quotient fails.
            let least = Ir::Word(i64::MIN);
            let minus = same(a.clone(), Ir::Word(-1));
            let quotient = Ir::Op(Op::DivL, vec![result.clone(), a.clone()], 0);
            let zero = same(a.clone(), Ir::Word(0));
            let back = same(quotient, b.clone());
            let not_least = Ir::Op(Op::Ne, vec![b.clone(), least], 0);
            let other = Ir::If(minus.into(), not_least.into(), back.into());
            Ir::If(zero.into(), Ir::Word(1).into(), other.into())
        }
    }
}
