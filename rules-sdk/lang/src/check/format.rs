//! `string.Format`: a constant text with numbered holes.
//!
//! Invariants: each argument is evaluated once, in order; what the text can show to be malformed is refused, and a list that is
//! too short fails with `format`.

use syncline_model::rules::{ErrorKind, Span};

use super::operators::concat;
use super::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, Op};
use crate::stdlib;
use crate::syntax::ast::{Expr, Name, Node, TypeName};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// `string.Format` with a constant format, which is all that rules need.
    pub(super) fn format_call(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        // A culture in front changes nothing: the invariant one is meant.
        let args = match args {
            [culture, rest @ ..]
                if self.is_culture(culture)
                    && matches!(rest, [first, ..] if matches!(first.kind, Node::Str(_))) =>
            {
                rest
            }
            _ => args,
        };
        let [format, rest @ ..] = args else {
            return self.wrong_count(name, "1 or more", args.len(), span);
        };
        let constant = self.expr(format);
        let Ir::Text(text) = constant.ir.bare().clone() else {
            if !constant.ty.is_unknown() {
                let message = "the format must be a constant text";
                self.error(codes::UNSUPPORTED, format.span, message);
            }
            return Typed::unknown();
        };
        // An array in the place of the arguments: its items are.
        let rest = match rest {
            [only] => match &only.kind {
                Node::New {
                    ty:
                        None
                        | Some(TypeName {
                            element: Some(_), ..
                        }),
                    args,
                    items: Some(items),
                } if args.is_empty() && !items.iter().all(is_number) => items.as_slice(),
                _ => rest,
            },
            _ => rest,
        };
        let values: Vec<(Typed, Span)> =
            rest.iter().map(|arg| (self.expr(arg), arg.span)).collect();
        if let [(list, at)] = &values[..]
            && list.ty.element().is_some_and(Ty::is_text)
        {
            return self.format_list(&text, list.clone(), *at, span);
        }
        let mut locals = Vec::new();
        for (value, at) in values {
            locals.push((self.local(), value, at));
        }
        let site = self.site(span);
        let pieces = match pieces(&text) {
            Ok(pieces) => pieces,
            Err(message) => {
                self.error(codes::ARGUMENT, format.span, message);
                return Typed::unknown();
            }
        };
        let mut parts = Vec::new();
        for piece in pieces {
            let (index, width, form) = match piece {
                Piece::Text(text) => {
                    parts.push(Ir::Text(text.to_owned()));
                    continue;
                }
                Piece::Hole(index, width, form) => (index, width, form),
            };
            let Some((local, value, at)) = locals.get(index) else {
                let message = format!(
                    "`{{{index}}}` names no argument; there are {}",
                    locals.len()
                );
                self.error(codes::ARGUMENT, format.span, message);
                return Typed::unknown();
            };
            let (read, at) = (Typed::new(Ir::Local(*local), value.ty.clone()), *at);
            parts.push(self.formatted(read, width, form, at).ir);
        }
        let result = concat(parts, site);
        let body = locals
            .into_iter()
            .rev()
            .fold(result.ir, |body, (local, value, _)| {
                Ir::Let(local, value.ir.into(), body.into())
            });
        Typed::new(body, Ty::of(Base::String))
    }

    /// `string.Format` with the arguments in a list of texts; a number beyond it is malformed.
    fn format_list(&mut self, text: &str, list: Typed, at: Span, span: Span) -> Typed {
        let element = list.ty.element().cloned().unwrap_or_else(Ty::unknown);
        let list = self.present(list, at, ErrorKind::Argument);
        self.may_fail(span, &[ErrorKind::Format], "the list must be long enough");
        let (source, site) = (self.local(), self.site(span));
        let pieces = match pieces(text) {
            Ok(pieces) => pieces,
            Err(message) => {
                self.error(codes::ARGUMENT, span, message);
                return Typed::unknown();
            }
        };
        let mut parts = Vec::new();
        for piece in pieces {
            let (index, width) = match piece {
                Piece::Text(text) => {
                    parts.push(Ir::Text(text.to_owned()));
                    continue;
                }
                Piece::Hole(index, width, _) => (Ir::Word(index as i64), width),
            };
            let len = Ir::Op(Op::Len, vec![Ir::Local(source)], 0);
            let inside = Ir::Op(Op::Lt, vec![index.clone(), len], 0);
            let item = self.item_at(Ir::Local(source), index, Ir::Word(0), &element, site);
            let fail = self.fail(ErrorKind::Format, span);
            let item = Typed::new(Ir::If(inside.into(), item.ir.into(), fail.into()), item.ty);
            parts.push(self.formatted(item, width, None, at).ir);
        }
        let result = concat(parts, site);
        Typed::new(
            Ir::Let(source, list.ir.into(), result.ir.into()),
            Ty::of(Base::String),
        )
    }

    pub(super) fn is_culture(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Node::Null => true,
            Node::Member { receiver, name } => {
                let known = |owner| stdlib::enum_member(owner, &name.text).is_some();
                self.static_type(receiver) == Some("CultureInfo") && known("CultureInfo")
            }
            _ => false,
        }
    }
}

/// A piece of a format: text, or the number of an argument with its width and its own format.
enum Piece<'f> {
    Text(&'f str),
    Hole(usize, Option<i32>, Option<&'f str>),
}

/// The pieces of a format, or what is wrong with it.
fn pieces(format: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut tail = format;
    while let Some(at) = tail.find(['{', '}']) {
        let (before, from) = tail.split_at(at);
        pieces.push(Piece::Text(before));
        if from.starts_with("{{") || from.starts_with("}}") {
            pieces.push(Piece::Text(&from[..1]));
            tail = &from[2..];
            continue;
        }
        let hole = from.strip_prefix('{').and_then(|hole| hole.split_once('}'));
        let (hole, after) = hole.ok_or("the format has a lone brace; double it")?;
        let (head, form) = match hole.split_once(':') {
            Some((head, form)) => (head, Some(form)),
            None => (hole, None),
        };
        let (index, width) = match head.split_once(',') {
            Some((index, width)) => (index, Some(width.trim().parse::<i32>())),
            None => (head, None),
        };
        let (Ok(index), Ok(width)) = (index.trim_end().parse(), width.transpose()) else {
            return Err(format!("`{{{hole}}}` names no argument"));
        };
        pieces.push(Piece::Hole(index, width, form));
        tail = after;
    }
    pieces.push(Piece::Text(tail));
    Ok(pieces)
}

/// Is it the literal of a number? A list of these is one argument.
fn is_number(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        Node::Int(_) | Node::Long(_) | Node::Double(_) | Node::Char(_)
    )
}
