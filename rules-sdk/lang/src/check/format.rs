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
        let Node::Str(text) = &format.kind else {
            self.expr(format);
            self.error(
                codes::UNSUPPORTED,
                format.span,
                "the format must be a literal text",
            );
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
            return self.format_list(text, list.clone(), *at, span);
        }
        let mut locals = Vec::new();
        for (value, at) in values {
            locals.push((self.local(), value, at));
        }
        let mut parts = Vec::new();
        let mut tail = text.as_str();
        let site = self.site(span);
        while let Some(at) = tail.find(['{', '}']) {
            let (before, from) = tail.split_at(at);
            parts.push(Ir::Text(before.to_owned()));
            if from.starts_with("{{") || from.starts_with("}}") {
                parts.push(Ir::Text(from[..1].to_owned()));
                tail = &from[2..];
                continue;
            }
            let hole = from.strip_prefix('{').and_then(|hole| hole.split_once('}'));
            let Some((hole, after)) = hole else {
                self.error(
                    codes::ARGUMENT,
                    format.span,
                    "the format has a lone brace; double it",
                );
                return Typed::unknown();
            };
            let (head, form) = hole
                .split_once(':')
                .map_or((hole, None), |(h, f)| (h, Some(f)));
            let (index, width) = head
                .split_once(',')
                .map_or((head, None), |(i, w)| (i, w.trim().parse().ok()));
            let Some((local, value, at)) = index
                .trim_end()
                .parse::<usize>()
                .ok()
                .and_then(|i| locals.get(i))
            else {
                let message = format!("`{{{hole}}}` names no argument; there are {}", locals.len());
                self.error(codes::ARGUMENT, format.span, message);
                return Typed::unknown();
            };
            let (read, at) = (Typed::new(Ir::Local(*local), value.ty.clone()), *at);
            parts.push(self.formatted(read, width, form, at).ir);
            tail = after;
        }
        parts.push(Ir::Text(tail.to_owned()));
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
        let mut parts = Vec::new();
        let mut tail = text;
        while let Some(brace) = tail.find(['{', '}']) {
            let (before, from) = tail.split_at(brace);
            parts.push(Ir::Text(before.to_owned()));
            if from.starts_with("{{") || from.starts_with("}}") {
                parts.push(Ir::Text(from[..1].to_owned()));
                tail = &from[2..];
                continue;
            }
            let hole = from.strip_prefix('{').and_then(|hole| hole.split_once('}'));
            let number = hole.and_then(|(hole, _)| {
                let head = hole.split_once(':').map_or(hole, |(head, _)| head);
                let (index, width) = head.split_once(',').unwrap_or((head, "0"));
                Some((
                    index.trim_end().parse::<i64>().ok()?,
                    width.trim().parse::<i32>().ok()?,
                ))
            });
            let (Some((_, after)), Some((index, width))) = (hole, number) else {
                self.error(
                    codes::ARGUMENT,
                    span,
                    "the format has a lone brace; double it",
                );
                return Typed::unknown();
            };
            let len = Ir::Op(Op::Len, vec![Ir::Local(source)], 0);
            let inside = Ir::Op(Op::Lt, vec![Ir::Word(index), len], 0);
            let zero = Ir::Word(0);
            let item = self.item_at(Ir::Local(source), Ir::Word(index), zero, &element, site);
            let fail = self.fail(ErrorKind::Format, span);
            let item = Typed::new(Ir::If(inside.into(), item.ir.into(), fail.into()), item.ty);
            let width = (width != 0).then_some(width);
            parts.push(self.formatted(item, width, None, at).ir);
            tail = after;
        }
        parts.push(Ir::Text(tail.to_owned()));
        let result = concat(parts, site);
        Typed::new(
            Ir::Let(source, list.ir.into(), result.ir.into()),
            Ty::of(Base::String),
        )
    }

    fn is_culture(&self, expr: &Expr) -> bool {
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

/// Is it the literal of a number? A list of these is one argument.
fn is_number(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        Node::Int(_) | Node::Long(_) | Node::Double(_) | Node::Char(_)
    )
}
