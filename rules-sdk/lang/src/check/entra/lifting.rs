//! Values one by one: an expression that cannot take a list is applied to each of its values.
//!
//! Invariants: that happens at the smallest expression that needs it, and only where one list is meant without doubt; what
//! counts, tests, joins or picks values takes the list whole, and so does what stands around it.

use syncline_model::rules::Span;

use crate::check::{Checker, Typed};
use crate::diag::Diagnostic;
use crate::syntax::ast::{Expr, Name, Node};
use crate::syntax::walk::{Part, parts};
use crate::types::{Base, Ty};

/// What is taken value by value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// `[name]`
    Attribute(String),
    /// `$name`
    Variable(String),
    /// The operand at this place.
    Operand(Span),
}

/// An expression that was applied to each value.
#[derive(Debug, Clone)]
pub(crate) struct Lift {
    /// Of what.
    pub of: Subject,
    /// May the list be absent?
    pub nullable: bool,
    /// What is made of one value.
    pub one: Ty,
}

/// What a check may have changed, so that the expression can be checked once more.
struct Before {
    diagnostics: usize,
    variables: usize,
    lists: usize,
    given_up: u32,
    facts: usize,
    draws: Option<u32>,
    points: usize,
}

/// Most often that values are taken one by one in a text, tries included: each checks an expression once more.
const LIFTS_MAX: u32 = 250;

/// Functions whose first argument is all values; those that join take all of their arguments so.
const WHOLE: &[&str] = &[
    "AppRoleAssignments",
    "AppRoleAssignmentsComplex",
    "AssertiveAppRoleAssignmentsComplex",
    "Contains",
    "Count",
    "IsEmpty",
    "IsNull",
    "IsNullOrEmpty",
    "IsPresent",
    "Item",
    "ItemOrNull",
    "RemoveDuplicates",
    "Select",
    "SingleAppRoleAssignment",
    "ValueCount",
    "Where",
];
const JOINING: &[&str] = &["Join", "SelectUniqueValue", "UniqueValue"];

/// The arguments that a call takes with all values.
pub(crate) fn whole_arguments(expr: &Expr) -> Vec<&Expr> {
    let Node::Call { callee, args } = &expr.kind else {
        return Vec::new();
    };
    let all: &[Expr] = match &callee.kind {
        Node::Name(name) if WHOLE.contains(&name.as_str()) => &args[..args.len().min(1)],
        Node::Name(name) if JOINING.contains(&name.as_str()) => args,
        Node::Member { receiver, name } if WHOLE.contains(&name.text.as_str()) => {
            std::slice::from_ref(receiver.as_ref())
        }
        _ => &[],
    };
    all.iter().filter(|arg| !makes_several(arg)).collect()
}

/// Does it make several values of one?
fn makes_several(expr: &Expr) -> bool {
    let is_one = |name: &str| matches!(name, "Split" | "CertExtensionOids");
    let own = matches!(&expr.kind, Node::Call { callee, .. } if matches!(&callee.kind, Node::Name(name) if is_one(name)));
    own || operands(expr).any(makes_several)
}

/// The expressions that an expression is made of.
pub(crate) fn operands(expr: &Expr) -> impl Iterator<Item = &Expr> {
    parts(expr).into_iter().filter_map(|part| match part {
        Part::Expr(inner) => Some(inner),
        _ => None,
    })
}

impl Checker<'_> {
    /// An expression of the dialect; of each value where it cannot take a list.
    pub(in crate::check) fn entra_expr(&mut self, expr: &Expr) -> Typed {
        let one_of = |subject: &Subject| *subject == Subject::Operand(expr.span);
        if let Some((_, one)) = self.one_of.iter().find(|(subject, _)| one_of(subject)) {
            let one = one.clone();
            if let Some(types) = &mut self.tables.types {
                types.learn(expr, &one.ty);
            }
            return one;
        }
        if self.one_of.is_empty() {
            return self.whole_or_each(expr);
        }
        if self.whole.contains(&expr.span) {
            let outer = std::mem::take(&mut self.one_of);
            let places = std::mem::take(&mut self.whole);
            let value = self.whole_or_each(expr);
            (self.one_of, self.whole) = (outer, places);
            return value;
        }
        let known = self.whole.len();
        self.whole
            .extend(whole_arguments(expr).into_iter().map(|arg| arg.span));
        let value = self.whole_or_each(expr);
        self.whole.truncate(known);
        value
    }

    fn whole_or_each(&mut self, expr: &Expr) -> Typed {
        let before = self.before();
        if let Some(types) = &mut self.tables.types {
            types.unlift(expr);
        }
        let mut value = self.plain_expr(expr);
        if self.is_broken_since(&before) && self.given_up == before.given_up {
            // The body of a named expression is taken as a whole by what calls it.
            let each = match self.within.is_none() && !self.is_body {
                true => self.of_each(expr, &before),
                false => None,
            };
            match each {
                Some(each) => value = each,
                None if self.within.is_none() => self.given_up += 1,
                None => {}
            }
        }
        self.lists.truncate(before.lists);
        if value.ty.element().is_some() {
            self.lists.push((expr.span, value.clone()));
        }
        value
    }

    /// The expression for each value of what it is about; none where that is nothing or in doubt, or does not help.
    fn of_each(&mut self, expr: &Expr, before: &Before) -> Option<Typed> {
        let subjects = self.subjects(expr, before);
        let found = self.diagnostics.split_off(before.diagnostics);
        for (subject, list) in subjects {
            if self.lifts == LIFTS_MAX {
                break;
            }
            self.lifts += 1;
            self.back_to(before);
            let whole = match (&subject, list) {
                (Subject::Attribute(name), _) => self.attribute(name, expr.span),
                (Subject::Variable(name), _) => self.name(name, expr.span),
                (Subject::Operand(at), Some(list)) => {
                    // What was said of it stays said.
                    let within = |of: Span| at.from <= of.from && of.to <= at.to;
                    let said = found.iter().filter(|d| !d.is_error() && within(d.span));
                    self.diagnostics.extend(said.cloned());
                    list
                }
                _ => continue,
            };
            let nullable = whole.ty.nullable;
            let mut one = Ty::unknown();
            let each = self.each(whole, expr.span, expr.span, |checker, value| {
                checker.one_of.push((subject.clone(), value));
                let value = checker.entra_expr(expr);
                checker.one_of.pop();
                one = value.ty.clone();
                value
            });
            if self.is_broken_since(before) || one.element().is_some() || one.is_unknown() {
                continue;
            }
            self.seen(expr, &each);
            if let Some(types) = &mut self.tables.types {
                let of = subject;
                types.learn(expr, &each.ty);
                types.lift(expr, Lift { of, nullable, one });
            }
            return Some(each);
        }
        self.back_to(before);
        self.diagnostics.extend(found);
        None
    }

    /// The lists that an expression can be about, the likeliest first.
    fn subjects(&self, expr: &Expr, before: &Before) -> Vec<(Subject, Option<Typed>)> {
        let mut named = Vec::new();
        self.collect_named(expr, before, &mut named);
        let mut found = Vec::new();
        if named.len() == 1 {
            found.extend(named.pop().map(|subject| (subject, None)));
        }
        if !matches!(expr.kind, Node::Binary { .. } | Node::Call { .. }) {
            return found;
        }
        let known = &self.lists[before.lists..];
        let list_at = |span: Span| known.iter().find(|(at, _)| *at == span);
        let mut lists = operands(expr).filter_map(|operand| list_at(operand.span));
        if let (Some((at, list)), None) = (lists.next(), lists.next()) {
            found.push((Subject::Operand(*at), Some(list.clone())));
        }
        found
    }

    /// The attributes and variables of several values whose values stand here one by one.
    fn collect_named(&self, expr: &Expr, before: &Before, found: &mut Vec<Subject>) {
        let subject = match &expr.kind {
            Node::Attribute(name) => self.several(name),
            Node::Name(name) => {
                let known = &self.variables[..before.variables];
                let known = known.iter().rev().find(|v| v.name == *name);
                known
                    .filter(|variable| variable.ty.element().is_some())
                    .map(|_| Subject::Variable(name.clone()))
            }
            Node::Call { callee, args } => match (&callee.kind, args.as_slice()) {
                (Node::Name(function), [arg]) if function == "ImportedValue" => match &arg.kind {
                    Node::Str(name) => self.several(name),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        if let Some(subject) = subject {
            let is_one = self.one_of.iter().any(|(of, _)| *of == subject);
            if !is_one && !found.contains(&subject) {
                found.push(subject);
            }
        }
        let whole = whole_arguments(expr);
        for inner in operands(expr) {
            // The callee of a method has the receiver for its part.
            let is_receiver = matches!(inner.kind, Node::Member { .. }) && !whole.is_empty();
            if !is_receiver && !whole.iter().any(|arg| std::ptr::eq(*arg, inner)) {
                self.collect_named(inner, before, found);
            }
        }
    }

    fn several(&self, name: &str) -> Option<Subject> {
        let attr = self.env.source.get(name)?;
        attr.multi.then(|| Subject::Attribute(name.to_owned()))
    }

    fn before(&self) -> Before {
        Before {
            diagnostics: self.diagnostics.len(),
            variables: self.variables.len(),
            lists: self.lists.len(),
            given_up: self.given_up,
            facts: self.facts.len(),
            draws: self.tables.draws.as_ref().map(|(_, count)| *count),
            points: self.tables.trace.as_ref().map_or(0, |t| t.points.len()),
        }
    }

    fn back_to(&mut self, before: &Before) {
        self.diagnostics.truncate(before.diagnostics);
        self.variables.truncate(before.variables);
        self.lists.truncate(before.lists);
        self.given_up = before.given_up;
        // No expression of the dialect leaves a fact behind.
        debug_assert_eq!(self.facts.len(), before.facts);
        if let (Some((_, now)), Some(count)) = (&mut self.tables.draws, before.draws) {
            *now = count;
        }
        if let Some(trace) = &mut self.tables.trace {
            trace.points.truncate(before.points);
        }
    }

    fn is_broken_since(&self, before: &Before) -> bool {
        let new = self.diagnostics.get(before.diagnostics..);
        new.is_some_and(|new| new.iter().any(Diagnostic::is_error))
    }

    /// `Select` and `Where` over what may be absent: then so is the answer. A single value is a list of one.
    pub(in crate::check) fn each_chosen(
        &mut self,
        value: Typed,
        at: Span,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Typed {
        if value.ty.is_unknown() || value.ty.base == Base::Null {
            return value;
        }
        let list = match value.ty.element() {
            Some(_) => value,
            None => {
                let element = value.ty.with_null(false);
                self.only(value, &element, at)
            }
        };
        self.lift(list, at, |checker, list| {
            checker.method(list, at, name, args, span)
        })
    }
}
