//! Decimals: constants, operators, casts.
//!
//! Invariants: whole numbers become decimals silently, doubles only by a cast, as in C#; what does not fit fails with
//! `overflow`, always, because C# checks decimals everywhere.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;
use syncline_rules_guest::decimal::Decimal;

use super::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, Op, Site};
use crate::syntax::ast::BinOp;
use crate::types::{Base, Ty};

/// A constant.
pub(super) fn constant(value: Decimal, site: Site) -> Ir {
    let (low, high) = value.words();
    from_words(low, high, site)
}

pub(super) fn from_words(low: u64, high: u64, site: Site) -> Ir {
    let words = [low, high].map(|word| Ir::Word(word as i64));
    Ir::Call(Fn::DecimalNew, words.to_vec(), site)
}

/// The value of a constant.
fn constant_of(ir: &Ir) -> Option<Decimal> {
    match ir {
        Ir::Call(Fn::DecimalNew, words, _) => match words[..] {
            [Ir::Word(low), Ir::Word(high)] => Some(Decimal::from_words(low as u64, high as u64)),
            _ => None,
        },
        _ => None,
    }
}

/// A whole number as a decimal.
pub(super) fn widened(ir: Ir, site: Site) -> Ir {
    match ir {
        Ir::Word(word) => constant(Decimal::of(word), site),
        ir => Ir::Call(Fn::DecimalFromLong, vec![ir], site),
    }
}

/// The other sign.
pub(super) fn negated(ir: Ir, site: Site) -> Ir {
    match constant_of(&ir) {
        Some(value) => constant(value.negated(), site),
        None => Ir::Call(Fn::DecimalSign, vec![ir, Ir::Word(0)], site),
    }
}

/// A test of two decimals that may be absent.
pub(super) fn compared(op: Op, a: Ir, b: Ir, site: Site) -> Ir {
    let order = Ir::Call(Fn::DecimalCompare, vec![a, b], site);
    Ir::Op(op, vec![order, Ir::Word(0)], 0)
}

impl Checker<'_> {
    /// An operator over present numbers of which one is a decimal; none where C# has none.
    pub(super) fn over_decimal(
        &mut self,
        op: BinOp,
        a: Typed,
        b: Typed,
        span: Span,
    ) -> Option<Typed> {
        let ty = Ty::of(Base::Decimal);
        let a = self.coerce(a, &ty, span)?.ir;
        let b = self.coerce(b, &ty, span)?.ir;
        let site = self.site(span);
        if let Some((operation, _)) = super::operators::order(op) {
            let test = compared(operation, a, b, site);
            return Some(Typed::new(test, Ty::of(Base::Bool)));
        }
        let (code, kinds): (i64, &[ErrorKind]) = match op {
            BinOp::Add => (0, &[ErrorKind::Overflow]),
            BinOp::Sub => (1, &[ErrorKind::Overflow]),
            BinOp::Mul => (2, &[ErrorKind::Overflow]),
            BinOp::Div => (3, &[ErrorKind::DivideByZero, ErrorKind::Overflow]),
            BinOp::Rem => (4, &[ErrorKind::DivideByZero]),
            _ => return None,
        };
        let divisor = constant_of(&b).filter(|_| code > 2).map(|d| d.digits);
        match divisor {
            Some(0) => self.error(codes::CONSTANT_ZERO, span, "division by the constant zero"),
            Some(_) => {}
            None if code > 2 => self.may_fail(span, kinds, "test the divisor first"),
            None => self.may_fail(span, kinds, "decimals end at 7.9e28"),
        }
        let result = Ir::Call(Fn::DecimalArithmetic, vec![a, b, Ir::Word(code)], site);
        Some(Typed::new(result, ty))
    }

    /// A cast between numbers of which one is a decimal.
    pub(super) fn cast_decimal(
        &mut self,
        value: Typed,
        wanted: &Ty,
        at: Span,
        span: Span,
    ) -> Typed {
        let value = if wanted.nullable {
            value
        } else {
            self.present(value, at, ErrorKind::InvalidOperation)
        };
        let to = wanted.base.clone();
        let result = self.lift(value, span, |checker, value| {
            let site = checker.site(span);
            let from = value.ty.base;
            let fails = match (&from, &to) {
                (Base::Decimal, Base::Int | Base::Long | Base::Char) => true,
                (from, Base::Decimal) => *from == Base::Double,
                _ => false,
            };
            if fails {
                checker.may_fail(span, &[ErrorKind::Overflow], "test the range first");
            }
            let call = |function| Ir::Call(function, vec![value.ir.clone(), Ir::Word(0)], site);
            let ir = match (from, &to) {
                (Base::Decimal, Base::Int) => call(Fn::DecimalToInt),
                (Base::Decimal, Base::Long) => Ir::Unbox(call(Fn::DecimalToLong).into()),
                (Base::Decimal, Base::Char) => checker.char_of(call(Fn::DecimalToInt), span),
                (Base::Decimal, Base::Double) => {
                    Ir::Call(Fn::DecimalToDouble, vec![value.ir.clone()], site)
                }
                (Base::Double, _) => Ir::Call(Fn::DecimalFromDouble, vec![value.ir.clone()], site),
                (Base::Decimal, _) => value.ir.clone(),
                _ => widened(value.ir.clone(), site),
            };
            Typed::new(ir, Ty::of(to.clone()))
        });
        self.coerced(result, wanted, span)
    }

    /// A number as the unit of a text; others overflow.
    pub(super) fn char_of(&mut self, number: Ir, span: Span) -> Ir {
        let local = self.local();
        let read = || Ir::Local(local);
        let overflow = self.fail(ErrorKind::Overflow, span);
        let low = Ir::Op(Op::NarrowChar, vec![read()], 0);
        let fits = Ir::Op(Op::Eq, vec![low, read()], 0);
        let choice = Ir::If(fits.into(), read().into(), overflow.into());
        Ir::Let(local, number.into(), choice.into())
    }
}
