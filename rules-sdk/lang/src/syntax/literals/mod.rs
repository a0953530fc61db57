//! Literals: numbers, characters, and the five forms of text (regular, verbatim, interpolated, both, raw).
//!
//! Invariants: a literal that is wrong is reported once and still gives a token; a text cannot hold half of a surrogate
//! pair, because no directory could store it.

mod escapes;
mod holes;
mod number;
mod raw;

use syncline_model::rules::Span;

use super::lexer::Lexer;
use super::tokens::{RawPiece, Tok};
use crate::diag::codes;

impl Lexer<'_> {
    /// Any text, the cursor at `"`, `$` or `@`.
    pub(super) fn text_token(&mut self) -> Tok {
        let from = self.at;
        let (mut dollars, mut verbatim) = (0, false);
        while let Some(c) = self.peek() {
            match c {
                '$' => dollars += 1,
                '@' => verbatim = true,
                _ => break,
            }
            self.at += 1;
        }
        let quotes = self.rest().len() - self.rest().trim_start_matches('"').len();
        if quotes == 0 {
            let span = self.span_from(from);
            self.error(
                codes::BAD_CHARACTER,
                span,
                "`$` begins an interpolated text; a `\"` must follow",
            );
            return Tok::Bad;
        }
        if quotes >= 3 && !verbatim {
            return self.raw(from, quotes, dollars);
        }
        self.at += 1;
        self.body(from, verbatim, dollars > 0)
    }

    fn body(&mut self, from: usize, verbatim: bool, interpolated: bool) -> Tok {
        let mut pieces = Vec::new();
        let mut units: Vec<u16> = Vec::new();
        loop {
            let Some(c) = self.peek().filter(|c| verbatim || *c != '\n') else {
                let span = Span {
                    from: from as u32,
                    to: self.at as u32,
                };
                self.error(
                    codes::UNTERMINATED_TEXT,
                    span,
                    "the text has no closing quote; add `\"`",
                );
                break;
            };
            match c {
                '"' if verbatim && self.rest().starts_with("\"\"") => {
                    self.at += 2;
                    units.push(u16::from(b'"'));
                }
                '"' => {
                    self.at += 1;
                    break;
                }
                '\\' if !verbatim => self.escape(&mut units),
                '{' | '}' if interpolated && self.rest()[1..].starts_with(c) => {
                    self.at += 2;
                    units.push(c as u16);
                }
                '{' if interpolated => {
                    pieces.push(RawPiece::Text(self.text_of(from, &units)));
                    units.clear();
                    match self.hole(verbatim) {
                        Some(hole) => pieces.push(hole),
                        None => break,
                    }
                }
                '}' if interpolated => {
                    let span = Span {
                        from: self.at as u32,
                        to: self.at as u32 + 1,
                    };
                    self.at += 1;
                    self.error(
                        codes::UNEXPECTED,
                        span,
                        "a lone `}` in an interpolated text; write `}}`",
                    );
                }
                c => {
                    self.at += c.len_utf8();
                    units.extend(c.encode_utf16(&mut [0; 2]).iter());
                }
            }
        }
        let last = self.text_of(from, &units);
        if interpolated {
            pieces.push(RawPiece::Text(last));
            return Tok::Interpolated(pieces);
        }
        Tok::Str(last)
    }

    fn text_of(&mut self, from: usize, units: &[u16]) -> String {
        String::from_utf16(units).unwrap_or_else(|_| {
            let span = self.span_from(from);
            self.error(
                codes::BAD_ESCAPE,
                span,
                "the text holds half of a surrogate pair; write both halves",
            );
            String::from_utf16_lossy(units)
        })
    }
}
