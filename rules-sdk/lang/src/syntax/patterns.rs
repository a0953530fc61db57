//! `is`, `as` and `switch`: patterns and arms; lambdas.
//!
//! Invariants: patterns nest under the same depth guard as expressions.

use super::ast::{Arm, BinOp, Expr, Name, Node, Pattern};
use super::parser::{Parser, is_list_type, is_value_type};
use super::tokens::Tok;
use crate::diag::codes;

/// Deepest pattern.
const PATTERN_NESTING_MAX: u16 = 32;

impl Parser<'_> {
    pub(super) fn is_or_as(&mut self, operand: Expr, from: u32) -> Expr {
        let height = operand.height;
        if self.eat_word("as") {
            return match self.type_name() {
                Some(to) => self.node(
                    Node::As {
                        to,
                        operand: operand.into(),
                    },
                    from,
                    &[height],
                ),
                None => operand,
            };
        }
        self.advance();
        let pattern = self.pattern(0);
        self.node(
            Node::Is {
                operand: operand.into(),
                pattern: pattern.into(),
            },
            from,
            &[height + 1],
        )
    }

    pub(super) fn pattern(&mut self, depth: u16) -> Pattern {
        let mut left = self.pattern_and(depth);
        while self.eat_word("or") {
            left = Pattern::Or(left.into(), self.pattern_and(depth + 1).into());
        }
        left
    }

    fn pattern_and(&mut self, depth: u16) -> Pattern {
        let mut left = self.pattern_not(depth);
        while self.eat_word("and") {
            left = Pattern::And(left.into(), self.pattern_not(depth + 1).into());
        }
        left
    }

    fn pattern_not(&mut self, depth: u16) -> Pattern {
        if depth > PATTERN_NESTING_MAX {
            let span = self.span();
            self.error(
                codes::TOO_DEEP,
                span,
                "the pattern is nested too deep; split it",
            );
            self.advance();
            return Pattern::Any;
        }
        if self.eat_word("not") {
            return Pattern::Not(self.pattern_not(depth + 1).into());
        }
        if self.at_punct("(") {
            self.advance();
            let inner = self.pattern(depth + 1);
            self.expect(")", "the pattern");
            return inner;
        }
        if self.at_punct("{") {
            return self.property_pattern(depth);
        }
        if self.at_punct("[") {
            return self.list_pattern(depth);
        }
        let relation = match self.peek() {
            Tok::Punct("<") => Some(BinOp::Lt),
            Tok::Punct("<=") => Some(BinOp::Le),
            Tok::Punct(">") => Some(BinOp::Gt),
            Tok::Punct(">=") => Some(BinOp::Ge),
            _ => None,
        };
        if let Some(op) = relation {
            self.advance();
            return Pattern::Relation(op, self.constant());
        }
        if self.eat_word("_") {
            return Pattern::Any;
        }
        if self.at_word("var") {
            self.advance();
            return Pattern::Type(None, self.name());
        }
        if self.is_type() {
            let ty = self.type_with(false);
            // `string { Length: 3 } s`
            if self.at_punct("{")
                && let Some(ty) = ty
            {
                let whole = Pattern::Type(Some(ty), None);
                return Pattern::And(whole.into(), self.property_pattern(depth).into());
            }
            let keyword = ["and", "or", "when"].iter().any(|w| self.at_word(w));
            let name = if matches!(self.peek(), Tok::Ident { .. }) && !keyword {
                self.name()
            } else {
                None
            };
            return Pattern::Type(ty, name);
        }
        Pattern::Const(self.constant())
    }

    fn list_pattern(&mut self, depth: u16) -> Pattern {
        self.advance();
        let (mut elements, mut slice) = (Vec::new(), None);
        while !self.at_punct("]") && self.peek() != &Tok::End {
            if self.at_punct("..") {
                let span = self.span();
                self.advance();
                let ends = self.at_punct(",") || self.at_punct("]");
                let part = (!ends).then(|| Box::new(self.pattern(depth + 1)));
                if slice.is_some() {
                    self.error(codes::PATTERN, span, "a list pattern has at most one `..`");
                }
                slice = Some((elements.len(), part));
            } else {
                elements.push(self.pattern(depth + 1));
            }
            if !self.eat(",") {
                break;
            }
        }
        self.expect("]", "the pattern");
        let name = self.pattern_name();
        Pattern::List(elements, slice, name)
    }

    /// The name after a pattern, if there is one.
    fn pattern_name(&mut self) -> Option<Name> {
        let keyword = ["and", "or", "when"].iter().any(|w| self.at_word(w));
        if matches!(self.peek(), Tok::Ident { .. }) && !keyword {
            self.name()
        } else {
            None
        }
    }

    fn property_pattern(&mut self, depth: u16) -> Pattern {
        self.advance();
        let mut properties = Vec::new();
        while !self.at_punct("}") && self.peek() != &Tok::End {
            let Some(name) = self.name() else { break };
            // `Date.Year: 2024` is `Date: { Year: 2024 }`.
            let mut path = Vec::new();
            while self.eat(".") {
                path.extend(self.name());
            }
            self.expect(":", "the property");
            let mut pattern = self.pattern(depth + 1);
            path.insert(0, name);
            while path.len() > 1 {
                let inner = path.pop().map(|name| (name, pattern));
                pattern = Pattern::Property(inner.into_iter().collect(), None);
            }
            properties.extend(path.pop().map(|name| (name, pattern)));
            if !self.eat(",") {
                break;
            }
        }
        self.expect("}", "the pattern");
        let name = self.pattern_name();
        Pattern::Property(properties, name)
    }

    fn is_type(&self) -> bool {
        let Tok::Ident {
            text,
            escaped: false,
        } = self.peek()
        else {
            return false;
        };
        (is_value_type(text) || is_list_type(text)) && !matches!(self.peek_at(1), Tok::Punct("."))
    }

    /// A constant: an operand of comparison, so `or` and `and` end it.
    fn constant(&mut self) -> Expr {
        self.deeper(Self::constant_operand)
    }

    pub(super) fn switch(&mut self, operand: Expr, from: u32) -> Expr {
        self.advance();
        self.expect("{", "`switch`");
        let mut arms: Vec<Arm> = Vec::new();
        while !self.at_punct("}") && self.peek() != &Tok::End {
            let pattern = self.pattern(0);
            let guard = if self.eat_word("when") {
                Some(self.guard())
            } else {
                None
            };
            self.expect("=>", "the pattern");
            let value = self.expr();
            arms.push(Arm {
                pattern,
                guard,
                value,
            });
            if !self.eat(",") {
                break;
            }
        }
        self.expect("}", "the arms");
        let highest = arms
            .iter()
            .map(|arm| {
                arm.value
                    .height
                    .max(arm.guard.as_ref().map_or(0, |g| g.height))
            })
            .max()
            .unwrap_or(0);
        // Arms become a chain of conditions, as high as there are arms.
        let chain = highest.saturating_add(u16::try_from(arms.len()).unwrap_or(u16::MAX) / 2);
        self.node(
            Node::Switch {
                operand: operand.into(),
                arms,
            },
            from,
            &[chain],
        )
    }

    pub(super) fn starts_lambda(&self) -> bool {
        match self.peek() {
            Tok::Ident { .. } => matches!(self.peek_at(1), Tok::Punct("=>")),
            Tok::Punct("(") => {
                let mut ahead = 1;
                loop {
                    match self.peek_at(ahead) {
                        Tok::Ident { .. } | Tok::Punct(",") => ahead += 1,
                        Tok::Punct(")") => {
                            return matches!(self.peek_at(ahead + 1), Tok::Punct("=>"));
                        }
                        _ => return false,
                    }
                }
            }
            _ => false,
        }
    }

    pub(super) fn lambda(&mut self) -> Expr {
        let from = self.span().from;
        let mut params: Vec<Name> = Vec::new();
        if self.eat("(") {
            while let Tok::Ident { .. } = self.peek() {
                // `(string s) => …`: the written type is taken as a comment.
                if matches!(self.peek_at(1), Tok::Ident { .. }) {
                    self.advance();
                }
                params.extend(self.name());
                if !self.eat(",") {
                    break;
                }
            }
            self.expect(")", "the parameters");
        } else {
            params.extend(self.name());
        }
        self.expect("=>", "the parameters");
        let body = match self.at_punct("{") {
            true => self.lambda_block(),
            false => self.expr(),
        };
        let height = body.height;
        self.node(
            Node::Lambda {
                params,
                body: body.into(),
            },
            from,
            &[height],
        )
    }
}
