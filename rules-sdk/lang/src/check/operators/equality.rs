//! `==` and `!=`.
//!
//! Invariants: two absent values are equal, an absent one equals no other; of lists there is no equality.

use syncline_model::rules::{Dialect, Span};
use syncline_rules_guest::Fn;

use super::time::ordered;
use crate::check::{Checker, Typed, decimals};
use crate::ir::{Ir, Op};
use crate::syntax::ast::BinOp;
use crate::types::{Base, Ty, common};

impl Checker<'_> {
    pub(super) fn equality(
        &mut self,
        op: BinOp,
        a: Typed,
        b: Typed,
        op_span: Span,
        span: Span,
    ) -> Typed {
        let Some(equal) = self
            .truth_as_text(&a, &b, span)
            .or_else(|| self.equal(&a, &b, span))
        else {
            return self.no_operator(op, &a.ty, &b.ty, op_span);
        };
        let ir = if op == BinOp::Eq {
            equal
        } else {
            Ir::Op(Op::Not, vec![equal], 0)
        };
        Typed::new(ir, Ty::of(Base::Bool))
    }

    /// Provisioning has truth values as texts: `[accountEnabled] = "True"`.
    fn truth_as_text(&mut self, a: &Typed, b: &Typed, span: Span) -> Option<Ir> {
        let (truth, text) = match (&a.ty.base, &b.ty.base) {
            (Base::Bool, Base::String | Base::Written) => (a, b),
            (Base::String | Base::Written, Base::Bool) => (b, a),
            _ => return None,
        };
        if self.dialect != Dialect::Entra {
            return None;
        }
        let site = self.site(span);
        let truth = self.as_text(truth.clone(), span);
        Some(Ir::Call(
            Fn::EqualIgnoreCase,
            vec![truth.ir, text.ir.clone()],
            site,
        ))
    }

    /// A test for equality, if these types have one.
    pub(in crate::check) fn equal(&mut self, a: &Typed, b: &Typed, span: Span) -> Option<Ir> {
        let site = self.site(span);
        match (&a.ty.base, &b.ty.base) {
            (Base::Null, Base::Null) => return Some(Ir::Word(1)),
            (Base::Null, _) => return Some(null_test(b)),
            (_, Base::Null) => return Some(null_test(a)),
            _ => {}
        }
        let ty = common(&a.ty, &b.ty)?;
        if ty.is_unknown() || ty.base == Base::Never {
            return Some(Ir::Word(0));
        }
        if ty.is_text() {
            return Some(Ir::Call(Fn::Equal, vec![a.ir.clone(), b.ir.clone()], site));
        }
        match ty.base {
            Base::Binary | Base::Guid => Some(Ir::Call(
                Fn::OctetsEqual,
                vec![a.ir.clone(), b.ir.clone()],
                site,
            )),
            Base::List(_) => None,
            Base::Decimal => {
                let x = self.coerce(a.clone(), &ty, span)?.ir;
                let y = self.coerce(b.clone(), &ty, span)?.ir;
                Some(decimals::compared(Op::Eq, x, y, site))
            }
            _ if !ty.nullable => {
                let x = ordered(self.coerce(a.clone(), &ty, span)?.ir, &ty.base);
                let y = ordered(self.coerce(b.clone(), &ty, span)?.ir, &ty.base);
                Some(Ir::Op(
                    if ty.base == Base::Double {
                        Op::EqD
                    } else {
                        Op::Eq
                    },
                    vec![x, y],
                    0,
                ))
            }
            _ => {
                // Equal when both are absent, or both are there and equal.
                let (x, y) = (self.local(), self.local());
                let present = ty.with_null(false);
                let read = |checker: &mut Self, local, from: &Ty| {
                    let ir = if from.boxed() {
                        Ir::Unbox(Ir::Local(local).into())
                    } else {
                        Ir::Local(local)
                    };
                    checker
                        .coerce(Typed::new(ir, from.with_null(false)), &present, span)
                        .map(|t| ordered(t.ir, &present.base))
                };
                let (left, right) = (read(self, x, &a.ty)?, read(self, y, &b.ty)?);
                let same = Ir::Op(
                    if ty.base == Base::Double {
                        Op::EqD
                    } else {
                        Op::Eq
                    },
                    vec![left, right],
                    0,
                );
                let null = |local, ty: &Ty| {
                    if ty.nullable {
                        Ir::IsNull(Ir::Local(local).into())
                    } else {
                        Ir::Word(0)
                    }
                };
                let y_null = || null(y, &b.ty);
                let y_there = Ir::If(y_null().into(), Ir::Word(0).into(), same.into());
                let test = Ir::If(null(x, &a.ty).into(), y_null().into(), y_there.into());
                Some(Ir::Let(
                    x,
                    a.ir.clone().into(),
                    Ir::Let(y, b.ir.clone().into(), test.into()).into(),
                ))
            }
        }
    }
}

/// Is the value absent? Never, for a type that cannot be.
fn null_test(value: &Typed) -> Ir {
    if value.ty.nullable || !value.ty.base.is_word() {
        Ir::IsNull(value.ir.clone().into())
    } else {
        Ir::Word(0)
    }
}
