//! What else is a list: the characters of a text, octets, groups, what `Enumerable` makes.
//!
//! Invariants: octets are a list of numbers from 0 to 255 and become octets again where .NET keeps the type.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::METHODS;
use crate::check::coerce::looped;
use crate::check::{Checker, Typed};
use crate::ir::{Ir, LoopKind, Site};
use crate::syntax::ast::{Expr, Name};
use crate::types::{Base, Ty};

/// Methods that give octets of octets.
const KEEPS_OCTETS: &[&str] = &[
    "Append",
    "Concat",
    "Distinct",
    "Prepend",
    "Reverse",
    "Skip",
    "SkipLast",
    "SkipWhile",
    "Take",
    "TakeLast",
    "TakeWhile",
    "ToArray",
    "ToList",
    "Where",
];

impl Checker<'_> {
    /// A text as its characters, octets as numbers, a group as its elements, where a list of these is wanted.
    pub(in crate::check) fn as_elements(
        &mut self,
        value: Typed,
        element: &Ty,
        span: Span,
    ) -> Typed {
        let value = self.ungrouped(value, span);
        let (function, base) = match (&value.ty.base, &element.base) {
            (Base::String | Base::Reference, Base::Char) => (Fn::Chars, Base::Char),
            (Base::Binary, Base::Int) => (Fn::OctetsToList, Base::Int),
            _ => return value,
        };
        let site = self.site(span);
        let value = self.present(value, span, ErrorKind::Argument);
        Typed::new(
            Ir::Call(function, vec![value.ir], site),
            Ty::list(Ty::of(base)),
        )
    }

    /// A list of texts, or of groups, as a list of lists.
    pub(super) fn each_as_list(&mut self, list: Typed, site: Site) -> Typed {
        let Some(element) = list.ty.element().cloned() else {
            return list;
        };
        let one = self.local();
        let read = Ir::Local(one);
        let (body, inner) = match element.base {
            Base::String | Base::Written | Base::Reference => {
                let read = if element.nullable {
                    Ir::NonNull(read.into(), ErrorKind::NullReference, site)
                } else {
                    read
                };
                let chars = Ir::Call(Fn::Chars, vec![read], site);
                (chars, Ty::list(Ty::of(Base::Char)))
            }
            Base::Grouping(group) => {
                let args = vec![read, Ir::Word(1), Ir::Word(0)];
                (Ir::Call(Fn::ItemAt, args, site), Ty::list(group.1))
            }
            _ => return list,
        };
        let ir = looped(LoopKind::Select, list.ir, one, body, site);
        Typed::new(ir, Ty::list(inner))
    }

    /// A method of lists on octets.
    pub(in crate::check) fn octets_as_list(
        &mut self,
        value: &Typed,
        at: Span,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let method = name.text.as_str();
        if value.ty.base != Base::Binary || !METHODS.contains(&method) {
            return None;
        }
        let site = self.site(span);
        let octets = self.present(value.clone(), at, ErrorKind::NullReference);
        let list = Ir::Call(Fn::OctetsToList, vec![octets.ir], site);
        let list = Typed::new(list, Ty::list(Ty::of(Base::Int)));
        let result = self.list_method(list, at, name, args, span);
        let is_list = result.ty.element().is_some_and(|e| *e == Ty::of(Base::Int));
        if !is_list || !KEEPS_OCTETS.contains(&method) {
            return Some(result);
        }
        let back = Ir::Call(Fn::ListToOctets, vec![result.ir], site);
        Some(Typed::new(back, Ty::of(Base::Binary)))
    }

    /// `Enumerable.Range`, `Repeat` and `Empty`.
    pub(in crate::check) fn enumerable(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        let site = self.site(span);
        match (name.text.as_str(), args) {
            ("Range", [start, count]) => {
                self.may_fail(
                    span,
                    &[ErrorKind::OutOfRange],
                    "the count must not be negative",
                );
                let args = vec![self.int(start), self.int(count)];
                Typed::new(
                    Ir::Call(Fn::Numbers, args, site),
                    Ty::list(Ty::of(Base::Int)),
                )
            }
            ("Repeat", [item, count]) => {
                self.may_fail(
                    span,
                    &[ErrorKind::OutOfRange],
                    "the count must not be negative",
                );
                let value = self.expr(item);
                if value.ty.is_unknown() {
                    return value;
                }
                let (one, index) = (self.local(), self.local());
                let count = self.int(count);
                let numbers = Ir::Call(Fn::Numbers, vec![Ir::Word(0), count], site);
                let list = looped(LoopKind::Select, numbers, index, Ir::Local(one), site);
                Typed::new(
                    Ir::Let(one, value.ir.into(), list.into()),
                    Ty::list(value.ty),
                )
            }
            // The type of its elements is what stands beside it.
            ("Empty", []) => Typed::new(Ir::Items(Vec::new(), site), Ty::list(Ty::of(Base::Null))),
            ("Range" | "Repeat", _) => self.wrong_count(name, "2", args.len(), span),
            // `Enumerable.Where(list, test)` is `list.Where(test)`.
            (method, [list, rest @ ..]) if METHODS.contains(&method) => {
                let value = self.expr(list);
                self.method(value, list.span, name, rest, span)
            }
            _ => {
                args.iter().for_each(|arg| drop(self.argument(arg)));
                self.unknown_static("Enumerable", name, span)
            }
        }
    }
}
