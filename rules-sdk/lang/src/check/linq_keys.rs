//! List methods over keys of other lists, places from the end, and sets that were made with a comparer.
//!
//! Invariants: a set is a list without repetitions; that its comparer does not see case is known of the expression that made it,
//! or of the variable that holds it, and only `Contains` asks for it.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::coerce::looped;
use super::linq::Call;
use super::linq_more::len;
use super::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, LoopKind, Op};
use crate::syntax::ast::{End, Expr, Index, Name, Node};
use crate::types::{Base, Ty};

/// How the runtime compares texts without their case.
const IGNORES_CASE: i64 = 5;

impl Checker<'_> {
    /// The elements whose keys are among others, or are not, each key once.
    pub(super) fn by_keys(&mut self, call: Call<'_>, keys: &Expr, key: &Expr) -> Typed {
        let site = call.site;
        let others = self.present_expr(keys, ErrorKind::Argument);
        let (source, all, one) = (self.local(), self.local(), self.local());
        let found = self.body(key, &[(one, call.element.clone())]);
        let Some(wanted) = others.ty.element().cloned() else {
            if !others.ty.is_unknown() {
                let message = format!("a list of keys is needed, this is a `{}`", others.ty);
                self.error(codes::ARGUMENT, keys.span, message);
            }
            return Typed::unknown();
        };
        let found = self.coerced(found, &wanted, key.span);
        if found.ty.is_unknown() {
            return found;
        }
        let args = vec![Ir::Local(all), found.ir, Ir::Word(wanted.kind())];
        let among = Ir::Call(Fn::ListContains, args, site);
        let test = match call.name.text.as_str() {
            "ExceptBy" => Ir::Op(Op::Not, vec![among], 0),
            _ => among,
        };
        let kept = looped(LoopKind::Where, Ir::Local(source), one, test, site);
        let list = call.list.clone();
        let kept = Call { list: kept, ..call };
        let distinct = self.distinct_by(kept, key, None);
        let ir = Ir::Let(all, others.ir.into(), distinct.ir.into());
        let ir = Ir::Let(source, list.into(), ir.into());
        Typed::new(ir, distinct.ty)
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

    /// `SelectMany(x => list, (x, y) => …)`
    pub(super) fn select_many_into(
        &mut self,
        call: Call<'_>,
        inner: &Expr,
        result: &Expr,
    ) -> Typed {
        let site = call.site;
        let (outer, one) = (self.local(), self.local());
        let list = self.body(inner, &[(outer, call.element.clone())]);
        let list = self.as_elements(list, &Ty::of(Base::Char), inner.span);
        let list = self.present(list, inner.span, ErrorKind::NullReference);
        let Some(element) = list.ty.element().cloned() else {
            if !list.ty.is_unknown() {
                let message = format!("SelectMany needs a list, this is a `{}`", list.ty);
                self.error(codes::ARGUMENT, inner.span, message);
            }
            return Typed::unknown();
        };
        let found = self.body(result, &[(outer, call.element.clone()), (one, element)]);
        if found.ty.is_unknown() {
            return found;
        }
        let each = looped(LoopKind::Select, list.ir, one, found.ir, site);
        let all = looped(LoopKind::Select, call.list, outer, each, site);
        Typed::new(Ir::Call(Fn::Flatten, vec![all], site), Ty::list(found.ty))
    }

    /// Is it a set of texts that was made with a comparer that does not see case?
    pub(super) fn ignores_case(&mut self, expr: &Expr) -> bool {
        let comparer = match &expr.kind {
            Node::Name(name) => {
                let found = self.variables.iter().rev().find(|v| v.name == *name);
                return found.is_some_and(|variable| variable.ignores_case);
            }
            Node::New {
                ty: Some(ty), args, ..
            } if ty.name == "HashSet" => args.last(),
            Node::Call { callee, args } => match &callee.kind {
                Node::Member { name, .. } if name.text == "ToHashSet" => args.last(),
                _ => None,
            },
            _ => None,
        };
        let name = comparer.and_then(|comparer| match &comparer.kind {
            Node::Member { name, .. } => Some(name.text.as_str()),
            _ => None,
        });
        name.is_some_and(|name| name.ends_with("IgnoreCase"))
    }

    /// `Contains` of a set whose comparer does not see case.
    pub(super) fn in_set(
        &mut self,
        set: &Typed,
        receiver: &Expr,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let [item] = args else { return None };
        let is_text = set.ty.element().is_some_and(Ty::is_text);
        if name.text != "Contains" || !is_text || !self.ignores_case(receiver) {
            return None;
        }
        let set = self.present(set.clone(), receiver.span, ErrorKind::NullReference);
        let value = self.expr(item);
        let value = self.coerced(value, &Ty::optional(Base::String), item.span);
        let site = self.site(span);
        let args = vec![set.ir, value.ir, Ir::Word(IGNORES_CASE)];
        Some(Typed::new(
            Ir::Call(Fn::ListContains, args, site),
            Ty::of(Base::Bool),
        ))
    }
}
