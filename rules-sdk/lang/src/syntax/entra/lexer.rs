//! Characters to tokens of the `entra` dialect.
//!
//! Invariants: as the lexer of the other dialect: never fails, what is no token is reported and skipped. A text may hold
//! its quote doubled or behind a backslash, and a backslash doubled; any other backslash is one.
//!
//! Source: "Understanding declarative provisioning expressions" of the Microsoft Entra Connect documentation.

use syncline_model::rules::Span;

use super::super::lexer::{Lexer, refused};
use super::super::tokens::{Tok, Token};
use super::{PRAGMA, variant};
use crate::diag::{Diagnostic, codes};

/// Longest first.
const PUNCTUATION: &[&str] = &[
    "<=", "<>", ">=", "&&", "||", "<", ">", "=", "+", "-", "*", "&", "(", ")", ",",
];

/// The tokens of a text.
pub(in crate::syntax) fn lex(source: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    if let Some(refused) = refused(source) {
        return refused;
    }
    let mut lexer = Lexer::new(source, 0, source.len());
    lexer.refuse_bidi();
    lexer.entra();
    (lexer.tokens, lexer.diagnostics)
}

impl Lexer<'_> {
    /// The line that says which reference is followed.
    fn pragma(&mut self) {
        let rest = self.rest();
        let start = rest.len() - rest.trim_start().len();
        if !rest[start..].starts_with(PRAGMA) {
            return;
        }
        let from = self.at + start;
        self.at = from + rest[start..].find('\n').unwrap_or(rest.len() - start);
        if variant(rest).is_none() {
            let span = self.span_from(from);
            let message = "a text may begin with `#pragma connect` or `#pragma provisioning`";
            self.error(codes::UNEXPECTED, span, message);
        }
    }

    fn entra(&mut self) {
        self.pragma();
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            self.at += rest.len() - trimmed.len();
            let from = self.at;
            let Some(c) = self.peek() else { break };
            let tok = self.entra_token(c);
            let span = self.span_from(from);
            self.tokens.push(Token { tok, span });
        }
        let span = self.span_from(self.at);
        self.tokens.push(Token {
            tok: Tok::End,
            span,
        });
    }

    fn entra_token(&mut self, c: char) -> Tok {
        let rest = self.rest();
        match c {
            '"' => self.quoted(),
            '[' => self.enclosed(']', "the attribute", Tok::Attribute),
            '%' => self.enclosed('%', "the parameter", Tok::Parameter),
            '&' if rest[1..].starts_with(['H', 'h'])
                && rest[2..].starts_with(|c: char| c.is_ascii_hexdigit()) =>
            {
                self.hexadecimal()
            }
            '0'..='9' => self.plain_number(),
            c if c.is_alphabetic() || matches!(c, '_' | '$') => {
                let is_part = |c: char| c.is_alphanumeric() || c == '_';
                let len = rest[c.len_utf8()..].find(|c: char| !is_part(c));
                let len = len.map_or(rest.len(), |len| len + c.len_utf8());
                self.at += len;
                Tok::Ident {
                    text: rest[..len].to_owned(),
                    escaped: false,
                }
            }
            _ => match PUNCTUATION.iter().find(|punct| rest.starts_with(**punct)) {
                Some(punct) => {
                    self.at += punct.len();
                    Tok::Punct(punct)
                }
                None => self.bad(c),
            },
        }
    }

    fn quoted(&mut self) -> Tok {
        let from = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next() else {
                let span = self.span_from(from);
                let message = "the text has no end; add a quote";
                self.error(codes::UNTERMINATED_TEXT, span, message);
                return Tok::Bad;
            };
            let (c, len) = match (c, rest[c.len_utf8()..].chars().next()) {
                ('"', Some('"')) => ('"', 2),
                ('"', _) => {
                    self.at += 1;
                    return Tok::Str(text);
                }
                ('\\', Some(next @ ('"' | '\\'))) => (next, 2),
                (c, _) => (c, c.len_utf8()),
            };
            text.push(c);
            self.at += len;
        }
    }

    fn enclosed(&mut self, close: char, what: &str, tok: fn(String) -> Tok) -> Tok {
        let from = self.at;
        let rest = &self.rest()[1..];
        match rest.find([close, '\n']) {
            Some(len) if rest[len..].starts_with(close) && !rest[..len].trim().is_empty() => {
                self.at += len + 2;
                tok(rest[..len].trim().to_owned())
            }
            _ => {
                self.at += 1 + rest.find('\n').unwrap_or(rest.len());
                let span = self.span_from(from);
                let message = format!("{what} has no name or no end; add `{close}`");
                self.error(codes::UNTERMINATED_TEXT, span, message);
                Tok::Bad
            }
        }
    }

    fn hexadecimal(&mut self) -> Tok {
        let from = self.at;
        let digits = &self.rest()[2..];
        let len = digits.find(|c: char| !c.is_ascii_hexdigit());
        let digits = &digits[..len.unwrap_or(digits.len())];
        self.at += 2 + digits.len();
        match u64::from_str_radix(digits, 16) {
            Ok(value) => Tok::Long(value.cast_signed()),
            Err(_) => self.no_number(from),
        }
    }

    fn plain_number(&mut self) -> Tok {
        let from = self.at;
        let rest = self.rest();
        let len = rest.find(|c: char| !c.is_ascii_digit());
        let mut len = len.unwrap_or(rest.len());
        let fraction = rest[len..].strip_prefix('.').unwrap_or("");
        let more = fraction.find(|c: char| !c.is_ascii_digit());
        let more = more.unwrap_or(fraction.len());
        if more > 0 {
            len += 1 + more;
        }
        self.at += len;
        let text = &rest[..len];
        if self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
            self.at += self.peek().map_or(0, char::len_utf8);
            return self.no_number(from);
        }
        let number = match more {
            0 => text.parse().ok().map(Tok::Long),
            _ => text.parse().ok().map(Tok::Double),
        };
        number.unwrap_or_else(|| self.no_number(from))
    }

    fn no_number(&mut self, from: usize) -> Tok {
        let span: Span = self.span_from(from);
        let text = &self.source[from..self.at];
        let message = format!("`{text}` is no number of 64 bits");
        self.error(codes::BAD_NUMBER, span, message);
        Tok::Bad
    }
}
