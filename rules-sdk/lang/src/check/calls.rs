//! Calls: static methods, instance methods, our own helpers; overloads come from the library's registry.
//!
//! Invariants: arguments are evaluated from left to right, each once; an argument that may be absent and must not be
//! fails with `argument`, a receiver with `null_reference`.

use syncline_model::rules::{Dialect, ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::{Checker, Typed};
use crate::diag::{Diagnostic, closest, codes};
use crate::ir::{Ir, Op};
use crate::stdlib::{self, Function};
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty};

impl Checker<'_> {
    pub(super) fn call(&mut self, callee: &Expr, args: &[Expr], span: Span) -> Typed {
        match &callee.kind {
            Node::Member { receiver, name } => match self.static_type(receiver) {
                Some(owner) => self.static_call(owner, name, args, span),
                None => {
                    let value = self.expr(receiver);
                    self.method(value, receiver.span, name, args, span)
                }
            },
            Node::Name(text) => {
                let name = Name {
                    text: text.clone(),
                    span: callee.span,
                };
                self.helper(&name, args, span)
            }
            Node::Error => Typed::unknown(),
            _ => {
                self.expr(callee);
                self.error(
                    codes::NOT_A_METHOD,
                    callee.span,
                    "this is a value; it cannot be called",
                );
                Typed::unknown()
            }
        }
    }

    pub(super) fn static_call(
        &mut self,
        owner: &'static str,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Typed {
        if let Some(result) = self.static_special(owner, name, args, span) {
            return result;
        }
        let candidates = stdlib::statics(owner, &name.text);
        if candidates.is_empty() {
            args.iter().for_each(|arg| drop(self.argument(arg)));
            return self.unknown_static(owner, name, span);
        }
        let args = self.arguments(args);
        self.resolve(&candidates, None, args, name, span)
    }

    /// Static methods whose form the registry cannot describe.
    fn static_special(
        &mut self,
        owner: &'static str,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        match (owner, name.text.as_str()) {
            ("string", "Join") => Some(self.join(args, name, span)),
            ("string", "Concat") => Some(self.concat_call(args, span)),
            ("string", "Format") => Some(self.format_call(args, name, span)),
            (_, "TryParse" | "TryParseExact")
                if stdlib::static_names(owner).contains(&name.text.as_str()) =>
            {
                Some(self.try_parse(owner, args, name, span))
            }
            ("Regex", _) => self.static_regex(name, args, span),
            ("Math", "Min" | "Max") => Some(self.min_max(args, name, span)),
            ("Math", "Abs") => Some(self.abs(args, name, span)),
            ("Convert", "ToString") | ("string", "Copy") => {
                let [arg] = args else {
                    return Some(self.wrong_count(name, "1", args.len(), span));
                };
                let value = self.expr(arg);
                let text = self.as_text(value, span);
                Some(self.or_empty(text))
            }
            ("Guid", "NewGuid") => {
                let message = "Guid.NewGuid is not available in rules: the same object must give the same answer";
                self.error(codes::UNSUPPORTED, span, message);
                Some(Typed::unknown())
            }
            _ => None,
        }
    }

    /// Absent text as the empty text.
    pub(super) fn or_empty(&mut self, text: Typed) -> Typed {
        if !text.ty.nullable {
            return text;
        }
        let local = self.local();
        let test = Ir::IsNull(Ir::Local(local).into());
        let choice = Ir::If(
            test.into(),
            Ir::Text(String::new()).into(),
            Ir::Local(local).into(),
        );
        Typed::new(
            Ir::Let(local, text.ir.into(), choice.into()),
            Ty::of(Base::String),
        )
    }

    /// An argument; a lambda is reported by its consumer.
    pub(super) fn argument(&mut self, arg: &Expr) -> (Typed, Span) {
        (self.expr(arg), arg.span)
    }

    pub(super) fn arguments(&mut self, args: &[Expr]) -> Vec<(Typed, Span)> {
        args.iter().map(|arg| self.argument(arg)).collect()
    }

    pub(super) fn method(
        &mut self,
        value: Typed,
        at: Span,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Typed {
        if value.ty.is_unknown() {
            // Names inside the arguments are still worth checking.
            if !args
                .iter()
                .any(|arg| matches!(arg.kind, Node::Lambda { .. }))
            {
                args.iter().for_each(|arg| drop(self.argument(arg)));
            }
            return value;
        }
        if let Some(result) = self.common_method(&value, at, name, args, span) {
            return result;
        }
        if let Base::Regex(regex) = &value.ty.base {
            let regex = regex.clone();
            return self.regex_method(&regex, name, args, span);
        }
        if value.ty.element().is_some() {
            return self.list_method(value, at, name, args, span);
        }
        let candidates = stdlib::instance(&value.ty.base, &name.text);
        if !candidates.is_empty() {
            let receiver = self.present(value, at, ErrorKind::NullReference);
            let args = self.arguments(args);
            return self.resolve(&candidates, Some(receiver), args, name, span);
        }
        let helpers = stdlib::helpers(&name.text);
        if !helpers.is_empty() {
            let mut all = vec![(value, at)];
            all.extend(self.arguments(args));
            return self.resolve(&helpers, None, all, name, span);
        }
        // A text is a list of characters for Where, Any, Select and the rest.
        if value.ty.is_text() && super::linq::METHODS.contains(&name.text.as_str()) {
            let receiver = self.present(value, at, ErrorKind::NullReference);
            let site = self.site(at);
            let chars = Typed::new(
                Ir::Call(Fn::Chars, vec![receiver.ir], site),
                Ty::list(Ty::of(Base::Char)),
            );
            return self.list_method(chars, at, name, args, span);
        }
        args.iter().for_each(|arg| drop(self.argument(arg)));
        self.unknown_member(&value.ty, name)
    }

    /// Methods that every type has.
    fn common_method(
        &mut self,
        value: &Typed,
        at: Span,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        match (name.text.as_str(), args) {
            ("ToString", []) if value.ty.element().is_none() && value.ty.base != Base::Binary => {
                let value = value.clone();
                if value.ty.boxed() {
                    let text = self.as_text(value, span);
                    return Some(self.or_empty(text));
                }
                let present = self.present(value, at, ErrorKind::NullReference);
                Some(self.as_text(present, span))
            }
            ("GetValueOrDefault", _) if value.ty.base.is_word() && args.len() <= 1 => {
                let default = match args {
                    [arg] => {
                        let ty = value.ty.with_null(false);
                        let arg_value = self.expr(arg);
                        self.coerced(arg_value, &ty, arg.span).ir
                    }
                    _ => Ir::Word(0),
                };
                if !value.ty.nullable {
                    return Some(value.clone());
                }
                let local = self.local();
                let test = Ir::IsNull(Ir::Local(local).into());
                let kept = Ir::Unbox(Ir::Local(local).into());
                let choice = Ir::If(test.into(), default.into(), kept.into());
                let ir = Ir::Let(local, value.ir.clone().into(), choice.into());
                Some(Typed::new(ir, value.ty.with_null(false)))
            }
            ("Equals", [arg]) if value.ty.element().is_none() => {
                let receiver = self.present(value.clone(), at, ErrorKind::NullReference);
                let other = self.expr(arg);
                if other.ty.is_unknown() || receiver.ty.is_unknown() {
                    return Some(Typed::unknown());
                }
                // `Equals` of different types is false, not an error.
                let ir = self.equal(&receiver, &other, span).unwrap_or(Ir::Word(0));
                Some(Typed::new(ir, Ty::of(Base::Bool)))
            }
            ("ToString", [_]) if value.ty.base == Base::Bool => None,
            _ => None,
        }
    }

    /// `PrimarySmtp(…)`, `IsPresent(…)` and the other helpers called without a receiver.
    fn helper(&mut self, name: &Name, args: &[Expr], span: Span) -> Typed {
        if self.dialect == Dialect::Entra
            && let Some(result) = self.entra_function(name, args, span)
        {
            return result;
        }
        if name.text == "Coalesce" && args.len() >= 2 {
            return self.coalesce_call(args, span);
        }
        let candidates = stdlib::helpers(&name.text);
        if !candidates.is_empty() {
            let args = self.arguments(args);
            return self.resolve(&candidates, None, args, name, span);
        }
        // A variable or attribute of that name is no function, and what it is will be said.
        let is_value = self.resolved(&name.text).is_some();
        if !is_value && let Some(result) = self.entra_function(name, args, span) {
            return result;
        }
        args.iter().for_each(|arg| drop(self.argument(arg)));
        if is_value {
            let message = format!("`{}` is a value; it cannot be called", name.text);
            self.error(codes::NOT_A_METHOD, name.span, message);
            return Typed::unknown();
        }
        let message = format!("there is no function `{}`", name.text);
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_NAME, name.span, message).label("unknown function");
        let names = stdlib::helper_names().into_iter();
        if let Some(near) = closest(&name.text, names.chain(stdlib::entra_names())) {
            diagnostic = diagnostic.fix("did you mean", name.span, near);
        }
        self.report(diagnostic);
        Typed::unknown()
    }

    fn coalesce_call(&mut self, args: &[Expr], span: Span) -> Typed {
        let values = self.arguments(args);
        let mut rest = values.into_iter().rev();
        let Some((mut result, _)) = rest.next() else {
            return Typed::unknown();
        };
        for (value, at) in rest {
            if !value.ty.nullable {
                result = value;
                continue;
            }
            let local = self.local();
            let read = if value.ty.boxed() {
                Ir::Unbox(Ir::Local(local).into())
            } else {
                Ir::Local(local)
            };
            let kept = Typed::new(read, value.ty.with_null(false));
            let choice = self.choose(
                Ir::IsNull(Ir::Local(local).into()),
                result,
                kept,
                Span {
                    from: at.from,
                    to: span.to,
                },
            );
            result = Typed::new(Ir::Let(local, value.ir.into(), choice.ir.into()), choice.ty);
        }
        result
    }

    fn try_parse(&mut self, owner: &'static str, args: &[Expr], name: &Name, span: Span) -> Typed {
        let [arg, between @ .., out] = args else {
            return self.wrong_count(name, "2", args.len(), span);
        };
        let value = self.expr(arg);
        let value = self.coerced(value, &Ty::optional(Base::String), arg.span);
        let Some(rest) = self.try_parse_rest(owner, between, name, span) else {
            return Typed::unknown();
        };
        let Node::Out(variable) = &out.kind else {
            let message = format!("the last argument of {} is `out var name`", name.text);
            self.error(codes::ARGUMENT, out.span, message);
            return Typed::unknown();
        };
        let site = self.site(span);
        let (function, base) = match (owner, name.text.as_str()) {
            ("int", _) => (Fn::TryParse, Base::Int),
            ("long", _) => (Fn::TryParse, Base::Long),
            ("double", _) => (Fn::TryParse, Base::Double),
            ("bool", _) => (Fn::TryParse, Base::Bool),
            ("TimeSpan", _) => (Fn::SpanTryParse, Base::Span),
            ("DateOnly", _) => (Fn::DateTryParse, Base::Day),
            ("DateTime", "TryParseExact") => (Fn::DateTryParseExact, Base::Date),
            ("DateTime", _) => (Fn::DateTryParse, Base::Date),
            _ => (Fn::GuidTryParse, Base::Guid),
        };
        let mut all = vec![value.ir];
        all.extend(rest);
        let parsed = Ir::Call(function, all, site);
        let temp = self.local();
        let found = match base {
            Base::Guid => Ir::Local(temp),
            Base::Day => stdlib::date_only::day(Ir::Unbox(Ir::Local(temp).into())),
            _ => Ir::Unbox(Ir::Local(temp).into()),
        };
        let ty = Ty {
            nullable: base == Base::Guid,
            base,
        };
        let set = if variable.text == "_" {
            None
        } else {
            Some(self.declare(variable, ty))
        };
        let missing = Ir::IsNull(Ir::Local(temp).into());
        let done = Ir::Op(Op::Not, vec![missing.clone()], 0);
        let body = match set {
            Some(local) => {
                let result = Ir::If(missing.into(), Ir::Word(0).into(), found.into());
                Ir::Let(local, result.into(), done.into())
            }
            None => done,
        };
        Typed::new(
            Ir::Let(temp, parsed.into(), body.into()),
            Ty::of(Base::Bool),
        )
    }

    /// The arguments between the text and `out`, as the runtime takes them: cultures fall away.
    fn try_parse_rest(
        &mut self,
        owner: &'static str,
        args: &[Expr],
        name: &Name,
        span: Span,
    ) -> Option<Vec<Ir>> {
        let word = |kind| Some(vec![Ir::Word(kind)]);
        let is_exact = name.text == "TryParseExact";
        match (owner, args) {
            ("int", []) => word(0),
            ("long", []) => word(1),
            ("double", []) => word(2),
            ("bool", []) => word(3),
            ("Guid" | "TimeSpan", []) => Some(Vec::new()),
            ("DateTime" | "DateOnly", []) if !is_exact => word(0),
            ("DateTime", [provider, styles]) if !is_exact => {
                self.culture(provider);
                Some(vec![self.styles(styles)])
            }
            ("DateTime", [formats, provider, styles]) if is_exact => {
                let value = self.expr(formats);
                let list = Ty::list(Ty::of(Base::String));
                let formats = if value.ty.element().is_some() {
                    self.coerced(value, &list, formats.span).ir
                } else {
                    let one = self.coerced(value, &Ty::of(Base::String), formats.span);
                    let site = self.site(span);
                    Ir::Items(vec![one.ir], site)
                };
                self.culture(provider);
                Some(vec![formats, self.styles(styles)])
            }
            _ => {
                args.iter().for_each(|arg| drop(self.argument(arg)));
                self.wrong_count(name, "2 or more", args.len() + 2, span);
                None
            }
        }
    }

    /// A culture, which changes nothing: the invariant one is meant.
    fn culture(&mut self, arg: &Expr) {
        let value = self.expr(arg);
        self.coerced(value, &Ty::optional(Base::Enum("CultureInfo")), arg.span);
    }

    fn styles(&mut self, arg: &Expr) -> Ir {
        let value = self.expr(arg);
        let wanted = Ty::of(Base::Enum("DateTimeStyles"));
        self.coerced(value, &wanted, arg.span).ir
    }

    fn min_max(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        let [a, b] = args else {
            return self.wrong_count(name, "2", args.len(), span);
        };
        let Some((x, y, ty)) = self.two_numbers(a, b, span) else {
            return Typed::unknown();
        };
        let (i, j) = (self.local(), self.local());
        let double = ty.base == Base::Double;
        let test = match (name.text.as_str(), double) {
            ("Min", false) => Op::Le,
            ("Min", true) => Op::LeD,
            (_, false) => Op::Ge,
            (_, true) => Op::GeD,
        };
        let first = Ir::Op(test, vec![Ir::Local(i), Ir::Local(j)], 0);
        let choice = Ir::If(first.into(), Ir::Local(i).into(), Ir::Local(j).into());
        Typed::new(
            Ir::Let(i, x.into(), Ir::Let(j, y.into(), choice.into()).into()),
            ty,
        )
    }

    fn two_numbers(&mut self, a: &Expr, b: &Expr, span: Span) -> Option<(Ir, Ir, Ty)> {
        let (x, y) = (self.expr(a), self.expr(b));
        let x = self.present(x, a.span, ErrorKind::Argument);
        let y = self.present(y, b.span, ErrorKind::Argument);
        let ty = crate::types::common(&x.ty, &y.ty).filter(|t| t.base.numeric_rank().is_some());
        match ty {
            Some(ty) => {
                let ty = if ty.base == Base::Char {
                    Ty::of(Base::Int)
                } else {
                    ty
                };
                Some((
                    self.coerce(x, &ty, span)?.ir,
                    self.coerce(y, &ty, span)?.ir,
                    ty,
                ))
            }
            None => {
                if !x.ty.is_unknown() && !y.ty.is_unknown() {
                    self.error(
                        codes::ARGUMENT,
                        span,
                        format!("Math needs numbers, not `{}` and `{}`", x.ty, y.ty),
                    );
                }
                None
            }
        }
    }

    fn abs(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        let [arg] = args else {
            return self.wrong_count(name, "1", args.len(), span);
        };
        let value = self.expr(arg);
        let value = self.present(value, arg.span, ErrorKind::Argument);
        let local = self.local();
        let site = self.site(span);
        let read = || Ir::Local(local);
        let (ir, ty) = match value.ty.base {
            Base::Double => {
                let call = Ir::Call(Fn::Math, vec![read(), Ir::Word(0), Ir::Word(5)], site);
                (Ir::Unbox(call.into()), Base::Double)
            }
            Base::Int | Base::Long | Base::Char => {
                let long = value.ty.base == Base::Long;
                let (least, minus) = if long {
                    (i64::MIN, Op::SubL)
                } else {
                    (i64::from(i32::MIN), Op::SubI)
                };
                let overflow = self.fail(ErrorKind::Overflow, span);
                let test = Ir::Op(Op::Eq, vec![read(), Ir::Word(least)], 0);
                let negative = Ir::Op(Op::Lt, vec![read(), Ir::Word(0)], 0);
                let negated = Ir::Op(minus, vec![Ir::Word(0), read()], 0);
                let absolute = Ir::If(negative.into(), negated.into(), read().into());
                (
                    Ir::If(test.into(), overflow.into(), absolute.into()),
                    if long { Base::Long } else { Base::Int },
                )
            }
            Base::Unknown => return Typed::unknown(),
            _ => {
                self.error(
                    codes::ARGUMENT,
                    arg.span,
                    format!("Math.Abs needs a number, not a `{}`", value.ty),
                );
                return Typed::unknown();
            }
        };
        Typed::new(Ir::Let(local, value.ir.into(), ir.into()), Ty::of(ty))
    }

    pub(super) fn wrong_count(
        &mut self,
        name: &Name,
        wanted: &str,
        found: usize,
        span: Span,
    ) -> Typed {
        let message = format!("`{}` takes {wanted} argument(s), {found} given", name.text);
        self.error(codes::ARITY, span, message);
        Typed::unknown()
    }

    /// The methods a type has, for suggestions.
    pub(super) fn method_names(&self, ty: &Ty) -> Vec<&'static str> {
        let mut names = stdlib::instance_names(&ty.base);
        if ty.element().is_some() || ty.is_text() {
            names.extend(super::linq::METHODS);
        }
        names.extend(["ToString", "Equals"]);
        names
    }

    /// The functions of a name by arity, for messages.
    pub(super) fn arities(candidates: &[&Function]) -> String {
        let mut counts: Vec<usize> = candidates
            .iter()
            .flat_map(|f| f.least..=f.most.min(f.least + 3))
            .collect();
        counts.sort_unstable();
        counts.dedup();
        counts
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" or ")
    }
}
