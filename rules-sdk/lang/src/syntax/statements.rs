//! Statements: `var`, `if`, `return`, `throw`, blocks.
//!
//! Invariants: no loops and no assignments exist, so every program ends; nesting is guarded like expressions.

use syncline_model::rules::Span;

use super::ast::{Arm, Expr, Node, Pattern, Stmt};
use super::parser::{HEIGHT_MAX, Parser, is_list_type, is_value_type};
use super::tokens::Tok;
use crate::diag::{Diagnostic, codes};

/// Deepest nesting of blocks.
const BLOCKS_MAX: u16 = 64;

impl Parser<'_> {
    pub(super) fn starts_block(&self) -> bool {
        self.at_punct("{")
            || self.at_word("if")
            || self.at_word("return")
            || self.at_word("throw")
            || self.starts_constant()
            || self.starts_declaration()
    }

    /// `const`: what a declaration gives never changes anyway.
    fn starts_constant(&self) -> bool {
        self.at_word("const") && matches!(self.peek_at(1), Tok::Ident { .. })
    }

    fn starts_declaration(&self) -> bool {
        let Tok::Ident {
            text,
            escaped: false,
        } = self.peek()
        else {
            return false;
        };
        let punct = |at: usize, what: &str| matches!(self.peek_at(at), Tok::Punct(p) if *p == what);
        let follows =
            |at: usize| matches!(self.peek_at(at), Tok::Ident { .. }) && punct(at + 1, "=");
        // `string[] x =`, `List<string> x =`
        if punct(1, "[") && punct(2, "]") && follows(3)
            || is_list_type(text) && punct(1, "<") && punct(3, ">") && follows(4)
        {
            return true;
        }
        let typed = text == "var" || is_value_type(text);
        let nullable = matches!(self.peek_at(1), Tok::Punct("?")) as usize;
        typed
            && matches!(self.peek_at(1 + nullable), Tok::Ident { .. })
            && matches!(self.peek_at(2 + nullable), Tok::Punct("="))
    }

    /// Statements up to the end of the text.
    pub(super) fn statements(&mut self) -> Vec<Stmt> {
        let mut out = Vec::new();
        while self.peek() != &Tok::End {
            self.statement(&mut out, 0);
        }
        out
    }

    fn statement(&mut self, out: &mut Vec<Stmt>, depth: u16) {
        let span = self.span();
        if depth > BLOCKS_MAX {
            self.too_deep(span);
            return;
        }
        if self.starts_constant() {
            self.advance();
        }
        if self.eat(";") {
        } else if self.eat("{") {
            while !self.at_punct("}") && self.peek() != &Tok::End {
                self.statement(out, depth + 1);
            }
            self.expect("}", "the block");
        } else if self.eat_word("if") {
            self.expect("(", "`if`");
            let condition = self.expr();
            self.expect(")", "the condition");
            let mut then = Vec::new();
            self.statement(&mut then, depth + 1);
            let mut other = Vec::new();
            if self.eat_word("else") {
                self.statement(&mut other, depth + 1);
            }
            out.push(Stmt::If {
                condition,
                then,
                other,
            });
        } else if self.eat_word("return") {
            let value = if self.at_punct(";") || self.at_punct("}") {
                self.error(
                    codes::EXPECTED,
                    span,
                    "`return` needs a value; write `return null;` for none",
                );
                failed(span)
            } else {
                self.expr()
            };
            self.semicolon("the value");
            out.push(Stmt::Return { value, span });
        } else if self.eat_word("throw") {
            let args = self.throw_tail();
            self.semicolon("the exception");
            out.push(Stmt::Throw {
                args,
                span: Span {
                    from: span.from,
                    to: self.previous_end(),
                },
            });
        } else if self.starts_declaration() {
            let ty = if self.eat_word("var") {
                None
            } else {
                self.type_name()
            };
            let Some(name) = self.name() else { return };
            self.expect("=", "the name");
            let value = self.expr();
            self.semicolon("the value");
            out.push(Stmt::Var { name, ty, value });
        } else {
            self.stray(span);
        }
    }

    /// The block of a lambda, as the expression that it comes to: a variable is the only arm of a `switch`.
    pub(super) fn lambda_block(&mut self) -> Expr {
        let (span, before) = (self.span(), self.diagnostics.len());
        let mut block = Vec::new();
        self.statement(&mut block, 0);
        match self.diagnostics.len() == before {
            true => self.value_of(&block, 0, span),
            false => failed(span),
        }
    }

    /// What statements return.
    fn value_of(&mut self, statements: &[Stmt], depth: u16, span: Span) -> Expr {
        if depth > HEIGHT_MAX {
            self.too_deep(span);
            return failed(span);
        }
        let mut value = |statements: &[Stmt]| self.value_of(statements, depth + 1, span);
        match statements {
            [] => {
                let message = "a way through the block of this lambda ends without `return`";
                self.error(codes::EXPECTED, span, message);
                failed(span)
            }
            [Stmt::Return { value, .. }, ..] => value.clone(),
            [Stmt::Throw { args, span }, ..] => {
                let (from, args) = (span.from, args.clone());
                let heights: Vec<u16> = args.iter().map(|arg| arg.height).collect();
                self.node(Node::Throw { args }, from, &heights)
            }
            [
                Stmt::Var {
                    name,
                    ty,
                    value: of,
                },
                rest @ ..,
            ] => {
                let rest = value(rest);
                let heights = [of.height + 1, rest.height];
                let mut operand = of.clone();
                if let Some(to) = ty.clone() {
                    let (from, height) = (to.span.from, operand.height);
                    let operand_of = operand.into();
                    operand = self.node(
                        Node::Cast {
                            to,
                            operand: operand_of,
                        },
                        from,
                        &[height],
                    );
                }
                let arm = Arm {
                    pattern: Pattern::Type(None, Some(name.clone())),
                    guard: None,
                    value: rest,
                };
                let (operand, arms) = (operand.into(), vec![arm]);
                self.node(Node::Switch { operand, arms }, name.span.from, &heights)
            }
            [
                Stmt::If {
                    condition,
                    then,
                    other,
                },
                rest @ ..,
            ] => {
                let both = |branch: &[Stmt]| [branch, rest].concat();
                let (then, other) = match (ends(then), ends(other)) {
                    (true, true) => (value(then), value(other)),
                    (true, false) => (value(then), value(&both(other))),
                    (false, true) => (value(&both(then)), value(other)),
                    (false, false) => {
                        let message = "one way of this `if` must end in `return`";
                        self.error(codes::UNSUPPORTED, condition.span, message);
                        return failed(span);
                    }
                };
                let heights = [condition.height, then.height, other.height];
                let kind = Node::Ternary {
                    condition: condition.clone().into(),
                    then: then.into(),
                    other: other.into(),
                };
                self.node(kind, condition.span.from, &heights)
            }
        }
    }

    fn semicolon(&mut self, after: &str) {
        // The last statement may go without.
        if self.peek() != &Tok::End || self.at_punct(";") {
            self.expect(";", after);
        }
    }

    /// An expression where only a statement can stand.
    fn stray(&mut self, span: Span) {
        let before = self.diagnostics.len();
        let expr = self.expr();
        if self.diagnostics.len() == before {
            let span = expr.span;
            self.diagnostics.push(
                Diagnostic::error(
                    codes::UNEXPECTED,
                    span,
                    "a value stands where a statement is expected; nothing would use it",
                )
                .note("a block consists of `var`, `if`, `return` and `throw`")
                .fix(
                    "return it",
                    Span {
                        from: span.from,
                        to: span.from,
                    },
                    "return ",
                ),
            );
        }
        if !self.eat(";") && self.span() == span {
            self.advance();
        }
    }

    /// `new Exception(args)` after `throw`.
    pub(super) fn throw_tail(&mut self) -> Vec<Expr> {
        let span = self.span();
        if !self.eat_word("new") {
            self.error(
                codes::EXPECTED,
                span,
                "after `throw` stands `new Exception(\"…\")`",
            );
            return Vec::new();
        }
        let _ = self.type_name();
        if self.at_punct("(") {
            self.arguments()
        } else {
            Vec::new()
        }
    }
}

/// Do these statements return or fail on every way?
fn ends(statements: &[Stmt]) -> bool {
    statements.iter().any(|statement| match statement {
        Stmt::Return { .. } | Stmt::Throw { .. } => true,
        Stmt::If { then, other, .. } => ends(then) && ends(other),
        Stmt::Var { .. } => false,
    })
}

fn failed(span: Span) -> Expr {
    Expr {
        kind: Node::Error,
        span,
        height: 1,
    }
}
