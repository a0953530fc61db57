//! Characters to tokens.
//!
//! Invariants: never fails: what is no token is reported and skipped; direction-changing characters are refused
//! everywhere, because they can make a rule look like another one.

use syncline_model::rules::Span;

use super::SOURCE_BYTES_MAX;
use super::tokens::{PUNCTUATION, Tok, Token};
use crate::diag::{Diagnostic, codes};

pub(super) struct Lexer<'s> {
    pub source: &'s str,
    pub at: usize,
    pub end: usize,
    pub tokens: Vec<Token>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The tokens of a text.
pub(super) fn lex(source: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    if let Some(refused) = refused(source) {
        return refused;
    }
    let mut lexer = Lexer::new(source, 0, source.len());
    lexer.refuse_bidi();
    lexer.run();
    (lexer.tokens, lexer.diagnostics)
}

/// What is too long to be looked at.
pub(super) fn refused(source: &str) -> Option<(Vec<Token>, Vec<Diagnostic>)> {
    if source.len() <= SOURCE_BYTES_MAX {
        return None;
    }
    let span = Span {
        from: 0,
        to: source.len() as u32,
    };
    let message = format!(
        "the expression has {} bytes, at most {SOURCE_BYTES_MAX} are allowed; split it into several flows",
        source.len()
    );
    let tokens = [Tok::Bad, Tok::End].map(|tok| Token {
        tok,
        span: Span::default(),
    });
    let diagnostic = Diagnostic::error(codes::TOO_LONG, span, message);
    Some((tokens.into(), vec![diagnostic]))
}

/// The tokens of a part of a text (a hole of an interpolation).
pub(super) fn lex_part(source: &str, span: Span) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer::new(source, span.from as usize, span.to as usize);
    lexer.run();
    (lexer.tokens, lexer.diagnostics)
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

impl<'s> Lexer<'s> {
    pub fn new(source: &'s str, at: usize, end: usize) -> Self {
        Self {
            source,
            at,
            end,
            tokens: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Reports characters that change the direction of text, wherever they stand.
    pub fn refuse_bidi(&mut self) {
        for (at, c) in self.source.char_indices().filter(|(_, c)| is_bidi(*c)) {
            let span = Span {
                from: at as u32,
                to: (at + c.len_utf8()) as u32,
            };
            let message = format!(
                "the invisible character U+{:04X} changes the direction of text; remove it",
                c as u32
            );
            self.diagnostics.push(
                Diagnostic::error(codes::BIDI, span, message)
                    .note("it can make a rule look like another one"),
            );
        }
    }

    pub fn rest(&self) -> &'s str {
        &self.source[self.at..self.end]
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn span_from(&self, from: usize) -> Span {
        Span {
            from: from as u32,
            to: self.at as u32,
        }
    }

    pub fn error(&mut self, code: crate::diag::Code, span: Span, message: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }

    fn run(&mut self) {
        loop {
            self.skip_blank();
            let from = self.at;
            let Some(c) = self.peek() else { break };
            let tok = self.token(c);
            let span = self.span_from(from);
            self.tokens.push(Token { tok, span });
        }
        let span = self.span_from(self.at);
        self.tokens.push(Token {
            tok: Tok::End,
            span,
        });
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest
                .trim_start_matches(|c: char| c.is_whitespace() || is_bidi(c) || c == '\u{feff}');
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                let from = self.at;
                match comment.find("*/") {
                    Some(end) => self.at += end + 4,
                    None => {
                        self.at = self.end;
                        let span = Span {
                            from: from as u32,
                            to: from as u32 + 2,
                        };
                        self.error(
                            codes::UNTERMINATED_COMMENT,
                            span,
                            "the comment has no end; add `*/`",
                        );
                    }
                }
            } else {
                return;
            }
        }
    }

    fn token(&mut self, c: char) -> Tok {
        match c {
            '"' | '$' => self.text_token(),
            '@' => match self.rest()[1..].chars().next() {
                Some('"' | '$') => self.text_token(),
                Some(next) if next.is_alphabetic() || next == '_' => {
                    self.at += 1;
                    self.ident(true)
                }
                _ => self.bad(c),
            },
            '\'' => self.char_token(),
            '`' => self.backtick(),
            '0'..='9' => self.number(),
            '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(),
            c if c.is_alphabetic() || c == '_' => self.ident(false),
            _ => {
                for punct in PUNCTUATION {
                    if self.rest().starts_with(punct) {
                        // `a ?.5 : b` is a conditional with a number, not a null-conditional access.
                        if *punct == "?."
                            && self.rest()[2..].starts_with(|c: char| c.is_ascii_digit())
                        {
                            continue;
                        }
                        self.at += punct.len();
                        return Tok::Punct(punct);
                    }
                }
                self.bad(c)
            }
        }
    }

    fn ident(&mut self, escaped: bool) -> Tok {
        let rest = self.rest();
        let len = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        self.at += len;
        Tok::Ident {
            text: rest[..len].to_owned(),
            escaped,
        }
    }

    fn backtick(&mut self) -> Tok {
        let from = self.at;
        let rest = &self.rest()[1..];
        match rest.find(['`', '\n']) {
            Some(len) if rest[len..].starts_with('`') && len > 0 => {
                self.at += len + 2;
                Tok::Attribute(rest[..len].to_owned())
            }
            _ => {
                self.at = from + 1 + rest.find('\n').unwrap_or(rest.len());
                let span = self.span_from(from);
                self.error(
                    codes::UNTERMINATED_TEXT,
                    span,
                    "the attribute name has no end; add a backtick",
                );
                Tok::Bad
            }
        }
    }

    pub fn bad(&mut self, c: char) -> Tok {
        let from = self.at;
        self.at += c.len_utf8();
        let span = self.span_from(from);
        let straight = match c {
            '“' | '”' | '„' | '«' | '»' => "\"",
            '‘' | '’' | '‚' => "'",
            _ => {
                self.error(
                    codes::BAD_CHARACTER,
                    span,
                    format!("`{c}` does not belong to the language; remove it"),
                );
                return Tok::Bad;
            }
        };
        // One message per text: up to the closing quote it is one mistake.
        let rest = self.rest();
        if let Some(len) = rest.find(['“', '”', '„', '«', '»', '‘', '’', '‚', '\n']) {
            self.at += len;
            if let Some(close) = self.peek().filter(|c| *c != '\n') {
                self.at += close.len_utf8();
            }
        }
        self.diagnostics.push(
            Diagnostic::error(
                codes::SMART_QUOTE,
                span,
                format!("`{c}` is a typographic quote; texts need straight ones"),
            )
            .label("comes from a word processor")
            .fix("use a straight quote", span, straight),
        );
        Tok::Bad
    }
}
