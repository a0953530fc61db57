//! Casts: `(int)x`, and what becomes of a value that its type cannot hold.
//!
//! Invariants: a constant that would lose something is refused, unless under `unchecked`; a value keeps its low bits as in
//! C#, or under `checked` fails with `overflow`.

use syncline_model::rules::{ErrorKind, Span};

use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, Op};
use crate::stdlib;
use crate::syntax::ast::{Expr, TypeName};
use crate::types::Base;

impl Checker<'_> {
    pub(super) fn cast(&mut self, to: &TypeName, operand: &Expr, span: Span) -> Typed {
        let wanted = self.named_type(to);
        let value = self.expr(operand);
        if value.ty.is_unknown() || wanted.is_unknown() {
            return Typed::unknown();
        }
        if value.ty.base == Base::Null && !wanted.base.is_word() {
            return Typed::new(value.ir, wanted.with_null(true));
        }
        let enums = matches!(
            (&value.ty.base, &wanted.base),
            (Base::Enum(_), Base::Int | Base::Long) | (Base::Int, Base::Enum(_))
        );
        if enums && !value.ty.nullable {
            return Typed::new(value.ir, wanted.with_null(false));
        }
        let decimal = value.ty.base == Base::Decimal || wanted.base == Base::Decimal;
        let limits = stdlib::narrow_numbers::limits(&to.name);
        if decimal && value.ty.base.is_number() && wanted.base.is_number() {
            let whole = self.cast_decimal(value, &wanted, operand.span, span);
            return match limits {
                // A decimal never wraps.
                Some(limits) if !whole.ty.is_unknown() => self.within(whole, limits, span),
                _ => whole,
            };
        }
        let (Some(_), Some(rank)) = (value.ty.base.numeric_rank(), wanted.base.numeric_rank())
        else {
            let opened = value.ty.base == wanted.base && wanted.base.is_word() && !wanted.nullable;
            let value = match opened {
                true => self.present(value, operand.span, ErrorKind::InvalidOperation),
                false => value,
            };
            return self.coerced(value, &wanted, operand.span);
        };
        let value = if wanted.nullable {
            value
        } else {
            self.present(value, operand.span, ErrorKind::InvalidOperation)
        };
        if self.checked != Some(false) && self.loses(&value, &wanted.base, limits) {
            let name = &to.name;
            let message = format!(
                "the constant does not fit `{name}`; `unchecked(({name})…)` keeps its low bits"
            );
            self.error(codes::CONSTANT_CAST, span, message);
            return Typed::unknown();
        }
        let result = self.lift(value, span, |checker, value| {
            let value = checker.in_range(value, &wanted.base, span);
            let whole = value.ty.base != Base::Double;
            let wider = value.ty.base.numeric_rank().is_some_and(|r| r <= rank);
            let ir = match (&wanted.base, whole) {
                (Base::Double, true) => Ir::Op(Op::LongToDouble, vec![value.ir], 0),
                _ if wider && wanted.base != Base::Char => value.ir,
                (Base::Int, true) => Ir::Op(Op::Narrow, vec![value.ir], 0),
                (Base::Int, false) => Ir::Op(Op::DoubleToInt, vec![value.ir], 0),
                (Base::Char, true) => Ir::Op(Op::NarrowChar, vec![value.ir], 0),
                (Base::Char, false) => Ir::Op(
                    Op::NarrowChar,
                    vec![Ir::Op(Op::DoubleToInt, vec![value.ir], 0)],
                    0,
                ),
                (_, false) => Ir::Op(Op::DoubleToLong, vec![value.ir], 0),
                _ => value.ir,
            };
            match limits {
                Some(limits) if checker.checked == Some(true) => {
                    let whole = Typed::new(ir, wanted.with_null(false));
                    checker.within(whole, limits, span)
                }
                Some(limits) => Typed::new(wrapped(ir, limits), wanted.with_null(false)),
                None => Typed::new(ir, wanted.with_null(false)),
            }
        });
        self.coerced(result, &wanted, span)
    }

    /// Is it a constant beyond the limits of the type?
    fn loses(&self, value: &Typed, to: &Base, limits: Option<(i64, i64)>) -> bool {
        let Ir::Word(word) = value.ir else {
            return false;
        };
        let limits = limits.or(match to {
            Base::Char => Some((0, 0xffff)),
            Base::Int => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
            Base::Long => Some((i64::MIN, i64::MAX)),
            _ => None,
        });
        let Some((least, most)) = limits else {
            return false;
        };
        if value.ty.base == Base::Double {
            let whole = f64::from_bits(word as u64).trunc();
            // The limits of a long round to doubles that it does not have.
            return !(whole >= least as f64 && whole <= most as f64)
                || *to == Base::Long && whole >= 9.3e18;
        }
        word < least || word > most
    }

    /// A whole number that must fit a type of fewer bits.
    fn within(&mut self, value: Typed, limits: (i64, i64), span: Span) -> Typed {
        self.may_fail(span, &[ErrorKind::Overflow], "test the range first");
        let site = self.site(span);
        self.lift(value, span, |_, value| {
            let ir = stdlib::narrow_numbers::between(value.ir, limits, site);
            Typed::new(ir, value.ty)
        })
    }
}

/// The low bits of a whole number, as a type with these limits has them.
fn wrapped(ir: Ir, limits: (i64, i64)) -> Ir {
    let (least, most) = limits;
    if let Ir::Word(word) = ir {
        let size = most - least + 1;
        return Ir::Word((word - least).rem_euclid(size) + least);
    }
    if least == 0 {
        return Ir::Op(Op::And, vec![ir, Ir::Word(most)], 0);
    }
    let bits = Ir::Word(i64::from((most as u64).leading_zeros()) - 1);
    let high = Ir::Op(Op::ShlL, vec![ir, bits.clone()], 0);
    Ir::Op(Op::ShrL, vec![high, bits], 0)
}
