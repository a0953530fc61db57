//! List methods beyond the everyday ones: groups, pairs of lists, those of `List<T>` itself, `Enumerable`.
//!
//! Invariants: a group is read through `Key` or as the list of its elements; octets are a list of numbers from 0 to 255
//! and become octets again where .NET keeps the type.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::coerce::looped;
use super::linq::{Call, METHODS, sort_kind, zero};
use super::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, Loop, LoopKind, Op, Site};
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty};

/// Methods of `List<T>` and the ones of LINQ that they equal.
const SAME: &[(&str, &str)] = &[
    ("ConvertAll", "Select"),
    ("Exists", "Any"),
    ("Find", "FirstOrDefault"),
    ("FindAll", "Where"),
    ("FindLast", "LastOrDefault"),
    ("TrueForAll", "All"),
];

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
    /// The methods that [`list_method`](Self::list_method) does not know by itself; an error where none has this form.
    pub(super) fn more_list_methods(&mut self, call: Call<'_>) -> Result<Typed, ()> {
        let (name, args, site, span) = (call.name.text.as_str(), call.args, call.site, call.span);
        let list = || call.list.clone();
        let int = Ty::of(Base::Int);
        if let (Some((_, twin)), [_]) = (SAME.iter().find(|(own, _)| *own == name), args) {
            let twin = Name {
                text: (*twin).to_owned(),
                span: call.name.span,
            };
            let value = Typed::new(call.list, call.ty);
            return Ok(self.list_method(value, span, &twin, args, span));
        }
        Ok(match (name, args) {
            ("LongCount", []) => {
                Typed::new(Ir::Op(Op::Len, vec![call.list], 0), Ty::of(Base::Long))
            }
            ("LongCount", [test]) => {
                let long = |ir| Typed::new(ir, Ty::of(Base::Long));
                self.predicate(LoopKind::Count, call, test, long)
            }
            ("FindIndex", [test]) => {
                self.predicate(LoopKind::FirstIndex, call, test, |ir| Typed::new(ir, int))
            }
            ("FindLastIndex", [test]) => {
                self.predicate(LoopKind::LastIndex, call, test, |ir| Typed::new(ir, int))
            }
            ("LastIndexOf", [item]) => {
                let (item, kind) = self.item(&call, item);
                let (source, at) = (self.local(), self.local());
                let backwards = Ir::Call(Fn::Reverse, vec![Ir::Local(source)], site);
                let found = Ir::Call(Fn::ListIndexOf, vec![backwards, item, kind], site);
                let last = Ir::Op(Op::SubI, vec![len(source), Ir::Word(1)], 0);
                let from_end = Ir::Op(Op::SubI, vec![last, Ir::Local(at)], 0);
                let none = Ir::Op(Op::Lt, vec![Ir::Local(at), Ir::Word(0)], 0);
                let choice = Ir::If(none.into(), Ir::Word(-1).into(), from_end.into());
                let body = Ir::Let(at, found.into(), choice.into());
                Typed::new(Ir::Let(source, call.list.into(), body.into()), int)
            }
            ("GetRange", [from, count]) => self.get_range(call, from, count),
            ("DefaultIfEmpty", []) => {
                let none = zero(&call.element, site);
                self.default_if_empty(call, none)
            }
            ("DefaultIfEmpty", [default]) => {
                let value = self.expr(default);
                let value = self.coerced(value, &call.element.clone(), default.span);
                self.default_if_empty(call, value)
            }
            ("Zip", [other, body]) => self.zip(call, other, body),
            ("Aggregate", [body]) => self.aggregate_first(call, body),
            ("Aggregate", [seed, body, last]) => {
                let total = self.aggregate(call, seed, body);
                if total.ty.is_unknown() {
                    return Ok(total);
                }
                let local = self.local();
                let result = self.body(last, &[(local, total.ty.clone())]);
                Typed::new(Ir::Let(local, total.ir.into(), result.ir.into()), result.ty)
            }
            ("GroupBy", [key]) => self.group_by(call, key, None),
            ("GroupBy", [key, second]) => {
                if matches!(&second.kind, Node::Lambda { params, .. } if params.len() == 2) {
                    return Ok(self.group_into(call, key, second));
                }
                if !matches!(second.kind, Node::Lambda { .. }) {
                    let kind = self.comparer(second, false);
                    return Ok(self.group_by(call, key, Some(kind)));
                }
                self.group_elements(call, key, second)
            }
            ("MinBy" | "MaxBy", [key]) => self.extreme_by(call, key),
            ("Order" | "OrderDescending", []) => {
                let descending = Ir::Word(i64::from(name == "OrderDescending"));
                let kind = Ir::Word(sort_kind(&call.element));
                let local = self.local();
                let args = vec![Ir::Local(local), Ir::Local(local), kind, descending];
                let sorted = Ir::Call(Fn::SortBy, args, site);
                Typed::new(Ir::Let(local, call.list.into(), sorted.into()), call.ty)
            }
            ("Chunk", [size]) => {
                self.may_fail(span, &[ErrorKind::OutOfRange], "the size must be positive");
                let size = self.int(size);
                Typed::new(
                    Ir::Call(Fn::Chunk, vec![list(), size], site),
                    Ty::list(call.ty),
                )
            }
            ("ToDictionary", _) => self.not_here(
                &call,
                "rules have no dictionaries; use GroupBy, or First(x => …) to find one element",
            ),
            ("ForEach", _) => self.not_here(&call, "nothing can be changed in a rule; use Select"),
            ("Join", _) => self.not_here(
                &call,
                "lists are not joined on keys; use Where with Contains, or string.Join for a text",
            ),
            ("UnionBy", [other, key]) => {
                let twin = Name {
                    text: "Concat".to_owned(),
                    span: call.name.span,
                };
                let joined = Call {
                    name: &twin,
                    args: &[],
                    ..call
                };
                let joined = self.two_lists(joined, other, None);
                let Some(element) = joined.ty.element().cloned() else {
                    return Ok(joined);
                };
                let joined = Call {
                    list: joined.ir,
                    ty: joined.ty,
                    element,
                    name: call.name,
                    args,
                    span,
                    site,
                };
                self.distinct_by(joined, key, None)
            }
            ("ExceptBy" | "IntersectBy", [keys, key]) => self.by_keys(call, keys, key),
            ("ToLookup", _) => self.not_here(&call, "use GroupBy"),
            ("Zip", [_]) => {
                self.not_here(&call, "say what becomes of a pair: `a.Zip(b, (x, y) => …)`")
            }
            _ => return Err(()),
        })
    }

    fn not_here(&mut self, call: &Call<'_>, instead: &str) -> Typed {
        let message = format!(
            "`{}` is not part of the rule language; {instead}",
            call.name.text
        );
        self.error(codes::UNSUPPORTED, call.name.span, message);
        Typed::unknown()
    }

    /// Where `GetRange` lies beyond the end it fails with `argument`, as in .NET.
    fn get_range(&mut self, call: Call<'_>, from: &Expr, count: &Expr) -> Typed {
        let (span, site) = (call.span, call.site);
        self.may_fail(
            span,
            &[ErrorKind::OutOfRange, ErrorKind::Argument],
            "use Skip and Take",
        );
        let locals = [self.local(), self.local(), self.local()];
        let (from, count) = (self.int(from), self.int(count));
        let [list, start, size] = locals;
        let end = Ir::Op(Op::AddL, vec![Ir::Local(start), Ir::Local(size)], 0);
        let below = |local| Ir::Op(Op::Lt, vec![Ir::Local(local), Ir::Word(0)], 0);
        let beyond = Ir::Op(Op::Gt, vec![end.clone(), len(list)], 0);
        let args = vec![
            Ir::Local(list),
            Ir::Local(start),
            Ir::Word(0),
            end,
            Ir::Word(0),
        ];
        let part = Ir::Call(Fn::ListRange, args, site);
        let argument = self.fail(ErrorKind::Argument, span);
        let range = self.fail(ErrorKind::OutOfRange, span);
        let inner = Ir::If(beyond.into(), argument.into(), part.into());
        let inner = Ir::If(below(size).into(), range.clone().into(), inner.into());
        let inner = Ir::If(below(start).into(), range.into(), inner.into());
        let values = [call.list, from, count];
        let ir = (locals.into_iter().zip(values).rev()).fold(inner, |body, (local, value)| {
            Ir::Let(local, value.into(), body.into())
        });
        Typed::new(ir, call.ty)
    }

    fn default_if_empty(&mut self, call: Call<'_>, default: Typed) -> Typed {
        let element = call
            .element
            .with_null(call.element.nullable || default.ty.nullable);
        let local = self.local();
        let empty = Ir::Op(Op::Eq, vec![len(local), Ir::Word(0)], 0);
        let one = Ir::Items(vec![default.ir], call.site);
        let choice = Ir::If(empty.into(), one.into(), Ir::Local(local).into());
        Typed::new(
            Ir::Let(local, call.list.into(), choice.into()),
            Ty::list(element),
        )
    }

    fn zip(&mut self, call: Call<'_>, other: &Expr, body: &Expr) -> Typed {
        let site = call.site;
        let value = self.expr(other);
        let value = self.present(value, other.span, ErrorKind::Argument);
        let value = self.as_elements(value, &Ty::of(Base::Char), other.span);
        let Some(second) = value.ty.element().cloned() else {
            if !value.ty.is_unknown() {
                let message = format!("`Zip` needs a second list, this is a `{}`", value.ty);
                self.error(codes::ARGUMENT, other.span, message);
            }
            return Typed::unknown();
        };
        let locals = [self.local(), self.local(), self.local(), self.local()];
        let [other_list, element, index, paired] = locals;
        let found = self.body(
            body,
            &[(element, call.element.clone()), (paired, second.clone())],
        );
        if found.ty.is_unknown() {
            return found;
        }
        let pair = self.item_at(
            Ir::Local(other_list),
            Ir::Local(index),
            Ir::Word(0),
            &second,
            site,
        );
        let list = Ir::Call(Fn::Take, vec![call.list, len(other_list)], site);
        let inner = Loop {
            kind: LoopKind::Select,
            list,
            element,
            index: Some(index),
            body: Ir::Let(paired, pair.ir.into(), found.ir.into()),
            site,
        };
        let looped = Ir::Loop(Box::new(inner));
        Typed::new(
            Ir::Let(other_list, value.ir.into(), looped.into()),
            Ty::list(found.ty),
        )
    }

    /// `Aggregate` that starts with the first element.
    fn aggregate_first(&mut self, call: Call<'_>, body: &Expr) -> Typed {
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

    fn group_by(&mut self, call: Call<'_>, key: &Expr, kind: Option<Ir>) -> Typed {
        let local = self.local();
        let Some((keys, key_ty)) = self.keyed(&call, local, key) else {
            return Typed::unknown();
        };
        if !self.compares(kind.as_ref(), &key_ty, call.span) {
            return Typed::unknown();
        }
        let kind = kind.unwrap_or(Ir::Word(key_ty.kind()));
        let groups = Ir::Call(Fn::GroupBy, vec![Ir::Local(local), keys, kind], call.site);
        let group = Ty::of(Base::Grouping(Box::new((key_ty, call.element))));
        Typed::new(
            Ir::Let(local, call.list.into(), groups.into()),
            Ty::list(group),
        )
    }

    /// `GroupBy(key, element)`: what becomes of the elements is said inside each group.
    fn group_elements(&mut self, call: Call<'_>, key: &Expr, element: &Expr) -> Typed {
        let (site, name, span) = (call.site, call.name, call.span);
        let groups = self.group_by(call, key, None);
        let Some(Base::Grouping(group)) = groups.ty.element().map(|t| t.base.clone()) else {
            return Typed::unknown();
        };
        let one = self.local();
        let raw = |at| {
            Ir::Call(
                Fn::ItemAt,
                vec![Ir::Local(one), Ir::Word(at), Ir::Word(0)],
                site,
            )
        };
        let inner = Call {
            list: raw(1),
            ty: Ty::list(group.1.clone()),
            element: group.1,
            name,
            args: &[],
            span,
            site,
        };
        let selected = self.select(inner, element);
        let Some(selected_ty) = selected.ty.element().cloned() else {
            return Typed::unknown();
        };
        let pair = Ir::Items(vec![raw(0), selected.ir], site);
        let ty = Ty::of(Base::Grouping(Box::new((group.0, selected_ty))));
        let ir = looped(LoopKind::Select, groups.ir, one, pair, site);
        Typed::new(ir, Ty::list(ty))
    }

    /// `GroupBy(key, (key, elements) => …)`
    fn group_into(&mut self, call: Call<'_>, key: &Expr, result: &Expr) -> Typed {
        let site = call.site;
        let groups = self.group_by(call, key, None);
        let Some(Base::Grouping(group)) = groups.ty.element().map(|t| t.base.clone()) else {
            return Typed::unknown();
        };
        let (one, of, members) = (self.local(), self.local(), self.local());
        let found = self.body(
            result,
            &[(of, group.0.clone()), (members, Ty::list(group.1))],
        );
        if found.ty.is_unknown() {
            return found;
        }
        let zero = Ir::Word(0);
        let key = self.item_at(Ir::Local(one), zero.clone(), zero, &group.0, site);
        let list = Ir::Call(
            Fn::ItemAt,
            vec![Ir::Local(one), Ir::Word(1), Ir::Word(0)],
            site,
        );
        let body = Ir::Let(
            of,
            key.ir.into(),
            Ir::Let(members, list.into(), found.ir.into()).into(),
        );
        let ir = looped(LoopKind::Select, groups.ir, one, body, site);
        Typed::new(ir, Ty::list(found.ty))
    }

    /// The elements of a group, for everything but its key.
    pub(super) fn ungrouped(&mut self, value: Typed, span: Span) -> Typed {
        let Base::Grouping(group) = &value.ty.base else {
            return value;
        };
        let ty = Ty::list(group.1.clone());
        let site = self.site(span);
        let list = Ir::Call(Fn::ItemAt, vec![value.ir, Ir::Word(1), Ir::Word(0)], site);
        Typed::new(list, ty)
    }

    /// The first element whose key is the least or the greatest.
    fn extreme_by(&mut self, call: Call<'_>, key: &Expr) -> Typed {
        let (site, span) = (call.site, call.span);
        let local = self.local();
        let Some((keys, key_ty)) = self.keyed(&call, local, key) else {
            return Typed::unknown();
        };
        let descending = Ir::Word(i64::from(call.name.text == "MaxBy"));
        let kind = Ir::Word(sort_kind(&key_ty));
        let sorted = Ir::Call(
            Fn::SortBy,
            vec![Ir::Local(local), keys, kind, descending],
            site,
        );
        let none = if call.element.base.is_word() && !call.element.nullable {
            self.may_fail(
                span,
                &[ErrorKind::InvalidOperation],
                "an empty list fails; test Any() first",
            );
            Typed::new(
                self.fail(ErrorKind::InvalidOperation, span),
                Ty::of(Base::Never),
            )
        } else {
            zero(&call.element, site)
        };
        let source = call.list.clone();
        let inner = Call {
            list: sorted,
            ..call
        };
        let result = self.at_or_default(inner, Ir::Word(0), Some(none));
        Typed::new(Ir::Let(local, source.into(), result.ir.into()), result.ty)
    }

    /// The least or greatest text; absent ones do not count, and of none there is none.
    pub(super) fn extreme_text(&mut self, list: Typed, max: bool, site: Site) -> Typed {
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

    /// A text as its characters, octets as numbers, a group as its elements, where a list of these is wanted.
    pub(super) fn as_elements(&mut self, value: Typed, element: &Ty, span: Span) -> Typed {
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
            Base::String | Base::Reference => {
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
    pub(super) fn octets_as_list(
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
    pub(super) fn enumerable(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
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
            _ => {
                args.iter().for_each(|arg| drop(self.argument(arg)));
                self.unknown_static("Enumerable", name, span)
            }
        }
    }
}

pub(super) fn len(local: u32) -> Ir {
    Ir::Op(Op::Len, vec![Ir::Local(local)], 0)
}
