//! Expressions: which form of node is checked by what.
//!
//! Invariants: a node that was reported has the unknown type, which every consumer accepts silently.

mod cast;
mod choice;
mod index;
mod new;
mod sign;

use syncline_model::rules::{Dialect, ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::{Checker, Place, Typed, decimals};
use crate::diag::codes;
use crate::ir::{Exit, Ir};
use crate::stdlib;
use crate::syntax::ast::{BinOp, Expr, Node};
use crate::types::{Base, Ty};

impl Checker<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> Typed {
        match self.dialect {
            Dialect::Csharp => self.plain_expr(expr),
            Dialect::Entra => self.entra_expr(expr),
        }
    }

    /// An expression as it stands.
    pub(super) fn plain_expr(&mut self, expr: &Expr) -> Typed {
        self.see(expr);
        let outer = self.enter(expr);
        self.level += 1;
        let value = self.value_of(expr);
        self.level -= 1;
        if let Some(types) = &mut self.tables.types {
            types.learn(expr, &value.ty);
        }
        self.seen(expr, &value);
        self.leave(outer, value)
    }

    fn value_of(&mut self, expr: &Expr) -> Typed {
        let span = expr.span;
        match &expr.kind {
            Node::Null | Node::Default => Typed::new(Ir::Word(0), Ty::optional(Base::Null)),
            Node::Bool(value) => Typed::new(Ir::Word(i64::from(*value)), Ty::of(Base::Bool)),
            Node::Int(value) => Typed::new(Ir::Word(*value), Ty::of(Base::Int)),
            Node::Long(value) => Typed::new(Ir::Word(*value), Ty::of(Base::Long)),
            Node::Double(value) => {
                Typed::new(Ir::Word(value.to_bits() as i64), Ty::of(Base::Double))
            }
            Node::Decimal(low, high) => {
                let site = self.site(span);
                Typed::new(
                    decimals::from_words(*low, *high, site),
                    Ty::of(Base::Decimal),
                )
            }
            Node::Char(value) => Typed::new(Ir::Word(i64::from(*value)), Ty::of(Base::Char)),
            Node::Str(text) => Typed::new(Ir::Text(text.clone()), Ty::of(Base::String)),
            Node::Interpolated(pieces) => self.interpolated(pieces, span),
            Node::Name(name) => self.name(name, span),
            Node::Attribute(name) => self.attribute(name, span),
            Node::Parameter(name) => self.parameter(name, span),
            Node::Hole => self.holes.last().cloned().unwrap_or_else(Typed::unknown),
            Node::Member { receiver, name } => self.member(receiver, name, span),
            Node::Call { callee, args } => self.call(callee, args, span),
            Node::Index { receiver, index } => self.indexed(receiver, index, span),
            Node::Conditional { receiver, rest } => self.conditional(receiver, rest, span),
            Node::Unary { op, operand } => self.unary(*op, operand, span),
            Node::Binary {
                op: BinOp::Coalesce,
                left,
                right,
                ..
            } => self.coalesce(left, right, span),
            Node::Binary {
                op: BinOp::And | BinOp::Or,
                ..
            }
            | Node::Is { .. } => {
                let (ir, ..) = self.condition(expr);
                Typed::new(ir, Ty::of(Base::Bool))
            }
            Node::Binary {
                op,
                left,
                right,
                op_span,
            } => self.binary(*op, left, right, *op_span, span),
            Node::Ternary {
                condition,
                then,
                other,
            } => self.ternary(condition, then, other, span),
            Node::Switch { operand, arms } => self.switch(operand, arms, span),
            Node::Cast { to, operand } => self.cast(to, operand, span),
            Node::As { to, operand } => {
                let wanted = self.named_type(to).with_null(true);
                let value = self.expr(operand);
                self.coerced(value, &wanted, operand.span)
            }
            Node::Lambda { .. } => {
                self.error(
                    codes::LAMBDA,
                    span,
                    "a lambda can only be an argument of a list method such as Where",
                );
                Typed::unknown()
            }
            Node::New { ty, args, items } => {
                self.new_value(ty.as_ref(), args, items.as_deref(), span)
            }
            Node::Throw { args } => self.throw(args, span),
            Node::Checked { on, operand } => {
                let outer = self.checked.replace(*on);
                let value = self.expr(operand);
                self.checked = outer;
                value
            }
            Node::Named(name, value) => {
                self.expr(value);
                let message = "arguments of this call are not known by name; write them in order";
                self.error(codes::UNSUPPORTED, name.span, message);
                Typed::unknown()
            }
            Node::Place(_) => {
                let message = "a range stands in brackets, in Take or in ElementAt";
                self.error(codes::UNSUPPORTED, span, message);
                Typed::unknown()
            }
            Node::Out(name, _) => {
                self.error(
                    codes::UNSUPPORTED,
                    span,
                    format!("`out {}` can only stand in TryParse", name.text),
                );
                Typed::unknown()
            }
            Node::Type(ty) if stdlib::type_name(&ty.name).is_none() => {
                self.no_type(&ty.name, span);
                Typed::unknown()
            }
            Node::Type(ty) => {
                self.error(
                    codes::UNKNOWN_NAME,
                    span,
                    format!("`{}` is a type, not a value; add a member", ty.name),
                );
                Typed::unknown()
            }
            Node::Error => Typed::unknown(),
        }
    }

    /// A node whose value must be present.
    pub(super) fn present_expr(&mut self, expr: &Expr, kind: ErrorKind) -> Typed {
        let value = self.expr(expr);
        self.present(value, expr.span, kind)
    }

    pub(super) fn throw(&mut self, args: &[Expr], span: Span) -> Typed {
        let site = self.site(span);
        let message = match args {
            [] => Ir::Word(0),
            [first, ..] => {
                let value = self.expr(first);
                let value = self.coerced(value, &Ty::optional(Base::String), first.span);
                value.ir
            }
        };
        Typed::new(
            Ir::Call(Fn::Throw, vec![message], site),
            Ty::of(Base::Never),
        )
    }

    /// A failure at this place.
    pub(super) fn fail(&mut self, kind: ErrorKind, span: Span) -> Ir {
        let site = self.site(span);
        Ir::Exit(Exit::Fail(kind, site))
    }
}

/// The place a value was read from.
pub(super) fn place_of(ir: &Ir) -> Option<Place> {
    match ir {
        Ir::Slot(slot) => Some(Place::Slot(*slot)),
        Ir::Local(local) => Some(Place::Local(*local)),
        _ => None,
    }
}
