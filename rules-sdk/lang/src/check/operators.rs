//! Binary operators: arithmetic, comparison, equality, concatenation.
//!
//! Invariants: C#'s promotions and its lifted operators: with an absent side arithmetic is absent, `<` and friends are
//! false, `==` compares presence; whole numbers wrap at run time, and constants that would wrap are refused.

use syncline_model::rules::{Dialect, ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::{Checker, Typed, decimals};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Ir, Op};
use crate::stdlib::spans;
use crate::syntax::ast::{BinOp, Expr};
use crate::types::{Base, Ty, common};

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
            _ => self.lifted(op, a, b, op_span, span),
        }
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

    /// Arithmetic and order; both sides may be absent.
    fn lifted(&mut self, op: BinOp, a: Typed, b: Typed, op_span: Span, span: Span) -> Typed {
        if !a.ty.nullable && !b.ty.nullable {
            return self.plain(op, a, b, op_span, span);
        }
        if a.ty.base == Base::Null
            || b.ty.base == Base::Null
            || !(a.ty.base.is_word() || a.ty.base == Base::Decimal)
            || !(b.ty.base.is_word() || b.ty.base == Base::Decimal)
        {
            return self.no_operator(op, &a.ty, &b.ty, op_span);
        }
        if a.ty.base == Base::Bool
            && b.ty.base == Base::Bool
            && matches!(op, BinOp::BitAnd | BinOp::BitOr)
        {
            return self.three_valued(op, a, b, span);
        }
        let (x, y) = (self.local(), self.local());
        let read = |local, ty: &Ty| {
            let ir = if ty.boxed() {
                Ir::Unbox(Ir::Local(local).into())
            } else {
                Ir::Local(local)
            };
            Typed::new(ir, ty.with_null(false))
        };
        let result = self.plain(op, read(x, &a.ty), read(y, &b.ty), op_span, span);
        if result.ty.is_unknown() {
            return result;
        }
        let mut absent = Ir::Word(0);
        for (local, ty) in [(x, &a.ty), (y, &b.ty)] {
            if ty.nullable {
                absent = Ir::If(
                    Ir::IsNull(Ir::Local(local).into()).into(),
                    Ir::Word(1).into(),
                    absent.into(),
                );
            }
        }
        let order = matches!(op, BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge);
        let (value, ty) = if order {
            (result.ir, result.ty)
        } else if result.ty.base.is_word() {
            let site = self.site(span);
            (Ir::Boxed(result.ir.into(), site), result.ty.with_null(true))
        } else {
            (result.ir, result.ty.with_null(true))
        };
        let choice = Ir::If(absent.into(), Ir::Word(0).into(), value.into());
        Typed::new(
            Ir::Let(
                x,
                a.ir.into(),
                Ir::Let(y, b.ir.into(), choice.into()).into(),
            ),
            ty,
        )
    }

    /// `&` and `|` of booleans that may be absent: one side can decide alone.
    fn three_valued(&mut self, op: BinOp, a: Typed, b: Typed, span: Span) -> Typed {
        let site = self.site(span);
        let decides = Ir::Word(i64::from(op == BinOp::BitOr));
        let (x, y) = (self.local(), self.local());
        let sides = [(x, a.ty.boxed()), (y, b.ty.boxed())];
        let null = |(local, boxed): (u32, bool)| match boxed {
            true => Ir::IsNull(Ir::Local(local).into()),
            false => Ir::Word(0),
        };
        let word = |(local, boxed): (u32, bool)| match boxed {
            true => Ir::Unbox(Ir::Local(local).into()),
            false => Ir::Local(local),
        };
        let known = |side| {
            let same = Ir::Op(Op::Eq, vec![word(side), decides.clone()], 0);
            Ir::If(null(side).into(), Ir::Word(0).into(), same.into())
        };
        let boxed = |word: Ir| Ir::Boxed(word.into(), site);
        let other = Ir::Op(Op::Xor, vec![decides.clone(), Ir::Word(1)], 0);
        let rest = Ir::If(
            null(sides[1]).into(),
            Ir::Word(0).into(),
            boxed(other).into(),
        );
        let rest = Ir::If(null(sides[0]).into(), Ir::Word(0).into(), rest.into());
        let rest = Ir::If(
            known(sides[1]).into(),
            boxed(decides.clone()).into(),
            rest.into(),
        );
        let value = Ir::If(
            known(sides[0]).into(),
            boxed(decides.clone()).into(),
            rest.into(),
        );
        let body = Ir::Let(y, b.ir.into(), value.into());
        Typed::new(
            Ir::Let(x, a.ir.into(), body.into()),
            Ty::optional(Base::Bool),
        )
    }

    /// Both sides present.
    fn plain(&mut self, op: BinOp, a: Typed, b: Typed, op_span: Span, span: Span) -> Typed {
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

    /// Operators over dates and spans; none where .NET has none.
    fn over_time(&mut self, op: BinOp, a: &Typed, b: &Typed, span: Span) -> Option<Typed> {
        let (x, y) = (a.ir.clone(), b.ir.clone());
        if a.ty.base == b.ty.base
            && let Some((operation, _)) = order(op)
        {
            let sides = vec![ordered(x, &a.ty.base), ordered(y, &b.ty.base)];
            return Some(Typed::new(Ir::Op(operation, sides, 0), Ty::of(Base::Bool)));
        }
        let site = self.site(span);
        let call = |function, args| Ir::Call(function, args, site);
        let (ir, base, kind) = match (&a.ty.base, op, &b.ty.base) {
            (Base::Date, BinOp::Sub, Base::Date) => {
                return Some(Typed::new(
                    call(Fn::DateBetween, vec![x, y]),
                    Ty::of(Base::Span),
                ));
            }
            (Base::Date, BinOp::Add, Base::Span) => (
                call(Fn::DateAdd, vec![x, y]),
                Base::Date,
                ErrorKind::OutOfRange,
            ),
            (Base::Date, BinOp::Sub, Base::Span) => (
                call(Fn::DateSubtract, vec![x, y]),
                Base::Date,
                ErrorKind::OutOfRange,
            ),
            (Base::Span, BinOp::Add | BinOp::Sub, Base::Span) => {
                let sign = Ir::Word(i64::from(op == BinOp::Sub));
                let sum = call(Fn::SpanAdd, vec![x, y, sign]);
                (Ir::Unbox(sum.into()), Base::Span, ErrorKind::Overflow)
            }
            (Base::Span, BinOp::Div, Base::Span) => {
                return Some(Typed::new(spans::ratio(&[x, y]), Ty::of(Base::Double)));
            }
            (Base::Span, BinOp::Mul | BinOp::Div, _) | (_, BinOp::Mul, Base::Span) => {
                let (length, factor) = match a.ty.base {
                    Base::Span => (x, b.clone()),
                    _ => (y, a.clone()),
                };
                let factor = self.coerce(factor, &Ty::of(Base::Double), span)?;
                let divides = Ir::Word(i64::from(op == BinOp::Div));
                let scaled = call(Fn::SpanScale, vec![length, factor.ir, divides]);
                (Ir::Unbox(scaled.into()), Base::Span, ErrorKind::Overflow)
            }
            _ => return None,
        };
        self.may_fail(
            span,
            &[kind],
            "the result must be a date or a span that exists",
        );
        Some(Typed::new(ir, Ty::of(base)))
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

    fn equality(&mut self, op: BinOp, a: Typed, b: Typed, op_span: Span, span: Span) -> Typed {
        let Some(equal) = self
            .truth_as_text(&a, &b, span)
            .or_else(|| self.equal(&a, &b, span))
        else {
            return self.no_operator(op, &a.ty, &b.ty, op_span);
        };
        let ir = if op == BinOp::Eq {
            equal
        } else {
            Ir::Op(Op::Not, vec![equal], 0)
        };
        Typed::new(ir, Ty::of(Base::Bool))
    }

    /// Provisioning has truth values as texts: `[accountEnabled] = "True"`.
    fn truth_as_text(&mut self, a: &Typed, b: &Typed, span: Span) -> Option<Ir> {
        let (truth, text) = match (&a.ty.base, &b.ty.base) {
            (Base::Bool, Base::String) => (a, b),
            (Base::String, Base::Bool) => (b, a),
            _ => return None,
        };
        if self.dialect != Dialect::Entra {
            return None;
        }
        let site = self.site(span);
        let truth = self.as_text(truth.clone(), span);
        Some(Ir::Call(
            Fn::EqualIgnoreCase,
            vec![truth.ir, text.ir.clone()],
            site,
        ))
    }

    /// A test for equality, if these types have one.
    pub(super) fn equal(&mut self, a: &Typed, b: &Typed, span: Span) -> Option<Ir> {
        let site = self.site(span);
        match (&a.ty.base, &b.ty.base) {
            (Base::Null, Base::Null) => return Some(Ir::Word(1)),
            (Base::Null, _) => return Some(null_test(b)),
            (_, Base::Null) => return Some(null_test(a)),
            _ => {}
        }
        let ty = common(&a.ty, &b.ty)?;
        if ty.is_unknown() || ty.base == Base::Never {
            return Some(Ir::Word(0));
        }
        if ty.is_text() {
            return Some(Ir::Call(Fn::Equal, vec![a.ir.clone(), b.ir.clone()], site));
        }
        match ty.base {
            Base::Binary | Base::Guid => Some(Ir::Call(
                Fn::OctetsEqual,
                vec![a.ir.clone(), b.ir.clone()],
                site,
            )),
            Base::List(_) => None,
            Base::Decimal => {
                let x = self.coerce(a.clone(), &ty, span)?.ir;
                let y = self.coerce(b.clone(), &ty, span)?.ir;
                Some(decimals::compared(Op::Eq, x, y, site))
            }
            _ if !ty.nullable => {
                let x = ordered(self.coerce(a.clone(), &ty, span)?.ir, &ty.base);
                let y = ordered(self.coerce(b.clone(), &ty, span)?.ir, &ty.base);
                Some(Ir::Op(
                    if ty.base == Base::Double {
                        Op::EqD
                    } else {
                        Op::Eq
                    },
                    vec![x, y],
                    0,
                ))
            }
            _ => {
                // Equal when both are absent, or both are there and equal.
                let (x, y) = (self.local(), self.local());
                let present = ty.with_null(false);
                let read = |checker: &mut Self, local, from: &Ty| {
                    let ir = if from.boxed() {
                        Ir::Unbox(Ir::Local(local).into())
                    } else {
                        Ir::Local(local)
                    };
                    checker
                        .coerce(Typed::new(ir, from.with_null(false)), &present, span)
                        .map(|t| ordered(t.ir, &present.base))
                };
                let (left, right) = (read(self, x, &a.ty)?, read(self, y, &b.ty)?);
                let same = Ir::Op(
                    if ty.base == Base::Double {
                        Op::EqD
                    } else {
                        Op::Eq
                    },
                    vec![left, right],
                    0,
                );
                let null = |local, ty: &Ty| {
                    if ty.nullable {
                        Ir::IsNull(Ir::Local(local).into())
                    } else {
                        Ir::Word(0)
                    }
                };
                let y_null = || null(y, &b.ty);
                let y_there = Ir::If(y_null().into(), Ir::Word(0).into(), same.into());
                let test = Ir::If(null(x, &a.ty).into(), y_null().into(), y_there.into());
                Some(Ir::Let(
                    x,
                    a.ir.clone().into(),
                    Ir::Let(y, b.ir.clone().into(), test.into()).into(),
                ))
            }
        }
    }
}

/// What of a word decides order and equality: of a date its ticks alone.
fn ordered(ir: Ir, base: &Base) -> Ir {
    match (base, ir) {
        (Base::Date, Ir::Word(word)) => Ir::Word(word >> 1),
        (Base::Date, ir) => Ir::Op(Op::UShrL, vec![ir, Ir::Word(1)], 0),
        (_, ir) => ir,
    }
}

/// Is the value absent? Never, for a type that cannot be.
fn null_test(value: &Typed) -> Ir {
    if value.ty.nullable || !value.ty.base.is_word() {
        Ir::IsNull(value.ir.clone().into())
    } else {
        Ir::Word(0)
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
