//! `Join` and `Replace`, of which both products have one of their own.
//!
//! Invariants: the number and the types of the arguments tell which of the two is meant.

use syncline_model::rules::Span;
use syncline_rules_guest::Fn;

use crate::check::coerce::looped;
use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, LoopKind, Op};
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// `Join(values, delimiter)` of Entra Connect, `Join(separator, text, …)` of provisioning, which leaves out what is empty.
    pub(super) fn entra_join(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
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
    pub(super) fn entra_replace(&mut self, args: &[Expr], span: Span) -> Typed {
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
    pub(super) fn provisioning_replace(&mut self, args: &[Expr], span: Span) -> Typed {
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
}
