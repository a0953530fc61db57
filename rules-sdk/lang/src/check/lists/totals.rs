//! One value of all elements: `Sum`, `Min`, `Max`, `Average`, `Aggregate`.
//!
//! Invariants: a sum that its type cannot hold fails, and so does what needs an element where there is none; of texts the absent
//! ones do not count.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::{Call, len};
use crate::check::coerce::looped;
use crate::check::{Checker, Typed, decimals};
use crate::diag::codes;
use crate::ir::{Ir, Loop, LoopKind, Op, Site};
use crate::syntax::ast::Expr;
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// Sum, Min, Max, Average, with or without a selector.
    pub(super) fn number(&mut self, call: Call<'_>) -> Typed {
        let (name, site, span) = (call.name.text.clone(), call.site, call.span);
        let list = match call.args {
            [body] => self.select(call, body),
            _ => Typed::new(call.list, call.ty),
        };
        let Some(mut element) = list.ty.element().cloned() else {
            return Typed::unknown();
        };
        let extreme = matches!(name.as_str(), "Min" | "Max");
        let mut list = list;
        // Absent elements do not count: of none there is none, and their sum is 0.
        let some_absent = element.nullable && !element.is_text();
        if some_absent {
            list = self.present_elements(list, span);
            element = element.with_null(false);
        }
        let text = element.is_text() && extreme;
        let ordered = matches!(
            element.base,
            Base::Bool | Base::Char | Base::Date | Base::Day | Base::Span
        );
        let numeric = (element.base.is_number() || extreme && ordered) && !element.nullable;
        if !numeric && !text {
            self.error(
                codes::ARGUMENT,
                span,
                format!("`{name}` needs numbers, these are `{element}`"),
            );
            return Typed::unknown();
        }
        if text && (name == "Min" || name == "Max") {
            return self.extreme_text(list, name == "Max", site);
        }
        if extreme && some_absent {
            let present = self.local();
            let max = Ir::Word(i64::from(name == "Max"));
            let args = vec![Ir::Local(present), Ir::Word(element.kind()), max];
            let best = Ir::Unbox(Ir::Call(Fn::Extreme, args, site).into());
            let best = match element.base.is_word() {
                true => Ir::Boxed(best.into(), site),
                false => best,
            };
            let empty = Ir::Op(Op::Eq, vec![len(present), Ir::Word(0)], 0);
            let choice = Ir::If(empty.into(), Ir::Word(0).into(), best.into());
            return Typed::new(
                Ir::Let(present, list.ir.into(), choice.into()),
                element.with_null(true),
            );
        }
        if extreme {
            self.may_fail(
                span,
                &[ErrorKind::InvalidOperation],
                "an empty list fails; test Any() first",
            );
            let max = Ir::Word(i64::from(name == "Max"));
            let best = Ir::Call(
                Fn::Extreme,
                vec![list.ir, Ir::Word(element.kind()), max],
                site,
            );
            return Typed::new(Ir::Unbox(best.into()), element.with_null(false));
        }
        let double = element.base == Base::Double;
        let local = self.local();
        let total = |list| match element.base {
            Base::Double => Ir::Unbox(Ir::Call(Fn::SumDouble, vec![list], site).into()),
            Base::Long => Ir::Unbox(Ir::Call(Fn::SumLong, vec![list], site).into()),
            Base::Decimal => Ir::Call(Fn::SumDecimal, vec![list], site),
            _ => Ir::Call(Fn::SumInt, vec![list], site),
        };
        if name == "Sum" {
            self.may_fail(
                span,
                &[ErrorKind::Overflow],
                "the sum must fit the type of its elements",
            );
            let base = if element.base == Base::Char {
                Base::Int
            } else {
                element.base.clone()
            };
            return Typed::new(total(list.ir), Ty::of(base));
        }
        let fail = match some_absent {
            // Of none there is none.
            true => Ir::Word(0),
            false => {
                let advice = "an empty list fails; test Any() first";
                self.may_fail(span, &[ErrorKind::InvalidOperation], advice);
                self.fail(ErrorKind::InvalidOperation, span)
            }
        };
        let len = || Ir::Op(Op::Len, vec![Ir::Local(local)], 0);
        if element.base == Base::Decimal {
            let (sum, count) = (total(Ir::Local(local)), decimals::widened(len(), site));
            let empty = Ir::Op(Op::Eq, vec![len(), Ir::Word(0)], 0);
            let mean = Ir::Call(Fn::DecimalArithmetic, vec![sum, count, Ir::Word(3)], site);
            let choice = Ir::If(empty.into(), fail.into(), mean.into());
            let ty = element.with_null(some_absent);
            return Typed::new(Ir::Let(local, list.ir.into(), choice.into()), ty);
        }
        let sum = Ir::Unbox(
            Ir::Call(
                if double { Fn::SumDouble } else { Fn::SumLong },
                vec![Ir::Local(local)],
                site,
            )
            .into(),
        );
        let sum = if double {
            sum
        } else {
            Ir::Op(Op::LongToDouble, vec![sum], 0)
        };
        let mean = Ir::Op(
            Op::DivD,
            vec![sum, Ir::Op(Op::LongToDouble, vec![len()], 0)],
            0,
        );
        let mean = match some_absent {
            true => Ir::Boxed(mean.into(), site),
            false => mean,
        };
        let empty = Ir::Op(Op::Eq, vec![len(), Ir::Word(0)], 0);
        let choice = Ir::If(empty.into(), fail.into(), mean.into());
        Typed::new(
            Ir::Let(local, list.ir.into(), choice.into()),
            Ty::of(Base::Double).with_null(some_absent),
        )
    }

    pub(super) fn aggregate(&mut self, call: Call<'_>, seed: &Expr, body: &Expr) -> Typed {
        let start = self.expr(seed);
        if start.ty.is_unknown() {
            return start;
        }
        let (acc, element) = (self.local(), self.local());
        let ty = if start.ty.base == Base::Null {
            Ty::optional(Base::String)
        } else {
            start.ty.clone()
        };
        let next = self.body(body, &[(acc, ty.clone()), (element, call.element.clone())]);
        let next = self.coerced(next, &ty, body.span);
        let kind = LoopKind::Fold(acc);
        let fold = Loop {
            kind,
            list: call.list,
            element,
            index: None,
            body: next.ir,
            site: call.site,
        };
        Typed::new(
            Ir::Let(acc, start.ir.into(), Ir::Loop(Box::new(fold)).into()),
            ty,
        )
    }

    /// `Aggregate` with what becomes of the total in the end.
    pub(super) fn aggregate_into(
        &mut self,
        call: Call<'_>,
        (seed, body): (&Expr, &Expr),
        last: &Expr,
    ) -> Typed {
        let total = self.aggregate(call, seed, body);
        if total.ty.is_unknown() {
            return total;
        }
        let local = self.local();
        let result = self.body(last, &[(local, total.ty.clone())]);
        Typed::new(Ir::Let(local, total.ir.into(), result.ir.into()), result.ty)
    }

    /// `Aggregate` that starts with the first element.
    pub(super) fn aggregate_first(&mut self, call: Call<'_>, body: &Expr) -> Typed {
        let (site, span) = (call.site, call.span);
        self.may_fail(
            span,
            &[ErrorKind::InvalidOperation],
            "an empty list fails; give a first value",
        );
        let (list, total, element) = (self.local(), self.local(), self.local());
        let params = [
            (total, call.element.clone()),
            (element, call.element.clone()),
        ];
        let next = self.body(body, &params);
        let next = self.coerced(next, &call.element, body.span);
        let fold = Loop {
            kind: LoopKind::Fold(total),
            list: Ir::Call(Fn::Skip, vec![Ir::Local(list), Ir::Word(1)], site),
            element,
            index: None,
            body: next.ir,
            site,
        };
        let zero = Ir::Word(0);
        let first = self.item_at(Ir::Local(list), zero.clone(), zero, &call.element, site);
        let all = Ir::Let(total, first.ir.into(), Ir::Loop(Box::new(fold)).into());
        let fail = self.fail(ErrorKind::InvalidOperation, span);
        let empty = Ir::Op(Op::Eq, vec![len(list), Ir::Word(0)], 0);
        let choice = Ir::If(empty.into(), fail.into(), all.into());
        Typed::new(Ir::Let(list, call.list.into(), choice.into()), call.element)
    }

    /// The list without its absent elements.
    pub(super) fn present_elements(&mut self, list: Typed, span: Span) -> Typed {
        let Some(element) = list.ty.element().filter(|e| e.nullable).cloned() else {
            return list;
        };
        if element.boxed() {
            return self.without_null_elements(list, span);
        }
        let (site, one) = (self.site(span), self.local());
        let there = Ir::Op(Op::Not, vec![Ir::IsNull(Ir::Local(one).into())], 0);
        let kept = looped(LoopKind::Where, list.ir, one, there, site);
        Typed::new(kept, Ty::list(element.with_null(false)))
    }

    /// The least or greatest text; absent ones do not count, and of none there is none.
    fn extreme_text(&mut self, list: Typed, max: bool, site: Site) -> Typed {
        let (one, present) = (self.local(), self.local());
        let there = Ir::Op(Op::Not, vec![Ir::IsNull(Ir::Local(one).into())], 0);
        let kept = looped(LoopKind::Where, list.ir, one, there, site);
        let args = vec![Ir::Local(present), Ir::Word(8), Ir::Word(i64::from(max))];
        let best = Ir::Unbox(Ir::Call(Fn::Extreme, args, site).into());
        let empty = Ir::Op(Op::Eq, vec![len(present), Ir::Word(0)], 0);
        let choice = Ir::If(empty.into(), Ir::Word(0).into(), best.into());
        Typed::new(
            Ir::Let(present, kept.into(), choice.into()),
            Ty::optional(Base::String),
        )
    }
}
