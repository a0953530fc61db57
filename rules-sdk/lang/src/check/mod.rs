//! Tree to IR: names, types, nullability, narrowing. Reports everything it finds in one go.
//!
//! Invariants: what it gives for a tree with an error is never run; a place is known to be present only where every way
//! to it has tested that; the order of evaluation is the order of the text.

mod calls;
mod coerce;
mod decimals;
mod entra;
mod expr;
mod format;
mod helpers;
mod lists;
mod math;
mod members;
mod named;
mod names;
mod narrow;
mod operators;
mod overflow;
mod patterns;
mod regex;
mod resolve;
mod resources;
mod run;
mod sight;
mod statements;
mod text;
mod trace;
mod tree;
mod try_parse;
mod types_of;

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::rules::{AttrType, Dialect, ErrorKind, RuleType, Slot, SlotSource, Span};

use crate::diag::{Code, Diagnostic, Kind, Units, codes};
use crate::ir::{Ir, Local, Site, Step};
use crate::request::Schema;
use crate::syntax::Variant;
use crate::syntax::ast::Program;
use crate::types::{Base, Ty};

/// What an expression may refer to.
#[derive(Debug, Clone, Default)]
pub struct Env {
    /// Attributes of the object.
    pub source: Schema,
    /// Attributes readable as `Target.x`.
    pub target_image: Schema,
    /// Attributes of the other side, for better messages.
    pub other_side: Schema,
    /// Parameters.
    pub parameters: std::collections::BTreeMap<String, AttrType>,
    /// Lookup tables and named expressions.
    pub resources: std::sync::Arc<crate::resources::Prepared>,
    /// References to other objects have no value that an expression could read.
    pub without_references: bool,
    /// Nothing keeps values unique, so that no expression may choose one.
    pub without_reservations: bool,
    /// Unknown names are optional texts instead of errors (`check` without a schema).
    pub open: bool,
    /// What may fail on some objects is an error, unless a default follows.
    pub strict: bool,
}

/// The input columns and failing places of a part, collected over its expressions.
#[derive(Debug, Default)]
pub struct Tables {
    /// The columns.
    pub slots: Vec<Slot>,
    /// The places.
    pub sites: Vec<syncline_model::rules::Site>,
    /// The places by output and span: leaves of a tree have texts of their own.
    sites_at: BTreeMap<(u32, Span), Vec<Site>>,
    /// What the output that is being checked flows to, and how often it has drawn; none where nothing may be drawn.
    pub(crate) draws: Option<(String, u32)>,
    /// What is explained; none where nothing is.
    pub(crate) trace: Option<Trace>,
    /// How many locals of the output are taken, by the expression that this one is the default of.
    pub(crate) locals_taken: u32,
    /// The types of what was checked, for the printer; none where nobody asks.
    pub(crate) types: Option<Types>,
    /// What a language service sees; none where nobody looks.
    sight: Option<Sight>,
    /// How many characters of named expressions stand in this output.
    inlined: (u32, usize),
}

impl Tables {
    fn slot(&mut self, source: SlotSource, attr: AttrType) -> u32 {
        let found = self.slots.iter().position(|slot| slot.source == source);
        found.unwrap_or_else(|| {
            self.slots.push(Slot { source, attr });
            self.slots.len() - 1
        }) as u32
    }
}

/// What the value of an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// Must be a boolean.
    Scope,
    /// Becomes a text.
    Key,
    /// Must be a text.
    Dn,
    /// Must fit this attribute.
    Flow(AttrType),
    /// Whatever it is.
    Any,
}

/// A checked expression.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What to run; its cell is in output form: optional, words boxed (a scope gives a bare boolean).
    pub ir: Ir,
    /// The type of the answer.
    pub attr: AttrType,
    /// How many locals it needs.
    pub locals: u32,
}

/// A value on its way: node and type.
#[derive(Debug, Clone)]
struct Typed {
    ir: Ir,
    ty: Ty,
}

impl Typed {
    fn new(ir: Ir, ty: Ty) -> Self {
        Self { ir, ty }
    }

    fn unknown() -> Self {
        Self::new(Ir::Word(0), Ty::unknown())
    }
}

/// Something whose presence, or assignment, can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Slot(u32),
    Local(Local),
    /// A variable that only some ways set.
    Assigned(Local),
}

type Facts = BTreeSet<Place>;

#[derive(Clone)]
struct Variable {
    name: String,
    local: Local,
    ty: Ty,
    /// Not every way to it sets it: it may be read only where it is known to be.
    conditional: bool,
    /// A set whose comparer does not see case.
    ignores_case: bool,
}

/// A return statement on its way: converted when the common type is known.
enum Draft {
    Let(Local, Ir),
    If(Ir, Vec<Draft>, Vec<Draft>),
    Return(Typed, Span),
}

pub(crate) struct Checker<'a> {
    env: &'a Env,
    source: &'a str,
    units: Units<'a>,
    dialect: Dialect,
    /// What the text says of the reference that it follows.
    variant: Option<Variant>,
    /// What is evaluated as a whole.
    root: Option<Span>,
    /// The lists whose values are taken one by one, each with the value.
    one_of: Vec<(entra::Subject, Typed)>,
    /// Places around which values are taken one by one, and that take all of them.
    whole: Vec<Span>,
    /// The lists in what is being checked.
    lists: Vec<(Span, Typed)>,
    /// How often values were taken one by one.
    lifts: u32,
    /// How many expressions with an error were not mended by taking values one by one.
    given_up: u32,
    output: u32,
    tables: &'a mut Tables,
    diagnostics: Vec<Diagnostic>,
    variables: Vec<Variable>,
    locals: u32,
    facts: Facts,
    holes: Vec<Typed>,
    /// Inside `checked`, or inside `unchecked`.
    checked: Option<bool>,
    /// The call of a named expression whose body this is.
    within: Option<helpers::Within>,
    /// The text is the body of a named expression.
    is_body: bool,
    /// How many expressions are around the one that is being checked.
    level: usize,
}

/// Checks one program text.
pub(crate) fn check_text(
    env: &Env,
    (source, dialect): (&str, Dialect),
    goal: Goal,
    output: u32,
    tables: &mut Tables,
) -> (Checked, Vec<Diagnostic>) {
    let (program, mut diagnostics) = crate::syntax::parse(source, dialect);
    let mut checker = Checker::new(env, (source, dialect), output, tables);
    let checked = checker.program(&program, goal);
    let broken = diagnostics.iter().any(Diagnostic::is_error);
    diagnostics.extend(
        checker
            .diagnostics
            .into_iter()
            .filter(|d| !broken || names_something(d)),
    );
    let units = &checker.units;
    let diagnostics = diagnostics.into_iter().map(|d| d.in_utf16(units)).collect();
    (checked, diagnostics)
}

/// A text that cannot be parsed has holes where types would be guessed: only its names are worth reporting then.
fn names_something(diagnostic: &Diagnostic) -> bool {
    diagnostic.is_error() && matches!(diagnostic.kind, Kind::UnknownName | Kind::UnknownMember)
}

pub(crate) use entra::{Lift, Subject, has_keys, is_truth, operands, whole_arguments};
pub(crate) use helpers::check_helper;
pub(crate) use run::draws_in_loops;

/// The names of the methods of lists.
pub(crate) fn list_methods() -> &'static [&'static str] {
    lists::METHODS
}

pub(crate) use sight::{Sight, look};
pub(crate) use trace::{Point, Trace};
pub(crate) use tree::check_tree;
pub(crate) use types_of::Types;

impl<'a> Checker<'a> {
    fn new(
        env: &'a Env,
        (source, dialect): (&'a str, Dialect),
        output: u32,
        tables: &'a mut Tables,
    ) -> Self {
        let locals = tables.locals_taken;
        Self {
            env,
            source,
            units: Units::new(source),
            dialect,
            variant: match dialect {
                Dialect::Entra => crate::syntax::variant(source),
                Dialect::Csharp => None,
            },
            root: None,
            one_of: Vec::new(),
            whole: Vec::new(),
            lists: Vec::new(),
            lifts: 0,
            given_up: 0,
            output,
            tables,
            diagnostics: Vec::new(),
            variables: Vec::new(),
            locals,
            facts: Facts::new(),
            holes: Vec::new(),
            checked: None,
            within: None,
            is_body: false,
            level: 0,
        }
    }

    fn program(&mut self, program: &Program, goal: Goal) -> Checked {
        let drafts = match program {
            Program::Expr(expr) => {
                self.root = Some(expr.span);
                let value = self.expr(expr);
                vec![Draft::Return(value, expr.span)]
            }
            Program::Block(statements, end) => {
                let (drafts, ends) = self.block(statements);
                if !ends {
                    let span = Span {
                        from: end.from.saturating_sub(1),
                        to: end.to,
                    };
                    let message =
                        "not every path ends with `return`; add `return null;` for no value";
                    self.error(codes::NO_RETURN, span, message);
                }
                drafts
            }
        };
        self.finish(drafts, goal)
    }

    /// Converts every return to the type of the goal.
    fn finish(&mut self, drafts: Vec<Draft>, goal: Goal) -> Checked {
        let mut ty = self.return_type(&drafts);
        let mut drafts = drafts;
        // Where anything may come out, what has a text but no form of its own comes out as that.
        let speaks = match &ty.base {
            Base::Span | Base::Day | Base::Match(_) | Base::Group => true,
            Base::Enum(name) => crate::stdlib::enum_names(name).is_some(),
            _ => false,
        };
        if goal == Goal::Any && speaks {
            drafts = drafts.into_iter().map(|draft| self.spoken(draft)).collect();
            ty = self.return_type(&drafts);
        }
        let attr = self.goal_type(&ty, &drafts, goal);
        let steps = self.convert(drafts, attr, goal);
        let ir = match <[Step; 1]>::try_from(steps) {
            Ok([Step::Return(ir)]) => ir,
            Ok([step]) => Ir::Block(vec![step]),
            Err(steps) => Ir::Block(steps),
        };
        Checked {
            ir,
            attr,
            locals: self.locals,
        }
    }

    /// A draft whose values are texts.
    fn spoken(&mut self, draft: Draft) -> Draft {
        match draft {
            Draft::Let(..) => draft,
            Draft::If(test, then, other) => {
                let then = then.into_iter().map(|d| self.spoken(d)).collect();
                let other = other.into_iter().map(|d| self.spoken(d)).collect();
                Draft::If(test, then, other)
            }
            Draft::Return(value, span) if matches!(value.ty.base, Base::Match(_) | Base::Group) => {
                let text = self.lift(value, span, |checker, value| {
                    let site = checker.site(span);
                    let args = vec![value.ir];
                    let ir = Ir::Call(syncline_rules_guest::Fn::RegexValue, args, site);
                    Typed::new(ir, Ty::of(Base::String))
                });
                Draft::Return(text, span)
            }
            Draft::Return(value, span) => Draft::Return(self.as_text(value, span), span),
        }
    }

    fn return_type(&mut self, drafts: &[Draft]) -> Ty {
        let mut common = Ty::of(Base::Never);
        let mut stack: Vec<&Draft> = drafts.iter().rev().collect();
        while let Some(draft) = stack.pop() {
            match draft {
                Draft::Let(..) => {}
                Draft::If(_, then, other) => {
                    stack.extend(other.iter().rev().chain(then.iter().rev()))
                }
                Draft::Return(value, span) => match crate::types::common(&common, &value.ty) {
                    Some(ty) => common = ty,
                    None => {
                        let message = format!(
                            "this path gives `{}`, an earlier one gives `{}`; convert one of them",
                            value.ty, common
                        );
                        self.error(codes::BRANCHES, *span, message);
                        return Ty::unknown();
                    }
                },
            }
        }
        common
    }

    fn local(&mut self) -> Local {
        self.locals += 1;
        self.locals - 1
    }

    /// A place that may fail, with its text for messages.
    fn site(&mut self, span: Span) -> Site {
        let text = &self.source[self.clip(span.from)..self.clip(span.to)];
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let short = match text.char_indices().nth(60) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text,
        };
        // What fails in a named expression fails where that is called.
        let (span, text) = match &self.within {
            Some(call) => (call.span, format!("{short} in {}", call.names)),
            None => (self.units.of(span), short),
        };
        let site = syncline_model::rules::Site {
            output: self.output,
            span,
            text,
        };
        let sites = &mut self.tables.sites;
        // A part may have many thousands, so that looking through them is no way.
        let there = self
            .tables
            .sites_at
            .entry((self.output, site.span))
            .or_default();
        if let Some(same) = there.iter().find(|same| sites[**same as usize] == site) {
            return *same;
        }
        sites.push(site);
        there.push(sites.len() as Site - 1);
        sites.len() as Site - 1
    }

    fn clip(&self, byte: u32) -> usize {
        self.source
            .floor_char_boundary((byte as usize).min(self.source.len()))
    }

    fn text_of(&self, span: Span) -> &'a str {
        let source = self.source;
        &source[self.clip(span.from)..self.clip(span.to)]
    }

    fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Says that a call may fail on some values.
    fn may_fail(&mut self, span: Span, kinds: &[ErrorKind], advice: &str) {
        let kinds: Vec<&str> = kinds.iter().map(|k| k.as_str()).collect();
        let text = self.text_of(span);
        let message = format!("`{text}` fails on some values ({})", kinds.join(", "));
        self.report(
            Diagnostic::warning(codes::MAY_FAIL, span, message)
                .label("may fail")
                .note(advice.to_owned()),
        );
    }
}

/// The attribute type of an answer whose goal leaves it open.
fn attr_of(ty: &Ty) -> Option<AttrType> {
    match &ty.base {
        Base::Null | Base::Never => Some(AttrType::optional(RuleType::String)),
        Base::List(element) if element.base == Base::Unknown || element.base == Base::Null => {
            Some(AttrType::list(RuleType::String))
        }
        Base::List(element) => element.base.rule_type().map(AttrType::list),
        // No attribute holds decimals; where nothing else is asked for, the nearest double stands for one.
        Base::Decimal => Some(AttrType::optional(RuleType::Double)),
        base => base.rule_type().map(AttrType::optional),
    }
}
