//! Conversions: implicit ones, to text, boxes, and what must be present.
//!
//! Invariants: only C#'s implicit conversions happen silently; a value that may be absent and must not be gets an
//! explicit test and a warning.

use syncline_model::rules::{Dialect, ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::{Checker, Typed, decimals};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Ir, LoopKind, Op};
use crate::stdlib::{self, date_only};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// Does C# convert silently (presence apart)?
    pub(super) fn convertible(&self, from: &Ty, to: &Ty) -> bool {
        match (&from.base, &to.base) {
            (Base::Unknown | Base::Never, _) | (_, Base::Unknown) => true,
            (Base::Null, _) => to.nullable || !to.base.is_word(),
            (a, b) if a == b => !(from.nullable && !to.nullable && a.is_word()),
            (Base::Reference | Base::Written, Base::String) | (Base::String, Base::Written) => true,
            (Base::List(a), Base::List(b)) => {
                a.base == b.base && a.boxed() == b.boxed()
                    || matches!(a.base, Base::Unknown | Base::Null)
                    || a.is_text() && b.base == Base::String
            }
            (a, Base::Decimal) if a.widens_to_decimal() => to.nullable || !from.nullable,
            (a, b) => match (a.numeric_rank(), b.numeric_rank()) {
                (Some(a), Some(b)) => a <= b && b > 0 && (to.nullable || !from.nullable),
                _ => false,
            },
        }
    }

    /// The value as `to`, if C# converts silently. Presence of references is not checked here.
    pub(super) fn coerce(&mut self, value: Typed, to: &Ty, span: Span) -> Option<Typed> {
        if !self.convertible(&value.ty, to) {
            return None;
        }
        if to.base == Base::Decimal && value.ty.base.widens_to_decimal() {
            let site = self.site(span);
            let decimal = self.lift(value, span, |_, value| {
                Typed::new(decimals::widened(value.ir, site), Ty::of(Base::Decimal))
            });
            return Some(Typed::new(decimal.ir, to.clone()));
        }
        let ir = match (&value.ty.base, value.ty.boxed(), to.boxed()) {
            (Base::Unknown, ..) | (Base::Never, ..) => value.ir,
            // A choice between an error and no value is evaluated as well.
            (Base::Null, ..) => value.ir,
            (from, false, false) => numeric(value.ir, from, &to.base),
            (from, false, true) => {
                let site = self.site(span);
                Ir::Boxed(numeric(value.ir, from, &to.base).into(), site)
            }
            (from, true, true) if *from == to.base => value.ir,
            (from, true, true) => {
                let (from, site) = (from.clone(), self.site(span));
                let local = self.local();
                let converted = numeric(Ir::Unbox(Ir::Local(local).into()), &from, &to.base);
                let boxed = Ir::Boxed(converted.into(), site);
                let test = Ir::IsNull(Ir::Local(local).into());
                Ir::Let(
                    local,
                    value.ir.into(),
                    Ir::If(test.into(), Ir::Word(0).into(), boxed.into()).into(),
                )
            }
            (_, true, false) => return None,
        };
        Some(Typed::new(ir, to.clone()))
    }

    /// The value as `to`, or a complaint. A reference that may be absent is tested when `to` is present.
    pub(super) fn coerced(&mut self, value: Typed, to: &Ty, span: Span) -> Typed {
        if value.ty.is_unknown() || to.is_unknown() {
            return Typed::unknown();
        }
        let from = value.ty.clone();
        let value =
            if from.nullable && !to.nullable && !from.base.is_word() && from.base != Base::Null {
                self.present(value, span, ErrorKind::NullReference)
            } else {
                value
            };
        match self.coerce(value, to, span) {
            Some(typed) => typed,
            None => {
                let mut diagnostic = Diagnostic::error(
                    codes::CONVERSION,
                    span,
                    format!("`{from}` cannot be converted to `{to}`"),
                );
                let is_plain = from.base.rule_type().is_some() || from.base == Base::Decimal;
                if to.base == Base::String && is_plain {
                    diagnostic = self.to_text(diagnostic, &from.base, span);
                } else if from.with_null(false) == *to {
                    let end = Span {
                        from: span.to,
                        to: span.to,
                    };
                    diagnostic = diagnostic.note("it may be absent; give a default").fix(
                        "give a default",
                        end,
                        " ?? …",
                    );
                }
                self.report(diagnostic);
                Typed::unknown()
            }
        }
    }

    /// Offers the conversion of a value to a text, as the dialect writes it.
    pub(super) fn to_text(&self, diagnostic: Diagnostic, from: &Base, span: Span) -> Diagnostic {
        let text = self.text_of(span);
        let call = match (self.dialect, from) {
            (Dialect::Csharp, Base::Binary) => format!("Convert.ToBase64String({text})"),
            (Dialect::Csharp, _) => {
                let end = Span {
                    from: span.to,
                    to: span.to,
                };
                return diagnostic.fix("convert it", end, ".ToString()");
            }
            (Dialect::Entra, Base::Binary) => format!("ConvertToBase64({text})"),
            (Dialect::Entra, _) => format!("CStr({text})"),
        };
        diagnostic.fix("convert it", span, call)
    }

    /// The value, which must be present: tested at run time, with a warning, if its type says that it may be absent.
    pub(super) fn present(&mut self, value: Typed, span: Span, kind: ErrorKind) -> Typed {
        if value.ty.base == Base::Null {
            let message = "`null` has no members and cannot stand here";
            self.error(codes::CONVERSION, span, message);
            return Typed::unknown();
        }
        if !value.ty.nullable || value.ty.is_unknown() {
            return value;
        }
        let text = self.text_of(span);
        let diagnostic = if kind == ErrorKind::Argument {
            Diagnostic::warning(
                codes::MAYBE_NULL_ARGUMENT,
                span,
                format!("`{text}` may be absent, and is needed here"),
            )
            .label("may be absent")
            .note("give a default with `??` or test it first")
        } else {
            Diagnostic::warning(
                codes::MAYBE_NULL,
                span,
                format!("`{text}` may be absent; this fails on such objects"),
            )
            .label("may be absent")
            .fix(
                "skip when absent",
                Span {
                    from: span.to,
                    to: span.to,
                },
                "?",
            )
        };
        self.report(diagnostic);
        self.asserted(value, span, kind)
    }

    /// As [`present`](Self::present), without a warning.
    pub(super) fn asserted(&mut self, value: Typed, span: Span, kind: ErrorKind) -> Typed {
        if !value.ty.nullable {
            return value;
        }
        let site = self.site(span);
        let ty = value.ty.with_null(false);
        let tested = Ir::NonNull(value.ir.into(), kind, site);
        Typed::new(
            if value.ty.boxed() {
                Ir::Unbox(tested.into())
            } else {
                tested
            },
            ty,
        )
    }

    /// The value of a local, or what `inner` makes of its present value; absent stays absent.
    pub(super) fn lift(
        &mut self,
        value: Typed,
        span: Span,
        inner: impl FnOnce(&mut Self, Typed) -> Typed,
    ) -> Typed {
        if !value.ty.nullable {
            return inner(self, value);
        }
        let local = self.local();
        let present = if value.ty.boxed() {
            Ir::Unbox(Ir::Local(local).into())
        } else {
            Ir::Local(local)
        };
        let result = inner(self, Typed::new(present, value.ty.with_null(false)));
        let ty = result.ty.with_null(true);
        let Some(result) = self.coerce(result, &ty, span) else {
            return Typed::unknown();
        };
        let test = Ir::IsNull(Ir::Local(local).into());
        let choice = Ir::If(test.into(), Ir::Word(0).into(), result.ir.into());
        Typed::new(Ir::Let(local, value.ir.into(), choice.into()), ty)
    }

    /// `ToString()` as `+` applies it: absent stays absent.
    pub(super) fn as_text(&mut self, value: Typed, span: Span) -> Typed {
        match value.ty.base {
            Base::String | Base::Unknown | Base::Never => value,
            Base::Reference | Base::Written => Typed::new(
                value.ir,
                Ty {
                    base: Base::String,
                    nullable: value.ty.nullable,
                },
            ),
            Base::Null => Typed::new(Ir::Word(0), Ty::optional(Base::String)),
            _ => self.lift(value, span, |checker, value| {
                let site = checker.site(span);
                let text = |function, args| {
                    Typed::new(Ir::Call(function, args, site), Ty::of(Base::String))
                };
                match value.ty.base {
                    Base::Bool => text(Fn::BoolToText, vec![value.ir]),
                    Base::Char => text(Fn::FromChar, vec![value.ir]),
                    Base::Int | Base::Long => text(Fn::IntToText, vec![value.ir]),
                    Base::Double => text(Fn::DoubleToText, vec![value.ir]),
                    Base::Decimal => {
                        text(Fn::DecimalToText, vec![value.ir, Ir::Text(String::new())])
                    }
                    Base::Guid => text(Fn::GuidToText, vec![value.ir, Ir::Text(String::new())]),
                    Base::Date => text(Fn::DateToText, vec![value.ir, Ir::Text(String::new())]),
                    Base::Span => text(Fn::SpanToText, vec![value.ir, Ir::Text(String::new())]),
                    Base::Day => {
                        let at = date_only::midnight(&value.ir);
                        text(Fn::DateToText, vec![at, Ir::Text("d".to_owned())])
                    }
                    Base::Enum(owner) if stdlib::enum_names(owner).is_some() => {
                        let names = stdlib::enum_names(owner).into_iter().flatten();
                        let names = names.map(|name| Ir::Text((*name).to_owned())).collect();
                        let list = Ir::Items(names, site);
                        text(Fn::ItemAt, vec![list, value.ir, Ir::Word(0)])
                    }
                    Base::Match(_) | Base::Group => text(Fn::RegexValue, vec![value.ir]),
                    // Only keys convert octets silently: as hexadecimal text.
                    Base::Binary => text(Fn::ToHex, vec![value.ir]),
                    _ => {
                        let message = format!(
                            "a `{}` has no text form; use string.Join for lists",
                            value.ty
                        );
                        checker.error(codes::OPERATOR, span, message);
                        Typed::unknown()
                    }
                }
            }),
        }
    }

    /// A single value as a list of the attribute's type.
    pub(super) fn list_of_one(&mut self, value: Typed, wanted: &Ty, span: Span) -> Ir {
        let element = wanted.element().cloned().unwrap_or_else(Ty::unknown);
        let site = self.site(span);
        let list = self.lift(value, span, |checker, value| {
            let item = checker
                .coerce(value, &element, span)
                .map_or(Ir::Word(0), |t| t.ir);
            Typed::new(Ir::Items(vec![item], site), Ty::list(element.clone()))
        });
        list.ir
    }

    /// A list whose elements may be absent words: the absent ones fall away, the others leave their boxes.
    pub(super) fn without_null_elements(&mut self, value: Typed, span: Span) -> Typed {
        let Some(element) = value.ty.element().filter(|e| e.boxed()).cloned() else {
            return value;
        };
        let site = self.site(span);
        self.lift(value, span, |checker, value| {
            let (kept, opened) = (checker.local(), checker.local());
            let test = Ir::Op(Op::Not, vec![Ir::IsNull(Ir::Local(kept).into())], site);
            let kept = looped(LoopKind::Where, value.ir, kept, test, site);
            let open = Ir::Unbox(Ir::Local(opened).into());
            Typed::new(
                looped(LoopKind::Select, kept, opened, open, site),
                Ty::list(element.with_null(false)),
            )
        })
    }
}

/// A loop without a position.
pub(super) fn looped(kind: LoopKind, list: Ir, element: u32, body: Ir, site: u32) -> Ir {
    Ir::Loop(Box::new(crate::ir::Loop {
        kind,
        list,
        element,
        index: None,
        body,
        site,
    }))
}

/// Widens a number.
fn numeric(ir: Ir, from: &Base, to: &Base) -> Ir {
    match (from, to) {
        (Base::Char | Base::Int | Base::Long, Base::Double) => match ir {
            Ir::Word(word) => Ir::Word((word as f64).to_bits() as i64),
            ir => Ir::Op(Op::LongToDouble, vec![ir], 0),
        },
        _ => ir,
    }
}
