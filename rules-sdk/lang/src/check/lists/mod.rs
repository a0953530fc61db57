//! List methods: those with a lambda become loops, the others runtime calls.
//!
//! Invariants: lists never change and are never absent once a method runs on them; a lambda sees the variables around
//! it and cannot leave its method; what .NET throws for an empty list is `invalid_operation`.

mod elements;
mod groups;
mod lambda;
mod of_list;
mod order;
mod pairs;
mod parts;
mod pick;
mod sets;
mod totals;

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::{Checker, Typed};
use crate::diag::{Diagnostic, closest, codes};
use crate::ir::{Ir, LoopKind, Op, Site};
use crate::stdlib;
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty};

use pick::zero;

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
struct Call<'e> {
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
            if !stdlib::helpers(&name.text).is_empty() {
                return self.helper_of((value, at), name, args, span);
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
            ("OfType", []) => self.present_elements(Typed::new(call.list, call.ty), span),
            ("ToList" | "ToArray" | "AsEnumerable" | "Cast", []) => Typed::new(call.list, call.ty),
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
            ("Single", _) if args.len() <= 1 => self.single(call),
            ("SingleOrDefault", _) if args.len() <= 2 => self.single(call),
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
            ("Aggregate", [body]) => self.aggregate_first(call, body),
            ("Aggregate", [seed, body]) => self.aggregate(call, seed, body),
            ("Aggregate", [seed, body, last]) => self.aggregate_into(call, (seed, body), last),
            ("LongCount", []) => {
                Typed::new(Ir::Op(Op::Len, vec![call.list], 0), Ty::of(Base::Long))
            }
            ("LongCount", [test]) => {
                let long = |ir| Typed::new(ir, Ty::of(Base::Long));
                self.predicate(LoopKind::Count, call, test, long)
            }
            ("Order" | "OrderDescending", []) => self.sort_itself(call, None),
            ("Order" | "OrderDescending", [comparer]) => {
                let kind = self.comparer(comparer, true);
                if !self.compares(Some(&kind), &call.element, span) {
                    return Typed::unknown();
                }
                self.sort_itself(call, Some(kind))
            }
            ("Chunk", [size]) => self.chunk(call, size),
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
            ("Zip", [_]) => {
                self.not_here(&call, "say what becomes of a pair: `a.Zip(b, (x, y) => …)`")
            }
            _ => {
                let found = match groups::METHODS.contains(&name.text.as_str()) {
                    true => self.method_by_key(call),
                    false => self.method_of_list_t(call),
                };
                found.unwrap_or_else(|| {
                    let message = format!(
                        "`{}` cannot be called with {} argument(s) on a list",
                        name.text,
                        args.len()
                    );
                    self.error(codes::ARITY, span, message);
                    Typed::unknown()
                })
            }
        }
    }

    /// A method that .NET has and rules do not.
    fn not_here(&mut self, call: &Call<'_>, instead: &str) -> Typed {
        let message = format!(
            "`{}` is not part of the rule language; {instead}",
            call.name.text
        );
        self.error(codes::UNSUPPORTED, call.name.span, message);
        Typed::unknown()
    }

    pub(super) fn int(&mut self, expr: &Expr) -> Ir {
        let value = self.expr(expr);
        self.coerced(value, &Ty::of(Base::Int), expr.span).ir
    }
}

pub(super) fn is_function(expr: &Expr) -> bool {
    matches!(expr.kind, Node::Lambda { .. })
        || matches!(&expr.kind, Node::Member { receiver, .. }
        if matches!(receiver.kind, Node::Type(_)) || matches!(&receiver.kind, Node::Name(n) if stdlib::is_type(n)))
}

/// How many elements the list in a variable has.
fn len(local: u32) -> Ir {
    Ir::Op(Op::Len, vec![Ir::Local(local)], 0)
}
