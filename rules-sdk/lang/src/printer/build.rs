//! Makes nodes.

use syncline_model::rules::Span;

use crate::syntax::ast::{BinOp, Expr, Name, Node, TypeName, UnOp};

/// A node at a place.
pub(super) fn node(kind: Node, span: Span) -> Expr {
    Expr {
        kind,
        span,
        height: 1,
    }
}

/// A name at a place.
pub(super) fn name(text: &str, span: Span) -> Name {
    Name {
        text: text.to_owned(),
        span,
    }
}

/// `text`
pub(super) fn named(text: &str, span: Span) -> Expr {
    node(Node::Name(text.to_owned()), span)
}

/// `function(args)`
pub(super) fn call(function: &str, args: Vec<Expr>, span: Span) -> Expr {
    let callee = named(function, span).into();
    node(Node::Call { callee, args }, span)
}

/// `receiver.member`
pub(super) fn member(receiver: Expr, text: &str, span: Span) -> Expr {
    let receiver = receiver.into();
    let name = name(text, span);
    node(Node::Member { receiver, name }, span)
}

/// `receiver.method(args)`
pub(super) fn method(receiver: Expr, text: &str, args: Vec<Expr>, span: Span) -> Expr {
    let callee = member(receiver, text, span).into();
    node(Node::Call { callee, args }, span)
}

/// `Type.method(args)`
pub(super) fn of_type(owner: &str, text: &str, args: Vec<Expr>, span: Span) -> Expr {
    method(named(owner, span), text, args, span)
}

/// `left op right`
pub(super) fn binary(op: BinOp, left: Expr, right: Expr, span: Span) -> Expr {
    let (left, right) = (left.into(), right.into());
    let kind = Node::Binary {
        op,
        left,
        right,
        op_span: span,
    };
    node(kind, span)
}

/// `op operand`
pub(super) fn unary(op: UnOp, operand: Expr, span: Span) -> Expr {
    let operand = operand.into();
    node(Node::Unary { op, operand }, span)
}

/// `condition ? then : other`
pub(super) fn cast(to: &str, nullable: bool, operand: Expr, span: Span) -> Expr {
    let to = TypeName {
        name: to.to_owned(),
        element: None,
        nullable,
        span,
    };
    let operand = operand.into();
    node(Node::Cast { to, operand }, span)
}

pub(super) fn ternary(condition: Expr, then: Expr, other: Expr, span: Span) -> Expr {
    let (condition, then, other) = (condition.into(), then.into(), other.into());
    let kind = Node::Ternary {
        condition,
        then,
        other,
    };
    node(kind, span)
}

/// `param => body`
pub(super) fn lambda(param: Name, body: Expr, span: Span) -> Expr {
    let (params, body) = (vec![param], body.into());
    node(Node::Lambda { params, body }, span)
}
