//! Operators over numbers and truth values that are there.
//!
//! Invariants: both sides get their common type first, except the count of a shift; constants are computed here.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::order;
use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, Op};
use crate::syntax::ast::BinOp;
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// Both sides present.
    pub(super) fn plain(
        &mut self,
        op: BinOp,
        a: Typed,
        b: Typed,
        op_span: Span,
        span: Span,
    ) -> Typed {
        let bools = a.ty.base == Base::Bool && b.ty.base == Base::Bool;
        let enums = matches!((&a.ty.base, &b.ty.base), (Base::Enum(x), Base::Enum(y)) if x == y);
        if bools || enums {
            let operation = match op {
                BinOp::BitAnd => Op::And,
                BinOp::BitOr => Op::Or,
                BinOp::BitXor => Op::Xor,
                _ if enums && order(op).is_some() => {
                    let operation = order(op).map_or(Op::Lt, |(word, _)| word);
                    let ir = Ir::Op(operation, vec![a.ir, b.ir], 0);
                    return Typed::new(ir, Ty::of(Base::Bool));
                }
                _ => return self.no_operator(op, &a.ty, &b.ty, op_span),
            };
            if let (Ir::Word(x), Ir::Word(y), Op::Or) = (&a.ir, &b.ir, operation) {
                return Typed::new(Ir::Word(x | y), a.ty);
            }
            return Typed::new(Ir::Op(operation, vec![a.ir, b.ir], 0), a.ty);
        }
        if a.ty.base.is_time() || b.ty.base.is_time() {
            return match self.over_time(op, &a, &b, span) {
                Some(result) => result,
                None => self.no_operator(op, &a.ty, &b.ty, op_span),
            };
        }
        if a.ty.base == Base::Decimal || b.ty.base == Base::Decimal {
            let (a_ty, b_ty) = (a.ty.clone(), b.ty.clone());
            return match self.over_decimal(op, a, b, span) {
                Some(result) => result,
                None => self.no_operator(op, &a_ty, &b_ty, op_span),
            };
        }
        let (Some(x), Some(y)) = (a.ty.base.numeric_rank(), b.ty.base.numeric_rank()) else {
            return self.no_operator(op, &a.ty, &b.ty, op_span);
        };
        let shift = matches!(op, BinOp::Shl | BinOp::Shr | BinOp::UShr);
        let rank = if shift { x.max(1) } else { x.max(y).max(1) };
        let base = [Base::Char, Base::Int, Base::Long, Base::Double][rank as usize].clone();
        if shift && (y > 1 || base == Base::Double) {
            return self.no_operator(op, &a.ty, &b.ty, op_span);
        }
        let ty = Ty::of(base);
        let widened = |checker: &mut Self, value: Typed| {
            checker
                .coerce(value, &ty, span)
                .map_or(Ir::Word(0), |t| t.ir)
        };
        let a_ty = a.ty.clone();
        let (a_ir, b_ir) = (
            widened(self, a),
            if shift { b.ir } else { widened(self, b) },
        );
        if let Some((word, double)) = order(op) {
            let operation = if ty.base == Base::Double {
                double
            } else {
                word
            };
            return Typed::new(Ir::Op(operation, vec![a_ir, b_ir], 0), Ty::of(Base::Bool));
        }
        let operation = match (op, &ty.base) {
            (BinOp::Add, Base::Int) => Op::AddI,
            (BinOp::Sub, Base::Int) => Op::SubI,
            (BinOp::Mul, Base::Int) => Op::MulI,
            (BinOp::Div, Base::Int) => Op::DivI,
            (BinOp::Rem, Base::Int) => Op::RemI,
            (BinOp::Shl, Base::Int) => Op::ShlI,
            (BinOp::Shr, Base::Int) => Op::ShrI,
            (BinOp::UShr, Base::Int) => Op::UShrI,
            (BinOp::Add, Base::Long) => Op::AddL,
            (BinOp::Sub, Base::Long) => Op::SubL,
            (BinOp::Mul, Base::Long) => Op::MulL,
            (BinOp::Div, Base::Long) => Op::DivL,
            (BinOp::Rem, Base::Long) => Op::RemL,
            (BinOp::Shl, Base::Long) => Op::ShlL,
            (BinOp::Shr, Base::Long) => Op::ShrL,
            (BinOp::UShr, Base::Long) => Op::UShrL,
            (BinOp::Add, Base::Double) => Op::AddD,
            (BinOp::Sub, Base::Double) => Op::SubD,
            (BinOp::Mul, Base::Double) => Op::MulD,
            (BinOp::Div, Base::Double) => Op::DivD,
            (BinOp::Rem, Base::Double) => {
                return Typed::new(Ir::Call(Fn::Modulo, vec![a_ir, b_ir], 0), ty);
            }
            (BinOp::BitAnd, Base::Int | Base::Long) => Op::And,
            (BinOp::BitOr, Base::Int | Base::Long) => Op::Or,
            (BinOp::BitXor, Base::Int | Base::Long) => Op::Xor,
            _ => return self.no_operator(op, &a_ty, &ty, op_span),
        };
        if let (Ir::Word(x), Ir::Word(y)) = (&a_ir, &b_ir)
            && let Some(folded) = self.folded(operation, *x, *y, span)
        {
            return Typed::new(folded, ty);
        }
        let divides = matches!(operation, Op::DivI | Op::RemI | Op::DivL | Op::RemL);
        let site = if divides { self.site(span) } else { 0 };
        if divides && !matches!(b_ir, Ir::Word(word) if word != 0 && word != -1) {
            self.may_fail(span, &[ErrorKind::DivideByZero], "test the divisor first");
        }
        if divides {
            return Typed::new(Ir::Op(operation, vec![a_ir, b_ir], site), ty);
        }
        Typed::new(self.arithmetic(operation, vec![a_ir, b_ir], span), ty)
    }

    /// Constant arithmetic, checked as C# checks it.
    fn folded(&mut self, op: Op, x: i64, y: i64, span: Span) -> Option<Ir> {
        let int = matches!(op, Op::AddI | Op::SubI | Op::MulI | Op::DivI | Op::RemI);
        if matches!(op, Op::DivI | Op::RemI | Op::DivL | Op::RemL) && y == 0 {
            self.error(codes::CONSTANT_ZERO, span, "division by the constant zero");
            return Some(Ir::Word(0));
        }
        let value = match op {
            Op::AddI | Op::AddL => x.checked_add(y),
            Op::SubI | Op::SubL => x.checked_sub(y),
            Op::MulI | Op::MulL => x.checked_mul(y),
            Op::DivI | Op::DivL => x.checked_div(y),
            Op::RemI | Op::RemL => x.checked_rem(y),
            _ => return None,
        };
        match value.filter(|v| !int || i32::try_from(*v).is_ok()) {
            Some(value) => Some(Ir::Word(value)),
            // The operation itself wraps.
            None if self.checked == Some(false) => None,
            None => {
                let message =
                    "the constant result does not fit its type; make one operand a long (`1L`)";
                self.error(codes::CONSTANT_OVERFLOW, span, message);
                Some(Ir::Word(0))
            }
        }
    }
}
