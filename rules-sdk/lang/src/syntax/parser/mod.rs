//! The parser of the `csharp` dialect: tokens to tree, by precedence climbing over C#'s operator table.
//!
//! Invariants: always gives a tree; nesting is at most 64 levels and a tree at most 120 high, checked before recursion,
//! so neither parser nor later walks can run out of stack; after an error it resumes at the next `,`, `)`, `;` or `}`.

mod arguments;
mod chain;
mod cursor;
mod operators;
mod primary;
mod types;
mod words;

pub(crate) use types::is_enumeration;
pub(super) use types::{is_list_type, is_value_type};

use syncline_model::rules::Span;

use super::ast::{Expr, Node, Program};
use super::tokens::{Tok, Token};
use crate::diag::{Diagnostic, codes};

const NESTING_MAX: u16 = 64;

pub(crate) const HEIGHT_MAX: u16 = 120;

pub(super) struct Parser<'s> {
    pub source: &'s str,
    tokens: Vec<Token>,
    at: usize,
    nesting: u16,
    gave_up: bool,
    pub diagnostics: Vec<Diagnostic>,
}

impl<'s> Parser<'s> {
    pub fn new(source: &'s str, tokens: Vec<Token>, diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            source,
            tokens,
            at: 0,
            nesting: 0,
            gave_up: false,
            diagnostics,
        }
    }

    pub fn program(mut self) -> (Program, Vec<Diagnostic>) {
        if self.peek() == &Tok::End {
            let span = self.span();
            if self.diagnostics.is_empty() {
                self.error(
                    codes::EMPTY,
                    span,
                    "there is nothing to evaluate; write an expression",
                );
            }
            return (
                Program::Expr(Expr {
                    kind: Node::Error,
                    span,
                    height: 1,
                }),
                self.diagnostics,
            );
        }
        let program = if self.starts_block() {
            let statements = self.statements();
            Program::Block(statements, self.span())
        } else {
            let expr = self.expr();
            self.eat(";");
            Program::Expr(expr)
        };
        self.complete();
        (program, self.diagnostics)
    }

    /// Reports what stands behind the whole.
    pub fn complete(&mut self) {
        if self.peek() != &Tok::End && !self.gave_up {
            let span = self.span();
            if !self.reported(span) {
                let message = format!(
                    "{} cannot stand here; the expression is already complete",
                    self.describe()
                );
                self.error(codes::UNEXPECTED, span, message);
            }
        }
    }

    pub fn node(&mut self, kind: Node, from: u32, children: &[u16]) -> Expr {
        let height = 1 + children.iter().copied().max().unwrap_or(0);
        let span = Span {
            from,
            to: self.previous_end().max(from),
        };
        if height > HEIGHT_MAX {
            self.too_deep(span);
            return Expr {
                kind: Node::Error,
                span,
                height: 1,
            };
        }
        Expr { kind, span, height }
    }

    pub fn too_deep(&mut self, span: Span) {
        if !self.gave_up {
            self.gave_up = true;
            let message =
                "the expression is nested too deep; split it with `var` or into several flows";
            self.error(codes::TOO_DEEP, span, message);
        }
        self.at = self.tokens.len() - 1;
    }

    pub fn error_node(&mut self) -> Expr {
        let span = self.span();
        Expr {
            kind: Node::Error,
            span,
            height: 1,
        }
    }

    /// Runs `inner` one level deeper.
    pub fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Expr) -> Expr {
        if self.nesting >= NESTING_MAX {
            let span = self.span();
            self.too_deep(span);
            return self.error_node();
        }
        self.nesting += 1;
        let expr = inner(self);
        self.nesting -= 1;
        expr
    }
}
