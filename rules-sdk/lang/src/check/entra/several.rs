//! Attributes of several values: `Count`, `Item`, `ItemOrNull`, `Contains`.
//!
//! Invariants: a single value is a list of one; places count from 1.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use crate::check::{Checker, Typed};
use crate::ir::{Exit, Ir, Op};
use crate::stdlib;
use crate::syntax::ast::{Expr, Name};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// How many values there are; none of what is absent, one of a single one.
    pub(super) fn count(&mut self, value: Typed) -> Typed {
        let int = Ty::of(Base::Int);
        if value.ty.is_unknown() {
            return value;
        }
        let local = self.local();
        let read = Typed::new(Ir::Local(local), value.ty.clone());
        let absent = self.is_absent(&read);
        let count = match value.ty.element() {
            Some(_) => length(Ir::Local(local)),
            None => Ir::Word(1),
        };
        let ir = Ir::If(absent.into(), Ir::Word(0).into(), count.into());
        Typed::new(Ir::Let(local, value.ir.into(), ir.into()), int)
    }

    /// The n-th value from 1 on. A single value is a list of one.
    pub(super) fn value_at(
        &mut self,
        list: &Expr,
        index: &Expr,
        or_null: bool,
        span: Span,
    ) -> Typed {
        let value = self.expr(list);
        let at = self.present_expr(index, ErrorKind::Argument);
        if value.ty.is_unknown() || at.ty.is_unknown() {
            return Typed::unknown();
        }
        let at = self.coerced(at, &Ty::of(Base::Long), index.span).ir;
        let element = value.ty.element().cloned();
        let element = element.unwrap_or_else(|| value.ty.with_null(false));
        let wanted = Ty::list(element.clone());
        let list = if value.ty.element().is_some() {
            value
        } else {
            let ir = self.list_of_one(value.clone(), &wanted, span);
            Typed::new(
                ir,
                Ty {
                    nullable: value.ty.nullable,
                    ..wanted
                },
            )
        };
        let site = self.site(span);
        if !or_null {
            let advice = "count the values first, or use ItemOrNull";
            self.may_fail(span, &[ErrorKind::OutOfRange], advice);
        }
        self.lift(list, span, |checker, list| {
            let (items, number) = (checker.local(), checker.local());
            let before = Ir::Op(Op::SubL, vec![Ir::Local(number), Ir::Word(1)], 0);
            let count = length(Ir::Local(items));
            let function = if element.is_wide() {
                Fn::BoxedItemAt
            } else {
                Fn::ItemAt
            };
            // A place that no list has, so that what does not fit in 32 bits is not one that it has.
            let too_small = Ir::Op(Op::Lt, vec![Ir::Local(number), Ir::Word(1)], 0);
            let too_large = Ir::Op(Op::Gt, vec![Ir::Local(number), count], 0);
            let outside = Ir::If(too_small.into(), Ir::Word(1).into(), too_large.into());
            let found = Ir::Call(function, vec![Ir::Local(items), before, Ir::Word(0)], site);
            let (found, missing) = match (or_null, element.is_wide()) {
                (true, true) => (found, Ir::Word(0)),
                (true, false) if element.base.is_word() => {
                    (Ir::Boxed(found.into(), site), Ir::Word(0))
                }
                (true, false) => (found, Ir::Word(0)),
                (false, wide) => {
                    let found = if wide { Ir::Unbox(found.into()) } else { found };
                    (found, Ir::Exit(Exit::Fail(ErrorKind::OutOfRange, site)))
                }
            };
            let ir = Ir::If(outside.into(), missing.into(), found.into());
            let ir = Ir::Let(
                items,
                list.ir.into(),
                Ir::Let(number, at.into(), ir.into()).into(),
            );
            Typed::new(ir, element.with_null(or_null))
        })
    }

    /// `Contains(values, text, compare)`; a single value is a list of one.
    pub(super) fn contained(
        &mut self,
        list: &Expr,
        rest: &[Expr],
        name: &Name,
        span: Span,
    ) -> Option<Typed> {
        let value = self.expr(list);
        let mut args = vec![(value.clone(), list.span)];
        let is_reference = value
            .ty
            .element()
            .is_some_and(|e| e.base == Base::Reference);
        if value.ty.is_text() {
            let site = self.site(span);
            let ir = Ir::Call(Fn::TextList, vec![value.ir], site);
            let ty = Ty::list(Ty::of(Base::String));
            args[0].0 = Typed::new(ir, ty);
        }
        args.extend(self.arguments(rest));
        let found = self.resolve(&stdlib::entra("Contains"), None, args, name, span);
        Some(match found.ir {
            Ir::Call(function, mut cells, site) if is_reference => {
                // A reference is another one or it is not.
                if let Some(exact) = cells.last_mut() {
                    *exact = Ir::Word(1);
                }
                Typed::new(Ir::Call(function, cells, site), found.ty)
            }
            ir => Typed::new(ir, found.ty),
        })
    }
}

/// How many elements a list has.
pub(super) fn length(list: Ir) -> Ir {
    Ir::Op(Op::Len, vec![list], 0)
}
