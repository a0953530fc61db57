//! Statements, one a line, four blanks for each block; `throw`.
//!
//! Invariants: the name of an exception is kept where it is known.

use syncline_model::rules::Span;

use super::names::is_identifier;
use super::{Csharp, Text};
use crate::syntax::ast::{Expr, Stmt};

impl Csharp<'_> {
    /// Statements, one a line.
    pub fn statements(&self, statements: &[Stmt], indent: usize) -> Text {
        let mut out = String::new();
        for statement in statements {
            out.push_str(&"    ".repeat(indent));
            out.push_str(&self.statement(statement, indent)?);
            out.push('\n');
        }
        Ok(out)
    }

    fn statement(&self, statement: &Stmt, indent: usize) -> Text {
        Ok(match statement {
            Stmt::Var { name, ty, value } => {
                let ty = match ty {
                    Some(ty) => self.written(ty.span).unwrap_or(&ty.name).to_owned(),
                    None => "var".to_owned(),
                };
                format!("{ty} {} = {};", name.text, self.expr(value)?)
            }
            Stmt::Return { value, .. } => format!("return {};", self.expr(value)?),
            Stmt::Throw { args, span } => format!("{};", self.throw(args, *span)?),
            Stmt::If {
                condition,
                then,
                other,
            } => {
                let end = "    ".repeat(indent);
                let body = self.statements(then, indent + 1)?;
                let head = format!("if ({}) {{\n{body}{end}}}", self.expr(condition)?);
                match &other[..] {
                    [] => head,
                    [only @ Stmt::If { .. }] => {
                        format!("{head} else {}", self.statement(only, indent)?)
                    }
                    other => {
                        let body = self.statements(other, indent + 1)?;
                        format!("{head} else {{\n{body}{end}}}")
                    }
                }
            }
        })
    }

    /// The name of an exception is kept where it is known.
    pub(super) fn throw(&self, args: &[Expr], span: Span) -> Text {
        let written = self.written(span).and_then(|text| {
            let ty = text
                .strip_prefix("throw")?
                .trim_start()
                .strip_prefix("new")?;
            Some(ty.split(['(', ';']).next()?.trim())
        });
        let ty = written
            .filter(|ty| is_identifier(ty))
            .unwrap_or("Exception");
        Ok(format!("throw new {ty}({})", self.list(args)?))
    }
}
