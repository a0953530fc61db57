//! One of two values: `?.`, `??`, `c ? a : b`.
//!
//! Invariants: what can both be the answer has a common type, or the text is refused; what a test shows is known where it
//! leads to and nowhere else.

use syncline_model::rules::{Dialect, Span};

use super::place_of;
use crate::check::lists::zero;
use crate::check::{Checker, Facts, Typed};
use crate::diag::codes;
use crate::ir::Ir;
use crate::syntax::ast::{Expr, Node};
use crate::types::{Base, common};

impl Checker<'_> {
    pub(super) fn conditional(&mut self, receiver: &Expr, rest: &Expr, span: Span) -> Typed {
        let value = self.expr(receiver);
        if value.ty.is_unknown() {
            return value;
        }
        if value.ty.base == Base::Null {
            self.error(codes::UNARY, receiver.span, "`null` has no members");
            return Typed::unknown();
        }
        // What is tested here is known to be present in the rest of the chain.
        let place = place_of(&value.ir).filter(|_| value.ty.nullable);
        let known = place.into_iter().collect();
        self.lift(value, span, |checker, present| {
            checker.holes.push(present);
            let result = checker.knowing(&known, |c| c.expr(rest));
            checker.holes.pop();
            result
        })
    }

    pub(super) fn coalesce(&mut self, left: &Expr, right: &Expr, span: Span) -> Typed {
        let value = self.expr(left);
        let other = self.knowing(&Facts::new(), |c| c.expr(right));
        if value.ty.is_unknown() || other.ty.is_unknown() {
            return Typed::unknown();
        }
        if !value.ty.nullable {
            // A number that a test has shown to be there may still have a default, as in C#, where its type stays `int?`.
            let tested = matches!(&value.ir, Ir::Unbox(inner) if place_of(inner).is_some());
            // So may what `?.` gives, whatever the schema knows of its receiver.
            let tested = tested || matches!(left.kind, Node::Conditional { .. });
            if value.ty.base.is_word() && !tested {
                let message = format!(
                    "the left side of `??` is a `{}`, which is never absent",
                    value.ty
                );
                self.error(codes::OPERATOR, span, message);
                return Typed::unknown();
            }
            return value;
        }
        let present = value.ty.with_null(false);
        let other = match right.kind {
            Node::Default => zero(&present, self.site(span)),
            _ => other,
        };
        let Some(ty) = common(&present, &other.ty) else {
            let message = format!(
                "`??` cannot choose between `{}` and `{}`; convert one of them",
                value.ty, other.ty
            );
            self.error(codes::OPERATOR, span, message);
            return Typed::unknown();
        };
        let local = self.local();
        let kept = if value.ty.boxed() {
            Ir::Unbox(Ir::Local(local).into())
        } else {
            Ir::Local(local)
        };
        let (kept, other) = match (
            self.coerce(Typed::new(kept, present), &ty, span),
            self.coerce(other, &ty, span),
        ) {
            (Some(kept), Some(other)) => (kept.ir, other.ir),
            _ => return Typed::unknown(),
        };
        let test = Ir::IsNull(Ir::Local(local).into());
        Typed::new(
            Ir::Let(
                local,
                value.ir.into(),
                Ir::If(test.into(), other.into(), kept.into()).into(),
            ),
            ty,
        )
    }

    pub(in crate::check) fn ternary(
        &mut self,
        condition: &Expr,
        then: &Expr,
        other: &Expr,
        span: Span,
    ) -> Typed {
        // `With` of what gives no value: nothing comes of it.
        if let Node::Is { operand, .. } = &condition.kind
            && self.dialect == Dialect::Entra
            && is_exit(operand)
        {
            return self.expr(operand);
        }
        let (test, yes, no) = self.condition(condition);
        let yes = self.knowing(&yes, |c| c.expr(then));
        let no = self.knowing(&no, |c| c.expr(other));
        self.choose(test, yes, no, span)
    }

    /// A conditional over two values of a common type.
    pub(in crate::check) fn choose(
        &mut self,
        test: Ir,
        yes: Typed,
        no: Typed,
        span: Span,
    ) -> Typed {
        let (yes, no) = match self.dialect {
            Dialect::Entra => self.alike(yes, no, span),
            Dialect::Csharp => (yes, no),
        };
        let Some(ty) = common(&yes.ty, &no.ty) else {
            let message = format!(
                "one branch gives `{}`, the other `{}`; convert one of them",
                yes.ty, no.ty
            );
            self.error(codes::BRANCHES, span, message);
            return Typed::unknown();
        };
        if ty.is_unknown() {
            return Typed::unknown();
        }
        // `c ? 1 : null` is an `int?`, as with a target type in C#.
        match (self.coerce(yes, &ty, span), self.coerce(no, &ty, span)) {
            (Some(yes), Some(no)) => {
                Typed::new(Ir::If(test.into(), yes.ir.into(), no.ir.into()), ty)
            }
            _ => Typed::unknown(),
        }
    }
}

/// `Error(…)`, `IgnoreThisFlow`, `AuthoritativeNull`
fn is_exit(expr: &Expr) -> bool {
    match &expr.kind {
        Node::Name(name) => matches!(name.as_str(), "ignore" | "authoritativeNull"),
        Node::Call { callee, .. } => matches!(&callee.kind, Node::Name(name) if name == "Error"),
        _ => false,
    }
}
