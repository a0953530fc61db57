//! What stands in brackets: arguments, elements, indexes and ranges, `out` variables.
//!
//! Invariants: a list ends at its bracket or at the end; each turn of it takes a token.

use super::Parser;
use crate::syntax::ast::{End, Expr, Index, Node};
use crate::syntax::tokens::Tok;

impl Parser<'_> {
    pub fn arguments(&mut self) -> Vec<Expr> {
        self.advance();
        self.list(")", "the arguments")
    }

    /// Expressions up to `close`, separated by commas.
    pub fn list(&mut self, close: &str, what: &str) -> Vec<Expr> {
        let mut items = Vec::new();
        while !self.at_punct(close) && self.peek() != &Tok::End {
            let before = self.at;
            let from = self.span().from;
            let name = if matches!(self.peek(), Tok::Ident { .. })
                && matches!(self.peek_at(1), Tok::Punct(":"))
            {
                let name = self.name();
                self.advance();
                name
            } else {
                None
            };
            let item = self.item();
            items.push(match name {
                Some(name) => {
                    let height = item.height;
                    self.node(Node::Named(name, item.into()), from, &[height])
                }
                None => item,
            });
            if !self.eat(",") {
                break;
            }
            if self.at == before {
                self.advance();
            }
        }
        self.expect(close, what);
        items
    }

    fn item(&mut self) -> Expr {
        if self.at_word("out") {
            return self.out_argument();
        }
        if self.at_punct("^") || self.at_punct("..") {
            return self.place_argument(None);
        }
        let item = self.expr();
        match self.at_punct("..") {
            true => self.place_argument(Some(item)),
            false => item,
        }
    }

    /// `1..3`, `^2`: a place or range of `Take` and `ElementAt`, whose first number may have been read; `..list` among items.
    fn place_argument(&mut self, first: Option<Expr>) -> Expr {
        let from = first
            .as_ref()
            .map_or(self.span().from, |first| first.span.from);
        let (index, highest) = self.place(first);
        self.node(Node::Place(index), from, &[highest])
    }

    /// A place or range, and how high it is.
    fn place(&mut self, first: Option<Expr>) -> (Index, u16) {
        let first = match first {
            Some(expr) => Some(End {
                from_end: false,
                expr: expr.into(),
            }),
            None if self.at_punct("..") => None,
            None => Some(self.end()),
        };
        let index = if self.eat("..") {
            let open = [")", "]", ","].iter().any(|close| self.at_punct(close));
            let second = (!open).then(|| self.end());
            Index::Range(first, second)
        } else {
            first.map_or(Index::Range(None, None), Index::At)
        };
        let height = |end: &Option<End>| end.as_ref().map_or(0, |end| end.expr.height);
        let highest = match &index {
            Index::At(end) => end.expr.height,
            Index::Range(from, to) => height(from).max(height(to)),
        };
        (index, highest)
    }

    /// A number that may count from the end.
    fn end(&mut self) -> End {
        let from_end = self.eat("^");
        End {
            from_end,
            expr: self.expr().into(),
        }
    }

    fn out_argument(&mut self) -> Expr {
        let from = self.span().from;
        self.advance();
        let alone = matches!(self.peek_at(1), Tok::Punct("," | ")") | Tok::End);
        let ty = if alone || self.eat_word("var") {
            None
        } else {
            self.type_name()
        };
        match self.name() {
            Some(name) => self.node(Node::Out(name, ty), from, &[]),
            None => self.error_node(),
        }
    }

    pub(super) fn index(&mut self) -> (Index, u16) {
        self.advance();
        let place = self.place(None);
        self.expect("]", "the index");
        place
    }
}
