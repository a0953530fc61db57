//! A part as a whole: checks every expression, gives manifest, module, meaning and what it reads.
//!
//! Invariants: outputs stand in the order scope, keys, DN, flows; direct flows are checked like expressions but never
//! become code; the meaning hash depends on IR, types and library version, not on the text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::slice::{from_mut, from_ref};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use syncline_model::rules::{
    ABI_VERSION, AttrType, Dialect, FlowPlan, FlowSource, LIBRARY_VERSION, OnError, Output,
    ProgramManifest, Role, RuleType, SlotSource, Span,
};

use crate::cases;
use crate::check::{Checked, Env, Goal, Tables, Trace, check_text, check_tree, draws_in_loops};
use crate::codegen;
use crate::diag::{Diagnostic, closest, codes, sort};
use crate::fuse::fuse;
use crate::ir::{Exit, Ir, canonical};
use crate::request::{CompileRequest, ExprSource, FlowText, PartSource};
use crate::resources::{Prepared, TABLES_BYTES_MAX};
use crate::types::Ty;

/// Most expressions of one part.
const OUTPUTS_MAX: usize = 512;

/// A computed output with its code.
#[derive(Debug, Clone)]
pub struct CheckedOutput {
    /// What it is for.
    pub output: Output,
    /// What to run.
    pub checked: Checked,
}

/// A checked part.
#[derive(Debug, Default)]
pub struct CheckedPart {
    /// The computed outputs.
    pub outputs: Vec<CheckedOutput>,
    /// Columns and places.
    pub tables: Tables,
    /// The flows.
    pub flows: Vec<FlowPlan>,
    /// Everything found, errors first.
    pub diagnostics: Vec<Diagnostic>,
}

/// A module with its manifest, ready to be compiled.
#[derive(Debug, Clone)]
pub struct Emitted {
    /// What the host must know; `runtime` is filled in by the compiler.
    pub manifest: ProgramManifest,
    /// The module.
    pub wasm: Vec<u8>,
}

struct Builder<'a> {
    env: &'a Env,
    part: CheckedPart,
}

/// Checks a part that uses no resources.
pub fn check(source: &PartSource) -> CheckedPart {
    check_using(source, &Arc::default(), false)
}

/// Checks all parts of a request. The tables of all of them together have a limit, and so have their cases.
pub fn check_all(request: &CompileRequest) -> (Vec<CheckedPart>, Arc<Prepared>) {
    let resources = Arc::new(Prepared::of(&request.resources));
    let one = |source| check_rules(source, &resources, request.strict);
    let mut parts: Vec<CheckedPart> = request.parts.iter().map(one).collect();
    let tables: BTreeMap<String, usize> = parts.iter().flat_map(CheckedPart::tables).collect();
    let bytes: usize = tables.values().sum();
    if bytes > TABLES_BYTES_MAX {
        for part in parts.iter_mut().filter(|p| p.tables().next().is_some()) {
            part.diagnostics
                .retain(|d| d.code != codes::TABLES_BYTES.id);
            part.diagnostics.insert(0, too_large(bytes));
        }
    }
    cases::hold(&request.parts, &mut parts);
    (parts, resources)
}

fn too_large(bytes: usize) -> Diagnostic {
    let message = format!(
        "the lookup tables of the profile take {bytes} bytes, at most {TABLES_BYTES_MAX} are allowed"
    );
    Diagnostic::error(codes::TABLES_BYTES, Span::default(), message)
}

/// Checks a part. `strict`: what may fail on some objects is an error, unless a default follows; otherwise a warning.
pub fn check_using(source: &PartSource, resources: &Arc<Prepared>, strict: bool) -> CheckedPart {
    let mut part = check_rules(source, resources, strict);
    cases::hold(from_ref(source), from_mut(&mut part));
    part
}

/// The same without its cases.
fn check_rules(source: &PartSource, resources: &Arc<Prepared>, strict: bool) -> CheckedPart {
    let parameters = source
        .parameters
        .iter()
        .map(|(name, ty)| (name.clone(), AttrType::required(*ty)))
        .collect();
    let env = Env {
        source: source.source.clone(),
        target_image: source.target_image.clone(),
        other_side: source.target.clone(),
        parameters,
        resources: Arc::clone(resources),
        without_references: true,
        without_reservations: true,
        open: false,
        strict,
    };
    check_with(&env, source)
}

/// Checks a part against an environment of its own, without its cases.
pub fn check_with(env: &Env, source: &PartSource) -> CheckedPart {
    let part = CheckedPart::default();
    check_into(Builder { env, part }, source)
}

fn check_into(mut builder: Builder<'_>, source: &PartSource) -> CheckedPart {
    if let Some(scope) = &source.scope {
        builder.output(scope, "scope", (Role::Scope, ""), Goal::Scope);
    }
    for (index, key) in source.keys.iter().enumerate() {
        builder.output(
            key,
            &format!("keys[{index}]"),
            (Role::Key(index as u32), ""),
            Goal::Key,
        );
    }
    if let Some(dn) = &source.dn {
        builder.output(dn, "dn", (Role::Dn, "(dn)"), Goal::Dn);
    }
    builder.strictly(0);
    for (index, flow) in source.flows.iter().enumerate() {
        builder.flow(source, index, flow);
    }
    if builder.part.outputs.len() > OUTPUTS_MAX {
        let message = format!(
            "the part has {} expressions, at most {OUTPUTS_MAX} are allowed",
            builder.part.outputs.len()
        );
        builder
            .part
            .diagnostics
            .push(Diagnostic::error(codes::TOO_LONG, Span::default(), message));
    }
    builder.literals();
    sort(&mut builder.part.diagnostics);
    builder.part
}

/// The same with points for an explanation.
pub(crate) fn traced(env: &Env, source: &PartSource) -> CheckedPart {
    let mut part = CheckedPart::default();
    part.tables.trace = Some(Trace::default());
    check_into(Builder { env, part }, source)
}

/// Checks one expression on its own, with points for an explanation.
pub(crate) fn traced_expression(env: &Env, source: &ExprSource) -> CheckedPart {
    let mut part = CheckedPart::default();
    part.tables.trace = Some(Trace::default());
    expression_into(Builder { env, part }, source)
}

/// Checks one expression on its own, with the types of its sub-expressions.
pub(crate) fn typed_expression(env: &Env, source: &ExprSource) -> CheckedPart {
    let mut part = CheckedPart::default();
    part.tables.types = Some(crate::check::Types::default());
    expression_into(Builder { env, part }, source)
}

/// Checks one expression on its own: a part with one flow called `value`.
pub fn check_expression(env: &Env, source: &ExprSource) -> CheckedPart {
    let part = CheckedPart::default();
    expression_into(Builder { env, part }, source)
}

fn expression_into(mut builder: Builder<'_>, source: &ExprSource) -> CheckedPart {
    builder.output(source, "", (Role::Flow(0), "value"), Goal::Any);
    builder.strictly(0);
    builder.literals();
    builder.part.flows.push(FlowPlan {
        to: "value".into(),
        source: FlowSource::Computed(0),
        on_error: OnError::FailObject,
    });
    sort(&mut builder.part.diagnostics);
    builder.part
}

/// Does a flow leave here without a value and without an error?
fn leaves_without_value(ir: &Ir) -> bool {
    let mut leaves = false;
    codegen::visit(ir, &mut |node| {
        leaves |= matches!(node, Ir::Exit(Exit::Ignore | Exit::AuthoritativeNull));
    });
    leaves
}

impl Builder<'_> {
    /// Checks one expression and adds its output.
    fn output(&mut self, source: &ExprSource, path: &str, (role, to): (Role, &str), goal: Goal) {
        let index = self.part.outputs.len() as u32;
        let join = |inner: &str| match (path.is_empty(), inner.is_empty()) {
            (_, true) => path.to_owned(),
            (true, false) => inner.to_owned(),
            (false, false) => format!("{path}.{inner}"),
        };
        if let Some(trace) = &mut self.part.tables.trace {
            trace.at = String::new();
        }
        self.part.tables.draws = match role {
            Role::Flow(_) | Role::Dn => Some((to.to_owned(), 0)),
            Role::Scope | Role::Key(_) => None,
        };
        let (checked, diagnostics) = match source {
            ExprSource::Text(text) => {
                let text = (text.as_str(), Dialect::Csharp);
                check_text(self.env, text, goal, index, &mut self.part.tables)
            }
            ExprSource::Expr { expr, dialect } => {
                let text = (expr.as_str(), *dialect);
                check_text(self.env, text, goal, index, &mut self.part.tables)
            }
            ExprSource::Rule { rule, dialect } => check_tree(
                self.env,
                (rule, *dialect),
                goal,
                index,
                &mut self.part.tables,
            ),
        };
        let checked = Checked {
            ir: fuse(checked.ir),
            ..checked
        };
        let placed = diagnostics.into_iter().map(|d| Diagnostic {
            path: join(&d.path),
            ..d
        });
        self.part.diagnostics.extend(placed);
        self.drawn_in_loops(&checked.ir, path);
        if role == Role::Scope && leaves_without_value(&checked.ir) {
            let message =
                "a scope is true or false: `ignore` and `authoritativeNull` are for flows";
            let diagnostic = Diagnostic::error(codes::UNSUPPORTED, Span::default(), message);
            self.error(path.to_owned(), diagnostic);
        }
        let output = Output {
            role,
            attr: checked.attr,
            path: path.to_owned(),
        };
        self.part.outputs.push(CheckedOutput { output, checked });
    }

    /// In strict mode, what was found since the `first` is an error where it says that something may fail.
    fn strictly(&mut self, first: usize) {
        if self.env.strict {
            let found = self.part.diagnostics.split_off(first);
            let found = found.into_iter().map(Diagnostic::in_strict_mode);
            self.part.diagnostics.extend(found);
        }
    }

    /// Complains about draws inside lambdas.
    fn drawn_in_loops(&mut self, ir: &Ir, path: &str) {
        for site in draws_in_loops(ir) {
            let site = &self.part.tables.sites[site as usize];
            let message = format!(
                "`{}` would be the same for every element: a place draws once for an object",
                site.text
            );
            let diagnostic = Diagnostic::error(codes::UNSUPPORTED, site.span, message)
                .note("draw before the list method: `var drawn = …;`");
            self.error(path.to_owned(), diagnostic);
        }
    }

    /// All literals and tables of a part share one data segment.
    fn literals(&mut self) {
        let mut bytes = self.part.tables().map(|(_, bytes)| bytes).sum();
        if bytes > TABLES_BYTES_MAX {
            self.part.diagnostics.push(too_large(bytes));
        }
        for output in &self.part.outputs {
            codegen::visit(&output.checked.ir, &mut |node| {
                if let Ir::Text(text) = node {
                    bytes += text.len();
                }
            });
        }
        if bytes > codegen::LITERAL_BYTES_MAX as usize {
            let message =
                format!("the part has {bytes} bytes of literal texts and tables; use fewer");
            self.part.diagnostics.push(Diagnostic::error(
                codes::TOO_LONG,
                Span::default(),
                message,
            ));
        }
    }

    fn error(&mut self, path: String, diagnostic: Diagnostic) {
        self.part
            .diagnostics
            .push(Diagnostic { path, ..diagnostic });
    }

    fn flow(&mut self, source: &PartSource, index: usize, flow: &FlowText) {
        let path = format!("flows[{index}]");
        let first = self.part.diagnostics.len();
        let target = source.target.get(&flow.to).map(|attr| AttrType {
            multi: attr.multi || flow.picks,
            ..*attr
        });
        if target.is_none() && !source.target.is_empty() {
            let message = format!("the target has no attribute `{}`", flow.to);
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_TARGET, Span::default(), message);
            if let Some(near) = closest(&flow.to, source.target.keys().map(String::as_str)) {
                diagnostic = diagnostic.fix("did you mean", Span::default(), near);
            }
            self.error(format!("{path}.to"), diagnostic);
        }
        let goal = target.map_or(Goal::Any, Goal::Flow);
        let plan = match (&flow.from, &flow.expr, &flow.rule) {
            (Some(from), None, None) => {
                self.direct(from, target, &format!("{path}.from"));
                FlowSource::Direct(from.clone())
            }
            (None, Some(expr), None) => {
                let output = self.part.outputs.len() as u32;
                let text = ExprSource::Expr {
                    expr: expr.clone(),
                    dialect: flow.dialect,
                };
                self.output(
                    &text,
                    &format!("{path}.expr"),
                    (Role::Flow(index as u32), &flow.to),
                    goal,
                );
                FlowSource::Computed(output)
            }
            (None, None, Some(rule)) => {
                let output = self.part.outputs.len() as u32;
                self.output(
                    &ExprSource::Rule {
                        rule: rule.clone(),
                        dialect: flow.dialect,
                    },
                    &path,
                    (Role::Flow(index as u32), &flow.to),
                    goal,
                );
                FlowSource::Computed(output)
            }
            _ => {
                let message = "a flow has exactly one of `from`, `expr` and `rule`";
                self.error(
                    path.clone(),
                    Diagnostic::error(codes::BAD_TREE, Span::default(), message),
                );
                FlowSource::Direct(String::new())
            }
        };
        // Where a default follows, only the default is the last word.
        let last = match flow.default {
            Some(_) => self.part.diagnostics.len(),
            None => first,
        };
        if let Some(default) = &flow.default {
            let text = (default.as_str(), flow.dialect);
            match plan {
                FlowSource::Computed(output) => self.default(text, output, &path, goal),
                FlowSource::Direct(_) if flow.from.is_none() => {}
                FlowSource::Direct(_) => {
                    let message =
                        "a copied attribute never fails; a default needs `expr` or `rule`";
                    let diagnostic = Diagnostic::error(codes::BAD_TREE, Span::default(), message);
                    self.error(format!("{path}.default"), diagnostic);
                }
            }
        }
        self.strictly(last);
        self.part.flows.push(FlowPlan {
            to: flow.to.clone(),
            source: plan,
            on_error: flow.on_error,
        });
    }

    /// What an output gives where its expression fails.
    fn default(&mut self, text: (&str, Dialect), output: u32, path: &str, goal: Goal) {
        let Some(index) = self.part.outputs.len().checked_sub(1) else {
            return;
        };
        let path = format!("{path}.default");
        if let Some(trace) = &mut self.part.tables.trace {
            trace.at = "default".to_owned();
        }
        self.part.tables.locals_taken = self.part.outputs[index].checked.locals;
        let (checked, diagnostics) =
            check_text(self.env, text, goal, output, &mut self.part.tables);
        self.part.tables.locals_taken = 0;
        let placed = diagnostics.into_iter().map(|d| Diagnostic {
            path: path.clone(),
            ..d
        });
        self.part.diagnostics.extend(placed);
        self.drawn_in_loops(&checked.ir, &path);
        let first = &mut self.part.outputs[index].checked;
        if checked.attr != first.attr {
            let (wanted, found) = (Ty::of_attr(first.attr), Ty::of_attr(checked.attr));
            let message = format!("the rule gives `{wanted}`, its default `{found}`");
            let diagnostic = Diagnostic::error(codes::BRANCHES, Span::default(), message);
            return self.error(path, diagnostic);
        }
        first.locals = first.locals.max(checked.locals);
        let value = std::mem::replace(&mut first.ir, Ir::Word(0));
        first.ir = Ir::Else(value.into(), fuse(checked.ir).into());
    }

    /// A flow that copies: the attribute must exist and fit.
    fn direct(&mut self, from: &str, target: Option<AttrType>, path: &str) {
        let span = Span {
            from: 0,
            to: from.encode_utf16().count() as u32,
        };
        let Some(attr) = self.env.source.get(from).copied() else {
            if self.env.open {
                return;
            }
            let mut diagnostic = Diagnostic::error(
                codes::UNKNOWN_NAME,
                span,
                format!("the source has no attribute `{from}`"),
            );
            if let Some(near) = closest(from, self.env.source.keys().map(String::as_str)) {
                diagnostic = diagnostic.fix("did you mean", span, near);
            }
            return self.error(path.to_owned(), diagnostic);
        };
        let Some(target) = target else { return };
        if attr.multi && !target.multi {
            let message = format!("`{from}` is a list, the target attribute holds a single value");
            let diagnostic = Diagnostic::error(codes::MULTIPLICITY, span, message).note(format!(
                "let the flow pick one, or use an expression: `{from}?.FirstOrDefault()`"
            ));
            return self.error(path.to_owned(), diagnostic);
        }
        let whole = |ty| matches!(ty, RuleType::Int | RuleType::Long);
        if attr.ty != target.ty && !(whole(attr.ty) && target.ty == RuleType::Long) {
            let show = |ty| Ty::of_attr(AttrType::required(ty));
            let message = format!(
                "`{from}` is a `{}`, the target holds `{}`",
                show(attr.ty),
                show(target.ty)
            );
            self.error(
                path.to_owned(),
                Diagnostic::error(codes::CONVERSION, span, message),
            );
        }
    }
}

impl CheckedPart {
    /// The lookup tables in its expressions, each once, with their bytes.
    pub fn tables(&self) -> impl Iterator<Item = (String, usize)> {
        let mut tables = BTreeMap::new();
        for output in &self.outputs {
            codegen::visit(&output.checked.ir, &mut |node| {
                if let Ir::Table(table) = node {
                    tables.insert(table.name.clone(), table.bytes);
                }
            });
        }
        tables.into_iter()
    }

    /// Can it be emitted?
    pub fn ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Attributes of the object that expressions and direct flows read.
    pub fn reads(&self) -> Vec<String> {
        let slots = self
            .tables
            .slots
            .iter()
            .filter_map(|slot| match &slot.source {
                SlotSource::Attribute(name) => Some(name.clone()),
                _ => None,
            });
        let direct = self.flows.iter().filter_map(|flow| match &flow.source {
            FlowSource::Direct(name) => Some(name.clone()),
            FlowSource::Computed(_) => None,
        });
        let mut names: Vec<String> = slots.chain(direct).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Attributes read through `Target.x`.
    pub fn reads_target(&self) -> Vec<String> {
        let mut names: Vec<String> = (self.tables.slots.iter())
            .filter_map(|slot| match &slot.source {
                SlotSource::Target(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        names.sort();
        names
    }

    /// SHA-256 over the canonical IR and the library version, hexadecimal.
    pub fn meaning(&self) -> String {
        let name = |slot: u32| {
            let slot = &self.tables.slots[slot as usize];
            let (origin, name) = match &slot.source {
                SlotSource::Attribute(name) => ("source", name.as_str()),
                SlotSource::Target(name) => ("target", name.as_str()),
                SlotSource::Parameter(name) => ("parameter", name.as_str()),
                SlotSource::Clock => ("clock", ""),
                SlotSource::Draw(place) => ("draw", place.as_str()),
            };
            // Names are quoted, so that no attribute name can imitate the rest of the text.
            format!(
                "{origin} {} {}",
                serde_json::Value::from(name),
                Ty::of_attr(slot.attr)
            )
        };
        let mut text = format!("syncline rule meaning 1, library {LIBRARY_VERSION}\n");
        for output in &self.outputs {
            let role = match output.output.role {
                Role::Scope => "scope".to_owned(),
                Role::Key(index) => format!("key {index}"),
                Role::Dn => "dn".to_owned(),
                Role::Flow(index) => format!("flow {index}"),
            };
            let ty = Ty::of_attr(output.checked.attr);
            let _ = writeln!(
                text,
                "{role} : {ty} = {}",
                canonical(&output.checked.ir, &name)
            );
        }
        for flow in &self.flows {
            let to = serde_json::Value::from(flow.to.as_str());
            let source = match &flow.source {
                FlowSource::Direct(from) => {
                    format!("direct {}", serde_json::Value::from(from.as_str()))
                }
                FlowSource::Computed(_) => "computed".to_owned(),
            };
            let _ = writeln!(text, "to {to} {source} {:?}", flow.on_error);
        }
        hex::encode(Sha256::digest(text.as_bytes()))
    }

    /// Module and manifest. Only for parts without errors.
    pub fn emit(&self) -> Emitted {
        debug_assert!(self.ok());
        let outputs: Vec<&Checked> = self.outputs.iter().map(|o| &o.checked).collect();
        let scoped = self
            .outputs
            .first()
            .is_some_and(|o| o.output.role == Role::Scope);
        let emitted = codegen::emit(&outputs, self.tables.slots.len() as u32, scoped);
        let keys = self
            .outputs
            .iter()
            .filter(|o| matches!(o.output.role, Role::Key(_)))
            .count() as u32;
        let manifest = ProgramManifest {
            abi: ABI_VERSION,
            library: LIBRARY_VERSION,
            meaning: self.meaning(),
            runtime: String::new(),
            literals_end: emitted.literals_end,
            slots: self.tables.slots.clone(),
            outputs: self.outputs.iter().map(|o| o.output.clone()).collect(),
            keys,
            flows: self.flows.clone(),
            sites: self.tables.sites.clone(),
        };
        Emitted {
            manifest,
            wasm: emitted.wasm,
        }
    }
}
