//! The cursor: which token is next, what is taken, what is reported where another one was expected.
//!
//! Invariants: the last token is the end and is never passed; where an error was reported already there is no second one.

use syncline_model::rules::Span;

use super::Parser;
use crate::diag::{Code, Diagnostic, codes};
use crate::syntax::ast::{Expr, Name};
use crate::syntax::tokens::{Tok, Token};

impl Parser<'_> {
    /// Passes over what the language does not have, up to this bracket of the level that the cursor is on.
    pub(super) fn without(&mut self, from: u32, close: &str, code: Code, message: &str) -> Expr {
        let mut depth = 0_u32;
        while self.peek() != &Tok::End && !(depth == 0 && self.at_punct(close)) {
            match self.peek() {
                Tok::Punct("(" | "[" | "{") => depth += 1,
                Tok::Punct(")" | "]" | "}") => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.advance();
        }
        let to = self.span().to;
        self.error(code, Span { from, to }, message);
        self.eat(close);
        self.error_node()
    }

    pub fn peek(&self) -> &Tok {
        &self.tokens[self.at].tok
    }

    pub fn peek_at(&self, ahead: usize) -> &Tok {
        &self.tokens[(self.at + ahead).min(self.tokens.len() - 1)].tok
    }

    pub fn span(&self) -> Span {
        self.tokens[self.at].span
    }

    pub fn previous_end(&self) -> u32 {
        self.at
            .checked_sub(1)
            .map_or(0, |at| self.tokens[at].span.to)
    }

    pub fn advance(&mut self) -> Token {
        let token = self.tokens[self.at].clone();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    pub fn at_punct(&self, punct: &str) -> bool {
        matches!(self.peek(), Tok::Punct(p) if *p == punct)
    }

    pub fn at_word(&self, word: &str) -> bool {
        self.word_at(0, word)
    }

    pub fn word_at(&self, ahead: usize, word: &str) -> bool {
        matches!(self.peek_at(ahead), Tok::Ident { text, escaped: false } if text == word)
    }

    pub fn eat(&mut self, punct: &str) -> bool {
        let found = self.at_punct(punct);
        if found {
            self.advance();
        }
        found
    }

    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.advance();
        }
        found
    }

    pub fn expect(&mut self, punct: &str, after: &str) -> bool {
        if self.eat(punct) {
            return true;
        }
        let end = self.previous_end();
        let span = Span {
            from: end,
            to: end + 1,
        };
        if !self.gave_up && !self.reported(self.span()) {
            let message = format!(
                "`{punct}` is missing after {after}, before {}",
                self.describe()
            );
            self.diagnostics.push(
                Diagnostic::error(codes::EXPECTED, self.clip(span), message)
                    .label(format!("`{punct}` expected"))
                    .fix(format!("add `{punct}`"), Span { from: end, to: end }, punct),
            );
        }
        false
    }

    pub fn clip(&self, span: Span) -> Span {
        let end = self.source.len() as u32;
        if span.from >= end {
            Span {
                from: end.saturating_sub(1),
                to: end,
            }
        } else {
            span
        }
    }

    pub fn reported(&self, span: Span) -> bool {
        self.diagnostics.iter().any(|d| {
            d.is_error() && d.span.from <= span.from && span.from < d.span.to.max(d.span.from + 1)
        })
    }

    pub fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }

    pub fn describe(&self) -> String {
        match self.peek() {
            Tok::End => "the end".to_owned(),
            _ => {
                let span = self.span();
                format!("`{}`", &self.source[span.from as usize..span.to as usize])
            }
        }
    }

    pub fn name(&mut self) -> Option<Name> {
        let span = self.span();
        match self.peek().clone() {
            Tok::Ident { text, .. } => {
                self.advance();
                Some(Name { text, span })
            }
            _ => {
                let message = format!("a name is missing before {}", self.describe());
                self.error(codes::EXPECTED, self.clip(span), message);
                None
            }
        }
    }
}
