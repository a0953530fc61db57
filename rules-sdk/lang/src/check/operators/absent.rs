//! Operators over values that may be absent.
//!
//! Invariants: a side is evaluated once; `&` and `|` of truth values are decided by one side where it can.

use syncline_model::rules::Span;

use crate::check::{Checker, Typed};
use crate::ir::{Ir, Op};
use crate::syntax::ast::BinOp;
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// Arithmetic and order; both sides may be absent.
    pub(super) fn lifted(
        &mut self,
        op: BinOp,
        a: Typed,
        b: Typed,
        op_span: Span,
        span: Span,
    ) -> Typed {
        if !a.ty.nullable && !b.ty.nullable {
            return self.plain(op, a, b, op_span, span);
        }
        if a.ty.base == Base::Null
            || b.ty.base == Base::Null
            || !(a.ty.base.is_word() || a.ty.base == Base::Decimal)
            || !(b.ty.base.is_word() || b.ty.base == Base::Decimal)
        {
            return self.no_operator(op, &a.ty, &b.ty, op_span);
        }
        if a.ty.base == Base::Bool
            && b.ty.base == Base::Bool
            && matches!(op, BinOp::BitAnd | BinOp::BitOr)
        {
            return self.three_valued(op, a, b, span);
        }
        let (x, y) = (self.local(), self.local());
        let read = |local, ty: &Ty| {
            let ir = if ty.boxed() {
                Ir::Unbox(Ir::Local(local).into())
            } else {
                Ir::Local(local)
            };
            Typed::new(ir, ty.with_null(false))
        };
        let result = self.plain(op, read(x, &a.ty), read(y, &b.ty), op_span, span);
        if result.ty.is_unknown() {
            return result;
        }
        let mut absent = Ir::Word(0);
        for (local, ty) in [(x, &a.ty), (y, &b.ty)] {
            if ty.nullable {
                absent = Ir::If(
                    Ir::IsNull(Ir::Local(local).into()).into(),
                    Ir::Word(1).into(),
                    absent.into(),
                );
            }
        }
        let order = matches!(op, BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge);
        let (value, ty) = if order {
            (result.ir, result.ty)
        } else if result.ty.base.is_word() {
            let site = self.site(span);
            (Ir::Boxed(result.ir.into(), site), result.ty.with_null(true))
        } else {
            (result.ir, result.ty.with_null(true))
        };
        let choice = Ir::If(absent.into(), Ir::Word(0).into(), value.into());
        Typed::new(
            Ir::Let(
                x,
                a.ir.into(),
                Ir::Let(y, b.ir.into(), choice.into()).into(),
            ),
            ty,
        )
    }

    /// `&` and `|` of booleans that may be absent: one side can decide alone.
    fn three_valued(&mut self, op: BinOp, a: Typed, b: Typed, span: Span) -> Typed {
        let site = self.site(span);
        let decides = Ir::Word(i64::from(op == BinOp::BitOr));
        let (x, y) = (self.local(), self.local());
        let sides = [(x, a.ty.boxed()), (y, b.ty.boxed())];
        let null = |(local, boxed): (u32, bool)| match boxed {
            true => Ir::IsNull(Ir::Local(local).into()),
            false => Ir::Word(0),
        };
        let word = |(local, boxed): (u32, bool)| match boxed {
            true => Ir::Unbox(Ir::Local(local).into()),
            false => Ir::Local(local),
        };
        let known = |side| {
            let same = Ir::Op(Op::Eq, vec![word(side), decides.clone()], 0);
            Ir::If(null(side).into(), Ir::Word(0).into(), same.into())
        };
        let boxed = |word: Ir| Ir::Boxed(word.into(), site);
        let other = Ir::Op(Op::Xor, vec![decides.clone(), Ir::Word(1)], 0);
        let rest = Ir::If(
            null(sides[1]).into(),
            Ir::Word(0).into(),
            boxed(other).into(),
        );
        let rest = Ir::If(null(sides[0]).into(), Ir::Word(0).into(), rest.into());
        let rest = Ir::If(
            known(sides[1]).into(),
            boxed(decides.clone()).into(),
            rest.into(),
        );
        let value = Ir::If(
            known(sides[0]).into(),
            boxed(decides.clone()).into(),
            rest.into(),
        );
        let body = Ir::Let(y, b.ir.into(), value.into());
        Typed::new(
            Ir::Let(x, a.ir.into(), body.into()),
            Ty::optional(Base::Bool),
        )
    }
}
