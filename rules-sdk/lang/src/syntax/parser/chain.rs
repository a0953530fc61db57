//! What follows a value: `.name`, `(…)`, `[…]`, `?.`, `?[`, `!`.
//!
//! Invariants: what stands behind `?.` is one rest, so that an absent receiver passes over all of it.

use super::Parser;
use crate::syntax::ast::{Expr, Node, UnOp};
use crate::syntax::tokens::Tok;

impl Parser<'_> {
    pub(super) fn postfix(&mut self) -> Expr {
        let from = self.span().from;
        let primary = self.primary();
        self.chain(primary, from)
    }

    pub(super) fn chain(&mut self, mut expr: Expr, from: u32) -> Expr {
        loop {
            let height = expr.height;
            if self.gave_up {
                return expr;
            }
            match self.peek() {
                Tok::Punct(".") => {
                    self.advance();
                    let Some(name) = self.name() else { return expr };
                    if let Some(list) = self.empty_list(&expr, &name.text, from) {
                        expr = list;
                        continue;
                    }
                    self.skip_type_arguments();
                    expr = self.node(
                        Node::Member {
                            receiver: expr.into(),
                            name,
                        },
                        from,
                        &[height],
                    );
                }
                Tok::Punct("(") => {
                    let args = self.arguments();
                    let highest = args.iter().map(|a| a.height).max().unwrap_or(0).max(height);
                    expr = self.node(
                        Node::Call {
                            callee: expr.into(),
                            args,
                        },
                        from,
                        &[highest],
                    );
                }
                Tok::Punct("[") => {
                    let (index, highest) = self.index();
                    expr = self.node(
                        Node::Index {
                            receiver: expr.into(),
                            index,
                        },
                        from,
                        &[height.max(highest)],
                    );
                }
                Tok::Punct("?.") => {
                    self.advance();
                    let hole = Expr {
                        kind: Node::Hole,
                        span: expr.span,
                        height: 1,
                    };
                    let Some(name) = self.name() else { return expr };
                    let member = self.node(
                        Node::Member {
                            receiver: hole.into(),
                            name,
                        },
                        from,
                        &[1],
                    );
                    return self.conditional(expr, member, from);
                }
                Tok::Punct("?") if self.index_after_question() => {
                    self.advance();
                    let hole = Expr {
                        kind: Node::Hole,
                        span: expr.span,
                        height: 1,
                    };
                    let (index, highest) = self.index();
                    let indexed = self.node(
                        Node::Index {
                            receiver: hole.into(),
                            index,
                        },
                        from,
                        &[highest],
                    );
                    return self.conditional(expr, indexed, from);
                }
                // `x!`, but not `x != y`: that is another token.
                Tok::Punct("!") => {
                    self.advance();
                    expr = self.node(
                        Node::Unary {
                            op: UnOp::NotNull,
                            operand: expr.into(),
                        },
                        from,
                        &[height],
                    );
                }
                _ => return expr,
            }
        }
    }

    fn conditional(&mut self, receiver: Expr, first: Expr, from: u32) -> Expr {
        let rest = self.deeper(|p| p.chain(first, from));
        let heights = [receiver.height, rest.height];
        self.node(
            Node::Conditional {
                receiver: receiver.into(),
                rest: rest.into(),
            },
            from,
            &heights,
        )
    }

    /// Is `?[` an index, not a conditional with a list? It is when `:` does not follow on this level.
    fn index_after_question(&self) -> bool {
        if !matches!(self.peek_at(1), Tok::Punct("[")) {
            return false;
        }
        let mut depth = 0_i32;
        for token in &self.tokens[self.at + 1..] {
            match token.tok {
                Tok::Punct("(" | "[" | "{") => depth += 1,
                Tok::Punct(")" | "]" | "}") => depth -= 1,
                Tok::Punct("?") if depth == 0 => return true,
                Tok::Punct(":") if depth == 0 => return false,
                Tok::Punct("," | ";") if depth == 0 => return true,
                _ => {}
            }
            if depth < 0 {
                return true;
            }
        }
        true
    }
}
