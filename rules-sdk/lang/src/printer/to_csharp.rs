//! A tree of the `entra` dialect as C# says it.
//!
//! Invariants: what both dialects read alike stays; what C# has a word of its own for becomes that word where the plan
//! says so; everything else is called by its name, as C# can call all functions of Entra.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::rules::Span;

use super::build::{binary, call, cast, lambda, member, method, name, named, node, of_type};
use super::csharp::{is_identifier, is_reserved};
use super::{Plan, idioms};
use crate::check::{Env, Lift, Subject, Types, has_keys, is_truth, operands, whole_arguments};
use crate::syntax::ast::{BinOp, Expr, Name, Node, Pattern};
use crate::types::{Base, Ty};

/// Rewrites one text.
pub(super) struct ToCsharp<'a> {
    pub types: &'a Types,
    pub env: &'a Env,
    pub plan: &'a Plan,
    /// Variables by what they are called in the source.
    names: BTreeMap<String, String>,
    /// Lists whose values are taken one by one, and the variable of each.
    one_of: Vec<(Subject, String)>,
    /// Places around which values are taken one by one, and that take all of them.
    whole: Vec<Span>,
    /// Places where C# has a word of its own.
    pub idioms: BTreeSet<Span>,
}

impl<'a> ToCsharp<'a> {
    pub fn new(types: &'a Types, env: &'a Env, plan: &'a Plan) -> Self {
        Self {
            types,
            env,
            plan,
            names: BTreeMap::new(),
            one_of: Vec::new(),
            whole: Vec::new(),
            idioms: BTreeSet::new(),
        }
    }

    /// The names of all variables.
    pub fn variables(&self) -> Vec<String> {
        self.names.values().cloned().collect()
    }

    /// An expression that is applied to each value of a list.
    fn each(&mut self, expr: &Expr, lift: &Lift) -> Expr {
        let span = expr.span;
        let list = match &lift.of {
            Subject::Attribute(attribute) => node(Node::Attribute(attribute.clone()), span),
            Subject::Variable(variable) => self.said(&named(variable, span)),
            Subject::Operand(at) => {
                let mut operands = operands(expr);
                match operands.find(|operand| operand.span == *at) {
                    Some(operand) => self.expr(operand),
                    None => return self.said(expr),
                }
            }
        };
        let variable = self.fresh("value");
        self.one_of.push((lift.of.clone(), variable.clone()));
        let body = self.said(expr);
        self.one_of.pop();
        self.names.insert(format!("$ {variable}"), variable.clone());
        let lambda = lambda(name(&variable, span), body, span);
        let mut each = |list: Expr| {
            let all = method(list, "Select", vec![lambda.clone()], span);
            // What is absent falls away; numbers that are do so at the end of every rule.
            if !lift.one.nullable || lift.one.base.is_word() {
                return all;
            }
            let kept = self.fresh_value();
            let there = binary(BinOp::Ne, named(&kept, span), node(Node::Null, span), span);
            let test = super::build::lambda(name(&kept, span), there, span);
            method(all, "Where", vec![test], span)
        };
        if !lift.nullable {
            return each(list);
        }
        let rest = each(node(Node::Hole, span)).into();
        let receiver = list.into();
        node(Node::Conditional { receiver, rest }, span)
    }

    /// A name that nothing else has.
    fn fresh(&self, wanted: &str) -> String {
        let wanted: String = wanted.chars().filter(|c| *c != '$').collect();
        let wanted = match is_identifier(&wanted) {
            true => wanted,
            false => format!("v{wanted}"),
        };
        let is_taken = |name: &String| {
            is_reserved(name)
                || self.env.source.contains_key(name)
                || self.names.values().any(|other| other == name)
                || self.one_of.iter().any(|(_, other)| other == name)
        };
        let numbered = (2..).map(|number| format!("{wanted}{number}"));
        let mut names = std::iter::once(wanted.clone()).chain(numbered);
        names.find(|name| !is_taken(name)).unwrap_or(wanted)
    }

    /// A variable for each value of a list.
    pub fn fresh_value(&mut self) -> String {
        let variable = self.fresh("value");
        self.names.insert(format!("$ {variable}"), variable.clone());
        variable
    }

    fn variable(&mut self, name: &Name) -> Name {
        let known = self.names.get(&name.text).cloned();
        let text = known.unwrap_or_else(|| self.fresh(&name.text));
        self.names.insert(name.text.clone(), text.clone());
        Name {
            text,
            span: name.span,
        }
    }

    /// The type of an expression of the source.
    pub fn ty(&self, expr: &Expr) -> Ty {
        self.types.of(expr).cloned().unwrap_or_else(Ty::unknown)
    }

    pub fn exprs(&mut self, exprs: &[Expr]) -> Vec<Expr> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    /// A condition: a truth value that may be absent must be said to be false then.
    pub fn condition(&mut self, expr: &Expr) -> Expr {
        let is_choice = matches!(
            expr.kind,
            Node::Binary {
                op: BinOp::And | BinOp::Or,
                ..
            }
        );
        let value = self.expr(expr);
        let ty = self.ty(expr);
        let value = match is_truth(&ty) {
            true => call("CBool", vec![value], expr.span),
            false => value,
        };
        let may_be_absent = ty.nullable && (ty.base == Base::Bool || is_truth(&ty));
        if is_choice || !may_be_absent {
            return value;
        }
        let no = node(Node::Bool(false), expr.span);
        binary(BinOp::Coalesce, value, no, expr.span)
    }

    pub fn expr(&mut self, expr: &Expr) -> Expr {
        if let Some(variable) = self.value_of(&Subject::Operand(expr.span)) {
            return named(variable, expr.span);
        }
        if self.whole.contains(&expr.span) {
            let outer = std::mem::take(&mut self.one_of);
            let places = std::mem::take(&mut self.whole);
            // Their variables are taken all the same.
            for (_, variable) in &outer {
                self.names.insert(format!("$ {variable}"), variable.clone());
            }
            let said = self.whole_or_each(expr);
            (self.one_of, self.whole) = (outer, places);
            return said;
        }
        self.whole_or_each(expr)
    }

    fn whole_or_each(&mut self, expr: &Expr) -> Expr {
        match self.types.lift_of(expr) {
            Some(lift) => self.each(expr, lift),
            None => self.said(expr),
        }
    }

    /// The variable of what is taken value by value.
    fn value_of(&self, subject: &Subject) -> Option<&String> {
        let mut found = self.one_of.iter().filter(|(of, _)| of == subject);
        found.next().map(|(_, variable)| variable)
    }

    fn said(&mut self, expr: &Expr) -> Expr {
        let known = self.whole.len();
        if !self.one_of.is_empty() {
            let whole = whole_arguments(expr).into_iter().map(|arg| arg.span);
            self.whole.extend(whole);
        }
        let said = self.one_said(expr);
        self.whole.truncate(known);
        said
    }

    fn one_said(&mut self, expr: &Expr) -> Expr {
        let span = expr.span;
        match &expr.kind {
            Node::Attribute(attribute) => {
                match self.value_of(&Subject::Attribute(attribute.clone())) {
                    Some(variable) => named(variable, span),
                    None => expr.clone(),
                }
            }
            Node::Name(text) if text.starts_with('$') => {
                let one = self.value_of(&Subject::Variable(text.clone()));
                let known = one.or_else(|| self.names.get(text));
                named(known.unwrap_or(text), span)
            }
            Node::Long(value) if self.plan.short_numbers && i32::try_from(*value).is_ok() => {
                node(Node::Int(*value), span)
            }
            Node::Unary { op, operand } => {
                let operand = self.expr(operand);
                super::build::unary(*op, operand, span)
            }
            Node::Binary {
                op: op @ (BinOp::And | BinOp::Or),
                left,
                right,
                ..
            } => {
                let (left, right) = (self.condition(left), self.condition(right));
                binary(*op, left, right, span)
            }
            Node::Binary {
                op, left, right, ..
            } => {
                let is_said = self.is_truth_as_text(*op, left, right);
                let wide = self.wide(*op, left, right);
                let (left, right) = (self.expr(left), self.expr(right));
                let left = match wide {
                    Some(nullable) => cast("long", nullable, left, span),
                    None => left,
                };
                match is_said {
                    true => equal_ignoring_case(*op, left, right, span),
                    false => binary(*op, left, right, span),
                }
            }
            Node::Ternary {
                condition,
                then,
                other,
            } => {
                let condition = match &condition.kind {
                    Node::Is { operand, pattern } => self.named_value(operand, pattern, span),
                    _ => self.condition(condition),
                };
                let is_list = [then, other].map(|branch| self.ty(branch).element().is_some());
                let is_written = self.is_written(expr);
                let [then, other] = [(then, is_list[1]), (other, is_list[0])]
                    .map(|(branch, beside)| self.branch(branch, (beside, is_written)));
                super::build::ternary(condition, then, other, span)
            }
            Node::Call { callee, args } => self.call(callee, args, span),
            _ => expr.clone(),
        }
    }

    /// Whether C# would calculate in 32 bits, and whether the left side may be absent then: numbers of Entra have 64.
    fn wide(&self, op: BinOp, left: &Expr, right: &Expr) -> Option<bool> {
        let sides = [left, right].map(|side| self.ty(side));
        let is_short = sides.iter().all(|side| side.base == Base::Int);
        let is_arithmetic = matches!(op, BinOp::Add | BinOp::Sub | BinOp::Mul);
        (is_short && is_arithmetic).then_some(sides[0].nullable)
    }

    /// Does it give a text on one way, and the text of a number on another?
    fn is_written(&self, expr: &Expr) -> bool {
        let ty = self.ty(expr);
        ty.element().unwrap_or(&ty).base == Base::Written
    }

    /// A value that is chosen; beside a list a single one is a list of one, beside a text a number is a text.
    fn branch(&mut self, expr: &Expr, (beside_list, is_written): (bool, bool)) -> Expr {
        let (ty, span) = (self.ty(expr), expr.span);
        let said = self.expr(expr);
        let is_other = matches!(ty.base, Base::Null | Base::Never | Base::Unknown);
        let is_number = is_written && !is_other && !ty.element().unwrap_or(&ty).is_text();
        // Numbers beside texts; `CStr` of a list is that of each value.
        let said = match is_number {
            true => call("CStr", vec![said], span),
            false => said,
        };
        if !beside_list || is_other || ty.element().is_some() {
            return said;
        }
        let one = Node::New {
            ty: None,
            args: Vec::new(),
            items: Some(vec![said.clone()]),
        };
        let one = node(one, span);
        if !ty.nullable {
            return one;
        }
        let null = || node(Node::Null, span);
        let test = binary(BinOp::Eq, said, null(), span);
        super::build::ternary(test, null(), one, span)
    }

    /// `With($v, value, …)` asks whether the value is the one that it names, which is always so.
    fn named_value(&mut self, operand: &Expr, pattern: &Pattern, span: Span) -> Expr {
        let operand = self.expr(operand).into();
        let pattern = match pattern {
            Pattern::Type(None, Some(name)) => Pattern::Type(None, Some(self.variable(name))),
            other => other.clone(),
        };
        let pattern = pattern.into();
        node(Node::Is { operand, pattern }, span)
    }

    fn call(&mut self, callee: &Expr, args: &[Expr], span: Span) -> Expr {
        match &callee.kind {
            Node::Member { name, .. } if name.text == "Concat" => self.concatenated(args, span),
            Node::Member { receiver, name } => {
                let list = self.branch(receiver, (true, false));
                let args = match args {
                    [
                        Expr {
                            kind: Node::Lambda { params, body },
                            ..
                        },
                    ] => {
                        let param = self.variable(&params[0]);
                        let body = self.expr(body);
                        vec![lambda(param, body, span)]
                    }
                    args => self.exprs(args),
                };
                if !self.ty(receiver).nullable {
                    return method(list, &name.text, args, span);
                }
                let rest = method(node(Node::Hole, span), &name.text, args, span);
                let (receiver, rest) = (list.into(), rest.into());
                node(Node::Conditional { receiver, rest }, span)
            }
            Node::Name(function) => self.function(function, args, span),
            _ => call("", self.exprs(args), span),
        }
    }

    /// `a & b`: octets are appended, texts added, anything else concatenated.
    fn concatenated(&mut self, args: &[Expr], span: Span) -> Expr {
        let types: Vec<Ty> = args.iter().map(|arg| self.ty(arg)).collect();
        let joined =
            |parts: Vec<Expr>, join: &dyn Fn(Expr, Expr) -> Expr| parts.into_iter().reduce(join);
        let parts = self.exprs(args);
        if types.iter().all(|ty| ty.base == Base::Binary) {
            let all = joined(parts, &|a, b| call("Append", vec![a, b], span));
            return all.unwrap_or_else(|| node(Node::Null, span));
        }
        let adds = types[..types.len().min(2)].iter().any(Ty::is_text);
        let odd = |ty: &Ty| {
            matches!(
                ty.base,
                Base::Binary | Base::List(_) | Base::Never | Base::Unknown
            )
        };
        if !adds || types.iter().any(odd) {
            return of_type("string", "Concat", parts, span);
        }
        let all = joined(parts, &|a, b| binary(BinOp::Add, a, b, span));
        all.unwrap_or_else(|| node(Node::Null, span))
    }

    fn function(&mut self, function: &str, args: &[Expr], span: Span) -> Expr {
        // An attribute in quotes: where its values are taken one by one, it is the one.
        if let (
            "ImportedValue",
            [
                Expr {
                    kind: Node::Str(attribute),
                    ..
                },
            ],
        ) = (function, args)
        {
            let read = node(Node::Attribute(attribute.clone()), args[0].span);
            return self.expr(&read);
        }
        if self.plan.uses(span)
            && let Some(said) = idioms::csharp(self, function, args, span)
        {
            self.idioms.insert(span);
            return said;
        }
        let is_test = self.is_condition_switch(function, args);
        let said = args.iter().enumerate();
        let said = said.map(|(at, arg)| match is_test && at % 2 == 0 {
            true => self.condition(arg),
            false => self.expr(arg),
        });
        let said: Vec<Expr> = said.collect();
        match function {
            "IsPresent" if args.len() == 1 => {
                let test = call("IsNullOrEmpty", said, span);
                super::build::unary(crate::syntax::ast::UnOp::Not, test, span)
            }
            _ => call(function, said, span),
        }
    }

    /// A truth value beside a text, as `[accountEnabled] = "True"` of provisioning.
    fn is_truth_as_text(&self, op: BinOp, left: &Expr, right: &Expr) -> bool {
        let bases = [left, right].map(|side| self.ty(side).base);
        matches!(op, BinOp::Eq | BinOp::Ne)
            && bases.contains(&Base::Bool)
            && bases.contains(&Base::String)
    }

    fn is_condition_switch(&self, function: &str, args: &[Expr]) -> bool {
        match (function, args) {
            ("Not", [only]) => self.ty(only).base == Base::Bool,
            ("Switch", [first, ..]) => self.ty(first).base == Base::Bool && !has_keys(args),
            _ => false,
        }
    }
}

/// Both sides as texts, compared without case.
fn equal_ignoring_case(op: BinOp, left: Expr, right: Expr, span: Span) -> Expr {
    let text = |side: Expr| match side.kind {
        Node::Str(_) => side,
        _ => call("CStr", vec![side], span),
    };
    let comparison = member(named("StringComparison", span), "OrdinalIgnoreCase", span);
    let equal = of_type(
        "string",
        "Equals",
        vec![text(left), text(right), comparison],
        span,
    );
    match op {
        BinOp::Ne => super::build::unary(crate::syntax::ast::UnOp::Not, equal, span),
        _ => equal,
    }
}
