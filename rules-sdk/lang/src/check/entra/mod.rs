//! The functions of the `entra` dialect: from the library, and those whose types the library cannot describe.
//!
//! Invariants: an absent first argument of a function that does not say what it does with one gives an absent result;
//! a function over one value, called with several, is applied to each, and what is absent then falls away.

mod branches;
mod conversions;
mod lifting;
mod presence;
mod provisioning;
mod several;
mod switch;
mod texts;

use syncline_model::rules::Span;
use syncline_rules_guest::Fn;

use super::coerce::looped;
use super::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Exit, Ir, LoopKind, Op};
use crate::stdlib::{self, Function};
use crate::syntax::Variant;
use crate::syntax::ast::{BinOp, Expr, Name, Node};
use crate::types::{Base, Ty};

pub(crate) use conversions::is_truth;
pub(crate) use lifting::{Lift, Subject, operands, whole_arguments};
pub(crate) use switch::has_keys;

/// How many arguments the functions take that the library does not describe.
const COUNTS: &[(&str, &str)] = &[
    ("BitAnd", "2"),
    ("BitOr", "2"),
    ("CBool", "1"),
    ("CNum", "1"),
    ("CRef", "1"),
    ("CStr", "1"),
    ("Coalesce", "1 or more"),
    ("Count", "1"),
    ("Error", "1"),
    ("IgnoreFlowIfNullOrEmpty", "1"),
    ("ImportedValue", "1"),
    ("IsBitSet", "2"),
    ("IsEmpty", "1"),
    ("IsNull", "1"),
    ("IsNullOrEmpty", "1"),
    ("IsPresent", "1"),
    ("IsString", "1"),
    ("Item", "2"),
    ("ItemOrNull", "2"),
    ("Join", "1 or more"),
    ("Not", "1"),
    ("Redact", "1"),
    ("Replace", "3 or 7"),
    ("Switch", "2 or more"),
    ("ValueCount", "1"),
];

impl Checker<'_> {
    /// A call by a name of the dialect; none where there is no such function.
    pub(super) fn entra_function(
        &mut self,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let name = &spelled(name);
        if let Some(result) = self.entra_special(name, args, span) {
            return Some(result);
        }
        let candidates = stdlib::entra(&name.text);
        if candidates.is_empty() {
            return None;
        }
        let args = self.arguments(args);
        Some(self.entra_call(&candidates, args, name, span))
    }

    fn entra_call(
        &mut self,
        candidates: &[&'static Function],
        mut args: Vec<(Typed, Span)>,
        name: &Name,
        span: Span,
    ) -> Typed {
        let first = |f: &&'static Function| f.params.first().map(|p| &p.ty);
        let takes_one = |f: &&'static Function| first(f).is_some_and(|ty| ty.element().is_none());
        let takes_absent = |f: &&'static Function| first(f).is_none_or(|ty| ty.nullable);
        let Some((value, at)) = args.first().cloned() else {
            return self.resolve(candidates, None, args, name, span);
        };
        if value.ty.element().is_some() && candidates.iter().all(takes_one) {
            let rest = args.split_off(1);
            return self.each(value, at, span, |checker, one| {
                let args = [(one, at)].into_iter().chain(rest).collect();
                checker.entra_call(candidates, args, name, span)
            });
        }
        if !value.ty.nullable || candidates.iter().any(takes_absent) {
            return self.resolve(candidates, None, args, name, span);
        }
        let count = args.len();
        let takes = |f: &&'static Function| (f.least..=f.most).contains(&count);
        if value.ty.base == Base::Null && candidates.iter().any(takes) {
            let returns = candidates[0].returns.with_null(true);
            return Typed::new(Ir::Word(0), returns);
        }
        let rest = args.split_off(1);
        self.lift(value, at, |checker, present| {
            let args = [(present, at)].into_iter().chain(rest).collect();
            checker.resolve(candidates, None, args, name, span)
        })
    }

    /// What a function makes of each value of a list; absent results fall away.
    pub(super) fn each(
        &mut self,
        list: Typed,
        at: Span,
        span: Span,
        inner: impl FnOnce(&mut Self, Typed) -> Typed,
    ) -> Typed {
        self.lift(list, at, |checker, list| {
            let element = checker.local();
            let ty = list.ty.element().cloned().unwrap_or_else(Ty::unknown);
            let result = inner(checker, Typed::new(Ir::Local(element), ty));
            if result.ty.is_unknown() {
                return result;
            }
            let site = checker.site(span);
            let mapped = looped(LoopKind::Select, list.ir, element, result.ir, site);
            let mapped = Typed::new(mapped, Ty::list(result.ty.clone()));
            if !result.ty.nullable {
                return mapped;
            }
            if result.ty.boxed() {
                return checker.without_null_elements(mapped, span);
            }
            let kept = checker.local();
            let test = Ir::Op(Op::Not, vec![Ir::IsNull(Ir::Local(kept).into())], site);
            let list = looped(LoopKind::Where, mapped.ir, kept, test, site);
            Typed::new(list, Ty::list(result.ty.with_null(false)))
        })
    }

    fn entra_special(&mut self, name: &Name, args: &[Expr], span: Span) -> Option<Typed> {
        let bool = |ir| Typed::new(ir, Ty::of(Base::Bool));
        let not = |ir| Ir::Op(Op::Not, vec![ir], 0);
        Some(match (name.text.as_str(), args) {
            ("IsNull", [arg]) => {
                let value = self.expr(arg);
                match value.ty.base {
                    Base::Never => value,
                    _ => bool(self.is_absent(&value)),
                }
            }
            ("IsEmpty", [arg]) => {
                let value = self.expr(arg);
                let local = self.local();
                let read = Typed::new(Ir::Local(local), value.ty.clone());
                let (absent, empty) = (self.is_absent(&read), self.is_empty(&read, span));
                let test = Ir::If(absent.into(), Ir::Word(0).into(), empty.into());
                bool(Ir::Let(local, value.ir.into(), test.into()))
            }
            ("IsNullOrEmpty", [arg]) => {
                let value = self.expr(arg);
                bool(self.is_null_or_empty(value, span))
            }
            ("IsPresent", [arg]) => {
                let value = self.expr(arg);
                bool(not(self.is_null_or_empty(value, span)))
            }
            ("IsString", [arg]) => {
                let value = self.expr(arg);
                match value.ty.base {
                    Base::Unknown | Base::Never => value,
                    Base::Binary => bool(Ir::Word(0)),
                    // What is there has a text, as CStr gives it.
                    _ => bool(not(self.is_absent(&value))),
                }
            }
            ("IsDate" | "IsNumeric", [arg]) => {
                let value = self.expr(arg);
                let succeeds = match value.ty.base {
                    Base::Date => name.text == "IsDate",
                    Base::Bool | Base::Int | Base::Long => name.text == "IsNumeric",
                    Base::Binary | Base::Guid | Base::Double => false,
                    _ => {
                        let candidates = stdlib::entra(&name.text);
                        return Some(self.entra_call(
                            &candidates,
                            vec![(value, arg.span)],
                            name,
                            span,
                        ));
                    }
                };
                match succeeds {
                    true => bool(not(self.is_absent(&value))),
                    false => bool(Ir::Word(0)),
                }
            }
            ("Not", [arg]) => self.not(arg, span),
            ("CRef", [arg]) => {
                let value = self.expr(arg);
                let value = self.coerced(value, &Ty::optional(Base::String), arg.span);
                match value.ty.is_unknown() {
                    true => value,
                    false => Typed::new(value.ir, Ty::optional(Base::Reference)),
                }
            }
            ("Replace", [_, _, _]) => self.entra_replace(args, span),
            ("Replace", [_, _, _, _, _, _, _]) => self.provisioning_replace(args, span),
            ("Join", [_, ..]) => self.entra_join(args, name, span),
            ("Contains", [list, ..]) if args.len() <= 3 => {
                return self.contained(list, &args[1..], name, span);
            }
            ("Error", [_]) => self.throw(args, span),
            ("Switch", [_, _, ..]) => self.entra_switch(args, name, span),
            ("ImportedValue", [arg]) => match &arg.kind {
                Node::Str(attribute) => self.attribute(attribute, arg.span),
                _ => self.constant_name(name, arg),
            },
            ("ValueCount", [arg]) => match &arg.kind {
                Node::Str(attribute) => {
                    let value = self.attribute(attribute, arg.span);
                    self.count(value)
                }
                _ => self.constant_name(name, arg),
            },
            ("Count", [arg]) => {
                let value = self.expr(arg);
                self.count(value)
            }
            ("Item" | "ItemOrNull", [list, index]) => {
                let or_null = name.text == "ItemOrNull";
                self.value_at(list, index, or_null, span)
            }
            ("CBool", [arg]) => self.truth(arg, span),
            ("CStr", [arg]) => {
                let value = self.expr(arg);
                if value.ty.element().is_some() {
                    return Some(self.each(value, arg.span, span, |checker, one| {
                        checker.as_text(one, span)
                    }));
                }
                self.as_text(value, span)
            }
            ("CNum", [arg]) => self.number_of(arg, span),
            ("BitAnd", [a, b]) => self.bits(BinOp::BitAnd, a, b, span),
            ("BitOr", [a, b]) => self.bits(BinOp::BitOr, a, b, span),
            ("IsBitSet", [value, flag]) => {
                let value = self.expr(value);
                let flag = self.expr(flag);
                let masked = self.binary_values(BinOp::BitAnd, value, flag, span);
                // What is absent has no bit set.
                let local = self.local();
                let read = Typed::new(Ir::Local(local), masked.ty.clone());
                let absent = self.is_absent(&read);
                let zero = Typed::new(Ir::Word(0), Ty::of(Base::Long));
                let is_zero = self.equal(&read, &zero, span).unwrap_or(Ir::Word(0));
                let test = Ir::If(absent.into(), Ir::Word(0).into(), not(is_zero).into());
                bool(Ir::Let(local, masked.ir.into(), test.into()))
            }
            ("IgnoreFlowIfNullOrEmpty", [arg]) => {
                let value = self.expr(arg);
                let ignored = Typed::new(Ir::Exit(Exit::Ignore), Ty::of(Base::Never));
                if value.ty.base == Base::Null {
                    return Some(ignored);
                }
                let local = self.local();
                let read = Typed::new(Ir::Local(local), value.ty.clone());
                let test = self.is_null_or_empty(read.clone(), span);
                let choice = self.choose(test, ignored, read, span);
                Typed::new(Ir::Let(local, value.ir.into(), choice.ir.into()), choice.ty)
            }
            ("Redact", [arg]) => self.expr(arg),
            ("SelectUniqueValue" | "UniqueValue", _) => self.unique_value(args, name, span),
            ("SingleAppRoleAssignment", [arg]) => self.single_role(arg, span),
            (
                "AppRoleAssignments"
                | "AppRoleAssignmentsComplex"
                | "AssertiveAppRoleAssignmentsComplex",
                [arg],
            ) => self.roles(arg, span),
            ("CertNameInfo", [_, kind, _])
                if let Node::Str(text) = &kind.kind
                    && let Some(number) = stdlib::enum_member("X509NameType", text) =>
            {
                let mut args = self.arguments(args);
                args[1].0 = Typed::new(Ir::Word(number), Ty::of(Base::Enum("X509NameType")));
                self.entra_call(&stdlib::entra("CertNameInfo"), args, name, span)
            }
            ("Now", []) => {
                let now = self.clock();
                match self.variant {
                    Some(Variant::Provisioning) => self.written_date(now, span),
                    _ => now,
                }
            }
            ("CDate", [arg]) if self.variant == Some(Variant::Provisioning) => {
                let value = self.argument(arg);
                let date = self.entra_call(&stdlib::entra("CDate"), vec![value], name, span);
                self.written_date(date, span)
            }
            ("PCase", [arg]) if self.variant == Some(Variant::Provisioning) => {
                let value = self.expr(arg);
                self.lift(value, arg.span, |checker, value| {
                    let text = Ty::of(Base::String);
                    let value = checker.coerced(value, &text, arg.span);
                    let site = checker.site(span);
                    let lower = Ir::Call(Fn::ToLower, vec![value.ir], site);
                    Typed::new(Ir::Call(Fn::TitleWords, vec![lower], site), text)
                })
            }
            (known, _) => {
                // Of a name that the library describes as well, the library says how many there are.
                let is_library = !stdlib::entra(known).is_empty();
                let is_helper = known == "Coalesce" && !args.is_empty();
                let (_, wanted) = (COUNTS.iter().find(|(name, _)| *name == known))
                    .filter(|_| !is_library && !is_helper)?;
                args.iter().for_each(|arg| drop(self.argument(arg)));
                self.wrong_count(name, wanted, args.len(), span)
            }
        })
    }

    fn constant_name(&mut self, name: &Name, arg: &Expr) -> Typed {
        let message = format!("`{}` takes the name of an attribute in quotes", name.text);
        self.error(codes::ARGUMENT, arg.span, message);
        Typed::unknown()
    }
}

/// The name of a function that its reference spells in two ways.
fn spelled(name: &Name) -> Name {
    let text = match name.text.as_str() {
        "InstrRev" => "InStrRev",
        "Random" => "RandomNum",
        known => known,
    };
    Name {
        text: text.to_owned(),
        span: name.span,
    }
}
