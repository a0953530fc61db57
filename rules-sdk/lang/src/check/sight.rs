//! What a language service sees of a text: the types of its expressions, and what can be named at one place.
//!
//! Invariants: looking changes no answer; whatever the text is, there is a sight.

use std::collections::BTreeMap;

use syncline_model::rules::{Dialect, Span};

use super::{Checker, Env, Goal, Tables, Typed};
use crate::syntax::ast::{Expr, Name, Program};
use crate::types::Ty;

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    /// The place, in bytes.
    at: u32,
    /// The types of the expressions that begin before it.
    pub types: BTreeMap<Span, Ty>,
    /// Which type a static member belongs to, by the place of its name.
    pub owners: BTreeMap<Span, &'static str>,
    /// The variables at the place; none where no expression is around it.
    pub variables: Option<Vec<(String, Ty)>>,
    narrowest: u32,
}

/// Checks a text for what can be seen of it; what is wrong with it does not matter.
pub(crate) fn look(env: &Env, (source, dialect): (&str, Dialect), at: u32) -> (Program, Sight) {
    let (program, _) = crate::syntax::parse(source, dialect);
    let mut tables = Tables {
        draws: Some((String::new(), 0)),
        sight: Some(Sight {
            at,
            narrowest: u32::MAX,
            ..Sight::default()
        }),
        ..Tables::default()
    };
    Checker::new(env, (source, dialect), 0, &mut tables).program(&program, Goal::Any);
    (program, tables.sight.unwrap_or_default())
}

impl Checker<'_> {
    /// Before an expression is checked.
    pub(super) fn see(&mut self, expr: &Expr) {
        let Some(sight) = &mut self.tables.sight else {
            return;
        };
        let span = expr.span;
        let around = span.from <= sight.at && sight.at <= span.to;
        if around && span.to - span.from <= sight.narrowest {
            sight.narrowest = span.to - span.from;
            let named = self
                .variables
                .iter()
                .map(|v| (v.name.clone(), v.ty.clone()));
            sight.variables = Some(named.collect());
        }
    }

    /// After it was checked.
    pub(super) fn seen(&mut self, expr: &Expr, value: &Typed) {
        if let Some(sight) = &mut self.tables.sight
            && expr.span.from <= sight.at
        {
            sight.types.insert(expr.span, value.ty.clone());
        }
    }

    /// Where a static member is named.
    pub(super) fn seen_static(&mut self, owner: &'static str, name: &Name) {
        if let Some(sight) = &mut self.tables.sight {
            sight.owners.insert(name.span, owner);
        }
    }
}
