//! Calls of named expressions: the body takes the place of the call, with its arguments evaluated once.
//!
//! Invariants: a body sees its parameters and nothing else of its caller; whatever fails in it fails at the call; what is
//! found in it is told at the call, with the name of the expression.

use std::sync::Arc;

use syncline_model::rules::Span;

use super::{Checker, Draft, Env, Tables, Typed, Variable};
use crate::diag::{Diagnostic, Units, codes};
use crate::ir::Ir;
use crate::resources::{Helper, Prepared};
use crate::syntax::ast::{Expr, Name, Program};
use crate::syntax::{HEIGHT_MAX, SOURCE_BYTES_MAX};
use crate::types::Ty;

/// Most characters of all bodies in the place of calls in one expression.
const INLINED_MAX: usize = 8 * SOURCE_BYTES_MAX;

/// The call whose body is being checked.
#[derive(Debug, Clone)]
pub(super) struct Within {
    /// The name of the expression, with those that call it.
    pub names: String,
    /// The place of the outermost call, in code units of its text.
    pub span: Span,
}

/// Checks the body of a named expression by itself: what it gives, and what is wrong with it.
pub(crate) fn check_helper(helper: &Helper, resources: &Arc<Prepared>) -> (Ty, Vec<Diagnostic>) {
    let env = Env {
        resources: Arc::clone(resources),
        ..Env::default()
    };
    let mut tables = Tables {
        draws: Some((String::new(), 0)),
        ..Tables::default()
    };
    let (_, mut found) = crate::syntax::parse(&helper.source, helper.dialect);
    let mut checker = Checker::new(&env, (&helper.source, helper.dialect), 0, &mut tables);
    checker.is_body = true;
    checker.parameters_of(helper);
    let value = checker.value_of_body(&helper.program);
    let broken = found.iter().any(Diagnostic::is_error);
    found.extend((checker.diagnostics.drain(..)).filter(|d| !broken || super::names_something(d)));
    let units = Units::new(&helper.source);
    let found = found.into_iter().map(|d| d.in_utf16(&units)).collect();
    (value.ty, found)
}

impl Checker<'_> {
    /// The call of a named expression; none where no expression has the name.
    pub(super) fn named_expression(
        &mut self,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let helper = Arc::clone(self.env.resources.expression(&name.text)?);
        let args = self.arguments(args);
        if helper.returns.is_none() {
            let message = format!(
                "the named expression `{}` has mistakes of its own",
                name.text
            );
            self.error(codes::BROKEN_RESOURCE, name.span, message);
            return Some(Typed::unknown());
        }
        if args.len() != helper.params.len() {
            let wanted = helper.params.len().to_string();
            return Some(self.wrong_count(name, &wanted, args.len(), span));
        }
        if args.iter().any(|(arg, _)| arg.ty.is_unknown()) {
            return Some(Typed::unknown());
        }
        if !self.has_room(&helper, span) {
            return Some(Typed::unknown());
        }
        let mut values = Vec::new();
        for ((_, wanted), (arg, at)) in helper.params.iter().zip(args) {
            if self.distance(&arg.ty, wanted).is_none() {
                let message = format!(
                    "`{}` needs a `{wanted}` here, this is a `{}`",
                    name.text, arg.ty
                );
                self.report(
                    Diagnostic::error(codes::ARGUMENT, at, message)
                        .label("wrong type")
                        .note(helper.signature()),
                );
                return Some(Typed::unknown());
            }
            values.push(self.fitted(arg, wanted, at));
        }
        Some(self.inlined(&helper, values, span))
    }

    /// Does the body fit into the limits of the expression that calls it?
    fn has_room(&mut self, helper: &Helper, span: Span) -> bool {
        let height = match &helper.program {
            Program::Expr(expr) => usize::from(expr.height),
            // Statements are as high as their expressions, which the parser has bounded; a few more do not matter.
            Program::Block(..) => usize::from(HEIGHT_MAX) / 4,
        };
        if self.level + height > usize::from(HEIGHT_MAX) {
            let message = format!(
                "with the body of `{}` the expression is nested too deep",
                helper.name
            );
            self.error(codes::TOO_DEEP, span, message);
            return false;
        }
        let (output, inlined) = &mut self.tables.inlined;
        if *output != self.output {
            (*output, *inlined) = (self.output, 0);
        }
        *inlined += helper.source.chars().count();
        if *inlined > INLINED_MAX {
            let message = format!(
                "the bodies of named expressions in this one have more than {INLINED_MAX} characters"
            );
            self.error(codes::TOO_LONG, span, message);
            return false;
        }
        true
    }

    /// The body in the place of the call.
    fn inlined(&mut self, helper: &Helper, values: Vec<Ir>, span: Span) -> Typed {
        let env = Env {
            resources: Arc::clone(&self.env.resources),
            ..Env::default()
        };
        let within = match &self.within {
            Some(outer) => Within {
                names: format!("{} in {}", helper.name, outer.names),
                span: outer.span,
            },
            None => Within {
                names: helper.name.clone(),
                span: self.units.of(span),
            },
        };
        // What is told of a text is told of the caller's.
        let trace = self.tables.trace.take();
        let types = self.tables.types.take();
        let sight = self.tables.sight.take();
        let (output, level, taken) = (self.output, self.level, self.locals);
        let text = (helper.source.as_str(), helper.dialect);
        let mut inner = Checker::new(&env, text, output, &mut *self.tables);
        inner.within = Some(within);
        inner.is_body = true;
        inner.level = level;
        inner.locals = taken;
        let locals = inner.parameters_of(helper);
        let value = inner.value_of_body(&helper.program);
        let (taken, found) = (inner.locals, std::mem::take(&mut inner.diagnostics));
        self.locals = taken;
        self.tables.trace = trace;
        self.tables.types = types;
        self.tables.sight = sight;
        if self.told_here(helper, found, span) {
            return Typed::unknown();
        }
        let lets = locals.into_iter().zip(values).rev();
        let ir = lets.fold(value.ir, |body, (local, value)| {
            Ir::Let(local, value.into(), body.into())
        });
        Typed::new(ir, value.ty)
    }

    /// Tells what was found in a body: its first error, or its first warning. True where there is an error.
    fn told_here(&mut self, helper: &Helper, found: Vec<Diagnostic>, span: Span) -> bool {
        let fails = found.iter().any(Diagnostic::is_error);
        let first = found.into_iter().find(|d| d.is_error() == fails);
        if let Some(first) = first {
            let note = format!("in the named expression `{}`", helper.name);
            let note = match &first.note {
                Some(inner) if inner.starts_with("in the named") => format!("{note}, {inner}"),
                _ => note,
            };
            self.report(Diagnostic {
                span,
                label: String::new(),
                fix: None,
                ..first.note(note)
            });
        }
        fails
    }

    /// The parameters as variables, and their locals.
    fn parameters_of(&mut self, helper: &Helper) -> Vec<u32> {
        let mut locals = Vec::new();
        for (name, ty) in &helper.params {
            let local = self.local();
            locals.push(local);
            self.variables.push(Variable {
                name: name.clone(),
                local,
                ty: ty.clone(),
                conditional: false,
                ignores_case: false,
            });
        }
        locals
    }

    /// The value of a body.
    fn value_of_body(&mut self, program: &Program) -> Typed {
        match program {
            Program::Expr(expr) => self.expr(expr),
            Program::Block(statements, end) => {
                let (drafts, ends) = self.block(statements);
                if !ends {
                    let message = "not every path ends with `return`";
                    self.error(codes::NO_RETURN, *end, message);
                    return Typed::unknown();
                }
                let ty = self.return_type(&drafts);
                if ty.is_unknown() {
                    return Typed::unknown();
                }
                self.of_drafts(drafts, &ty)
            }
        }
    }

    /// Statements as one value, as far as nothing follows a test of which neither side leaves.
    fn of_drafts(&mut self, drafts: Vec<Draft>, ty: &Ty) -> Typed {
        let mut rest = drafts.into_iter();
        let Some(first) = rest.next() else {
            return Typed::unknown();
        };
        let ir = match first {
            Draft::Return(value, span) => self.coerced(value, ty, span).ir,
            Draft::Let(local, value) => {
                let body = self.of_drafts(rest.collect(), ty);
                Ir::Let(local, value.into(), body.ir.into())
            }
            Draft::If(test, mut then, mut other) => {
                match (leaves(&then), leaves(&other)) {
                    (true, true) => {}
                    (true, false) => other.extend(rest),
                    (false, true) => then.extend(rest),
                    (false, false) => {
                        let message = "in a named expression an `if` returns on one of its sides";
                        let whole = Span {
                            from: 0,
                            to: self.source.len() as u32,
                        };
                        self.error(codes::UNSUPPORTED, whole, message);
                        return Typed::unknown();
                    }
                }
                let (then, other) = (self.of_drafts(then, ty), self.of_drafts(other, ty));
                Ir::If(test.into(), then.ir.into(), other.ir.into())
            }
        };
        Typed::new(ir, ty.clone())
    }
}

/// Does every way through the statements leave?
fn leaves(drafts: &[Draft]) -> bool {
    match drafts.last() {
        Some(Draft::Return(..)) => true,
        Some(Draft::If(_, then, other)) => leaves(then) && leaves(other),
        _ => false,
    }
}
