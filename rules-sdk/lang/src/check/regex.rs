//! Regular expressions: `Regex.…`, `new Regex(…)`, matches and their groups.
//!
//! Invariants: a pattern is a constant, compiled here; its groups are part of the type of its matches, so that a group that does
//! not exist is an error of the rule.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::coerce::looped;
use super::{Checker, Typed};
use crate::diag::{Diagnostic, closest, codes};
use crate::ir::{Ir, LoopKind, Op};
use crate::regex::groups::{are_sparse, place};
use crate::regex::{self, Options, Regex, RegexError};
use crate::syntax::ast::{End, Expr, Name};
use crate::types::{Base, Ty};

/// `Regex.Escape` of a constant.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let named = syncline_rules_guest::regex::escaped(c);
        out.extend(named.is_some().then_some('\\'));
        out.push(named.unwrap_or(c));
    }
    out
}

/// What can be asked of a pattern.
const METHODS: &[&str] = &["Count", "IsMatch", "Match", "Matches", "Replace", "Split"];

impl Checker<'_> {
    /// `Regex.IsMatch(input, pattern, …)` and the others; none for a member that `Regex` does not have.
    pub(super) fn static_regex(&mut self, name: &Name, args: &[Expr], span: Span) -> Option<Typed> {
        if name.text == "Escape" {
            let [arg] = args else {
                return Some(self.wrong_count(name, "1", args.len(), span));
            };
            let text = self.text_argument(arg);
            let site = self.site(span);
            let ir = match text.bare() {
                // A constant, so that patterns may hold it.
                Ir::Text(text) => Ir::Text(escaped(text)),
                _ => Ir::Call(Fn::RegexEscape, vec![text], site),
            };
            return Some(Typed::new(ir, Ty::of(Base::String)));
        }
        if !METHODS.contains(&name.text.as_str()) {
            return None;
        }
        let is_replace = name.text == "Replace";
        let fixed = if is_replace { 3 } else { 2 };
        // A time limit changes nothing: every pattern is matched in linear time.
        let args = match args {
            [rest @ .., limit] if rest.len() == fixed + 1 => {
                let value = self.expr(limit);
                self.coerced(value, &Ty::of(Base::Span), limit.span);
                rest
            }
            args => args,
        };
        if args.len() < fixed || args.len() > fixed + 1 {
            let wanted = if is_replace { "3 to 5" } else { "2 to 4" };
            return Some(self.wrong_count(name, wanted, args.len(), span));
        }
        let input = self.text_argument(&args[0]);
        let Some(regex) = self.pattern_of(&args[1], args.get(fixed)) else {
            return Some(Typed::unknown());
        };
        let with = args.get(2).filter(|_| is_replace);
        Some(self.matched(&regex, input, name, with, span))
    }

    /// `new Regex(pattern, options)`
    pub(super) fn new_regex(&mut self, args: &[Expr], span: Span) -> Typed {
        let ([pattern] | [pattern, _] | [pattern, _, _]) = args else {
            self.error(
                codes::ARITY,
                span,
                "`new Regex` takes a pattern and options",
            );
            return Typed::unknown();
        };
        if let Some(limit) = args.get(2) {
            let value = self.expr(limit);
            self.coerced(value, &Ty::of(Base::Span), limit.span);
        }
        match self.pattern_of(pattern, args.get(1)) {
            Some(regex) => Typed::new(
                Ir::Text(regex.program.clone()),
                Ty::of(Base::Regex(Box::new(regex))),
            ),
            None => Typed::unknown(),
        }
    }

    /// A method of a `Regex` object.
    pub(super) fn regex_method(
        &mut self,
        regex: &Regex,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Typed {
        let count = if name.text == "Replace" { 2 } else { 1 };
        if !METHODS.contains(&name.text.as_str()) {
            args.iter().for_each(|arg| drop(self.argument(arg)));
            let ty = Ty::of(Base::Regex(Box::new(regex.clone())));
            return self.unknown_member(&ty, name);
        }
        if let Some((fixed, numbers)) = args.split_at_checked(count)
            && !numbers.is_empty()
        {
            return self.matched_some(regex, name, fixed, numbers, span);
        }
        if args.len() != count {
            return self.wrong_count(name, &count.to_string(), args.len(), span);
        }
        let input = self.text_argument(&args[0]);
        self.matched(regex, input, name, args.get(1), span)
    }

    /// A method of a `Regex` object with numbers at the end: how many, from where on.
    fn matched_some(
        &mut self,
        regex: &Regex,
        name: &Name,
        fixed: &[Expr],
        numbers: &[Expr],
        span: Span,
    ) -> Typed {
        let most = if name.text == "Replace" { 2 } else { 1 };
        if numbers.len() > most {
            let wanted = format!("{} to {}", fixed.len(), fixed.len() + most);
            return self.wrong_count(name, &wanted, fixed.len() + numbers.len(), span);
        }
        let advice = "the place must lie inside the text, the count not below zero";
        self.may_fail(span, &[ErrorKind::OutOfRange], advice);
        let input = self.text_argument(&fixed[0]);
        let with = fixed.get(1).map(|with| {
            let text = self.text_argument(with);
            self.template(regex, text, with.span)
        });
        let mut numbers: Vec<Ir> = numbers.iter().map(|number| self.int(number)).collect();
        let site = self.site(span);
        let mut args = vec![input, Ir::Text(regex.program.clone())];
        let one = Ty::of(Base::Match(regex.groups.clone()));
        let (function, ty) = match (name.text.as_str(), with) {
            ("Replace", Some(with)) => {
                args.push(with);
                numbers.resize(2, Ir::Word(0));
                (Fn::RegexReplaceSome, Ty::of(Base::String))
            }
            ("Split", _) => (Fn::RegexSplitSome, Ty::list(Ty::of(Base::String))),
            ("Match" | "IsMatch", _) => (Fn::RegexFirstFrom, one),
            _ => (Fn::RegexAllFrom, Ty::list(one)),
        };
        args.extend(numbers);
        let ir = Ir::Call(function, args, site);
        match name.text.as_str() {
            "IsMatch" => Typed::new(
                Ir::Call(Fn::RegexSuccess, vec![ir], site),
                Ty::of(Base::Bool),
            ),
            "Count" => Typed::new(Ir::Op(Op::Len, vec![ir], 0), Ty::of(Base::Int)),
            _ => Typed::new(ir, ty),
        }
    }

    /// The groups of a match as a list.
    pub(super) fn groups_as_list(&mut self, value: Typed, span: Span) -> Typed {
        let Base::Groups(groups) = &value.ty.base else {
            return value;
        };
        let (site, of) = (self.site(span), self.local());
        let group = |number| Ir::Call(Fn::RegexGroup, vec![Ir::Local(of), Ir::Word(number)], site);
        let items = (0..groups.len() as i64).map(group).collect();
        let list = Ir::Items(items, site);
        Typed::new(
            Ir::Let(of, value.ir.into(), list.into()),
            Ty::list(Ty::of(Base::Group)),
        )
    }

    fn text_argument(&mut self, arg: &Expr) -> Ir {
        let value = self.expr(arg);
        if value.ty.is_unknown() {
            return Ir::Word(0);
        }
        let value = self.present(value, arg.span, ErrorKind::Argument);
        self.coerced(value, &Ty::of(Base::String), arg.span).ir
    }

    /// A constant pattern with constant options.
    pub(super) fn pattern_of(&mut self, pattern: &Expr, options: Option<&Expr>) -> Option<Regex> {
        let options = match options {
            Some(arg) => {
                let value = self.expr(arg);
                let wanted = Ty::of(Base::Enum("RegexOptions"));
                let value = self.coerced(value, &wanted, arg.span);
                let Ir::Word(bits) = value.ir else {
                    let message = "the options of a regular expression must be constant";
                    self.error(codes::UNSUPPORTED, arg.span, message);
                    return None;
                };
                match Options::of(bits) {
                    Ok(options) => options,
                    Err(option) => {
                        let message = format!("RegexOptions.{option} is not available in rules");
                        self.error(codes::UNSUPPORTED, arg.span, message);
                        return None;
                    }
                }
            }
            None => Options::default(),
        };
        let value = self.expr(pattern);
        if value.ty.is_unknown() {
            return None;
        }
        let Ir::Text(text) = value.ir.bare() else {
            let message = "the pattern must be a constant text: it is compiled with the rule";
            self.error(codes::UNSUPPORTED, pattern.span, message);
            return None;
        };
        match regex::compile(text, options) {
            Ok(regex) => Some(regex),
            Err(error) => {
                let code = match error {
                    RegexError::Unsupported(_) => codes::REGEX_UNSUPPORTED,
                    RegexError::Malformed(_) => codes::REGEX_MALFORMED,
                    RegexError::TooLarge(_) => codes::REGEX_TOO_LARGE,
                };
                self.error(code, pattern.span, error.to_string());
                None
            }
        }
    }

    /// A method over a text.
    fn matched(
        &mut self,
        regex: &Regex,
        input: Ir,
        name: &Name,
        with: Option<&Expr>,
        span: Span,
    ) -> Typed {
        let site = self.site(span);
        let program = Ir::Text(regex.program.clone());
        let call = |function, args| Ir::Call(function, args, site);
        let one = || Ty::of(Base::Match(regex.groups.clone()));
        match name.text.as_str() {
            "IsMatch" => Typed::new(
                call(Fn::RegexIsMatch, vec![input, program]),
                Ty::of(Base::Bool),
            ),
            "Match" => Typed::new(call(Fn::RegexFirst, vec![input, program]), one()),
            "Count" => {
                let all = call(Fn::RegexAll, vec![input, program]);
                Typed::new(Ir::Op(Op::Len, vec![all], 0), Ty::of(Base::Int))
            }
            "Matches" => Typed::new(call(Fn::RegexAll, vec![input, program]), Ty::list(one())),
            "Split" => Typed::new(
                call(Fn::RegexSplit, vec![input, program]),
                Ty::list(Ty::of(Base::String)),
            ),
            _ => match with {
                Some(with) if super::lists::is_function(with) => {
                    self.replaced_by(regex, input, with, span)
                }
                Some(with) => {
                    let value = self.text_argument(with);
                    let value = self.template(regex, value, with.span);
                    Typed::new(
                        call(Fn::RegexReplace, vec![input, program, value]),
                        Ty::of(Base::String),
                    )
                }
                None => Typed::unknown(),
            },
        }
    }

    /// `Regex.Replace(input, pattern, m => …)`
    fn replaced_by(&mut self, regex: &Regex, input: Ir, with: &Expr, span: Span) -> Typed {
        let site = self.site(span);
        let program = Ir::Text(regex.program.clone());
        let (text, element) = (self.local(), self.local());
        let ty = Ty::of(Base::Match(regex.groups.clone()));
        let body = self.body(with, &[(element, ty)]);
        if body.ty.is_unknown() {
            return body;
        }
        let body = self.coerced(body, &Ty::optional(Base::String), with.span);
        let matches = Ir::Call(Fn::RegexAll, vec![Ir::Local(text), program.clone()], site);
        let texts = looped(LoopKind::Select, matches, element, body.ir, site);
        let whole = Ir::Call(Fn::RegexSplice, vec![Ir::Local(text), program, texts], site);
        Typed::new(
            Ir::Let(text, input.into(), whole.into()),
            Ty::of(Base::String),
        )
    }

    /// `m.Groups[1]`, `m.Groups["name"]`
    pub(super) fn group(
        &mut self,
        groups: &[Option<String>],
        of: Ir,
        end: &End,
        span: Span,
    ) -> Typed {
        let index = self.expr(&end.expr);
        let number = match &index.ir {
            _ if index.ty.is_unknown() => return Typed::unknown(),
            Ir::Text(name) if index.ty.base == Base::String => match place(groups, name) {
                Some(number) => Ir::Word(number as i64),
                None => {
                    let message = format!("the pattern has no group `{name}`");
                    let mut diagnostic =
                        Diagnostic::error(codes::REGEX_GROUP, end.expr.span, message);
                    let names = groups.iter().flatten().map(String::as_str);
                    if let Some(near) = closest(name, names) {
                        let fix = format!("\"{near}\"");
                        diagnostic = diagnostic.fix("did you mean", end.expr.span, fix);
                    }
                    self.report(diagnostic);
                    return Typed::unknown();
                }
            },
            _ => {
                let number = self.coerced(index, &Ty::of(Base::Int), end.expr.span).ir;
                let Ir::Word(word) = number else {
                    return self.group_at(groups, of, number, span);
                };
                match place(groups, &word.to_string()) {
                    Some(place) => Ir::Word(place as i64),
                    None => {
                        let message = format!(
                            "the pattern has no group {word}; the last one is {}",
                            groups.len() - 1
                        );
                        self.error(codes::REGEX_GROUP, end.expr.span, message);
                        return Typed::unknown();
                    }
                }
            }
        };
        let site = self.site(span);
        Typed::new(
            Ir::Call(Fn::RegexGroup, vec![of, number], site),
            Ty::of(Base::Group),
        )
    }

    /// A group by a number that is known when the rule runs.
    fn group_at(&mut self, groups: &[Option<String>], of: Ir, number: Ir, span: Span) -> Typed {
        if are_sparse(groups) {
            let message = "the numbers of these groups have gaps; name the group by a constant";
            self.error(codes::UNSUPPORTED, span, message);
            return Typed::unknown();
        }
        let site = self.site(span);
        Typed::new(
            Ir::Call(Fn::RegexGroup, vec![of, number], site),
            Ty::of(Base::Group),
        )
    }

    /// What a replacement text becomes for the runtime.
    pub(super) fn template(&mut self, regex: &Regex, text: Ir, span: Span) -> Ir {
        match text {
            Ir::Text(text) => Ir::Text(regex.replacement(&text)),
            text if are_sparse(&regex.groups) => {
                let message =
                    "the numbers of these groups have gaps; the replacement must be constant";
                self.error(codes::UNSUPPORTED, span, message);
                text
            }
            text => text,
        }
    }

    /// `Groups.ContainsKey`, `Keys` and `Values`, known from the pattern alone.
    pub(super) fn of_groups(
        &mut self,
        value: &Typed,
        name: &str,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let Base::Groups(groups) = &value.ty.base else {
            return None;
        };
        match (name, args) {
            ("Values", []) => Some(self.groups_as_list(value.clone(), span)),
            ("Keys", []) => {
                let names = groups.iter().enumerate();
                let names =
                    names.map(|(at, name)| Ir::Text(name.clone().unwrap_or(at.to_string())));
                let site = self.site(span);
                let list = Ir::Items(names.collect(), site);
                Some(Typed::new(list, Ty::list(Ty::of(Base::String))))
            }
            ("ContainsKey", [key]) => {
                let groups = groups.clone();
                let Ir::Text(key_text) = self.text_argument(key) else {
                    let message = "the name of a group must be constant";
                    self.error(codes::UNSUPPORTED, key.span, message);
                    return Some(Typed::unknown());
                };
                let known = place(&groups, &key_text).is_some();
                Some(Typed::new(Ir::Word(i64::from(known)), Ty::of(Base::Bool)))
            }
            _ => None,
        }
    }
}
