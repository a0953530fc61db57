//! Conditions: a boolean, and what is known to be present when it holds and when it does not.
//!
//! Invariants: facts are only ever about attributes and variables, which never change, so they stay true; a fact is
//! derived only from a test that the text contains.

use syncline_model::rules::{Dialect, Span};

use super::entra::is_truth;
use super::expr::place_of;
use super::{Checker, Facts, Place, Typed};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Ir, Op};
use crate::syntax::ast::{BinOp, Expr, Node, UnOp};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// The test, what holds when it is true, what holds when it is false.
    pub(super) fn condition(&mut self, expr: &Expr) -> (Ir, Facts, Facts) {
        let before = self.facts.clone();
        let outer = self.enter_test(expr);
        let (ir, mut yes, mut no) = self.tested(expr);
        let ir = self.leave(outer, Typed::new(ir, Ty::of(Base::Bool))).ir;
        // Variables that the test sets in any case.
        let set: Vec<Place> = self.facts.difference(&before).copied().collect();
        yes.extend(&set);
        no.extend(&set);
        (ir, yes, no)
    }

    fn tested(&mut self, expr: &Expr) -> (Ir, Facts, Facts) {
        match &expr.kind {
            Node::Binary {
                op: BinOp::And,
                left,
                right,
                ..
            } => {
                let (a, a_yes, a_no) = self.condition(left);
                let (b, b_yes, b_no) = self.knowing(&a_yes, |c| c.condition(right));
                let yes = a_yes.union(&b_yes).copied().collect();
                let no = a_no
                    .intersection(&b_no.union(&a_yes).copied().collect())
                    .copied()
                    .collect();
                (Ir::If(a.into(), b.into(), Ir::Word(0).into()), yes, no)
            }
            Node::Binary {
                op: BinOp::Or,
                left,
                right,
                ..
            } => {
                let (a, a_yes, a_no) = self.condition(left);
                let (b, b_yes, b_no) = self.knowing(&a_no, |c| c.condition(right));
                let yes = a_yes
                    .intersection(&b_yes.union(&a_no).copied().collect())
                    .copied()
                    .collect();
                let no = a_no.union(&b_no).copied().collect();
                (Ir::If(a.into(), Ir::Word(1).into(), b.into()), yes, no)
            }
            Node::Unary {
                op: UnOp::Not,
                operand,
            } => {
                let (ir, yes, no) = self.condition(operand);
                (Ir::Op(Op::Not, vec![ir], 0), no, yes)
            }
            Node::Is { operand, pattern } => {
                let value = self.expr(operand);
                let place = self.tested_place(operand, &value);
                let (ir, yes, no) = self.is(value, place, pattern, operand.span);
                (ir, yes, no)
            }
            _ => {
                let value = self.expr(expr);
                let (yes, no) = self.facts_of(expr);
                if value.ty.is_unknown() || value.ty.base == Base::Never {
                    return (value.ir, yes, no);
                }
                let test = self.as_condition(value, expr.span);
                (test.unwrap_or(Ir::Word(0)), yes, no)
            }
        }
    }

    /// A value as a test: a truth value, in the `entra` dialect also a number or a text; none where it is something else.
    pub(super) fn as_condition(&mut self, value: Typed, span: Span) -> Option<Ir> {
        let is_entra = self.dialect == Dialect::Entra;
        let value = match is_entra && is_truth(&value.ty) {
            true => self.truth_of(value, span),
            false => value,
        };
        if is_entra && value.ty == Ty::optional(Base::Bool) {
            return Some(self.holds(value));
        }
        if value.ty.base != Base::Bool || value.ty.nullable {
            self.condition_error(&value.ty, span);
            return None;
        }
        Some(value.ir)
    }

    /// Whether a truth value is there and true.
    fn holds(&mut self, value: Typed) -> Ir {
        let local = self.local();
        let absent = Ir::IsNull(Ir::Local(local).into());
        let kept = Ir::Unbox(Ir::Local(local).into());
        let test = Ir::If(absent.into(), Ir::Word(0).into(), kept.into());
        Ir::Let(local, value.ir.into(), test.into())
    }

    pub(super) fn condition_error(&mut self, ty: &Ty, span: Span) {
        let end = Span {
            from: span.to,
            to: span.to,
        };
        let mut diagnostic = Diagnostic::error(
            codes::CONDITION,
            span,
            format!("a condition must be true or false, this is a `{ty}`"),
        );
        if ty.base == Base::Bool {
            diagnostic = diagnostic
                .note("it may be absent")
                .fix("compare it", end, " == true");
        } else if ty.is_text() {
            diagnostic = diagnostic.fix("test whether it is there", end, " != null");
        }
        self.report(diagnostic);
    }

    /// What a comparison or a test call says about places, without checking types again.
    fn facts_of(&mut self, expr: &Expr) -> (Facts, Facts) {
        let none = (Facts::new(), Facts::new());
        match &expr.kind {
            Node::Binary {
                op: op @ (BinOp::Eq | BinOp::Ne),
                left,
                right,
                ..
            } => {
                let (subject, other) = if is_constant(left) {
                    (right, left)
                } else {
                    (left, right)
                };
                let Some(place) = self.root(subject) else {
                    return none;
                };
                let fact = Facts::from([place]);
                let (when_equal, when_not) = if matches!(other.kind, Node::Null) {
                    (Facts::new(), fact)
                } else if is_constant(other) {
                    (fact, Facts::new())
                } else {
                    return none;
                };
                if *op == BinOp::Eq {
                    (when_equal, when_not)
                } else {
                    (when_not, when_equal)
                }
            }
            // A comparison with an absent side is false.
            Node::Binary {
                op: BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge,
                left,
                right,
                ..
            } => {
                let places = [self.root(left), self.root(right)]
                    .into_iter()
                    .flatten()
                    .collect();
                (places, Facts::new())
            }
            Node::Call { callee, args } => {
                let Node::Member { receiver, name } = &callee.kind else {
                    let test = matches!(&callee.kind, Node::Name(n) if n == "IsPresent");
                    let place = args.first().filter(|_| test).and_then(|arg| self.root(arg));
                    return (place.into_iter().collect(), Facts::new());
                };
                let test = matches!(name.text.as_str(), "IsNullOrEmpty" | "IsNullOrWhiteSpace");
                if test && self.static_type(receiver) == Some("string") {
                    let place = args.first().and_then(|arg| self.root(arg));
                    return (Facts::new(), place.into_iter().collect());
                }
                none
            }
            Node::Member { receiver, name } if name.text == "HasValue" => {
                (self.root(receiver).into_iter().collect(), Facts::new())
            }
            _ => none,
        }
    }

    /// The place whose presence follows from the presence of this expression: itself, or the root of a `?.` chain.
    fn root(&mut self, expr: &Expr) -> Option<Place> {
        match &expr.kind {
            Node::Name(name) => self.resolved(name).and_then(|value| under(&value.ir)),
            Node::Attribute(name) if self.env.source.contains_key(name) => {
                self.resolved(name).and_then(|value| under(&value.ir))
            }
            Node::Member { receiver, name } if matches!(&receiver.kind, Node::Name(n) if n == "Target") =>
            {
                let known = self.env.target_image.contains_key(&name.text);
                if known {
                    under(&self.target(&name.text, name.span).ir)
                } else {
                    None
                }
            }
            Node::Conditional { receiver, .. } => self.root(receiver),
            _ => None,
        }
    }

    /// The place that an `is` tests.
    fn tested_place(&mut self, operand: &Expr, value: &Typed) -> Option<Place> {
        self.root(operand).or_else(|| place_of(&value.ir))
    }
}

fn under(ir: &Ir) -> Option<Place> {
    match ir {
        Ir::Unbox(inner) => place_of(inner),
        ir => place_of(ir),
    }
}

/// Literals that are not null.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::Long(_)
        | Node::Double(_)
        | Node::Decimal(..)
        | Node::Char(_)
        | Node::Str(_) => true,
        Node::Unary {
            op: UnOp::Neg,
            operand,
        } => is_constant(operand),
        _ => false,
    }
}
