//! The functions of the `entra` dialect: from the library, and those whose types the library cannot describe.
//!
//! Invariants: an absent first argument of a function that does not say what it does with one gives an absent result;
//! a function over one value, called with several, is applied to each, and what is absent then falls away.

use syncline_model::rules::{AttrType, ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::coerce::looped;
use super::{Checked, Checker, Draft, Goal, Typed};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Exit, Ir, LoopKind, Op};
use crate::stdlib::{self, Function};
use crate::syntax::Variant;
use crate::syntax::ast::{BinOp, Expr, Name, Node, Program};
use crate::types::{Base, Ty};

/// How many arguments the functions take that the library does not describe.
const COUNTS: &[(&str, &str)] = &[
    ("BitAnd", "2"),
    ("BitOr", "2"),
    ("CBool", "1"),
    ("CNum", "1"),
    ("CRef", "1"),
    ("CStr", "1"),
    ("Coalesce", "2 or more"),
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

    /// An expression that cannot take an attribute of several values as a whole, applied to each of them. None where it
    /// reads none or more than one such attribute, or cannot take single ones either.
    pub(super) fn of_each_value(
        mut self,
        program: &Program,
        goal: Goal,
    ) -> Option<(Checked, Vec<Diagnostic>)> {
        let Program::Expr(expr) = program else {
            return None;
        };
        let is_read = |name: &str| self.source.contains(&format!("[{name}]"));
        let several = self.env.source.iter();
        let mut several = several.filter(|(name, attr)| attr.multi && is_read(name));
        let (Some((name, attr)), None) = (several.next(), several.next()) else {
            return None;
        };
        let one = AttrType {
            multi: false,
            nullable: false,
            ..*attr
        };
        let whole = self.attribute(name, expr.span);
        let list = self.each(whole, expr.span, expr.span, |checker, value| {
            checker.one_of = Some((name.clone(), Typed::new(value.ir, Ty::of_attr(one))));
            checker.expr(expr)
        });
        self.one_of = None;
        let checked = self.finish(vec![Draft::Return(list, expr.span)], goal);
        let broken = self.diagnostics.iter().any(Diagnostic::is_error);
        (!broken).then_some((checked, self.diagnostics))
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
        if value.ty.base == Base::Null {
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
                bool(self.is_absent(&value))
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
                if value.ty.is_unknown() {
                    return Some(value);
                }
                let is_text = value.ty.is_text();
                let there = not(self.is_absent(&value));
                bool(if is_text { there } else { Ir::Word(0) })
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
                let local = self.local();
                let read = Typed::new(Ir::Local(local), value.ty.clone());
                let test = self.is_null_or_empty(read.clone(), span);
                let ignored = Typed::new(Ir::Exit(Exit::Ignore), Ty::of(Base::Never));
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
                let is_helper = known == "Coalesce" && args.len() >= 2;
                let (_, wanted) = (COUNTS.iter().find(|(name, _)| *name == known))
                    .filter(|_| !is_library && !is_helper)?;
                args.iter().for_each(|arg| drop(self.argument(arg)));
                self.wrong_count(name, wanted, args.len(), span)
            }
        })
    }

    /// A date as provisioning has it: a text.
    fn written_date(&mut self, date: Typed, span: Span) -> Typed {
        if date.ty.base != Base::Date {
            return date;
        }
        self.lift(date, span, |checker, date| {
            let site = checker.site(span);
            let format = Ir::Text(stdlib::PROVISIONING_DATE.to_owned());
            let ir = Ir::Call(Fn::DateToText, vec![date.ir, format], site);
            Typed::new(ir, Ty::of(Base::String))
        })
    }

    /// Of a text, as provisioning has it: anything but True gives True.
    fn not(&mut self, arg: &Expr, span: Span) -> Typed {
        let declared = self.variables.len();
        let value = self.expr(arg);
        let test = if value.ty.is_text() {
            let site = self.site(span);
            let truth = Ir::Text("True".to_owned());
            Ir::Call(Fn::EqualIgnoreCase, vec![value.ir, truth], site)
        } else {
            // Read once more as a condition, which names its values again.
            self.variables.truncate(declared);
            self.condition(arg).0
        };
        Typed::new(Ir::Op(Op::Not, vec![test], 0), Ty::of(Base::Bool))
    }

    fn constant_name(&mut self, name: &Name, arg: &Expr) -> Typed {
        let message = format!("`{}` takes the name of an attribute in quotes", name.text);
        self.error(codes::ARGUMENT, arg.span, message);
        Typed::unknown()
    }

    /// Is it absent? Never, for what cannot be.
    fn is_absent(&self, value: &Typed) -> Ir {
        if value.ty.nullable {
            Ir::IsNull(value.ir.clone().into())
        } else {
            Ir::Word(0)
        }
    }

    /// Is what is there without content? Only texts, octets and lists can be.
    fn is_empty(&mut self, value: &Typed, span: Span) -> Ir {
        let site = self.site(span);
        let zero = |ir| Ir::Op(Op::Eq, vec![ir, Ir::Word(0)], 0);
        match &value.ty.base {
            Base::String | Base::Reference => {
                Ir::Call(Fn::IsNullOrEmpty, vec![value.ir.clone()], site)
            }
            Base::Binary => zero(Ir::Call(Fn::OctetsLength, vec![value.ir.clone()], site)),
            Base::List(_) => zero(length(value.ir.clone())),
            _ => Ir::Word(0),
        }
    }

    pub(super) fn is_null_or_empty(&mut self, value: Typed, span: Span) -> Ir {
        let local = self.local();
        let read = Typed::new(Ir::Local(local), value.ty.clone());
        let (absent, empty) = (self.is_absent(&read), self.is_empty(&read, span));
        let test = Ir::If(absent.into(), Ir::Word(1).into(), empty.into());
        Ir::Let(local, value.ir.into(), test.into())
    }

    /// How many values there are; none of what is absent, one of a single one.
    fn count(&mut self, value: Typed) -> Typed {
        let int = Ty::of(Base::Int);
        if value.ty.is_unknown() {
            return value;
        }
        let local = self.local();
        let read = Typed::new(Ir::Local(local), value.ty.clone());
        let absent = self.is_absent(&read);
        let count = match value.ty.element() {
            Some(_) => length(Ir::Local(local)),
            None => Ir::Word(1),
        };
        let ir = Ir::If(absent.into(), Ir::Word(0).into(), count.into());
        Typed::new(Ir::Let(local, value.ir.into(), ir.into()), int)
    }

    /// The n-th value from 1 on. A single value is a list of one.
    fn value_at(&mut self, list: &Expr, index: &Expr, or_null: bool, span: Span) -> Typed {
        let value = self.expr(list);
        let at = self.present_expr(index, ErrorKind::Argument);
        if value.ty.is_unknown() || at.ty.is_unknown() {
            return Typed::unknown();
        }
        let at = self.coerced(at, &Ty::of(Base::Long), index.span).ir;
        let element = value.ty.element().cloned();
        let element = element.unwrap_or_else(|| value.ty.with_null(false));
        let wanted = Ty::list(element.clone());
        let list = if value.ty.element().is_some() {
            value
        } else {
            let ir = self.list_of_one(value.clone(), &wanted, span);
            Typed::new(
                ir,
                Ty {
                    nullable: value.ty.nullable,
                    ..wanted
                },
            )
        };
        let site = self.site(span);
        if !or_null {
            let advice = "count the values first, or use ItemOrNull";
            self.may_fail(span, &[ErrorKind::OutOfRange], advice);
        }
        self.lift(list, span, |checker, list| {
            let (items, number) = (checker.local(), checker.local());
            let before = Ir::Op(Op::SubL, vec![Ir::Local(number), Ir::Word(1)], 0);
            let count = length(Ir::Local(items));
            let function = if element.is_wide() {
                Fn::BoxedItemAt
            } else {
                Fn::ItemAt
            };
            // A place that no list has, so that what does not fit in 32 bits is not one that it has.
            let too_small = Ir::Op(Op::Lt, vec![Ir::Local(number), Ir::Word(1)], 0);
            let too_large = Ir::Op(Op::Gt, vec![Ir::Local(number), count], 0);
            let outside = Ir::If(too_small.into(), Ir::Word(1).into(), too_large.into());
            let found = Ir::Call(function, vec![Ir::Local(items), before, Ir::Word(0)], site);
            let (found, missing) = match (or_null, element.is_wide()) {
                (true, true) => (found, Ir::Word(0)),
                (true, false) if element.base.is_word() => {
                    (Ir::Boxed(found.into(), site), Ir::Word(0))
                }
                (true, false) => (found, Ir::Word(0)),
                (false, wide) => {
                    let found = if wide { Ir::Unbox(found.into()) } else { found };
                    (found, Ir::Exit(Exit::Fail(ErrorKind::OutOfRange, site)))
                }
            };
            let ir = Ir::If(outside.into(), missing.into(), found.into());
            let ir = Ir::Let(
                items,
                list.ir.into(),
                Ir::Let(number, at.into(), ir.into()).into(),
            );
            Typed::new(ir, element.with_null(or_null))
        })
    }

    /// Anything but zero is true; a text must say which.
    fn truth(&mut self, arg: &Expr, span: Span) -> Typed {
        let value = self.expr(arg);
        let text = matches!(value.ty.base, Base::String | Base::Reference);
        if text {
            self.may_fail(span, &[ErrorKind::Format], "the text must be True or False");
        }
        self.lift(value, span, |checker, value| {
            let site = checker.site(span);
            let ir = match value.ty.base {
                Base::Unknown | Base::Bool => return value,
                Base::String | Base::Reference => Ir::Call(Fn::ParseBool, vec![value.ir], site),
                Base::Int | Base::Long => Ir::Op(
                    Op::Not,
                    vec![Ir::Op(Op::Eq, vec![value.ir, Ir::Word(0)], 0)],
                    0,
                ),
                _ => {
                    let message = format!("CBool needs a number or a text, not a `{}`", value.ty);
                    checker.error(codes::ARGUMENT, span, message);
                    return Typed::unknown();
                }
            };
            Typed::new(ir, Ty::of(Base::Bool))
        })
    }

    fn number_of(&mut self, arg: &Expr, span: Span) -> Typed {
        let value = self.expr(arg);
        if value.ty.is_text() {
            self.may_fail(
                span,
                &[ErrorKind::Format, ErrorKind::Overflow],
                "test it with IsNumeric",
            );
        }
        self.lift(value, span, |checker, value| {
            let site = checker.site(span);
            let ir = match value.ty.base {
                Base::Unknown | Base::Long => return value,
                Base::Int | Base::Bool => value.ir,
                Base::Binary => {
                    Ir::Unbox(Ir::Call(Fn::EntraOctetsToNumber, vec![value.ir], site).into())
                }
                Base::String | Base::Reference => {
                    Ir::Unbox(Ir::Call(Fn::ParseLong, vec![value.ir], site).into())
                }
                _ => {
                    let message = format!("CNum needs a text, not a `{}`", value.ty);
                    checker.error(codes::ARGUMENT, span, message);
                    return Typed::unknown();
                }
            };
            Typed::new(ir, Ty::of(Base::Long))
        })
    }

    fn bits(&mut self, op: BinOp, a: &Expr, b: &Expr, span: Span) -> Typed {
        let (a, b) = (self.expr(a), self.expr(b));
        if a.ty.is_unknown() || b.ty.is_unknown() {
            return Typed::unknown();
        }
        self.binary_values(op, a, b, span)
    }

    /// `Join(values, delimiter)` of Entra Connect, `Join(separator, text, …)` of provisioning, which leaves out what is empty.
    fn entra_join(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        let mut values = self.arguments(args);
        let text = Ty::optional(Base::String);
        let site = self.site(span);
        let first = values[0].clone();
        if first.0.ty.element().is_some() && values.len() <= 2 {
            let delimiter = match values.pop().filter(|_| args.len() == 2) {
                Some((value, at)) => self.coerced(value, &text, at).ir,
                None => Ir::Text(" ".to_owned()),
            };
            let (list, at) = first;
            return self.lift(list, at, |checker, list| {
                let list = checker.coerced(list, &Ty::list(Ty::of(Base::String)), at);
                Typed::new(
                    Ir::Call(Fn::Join, vec![delimiter, list.ir], site),
                    Ty::of(Base::String),
                )
            });
        }
        if values.len() < 2 {
            return self.wrong_count(name, "2 or more", args.len(), span);
        }
        let (separator, at) = values.remove(0);
        let separator = self.coerced(separator, &text, at).ir;
        let mut all: Option<Ir> = None;
        for (value, at) in values {
            let one = if value.ty.element().is_some() {
                self.coerced(value, &Ty::list(Ty::of(Base::String)).with_null(true), at)
            } else {
                let value = self.as_text(value, at);
                let value = self.coerced(value, &text, at);
                Typed::new(Ir::Call(Fn::TextList, vec![value.ir], site), value.ty)
            };
            if one.ty.is_unknown() {
                return one;
            }
            let local = self.local();
            let empty = Ir::Items(Vec::new(), site);
            let test = Ir::IsNull(Ir::Local(local).into());
            let choice = Ir::If(test.into(), empty.into(), Ir::Local(local).into());
            let one = Ir::Let(local, one.ir.into(), choice.into());
            all = Some(match all {
                Some(before) => Ir::Call(Fn::ListConcat, vec![before, one], site),
                None => one,
            });
        }
        let (list, kept) = (all.unwrap_or(Ir::Word(0)), self.local());
        let empty = Ir::Call(Fn::IsNullOrEmpty, vec![Ir::Local(kept)], site);
        let test = Ir::Op(Op::Not, vec![empty], 0);
        let list = looped(LoopKind::Where, list, kept, test, site);
        Typed::new(
            Ir::Call(Fn::Join, vec![separator, list], site),
            Ty::of(Base::String),
        )
    }

    /// `Replace(text, old, new)` of Entra Connect: `\n`, `\r` and `\t` stand for what they stand for elsewhere.
    fn entra_replace(&mut self, args: &[Expr], span: Span) -> Typed {
        let text = Ty::of(Base::String);
        let site = self.site(span);
        let value = self.expr(&args[0]);
        let [old, new] = [&args[1], &args[2]].map(|arg| {
            let part = self.expr(arg);
            let part = self.coerced(part, &text, arg.span);
            Ir::Call(Fn::EntraUnescaped, vec![part.ir], site)
        });
        let replaced = |checker: &mut Self, one: Typed| {
            let one = checker.coerced(one, &text, args[0].span);
            if one.ty.is_unknown() {
                return one;
            }
            let ir = Ir::Call(Fn::Replace, vec![one.ir, old, new, Ir::Word(0)], site);
            Typed::new(ir, text.clone())
        };
        if value.ty.element().is_some() {
            return self.each(value, args[0].span, span, replaced);
        }
        self.lift(value, args[0].span, replaced)
    }

    /// `Replace(source, old, pattern, group, replacement, replacement attribute, template)` of provisioning.
    fn provisioning_replace(&mut self, args: &[Expr], span: Span) -> Typed {
        let text = Ty::of(Base::String);
        let site = self.site(span);
        let source = self.expr(&args[0]);
        let is_given = |n: usize| !matches!(args[n].kind, Node::Null);
        let pattern = match is_given(2) {
            true => match self.pattern_of(&args[2], None) {
                Some(pattern) => Some(pattern),
                None => return Typed::unknown(),
            },
            false => None,
        };
        let part = |checker: &mut Self, n: usize| {
            let value = checker.expr(&args[n]);
            // An attribute without a value replaces by nothing.
            let value = checker.coerced(value, &text.with_null(true), args[n].span);
            checker.or_empty(value).ir
        };
        let (old, with) = match (is_given(4), is_given(5)) {
            (true, _) => (part(self, 1), Some(part(self, 4))),
            (false, true) => (part(self, 1), Some(part(self, 5))),
            (false, false) => (part(self, 1), None),
        };
        let template = is_given(6).then(|| part(self, 6));
        let whole = |ir| Typed::new(ir, text.clone());
        let group = match (&pattern, is_given(3)) {
            (Some(pattern), true) => match &args[3].kind {
                Node::Str(name) => match pattern.group(name) {
                    Some(number) => Some(number),
                    None => {
                        let message = format!("the pattern has no group `{name}`");
                        self.error(codes::REGEX_GROUP, args[3].span, message);
                        return Typed::unknown();
                    }
                },
                _ => return self.unknown_group(args[3].span),
            },
            _ => None,
        };
        self.lift(source, args[0].span, |checker, source| {
            let source = checker.coerced(source, &text, args[0].span);
            if source.ty.is_unknown() {
                return source;
            }
            let call = |function, args| whole(Ir::Call(function, args, site));
            match (pattern, group, with, template) {
                (Some(pattern), Some(group), Some(with), _) => call(
                    Fn::RegexReplaceGroup,
                    vec![
                        source.ir,
                        Ir::Text(pattern.program),
                        Ir::Word(group as i64),
                        with,
                    ],
                ),
                (Some(pattern), None, Some(with), _) => {
                    let with = match with {
                        Ir::Text(with) => Ir::Text(pattern.replacement(&with)),
                        with => with,
                    };
                    let program = Ir::Text(pattern.program);
                    call(Fn::RegexReplace, vec![source.ir, program, with])
                }
                (None, _, _, Some(template)) => {
                    call(Fn::Replace, vec![template, old, source.ir, Ir::Word(0)])
                }
                (None, _, Some(with), None) => {
                    call(Fn::Replace, vec![source.ir, old, with, Ir::Word(0)])
                }
                _ => {
                    let message = "Replace needs a replacement, an attribute or a template";
                    checker.error(codes::ARGUMENT, span, message);
                    Typed::unknown()
                }
            }
        })
    }

    fn unknown_group(&mut self, span: Span) -> Typed {
        let message = "the name of a group stands in quotes";
        self.error(codes::ARGUMENT, span, message);
        Typed::unknown()
    }

    /// `Contains(values, text, compare)`; a single value is a list of one.
    fn contained(&mut self, list: &Expr, rest: &[Expr], name: &Name, span: Span) -> Option<Typed> {
        let value = self.expr(list);
        let mut args = vec![(value.clone(), list.span)];
        let is_reference = value
            .ty
            .element()
            .is_some_and(|e| e.base == Base::Reference);
        if value.ty.is_text() {
            let site = self.site(span);
            let ir = Ir::Call(Fn::TextList, vec![value.ir], site);
            let ty = Ty::list(Ty::of(Base::String));
            args[0].0 = Typed::new(ir, ty);
        }
        args.extend(self.arguments(rest));
        let found = self.resolve(&stdlib::entra("Contains"), None, args, name, span);
        Some(match found.ir {
            Ir::Call(function, mut cells, site) if is_reference => {
                // A reference is another one or it is not.
                if let Some(exact) = cells.last_mut() {
                    *exact = Ir::Word(1);
                }
                Typed::new(Ir::Call(function, cells, site), found.ty)
            }
            ir => Typed::new(ir, found.ty),
        })
    }

    /// `Switch(condition, value, …)` of Entra Connect, `Switch(source, default, key, value, …)` of provisioning.
    fn entra_switch(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        if args.len() % 2 == 1 {
            return self.wrong_count(name, "an even number of", args.len(), span);
        }
        let declared = self.variables.len();
        let first = self.expr(&args[0]);
        if first.ty.is_unknown() {
            return first;
        }
        if first.ty.base == Base::Bool && self.is_condition(args, span) {
            self.variables.truncate(declared);
            return self.first_true(args, span);
        }
        let subject = self.local();
        let subject_value = Typed::new(Ir::Local(subject), first.ty.clone());
        let mut result = self.expr(&args[1]);
        let pairs: Vec<&[Expr]> = args[2..].chunks(2).collect();
        for pair in pairs.into_iter().rev() {
            let key = self.expr(&pair[0]);
            let value = self.expr(&pair[1]);
            if key.ty.is_unknown() || value.ty.is_unknown() {
                return Typed::unknown();
            }
            let is_empty = matches!(&key.ir, Ir::Text(text) if text.is_empty());
            let test = if is_empty {
                // The empty key stands for what is absent as well.
                self.is_null_or_empty(subject_value.clone(), span)
            } else if let Some(test) = self.is_key(&subject_value, &key, pair[0].span) {
                test
            } else {
                let message = format!("a `{}` is never a `{}`", first.ty, key.ty);
                self.error(codes::ARGUMENT, pair[0].span, message);
                return Typed::unknown();
            };
            result = self.choose(test, value, result, span);
            if result.ty.is_unknown() {
                return result;
            }
        }
        Typed::new(
            Ir::Let(subject, first.ir.into(), result.ir.into()),
            result.ty,
        )
    }

    /// Is the truth value that a `Switch` begins with a condition, as in Entra Connect? Its keys tell, or the pragma.
    fn is_condition(&mut self, args: &[Expr], span: Span) -> bool {
        let is_source = has_keys(args);
        if let Some(variant) = self.variant {
            return variant == Variant::Connect;
        }
        let mut keys = args[2..].iter().step_by(2);
        let is_doubtful = is_name(&args[0]) && keys.any(|key| matches!(key.kind, Node::Bool(_)));
        if !is_source && is_doubtful {
            let message = "`True` is read as the condition that always holds, as in Entra Connect";
            let note = "where it is the key of provisioning's `Switch`, write \"True\"";
            self.report(Diagnostic::warning(codes::AMBIGUOUS, span, message).note(note));
        }
        !is_source
    }

    /// Is the source of a `Switch` this key? A number or truth value has the text that it is written with.
    fn is_key(&mut self, source: &Typed, key: &Typed, at: Span) -> Option<Ir> {
        let written = |ty: &Ty| ty.base == Base::Bool || ty.base.is_number();
        let (mut source, mut key) = (source.clone(), key.clone());
        if key.ty.is_text() && written(&source.ty) {
            source = self.as_text(source, at);
        } else if source.ty.is_text() && written(&key.ty) {
            key = self.as_text(key, at);
        }
        self.equal(&source, &key, at)
    }

    /// The value behind the first condition that holds. All are evaluated first, as documented: an error of any is one of
    /// the whole.
    fn first_true(&mut self, args: &[Expr], span: Span) -> Typed {
        let mut lets = Vec::new();
        let mut choices = Vec::new();
        for pair in args.chunks(2) {
            let (test, ..) = self.condition(&pair[0]);
            let value = self.expr(&pair[1]);
            if value.ty.is_unknown() {
                return value;
            }
            let (holds, kept) = (self.local(), self.local());
            lets.push((holds, test));
            lets.push((kept, value.ir));
            choices.push((holds, Typed::new(Ir::Local(kept), value.ty)));
        }
        let mut result = Typed::new(Ir::Word(0), Ty::optional(Base::Null));
        for (holds, value) in choices.into_iter().rev() {
            result = self.choose(Ir::Local(holds), value, result, span);
            if result.ty.is_unknown() {
                return result;
            }
        }
        let ir = lets
            .into_iter()
            .rev()
            .fold(result.ir, |body, (local, value)| {
                Ir::Let(local, value.into(), body.into())
            });
        Typed::new(ir, result.ty)
    }
}

/// How many elements a list has.
fn length(list: Ir) -> Ir {
    Ir::Op(Op::Len, vec![list], 0)
}

/// Does a `Switch` that begins with a truth value have keys that no condition would be (a text; `False` where it begins
/// with a name)? Then it is the source of provisioning's form.
pub(crate) fn has_keys(args: &[Expr]) -> bool {
    let mut keys = args.iter().skip(2).step_by(2);
    keys.any(|key| match key.kind {
        Node::Str(_) => true,
        Node::Bool(truth) => !truth && args.first().is_some_and(is_name),
        _ => false,
    })
}

fn is_name(expr: &Expr) -> bool {
    matches!(expr.kind, Node::Attribute(_) | Node::Name(_))
}
