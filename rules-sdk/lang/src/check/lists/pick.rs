//! One element of a list: `First`, `Last`, `Single`, `ElementAt` and their forms with a default.
//!
//! Invariants: without a default an empty list fails, which is said; the default of a type is absent, or its zero.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Call, is_function, len};
use crate::check::{Checker, Typed, decimals};
use crate::diag::codes;
use crate::ir::{Ir, LoopKind, Op, Site};
use crate::syntax::ast::{End, Expr, Index, Node};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// The element at a position, or a default: absent, or the zero of its type.
    pub(super) fn at_or_default(
        &mut self,
        call: Call<'_>,
        index: Ir,
        default: Option<Typed>,
    ) -> Typed {
        let (list, at) = (self.local(), self.local());
        let len = || Ir::Op(Op::Len, vec![Ir::Local(list)], 0);
        let below = Ir::Op(Op::Lt, vec![Ir::Local(at), len()], 0);
        let inside = Ir::If(
            Ir::Op(Op::Ge, vec![Ir::Local(at), Ir::Word(0)], 0).into(),
            below.into(),
            Ir::Word(0).into(),
        );
        let found = self.item_at(
            Ir::Local(list),
            Ir::Local(at),
            Ir::Word(0),
            &call.element,
            call.site,
        );
        let default = default.unwrap_or_else(|| zero(&call.element, call.site));
        let choice = self.choose(inside, found, default, call.span);
        let ir = Ir::Let(
            list,
            call.list.into(),
            Ir::Let(at, index.into(), choice.ir.into()).into(),
        );
        Typed::new(ir, choice.ty)
    }

    /// First and Last, with or without a test, with or without a default.
    pub(super) fn pick(&mut self, call: Call<'_>) -> Typed {
        let name = call.name.text.as_str();
        let (first, or_default) = (name.starts_with("First"), name.ends_with("OrDefault"));
        let (test, default) = match call.args {
            [] => (None, None),
            [only] if is_function(only) => (Some(only), None),
            [only] if or_default => (None, Some(only)),
            [test, default] if or_default => (Some(test), Some(default)),
            _ => return self.wrong_count(call.name, "0 or 1", call.args.len(), call.span),
        };
        let default = default.map(|expr| self.expr(expr));
        let list = self.local();
        let index = match test {
            None if first => Ir::Word(0),
            None => {
                let len = Ir::Op(Op::Len, vec![Ir::Local(list)], 0);
                Ir::Op(Op::SubI, vec![len, Ir::Word(1)], 0)
            }
            Some(test) => {
                let inner = Call {
                    list: Ir::Local(list),
                    ty: call.ty.clone(),
                    element: call.element.clone(),
                    ..call
                };
                let kind = if first {
                    LoopKind::FirstIndex
                } else {
                    LoopKind::LastIndex
                };
                let found =
                    self.predicate(kind, inner, test, |ir| Typed::new(ir, Ty::of(Base::Int)));
                if found.ty.is_unknown() {
                    return found;
                }
                found.ir
            }
        };
        let span = call.span;
        let default = if or_default {
            default.unwrap_or_else(|| zero(&call.element, call.site))
        } else {
            let advice = if first {
                "use FirstOrDefault"
            } else {
                "use LastOrDefault"
            };
            self.may_fail(span, &[ErrorKind::InvalidOperation], advice);
            Typed::new(
                self.fail(ErrorKind::InvalidOperation, span),
                Ty::of(Base::Never),
            )
        };
        let (source, call) = (
            call.list,
            Call {
                list: Ir::Local(list),
                ..call
            },
        );
        let result = self.at_or_default(call, index, Some(default));
        Typed::new(Ir::Let(list, source.into(), result.ir.into()), result.ty)
    }

    pub(super) fn single(&mut self, call: Call<'_>) -> Typed {
        let (span, or_default) = (call.span, call.name.text.ends_with("OrDefault"));
        let element = call.element.clone();
        let (site, ty) = (call.site, call.ty.clone());
        let (test, default) = match call.args {
            [] => (None, None),
            [only] if or_default && !is_function(only) => (None, Some(only)),
            [test] => (Some(test), None),
            [test, default] => (Some(test), Some(default)),
            _ => return Typed::unknown(),
        };
        let default = default.map(|expr| self.expr(expr));
        let list = match test {
            None => Typed::new(call.list, call.ty),
            Some(test) => self.predicate(LoopKind::Where, call, test, |ir| Typed::new(ir, ty)),
        };
        if list.ty.is_unknown() {
            return list;
        }
        self.may_fail(
            span,
            &[ErrorKind::InvalidOperation],
            "more than one element fails; use FirstOrDefault",
        );
        let local = self.local();
        let len = || Ir::Op(Op::Len, vec![Ir::Local(local)], 0);
        let fail = self.fail(ErrorKind::InvalidOperation, span);
        let none = if or_default {
            default.unwrap_or_else(|| zero(&element, site))
        } else {
            Typed::new(fail.clone(), Ty::of(Base::Never))
        };
        let found = self.item_at(Ir::Local(local), Ir::Word(0), Ir::Word(0), &element, site);
        let inner = self.choose(
            Ir::Op(Op::Eq, vec![len(), Ir::Word(1)], 0),
            found,
            none,
            span,
        );
        let several = Ir::Op(Op::Gt, vec![len(), Ir::Word(1)], 0);
        let choice = Ir::If(several.into(), fail.into(), inner.ir.into());
        Typed::new(Ir::Let(local, list.ir.into(), choice.into()), inner.ty)
    }

    /// `Take(1..3)`, which lies within the list as far as it can, and `ElementAt(^1)`.
    pub(super) fn at_place(&mut self, call: Call<'_>, place: &Expr) -> Typed {
        let Node::Place(index) = &place.kind else {
            return Typed::unknown();
        };
        let source = self.local();
        let number = |checker: &mut Self, end: &End| {
            let number = checker.int(&end.expr);
            match end.from_end {
                true => Ir::Op(Op::SubI, vec![len(source), number], 0),
                false => number,
            }
        };
        let inner = match index {
            Index::At(end) => {
                let at = number(self, end);
                let list = Ir::Local(source);
                match call.name.text.as_str() {
                    "ElementAt" => {
                        let advice = "use ElementAtOrDefault";
                        self.may_fail(call.span, &[ErrorKind::OutOfRange], advice);
                        self.item_at(list, at, Ir::Word(0), &call.element, call.site)
                    }
                    "ElementAtOrDefault" => {
                        let inner = Call {
                            list,
                            ty: call.ty.clone(),
                            element: call.element.clone(),
                            ..call
                        };
                        self.at_or_default(inner, at, None)
                    }
                    _ => {
                        let message = "Take needs a count or a range";
                        self.error(codes::ARGUMENT, place.span, message);
                        return Typed::unknown();
                    }
                }
            }
            Index::Range(from, to) if call.name.text == "Take" => {
                let from = from.as_ref().map_or(Ir::Word(0), |end| number(self, end));
                let to = to.as_ref().map_or(len(source), |end| number(self, end));
                let (start, site) = (self.local(), call.site);
                let below = Ir::Op(Op::Lt, vec![Ir::Local(start), Ir::Word(0)], 0);
                let skipped = Ir::If(below.into(), Ir::Word(0).into(), Ir::Local(start).into());
                // What ends before it begins is empty.
                let first = Ir::Call(Fn::Take, vec![Ir::Local(source), to], site);
                let part = Ir::Call(Fn::Skip, vec![first, skipped], site);
                let ir = Ir::Let(start, from.into(), part.into());
                Typed::new(ir, call.ty.clone())
            }
            Index::Range(..) => {
                self.error(codes::ARGUMENT, place.span, "an element has one place");
                return Typed::unknown();
            }
        };
        Typed::new(Ir::Let(source, call.list.into(), inner.ir.into()), inner.ty)
    }
}

/// `default(T)`: absent, or the zero of a word.
pub(in crate::check) fn zero(element: &Ty, site: Site) -> Typed {
    if element.base == Base::Decimal && !element.nullable {
        return Typed::new(decimals::widened(Ir::Word(0), site), element.clone());
    }
    if element.base.is_word() && !element.nullable {
        return Typed::new(Ir::Word(0), element.clone());
    }
    Typed::new(Ir::Word(0), element.with_null(true))
}
