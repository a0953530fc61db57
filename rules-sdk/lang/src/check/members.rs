//! Members without parentheses: properties, constants of types, `Target.x`.
//!
//! Invariants: a method named without parentheses is reported as such, not as unknown.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;
use syncline_rules_guest::decimal::{DIGITS_MAX, Decimal};

use super::{Checker, Typed, decimals};
use crate::diag::{Diagnostic, closest, codes};
use crate::ir::{Ir, Op};
use crate::stdlib;
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty};

/// The tick after the last one of the year 9999.
const DATES_END: i64 = 3_155_378_976_000_000_000;

impl Checker<'_> {
    pub(super) fn member(&mut self, receiver: &Expr, name: &Name, span: Span) -> Typed {
        if matches!(&receiver.kind, Node::Name(n) if n == "Target")
            && self.resolved("Target").is_none()
        {
            return self.target(&name.text, name.span);
        }
        if let Some(owner) = self.static_type(receiver) {
            self.seen_static(owner, name);
            return self.static_member(owner, name, span);
        }
        let value = self.expr(receiver);
        if value.ty.is_unknown() {
            return value;
        }
        if let (Base::Grouping(group), "Key") = (&value.ty.base, name.text.as_str()) {
            let site = self.site(span);
            return self.item_at(value.ir, Ir::Word(0), Ir::Word(0), &group.0.clone(), site);
        }
        // The members of an optional word itself.
        let is_value = value.ty.base.is_word() || value.ty.base == Base::Decimal;
        if is_value || value.ty.nullable {
            match name.text.as_str() {
                "HasValue" if is_value => {
                    let test = Ir::Op(Op::Not, vec![Ir::IsNull(value.ir.into())], 0);
                    let ir = if value.ty.nullable { test } else { Ir::Word(1) };
                    return Typed::new(ir, Ty::of(Base::Bool));
                }
                "Value" if is_value || value.ty.base == Base::Guid => {
                    if value.ty.nullable {
                        self.may_fail(
                            span,
                            &[ErrorKind::InvalidOperation],
                            "give a default with `??`",
                        );
                    }
                    return self.asserted(value, receiver.span, ErrorKind::InvalidOperation);
                }
                _ => {}
            }
        }
        let ty = value.ty.clone();
        let site = self.site(span);
        let property = match (&ty.base, name.text.as_str()) {
            (Base::String | Base::Reference, "Length") => Some((Fn::Length, Base::Int)),
            (Base::Binary, "Length" | "Count") => Some((Fn::OctetsLength, Base::Int)),
            _ => None,
        };
        if let Some((function, base)) = property {
            let value = self.present(value, receiver.span, ErrorKind::NullReference);
            return Typed::new(Ir::Call(function, vec![value.ir], site), Ty::of(base));
        }
        if let (Base::List(_), "Count" | "Length") = (&ty.base, name.text.as_str()) {
            let value = self.present(value, receiver.span, ErrorKind::NullReference);
            return Typed::new(Ir::Op(Op::Len, vec![value.ir], 0), Ty::of(Base::Int));
        }
        if let (Base::Groups(groups), "Count") = (&ty.base, name.text.as_str()) {
            return Typed::new(Ir::Word(groups.len() as i64), Ty::of(Base::Int));
        }
        if matches!(name.text.as_str(), "Keys" | "Values")
            && let Some(result) = self.of_groups(&value, &name.text, &[], span)
        {
            return result;
        }
        if let (Base::Enum("CultureInfo"), "TextInfo") = (&ty.base, name.text.as_str()) {
            return value;
        }
        if let (Base::Match(groups), "Groups") = (&ty.base, name.text.as_str()) {
            return Typed::new(value.ir, Ty::of(Base::Groups(groups.clone())));
        }
        if let Some(property) = stdlib::property(&ty.base, &name.text) {
            let value = self.present(value, receiver.span, ErrorKind::NullReference);
            return self.apply(property, Some(value), Vec::new(), span);
        }
        let methods = self.method_names(&ty);
        if methods.iter().any(|m| *m == name.text) {
            let message = format!("`{}` is a method; call it with parentheses", name.text);
            let end = Span {
                from: span.to,
                to: span.to,
            };
            self.report(
                Diagnostic::error(codes::METHOD_GROUP, name.span, message)
                    .fix("call it", end, "()"),
            );
            return Typed::unknown();
        }
        self.unknown_member(&ty, name)
    }

    pub(super) fn unknown_member(&mut self, ty: &Ty, name: &Name) -> Typed {
        let mut names = self.method_names(ty);
        names.extend(stdlib::property_names(&ty.base));
        names.extend(["Length", "Count", "Value", "HasValue"]);
        let message = format!("a `{ty}` has no member `{}`", name.text);
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_MEMBER, name.span, message).label("unknown member");
        if let Some(near) = closest(&name.text, names) {
            diagnostic = diagnostic.fix("did you mean", name.span, near);
        }
        self.report(diagnostic);
        Typed::unknown()
    }

    fn static_member(&mut self, owner: &'static str, name: &Name, span: Span) -> Typed {
        let word = |value: i64, base| Typed::new(Ir::Word(value), Ty::of(base));
        match (owner, name.text.as_str()) {
            ("string", "Empty") => Typed::new(Ir::Text(String::new()), Ty::of(Base::String)),
            ("Environment", "NewLine") => Typed::new(Ir::Text("\r\n".into()), Ty::of(Base::String)),
            ("Guid", "Empty") => {
                let text = Ir::Text("00000000-0000-0000-0000-000000000000".into());
                let site = self.site(span);
                Typed::new(
                    Ir::Call(Fn::GuidParse, vec![text], site),
                    Ty::of(Base::Guid),
                )
            }
            ("int", "MaxValue") => word(i64::from(i32::MAX), Base::Int),
            ("int", "MinValue") => word(i64::from(i32::MIN), Base::Int),
            ("long", "MaxValue") => word(i64::MAX, Base::Long),
            ("long", "MinValue") => word(i64::MIN, Base::Long),
            ("double", "MaxValue") => word(f64::MAX.to_bits() as i64, Base::Double),
            ("double", "MinValue") => word(f64::MIN.to_bits() as i64, Base::Double),
            ("double", "Epsilon") => word(1, Base::Double),
            ("double", "PositiveInfinity") => word(f64::INFINITY.to_bits() as i64, Base::Double),
            ("double", "NegativeInfinity") => {
                word(f64::NEG_INFINITY.to_bits() as i64, Base::Double)
            }
            (narrow, "MinValue" | "MaxValue")
                if stdlib::narrow_numbers::limits(narrow).is_some() =>
            {
                let (least, most) = stdlib::narrow_numbers::limits(narrow).unwrap_or_default();
                let base = if narrow == "uint" {
                    Base::Long
                } else {
                    Base::Int
                };
                word(if name.text == "MinValue" { least } else { most }, base)
            }
            ("char", "MinValue") => word(0, Base::Char),
            ("char", "MaxValue") => word(0xffff, Base::Char),
            ("Math", "Tau") => word(std::f64::consts::TAU.to_bits() as i64, Base::Double),
            ("Math", "E") => word(std::f64::consts::E.to_bits() as i64, Base::Double),
            ("decimal", "Zero" | "One" | "MinusOne" | "MaxValue" | "MinValue") => {
                let whole = |digits, negative| Decimal {
                    negative,
                    scale: 0,
                    digits,
                };
                let value = match name.text.as_str() {
                    "Zero" => Decimal::ZERO,
                    "One" => whole(1, false),
                    "MinusOne" => whole(1, true),
                    "MaxValue" => whole(DIGITS_MAX, false),
                    _ => whole(DIGITS_MAX, true),
                };
                let site = self.site(span);
                Typed::new(decimals::constant(value, site), Ty::of(Base::Decimal))
            }
            ("double", "NaN") => word(f64::NAN.to_bits() as i64, Base::Double),
            ("DateTime", "MinValue") => word(1, Base::Date),
            ("DateTime", "MaxValue") => word(DATES_END * 2 - 1, Base::Date),
            ("DateTime", "UtcNow" | "Now") => self.clock(),
            ("DateTime", "Today") => self.today(span),
            ("DateTime", "UnixEpoch") => word(621_355_968_000_000_000 * 2, Base::Date),
            ("DateOnly", "MinValue") => word(0, Base::Day),
            ("DateOnly", "MaxValue") => word(3_652_058, Base::Day),
            ("TimeSpan", "Zero") => word(0, Base::Span),
            ("TimeSpan", "TicksPerDay") => word(864_000_000_000, Base::Long),
            ("TimeSpan", "TicksPerHour") => word(36_000_000_000, Base::Long),
            ("TimeSpan", "TicksPerMinute") => word(600_000_000, Base::Long),
            ("TimeSpan", "TicksPerSecond") => word(10_000_000, Base::Long),
            ("TimeSpan", "TicksPerMillisecond") => word(10_000, Base::Long),
            ("TimeSpan", "MinValue") => word(i64::MIN, Base::Span),
            ("TimeSpan", "MaxValue") => word(i64::MAX, Base::Span),
            ("Math", "PI") => word(std::f64::consts::PI.to_bits() as i64, Base::Double),
            _ => {
                if let Some(value) = stdlib::enum_member(owner, &name.text) {
                    return word(value, Base::Enum(owner));
                }
                self.unknown_static(owner, name, span)
            }
        }
    }

    pub(super) fn unknown_static(&mut self, owner: &'static str, name: &Name, span: Span) -> Typed {
        let names = stdlib::static_names(owner);
        if names.contains(&name.text.as_str()) {
            let message = format!(
                "`{owner}.{}` is a method; call it with parentheses",
                name.text
            );
            self.error(codes::METHOD_GROUP, span, message);
            return Typed::unknown();
        }
        let message = format!("`{owner}` has no member `{}`", name.text);
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_STATIC, name.span, message).label("unknown member");
        if let Some(near) = closest(&name.text, names) {
            diagnostic = diagnostic.fix("did you mean", name.span, near);
        }
        self.report(diagnostic);
        Typed::unknown()
    }
}
