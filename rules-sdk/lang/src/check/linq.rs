//! List methods: those with a lambda become loops, the others runtime calls.
//!
//! Invariants: lists never change and are never absent once a method runs on them; a lambda sees the variables around
//! it and cannot leave its method; what .NET throws for an empty list is `invalid_operation`.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::coerce::looped;
use super::{Checker, Place, Typed, Variable, decimals};
use crate::diag::{Diagnostic, closest, codes};
use crate::ir::{Ir, Local, Loop, LoopKind, Op, Site};
use crate::stdlib;
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty, common};

/// Methods of every list (and of a text, as a list of characters).
pub(super) const METHODS: &[&str] = &[
    "Aggregate",
    "All",
    "Any",
    "Append",
    "AsEnumerable",
    "Average",
    "Cast",
    "Chunk",
    "Concat",
    "Contains",
    "ConvertAll",
    "Count",
    "DefaultIfEmpty",
    "Distinct",
    "DistinctBy",
    "ElementAt",
    "ElementAtOrDefault",
    "Except",
    "ExceptBy",
    "Exists",
    "Find",
    "FindAll",
    "FindIndex",
    "FindLast",
    "FindLastIndex",
    "First",
    "FirstOrDefault",
    "ForEach",
    "GetRange",
    "GroupBy",
    "IndexOf",
    "Intersect",
    "IntersectBy",
    "Join",
    "Last",
    "LastIndexOf",
    "LastOrDefault",
    "LongCount",
    "Max",
    "MaxBy",
    "Min",
    "MinBy",
    "OfType",
    "Order",
    "OrderBy",
    "OrderByDescending",
    "OrderDescending",
    "Prepend",
    "Reverse",
    "Select",
    "SelectMany",
    "SequenceEqual",
    "Single",
    "SingleOrDefault",
    "Skip",
    "SkipLast",
    "SkipWhile",
    "Sum",
    "Take",
    "TakeLast",
    "TakeWhile",
    "ThenBy",
    "ThenByDescending",
    "ToArray",
    "ToDictionary",
    "ToHashSet",
    "ToList",
    "ToLookup",
    "TrueForAll",
    "Union",
    "UnionBy",
    "Where",
    "Zip",
];

/// A list method on its way.
pub(super) struct Call<'e> {
    pub list: Ir,
    pub ty: Ty,
    pub element: Ty,
    pub name: &'e Name,
    pub args: &'e [Expr],
    pub span: Span,
    pub site: Site,
}

impl Checker<'_> {
    pub(super) fn list_method(
        &mut self,
        value: Typed,
        at: Span,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Typed {
        if !METHODS.contains(&name.text.as_str()) {
            let helpers = stdlib::helpers(&name.text);
            if !helpers.is_empty() {
                let mut all = vec![(value, at)];
                all.extend(self.arguments(args));
                return self.resolve(&helpers, None, all, name, span);
            }
            let message = format!("a `{}` has no method `{}`", value.ty, name.text);
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_MEMBER, name.span, message)
                .label("unknown member");
            if let Some(near) = closest(&name.text, METHODS.iter().copied()) {
                diagnostic = diagnostic.fix("did you mean", name.span, near);
            }
            self.report(diagnostic);
            return Typed::unknown();
        }
        let list = self.present(value, at, ErrorKind::NullReference);
        let Some(element) = list.ty.element().cloned() else {
            return Typed::unknown();
        };
        let site = self.site(span);
        let call = Call {
            list: list.ir,
            ty: list.ty,
            element,
            name,
            args,
            span,
            site,
        };
        match (name.text.as_str(), args) {
            ("ToList" | "ToArray" | "AsEnumerable" | "Cast" | "OfType", []) => {
                Typed::new(call.list, call.ty)
            }
            ("ToHashSet", []) => self.distinct(call, None),
            ("ToHashSet", [comparer]) => {
                let kind = self.comparer(comparer, false);
                self.distinct(call, Some(kind))
            }
            ("Where", [test]) => {
                let ty = call.ty.clone();
                self.predicate(LoopKind::Where, call, test, |ir| Typed::new(ir, ty))
            }
            ("Any", [test]) => self.predicate(LoopKind::Any, call, test, |ir| {
                Typed::new(ir, Ty::of(Base::Bool))
            }),
            ("All", [test]) => self.predicate(LoopKind::All, call, test, |ir| {
                Typed::new(ir, Ty::of(Base::Bool))
            }),
            ("Count", [test]) => self.predicate(LoopKind::Count, call, test, |ir| {
                Typed::new(ir, Ty::of(Base::Int))
            }),
            ("Any", []) => {
                let len = Ir::Op(Op::Len, vec![call.list], 0);
                Typed::new(
                    Ir::Op(Op::Gt, vec![len, Ir::Word(0)], 0),
                    Ty::of(Base::Bool),
                )
            }
            ("Count", []) => Typed::new(Ir::Op(Op::Len, vec![call.list], 0), Ty::of(Base::Int)),
            ("Select", [body]) => self.select(call, body),
            ("SelectMany", [body]) => self.select_many(call, body),
            ("SelectMany", [inner, result]) => self.select_many_into(call, inner, result),
            ("First" | "FirstOrDefault" | "Last" | "LastOrDefault", _) if args.len() <= 2 => {
                self.pick(call)
            }
            ("Single" | "SingleOrDefault", _) if args.len() <= 1 => self.single(call),
            ("Take" | "ElementAt" | "ElementAtOrDefault", [place])
                if matches!(place.kind, Node::Place(_)) =>
            {
                self.at_place(call, place)
            }
            ("ElementAt", [index]) => {
                self.may_fail(span, &[ErrorKind::OutOfRange], "use ElementAtOrDefault");
                let index = self.int(index);
                self.item_at(call.list, index, Ir::Word(0), &call.element, site)
            }
            ("ElementAtOrDefault", [index]) => {
                let index = self.int(index);
                self.at_or_default(call, index, None)
            }
            ("Contains", [item]) => {
                let (item, kind) = self.item(&call, item);
                Typed::new(
                    Ir::Call(Fn::ListContains, vec![call.list, item, kind], site),
                    Ty::of(Base::Bool),
                )
            }
            ("Contains", [item, comparer]) => {
                let (item, _) = self.item(&call, item);
                let kind = self.comparer(comparer, false);
                if !self.compares(Some(&kind), &call.element, span) {
                    return Typed::unknown();
                }
                Typed::new(
                    Ir::Call(Fn::ListContains, vec![call.list, item, kind], site),
                    Ty::of(Base::Bool),
                )
            }
            ("IndexOf", [item]) => {
                let (item, kind) = self.item(&call, item);
                Typed::new(
                    Ir::Call(Fn::ListIndexOf, vec![call.list, item, kind], site),
                    Ty::of(Base::Int),
                )
            }
            ("Distinct", []) => self.distinct(call, None),
            ("Distinct", [comparer]) => {
                let kind = self.comparer(comparer, false);
                self.distinct(call, Some(kind))
            }
            ("DistinctBy", [key]) => self.distinct_by(call, key, None),
            ("DistinctBy", [key, comparer]) => {
                let kind = self.comparer(comparer, false);
                self.distinct_by(call, key, Some(kind))
            }
            ("OrderBy" | "ThenBy", [key]) => self.sort(call, key, None, false),
            ("OrderByDescending" | "ThenByDescending", [key]) => self.sort(call, key, None, true),
            ("OrderBy" | "ThenBy", [key, comparer]) => {
                let kind = self.comparer(comparer, true);
                self.sort(call, key, Some(kind), false)
            }
            ("OrderByDescending" | "ThenByDescending", [key, comparer]) => {
                let kind = self.comparer(comparer, true);
                self.sort(call, key, Some(kind), true)
            }
            ("Reverse", []) => Typed::new(Ir::Call(Fn::Reverse, vec![call.list], site), call.ty),
            ("Skip", [count]) => self.part(call, Fn::Skip, count),
            ("Take", [count]) => self.part(call, Fn::Take, count),
            ("SkipLast", [count]) => self.part(call, Fn::SkipLast, count),
            ("TakeLast", [count]) => self.part(call, Fn::TakeLast, count),
            ("SkipWhile", [test]) => self.while_part(call, test, Fn::Skip),
            ("TakeWhile", [test]) => self.while_part(call, test, Fn::Take),
            ("Concat" | "Union" | "Except" | "Intersect" | "SequenceEqual", [other]) => {
                self.two_lists(call, other, None)
            }
            ("Union" | "Except" | "Intersect" | "SequenceEqual", [other, comparer]) => {
                let kind = self.comparer(comparer, false);
                self.two_lists(call, other, Some(kind))
            }
            ("Append" | "Prepend", [item]) => {
                let (item, _) = self.item(&call, item);
                let front = Ir::Word(i64::from(name.text == "Prepend"));
                Typed::new(
                    Ir::Call(Fn::Append, vec![call.list, item, front], site),
                    call.ty,
                )
            }
            ("Sum" | "Min" | "Max" | "Average", _) if args.len() <= 1 => self.number(call),
            ("Aggregate", [seed, body]) => self.aggregate(call, seed, body),
            _ => match self.more_list_methods(call) {
                Ok(result) => result,
                Err(()) => {
                    let message = format!(
                        "`{}` cannot be called with {} argument(s) on a list",
                        name.text,
                        args.len()
                    );
                    self.error(codes::ARITY, span, message);
                    Typed::unknown()
                }
            },
        }
    }

    pub(super) fn int(&mut self, expr: &Expr) -> Ir {
        let value = self.expr(expr);
        self.coerced(value, &Ty::of(Base::Int), expr.span).ir
    }

    /// The body of a lambda or method group over these parameters.
    pub(super) fn body(&mut self, expr: &Expr, params: &[(Local, Ty)]) -> Typed {
        match &expr.kind {
            Node::Lambda {
                params: names,
                body,
            } => {
                if names.len() > params.len() || names.is_empty() {
                    let message = format!("this lambda takes {} parameter(s)", params.len());
                    self.error(codes::ARITY, expr.span, message);
                    return Typed::unknown();
                }
                let scope = self.variables.len();
                for (name, (local, ty)) in names.iter().zip(params) {
                    if self.variables.iter().any(|v| v.name == name.text) {
                        let message = format!(
                            "`{}` is already declared here; choose another name",
                            name.text
                        );
                        self.error(codes::DUPLICATE_NAME, name.span, message);
                    }
                    self.variables.push(Variable {
                        name: name.text.clone(),
                        local: *local,
                        ty: ty.clone(),
                        conditional: false,
                        ignores_case: false,
                    });
                }
                let result = self.expr(body);
                self.variables.truncate(scope);
                // What was known about an element of this loop says nothing about another one.
                self.facts.retain(|fact| {
                    !params
                        .iter()
                        .any(|(local, _)| *fact == Place::Local(*local))
                });
                result
            }
            // `char.IsDigit`, `string.IsNullOrEmpty`, `RemoveDiacritics`: a function in place of a lambda.
            Node::Member { receiver, name } if self.static_type(receiver).is_some() => {
                let owner = self.static_type(receiver).unwrap_or("string");
                let candidates = stdlib::statics(owner, &name.text);
                let (local, ty) = &params[0];
                let args = vec![(Typed::new(Ir::Local(*local), ty.clone()), expr.span)];
                if candidates.is_empty() {
                    return self.unknown_static(owner, name, expr.span);
                }
                self.resolve(&candidates, None, args, name, expr.span)
            }
            Node::Name(text)
                if !stdlib::helpers(text).is_empty() && self.resolved(text).is_none() =>
            {
                let (local, ty) = &params[0];
                let args = vec![(Typed::new(Ir::Local(*local), ty.clone()), expr.span)];
                let name = Name {
                    text: text.clone(),
                    span: expr.span,
                };
                self.resolve(&stdlib::helpers(text), None, args, &name, expr.span)
            }
            Node::Error => Typed::unknown(),
            _ => {
                self.error(
                    codes::LAMBDA,
                    expr.span,
                    "a lambda is needed here: `x => …`",
                );
                Typed::unknown()
            }
        }
    }

    /// A loop over the list; the body may also take the position.
    pub(super) fn over(&mut self, call: &Call<'_>, expr: &Expr) -> (Local, Option<Local>, Typed) {
        let element = self.local();
        let index = matches!(&expr.kind, Node::Lambda { params, .. } if params.len() == 2)
            .then(|| self.local());
        let mut params = vec![(element, call.element.clone())];
        params.extend(index.map(|index| (index, Ty::of(Base::Int))));
        let body = self.body(expr, &params);
        (element, index, body)
    }

    pub(super) fn predicate(
        &mut self,
        kind: LoopKind,
        call: Call<'_>,
        test: &Expr,
        done: impl FnOnce(Ir) -> Typed,
    ) -> Typed {
        let (element, index, body) = self.over(&call, test);
        let Some(body) = self.boolean(body, test) else {
            return Typed::unknown();
        };
        let inner = Loop {
            kind,
            list: call.list,
            element,
            index,
            body,
            site: call.site,
        };
        done(Ir::Loop(Box::new(inner)))
    }

    fn boolean(&mut self, body: Typed, expr: &Expr) -> Option<Ir> {
        if body.ty.is_unknown() {
            return None;
        }
        if body.ty.base != Base::Bool && body.ty.base != Base::Never || body.ty.nullable {
            let span = match &expr.kind {
                Node::Lambda { body, .. } => body.span,
                _ => expr.span,
            };
            self.condition_error(&body.ty, span);
            return None;
        }
        Some(body.ir)
    }

    pub(super) fn select(&mut self, call: Call<'_>, body: &Expr) -> Typed {
        let (element, index, result) = self.over(&call, body);
        if result.ty.is_unknown() {
            return result;
        }
        let ty = match result.ty.base {
            Base::Null => Ty::optional(Base::String),
            _ => result.ty,
        };
        let inner = Loop {
            kind: LoopKind::Select,
            list: call.list,
            element,
            index,
            body: result.ir,
            site: call.site,
        };
        Typed::new(Ir::Loop(Box::new(inner)), Ty::list(ty))
    }

    fn select_many(&mut self, call: Call<'_>, body: &Expr) -> Typed {
        let site = call.site;
        let selected = self.select(call, body);
        let selected = self.each_as_list(selected, site);
        let Some(inner) = selected.ty.element().cloned() else {
            return Typed::unknown();
        };
        let inner_list = if inner.element().is_none() {
            self.error(
                codes::ARGUMENT,
                body.span,
                format!("SelectMany needs a list, this is a `{inner}`"),
            );
            return Typed::unknown();
        } else {
            inner.with_null(false)
        };
        let list = if inner.nullable {
            // .NET fails on an absent inner list.
            let local = self.local();
            let present = Ir::NonNull(Ir::Local(local).into(), ErrorKind::NullReference, site);
            looped(LoopKind::Select, selected.ir, local, present, site)
        } else {
            selected.ir
        };
        Typed::new(Ir::Call(Fn::Flatten, vec![list], site), inner_list)
    }

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

    fn single(&mut self, call: Call<'_>) -> Typed {
        let (span, or_default) = (call.span, call.name.text.ends_with("OrDefault"));
        let element = call.element.clone();
        let (site, ty) = (call.site, call.ty.clone());
        let list = match call.args {
            [] => Typed::new(call.list, call.ty),
            [test] => self.predicate(LoopKind::Where, call, test, |ir| Typed::new(ir, ty)),
            _ => return Typed::unknown(),
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
            zero(&element, site)
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

    /// An argument of the element type, and how elements compare.
    pub(super) fn item(&mut self, call: &Call<'_>, item: &Expr) -> (Ir, Ir) {
        let value = self.expr(item);
        let wanted = if call.element.base.is_word() {
            call.element.clone()
        } else {
            call.element.with_null(true)
        };
        let value = if value.ty.boxed() && !wanted.nullable {
            self.present(value, item.span, ErrorKind::Argument)
        } else {
            value
        };
        let kind = Ir::Word(call.element.kind());
        (self.coerced(value, &wanted, item.span).ir, kind)
    }

    /// `StringComparer.OrdinalIgnoreCase`
    pub(super) fn comparer(&mut self, expr: &Expr, sorts: bool) -> Ir {
        let value = self.expr(expr);
        let known = matches!(
            value.ty.base,
            Base::Enum("StringComparer" | "StringComparison")
        );
        if !known && !value.ty.is_unknown() {
            self.error(
                codes::ARGUMENT,
                expr.span,
                "a StringComparer is needed here",
            );
        }
        Ir::Word(match value.ir {
            Ir::Word(how @ 0..=3) if sorts => 8 + (how & 1),
            Ir::Word(how) if how & 1 == 1 => 5,
            _ => 1,
        })
    }

    /// A comparer of texts needs texts to compare.
    pub(super) fn compares(&mut self, kind: Option<&Ir>, ty: &Ty, span: Span) -> bool {
        if kind.is_none() || ty.is_text() || ty.is_unknown() {
            return true;
        }
        let message = format!("a StringComparer compares texts, these are `{ty}`");
        self.error(codes::ARGUMENT, span, message);
        false
    }

    pub(super) fn distinct(&mut self, call: Call<'_>, kind: Option<Ir>) -> Typed {
        if !self.compares(kind.as_ref(), &call.element, call.span) {
            return Typed::unknown();
        }
        let kind = kind.unwrap_or(Ir::Word(call.element.kind()));
        let local = self.local();
        let args = vec![Ir::Local(local), Ir::Local(local), kind];
        let body = Ir::Call(Fn::Distinct, args, call.site);
        Typed::new(Ir::Let(local, call.list.into(), body.into()), call.ty)
    }

    pub(super) fn keyed(&mut self, call: &Call<'_>, source: Local, key: &Expr) -> Option<(Ir, Ty)> {
        let inner = Call {
            list: Ir::Local(source),
            ty: call.ty.clone(),
            element: call.element.clone(),
            ..*call
        };
        let keys = self.select(inner, key);
        let ty = keys.ty.element().cloned()?;
        if ty.element().is_some() {
            self.error(
                codes::ARGUMENT,
                key.span,
                format!("a `{ty}` cannot be a key"),
            );
            return None;
        }
        Some((keys.ir, ty))
    }

    pub(super) fn distinct_by(&mut self, call: Call<'_>, key: &Expr, kind: Option<Ir>) -> Typed {
        let local = self.local();
        let Some((keys, ty)) = self.keyed(&call, local, key) else {
            return Typed::unknown();
        };
        if !self.compares(kind.as_ref(), &ty, call.span) {
            return Typed::unknown();
        }
        let body = Ir::Call(
            Fn::Distinct,
            vec![Ir::Local(local), keys, kind.unwrap_or(Ir::Word(ty.kind()))],
            call.site,
        );
        Typed::new(Ir::Let(local, call.list.into(), body.into()), call.ty)
    }

    /// Sorting is stable, so `ThenBy` would need the earlier keys: it sorts inside them by being applied first.
    pub(super) fn sort(
        &mut self,
        call: Call<'_>,
        key: &Expr,
        kind: Option<Ir>,
        descending: bool,
    ) -> Typed {
        let local = self.local();
        let Some((keys, ty)) = self.keyed(&call, local, key) else {
            return Typed::unknown();
        };
        if !self.compares(kind.as_ref(), &ty, call.span) {
            return Typed::unknown();
        }
        let kind = kind.unwrap_or(Ir::Word(sort_kind(&ty)));
        let order = |list, keys| {
            Ir::Call(
                Fn::SortBy,
                vec![list, keys, kind, Ir::Word(i64::from(descending))],
                call.site,
            )
        };
        if call.name.text.starts_with("ThenBy") {
            // x.OrderBy(a).ThenBy(b) = stable sort by b, then the earlier sorts again.
            if let Some((source, rebuild)) = unsorted(call.list.bare()) {
                let sorted = Ir::Let(local, source.into(), order(Ir::Local(local), keys).into());
                return Typed::new(rebuild(sorted), call.ty);
            }
            self.error(
                codes::UNSUPPORTED,
                call.span,
                "ThenBy must follow OrderBy directly",
            );
            return Typed::unknown();
        }
        let body = order(Ir::Local(local), keys);
        Typed::new(Ir::Let(local, call.list.into(), body.into()), call.ty)
    }

    fn part(&mut self, call: Call<'_>, function: Fn, count: &Expr) -> Typed {
        let count = self.int(count);
        Typed::new(
            Ir::Call(function, vec![call.list, count], call.site),
            call.ty,
        )
    }

    /// SkipWhile and TakeWhile: up to the first element that fails the test.
    fn while_part(&mut self, call: Call<'_>, test: &Expr, function: Fn) -> Typed {
        let (list, at) = (self.local(), self.local());
        let (element, index, body) = self.over(&call, test);
        let Some(body) = self.boolean(body, test) else {
            return Typed::unknown();
        };
        let body = Ir::Op(Op::Not, vec![body], 0);
        let kind = LoopKind::FirstIndex;
        let found = Ir::Loop(Box::new(Loop {
            kind,
            list: Ir::Local(list),
            element,
            index,
            body,
            site: call.site,
        }));
        let none = Ir::Op(Op::Lt, vec![Ir::Local(at), Ir::Word(0)], 0);
        let count = Ir::If(
            none.into(),
            Ir::Op(Op::Len, vec![Ir::Local(list)], 0).into(),
            Ir::Local(at).into(),
        );
        let part = Ir::Call(function, vec![Ir::Local(list), count], call.site);
        Typed::new(
            Ir::Let(
                list,
                call.list.into(),
                Ir::Let(at, found.into(), part.into()).into(),
            ),
            call.ty,
        )
    }

    pub(super) fn two_lists(
        &mut self,
        call: Call<'_>,
        other: &Expr,
        comparer: Option<Ir>,
    ) -> Typed {
        let value = self.expr(other);
        let value = self.as_elements(value, &call.element, other.span);
        let value = self.present(value, other.span, ErrorKind::Argument);
        if value.ty.is_unknown() {
            return value;
        }
        let Some(ty) = common(&call.ty, &value.ty).filter(|ty| ty.element().is_some()) else {
            let message = format!(
                "`{}` needs another `{}`, this is a `{}`",
                call.name.text, call.ty, value.ty
            );
            self.error(codes::ARGUMENT, other.span, message);
            return Typed::unknown();
        };
        if !self.compares(comparer.as_ref(), &call.element, call.span) {
            return Typed::unknown();
        }
        let kind = || {
            let own = || Ir::Word(ty.element().map_or(0, Ty::kind));
            comparer.clone().unwrap_or_else(own)
        };
        let site = call.site;
        let (a, b) = (call.list, value.ir);
        let ir = match call.name.text.as_str() {
            "Concat" => Ir::Call(Fn::ListConcat, vec![a, b], site),
            "Except" => Ir::Call(Fn::Except, vec![a, b, kind(), Ir::Word(0)], site),
            "Intersect" => Ir::Call(Fn::Except, vec![a, b, kind(), Ir::Word(1)], site),
            "Union" => {
                let joined = Ir::Call(Fn::ListConcat, vec![a, b], site);
                let local = self.local();
                let distinct = Ir::Call(
                    Fn::Distinct,
                    vec![Ir::Local(local), Ir::Local(local), kind()],
                    site,
                );
                Ir::Let(local, joined.into(), distinct.into())
            }
            _ => {
                let ir = Ir::Call(Fn::SequenceEqual, vec![a, b, kind()], site);
                return Typed::new(ir, Ty::of(Base::Bool));
            }
        };
        Typed::new(ir, ty)
    }

    /// Sum, Min, Max, Average, with or without a selector.
    fn number(&mut self, call: Call<'_>) -> Typed {
        let (name, site, span) = (call.name.text.clone(), call.site, call.span);
        let list = match call.args {
            [body] => self.select(call, body),
            _ => Typed::new(call.list, call.ty),
        };
        let Some(element) = list.ty.element().cloned() else {
            return Typed::unknown();
        };
        let text = element.is_text() && !matches!(name.as_str(), "Sum" | "Average");
        let numeric = element.base.is_number() && !element.nullable;
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
        if name == "Min" || name == "Max" {
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
        self.may_fail(
            span,
            &[ErrorKind::InvalidOperation],
            "an empty list fails; test Any() first",
        );
        let len = || Ir::Op(Op::Len, vec![Ir::Local(local)], 0);
        if element.base == Base::Decimal {
            let (sum, count) = (total(Ir::Local(local)), decimals::widened(len(), site));
            let empty = Ir::Op(Op::Eq, vec![len(), Ir::Word(0)], 0);
            let fail = self.fail(ErrorKind::InvalidOperation, span);
            let mean = Ir::Call(Fn::DecimalArithmetic, vec![sum, count, Ir::Word(3)], site);
            let choice = Ir::If(empty.into(), fail.into(), mean.into());
            return Typed::new(Ir::Let(local, list.ir.into(), choice.into()), element);
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
        let empty = Ir::Op(Op::Eq, vec![len(), Ir::Word(0)], 0);
        let fail = self.fail(ErrorKind::InvalidOperation, span);
        let choice = Ir::If(empty.into(), fail.into(), mean.into());
        Typed::new(
            Ir::Let(local, list.ir.into(), choice.into()),
            Ty::of(Base::Double),
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
}

/// How keys sort that name no comparer: texts as the culture has it.
pub(super) fn sort_kind(ty: &Ty) -> i64 {
    if ty.is_text() { 8 } else { ty.kind() }
}

pub(super) fn is_function(expr: &Expr) -> bool {
    matches!(expr.kind, Node::Lambda { .. })
        || matches!(&expr.kind, Node::Member { receiver, .. }
        if matches!(receiver.kind, Node::Type(_)) || matches!(&receiver.kind, Node::Name(n) if stdlib::is_type(n)))
}

/// `default(T)`: absent, or the zero of a word.
pub(super) fn zero(element: &Ty, site: Site) -> Typed {
    if element.base == Base::Decimal && !element.nullable {
        return Typed::new(decimals::widened(Ir::Word(0), site), element.clone());
    }
    if element.base.is_word() && !element.nullable {
        return Typed::new(Ir::Word(0), element.clone());
    }
    Typed::new(Ir::Word(0), element.with_null(true))
}

/// Sorts a list as another one was sorted.
type Resort = Box<dyn FnOnce(Ir) -> Ir>;

/// What a list was before it was sorted, and how to sort it again the same way.
fn unsorted(ir: &Ir) -> Option<(Ir, Resort)> {
    let Ir::Let(local, source, body) = ir else {
        return None;
    };
    let Ir::Call(Fn::SortBy, ..) = &**body else {
        return None;
    };
    // Only the innermost sort takes the source; the ones around it sort its result.
    let (local, body) = (*local, body.clone());
    match unsorted(source) {
        Some((inner, rebuild)) => Some((
            inner,
            Box::new(move |list| Ir::Let(local, rebuild(list).into(), body)),
        )),
        None => Some((
            (**source).clone(),
            Box::new(move |list| Ir::Let(local, list.into(), body)),
        )),
    }
}
