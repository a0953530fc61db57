//! The types of sub-expressions, for whoever works on the tree after it was checked.
//!
//! Invariants: of a place that was checked more than once the last type counts, which is the one that the answer has.

use std::collections::BTreeMap;

use super::entra::Lift;
use crate::syntax::ast::{Expr, Node};
use crate::types::Ty;

/// The types of a program.
#[derive(Debug, Default)]
pub(crate) struct Types {
    /// By text, place, and whether it is the value before `?.`, which shares its place with what it stands for.
    types: BTreeMap<(String, u32, u32, bool), Ty>,
    /// Where the text stands that is being checked, within its output (`rule.then`).
    pub at: String,
    /// Expressions that were applied to each value of a list.
    lifts: BTreeMap<(String, u32, u32), Lift>,
}

impl Types {
    pub(super) fn learn(&mut self, expr: &Expr, ty: &Ty) {
        self.types.insert(self.key(expr), ty.clone());
    }

    /// The type of an expression of the text at [`Self::at`].
    pub(crate) fn of(&self, expr: &Expr) -> Option<&Ty> {
        self.types.get(&self.key(expr))
    }

    pub(super) fn lift(&mut self, expr: &Expr, lift: Lift) {
        self.lifts.insert(self.place(expr), lift);
    }

    pub(super) fn unlift(&mut self, expr: &Expr) {
        self.lifts.remove(&self.place(expr));
    }

    /// How an expression was applied to each value of a list, if it was.
    pub(crate) fn lift_of(&self, expr: &Expr) -> Option<&Lift> {
        self.lifts.get(&self.place(expr))
    }

    /// The types of another text.
    pub(crate) fn at(&self, path: &str) -> Self {
        let here = self.types.iter().filter(|((at, ..), _)| at == path);
        Self {
            types: here.map(|(key, ty)| (key.clone(), ty.clone())).collect(),
            at: path.to_owned(),
            lifts: (self.lifts.iter())
                .filter(|((at, ..), _)| at == path)
                .map(|(key, lift)| (key.clone(), lift.clone()))
                .collect(),
        }
    }

    fn place(&self, expr: &Expr) -> (String, u32, u32) {
        (self.at.clone(), expr.span.from, expr.span.to)
    }

    fn key(&self, expr: &Expr) -> (String, u32, u32, bool) {
        let is_hole = matches!(expr.kind, Node::Hole);
        (self.at.clone(), expr.span.from, expr.span.to, is_hole)
    }
}
