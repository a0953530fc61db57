//! One type as another: `CBool`, `CNum`, `BitAnd`, `BitOr`, and dates as provisioning writes them.
//!
//! Invariants: what is absent stays absent; a text that says no value of the type is an error of the object.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, Op};
use crate::stdlib;
use crate::syntax::ast::{BinOp, Expr};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// A date as provisioning has it: a text.
    pub(super) fn written_date(&mut self, date: Typed, span: Span) -> Typed {
        if date.ty.element().is_some_and(|e| e.base == Base::Date) {
            return self.each(date, span, span, |checker, one| {
                checker.written_date(one, span)
            });
        }
        if date.ty.base != Base::Date {
            return date;
        }
        self.lift(date, span, |checker, date| {
            let site = checker.site(span);
            let format = Ir::Text(stdlib::PROVISIONING_DATE.to_owned());
            let ir = Ir::Call(Fn::DateToText, vec![date.ir, format], site);
            Typed::new(ir, Ty::of(Base::String))
        })
    }

    /// Anything but zero is true; a text must say which.
    pub(super) fn truth(&mut self, arg: &Expr, span: Span) -> Typed {
        let value = self.expr(arg);
        if value.ty.base == Base::Null {
            return Typed::new(Ir::Word(0), Ty::optional(Base::Bool));
        }
        match value.ty.base {
            Base::Unknown | Base::Bool => value,
            _ if is_truth(&value.ty) => self.truth_of(value, span),
            _ => {
                let message = format!("CBool needs a number or a text, not a `{}`", value.ty);
                self.error(codes::ARGUMENT, span, message);
                Typed::unknown()
            }
        }
    }

    /// A number or a text as a truth value; what is absent stays absent.
    pub(in crate::check) fn truth_of(&mut self, value: Typed, span: Span) -> Typed {
        if value.ty.is_text() {
            let advice = "the text must be True, False or a number";
            self.may_fail(span, &[ErrorKind::Format], advice);
        }
        self.lift(value, span, |checker, value| {
            let site = checker.site(span);
            let ir = match value.ty.base {
                Base::Double => Ir::Op(Op::NeD, vec![value.ir, Ir::Word(0)], 0),
                _ if value.ty.is_text() => Ir::Call(Fn::EntraTruth, vec![value.ir], site),
                _ => {
                    let is_zero = Ir::Op(Op::Eq, vec![value.ir, Ir::Word(0)], 0);
                    Ir::Op(Op::Not, vec![is_zero], 0)
                }
            };
            Typed::new(ir, Ty::of(Base::Bool))
        })
    }

    pub(super) fn number_of(&mut self, arg: &Expr, span: Span) -> Typed {
        let value = self.expr(arg);
        if value.ty.base == Base::Null {
            return Typed::new(Ir::Word(0), Ty::optional(Base::Long));
        }
        if value.ty.is_text() {
            self.may_fail(
                span,
                &[ErrorKind::Format, ErrorKind::Overflow],
                "test it with IsNumeric",
            );
        }
        self.lift(value, span, |checker, value| {
            let site = checker.site(span);
            let ir = match value.ty.base {
                Base::Unknown | Base::Long => return value,
                Base::Int | Base::Bool => value.ir,
                Base::Binary => {
                    Ir::Unbox(Ir::Call(Fn::EntraOctetsToNumber, vec![value.ir], site).into())
                }
                Base::String | Base::Written | Base::Reference => {
                    Ir::Unbox(Ir::Call(Fn::ParseLong, vec![value.ir], site).into())
                }
                _ => {
                    let message = format!("CNum needs a text, not a `{}`", value.ty);
                    checker.error(codes::ARGUMENT, span, message);
                    return Typed::unknown();
                }
            };
            Typed::new(ir, Ty::of(Base::Long))
        })
    }

    pub(super) fn bits(&mut self, op: BinOp, a: &Expr, b: &Expr, span: Span) -> Typed {
        let (a, b) = (self.expr(a), self.expr(b));
        if a.ty.is_unknown() || b.ty.is_unknown() {
            return Typed::unknown();
        }
        self.binary_values(op, a, b, span)
    }
}

/// Is it no truth value, but one can be made of it, as Visual Basic does where it needs a condition?
pub(crate) fn is_truth(ty: &Ty) -> bool {
    ty.is_text() || matches!(ty.base, Base::Int | Base::Long | Base::Double)
}
