//! Texts from parts: interpolation, `string.Join`, `Concat`, `Format`, `new string`.
//!
//! Invariants: parts that are no texts are converted as `ToString()` would; an absent part counts as empty.

use syncline_model::rules::{Dialect, ErrorKind, Span};
use syncline_rules_guest::{Fn, date_format, number_format};

use super::coerce::looped;
use super::operators::concat;
use super::{Checker, Typed};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Ir, LoopKind, Op};
use crate::stdlib::{self, date_only};
use crate::syntax::ast::{Expr, Name, Node, Piece, TypeName};
use crate::types::{Base, Ty};

/// The numbers that formats tell apart.
#[derive(Clone, Copy)]
pub(super) struct Printed {
    kind: number_format::Printed,
    name: &'static str,
    letters: &'static str,
}

impl Printed {
    pub(super) fn of(base: &Base) -> Option<Self> {
        let (kind, name, letters) = match base {
            Base::Int => (
                number_format::Printed::Whole,
                "int",
                "D, X, N, F, P, E, G, C",
            ),
            Base::Long => (
                number_format::Printed::Whole,
                "long",
                "D, X, N, F, P, E, G, C",
            ),
            Base::Decimal => (
                number_format::Printed::Decimal,
                "decimal",
                "N, F, P, E, G, C",
            ),
            Base::Double => (
                number_format::Printed::Double,
                "double",
                "N, F, P, E, G, R, C",
            ),
            _ => return None,
        };
        Some(Self {
            kind,
            name,
            letters,
        })
    }
}

impl Checker<'_> {
    /// Does the type have this format? If not, says which ones it has.
    pub(super) fn is_format(&mut self, printed: Printed, format: &str, at: Span) -> bool {
        let fits = number_format::is_format(printed.kind, format);
        if !fits {
            let (name, letters) = (printed.name, printed.letters);
            let message = format!("`{format}` is no format of `{name}`");
            let note = format!("use {letters}, or a picture such as \"0000\" or \"#,##0.00\"");
            self.report(
                Diagnostic::error(codes::NUMBER_FORMAT, at, message)
                    .label("unknown format")
                    .note(note),
            );
        }
        fits
    }

    /// Is a constant format one that dates or GUIDs have? Others are not looked at.
    pub(super) fn is_other_format(&mut self, base: &Base, format: &str, at: Span) -> bool {
        let (fits, note) = match base {
            Base::Guid => {
                let known = matches!(format, "" | "D" | "N" | "B" | "P" | "d" | "n" | "b" | "p");
                (known, "use D, N, B or P")
            }
            Base::Date => (
                date_format::is_format(format),
                "use a letter such as d, s or o, or a picture such as \"yyyy-MM-dd\"",
            ),
            Base::Day => (
                date_only::is_format(format),
                "use d, D, M, o, r or y, or a picture without a time such as \"yyyy-MM-dd\"",
            ),
            _ => (true, ""),
        };
        if !fits {
            let message = format!("`{format}` is no format of `{}`", Ty::of(base.clone()));
            self.report(
                Diagnostic::error(codes::NUMBER_FORMAT, at, message)
                    .label("unknown format")
                    .note(note),
            );
        }
        fits
    }

    pub(super) fn interpolated(&mut self, pieces: &[Piece], span: Span) -> Typed {
        let site = self.site(span);
        let mut parts = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => parts.push(Ir::Text(text.clone())),
                Piece::Hole {
                    expr,
                    width,
                    format,
                } => {
                    let value = self.expr(expr);
                    parts.push(
                        self.formatted(value, *width, format.as_deref(), expr.span)
                            .ir,
                    );
                }
            }
        }
        concat(parts, site)
    }

    /// A value with alignment and format.
    fn formatted(
        &mut self,
        value: Typed,
        width: Option<i32>,
        format: Option<&str>,
        span: Span,
    ) -> Typed {
        if matches!(value.ty.base, Base::List(_) | Base::Binary) {
            self.error(
                codes::OPERATOR,
                span,
                format!("a `{}` has no text form here; use string.Join", value.ty),
            );
            return Typed::unknown();
        }
        let text = match format {
            None => self.as_text(value, span),
            Some(written) => self.lift(value, span, |checker, value| {
                if let Some(printed) = Printed::of(&value.ty.base)
                    && !checker.is_format(printed, written, span)
                {
                    return Typed::unknown();
                }
                if !checker.is_other_format(&value.ty.base, written, span) {
                    return Typed::unknown();
                }
                let site = checker.site(span);
                let format = Ir::Text(written.to_owned());
                let ir = match value.ty.base {
                    Base::Int => {
                        Ir::Call(Fn::FormatInt, vec![value.ir, format, Ir::Word(32)], site)
                    }
                    Base::Long => {
                        Ir::Call(Fn::FormatInt, vec![value.ir, format, Ir::Word(64)], site)
                    }
                    Base::Double => Ir::Call(Fn::FormatDouble, vec![value.ir, format], site),
                    Base::Decimal => Ir::Call(Fn::DecimalToText, vec![value.ir, format], site),
                    Base::Guid => Ir::Call(Fn::GuidToText, vec![value.ir, format], site),
                    Base::Date => Ir::Call(Fn::DateToText, vec![value.ir, format], site),
                    Base::Span => Ir::Call(Fn::SpanToText, vec![value.ir, format], site),
                    Base::Day => {
                        let format = date_only::format(written).to_owned();
                        let at = date_only::midnight(&value.ir);
                        Ir::Call(Fn::DateToText, vec![at, Ir::Text(format)], site)
                    }
                    _ => return checker.as_text(value, span),
                };
                Typed::new(ir, Ty::of(Base::String))
            }),
        };
        match width {
            None => text,
            Some(width) => {
                let site = self.site(span);
                let whole = concat(vec![text.ir], site);
                let ir = Ir::Call(Fn::Align, vec![whole.ir, Ir::Word(i64::from(width))], site);
                Typed::new(ir, Ty::of(Base::String))
            }
        }
    }

    /// The arguments after the first as one list of texts.
    fn texts(&mut self, args: &[Expr], span: Span) -> Ir {
        if let [only] = args {
            let value = self.expr(only);
            let value = self.ungrouped(value, span);
            let value = self.groups_as_list(value, only.span);
            let value = match self.dialect {
                Dialect::Csharp if value.ty.base == Base::Binary => {
                    self.as_elements(value, &Ty::of(Base::Int), only.span)
                }
                _ => value,
            };
            if value.ty.element().is_some() {
                let value = self.present(value, only.span, ErrorKind::Argument);
                return self.text_elements(value, only.span);
            }
            let site = self.site(span);
            return Ir::Items(vec![self.as_text(value, only.span).ir], site);
        }
        let site = self.site(span);
        let items = args
            .iter()
            .map(|arg| {
                let value = self.expr(arg);
                self.as_text(value, arg.span).ir
            })
            .collect();
        Ir::Items(items, site)
    }

    /// `string.Join(separator, list, start, count)`: a part of a list; none where the first is no list.
    fn texts_of(&mut self, list: &Expr, start: &Expr, count: &Expr, span: Span) -> Option<Ir> {
        let known = self.diagnostics.len();
        let value = self.expr(list);
        if value.ty.element().is_none() {
            self.diagnostics.truncate(known);
            return None;
        }
        self.may_fail(span, &[ErrorKind::OutOfRange], "use Skip and Take");
        let value = self.present(value, list.span, ErrorKind::Argument);
        let texts = self.text_elements(value, list.span);
        let (from, number) = (self.local(), self.local());
        let (start, count) = (self.int(start), self.int(count));
        let site = self.site(span);
        let to = Ir::Op(Op::AddI, vec![Ir::Local(from), Ir::Local(number)], 0);
        let fixed = || Ir::Word(0);
        let part = Ir::Call(
            Fn::ListRange,
            vec![texts, Ir::Local(from), fixed(), to, fixed()],
            site,
        );
        let body = Ir::Let(number, count.into(), part.into());
        Some(Ir::Let(from, start.into(), body.into()))
    }

    /// A list whose elements are texts.
    fn text_elements(&mut self, list: Typed, span: Span) -> Ir {
        let element = list.ty.element().cloned().unwrap_or_else(Ty::unknown);
        if element.is_text() || element.is_unknown() {
            return list.ir;
        }
        let local = self.local();
        let text = self.as_text(Typed::new(Ir::Local(local), element), span);
        let site = self.site(span);
        looped(LoopKind::Select, list.ir, local, text.ir, site)
    }

    pub(super) fn join(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        let [separator, rest @ ..] = args else {
            return self.wrong_count(name, "2 or more", args.len(), span);
        };
        if rest.is_empty() {
            return self.wrong_count(name, "2 or more", args.len(), span);
        }
        let separator_value = self.expr(separator);
        let separator_value = if separator_value.ty.base == Base::Char {
            self.as_text(separator_value, separator.span)
        } else {
            self.coerced(separator_value, &Ty::optional(Base::String), separator.span)
        };
        let list = match rest {
            [list, start, count] => match self.texts_of(list, start, count, span) {
                Some(part) => part,
                None => self.texts(rest, span),
            },
            _ => self.texts(rest, span),
        };
        let site = self.site(span);
        Typed::new(
            Ir::Call(Fn::Join, vec![separator_value.ir, list], site),
            Ty::of(Base::String),
        )
    }

    pub(super) fn concat_call(&mut self, args: &[Expr], span: Span) -> Typed {
        let site = self.site(span);
        if let [only] = args {
            let value = self.expr(only);
            let value = self.ungrouped(value, span);
            // Both halves of a pair make one character again.
            if value.ty.element().is_some_and(|e| *e == Ty::of(Base::Char)) {
                let value = self.present(value, only.span, ErrorKind::Argument);
                let ir = Ir::Call(Fn::FromChars, vec![value.ir], site);
                return Typed::new(ir, Ty::of(Base::String));
            }
            let list = self.texts(args, span);
            return Typed::new(
                Ir::Call(Fn::ConcatList, vec![list], site),
                Ty::of(Base::String),
            );
        }
        let values = self.arguments(args);
        if self.dialect == Dialect::Entra
            && values
                .iter()
                .all(|(value, _)| value.ty.base == Base::Binary)
        {
            let octets = values.into_iter().map(|(value, _)| value.ir);
            let ir = octets.reduce(|a, b| Ir::Call(Fn::EntraConcatOctets, vec![a, b], site));
            return Typed::new(ir.unwrap_or(Ir::Word(0)), Ty::of(Base::Binary));
        }
        let parts = values
            .into_iter()
            .map(|(value, at)| self.as_text(value, at).ir)
            .collect();
        concat(parts, site)
    }

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

    /// `new string('x', 3)`, `new string(chars)`.
    pub(super) fn new_text(&mut self, args: &[Expr], span: Span) -> Typed {
        let site = self.site(span);
        match args {
            [only] => {
                let value = self.expr(only);
                let chars = Ty::list(Ty::of(Base::Char));
                let value = self.coerced(value, &chars, only.span);
                Typed::new(
                    Ir::Call(Fn::FromChars, vec![value.ir], site),
                    Ty::of(Base::String),
                )
            }
            [chars, start, count] => {
                let Some(part) = self.texts_of(chars, start, count, span) else {
                    let message = "`new string` takes a part of a list of characters";
                    self.error(codes::ARGUMENT, chars.span, message);
                    return Typed::unknown();
                };
                Typed::new(
                    Ir::Call(Fn::ConcatList, vec![part], site),
                    Ty::of(Base::String),
                )
            }
            [c, count] => {
                let (c_value, count_value) = (self.expr(c), self.expr(count));
                let c_value = self.coerced(c_value, &Ty::of(Base::Char), c.span);
                let count_value = self.coerced(count_value, &Ty::of(Base::Int), count.span);
                self.may_fail(
                    span,
                    &[ErrorKind::OutOfRange],
                    "the count must not be negative",
                );
                Typed::new(
                    Ir::Call(Fn::Repeat, vec![c_value.ir, count_value.ir], site),
                    Ty::of(Base::String),
                )
            }
            _ => {
                self.error(
                    codes::ARITY,
                    span,
                    "`new string` takes a list of characters, or a character and a count",
                );
                Typed::unknown()
            }
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
