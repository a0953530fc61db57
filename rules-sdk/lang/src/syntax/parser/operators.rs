//! Operators: which binds tighter, what stands on their sides, casts.
//!
//! Invariants: every operand is read one level deeper, or in a loop that ends with the tokens.

use super::Parser;
use super::types::{NAMED, PREDEFINED, is_enumeration, is_list_type};
use crate::syntax::ast::{BinOp, Expr, Node, UnOp};
use crate::syntax::tokens::Tok;

impl Parser<'_> {
    pub fn expr(&mut self) -> Expr {
        self.deeper(Self::ternary)
    }

    fn ternary(&mut self) -> Expr {
        let from = self.span().from;
        if self.at_word("static")
            && (matches!(self.peek_at(2), Tok::Punct("=>"))
                || matches!(self.peek_at(1), Tok::Punct("(")))
        {
            self.advance();
        }
        if self.starts_lambda() {
            return self.lambda();
        }
        self.no_lambda(from)
    }

    /// The condition behind `when`: its `=>` is the arm's.
    pub(in crate::syntax) fn guard(&mut self) -> Expr {
        self.deeper(|parser| {
            let from = parser.span().from;
            parser.no_lambda(from)
        })
    }

    fn no_lambda(&mut self, from: u32) -> Expr {
        if self.at_word("throw") {
            self.advance();
            let args = self.throw_tail();
            let heights: Vec<u16> = args.iter().map(|a| a.height).collect();
            return self.node(Node::Throw { args }, from, &heights);
        }
        let condition = self.binary(0);
        if !self.eat("?") {
            return condition;
        }
        let then = self.expr();
        self.expect(":", "the first branch of `?`");
        let other = self.expr();
        let heights = [condition.height, then.height, other.height];
        let kind = Node::Ternary {
            condition: condition.into(),
            then: then.into(),
            other: other.into(),
        };
        self.node(kind, from, &heights)
    }

    /// Precedence of the operator at the cursor: higher binds tighter.
    fn operator(&self) -> Option<(BinOp, u8, usize)> {
        let Tok::Punct(punct) = self.peek() else {
            return None;
        };
        // `>>` is not a token, because `List<List<string>>` ends with two.
        let next_gt = |n: usize| {
            matches!(self.peek_at(n), Tok::Punct(">"))
                && self.tokens[self.at + n].span.from == self.tokens[self.at + n - 1].span.to
        };
        Some(match *punct {
            "??" => (BinOp::Coalesce, 1, 1),
            "||" => (BinOp::Or, 2, 1),
            "&&" => (BinOp::And, 3, 1),
            "|" => (BinOp::BitOr, 4, 1),
            "^" => (BinOp::BitXor, 5, 1),
            "&" => (BinOp::BitAnd, 6, 1),
            "==" => (BinOp::Eq, 7, 1),
            "!=" => (BinOp::Ne, 7, 1),
            "<" => (BinOp::Lt, 8, 1),
            ">" if next_gt(1) => (BinOp::Shr, 9, 2),
            ">" => (BinOp::Gt, 8, 1),
            "<=" => (BinOp::Le, 8, 1),
            ">=" => (BinOp::Ge, 8, 1),
            "<<" => (BinOp::Shl, 9, 1),
            ">>>" => (BinOp::UShr, 9, 1),
            "+" => (BinOp::Add, 10, 1),
            "-" => (BinOp::Sub, 10, 1),
            "*" => (BinOp::Mul, 11, 1),
            "/" => (BinOp::Div, 11, 1),
            "%" => (BinOp::Rem, 11, 1),
            _ => return None,
        })
    }

    fn binary(&mut self, least: u8) -> Expr {
        let from = self.span().from;
        let mut left = self.unary();
        loop {
            if least <= 8 && (self.at_word("is") || self.at_word("as")) {
                left = self.is_or_as(left, from);
                continue;
            }
            if self.at_word("switch") && matches!(self.peek_at(1), Tok::Punct("{")) {
                left = self.switch(left, from);
                continue;
            }
            let Some((op, precedence, tokens)) = self.operator() else {
                return left;
            };
            if precedence < least || self.gave_up {
                return left;
            }
            let op_span = self.span();
            (0..tokens).for_each(|_| drop(self.advance()));
            // `??` associates to the right and may end in a `throw`, everything else to the left.
            let right = if op == BinOp::Coalesce {
                if self.at_word("throw") {
                    self.expr()
                } else if self.at_word("default") && !matches!(self.peek_at(1), Tok::Punct("(")) {
                    let at = self.span().from;
                    self.advance();
                    self.node(Node::Default, at, &[])
                } else {
                    self.deeper(|p| p.binary(precedence))
                }
            } else {
                self.binary(precedence + 1)
            };
            let heights = [left.height, right.height];
            left = self.node(
                Node::Binary {
                    op,
                    left: left.into(),
                    right: right.into(),
                    op_span,
                },
                from,
                &heights,
            );
        }
    }

    fn unary(&mut self) -> Expr {
        let from = self.span().from;
        let op = match self.peek() {
            Tok::Punct("!") => UnOp::Not,
            Tok::Punct("-") => UnOp::Neg,
            Tok::Punct("+") => UnOp::Plus,
            Tok::Punct("~") => UnOp::BitNot,
            Tok::Punct("(") => {
                if let Some(cast) = self.cast(from) {
                    return cast;
                }
                return self.postfix();
            }
            _ => return self.postfix(),
        };
        self.advance();
        // With the sign before it, the least long is a literal.
        if op == UnOp::Neg && matches!(self.peek(), Tok::Long(i64::MIN)) {
            self.advance();
            return self.node(Node::Long(i64::MIN), from, &[]);
        }
        let operand = self.deeper(Self::unary);
        let height = operand.height;
        self.node(
            Node::Unary {
                op,
                operand: operand.into(),
            },
            from,
            &[height],
        )
    }

    /// `(int) x`. Only predefined types can be cast to, so there is nothing to guess.
    fn cast(&mut self, from: u32) -> Option<Expr> {
        let Tok::Ident {
            text,
            escaped: false,
        } = self.peek_at(1)
        else {
            return None;
        };
        let named = NAMED.contains(&text.as_str()) || is_enumeration(text);
        if named || is_list_type(text) {
            return self.cast_to_named(from);
        }
        if !PREDEFINED.contains(&text.as_str())
            || matches!(self.peek_at(2), Tok::Punct("." | "<"))
            || matches!(self.peek_at(2), Tok::Punct("["))
                && !matches!(self.peek_at(3), Tok::Punct("]"))
        {
            return None;
        }
        self.advance();
        let to = self.type_name()?;
        self.expect(")", "the type of a cast");
        let operand = self.deeper(Self::unary);
        let height = operand.height;
        Some(self.node(
            Node::Cast {
                to,
                operand: operand.into(),
            },
            from,
            &[height],
        ))
    }

    /// `(DateTime) x`, which is one where a value follows that no name in parentheses has behind it.
    fn cast_to_named(&mut self, from: u32) -> Option<Expr> {
        let punct = |at: usize, what: &str| matches!(self.peek_at(at), Tok::Punct(p) if *p == what);
        let argument = punct(2, "<") && punct(4, ">");
        let behind = if argument { 5 } else { 2 };
        let end = behind + usize::from(punct(behind, "?"));
        let closed = punct(end, ")");
        let value = match self.peek_at(end + 1) {
            Tok::Ident { text, .. } => !matches!(text.as_str(), "is" | "as" | "switch" | "when"),
            Tok::Int(_) | Tok::Long(_) | Tok::Str(_) => true,
            _ => argument && punct(end + 1, "("),
        };
        if !closed || !value {
            return None;
        }
        self.advance();
        let to = self.type_name()?;
        self.expect(")", "the type of a cast");
        let operand = self.deeper(Self::unary);
        let height = operand.height;
        let operand = operand.into();
        Some(self.node(Node::Cast { to, operand }, from, &[height]))
    }

    /// An operand that binds tighter than comparison, for patterns.
    pub(in crate::syntax) fn constant_operand(&mut self) -> Expr {
        self.binary(9)
    }
}
