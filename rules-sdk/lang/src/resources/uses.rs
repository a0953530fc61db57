//! Which resources a source uses, as far as its text says.
//!
//! Invariants: a text that cannot be parsed as a whole is answered for what can; a name that no resource has is listed as
//! well, so that whoever removes a resource still finds who uses it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use syncline_model::rules::Dialect;

use super::Resources;
use crate::request::{ExprSource, PartSource};
use crate::service::is_taken;
use crate::syntax::{Tok, tokens};

/// What a source uses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    /// Names of tables.
    pub tables: BTreeSet<String>,
    /// Names of named expressions: functions that the library does not have.
    pub expressions: BTreeSet<String>,
}

impl Uses {
    /// With what another source uses.
    pub fn and(mut self, other: Self) -> Self {
        self.tables.extend(other.tables);
        self.expressions.extend(other.expressions);
        self
    }

    /// What a text uses.
    pub fn of_text(text: &str, dialect: Dialect) -> Self {
        let mut found = Self::default();
        walk(&tokens(text, dialect), text, &mut found);
        found
    }

    /// What a part uses.
    pub fn of_part(part: &PartSource) -> Self {
        let mut all = Self::default();
        for source in part.scope.iter().chain(&part.keys).chain(&part.dn) {
            all = all.and(uses(source));
        }
        for flow in &part.flows {
            for text in flow.expr.iter().chain(&flow.default) {
                all = all.and(Self::of_text(text, flow.dialect));
            }
            if let Some(rule) = &flow.rule {
                all = all.and(of_rule(rule, flow.dialect));
            }
        }
        all
    }
}

impl Resources {
    /// With what the named expressions among them use in turn.
    pub fn closure(&self, mut uses: Uses) -> Uses {
        let mut waiting: Vec<String> = uses.expressions.iter().cloned().collect();
        while let Some(name) = waiting.pop() {
            for one in self.expressions.iter().filter(|one| one.name == name) {
                let inner = Uses::of_text(&one.expr, one.dialect);
                let new = inner.expressions.difference(&uses.expressions);
                waiting.extend(new.cloned());
                uses = uses.and(inner);
            }
        }
        uses
    }

    /// Only those that are used, directly or through named expressions: what a request for a profile has to hold.
    pub fn only(&self, uses: Uses) -> Self {
        let uses = self.closure(uses);
        let tables = self.tables.iter();
        let expressions = self.expressions.iter();
        Self {
            tables: tables
                .filter(|t| uses.tables.contains(&t.name))
                .cloned()
                .collect(),
            expressions: expressions
                .filter(|e| uses.expressions.contains(&e.name))
                .cloned()
                .collect(),
            parameters: self.parameters.clone(),
        }
    }
}

/// The resources that an expression or rule tree names.
pub fn uses(source: &ExprSource) -> Uses {
    match source {
        ExprSource::Text(text) => Uses::of_text(text, Dialect::Csharp),
        ExprSource::Expr { expr, dialect } => Uses::of_text(expr, *dialect),
        ExprSource::Rule { rule, dialect } => of_rule(rule, *dialect),
    }
}

/// Every text of a tree; what is no tree is walked all the same.
fn of_rule(rule: &Json, dialect: Dialect) -> Uses {
    match rule {
        Json::String(text) => Uses::of_text(text, dialect),
        Json::Array(items) => (items.iter())
            .map(|item| of_rule(item, dialect))
            .fold(Uses::default(), Uses::and),
        Json::Object(object) => {
            let own = object
                .get("dialect")
                .and_then(|d| Dialect::deserialize(d).ok());
            let dialect = own.unwrap_or(dialect);
            let inner = object.iter().filter(|(name, _)| *name != "dialect");
            inner
                .map(|(_, value)| of_rule(value, dialect))
                .fold(Uses::default(), Uses::and)
        }
        _ => Uses::default(),
    }
}

fn walk(tokens: &[crate::syntax::Token], source: &str, found: &mut Uses) {
    for (index, token) in tokens.iter().enumerate() {
        let next = |ahead: usize| tokens.get(index + ahead).map(|token| &token.tok);
        match &token.tok {
            Tok::Ident { text, .. } if next(1) == Some(&Tok::Punct("(")) => {
                let before = index.checked_sub(1).map(|at| &tokens[at].tok);
                let is_member = matches!(before, Some(Tok::Punct("." | "?.")));
                if let ("Lookup", Some(Tok::Str(table))) = (text.as_str(), next(2)) {
                    found.tables.insert(table.clone());
                } else if !is_member && !is_taken(text) {
                    found.expressions.insert(text.clone());
                }
            }
            Tok::Interpolated(pieces) => {
                for piece in pieces {
                    if let crate::syntax::RawPiece::Hole { expr, .. } = piece {
                        walk(&crate::syntax::hole_tokens(source, *expr), source, found);
                    }
                }
            }
            _ => {}
        }
    }
}
