//! Functions of Math whose type is that of their arguments: `Min`, `Max`, `Abs`, `Sign`, `Clamp`.
//!
//! Invariants: arguments of different types meet at the wider one, as in C#; the absolute value of the least whole
//! number is an overflow.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::{Checker, Typed, decimals};
use crate::diag::codes;
use crate::ir::{Ir, Op};
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty, common};

/// The runtime's numbers of the greater and the smaller double.
const GREATER: i64 = 7;
const SMALLER: i64 = 8;

impl Checker<'_> {
    pub(super) fn min_max(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        let [_, _] = args else {
            return self.wrong_count(name, "2", args.len(), span);
        };
        let Some((numbers, ty)) = self.numbers(args, span) else {
            return Typed::unknown();
        };
        let [a, b] = <[Ir; 2]>::try_from(numbers).unwrap_or([Ir::Word(0), Ir::Word(0)]);
        let ir = self.extreme(name.text == "Max", a, b, &ty.base, span);
        Typed::new(ir, ty)
    }

    /// The greater or the smaller of two numbers of a type.
    fn extreme(&mut self, max: bool, a: Ir, b: Ir, base: &Base, span: Span) -> Ir {
        let site = self.site(span);
        match base {
            Base::Double => {
                let op = Ir::Word(if max { GREATER } else { SMALLER });
                Ir::Unbox(Ir::Call(Fn::MathFunction, vec![a, b, op], site).into())
            }
            Base::Decimal => {
                let op = Ir::Word(if max { 6 } else { 5 });
                Ir::Call(Fn::DecimalArithmetic, vec![a, b, op], site)
            }
            _ => {
                let (i, j) = (self.local(), self.local());
                let test = if max { Op::Ge } else { Op::Le };
                let first = Ir::Op(test, vec![Ir::Local(i), Ir::Local(j)], 0);
                let choice = Ir::If(first.into(), Ir::Local(i).into(), Ir::Local(j).into());
                Ir::Let(i, a.into(), Ir::Let(j, b.into(), choice.into()).into())
            }
        }
    }

    /// `Math.Clamp(value, min, max)`
    pub(super) fn clamp(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        let [_, _, _] = args else {
            return self.wrong_count(name, "3", args.len(), span);
        };
        let Some((numbers, ty)) = self.numbers(args, span) else {
            return Typed::unknown();
        };
        self.may_fail(
            span,
            &[ErrorKind::Argument],
            "the least must not exceed the most",
        );
        let locals = [self.local(), self.local(), self.local()];
        let [value, least, most] = locals.map(Ir::Local);
        let crossed = self.less(most.clone(), least.clone(), &ty.base, span);
        let above = self.less(most.clone(), value.clone(), &ty.base, span);
        let below = self.less(value.clone(), least.clone(), &ty.base, span);
        let fail = self.fail(ErrorKind::Argument, span);
        let inner = Ir::If(above.into(), most.into(), value.into());
        let inner = Ir::If(below.into(), least.into(), inner.into());
        let inner = Ir::If(crossed.into(), fail.into(), inner.into());
        let ir = (locals.into_iter().zip(numbers).rev()).fold(inner, |body, (local, number)| {
            Ir::Let(local, number.into(), body.into())
        });
        Typed::new(ir, ty)
    }

    /// `Math.DivRem(a, b, out var rest)`
    pub(super) fn div_rem(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        let [a, b, out] = args else {
            self.error(
                codes::UNSUPPORTED,
                span,
                "a pair of results is not part of the rule language; use `/` and `%`, or `out var`",
            );
            return Typed::unknown();
        };
        let Node::Out(variable, _) = &out.kind else {
            return self.wrong_count(name, "2 and `out var`", args.len(), span);
        };
        let Some((numbers, ty)) = self.numbers(&[a.clone(), b.clone()], span) else {
            return Typed::unknown();
        };
        let (div, rem) = match ty.base {
            Base::Int => (Op::DivI, Op::RemI),
            Base::Long => (Op::DivL, Op::RemL),
            _ => {
                self.error(codes::ARGUMENT, span, "DivRem needs whole numbers");
                return Typed::unknown();
            }
        };
        self.may_fail(span, &[ErrorKind::DivideByZero], "test the divisor first");
        let site = self.site(span);
        let locals = [self.local(), self.local()];
        let both = || locals.map(Ir::Local).to_vec();
        let quotient = Ir::Op(div, both(), site);
        let rest = self.declare_assigned(variable, ty.clone());
        let body = Ir::Let(rest, Ir::Op(rem, both(), site).into(), quotient.into());
        let ir = (locals.into_iter().zip(numbers).rev()).fold(body, |body, (local, number)| {
            Ir::Let(local, number.into(), body.into())
        });
        Typed::new(ir, ty)
    }

    fn less(&mut self, a: Ir, b: Ir, base: &Base, span: Span) -> Ir {
        match base {
            Base::Double => Ir::Op(Op::LtD, vec![a, b], 0),
            Base::Decimal => {
                let site = self.site(span);
                decimals::compared(Op::Lt, a, b, site)
            }
            _ => Ir::Op(Op::Lt, vec![a, b], 0),
        }
    }

    /// Present numbers of one type.
    fn numbers(&mut self, args: &[Expr], span: Span) -> Option<(Vec<Ir>, Ty)> {
        let mut values = Vec::new();
        let mut ty = Ty::of(Base::Int);
        for arg in args {
            let value = self.expr(arg);
            let value = self.present(value, arg.span, ErrorKind::Argument);
            if value.ty.is_unknown() {
                return None;
            }
            match common(&ty, &value.ty).filter(|ty| ty.base.is_number()) {
                Some(wider) => ty = wider,
                None => {
                    let message = format!("Math needs numbers, not `{ty}` and `{}`", value.ty);
                    self.error(codes::ARGUMENT, span, message);
                    return None;
                }
            }
            values.push(value);
        }
        let numbers = values
            .into_iter()
            .map(|value| self.coerce(value, &ty, span).map(|typed| typed.ir))
            .collect::<Option<Vec<_>>>()?;
        Some((numbers, ty))
    }

    /// `Math.Abs` and `Math.Sign`.
    pub(super) fn of_one(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        let [_] = args else {
            return self.wrong_count(name, "1", args.len(), span);
        };
        let Some((mut numbers, ty)) = self.numbers(args, span) else {
            return Typed::unknown();
        };
        let Some(number) = numbers.pop() else {
            return Typed::unknown();
        };
        let local = self.local();
        let (ir, ty) = if name.text == "Abs" {
            (self.absolute(local, &ty.base, span), ty)
        } else {
            (self.sign(local, &ty.base, span), Ty::of(Base::Int))
        };
        Typed::new(Ir::Let(local, number.into(), ir.into()), ty)
    }

    fn absolute(&mut self, local: u32, base: &Base, span: Span) -> Ir {
        let site = self.site(span);
        let read = || Ir::Local(local);
        let (least, minus) = match base {
            Base::Double => {
                let call = Ir::Call(Fn::Math, vec![read(), Ir::Word(0), Ir::Word(5)], site);
                return Ir::Unbox(call.into());
            }
            Base::Decimal => return Ir::Call(Fn::DecimalSign, vec![read(), Ir::Word(1)], site),
            Base::Long => (i64::MIN, Op::SubL),
            _ => (i64::from(i32::MIN), Op::SubI),
        };
        let overflow = self.fail(ErrorKind::Overflow, span);
        let test = Ir::Op(Op::Eq, vec![read(), Ir::Word(least)], 0);
        let negative = Ir::Op(Op::Lt, vec![read(), Ir::Word(0)], 0);
        let negated = Ir::Op(minus, vec![Ir::Word(0), read()], 0);
        let absolute = Ir::If(negative.into(), negated.into(), read().into());
        Ir::If(test.into(), overflow.into(), absolute.into())
    }

    /// -1, 0 or 1. NaN has no sign.
    fn sign(&mut self, local: u32, base: &Base, span: Span) -> Ir {
        let zero = match base {
            Base::Decimal => {
                let site = self.site(span);
                decimals::widened(Ir::Word(0), site)
            }
            _ => Ir::Word(0),
        };
        let below = self.less(Ir::Local(local), zero.clone(), base, span);
        let above = self.less(zero, Ir::Local(local), base, span);
        let rest = if *base == Base::Double {
            self.may_fail(span, &[ErrorKind::Argument], "NaN has no sign");
            let fail = self.fail(ErrorKind::Argument, span);
            let number = Ir::Op(Op::EqD, vec![Ir::Local(local), Ir::Local(local)], 0);
            Ir::If(number.into(), Ir::Word(0).into(), fail.into())
        } else {
            Ir::Word(0)
        };
        let above = Ir::If(above.into(), Ir::Word(1).into(), rest.into());
        Ir::If(below.into(), Ir::Word(-1).into(), above.into())
    }
}
