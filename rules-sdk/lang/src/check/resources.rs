//! Calls of what a tenant brings along: `Lookup("table", key)`.
//!
//! Invariants: which table it is stands in the text as a literal, so that a program holds exactly the tables it names.

use std::sync::Arc;

use syncline_model::rules::{Dialect, Span};
use syncline_rules_guest::Fn;

use super::{Checker, Typed};
use crate::diag::{Diagnostic, codes};
use crate::ir::Ir;
use crate::resources::Packed;
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// `Lookup("table", key)`: the value of the key, absent where the table has none.
    pub(super) fn lookup(&mut self, name: &Name, args: &[Expr], span: Span) -> Typed {
        let [table, key] = args else {
            args.iter().for_each(|arg| drop(self.argument(arg)));
            return self.wrong_count(name, "2", args.len(), span);
        };
        let table = self.table(table);
        let value = self.expr(key);
        let is_list = value.ty.element().is_some();
        if self.dialect == Dialect::Entra && is_list {
            return self.each(value, key.span, span, |checker, one| {
                checker.looked_up(table, one, key.span, span)
            });
        }
        self.looked_up(table, value, key.span, span)
    }

    fn looked_up(&mut self, table: Option<Arc<Packed>>, key: Typed, at: Span, span: Span) -> Typed {
        let gives = Ty::optional(Base::String);
        let key = self.coerced(key, &gives, at);
        if key.ty.is_unknown() {
            return key;
        }
        let Some(table) = table else {
            return Typed::new(Ir::Word(0), gives);
        };
        let ignores_case = Ir::Word(i64::from(table.ignore_case));
        let args = vec![Ir::Table(table), key.ir, ignores_case];
        let site = self.site(span);
        Typed::new(Ir::Call(Fn::Lookup, args, site), gives)
    }

    /// The table that an argument names; none where that was reported, or where nothing is known of any table.
    fn table(&mut self, arg: &Expr) -> Option<Arc<Packed>> {
        let Node::Str(name) = &arg.kind else {
            self.expr(arg);
            self.report(
                Diagnostic::error(
                    codes::TABLE_NAME,
                    arg.span,
                    "the table of `Lookup` is named by a text as it stands, not computed",
                )
                .label("not a literal")
                .note("choose between two `Lookup` calls where the table depends on something"),
            );
            return None;
        };
        let resources = &self.env.resources;
        if let Some(table) = resources.table(name) {
            if table.text.is_some() {
                return Some(Arc::clone(table));
            }
            let message = format!("the table `{name}` has mistakes of its own");
            self.error(codes::BROKEN_RESOURCE, arg.span, message);
            return None;
        }
        if self.env.open && resources.is_empty() {
            return None;
        }
        let near: Vec<String> = resources
            .near(name)
            .iter()
            .map(|n| (*n).to_owned())
            .collect();
        let message = format!("there is no lookup table `{name}`");
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_TABLE, arg.span, message).label("unknown table");
        if let [_, _, ..] = &near[..] {
            diagnostic = diagnostic.note(format!("the nearest are `{}`", near.join("`, `")));
        }
        if let Some(first) = near.first() {
            diagnostic = diagnostic.fix("did you mean", arg.span, literal(first));
        }
        self.report(diagnostic);
        None
    }

    /// `key.Lookup("table")`: the table comes first, so that it is no method.
    pub(super) fn no_lookup_method(&mut self, name: &Name) -> Typed {
        let message = "`Lookup` is no method; write `Lookup(\"table\", key)`";
        self.error(codes::UNKNOWN_MEMBER, name.span, message);
        Typed::unknown()
    }
}

/// A text as both dialects write it.
fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
