//! `is` and `switch`: patterns become tests over one value held in a local.
//!
//! Invariants: the value is evaluated once; a switch without a matching arm fails with `invalid_operation`, as .NET's
//! SwitchExpressionException does.

use syncline_model::rules::{ErrorKind, Span};

use super::{Checker, Facts, Place, Typed};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Ir, Op};
use crate::syntax::ast::{Arm, BinOp, End, Expr, Index, Name, Node, Pattern};
use crate::types::{Base, Ty};

/// The place of `..` in a list pattern, and what its part must be.
type Slice = (usize, Option<Box<Pattern>>);

impl Checker<'_> {
    /// `value is pattern`, with what holds on either side about `place`.
    pub(super) fn is(
        &mut self,
        value: Typed,
        place: Option<Place>,
        pattern: &Pattern,
        span: Span,
    ) -> (Ir, Facts, Facts) {
        if value.ty.is_unknown() {
            return (Ir::Word(0), Facts::new(), Facts::new());
        }
        let local = self.local();
        let subject = Typed::new(Ir::Local(local), value.ty.clone());
        let before = self.variables.len();
        let test = self.pattern(&subject, pattern, span);
        let bound = self.declared_since(before);
        let fact: Facts = place.into_iter().collect();
        let mut yes = if implies_present(pattern) {
            fact.clone()
        } else {
            Facts::new()
        };
        let mut no = if negation_implies_present(pattern) {
            fact
        } else {
            Facts::new()
        };
        // `x is not string s` sets `s` where it is false.
        let set = if matches!(pattern, Pattern::Not(_)) {
            &mut no
        } else {
            &mut yes
        };
        set.extend(bound);
        (Ir::Let(local, value.ir.into(), test.into()), yes, no)
    }

    /// A test of the subject, which is a local.
    fn pattern(&mut self, subject: &Typed, pattern: &Pattern, span: Span) -> Ir {
        match pattern {
            Pattern::Any => Ir::Word(1),
            Pattern::Const(expr) if matches!(expr.kind, Node::Null) => self.absent(subject),
            Pattern::Const(expr) => {
                let constant = self.expr(expr);
                if constant.ty.is_unknown() {
                    return Ir::Word(0);
                }
                match self.equal(subject, &constant, expr.span) {
                    Some(test) => test,
                    None => {
                        let message =
                            format!("a `{}` never matches a `{}`", subject.ty, constant.ty);
                        self.error(codes::PATTERN, expr.span, message);
                        Ir::Word(0)
                    }
                }
            }
            Pattern::Relation(op, expr) => {
                let end = expr.span;
                let constant = self.expr(expr);
                if constant.ty.is_unknown() {
                    return Ir::Word(0);
                }
                self.compared(*op, subject.clone(), constant, end).ir
            }
            Pattern::Not(inner) => {
                let test = self.pattern(subject, inner, span);
                Ir::Op(Op::Not, vec![test], 0)
            }
            Pattern::And(a, b) => {
                let a = self.pattern(subject, a, span);
                let b = self.pattern(subject, b, span);
                Ir::If(a.into(), b.into(), Ir::Word(0).into())
            }
            Pattern::Or(a, b) => {
                let a = self.pattern(subject, a, span);
                let b = self.pattern(subject, b, span);
                Ir::If(a.into(), Ir::Word(1).into(), b.into())
            }
            Pattern::Type(None, name) => self.named(subject, name.as_ref()),
            Pattern::Type(Some(ty), name) => {
                let ty = self.named_type(ty);
                if ty.base != subject.ty.base
                    && !ty.is_unknown()
                    && !(ty.is_text() && subject.ty.is_text())
                {
                    self.error(
                        codes::PATTERN,
                        span,
                        format!("a `{}` is never a `{ty}`", subject.ty),
                    );
                    return Ir::Word(0);
                }
                let absent = self.absent(subject);
                self.bound(subject, name.as_ref(), Ir::Op(Op::Not, vec![absent], 0))
            }
            Pattern::List(elements, slice, name) => {
                self.list_pattern(subject, (elements, slice.as_ref()), name.as_ref(), span)
            }
            Pattern::Property(properties, name) => {
                self.properties(subject, properties, name.as_ref(), span)
            }
        }
    }

    fn absent(&mut self, subject: &Typed) -> Ir {
        if subject.ty.nullable {
            Ir::IsNull(subject.ir.clone().into())
        } else {
            Ir::Word(0)
        }
    }

    fn compared(&mut self, op: BinOp, subject: Typed, constant: Typed, span: Span) -> Typed {
        let result = self.binary_values(op, subject, constant, span);
        if result.ty.is_unknown() {
            Typed::new(Ir::Word(0), Ty::of(Base::Bool))
        } else {
            result
        }
    }

    /// `var name`: holds for everything, what is absent too, and gives it the name.
    fn named(&mut self, subject: &Typed, name: Option<&Name>) -> Ir {
        let Some(name) = name.filter(|n| n.text != "_") else {
            return Ir::Word(1);
        };
        let local = self.declare_conditional(name, subject.ty.clone());
        Ir::Let(local, subject.ir.clone().into(), Ir::Word(1).into())
    }

    /// Binds the present subject to a name when the test holds.
    fn bound(&mut self, subject: &Typed, name: Option<&Name>, test: Ir) -> Ir {
        let Some(name) = name.filter(|n| n.text != "_") else {
            return test;
        };
        let ty = subject.ty.with_null(false);
        let local = self.declare_conditional(name, ty);
        let value = if subject.ty.boxed() {
            Ir::Unbox(subject.ir.clone().into())
        } else {
            subject.ir.clone()
        };
        let bind = Ir::Let(local, value.into(), Ir::Word(1).into());
        Ir::If(test.into(), bind.into(), Ir::Word(0).into())
    }

    fn properties(
        &mut self,
        subject: &Typed,
        properties: &[(Name, Pattern)],
        name: Option<&Name>,
        span: Span,
    ) -> Ir {
        let absent = self.absent(subject);
        let present = Ir::Op(Op::Not, vec![absent], 0);
        let value = if subject.ty.boxed() {
            Ir::Unbox(subject.ir.clone().into())
        } else {
            subject.ir.clone()
        };
        let whole = Typed::new(value, subject.ty.with_null(false));
        let mut test = Ir::Word(1);
        for (property, pattern) in properties.iter().rev() {
            self.holes.push(whole.clone());
            let hole = Expr {
                kind: Node::Hole,
                span,
                height: 1,
            };
            let member = Node::Member {
                receiver: hole.into(),
                name: property.clone(),
            };
            let value = self.expr(&Expr {
                kind: member,
                span: property.span,
                height: 2,
            });
            self.holes.pop();
            let (inner, ..) = self.is(value, None, pattern, property.span);
            test = Ir::If(inner.into(), test.into(), Ir::Word(0).into());
        }
        let test = Ir::If(present.into(), test.into(), Ir::Word(0).into());
        self.bound(subject, name, test)
    }

    /// `[p, .., q]`: the length, then each element.
    fn list_pattern(
        &mut self,
        subject: &Typed,
        (elements, slice): (&[Pattern], Option<&Slice>),
        name: Option<&Name>,
        span: Span,
    ) -> Ir {
        let is_list = subject.ty.element().is_some() || subject.ty.is_text();
        if !is_list && subject.ty.base != Base::Binary {
            let message = format!("a `{}` has no elements for a list pattern", subject.ty);
            self.error(codes::PATTERN, span, message);
            return Ir::Word(0);
        }
        let absent = self.absent(subject);
        let present = Ir::Op(Op::Not, vec![absent], 0);
        let whole = Typed::new(subject.ir.clone(), subject.ty.with_null(false));
        let before = slice.map_or(elements.len(), |(at, _)| *at);
        let after = elements.len() - before;
        let hole = || Expr {
            kind: Node::Hole,
            span,
            height: 1,
        };
        let length = Node::Member {
            receiver: hole().into(),
            name: Name {
                text: "Length".to_owned(),
                span,
            },
        };
        let number = |value: usize, from_end| End {
            expr: Expr {
                kind: Node::Int(value as i64),
                span,
                height: 1,
            }
            .into(),
            from_end,
        };
        let mut parts: Vec<(Index, &Pattern)> = Vec::new();
        for (index, pattern) in elements.iter().enumerate() {
            let end = if index < before {
                number(index, false)
            } else {
                number(elements.len() - index, true)
            };
            parts.push((Index::At(end), pattern));
        }
        if let Some((_, Some(part))) = slice {
            let range = Index::Range(Some(number(before, false)), Some(number(after, true)));
            parts.push((range, part));
        }
        self.holes.push(whole);
        let reported = self.diagnostics.len();
        let len = self.expr(&Expr {
            kind: length,
            span,
            height: 2,
        });
        let mut values = Vec::new();
        for (index, pattern) in parts {
            let kind = Node::Index {
                receiver: hole().into(),
                index,
            };
            let value = self.expr(&Expr {
                kind,
                span,
                height: 2,
            });
            values.push((value, pattern));
        }
        // The length is tested before any element is read.
        self.diagnostics.truncate(reported);
        self.holes.pop();
        let mut test = Ir::Word(1);
        for (value, pattern) in values.into_iter().rev() {
            let (inner, ..) = self.is(value, None, pattern, span);
            test = Ir::If(inner.into(), test.into(), Ir::Word(0).into());
        }
        let wanted = Ir::Word(elements.len() as i64);
        let order = if slice.is_some() { Op::Ge } else { Op::Eq };
        let long = Ir::Op(order, vec![len.ir, wanted], 0);
        let test = Ir::If(long.into(), test.into(), Ir::Word(0).into());
        let test = Ir::If(present.into(), test.into(), Ir::Word(0).into());
        self.bound(subject, name, test)
    }

    pub(super) fn switch(&mut self, operand: &Expr, arms: &[Arm], span: Span) -> Typed {
        let value = self.expr(operand);
        if value.ty.is_unknown() {
            arms.iter().for_each(|arm| drop(self.expr(&arm.value)));
            return value;
        }
        let place = self.place(operand);
        let local = self.local();
        let subject = Typed::new(Ir::Local(local), value.ty.clone());
        let mut tested = Vec::new();
        let mut complete = false;
        for arm in arms {
            let scope = self.variables.len();
            let test = self.pattern(&subject, &arm.pattern, operand.span);
            let bound = self.declared_since(scope);
            let known: Facts = place
                .into_iter()
                .filter(|_| implies_present(&arm.pattern))
                .chain(bound)
                .collect();
            let (test, result) = self.knowing(&known, |checker| {
                let test = match &arm.guard {
                    Some(guard) => {
                        let (guard, yes, _) = checker.condition(guard);
                        checker.facts.extend(yes);
                        Ir::If(test.into(), guard.into(), Ir::Word(0).into())
                    }
                    None => test,
                };
                (test, checker.expr(&arm.value))
            });
            self.variables.truncate(scope);
            complete |=
                arm.guard.is_none() && matches!(arm.pattern, Pattern::Any | Pattern::Type(None, _));
            tested.push((test, result, arm.value.span));
        }
        if !complete {
            let message = "no arm takes what is left; such objects fail";
            let diagnostic = Diagnostic::warning(codes::MAY_FAIL, span, message);
            self.report(diagnostic.note("add `_ => …`").label("may fail"));
        }
        let missing = self.fail(ErrorKind::InvalidOperation, span);
        let mut result = Typed::new(missing, Ty::of(Base::Never));
        for (test, value, at) in tested.into_iter().rev() {
            result = self.choose(test, value, result, at);
        }
        Typed::new(Ir::Let(local, value.ir.into(), result.ir.into()), result.ty)
    }

    fn place(&mut self, expr: &Expr) -> Option<Place> {
        match &expr.kind {
            Node::Name(name) => self
                .resolved(name)
                .and_then(|value| super::expr::place_of(&value.ir)),
            _ => None,
        }
    }
}

/// Does a match mean that the value is there?
fn implies_present(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Const(expr) => !matches!(expr.kind, Node::Null),
        Pattern::Relation(..)
        | Pattern::Property(..)
        | Pattern::List(..)
        | Pattern::Type(Some(_), _) => true,
        Pattern::Type(None, _) | Pattern::Any => false,
        Pattern::Not(inner) => negation_implies_present(inner),
        Pattern::And(a, b) => implies_present(a) || implies_present(b),
        Pattern::Or(a, b) => implies_present(a) && implies_present(b),
    }
}

/// Does a mismatch mean that the value is there?
fn negation_implies_present(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Const(expr) => matches!(expr.kind, Node::Null),
        Pattern::Not(inner) => implies_present(inner),
        Pattern::Or(a, b) => negation_implies_present(a) || negation_implies_present(b),
        Pattern::And(a, b) => negation_implies_present(a) && negation_implies_present(b),
        _ => false,
    }
}
