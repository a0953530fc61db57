//! Operators over dates and spans.
//!
//! Invariants: only those that .NET has.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::order;
use crate::check::{Checker, Typed};
use crate::ir::{Ir, Op};
use crate::stdlib::spans;
use crate::syntax::ast::BinOp;
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// Operators over dates and spans; none where .NET has none.
    pub(super) fn over_time(
        &mut self,
        op: BinOp,
        a: &Typed,
        b: &Typed,
        span: Span,
    ) -> Option<Typed> {
        let (x, y) = (a.ir.clone(), b.ir.clone());
        if a.ty.base == b.ty.base
            && let Some((operation, _)) = order(op)
        {
            let sides = vec![ordered(x, &a.ty.base), ordered(y, &b.ty.base)];
            return Some(Typed::new(Ir::Op(operation, sides, 0), Ty::of(Base::Bool)));
        }
        let site = self.site(span);
        let call = |function, args| Ir::Call(function, args, site);
        let (ir, base, kind) = match (&a.ty.base, op, &b.ty.base) {
            (Base::Date, BinOp::Sub, Base::Date) => {
                return Some(Typed::new(
                    call(Fn::DateBetween, vec![x, y]),
                    Ty::of(Base::Span),
                ));
            }
            (Base::Date, BinOp::Add, Base::Span) => (
                call(Fn::DateAdd, vec![x, y]),
                Base::Date,
                ErrorKind::OutOfRange,
            ),
            (Base::Date, BinOp::Sub, Base::Span) => (
                call(Fn::DateSubtract, vec![x, y]),
                Base::Date,
                ErrorKind::OutOfRange,
            ),
            (Base::Span, BinOp::Add | BinOp::Sub, Base::Span) => {
                let sign = Ir::Word(i64::from(op == BinOp::Sub));
                let sum = call(Fn::SpanAdd, vec![x, y, sign]);
                (Ir::Unbox(sum.into()), Base::Span, ErrorKind::Overflow)
            }
            (Base::Span, BinOp::Div, Base::Span) => {
                return Some(Typed::new(spans::ratio(&[x, y]), Ty::of(Base::Double)));
            }
            (Base::Span, BinOp::Mul | BinOp::Div, _) | (_, BinOp::Mul, Base::Span) => {
                let (length, factor) = match a.ty.base {
                    Base::Span => (x, b.clone()),
                    _ => (y, a.clone()),
                };
                let factor = self.coerce(factor, &Ty::of(Base::Double), span)?;
                let divides = Ir::Word(i64::from(op == BinOp::Div));
                let scaled = call(Fn::SpanScale, vec![length, factor.ir, divides]);
                (Ir::Unbox(scaled.into()), Base::Span, ErrorKind::Overflow)
            }
            _ => return None,
        };
        self.may_fail(
            span,
            &[kind],
            "the result must be a date or a span that exists",
        );
        Some(Typed::new(ir, Ty::of(base)))
    }
}

/// What of a word decides order and equality: of a date its ticks alone.
pub(super) fn ordered(ir: Ir, base: &Base) -> Ir {
    match (base, ir) {
        (Base::Date, Ir::Word(word)) => Ir::Word(word >> 1),
        (Base::Date, ir) => Ir::Op(Op::UShrL, vec![ir, Ir::Word(1)], 0),
        (_, ir) => ir,
    }
}
