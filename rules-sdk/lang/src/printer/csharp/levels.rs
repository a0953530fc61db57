//! How tight operators bind.
//!
//! Invariants: the levels are the parser's; what binds looser than its place wants stands in parentheses.

use crate::syntax::ast::BinOp;

/// How tight an operator binds.
pub(super) type Level = u8;
pub(super) const ANY: Level = 0;
pub(super) const COALESCE: Level = 1;
pub(super) const RELATION: Level = 8;
pub(super) const SHIFT: Level = 9;
pub(super) const SWITCH: Level = 12;
pub(super) const UNARY: Level = 13;
pub(super) const POSTFIX: Level = 14;

pub(super) fn level_of(op: BinOp) -> Level {
    match op {
        BinOp::Coalesce => COALESCE,
        BinOp::Or => 2,
        BinOp::And => 3,
        BinOp::BitOr => 4,
        BinOp::BitXor => 5,
        BinOp::BitAnd => 6,
        BinOp::Eq | BinOp::Ne => 7,
        BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => RELATION,
        BinOp::Shl | BinOp::Shr | BinOp::UShr => SHIFT,
        BinOp::Add | BinOp::Sub => 10,
        BinOp::Mul | BinOp::Div | BinOp::Rem => 11,
    }
}
