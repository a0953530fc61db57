//! Renaming an attribute in all expressions of a profile.
//!
//! Invariants: a variable of the same name stays what it is; the new name is written so that it names an attribute; a text
//! that cannot be parsed is told, because something in it may have been missed.

use serde::{Deserialize, Serialize};
use syncline_model::rules::{Dialect, Span};

use super::words;
use crate::diag::{Diagnostic, Units};
use crate::syntax::ast::{Expr, Node, Pattern, Program, Stmt};
use crate::syntax::walk::{Part, parts, pattern_parts};

/// One expression of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The caller's name for its place; comes back in the edits.
    pub path: String,
    /// The text.
    pub text: String,
    /// What it is written in.
    #[serde(default)]
    pub dialect: Dialect,
}

/// Whose attribute is renamed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The object's.
    #[default]
    Object,
    /// The linked target's, `Target.x`.
    Target,
}

/// A change of one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Which text.
    pub path: String,
    /// What is replaced.
    pub span: Span,
    /// With what.
    pub text: String,
}

/// What renaming gives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Renaming {
    /// The changes, in the order of the texts.
    pub edits: Vec<Edit>,
    /// Texts that have errors, so that something in them may have been missed.
    pub unread: Vec<String>,
}

/// Gives an attribute another name in all expressions.
pub fn rename(sources: &[Source], side: Side, from: &str, to: &str) -> Renaming {
    let mut renaming = Renaming::default();
    for source in sources {
        let (program, found) = crate::syntax::parse(&source.text, source.dialect);
        if found.iter().any(Diagnostic::is_error) {
            renaming.unread.push(source.path.clone());
        }
        let mut walk = Walk {
            side,
            dialect: source.dialect,
            from,
            to,
            variables: Vec::new(),
            edits: Vec::new(),
        };
        match &program {
            Program::Expr(expr) => walk.expr(expr),
            Program::Block(statements, _) => walk.block(statements),
        }
        let units = Units::new(&source.text);
        let edits = walk.edits.into_iter().map(|(span, text)| Edit {
            path: source.path.clone(),
            span: units.of(span),
            text,
        });
        renaming.edits.extend(edits);
    }
    renaming
}

struct Walk<'a> {
    side: Side,
    dialect: Dialect,
    from: &'a str,
    to: &'a str,
    /// The variables that can be named where the walk is.
    variables: Vec<String>,
    edits: Vec<(Span, String)>,
}

impl Walk<'_> {
    fn block(&mut self, statements: &[Stmt]) {
        let scope = self.variables.len();
        for statement in statements {
            match statement {
                Stmt::Var { name, value, .. } => {
                    self.expr(value);
                    self.variables.push(name.text.clone());
                }
                Stmt::If {
                    condition,
                    then,
                    other,
                } => {
                    self.expr(condition);
                    self.block(then);
                    self.block(other);
                }
                Stmt::Return { value, .. } => self.expr(value),
                Stmt::Throw { args, .. } => args.iter().for_each(|arg| self.expr(arg)),
            }
        }
        self.variables.truncate(scope);
    }

    fn expr(&mut self, expr: &Expr) {
        match (&expr.kind, self.side) {
            (Node::Name(name), Side::Object) if name == self.from && !self.is_variable(name) => {
                self.attribute(expr.span);
            }
            (Node::Attribute(name), Side::Object) if name == self.from => self.attribute(expr.span),
            (Node::Member { receiver, name }, Side::Target)
                if name.text == self.from
                    && matches!(&receiver.kind, Node::Name(of) if of == "Target")
                    && !self.is_variable("Target") =>
            {
                self.edits.push((name.span, self.to.to_owned()));
            }
            (Node::Call { callee, args }, side) if matches!(callee.kind, Node::Name(_)) => {
                self.function(callee, args, side);
            }
            (Node::Switch { operand, arms }, _) => {
                self.expr(operand);
                for arm in arms {
                    let scope = self.variables.len();
                    self.pattern(&arm.pattern);
                    arm.guard.iter().for_each(|guard| self.expr(guard));
                    self.expr(&arm.value);
                    self.variables.truncate(scope);
                }
            }
            (Node::Lambda { params, body }, _) => {
                let scope = self.variables.len();
                self.variables.extend(params.iter().map(|p| p.text.clone()));
                self.expr(body);
                self.variables.truncate(scope);
            }
            _ => self.parts(parts(expr)),
        }
    }

    /// The name of a function is no attribute, but some take the name of one.
    fn function(&mut self, callee: &Expr, args: &[Expr], side: Side) {
        let takes_name = matches!(&callee.kind, Node::Name(name) if name == "ImportedValue" || name == "ValueCount");
        for arg in args {
            match &arg.kind {
                Node::Str(name) if takes_name && side == Side::Object && name == self.from => {
                    self.edits.push((arg.span, format!("\"{}\"", self.to)));
                }
                _ => self.expr(arg),
            }
        }
    }

    fn parts(&mut self, parts: Vec<Part<'_>>) {
        for part in parts {
            match part {
                Part::Expr(expr) => self.expr(expr),
                Part::Pattern(pattern) => self.pattern(pattern),
                Part::Declared(name) => self.variables.push(name.text.clone()),
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        self.parts(pattern_parts(pattern));
    }

    fn is_variable(&self, name: &str) -> bool {
        self.variables.iter().any(|known| known == name)
    }

    fn attribute(&mut self, span: Span) {
        let text = words::attribute(self.to, self.dialect, |name| self.is_variable(name));
        self.edits.push((span, text));
    }
}
