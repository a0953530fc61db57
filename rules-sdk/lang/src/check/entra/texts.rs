//! `Join` and `Replace`, of which both products have one of their own.
//!
//! Invariants: the number and the types of the arguments tell which of the two is meant.

use syncline_model::rules::Span;
use syncline_rules_guest::Fn;

use crate::check::coerce::looped;
use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, LoopKind, Op};
use crate::regex::Regex;
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
            let list = self.texts_of_list(list, at);
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
            let value = self.texts_of_list(value, at);
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

    /// A list of anything that has a text as a list of texts.
    fn texts_of_list(&mut self, list: Typed, at: Span) -> Typed {
        match list.ty.element() {
            Some(element) if !element.is_text() && element.element().is_none() => {
                self.each(list, at, at, |checker, one| checker.as_text(one, at))
            }
            _ => list,
        }
    }

    /// `Replace(text, old, new)` of Entra Connect: `\n`, `\r` and `\t` stand for what they stand for elsewhere.
    pub(super) fn entra_replace(&mut self, args: &[Expr], span: Span) -> Typed {
        let text = Ty::of(Base::String);
        let site = self.site(span);
        let value = self.expr(&args[0]);
        let [old, new] = [&args[1], &args[2]].map(|arg| {
            let part = self.expr(arg);
            // What is absent is an empty text.
            let part = self.coerced(part.clone(), &text.with_null(part.ty.nullable), arg.span);
            let part = self.or_empty(part);
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

    /// `Replace(source, old, pattern, group, replacement, replacement attribute, template)` of provisioning. What is not
    /// needed is left out, or empty; only the replacement is meant where it is empty.
    pub(super) fn provisioning_replace(&mut self, args: &[Expr], span: Span) -> Typed {
        let text = Ty::of(Base::String);
        let site = self.site(span);
        let source = self.expr(&args[0]);
        let is_empty = |n: usize| matches!(&args[n].kind, Node::Str(text) if text.is_empty());
        let is_given = |n: usize| {
            !matches!(args[n].kind, Node::Null)
                && (!is_empty(n) || n == 4 && matches!(args[5].kind, Node::Null))
        };
        let pattern = match is_given(2) {
            true => match self.pattern_of(&args[2], None) {
                Some(pattern) => Some(pattern),
                None => return Typed::unknown(),
            },
            false => None,
        };
        let group = match (&pattern, is_given(3)) {
            (Some(pattern), true) => match self.group_named(pattern, &args[3]) {
                Some(number) => Some(number),
                None => return Typed::unknown(),
            },
            _ => None,
        };
        let part = |checker: &mut Self, n: usize| {
            let value = checker.expr(&args[n]);
            if let Ir::Text(_) = value.ir {
                return value.ir;
            }
            // An attribute without a value replaces by nothing.
            let value = checker.coerced(value, &text.with_null(true), args[n].span);
            checker.or_empty(value).ir
        };
        let old = part(self, 1);
        if let (Some(pattern), Some(group), false, true) =
            (&pattern, group, is_given(4), is_given(5))
        {
            return self.replaced_where_empty(source, pattern, group, &args[5], span);
        }
        let with = match (is_given(4), is_given(5)) {
            (true, _) => Some(part(self, 4)),
            (false, true) => Some(part(self, 5)),
            (false, false) if is_empty(4) && !is_given(6) => Some(Ir::Text(String::new())),
            (false, false) => None,
        };
        let template = is_given(6).then(|| part(self, 6));
        let whole = |ir| Typed::new(ir, text.clone());
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
                        // The names of groups that a value may hold.
                        with => named_groups(&pattern).fold(with, |with, (name, number)| {
                            let [name, number] = [name, number].map(Ir::Text);
                            let args = vec![with, name, number, Ir::Word(0)];
                            Ir::Call(Fn::Replace, args, site)
                        }),
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

    /// The source, or where it is empty what a group of the pattern finds in an attribute.
    fn replaced_where_empty(
        &mut self,
        source: Typed,
        pattern: &Regex,
        group: usize,
        attribute: &Expr,
        span: Span,
    ) -> Typed {
        let text = Ty::optional(Base::String);
        let source = self.coerced(source, &text, span);
        let value = self.expr(attribute);
        let value = self.coerced(value, &text, attribute.span);
        if source.ty.is_unknown() || value.ty.is_unknown() {
            return Typed::unknown();
        }
        let site = self.site(span);
        let found = self.lift(value, attribute.span, |checker, value| {
            let of = checker.local();
            let call = |function, args| Ir::Call(function, args, site);
            let program = Ir::Text(pattern.program.clone());
            let first = call(Fn::RegexFirst, vec![value.ir, program]);
            let one = call(Fn::RegexGroup, vec![Ir::Local(of), Ir::Word(group as i64)]);
            let value = call(Fn::RegexValue, vec![one]);
            let is_found = call(Fn::RegexSuccess, vec![Ir::Local(of)]);
            let choice = Ir::If(is_found.into(), value.into(), Ir::Word(0).into());
            let ir = Ir::Let(of, first.into(), choice.into());
            Typed::new(ir, Ty::optional(Base::String))
        });
        let kept = self.local();
        let test = Ir::Call(Fn::IsNullOrEmpty, vec![Ir::Local(kept)], site);
        let choice = Ir::If(test.into(), found.ir.into(), Ir::Local(kept).into());
        Typed::new(Ir::Let(kept, source.ir.into(), choice.into()), text)
    }

    fn group_named(&mut self, pattern: &Regex, arg: &Expr) -> Option<usize> {
        let Node::Str(name) = &arg.kind else {
            self.error(
                codes::ARGUMENT,
                arg.span,
                "the name of a group stands in quotes",
            );
            return None;
        };
        let number = pattern.group(name);
        if number.is_none() {
            let message = format!("the pattern has no group `{name}`");
            self.error(codes::REGEX_GROUP, arg.span, message);
        }
        number
    }
}

/// What names a group in a replacement, and what numbers it.
fn named_groups(pattern: &Regex) -> impl Iterator<Item = (String, String)> {
    let groups = pattern.groups.iter().enumerate();
    groups.filter_map(|(number, name)| {
        let name = name.as_ref()?;
        Some((format!("${{{name}}}"), format!("${{{number}}}")))
    })
}
