//! Texts from parts: interpolation, `string.Join`, `Concat`, `new string`.
//!
//! Invariants: parts that are no texts are converted as `ToString()` would; an absent part counts as empty.

use syncline_model::rules::{Dialect, ErrorKind, Span};
use syncline_rules_guest::{Fn, date_format, number_format};

use super::coerce::looped;
use super::operators::concat;
use super::{Checker, Typed};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Ir, LoopKind, Op};
use crate::stdlib::date_only;
use crate::syntax::ast::{Expr, Name, Piece};
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
    pub(super) fn formatted(
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
