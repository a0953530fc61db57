//! A C# tree as the `entra` dialect says it.
//!
//! Invariants: what has no counterpart is refused by its name and place; statements become `IIF` and `With`.

use std::collections::BTreeMap;

use syncline_model::rules::Span;

use super::build::{binary, call, name, named, node, of_type, ternary, unary};
use super::entra::what;
use super::refusal::Refusal;
use super::{Plan, to_entra_calls};
use crate::check::{Env, Types};
use crate::diag::codes;
use crate::syntax::ast::{Arm, BinOp, Expr, Name, Node, Pattern, Piece, Stmt, UnOp};
use crate::types::{Base, Ty};

pub(super) type Said = Result<Expr, Refusal>;
/// Most nodes of what becomes of a text: conditions copy what follows them.
const NODES_MAX: usize = 20_000;

/// Rewrites one text.
pub(super) struct ToEntra<'a> {
    pub types: &'a Types,
    pub env: &'a Env,
    pub plan: &'a Plan,
    /// What variables of the source are called, or what they stand for.
    names: BTreeMap<String, Expr>,
    /// What stands before `?.`, innermost last.
    holes: Vec<(Expr, Ty)>,
    /// What it would be, should the whole not mean the same.
    pub suspect: Option<Refusal>,
    nodes: usize,
}

impl<'a> ToEntra<'a> {
    pub fn new(types: &'a Types, env: &'a Env, plan: &'a Plan) -> Self {
        Self {
            types,
            env,
            plan,
            names: BTreeMap::new(),
            holes: Vec::new(),
            suspect: None,
            nodes: 0,
        }
    }

    /// The type of an expression of the source.
    pub fn ty(&self, expr: &Expr) -> Ty {
        match (&expr.kind, self.holes.last()) {
            (Node::Hole, Some((_, ty))) => ty.with_null(false),
            _ => self.types.of(expr).cloned().unwrap_or_else(Ty::unknown),
        }
    }

    /// Is it a variable or an attribute?
    pub fn is_value(&self, name: &str) -> bool {
        self.names.contains_key(name) || self.env.source.contains_key(name)
    }

    pub fn refused<T>(&self, what: &str, span: Span) -> Result<T, Refusal> {
        let message = format!("the entra dialect has no counterpart for {what}");
        Err(Refusal::new(codes::NO_COUNTERPART, span, message))
    }

    /// A variable's name with `$`.
    pub fn variable(&mut self, declared: &Name) -> Name {
        let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
        let plain: String = declared.text.chars().filter(is_part).collect();
        let text = format!("${plain}");
        let read = named(&text, declared.span);
        self.names.insert(declared.text.clone(), read);
        name(&text, declared.span)
    }

    /// A variable that stands for an expression.
    pub fn stands_for(&mut self, declared: &Name, value: Expr) {
        self.names.insert(declared.text.clone(), value);
    }

    pub fn exprs(&mut self, exprs: &[Expr]) -> Result<Vec<Expr>, Refusal> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    /// Statements as one expression.
    pub fn statements(&mut self, statements: &[Stmt], end: Span) -> Said {
        let Some((first, rest)) = statements.split_first() else {
            return self.refused("a path without `return`", end);
        };
        match first {
            Stmt::Return { value, .. } => self.expr(value),
            Stmt::Throw { args, span } => to_entra_calls::error(self, args, *span),
            Stmt::Var {
                name: declared,
                ty: None,
                value,
            } => {
                let said = self.expr(value)?;
                let span = declared.span;
                let variable = self.variable(declared);
                let rest = self.statements(rest, end)?;
                Ok(with(variable, said, rest, span))
            }
            Stmt::Var { ty: Some(ty), .. } => {
                self.refused("a variable with a written type", ty.span)
            }
            Stmt::If {
                condition,
                then,
                other,
            } => {
                let span = condition.span;
                let test = self.expr(condition)?;
                let mut branch = |branch: &[Stmt]| {
                    let names = self.names.clone();
                    let said = self.statements(&[branch, rest].concat(), end);
                    self.names = names;
                    said
                };
                let (then, other) = (branch(then)?, branch(other)?);
                Ok(ternary(test, then, other, span))
            }
        }
    }

    pub fn expr(&mut self, expr: &Expr) -> Said {
        self.nodes += 1;
        let span = expr.span;
        if self.nodes > NODES_MAX {
            return self.refused("so large a text", span);
        }
        Ok(match &expr.kind {
            Node::Null | Node::Bool(_) | Node::Double(_) | Node::Str(_) => expr.clone(),
            Node::Parameter(_) => expr.clone(),
            Node::Int(value) | Node::Long(value) => node(Node::Long(*value), span),
            Node::Attribute(_) => expr.clone(),
            Node::Name(text) => return self.name(text, span),
            Node::Hole => match self.holes.last() {
                Some((value, _)) => value.clone(),
                None => return self.refused("this", span),
            },
            Node::Interpolated(pieces) => return self.interpolated(pieces, span),
            Node::Member { receiver, name } => {
                return to_entra_calls::member(self, receiver, name, span);
            }
            Node::Call { callee, args } => return to_entra_calls::call(self, callee, args, span),
            Node::Index { receiver, index } => {
                return to_entra_calls::index(self, receiver, index, span);
            }
            Node::Conditional { receiver, rest } => {
                let value = self.expr(receiver)?;
                let ty = self.ty(receiver);
                let is_guarded = self.plan.guards && ty.nullable && is_place(&value);
                self.holes.push((value.clone(), ty));
                let said = self.expr(rest);
                self.holes.pop();
                let said = said?;
                if !is_guarded {
                    return Ok(said);
                }
                let absent = call("IsNull", vec![value], span);
                ternary(absent, node(Node::Null, span), said, span)
            }
            Node::Unary { op, operand } => {
                let said = self.expr(operand)?;
                match op {
                    UnOp::Not => negated(said, span),
                    UnOp::Neg => unary(UnOp::Neg, said, span),
                    UnOp::Plus => said,
                    UnOp::BitNot => return self.refused("`~`", span),
                    UnOp::NotNull => {
                        if self.ty(operand).nullable {
                            return self.refused("`!` behind a value that may be absent", span);
                        }
                        said
                    }
                }
            }
            Node::Binary {
                op,
                left,
                right,
                op_span,
            } => return self.binary(*op, left, right, (*op_span, expr)),
            Node::Ternary {
                condition,
                then,
                other,
            } => {
                if let Some((value, name)) = super::entra::named(condition) {
                    let value = self.expr(value)?;
                    let variable = self.variable(name);
                    let then = self.expr(then)?;
                    return Ok(with(variable, value, then, span));
                }
                if let Some(one) = list_of_one(condition, then, other) {
                    return self.expr(one);
                }
                let condition = self.condition(condition)?;
                let (then, other) = (self.expr(then)?, self.expr(other)?);
                ternary(condition, then, other, span)
            }
            Node::Is { operand, pattern } => return self.is(operand, pattern, span),
            Node::Switch { operand, arms } => return self.switch(operand, arms, span),
            Node::Throw { args } => return to_entra_calls::error(self, args, span),
            // Beside a list a single value is a list of one.
            Node::New {
                ty: None,
                items: Some(items),
                ..
            } if items.len() == 1 => return self.expr(&items[0]),
            // A whole number of 64 bits.
            Node::Cast { to, operand }
                if to.name == "long"
                    && matches!(self.ty(operand).base, Base::Int | Base::Long)
                    && !self.ty(operand).nullable =>
            {
                call("CNum", vec![self.expr(operand)?], span)
            }
            other => return self.refused(what(other), span),
        })
    }

    /// A condition: what is absent does not hold by itself.
    fn condition(&mut self, expr: &Expr) -> Said {
        match &expr.kind {
            Node::Binary {
                op: BinOp::Coalesce,
                left,
                right,
                ..
            } if matches!(right.kind, Node::Bool(false)) => self.expr(left),
            _ => self.expr(expr),
        }
    }

    fn name(&mut self, text: &str, span: Span) -> Said {
        if let Some(variable) = self.names.get(text) {
            return Ok(variable.clone());
        }
        if self.env.source.contains_key(text)
            || self.env.open && !matches!(text, "ignore" | "authoritativeNull")
        {
            return Ok(node(Node::Attribute(text.to_owned()), span));
        }
        match text {
            "ignore" | "authoritativeNull" => Ok(named(text, span)),
            _ => self.refused(&format!("`{text}`"), span),
        }
    }

    /// `a & b & …` of what the pieces hold.
    fn interpolated(&mut self, pieces: &[Piece], span: Span) -> Said {
        let mut parts = Vec::new();
        for piece in pieces {
            parts.push(match piece {
                Piece::Text(text) => node(Node::Str(text.clone()), span),
                Piece::Hole {
                    expr,
                    width: None,
                    format: None,
                } => self.expr(expr)?,
                Piece::Hole {
                    expr,
                    width: None,
                    format: Some(format),
                } if self.ty(expr) == Ty::of(Base::Date) => {
                    let format = node(Node::Str(format.clone()), expr.span);
                    call("FormatDateTime", vec![self.expr(expr)?, format], expr.span)
                }
                Piece::Hole { expr, .. } => {
                    return self
                        .refused("an interpolated value with a width or a format", expr.span);
                }
            });
        }
        while parts.len() < 2 {
            parts.push(node(Node::Str(String::new()), span));
        }
        Ok(of_type("string", "Concat", parts, span))
    }

    fn binary(&mut self, op: BinOp, left: &Expr, right: &Expr, (at, whole): (Span, &Expr)) -> Said {
        let (a, b) = (self.ty(left), self.ty(right));
        let span = whole.span;
        let is_text = a.is_text() || b.is_text();
        if let (BinOp::Add, true) = (op, is_text) {
            let parts = self.sum(whole)?;
            return Ok(of_type("string", "Concat", parts, span));
        }
        if let (BinOp::Eq | BinOp::Ne, true) = (op, self.plan.words)
            && let Some(value) = compared_with_null(left, right)
        {
            let value = self.expr(value)?;
            let test = call("IsNull", vec![value], span);
            let is_number = a.base.is_word() || b.base.is_word();
            return Ok(match (op, is_number) {
                (BinOp::Eq, _) => test,
                (_, true) => called_instead(test, "IsPresent"),
                _ => negated(test, span),
            });
        }
        let is_arithmetic = !matches!(op, BinOp::BitAnd | BinOp::BitOr | BinOp::Coalesce);
        if is_arithmetic && self.ty(whole).base == Base::Int && self.suspect.is_none() {
            let message = format!(
                "the entra dialect has no counterpart for `{}` of 32 bits: its numbers have 64; cast one side to long",
                op.text()
            );
            self.suspect = Some(Refusal::new(codes::NO_COUNTERPART, at, message));
        }
        let is_char = a.base == Base::Char || b.base == Base::Char;
        if is_char {
            return self.refused("a single character", span);
        }
        if matches!(op, BinOp::And | BinOp::Or) {
            let (left, right) = (self.condition(left)?, self.condition(right)?);
            return Ok(binary(op, left, right, span));
        }
        let (left, right) = (self.expr(left)?, self.expr(right)?);
        Ok(match op {
            BinOp::Add | BinOp::Sub | BinOp::Mul => binary(op, left, right, span),
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                binary(op, left, right, span)
            }
            BinOp::Coalesce => call("Coalesce", vec![left, right], span),
            BinOp::BitAnd if a.base != Base::Bool => call("BitAnd", vec![left, right], span),
            BinOp::BitOr if a.base != Base::Bool => call("BitOr", vec![left, right], span),
            _ => return self.refused(&format!("the operator `{}`", op.text()), at),
        })
    }

    /// The parts of a sum of texts, from left to right.
    fn sum(&mut self, expr: &Expr) -> Result<Vec<Expr>, Refusal> {
        if let Node::Binary {
            op: BinOp::Add,
            left,
            right,
            ..
        } = &expr.kind
            && (self.ty(left).is_text() || self.ty(right).is_text())
        {
            let mut parts = self.sum(left)?;
            parts.push(self.expr(right)?);
            return Ok(parts);
        }
        Ok(vec![self.expr(expr)?])
    }

    /// Patterns over what can be read as often as one likes.
    fn is(&mut self, operand: &Expr, pattern: &Pattern, span: Span) -> Said {
        let is_single = matches!(
            pattern,
            Pattern::Const(_) | Pattern::Relation(..) | Pattern::Not(_)
        );
        if !is_place(operand) && !is_single {
            return self.refused("this `is`", span);
        }
        let subject = self.expr(operand)?;
        self.pattern(&subject, pattern, span)
    }

    fn pattern(&mut self, subject: &Expr, pattern: &Pattern, span: Span) -> Said {
        Ok(match pattern {
            Pattern::Const(value) if matches!(value.kind, Node::Null) => {
                call("IsNull", vec![subject.clone()], span)
            }
            Pattern::Const(value) => binary(BinOp::Eq, subject.clone(), self.expr(value)?, span),
            Pattern::Relation(op, value) => binary(*op, subject.clone(), self.expr(value)?, span),
            Pattern::Not(inner) => {
                let inner = self.pattern(subject, inner, span)?;
                negated(inner, span)
            }
            Pattern::And(a, b) => {
                let (a, b) = (
                    self.pattern(subject, a, span)?,
                    self.pattern(subject, b, span)?,
                );
                binary(BinOp::And, a, b, span)
            }
            Pattern::Or(a, b) => {
                let (a, b) = (
                    self.pattern(subject, a, span)?,
                    self.pattern(subject, b, span)?,
                );
                binary(BinOp::Or, a, b, span)
            }
            _ => return self.refused("this pattern", span),
        })
    }

    /// A switch whose last arm takes the rest, as conditions over a named value.
    fn switch(&mut self, operand: &Expr, arms: &[Arm], span: Span) -> Said {
        let Some((last, arms)) = arms.split_last() else {
            return self.refused("this `switch`", span);
        };
        if !matches!(last.pattern, Pattern::Any) || last.guard.is_some() {
            return self.refused(
                "a `switch` without `_ =>`, which fails on other values",
                span,
            );
        }
        let value = self.expr(operand)?;
        let is_place = is_place(&value);
        let variable = self.variable(&name("subject", span));
        let subject = match is_place {
            true => value.clone(),
            false => named(&variable.text, span),
        };
        let mut result = self.expr(&last.value)?;
        for arm in arms.iter().rev() {
            let mut test = self.pattern(&subject, &arm.pattern, span)?;
            if let Some(guard) = &arm.guard {
                test = binary(BinOp::And, test, self.expr(guard)?, span);
            }
            result = ternary(test, self.expr(&arm.value)?, result, span);
        }
        Ok(match is_place {
            true => result,
            false => with(variable, value, result, span),
        })
    }
}

/// Can it be read as often as one likes?
fn is_place(expr: &Expr) -> bool {
    matches!(expr.kind, Node::Name(_) | Node::Attribute(_))
}

/// `With(variable, value, rest)`
fn with(variable: Name, value: Expr, rest: Expr, span: Span) -> Expr {
    let operand = value.into();
    let pattern = Pattern::Type(None, Some(variable)).into();
    let test = node(Node::Is { operand, pattern }, span);
    ternary(test, rest, node(Node::Null, span), span)
}

/// The same call of another function.
fn called_instead(test: Expr, function: &str) -> Expr {
    match test.kind {
        Node::Call { args, .. } => call(function, args, test.span),
        _ => test,
    }
}

/// Not; of what is not, what is; of `IsNullOrEmpty`, `IsPresent`.
pub(super) fn negated(test: Expr, span: Span) -> Expr {
    if let Node::Call { callee, args } = &test.kind
        && let Node::Name(function) = &callee.kind
    {
        match function.as_str() {
            "Not" => return args[0].clone(),
            "IsNullOrEmpty" => return call("IsPresent", args.clone(), span),
            _ => {}
        }
    }
    call("Not", vec![test], span)
}

fn compared_with_null<'e>(left: &'e Expr, right: &'e Expr) -> Option<&'e Expr> {
    match (&left.kind, &right.kind) {
        (_, Node::Null) => Some(left),
        (Node::Null, _) => Some(right),
        _ => None,
    }
}

/// The value of `x == null ? null : new[] { x }`.
fn list_of_one<'e>(condition: &'e Expr, then: &Expr, other: &Expr) -> Option<&'e Expr> {
    let Node::Binary {
        op: BinOp::Eq,
        left,
        right,
        ..
    } = &condition.kind
    else {
        return None;
    };
    let Node::New {
        ty: None,
        items: Some(items),
        ..
    } = &other.kind
    else {
        return None;
    };
    let is_null = |expr: &Expr| matches!(expr.kind, Node::Null);
    (is_null(right) && is_null(then) && items.len() == 1).then_some(left)
}
