//! `TryParse(text, …, out var name)`: whether the text holds a value, and the variable that gets it.
//!
//! Invariants: the variable is never absent: where the text holds no value it is the zero of its type; it can be read
//! where C# knows that the call was made.

use syncline_model::rules::Span;
use syncline_rules_guest::decimal::Decimal;
use syncline_rules_guest::{DATE_ALONE, Fn};

use super::{Checker, Typed, decimals};
use crate::diag::codes;
use crate::ir::{Ir, Op};
use crate::stdlib;
use crate::syntax::ast::{Expr, Name, Node, TypeName};
use crate::types::{Base, Ty};

/// The runtime's number of a type that [`Fn::TryParse`] reads.
fn word_kind(owner: &str) -> Option<i64> {
    Some(match owner {
        "int" => 0,
        "long" => 1,
        "double" => 2,
        "bool" => 3,
        _ if stdlib::narrow_numbers::limits(owner).is_some() => 1,
        _ => return None,
    })
}

/// NumberStyles.Number
const NUMBER: i64 = 111;

impl Checker<'_> {
    pub(super) fn try_parse(
        &mut self,
        owner: &'static str,
        args: &[Expr],
        name: &Name,
        span: Span,
    ) -> Typed {
        let [arg, between @ .., out] = args else {
            return self.wrong_count(name, "2", args.len(), span);
        };
        let value = self.expr(arg);
        let value = self.coerced(value, &Ty::optional(Base::String), arg.span);
        let Some((function, rest)) = self.try_parse_rest(owner, between, name, span) else {
            return Typed::unknown();
        };
        let Node::Out(variable, declared) = &out.kind else {
            let message = format!("the last argument of {} is `out var name`", name.text);
            self.error(codes::ARGUMENT, out.span, message);
            return Typed::unknown();
        };
        let base = match owner {
            "int" => Base::Int,
            "byte" | "sbyte" | "short" | "ushort" => Base::Int,
            "long" | "uint" => Base::Long,
            "double" => Base::Double,
            "decimal" => Base::Decimal,
            "bool" => Base::Bool,
            "char" => Base::Char,
            "TimeSpan" => Base::Span,
            "DateOnly" => Base::Day,
            "DateTime" => Base::Date,
            _ => Base::Guid,
        };
        let ty = Ty::of(base);
        self.same_type(declared.as_ref(), &ty);
        let site = self.site(span);
        let mut all = vec![value.ir];
        all.extend(rest);
        let parsed = match stdlib::narrow_numbers::limits(owner) {
            Some(limits) => self.present_within(Ir::Call(function, all, site), limits),
            None => Ir::Call(function, all, site),
        };
        let temp = self.local();
        let missing = || Ir::IsNull(Ir::Local(temp).into());
        let done = Ir::Op(Op::Not, vec![missing()], 0);
        let body = if variable.text == "_" {
            done
        } else {
            let (found, zero) = match &ty.base {
                Base::Decimal => (Ir::Local(temp), decimals::constant(Decimal::ZERO, site)),
                Base::Guid => {
                    let empty = Ir::Text("00000000000000000000000000000000".into());
                    let empty = Ir::Call(Fn::GuidParse, vec![empty], site);
                    (Ir::Local(temp), empty)
                }
                Base::Day => {
                    let at = Ir::Unbox(Ir::Local(temp).into());
                    (stdlib::date_only::day(at), Ir::Word(0))
                }
                // The first tick, of no zone.
                Base::Date => (Ir::Unbox(Ir::Local(temp).into()), Ir::Word(1)),
                _ => (Ir::Unbox(Ir::Local(temp).into()), Ir::Word(0)),
            };
            let local = self.declare_assigned(variable, ty);
            let result = Ir::If(missing().into(), zero.into(), found.into());
            Ir::Let(local, result.into(), done.into())
        };
        Typed::new(
            Ir::Let(temp, parsed.into(), body.into()),
            Ty::of(Base::Bool),
        )
    }

    /// A boxed long, or nothing where it lies beyond the limits.
    fn present_within(&mut self, parsed: Ir, (least, most): (i64, i64)) -> Ir {
        let local = self.local();
        let word = || Ir::Unbox(Ir::Local(local).into());
        let low = Ir::Op(Op::Lt, vec![word(), Ir::Word(least)], 0);
        let high = Ir::Op(Op::Gt, vec![word(), Ir::Word(most)], 0);
        let none = || Ir::Word(0).into();
        let kept = Ir::If(high.into(), none(), Ir::Local(local).into());
        let kept = Ir::If(low.into(), none(), kept.into());
        let missing = Ir::IsNull(Ir::Local(local).into());
        let choice = Ir::If(missing.into(), none(), kept.into());
        Ir::Let(local, parsed.into(), choice.into())
    }

    /// `out int n` names the type that the call gives, or is wrong.
    fn same_type(&mut self, declared: Option<&TypeName>, ty: &Ty) {
        let Some(written) = declared else { return };
        let found = self.named_type(written);
        if !found.is_unknown() && found != *ty {
            let message = format!("this gives `{ty}`, not `{found}`; write `out var`");
            self.error(codes::ARGUMENT, written.span, message);
        }
    }

    /// The function, and the arguments between the text and `out` as it takes them: cultures fall away.
    fn try_parse_rest(
        &mut self,
        owner: &'static str,
        args: &[Expr],
        name: &Name,
        span: Span,
    ) -> Option<(Fn, Vec<Ir>)> {
        let is_exact = name.text == "TryParseExact";
        match (owner, args) {
            (_, [styles, provider])
                if !is_exact && (owner == "decimal" || word_kind(owner).is_some_and(|k| k < 3)) =>
            {
                let styles = self.enumeration(styles, "NumberStyles");
                self.culture(provider);
                Some(match word_kind(owner) {
                    Some(kind) => (Fn::TryParseStyled, vec![Ir::Word(kind), styles]),
                    None => (Fn::DecimalTryParse, vec![styles]),
                })
            }
            ("DateTime", [provider, styles]) if !is_exact => {
                self.culture(provider);
                let styles = self.enumeration(styles, "DateTimeStyles");
                Some((Fn::DateTryParse, vec![styles]))
            }
            ("DateTime" | "DateOnly", [formats, provider, styles]) if is_exact => {
                let formats = self.formats(formats, span);
                self.culture(provider);
                let styles = self.enumeration(styles, "DateTimeStyles");
                Some((Fn::DateTryParseExact, vec![formats, styles]))
            }
            ("DateOnly", [formats]) if is_exact => {
                let formats = self.formats(formats, span);
                Some((Fn::DateTryParseExact, vec![formats, Ir::Word(0)]))
            }
            ("TimeSpan", [formats, provider, styles @ ..]) if is_exact && styles.len() <= 1 => {
                let formats = self.formats(formats, span);
                self.culture(provider);
                let styles = styles.first().map_or(Ir::Word(0), |styles| {
                    self.enumeration(styles, "TimeSpanStyles")
                });
                Some((Fn::SpanTryParseExact, vec![formats, styles]))
            }
            ("Guid", [format]) if is_exact => {
                let value = self.expr(format);
                let format = self.coerced(value, &Ty::of(Base::String), format.span);
                Some((Fn::GuidTryParseExact, vec![format.ir]))
            }
            ("char", []) => Some((Fn::CharTryParse, Vec::new())),
            (_, [] | [_]) if !is_exact && (args.is_empty() || owner != "bool") => {
                args.iter().for_each(|provider| self.culture(provider));
                Some(match owner {
                    "decimal" => (Fn::DecimalTryParse, vec![Ir::Word(NUMBER)]),
                    "Guid" => (Fn::GuidTryParse, Vec::new()),
                    "TimeSpan" => (Fn::SpanTryParse, Vec::new()),
                    "DateTime" => (Fn::DateTryParse, vec![Ir::Word(0)]),
                    "DateOnly" => {
                        let alone = Ir::Word(i64::from(DATE_ALONE));
                        (Fn::DateTryParse, vec![alone])
                    }
                    _ => (Fn::TryParse, vec![Ir::Word(word_kind(owner)?)]),
                })
            }
            _ => {
                args.iter().for_each(|arg| drop(self.argument(arg)));
                self.wrong_count(name, "2 or more", args.len() + 2, span);
                None
            }
        }
    }

    /// One format, or several.
    fn formats(&mut self, formats: &Expr, span: Span) -> Ir {
        let value = self.expr(formats);
        if value.ty.element().is_some() {
            let list = Ty::list(Ty::of(Base::String));
            return self.coerced(value, &list, formats.span).ir;
        }
        let one = self.coerced(value, &Ty::of(Base::String), formats.span);
        let site = self.site(span);
        Ir::Items(vec![one.ir], site)
    }

    /// A culture, which changes nothing: the invariant one is meant.
    fn culture(&mut self, arg: &Expr) {
        let value = self.expr(arg);
        self.coerced(value, &Ty::optional(Base::Enum("CultureInfo")), arg.span);
    }

    fn enumeration(&mut self, arg: &Expr, name: &'static str) -> Ir {
        let value = self.expr(arg);
        self.coerced(value, &Ty::of(Base::Enum(name)), arg.span).ir
    }
}
