//! Values without operators: literals, attributes, parameters, parentheses, lists, interpolated texts.
//!
//! Invariants: a token that begins no value is reported and passed, unless something around may wait for it.

use syncline_model::rules::Span;

use super::Parser;
use crate::diag::codes;
use crate::syntax::ast::{Expr, Node, Piece};
use crate::syntax::lexer::lex_part;
use crate::syntax::tokens::{RawPiece, Tok};

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Expr {
        let from = self.span().from;
        let token = self.tokens[self.at].clone();
        let kind = match token.tok {
            Tok::Int(value) => Node::Int(value),
            // A literal only with the sign before it, where the operator took it.
            Tok::Long(i64::MIN) => {
                let span = self.span();
                self.error(codes::BAD_NUMBER, span, "the number does not fit 64 bits");
                Node::Error
            }
            Tok::Long(value) => Node::Long(value),
            Tok::Double(value) => Node::Double(value),
            Tok::Decimal(low, high) => Node::Decimal(low, high),
            Tok::Char(value) => Node::Char(value),
            Tok::Str(text) => Node::Str(text),
            Tok::Attribute(name) => Node::Attribute(name),
            Tok::Bad => Node::Error,
            Tok::Interpolated(pieces) => {
                self.advance();
                return self.interpolated(pieces, from);
            }
            Tok::Ident { text, escaped } => return self.word(text, escaped, from),
            Tok::Punct("(") => {
                self.advance();
                let inner = self.expr();
                if self.at_punct(",") {
                    let message =
                        "tuples are not part of the rule language; test one value after the other";
                    return self.without(from, ")", codes::UNEXPECTED, message);
                }
                self.expect(")", "the parenthesis");
                return inner;
            }
            Tok::Punct("[") => {
                self.advance();
                if let Some(name) = self.dashed_name() {
                    return self.node(Node::Attribute(name), from, &[]);
                }
                let items = self.list("]", "the list");
                let highest = items.iter().map(|i| i.height).max().unwrap_or(0);
                return self.node(
                    Node::New {
                        ty: None,
                        args: Vec::new(),
                        items: Some(items),
                    },
                    from,
                    &[highest],
                );
            }
            Tok::Punct("%") => return self.parameter(from),
            _ => {
                let span = self.span();
                if !self.gave_up && !self.reported(span) {
                    let message = format!("an expression is missing before {}", self.describe());
                    self.error(codes::UNEXPECTED, self.clip(span), message);
                }
                if !matches!(
                    self.peek(),
                    Tok::Punct(")" | "]" | "}" | "," | ";" | ":") | Tok::End
                ) {
                    self.advance();
                }
                return Expr {
                    kind: Node::Error,
                    span,
                    height: 1,
                };
            }
        };
        self.advance();
        self.node(kind, from, &[])
    }

    /// `[ms-DS-ConsistencyGuid]`: names joined by dashes without blanks, after `[`.
    fn dashed_name(&mut self) -> Option<String> {
        let start = self.span().from as usize;
        let rest = &self.source[start..];
        let len = rest.find(']')?;
        let name = &rest[..len];
        let fits = name.contains('-')
            && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if !fits {
            return None;
        }
        let name = name.to_owned();
        while !self.at_punct("]") {
            self.advance();
        }
        self.advance();
        Some(name)
    }

    /// `%Name%`; a name may have dots and dashes in it (`%Domain.FQDN%`).
    fn parameter(&mut self, from: u32) -> Expr {
        let start = from as usize + 1;
        let rest = self.source.get(start..).unwrap_or_default();
        let name = rest.split('%').next().unwrap_or_default();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        if name.contains(['.', '-']) && name.len() < rest.len() && name.chars().all(is_part) {
            let end = (start + name.len() + 1) as u32;
            while self.span().from < end && self.peek() != &Tok::End {
                self.advance();
            }
            return self.node(Node::Parameter(name.to_owned()), from, &[]);
        }
        self.advance();
        let Some(mut name) = self.name() else {
            return self.error_node();
        };
        while self.eat(".") {
            let Some(part) = self.name() else {
                return self.error_node();
            };
            name.text = format!("{}.{}", name.text, part.text);
        }
        self.expect("%", "the name of a parameter");
        self.node(Node::Parameter(name.text), from, &[])
    }

    fn interpolated(&mut self, raw: Vec<RawPiece>, from: u32) -> Expr {
        let mut pieces = Vec::new();
        let mut highest = 0;
        for piece in raw {
            match piece {
                RawPiece::Text(text) if text.is_empty() => {}
                RawPiece::Text(text) => pieces.push(Piece::Text(text)),
                RawPiece::Hole {
                    expr,
                    width,
                    format,
                } => {
                    let width = width.and_then(|span| {
                        let text = self.source[span.from as usize..span.to as usize].trim();
                        let parsed = text.parse().ok();
                        if parsed.is_none() {
                            self.error(codes::BAD_NUMBER, span, format!("`{text}` is no width"));
                        }
                        parsed
                    });
                    let expr = self.hole(expr);
                    highest = highest.max(expr.height);
                    pieces.push(Piece::Hole {
                        expr,
                        width,
                        format,
                    });
                }
            }
        }
        self.node(Node::Interpolated(pieces), from, &[highest])
    }

    /// Parses the tokens of a hole with this parser's depth and diagnostics.
    fn hole(&mut self, span: Span) -> Expr {
        let (tokens, mut diagnostics) = lex_part(self.source, span);
        self.diagnostics.append(&mut diagnostics);
        let outer = (
            std::mem::replace(&mut self.tokens, tokens),
            std::mem::replace(&mut self.at, 0),
        );
        let expr = if self.peek() == &Tok::End {
            self.error(
                codes::EMPTY,
                span,
                "an empty `{}` in an interpolated text; write an expression or `{{}}`",
            );
            self.error_node()
        } else {
            self.expr()
        };
        if self.peek() != &Tok::End && !self.gave_up {
            let span = self.span();
            let message = format!("{} cannot stand in this hole", self.describe());
            self.error(codes::UNEXPECTED, span, message);
        }
        (self.tokens, self.at) = outer;
        if self.gave_up {
            self.at = self.tokens.len() - 1;
        }
        expr
    }
}
