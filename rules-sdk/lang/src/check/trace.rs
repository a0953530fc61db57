//! Points of an explanation: the sub-expressions whose values are told.
//!
//! Invariants: a point changes no answer; what a name or a literal gives is no point of its own, except an attribute,
//! whose value is known without running anything.

use syncline_model::rules::Span;

use super::{Checker, Typed};
use crate::ir::Ir;
use crate::syntax::ast::{BinOp, Expr, Node, UnOp};
use crate::types::{Base, Ty};

/// Characters of a text that are shown.
const TEXT_MAX: usize = 400;

/// What an explanation collects while it checks.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// The points, each after those around it.
    pub points: Vec<Point>,
    /// Where the text stands that is being checked, within its output (`rule.then`).
    pub at: String,
    /// The point around what is being checked.
    parent: Option<u32>,
}

/// A sub-expression.
#[derive(Debug)]
pub(crate) struct Point {
    pub output: u32,
    pub at: String,
    pub span: Span,
    pub text: String,
    pub parent: Option<u32>,
    /// None while nothing is known, or where nothing can be told.
    pub ty: Option<Ty>,
    /// The column, of an attribute.
    pub slot: Option<u32>,
}

/// The point that was entered and the one around it.
pub(super) struct Entered {
    point: u32,
    outer: Option<u32>,
}

impl Checker<'_> {
    /// Before an expression is checked.
    pub(super) fn enter(&mut self, expr: &Expr) -> Option<Entered> {
        // These are conditions, which enter by themselves.
        let is_test = matches!(
            &expr.kind,
            Node::Is { .. }
                | Node::Binary {
                    op: BinOp::And | BinOp::Or,
                    ..
                }
        );
        if is_test { None } else { self.entered(expr) }
    }

    /// Before a condition is checked that is made of others; any other is an expression.
    pub(super) fn enter_test(&mut self, expr: &Expr) -> Option<Entered> {
        let is_test = matches!(
            &expr.kind,
            Node::Is { .. }
                | Node::Binary {
                    op: BinOp::And | BinOp::Or,
                    ..
                }
                | Node::Unary { op: UnOp::Not, .. }
        );
        if is_test { self.entered(expr) } else { None }
    }

    fn entered(&mut self, expr: &Expr) -> Option<Entered> {
        self.tables.trace.as_ref()?;
        let text = self.text_of(expr.span);
        let text = match text.char_indices().nth(TEXT_MAX) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        let span = self.units.of(expr.span);
        let output = self.output;
        let trace = self.tables.trace.as_mut()?;
        let outer = trace.parent;
        let point = trace.points.len() as u32;
        trace.points.push(Point {
            output,
            at: trace.at.clone(),
            span,
            text,
            parent: outer,
            ty: None,
            slot: None,
        });
        trace.parent = Some(point);
        Some(Entered { point, outer })
    }

    /// After it was checked: the value, which tells itself.
    pub(super) fn leave(&mut self, entered: Option<Entered>, value: Typed) -> Typed {
        let (Some(entered), Some(trace)) = (entered, &mut self.tables.trace) else {
            return value;
        };
        trace.parent = entered.outer;
        let point = &mut trace.points[entered.point as usize];
        let slot = match &value.ir {
            Ir::Slot(slot) => Some(*slot),
            Ir::Unbox(inner) => match **inner {
                Ir::Slot(slot) => Some(slot),
                _ => None,
            },
            _ => None,
        };
        if slot.is_some() {
            point.slot = slot;
            point.ty = Some(value.ty.clone());
            return value;
        }
        // Variables and the rest of `?.` are told where they are made.
        let is_plain = match &value.ir {
            Ir::Word(_) | Ir::Text(_) | Ir::Local(_) | Ir::Exit(_) | Ir::Trace(..) => true,
            Ir::Unbox(inner) => matches!(**inner, Ir::Local(_)),
            _ => false,
        };
        if is_plain || !is_told(&value.ty) {
            return value;
        }
        point.ty = Some(value.ty.clone());
        Typed::new(Ir::Trace(entered.point, value.ir.into()), value.ty)
    }
}

/// Can a value of this type be shown?
fn is_told(ty: &Ty) -> bool {
    match &ty.base {
        Base::List(element) => is_told(element),
        Base::Regex(_) | Base::Enum(_) | Base::Null | Base::Never | Base::Unknown => false,
        Base::Groups(_) | Base::Grouping(_) => false,
        _ => true,
    }
}
