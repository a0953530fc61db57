//! Named expressions: a tenant's own functions, checked by themselves and put in place of their calls.
//!
//! Invariants: none calls itself, directly or through others; what is wrong with one is told with the path to it, and is
//! an error for whoever calls it; names do not collide with those of the library.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use syncline_model::rules::{AttrType, Dialect};

use super::{Prepared, uses};
use crate::check::check_helper;
use crate::diag::{Diagnostic, codes};
use crate::request::ExprSource;
use crate::service::is_taken;
use crate::syntax::ast::Program;
use crate::syntax::{self, SOURCE_BYTES_MAX};
use crate::types::Ty;

/// Most named expressions of a tenant.
pub const EXPRESSIONS_MAX: usize = 200;
/// Most parameters of one.
pub const PARAMETERS_MAX: usize = 16;

/// An expression with a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedExpression {
    /// What it is called by.
    pub name: String,
    /// What it takes, in the order of the arguments.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// What it gives. It reads its parameters and nothing of an object.
    pub expr: String,
    /// What it is written in.
    #[serde(default)]
    pub dialect: Dialect,
    /// What it does, in a line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
}

/// What a named expression takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// What the body calls it.
    pub name: String,
    /// Its type.
    #[serde(flatten)]
    pub attr: AttrType,
}

/// A named expression as the checker uses it.
#[derive(Debug, Clone)]
pub(crate) struct Helper {
    pub name: String,
    pub params: Vec<(String, Ty)>,
    pub source: String,
    pub dialect: Dialect,
    pub doc: String,
    pub program: Program,
    /// What it gives; none where it has mistakes.
    pub returns: Option<Ty>,
}

impl Helper {
    /// As people write it.
    pub fn signature(&self) -> String {
        let params = self.params.iter().map(|(name, ty)| format!("{ty} {name}"));
        let params = params.collect::<Vec<_>>().join(", ");
        let returns = self.returns.clone().unwrap_or_else(Ty::unknown);
        format!("{}({params}): {returns}", self.name)
    }
}

impl Prepared {
    /// Adds the expressions, those that are called before those that call them.
    pub(super) fn add_expressions(&mut self, all: &[NamedExpression]) {
        if all.len() > EXPRESSIONS_MAX {
            let message = format!(
                "there are {} named expressions, at most {EXPRESSIONS_MAX} are allowed",
                all.len()
            );
            self.error(codes::EXPRESSIONS, "resources.expressions", message);
            return;
        }
        let (mut places, mut broken) = (BTreeMap::new(), BTreeSet::new());
        for (index, one) in all.iter().enumerate() {
            if places.insert(one.name.as_str(), index).is_some() {
                let message = format!("there are two named expressions `{}`", one.name);
                let path = format!("resources.expressions[{index}].name");
                self.error(codes::DUPLICATE_NAME, &path, message);
                broken.insert(index);
            }
        }
        let calls = |one: &NamedExpression| -> Vec<usize> {
            let called = uses(&ExprSource::Expr {
                expr: one.expr.clone(),
                dialect: one.dialect,
            });
            let known = called.expressions.iter();
            known
                .filter_map(|name| places.get(name.as_str()).copied())
                .collect()
        };
        let calls: Vec<Vec<usize>> = all.iter().map(calls).collect();
        let (order, cycles) = sorted(&calls);
        for cycle in cycles {
            let first = cycle.iter().copied().min().unwrap_or(0);
            let at = cycle.iter().position(|index| *index == first).unwrap_or(0);
            let around = cycle[at..].iter().chain(&cycle[..at]).chain([&first]);
            let names: Vec<&str> = around.map(|index| all[*index].name.as_str()).collect();
            let message = format!(
                "a named expression cannot call itself: {}",
                names.join(" calls ")
            );
            let path = format!("resources.expressions[{first}].expr");
            self.error(codes::CYCLE, &path, message);
            broken.extend(cycle);
        }
        for index in order {
            self.add_expression(&all[index], index, broken.contains(&index));
        }
        self.diagnostics.sort_by_key(|d| !d.is_error());
    }

    fn add_expression(&mut self, one: &NamedExpression, index: usize, is_broken: bool) {
        let path = format!("resources.expressions[{index}]");
        let before = self.diagnostics.len();
        self.expression_name(one, &path);
        let params = one.parameters.iter();
        let mut helper = Helper {
            name: one.name.clone(),
            params: params
                .map(|p| (p.name.clone(), Ty::of_attr(p.attr)))
                .collect(),
            source: one.expr.clone(),
            dialect: one.dialect,
            doc: one.doc.clone(),
            program: syntax::parse(&one.expr, one.dialect).0,
            returns: None,
        };
        let is_sound = self.diagnostics.len() == before && !is_broken;
        let resources = Arc::new(self.clone());
        let (returns, found) = check_helper(&helper, &resources);
        let fails = found.iter().any(Diagnostic::is_error);
        // Where it calls itself that was said; what else is wrong is still worth telling.
        let path = format!("{path}.expr");
        let placed = found.into_iter().map(|d| Diagnostic {
            path: path.clone(),
            ..d
        });
        self.diagnostics.extend(placed);
        if is_sound && !fails {
            helper.returns = Some(returns);
        }
        self.expressions.insert(one.name.clone(), Arc::new(helper));
    }

    fn expression_name(&mut self, one: &NamedExpression, path: &str) {
        let at = format!("{path}.name");
        let name = &one.name;
        if !is_identifier(name) {
            let message =
                format!("`{name}` is no name of a function: letters, digits and `_`, at most 64");
            self.error(codes::RESOURCE_NAME, &at, message);
        } else if is_taken(name) {
            let message = format!("`{name}` is a name of the language; choose another one");
            self.error(codes::RESOURCE_NAME, &at, message);
        }
        if one.parameters.len() > PARAMETERS_MAX {
            let message = format!("`{name}` takes more than {PARAMETERS_MAX} parameters");
            self.error(codes::EXPRESSIONS, &format!("{path}.parameters"), message);
        }
        if one.expr.chars().count() > SOURCE_BYTES_MAX {
            let message = format!("`{name}` is longer than {SOURCE_BYTES_MAX} characters");
            self.error(codes::TOO_LONG, &format!("{path}.expr"), message);
        }
        let mut seen = BTreeSet::new();
        for (index, parameter) in one.parameters.iter().enumerate() {
            let at = format!("{path}.parameters[{index}].name");
            if !is_identifier(&parameter.name) {
                let message = format!("`{}` is no name of a parameter", parameter.name);
                self.error(codes::RESOURCE_NAME, &at, message);
            }
            if !seen.insert(&parameter.name) {
                let message = format!("`{name}` has two parameters `{}`", parameter.name);
                self.error(codes::DUPLICATE_NAME, &at, message);
            }
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Numbers so that what is called comes first, and every cycle once.
fn sorted(calls: &[Vec<usize>]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let (mut order, mut cycles) = (Vec::new(), Vec::new());
    let mut done = vec![false; calls.len()];
    for start in 0..calls.len() {
        let mut path: Vec<(usize, usize)> = Vec::new();
        if !done[start] {
            path.push((start, 0));
        }
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let Some(called) = calls[node].get(*next).copied() else {
                done[node] = true;
                order.push(node);
                path.pop();
                continue;
            };
            *next += 1;
            match path.iter().position(|(on, _)| *on == called) {
                Some(at) => cycles.push(path[at..].iter().map(|(on, _)| *on).collect()),
                None if !done[called] => path.push((called, 0)),
                None => {}
            }
        }
    }
    (order, cycles)
}
