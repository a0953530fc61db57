//! The parts of a tree, in the order of the text.
//!
//! Invariants: every expression, pattern and name that a node holds is shown; nothing is shown twice.

use super::ast::{End, Expr, Index, Name, Node, Pattern, Piece};

/// A part of a node.
#[derive(Clone, Copy)]
pub(crate) enum Part<'a> {
    /// An expression.
    Expr(&'a Expr),
    /// A pattern, of `is` or of an arm.
    Pattern(&'a Pattern),
    /// A variable that begins here.
    Declared(&'a Name),
}

/// The parts of an expression.
pub(crate) fn parts(expr: &Expr) -> Vec<Part<'_>> {
    let mut out = Vec::new();
    let mut add = |child| out.push(Part::Expr(child));
    match &expr.kind {
        Node::Interpolated(pieces) => {
            for piece in pieces {
                if let Piece::Hole { expr, .. } = piece {
                    add(expr);
                }
            }
        }
        Node::Member { receiver, .. } => add(receiver),
        Node::Call { callee, args } => {
            add(callee);
            args.iter().for_each(add);
        }
        Node::Index { receiver, index } => {
            add(receiver);
            ends(index).for_each(|end| add(&end.expr));
        }
        Node::Place(index) => ends(index).for_each(|end| add(&end.expr)),
        Node::Conditional { receiver, rest } => {
            add(receiver);
            add(rest);
        }
        Node::Unary { operand, .. }
        | Node::Cast { operand, .. }
        | Node::As { operand, .. }
        | Node::Checked { operand, .. }
        | Node::Named(_, operand) => add(operand),
        Node::Binary { left, right, .. } => {
            add(left);
            add(right);
        }
        Node::Ternary {
            condition,
            then,
            other,
        } => [condition, then, other].into_iter().for_each(|e| add(e)),
        Node::Is { operand, pattern } => {
            add(operand);
            out.push(Part::Pattern(pattern));
        }
        Node::Switch { operand, arms } => {
            add(operand);
            for arm in arms {
                out.push(Part::Pattern(&arm.pattern));
                out.extend(arm.guard.as_ref().map(Part::Expr));
                out.push(Part::Expr(&arm.value));
            }
        }
        Node::Lambda { params, body } => {
            out.extend(params.iter().map(Part::Declared));
            out.push(Part::Expr(body));
        }
        Node::New { args, items, .. } => {
            args.iter().chain(items.iter().flatten()).for_each(add);
        }
        Node::Throw { args } => args.iter().for_each(add),
        Node::Out(name, _) => out.push(Part::Declared(name)),
        _ => {}
    }
    out
}

/// The numbers of a place or range.
fn ends(index: &Index) -> impl Iterator<Item = &End> {
    let (first, second) = match index {
        Index::At(end) => (Some(end), None),
        Index::Range(from, to) => (from.as_ref(), to.as_ref()),
    };
    first.into_iter().chain(second)
}

/// The parts of a pattern.
pub(crate) fn pattern_parts(pattern: &Pattern) -> Vec<Part<'_>> {
    match pattern {
        Pattern::Const(expr) | Pattern::Relation(_, expr) => vec![Part::Expr(expr)],
        Pattern::Not(inner) => vec![Part::Pattern(inner)],
        Pattern::And(left, right) | Pattern::Or(left, right) => {
            vec![Part::Pattern(left), Part::Pattern(right)]
        }
        Pattern::Any => Vec::new(),
        Pattern::Type(_, name) => named(name).into_iter().collect(),
        Pattern::List(items, slice, name) => {
            let mut out: Vec<Part<'_>> = items.iter().map(Part::Pattern).collect();
            if let Some((_, Some(middle))) = slice {
                out.push(Part::Pattern(middle));
            }
            out.extend(named(name));
            out
        }
        Pattern::Property(members, name) => {
            let inner = members.iter().map(|(_, pattern)| Part::Pattern(pattern));
            inner.chain(named(name)).collect()
        }
    }
}

fn named(name: &Option<Name>) -> Option<Part<'_>> {
    name.as_ref().map(Part::Declared)
}
