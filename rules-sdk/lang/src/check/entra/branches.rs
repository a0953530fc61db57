//! Branches of different types: `IIF`, `Switch` and `Coalesce` give a `var` in the references, here what both ways are.
//!
//! Invariants: beside a list a single value is a list of one; beside a text a number or truth value is the text that `CStr`
//! makes of it, and so are two of these that differ; nothing else changes its type. A text that may have been a number is
//! no operand of `+`, which would answer otherwise than with the number.

use syncline_model::rules::Span;

use crate::check::{Checker, Typed};
use crate::ir::Ir;
use crate::syntax::ast::Expr;
use crate::types::{Base, Ty, common};

impl Checker<'_> {
    /// `Coalesce(value, …)`, by either dialect: the first value that is there.
    pub(in crate::check) fn coalesce_call(&mut self, args: &[Expr], span: Span) -> Typed {
        let values = self.arguments(args);
        let mut rest = values.into_iter().rev();
        let Some((mut result, _)) = rest.next() else {
            return Typed::unknown();
        };
        for (value, at) in rest {
            if !value.ty.nullable {
                result = value;
                continue;
            }
            let local = self.local();
            let read = if value.ty.boxed() {
                Ir::Unbox(Ir::Local(local).into())
            } else {
                Ir::Local(local)
            };
            let kept = Typed::new(read, value.ty.with_null(false));
            let span = Span {
                from: at.from,
                to: span.to,
            };
            let (other, kept) = self.alike(result, kept, span);
            let choice = self.choose(Ir::IsNull(Ir::Local(local).into()), other, kept, span);
            result = Typed::new(Ir::Let(local, value.ir.into(), choice.ir.into()), choice.ty);
        }
        result
    }

    /// Two values that one of is chosen, as values of one type where there is one.
    pub(in crate::check) fn alike(&mut self, a: Typed, b: Typed, span: Span) -> (Typed, Typed) {
        let (a, b) = match written(&a.ty, &b.ty) {
            true => (self.written(a, span), self.written(b, span)),
            false => (a, b),
        };
        let b = long_like(b, &a.ty);
        let a = long_like(a, &b.ty);
        let is_single = |ty: &Ty| ty.element().is_none() && !is_none(ty);
        match (a.ty.element(), b.ty.element()) {
            (Some(element), None) if is_single(&b.ty) => {
                let element = element.clone();
                (a, self.only(b, &element, span))
            }
            (None, Some(element)) if is_single(&a.ty) => {
                let element = element.clone();
                (self.only(a, &element, span), b)
            }
            _ => (a, b),
        }
    }

    pub(super) fn only(&mut self, value: Typed, element: &Ty, span: Span) -> Typed {
        let one = value.ty.with_null(false);
        if element.boxed() || !self.convertible(&one, element) {
            return value;
        }
        let ty = Ty::list(element.clone()).with_null(value.ty.nullable);
        // What can be read twice needs no name.
        let site = self.site(span);
        let ir = match (&value.ir, value.ty.boxed()) {
            (Ir::Slot(_) | Ir::Local(_), false) if value.ty.nullable => {
                let test = Ir::IsNull(value.ir.clone().into());
                let list = Ir::Items(vec![value.ir], site);
                Ir::If(test.into(), Ir::Word(0).into(), list.into())
            }
            _ => self.list_of_one(value, &ty, span),
        };
        Typed::new(ir, ty)
    }

    /// Numbers and truth values as texts, also those of a list; a text as it is.
    fn written(&mut self, value: Typed, span: Span) -> Typed {
        let list = Ty::list(Ty::of(Base::Written)).with_null(value.ty.nullable);
        match value.ty.element() {
            Some(element) if element.is_text() => return Typed::new(value.ir, list),
            Some(_) => {
                return self.each(value, span, span, |checker, one| checker.written(one, span));
            }
            None => {}
        }
        if is_none(&value.ty) {
            return value;
        }
        let text = self.as_text(value, span);
        let nullable = text.ty.nullable;
        Typed::new(text.ir, Ty::of(Base::Written).with_null(nullable))
    }
}

/// Is there no type for both, but both can be texts?
fn written(a: &Ty, b: &Ty) -> bool {
    let one = |ty: &Ty| ty.element().cloned().unwrap_or_else(|| ty.clone());
    let (a, b) = (one(a), one(b));
    let can_be = |ty: &Ty| {
        let is_plain = matches!(ty.base, Base::Bool | Base::Int | Base::Long | Base::Double);
        is_plain || ty.is_text()
    };
    can_be(&a) && can_be(&b) && common(&a, &b).is_none()
}

/// A list of numbers of 32 bits as one of 64, beside a number that needs them.
fn long_like(value: Typed, other: &Ty) -> Typed {
    let other = other.element().unwrap_or(other);
    match value.ty.element() {
        Some(element) if element.base == Base::Int && other.base == Base::Long => {
            let list = Ty::list(Ty::of(Base::Long).with_null(element.nullable));
            Typed::new(value.ir, list.with_null(value.ty.nullable))
        }
        _ => value,
    }
}

/// Does it stand for no value of any type?
fn is_none(ty: &Ty) -> bool {
    matches!(ty.base, Base::Null | Base::Never | Base::Unknown)
}
