//! Operators before a value: `!`, `-`, `~`, `+`; `!` behind it.
//!
//! Invariants: `-` and `~` of what is absent are absent; a number with `-` before it is a constant.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use crate::check::{Checker, Typed, decimals};
use crate::diag::codes;
use crate::ir::{Ir, Op};
use crate::syntax::ast::{Expr, Node, UnOp};
use crate::types::{Base, Ty};

impl Checker<'_> {
    pub(super) fn unary(&mut self, op: UnOp, operand: &Expr, span: Span) -> Typed {
        let is_plain = matches!(
            operand.kind,
            Node::Name(_)
                | Node::Attribute(_)
                | Node::Member { .. }
                | Node::Call { .. }
                | Node::Conditional { .. }
        );
        if op == UnOp::Not && is_plain {
            let value = self.expr(operand);
            if value.ty.is_unknown() {
                return value;
            }
            if value.ty.base != Base::Bool {
                self.condition_error(&value.ty, operand.span);
                return Typed::unknown();
            }
            return self.lift(value, span, |_, value| {
                Typed::new(Ir::Op(Op::Not, vec![value.ir], 0), Ty::of(Base::Bool))
            });
        }
        if op == UnOp::Not {
            let (ir, ..) = self.condition(operand);
            return Typed::new(Ir::Op(Op::Not, vec![ir], 0), Ty::of(Base::Bool));
        }
        let value = self.expr(operand);
        match op {
            UnOp::NotNull => self.asserted(value, operand.span, ErrorKind::NullReference),
            UnOp::Plus | UnOp::Not => value,
            UnOp::Neg | UnOp::BitNot => self.lift(value, span, |checker, value| {
                checker.negated(op, value, span)
            }),
        }
    }

    fn negated(&mut self, op: UnOp, value: Typed, span: Span) -> Typed {
        let base = if value.ty.base == Base::Char {
            Base::Int
        } else {
            value.ty.base.clone()
        };
        let ir = match (op, &base, &value.ir) {
            (_, Base::Unknown, _) => return value,
            // The literal 2147483648 is a long; with the minus before it, it is an int.
            (UnOp::Neg, Base::Long, Ir::Word(0x8000_0000)) => {
                return Typed::new(Ir::Word(-0x8000_0000), Ty::of(Base::Int));
            }
            (UnOp::Neg, Base::Int | Base::Long, Ir::Word(word)) if *word != i64::MIN => {
                Ir::Word(-word)
            }
            (UnOp::Neg, Base::Double, Ir::Word(word)) => {
                Ir::Word((-f64::from_bits(*word as u64)).to_bits() as i64)
            }
            (UnOp::Neg, Base::Int, _) => {
                self.arithmetic(Op::SubI, vec![Ir::Word(0), value.ir], span)
            }
            (UnOp::Neg, Base::Long, _) => {
                self.arithmetic(Op::SubL, vec![Ir::Word(0), value.ir], span)
            }
            (UnOp::Neg, Base::Double, _) => Ir::Op(Op::NegD, vec![value.ir], 0),
            (UnOp::Neg, Base::Decimal, _) => {
                let site = self.site(span);
                decimals::negated(value.ir, site)
            }
            (UnOp::Neg, Base::Span, _) => {
                let site = self.site(span);
                self.may_fail(span, &[ErrorKind::Overflow], "test the span first");
                Ir::Unbox(Ir::Call(Fn::SpanSign, vec![value.ir, Ir::Word(0)], site).into())
            }
            (UnOp::BitNot, Base::Int | Base::Long, _) => Ir::Op(Op::BitNot, vec![value.ir], 0),
            _ => {
                let sign = if op == UnOp::Neg { "-" } else { "~" };
                self.error(
                    codes::UNARY,
                    span,
                    format!("`{sign}` cannot be applied to a `{}`", value.ty),
                );
                return Typed::unknown();
            }
        };
        Typed::new(ir, Ty::of(base))
    }
}
