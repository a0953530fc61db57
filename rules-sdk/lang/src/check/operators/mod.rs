//! Binary operators: which of them two types have, concatenation.
//!
//! Invariants: C#'s promotions and its lifted operators: with an absent side arithmetic is absent, `<` and friends are
//! false, `==` compares presence; whole numbers wrap at run time, and constants that would wrap are refused.

mod absent;
mod equality;
mod numbers;
mod time;

use syncline_model::rules::{Dialect, Span};

use super::{Checker, Typed};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Ir, Op};
use crate::syntax::ast::{BinOp, Expr};
use crate::types::{Base, Ty};

impl Checker<'_> {
    pub(super) fn binary(
        &mut self,
        op: BinOp,
        left: &Expr,
        right: &Expr,
        op_span: Span,
        span: Span,
    ) -> Typed {
        let (a, b) = (self.expr(left), self.expr(right));
        if a.ty.is_unknown() || b.ty.is_unknown() {
            return Typed::unknown();
        }
        if a.ty.base == Base::Never || b.ty.base == Base::Never {
            self.error(
                codes::OPERATOR,
                span,
                "`throw` and `ignore` cannot be operands",
            );
            return Typed::unknown();
        }
        match op {
            BinOp::Eq | BinOp::Ne => self.equality(op, a, b, op_span, span),
            BinOp::Add if a.ty.base == Base::Written || b.ty.base == Base::Written => {
                let message = "one way gives a number here, another one a text, and `+` does other things with them";
                let note = "join texts with `&`; convert one of the branches with CStr or CNum";
                self.report(Diagnostic::error(codes::OPERATOR, op_span, message).note(note));
                Typed::unknown()
            }
            BinOp::Add if a.ty.is_text() || b.ty.is_text() => {
                let (first, second) = (
                    self.reject_list(&a.ty, left.span),
                    self.reject_list(&b.ty, right.span),
                );
                if first || second {
                    return Typed::unknown();
                }
                let (a, b) = (self.as_text(a, left.span), self.as_text(b, right.span));
                let site = self.site(span);
                concat(vec![a.ir, b.ir], site)
            }
            BinOp::Add | BinOp::Sub | BinOp::Mul if self.dialect == Dialect::Entra => {
                let (a, b) = (self.wide(a, left.span), self.wide(b, right.span));
                self.lifted(op, a, b, op_span, span)
            }
            _ => self.lifted(op, a, b, op_span, span),
        }
    }

    /// Whole numbers of the `entra` dialect have 64 bits.
    fn wide(&mut self, value: Typed, span: Span) -> Typed {
        if value.ty.base != Base::Int {
            return value;
        }
        let long = Ty {
            base: Base::Long,
            nullable: value.ty.nullable,
        };
        self.coerced(value, &long, span)
    }

    /// An operator over values that are already checked.
    pub(super) fn binary_values(&mut self, op: BinOp, a: Typed, b: Typed, span: Span) -> Typed {
        self.lifted(op, a, b, span, span)
    }

    /// Reports what `+` cannot append to a text.
    fn reject_list(&mut self, ty: &Ty, span: Span) -> bool {
        let list = matches!(ty.base, Base::List(_) | Base::Binary);
        if list {
            let message = format!(
                "`+` cannot append a `{ty}` to a text; use string.Join or Convert.ToBase64String"
            );
            self.error(codes::OPERATOR, span, message);
        }
        list
    }

    fn no_operator(&mut self, op: BinOp, a: &Ty, b: &Ty, span: Span) -> Typed {
        let message = format!("`{}` cannot be applied to `{a}` and `{b}`", op.text());
        let mut diagnostic = Diagnostic::error(codes::OPERATOR, span, message);
        if a.is_text() && b.is_text() && order(op).is_some() {
            diagnostic = diagnostic.note("texts are ordered with string.Compare(a, b) < 0");
        } else if matches!(
            (&a.base, &b.base),
            (Base::Decimal, Base::Double) | (Base::Double, Base::Decimal)
        ) {
            diagnostic = diagnostic.note("C# never mixes decimal and double; cast one of them");
        } else if a.nullable != b.nullable || a.nullable {
            diagnostic = diagnostic.note("a side that may be absent needs a default: `??`");
        }
        self.report(diagnostic);
        Typed::unknown()
    }
}

pub(super) fn order(op: BinOp) -> Option<(Op, Op)> {
    Some(match op {
        BinOp::Lt => (Op::Lt, Op::LtD),
        BinOp::Le => (Op::Le, Op::LeD),
        BinOp::Gt => (Op::Gt, Op::GtD),
        BinOp::Ge => (Op::Ge, Op::GeD),
        _ => return None,
    })
}

/// Concatenation in one piece: neighbours merge, constants fold.
pub(super) fn concat(parts: Vec<Ir>, site: u32) -> Typed {
    let mut flat: Vec<Ir> = Vec::new();
    for part in parts {
        // A constant is told nowhere, so that a pattern made of several is one.
        let part = match part.bare() {
            Ir::Text(text) => Ir::Text(text.clone()),
            _ => part,
        };
        match part {
            Ir::Concat(inner, _) => flat.extend(inner),
            Ir::Word(0) => {}
            Ir::Text(text) => match flat.last_mut() {
                Some(Ir::Text(before)) => before.push_str(&text),
                _ => flat.push(Ir::Text(text)),
            },
            part => flat.push(part),
        }
    }
    let ir = match flat.len() {
        0 => Ir::Text(String::new()),
        1 if matches!(flat[0], Ir::Text(_)) => flat.remove(0),
        _ => Ir::Concat(flat, site),
    };
    Typed::new(ir, Ty::of(Base::String))
}
