//! Which elements are the same: `Contains`, `Distinct`, `DistinctBy`, keys, comparers, sets.
//!
//! Invariants: a set is a list without repetitions; that its comparer does not see case is known of the expression that made it,
//! or of the variable that holds it, and only `Contains` asks for it.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::Call;
use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, Local};
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty};

/// How the runtime compares texts without their case.
const IGNORES_CASE: i64 = 5;

impl Checker<'_> {
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
    pub(in crate::check) fn comparer(&mut self, expr: &Expr, sorts: bool) -> Ir {
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
    pub(in crate::check) fn compares(&mut self, kind: Option<&Ir>, ty: &Ty, span: Span) -> bool {
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

    /// Is it a set of texts that was made with a comparer that does not see case?
    pub(in crate::check) fn ignores_case(&mut self, expr: &Expr) -> bool {
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
    pub(in crate::check) fn in_set(
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
