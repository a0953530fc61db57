//! Calls: static methods, instance methods, our own helpers; overloads come from the library's registry.
//!
//! Invariants: arguments are evaluated from left to right, each once; an argument that may be absent and must not be
//! fails with `argument`, a receiver with `null_reference`.

use syncline_model::rules::{Dialect, ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::{Checker, Typed, decimals};
use crate::diag::{Diagnostic, closest, codes};
use crate::ir::{Ir, Op};
use crate::stdlib::{self, Function};
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty};

impl Checker<'_> {
    pub(super) fn call(&mut self, callee: &Expr, args: &[Expr], span: Span) -> Typed {
        match &callee.kind {
            Node::Member { receiver, name } => match self.static_type(receiver) {
                Some(owner) => {
                    self.seen_static(owner, name);
                    self.static_call(owner, name, args, span)
                }
                None => {
                    let value = self.expr(receiver);
                    if self.dialect == Dialect::Entra {
                        return self.each_chosen(value, receiver.span, name, args, span);
                    }
                    let candidates = stdlib::instance(&value.ty.base, &name.text);
                    let ordered = self.in_order(&candidates, args);
                    let args = ordered.as_deref().unwrap_or(args);
                    if let Some(result) = self.in_set(&value, receiver, name, args, span) {
                        return result;
                    }
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
        let candidates = stdlib::statics(owner, &name.text);
        let ordered = self.in_order(&candidates, args);
        let args = ordered.as_deref().unwrap_or(args);
        if let Some(result) = self.static_special(owner, name, args, span) {
            return result;
        }
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
            ("CultureInfo", "GetCultureInfo" | "CreateSpecificCulture") => {
                Some(self.culture_of(args, span))
            }
            ("Regex", _) => self.static_regex(name, args, span),
            ("Enumerable", _) => Some(self.enumerable(args, name, span)),
            ("Math" | "int" | "long" | "double" | "decimal", "Min" | "Max") => {
                Some(self.min_max(args, name, span))
            }
            ("Math" | "int" | "long" | "double" | "decimal", "Abs" | "Sign") => {
                Some(self.of_one(args, name, span))
            }
            ("Math", "DivRem") => Some(self.div_rem(args, name, span)),
            ("Math" | "int" | "long" | "double" | "decimal", "Clamp") => {
                Some(self.clamp(args, name, span))
            }
            ("Convert", "ToString") | ("string", "Copy") => {
                let [arg] = args else {
                    return None;
                };
                let value = self.expr(arg);
                // An absent text stays absent, an absent number is the empty text.
                if value.ty.is_text() {
                    return Some(self.as_text(value, span));
                }
                let text = self.as_text(value, span);
                Some(self.or_empty(text))
            }
            _ => None,
        }
    }

    /// A culture by its name: there is only the invariant one, whose name is empty.
    pub(super) fn culture_of(&mut self, args: &[Expr], span: Span) -> Typed {
        if matches!(args, [only] if matches!(&only.kind, Node::Str(name) if name.is_empty())) {
            return Typed::new(Ir::Word(0), Ty::of(Base::Enum("CultureInfo")));
        }
        self.error(
            codes::UNSUPPORTED,
            span,
            "rules have the invariant culture only; use CultureInfo.InvariantCulture",
        );
        Typed::unknown()
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
        let value = self.ungrouped(value, span);
        if let Some(result) = self.of_groups(&value, &name.text, args, span) {
            return result;
        }
        let value = self.groups_as_list(value, at);
        if let Some(result) = self.octets_as_list(&value, at, name, args, span) {
            return result;
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
        if name.text == "Lookup" {
            args.iter().for_each(|arg| drop(self.argument(arg)));
            return self.no_lookup_method(name);
        }
        if !stdlib::helpers(&name.text).is_empty() {
            return self.helper_of((value, at), name, args, span);
        }
        // A text is a list of characters for Where, Any, Select and the rest.
        if value.ty.is_text() && super::lists::METHODS.contains(&name.text.as_str()) {
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

    /// One of our own helpers, called as a method: `value.Helper(…)`.
    pub(super) fn helper_of(
        &mut self,
        value: (Typed, Span),
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Typed {
        let mut all = vec![value];
        all.extend(self.arguments(args));
        self.resolve(&stdlib::helpers(&name.text), None, all, name, span)
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
            ("NextMatch", []) if matches!(value.ty.base, Base::Match(_)) => {
                let present = self.present(value.clone(), at, ErrorKind::NullReference);
                let site = self.site(span);
                Some(Typed::new(
                    Ir::Call(Fn::RegexNext, vec![present.ir], site),
                    present.ty,
                ))
            }
            ("Result", [with]) if let Base::Match(groups) = &value.ty.base => {
                let regex = crate::regex::Regex {
                    program: String::new(),
                    groups: groups.clone(),
                };
                let present = self.present(value.clone(), at, ErrorKind::NullReference);
                let template = self.expr(with);
                let template = self.coerced(template, &Ty::of(Base::String), with.span);
                let template = self.template(&regex, template.ir, with.span);
                self.may_fail(span, &[ErrorKind::InvalidOperation], "test Success first");
                let site = self.site(span);
                let ir = Ir::Call(Fn::RegexResult, vec![present.ir, template], site);
                Some(Typed::new(ir, Ty::of(Base::String)))
            }
            ("ToString", []) if matches!(value.ty.base, Base::Match(_) | Base::Group) => {
                let present = self.present(value.clone(), at, ErrorKind::NullReference);
                let site = self.site(span);
                let ir = Ir::Call(Fn::RegexValue, vec![present.ir], site);
                Some(Typed::new(ir, Ty::of(Base::String)))
            }
            ("ToString", []) if value.ty.element().is_none() && value.ty.base != Base::Binary => {
                let value = value.clone();
                if value.ty.boxed() || value.ty.base == Base::Decimal {
                    let text = self.as_text(value, span);
                    return Some(self.or_empty(text));
                }
                let present = self.present(value, at, ErrorKind::NullReference);
                Some(self.as_text(present, span))
            }
            ("GetValueOrDefault", _)
                if (value.ty.base.is_word() || value.ty.base == Base::Decimal)
                    && args.len() <= 1 =>
            {
                let default = match args {
                    [arg] => {
                        let ty = value.ty.with_null(false);
                        let arg_value = self.expr(arg);
                        self.coerced(arg_value, &ty, arg.span).ir
                    }
                    _ if value.ty.base == Base::Decimal => {
                        let site = self.site(span);
                        decimals::widened(Ir::Word(0), site)
                    }
                    _ => Ir::Word(0),
                };
                if !value.ty.nullable {
                    return Some(value.clone());
                }
                let local = self.local();
                let test = Ir::IsNull(Ir::Local(local).into());
                let kept = if value.ty.boxed() {
                    Ir::Unbox(Ir::Local(local).into())
                } else {
                    Ir::Local(local)
                };
                let choice = Ir::If(test.into(), default.into(), kept.into());
                let ir = Ir::Let(local, value.ir.clone().into(), choice.into());
                Some(Typed::new(ir, value.ty.with_null(false)))
            }
            ("Equals", [arg]) if value.ty.element().is_none() => {
                // An absent number has this method, an absent text has none.
                let receiver = if value.ty.boxed() {
                    value.clone()
                } else {
                    self.present(value.clone(), at, ErrorKind::NullReference)
                };
                let other = self.expr(arg);
                if other.ty.is_unknown() || receiver.ty.is_unknown() {
                    return Some(Typed::unknown());
                }
                // `Equals` of different types is false, not an error: `5.Equals(5L)`, but not `5L.Equals(5)`.
                let numbers = receiver.ty.base.is_number() && other.ty.base.is_number();
                let differ = receiver.ty.base != other.ty.base;
                let narrower = receiver.ty.nullable || !self.convertible(&other.ty, &receiver.ty);
                if numbers && differ && narrower {
                    return Some(Typed::new(Ir::Word(0), Ty::of(Base::Bool)));
                }
                if receiver.ty == Ty::of(Base::Double) && other.ty == receiver.ty {
                    return Some(self.same_double(receiver.ir, other.ir));
                }
                let ir = self.equal(&receiver, &other, span).unwrap_or(Ir::Word(0));
                Some(Typed::new(ir, Ty::of(Base::Bool)))
            }
            ("ToString", [_]) if value.ty.base == Base::Bool => None,
            _ => None,
        }
    }

    /// `Equals` of doubles: what is no number equals itself.
    fn same_double(&mut self, a: Ir, b: Ir) -> Typed {
        let (x, y) = (self.local(), self.local());
        let pair = |op, a, b| Ir::Op(op, vec![Ir::Local(a), Ir::Local(b)], 0);
        let neither = Ir::If(
            pair(Op::NeD, x, x).into(),
            pair(Op::NeD, y, y).into(),
            Ir::Word(0).into(),
        );
        let same = Ir::If(
            pair(Op::EqD, x, y).into(),
            Ir::Word(1).into(),
            neither.into(),
        );
        let body = Ir::Let(y, b.into(), same.into());
        Typed::new(Ir::Let(x, a.into(), body.into()), Ty::of(Base::Bool))
    }

    /// `PrimarySmtp(…)`, `IsPresent(…)` and the other helpers called without a receiver.
    fn helper(&mut self, name: &Name, args: &[Expr], span: Span) -> Typed {
        if let Some(result) = self.named_expression(name, args, span) {
            return result;
        }
        if self.dialect == Dialect::Entra
            && let Some(result) = self.entra_function(name, args, span)
        {
            return result;
        }
        if name.text == "Coalesce" && !args.is_empty() {
            return self.coalesce_call(args, span);
        }
        match (name.text.as_str(), args) {
            ("Lookup", _) => return self.lookup(name, args, span),
            ("IIF", [condition, then, other]) => {
                return self.ternary(condition, then, other, span);
            }
            ("IIF", _) if self.resolved("IIF").is_none() => {
                args.iter().for_each(|arg| drop(self.argument(arg)));
                return self.wrong_count(name, "3", args.len(), span);
            }
            ("IsPresent", [arg]) => {
                let value = self.expr(arg);
                if value.ty.is_text() || value.ty.is_unknown() {
                    let args = vec![(value, arg.span)];
                    return self.resolve(&stdlib::helpers("IsPresent"), None, args, name, span);
                }
                let missing = self.is_null_or_empty(value, span);
                let ir = Ir::Op(crate::ir::Op::Not, vec![missing], 0);
                return Typed::new(ir, Ty::of(Base::Bool));
            }
            _ => {}
        }
        // `(DayOfWeek)n` reads like a call.
        if let ([only], Some(owner)) = (args, stdlib::type_name(&name.text))
            && stdlib::enum_names(owner).is_some()
            && self.resolved(&name.text).is_none()
        {
            let value = self.expr(only);
            let number = self.coerced(value, &Ty::of(Base::Int), only.span);
            return Typed::new(number.ir, Ty::of(Base::Enum(owner)));
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
        let resources = std::sync::Arc::clone(&self.env.resources);
        let mut names: Vec<&str> = resources.expressions().map(|e| e.name.as_str()).collect();
        for known in (stdlib::helper_names().into_iter()).chain(stdlib::entra_names()) {
            names.push(known);
        }
        if let Some(near) = closest(&name.text, names) {
            diagnostic = diagnostic.fix("did you mean", name.span, near);
        }
        self.report(diagnostic);
        Typed::unknown()
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
            names.extend(super::lists::METHODS);
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
