//! Statements, and the conversion of every return to what the expression is for.
//!
//! Invariants: after a statement that always leaves, what follows is unreachable and reported; a test that leaves on one
//! side narrows what follows by the other.

use syncline_model::rules::{AttrType, RuleType, Span};

use super::{Checker, Draft, Facts, Goal, Place, Typed, Variable, attr_of};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Ir, Step};
use crate::syntax::ast::{Name, Stmt};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// The statements, and whether every path leaves.
    pub(super) fn block(&mut self, statements: &[Stmt]) -> (Vec<Draft>, bool) {
        let scope = self.variables.len();
        let facts = self.facts.clone();
        let mut out = Vec::new();
        let mut ends = false;
        for statement in statements {
            if ends {
                let span = statement_span(statement);
                self.report(Diagnostic::warning(
                    codes::UNREACHABLE,
                    span,
                    "this is never reached; remove it",
                ));
                break;
            }
            ends = self.statement(statement, &mut out);
        }
        self.variables.truncate(scope);
        self.facts = facts;
        (out, ends)
    }

    fn statement(&mut self, statement: &Stmt, out: &mut Vec<Draft>) -> bool {
        match statement {
            Stmt::Var { name, ty, value } => {
                let mut typed = self.expr(value);
                if let Some(ty) = ty {
                    let wanted = self.named_type(ty);
                    typed = self.coerced(typed, &wanted, value.span);
                } else if matches!(typed.ty.base, Base::Null | Base::Never) {
                    let message = format!(
                        "the type of `{}` cannot be known from this value; name it",
                        name.text
                    );
                    self.error(codes::NO_TYPE, value.span, message);
                    typed = Typed::unknown();
                }
                let ignores_case = self.ignores_case(value);
                let local = self.declare(name, typed.ty.clone());
                if let Some(variable) = self.variables.last_mut() {
                    variable.ignores_case = ignores_case;
                }
                if !typed.ty.nullable {
                    self.facts.insert(Place::Local(local));
                }
                out.push(Draft::Let(local, typed.ir));
                false
            }
            Stmt::If {
                condition,
                then,
                other,
            } => {
                let (condition, yes, no) = self.condition(condition);
                let outer = self.facts.clone();
                self.facts.extend(yes.iter().copied());
                let (then, then_ends) = self.block(then);
                self.facts = outer.clone();
                self.facts.extend(no.iter().copied());
                let (other, other_ends) = self.block(other);
                self.facts = outer;
                match (then_ends, other_ends) {
                    (true, false) => self.facts.extend(no),
                    (false, true) => self.facts.extend(yes),
                    _ => {}
                }
                out.push(Draft::If(condition, then, other));
                then_ends && other_ends
            }
            Stmt::Return { value, .. } => {
                self.root = Some(value.span);
                let typed = self.expr(value);
                out.push(Draft::Return(typed, value.span));
                true
            }
            Stmt::Throw { args, span } => {
                let typed = self.throw(args, *span);
                out.push(Draft::Return(typed, *span));
                true
            }
        }
    }

    /// A new variable.
    pub(super) fn declare(&mut self, name: &Name, ty: Ty) -> u32 {
        if self.variables.iter().any(|v| v.name == name.text) {
            let message = format!(
                "`{}` is already declared here; choose another name",
                name.text
            );
            self.error(codes::DUPLICATE_NAME, name.span, message);
        }
        let local = self.local();
        self.variables.push(Variable {
            name: name.text.clone(),
            local,
            ty,
            conditional: false,
            ignores_case: false,
        });
        local
    }

    /// A new variable that can be read only where it is known to be set.
    pub(super) fn declare_conditional(&mut self, name: &Name, ty: Ty) -> u32 {
        let local = self.declare(name, ty);
        if let Some(variable) = self.variables.last_mut() {
            variable.conditional = true;
        }
        local
    }

    /// A variable that is set here.
    pub(super) fn declare_assigned(&mut self, name: &Name, ty: Ty) -> u32 {
        let local = self.declare_conditional(name, ty);
        self.facts.insert(Place::Assigned(local));
        local
    }

    /// The variables declared since there were so many.
    pub(super) fn declared_since(&self, count: usize) -> Facts {
        let new = self.variables.get(count..).unwrap_or(&[]).iter();
        new.map(|variable| Place::Assigned(variable.local))
            .collect()
    }

    /// Runs `inner` with these facts added.
    pub(super) fn knowing<T>(&mut self, facts: &Facts, inner: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.facts.clone();
        self.facts.extend(facts.iter().copied());
        let result = inner(self);
        self.facts = outer;
        result
    }

    /// The type of the answer, and complaints when the value does not fit the goal.
    pub(super) fn goal_type(&mut self, ty: &Ty, drafts: &[Draft], goal: Goal) -> AttrType {
        let span = first_return(drafts).unwrap_or_default();
        let silent = ty.is_unknown() || ty.base == Base::Never;
        match goal {
            Goal::Any => attr_of(ty).unwrap_or_else(|| {
                if !silent {
                    let message = format!(
                        "a value of type `{ty}` cannot be an answer; give a text, number or list"
                    );
                    self.error(codes::CONVERSION, span, message);
                }
                AttrType::optional(RuleType::String)
            }),
            Goal::Scope => {
                if !silent && (ty.base != Base::Bool || ty.nullable) {
                    self.condition_error(ty, span);
                }
                AttrType::required(RuleType::Bool)
            }
            Goal::Key => {
                let fits = attr_of(ty).is_some_and(|attr| {
                    !attr.multi && !matches!(attr.ty, RuleType::Double | RuleType::Date)
                });
                if !silent && !fits {
                    let message = format!(
                        "a match key cannot be a `{ty}`; give a text, a whole number or a GUID"
                    );
                    self.error(codes::KEY_TYPE, span, message);
                }
                AttrType::optional(RuleType::String)
            }
            Goal::Dn => {
                self.fits(
                    ty,
                    AttrType::optional(RuleType::String),
                    span,
                    "the distinguished name",
                );
                AttrType::optional(RuleType::String)
            }
            Goal::Flow(attr) => {
                self.fits(ty, attr, span, "the target attribute");
                if ty.nullable && !attr.nullable {
                    let message = "the target requires a value, and this may have none";
                    self.report(
                        Diagnostic::warning(codes::MAYBE_MISSING, span, message)
                            .note("give a default with `??`"),
                    );
                }
                AttrType {
                    nullable: true,
                    ..attr
                }
            }
        }
    }

    /// Complains when values of `ty` do not fit `attr`.
    fn fits(&mut self, ty: &Ty, attr: AttrType, span: Span, what: &str) {
        if ty.is_unknown() || matches!(ty.base, Base::Never | Base::Null) {
            return;
        }
        let wanted = Ty::of_attr(AttrType {
            nullable: true,
            ..attr
        });
        let many = ty.element().is_some();
        let fix = |d: Diagnostic, text: &str, fix: &str| {
            let end = Span {
                from: span.to,
                to: span.to,
            };
            d.fix(text, end, fix)
        };
        if many && !attr.multi {
            let message = format!("`{ty}` does not fit {what}, which holds a single value");
            let diagnostic = Diagnostic::error(codes::MULTIPLICITY, span, message).label("a list");
            self.report(fix(diagnostic, "take the first value", ".FirstOrDefault()"));
        } else if !many && attr.multi {
            if !self.convertible(
                ty,
                &Ty::of_attr(AttrType {
                    multi: false,
                    nullable: true,
                    ..attr
                }),
            ) {
                self.error(
                    codes::CONVERSION,
                    span,
                    format!("`{ty}` does not fit {what}, which holds `{wanted}`"),
                );
            }
        } else if !self.convertible(ty, &wanted) {
            let message = format!("`{ty}` does not fit {what}, which holds `{wanted}`");
            let diagnostic = Diagnostic::error(codes::CONVERSION, span, message);
            let texty = wanted.base == Base::String
                && (ty.base.rule_type().is_some() || ty.base == Base::Decimal);
            self.report(if texty {
                self.to_text(diagnostic, &ty.base, span)
            } else if ty.base == Base::Decimal && wanted.base.is_number() {
                let start = Span {
                    from: span.from,
                    to: span.from,
                };
                diagnostic.fix(
                    "cast it",
                    start,
                    format!("({})", wanted.with_null(ty.nullable)),
                )
            } else {
                diagnostic
            });
        }
    }

    /// Turns drafts into steps whose returns have the output form.
    pub(super) fn convert(&mut self, drafts: Vec<Draft>, attr: AttrType, goal: Goal) -> Vec<Step> {
        drafts
            .into_iter()
            .map(|draft| match draft {
                Draft::Let(local, ir) => Step::Let(local, ir),
                Draft::If(condition, then, other) => {
                    let then = self.convert(then, attr, goal);
                    Step::If(condition, then, self.convert(other, attr, goal))
                }
                Draft::Return(value, span) => {
                    Step::Return(self.output_form(value, attr, goal, span))
                }
            })
            .collect()
    }

    fn output_form(&mut self, value: Typed, attr: AttrType, goal: Goal, span: Span) -> Ir {
        if value.ty.is_unknown() || value.ty.base == Base::Never {
            return value.ir;
        }
        match goal {
            Goal::Scope => value.ir,
            Goal::Key if value.ty.element().is_some() => Ir::Word(0),
            Goal::Key => self.as_text(value, span).ir,
            _ => {
                let wanted = Ty::of_attr(attr);
                // A single value into a list attribute becomes a list of one, or of none.
                if attr.multi && value.ty.element().is_none() && value.ty.base != Base::Null {
                    return self.list_of_one(value, &wanted, span);
                }
                let value = self.without_null_elements(value, span);
                if value.ty.base == Base::Decimal && goal == Goal::Any {
                    return self.cast_decimal(value, &wanted, span, span).ir;
                }
                self.coerce(value, &wanted, span)
                    .map_or(Ir::Word(0), |typed| typed.ir)
            }
        }
    }
}

fn statement_span(statement: &Stmt) -> Span {
    match statement {
        Stmt::Var { name, .. } => name.span,
        Stmt::If { condition, .. } => condition.span,
        Stmt::Return { span, .. } | Stmt::Throw { span, .. } => *span,
    }
}

fn first_return(drafts: &[Draft]) -> Option<Span> {
    drafts.iter().find_map(|draft| match draft {
        Draft::Let(..) => None,
        Draft::If(_, then, other) => first_return(then).or_else(|| first_return(other)),
        Draft::Return(value, span) => {
            (!matches!(value.ty.base, Base::Never | Base::Null)).then_some(*span)
        }
    })
}
