//! Holes of interpolated texts: where they end, with width and format.
//!
//! Invariants: what stands in a hole is not read here; texts in it may hold texts again, to a bounded depth.

use syncline_model::rules::Span;

use crate::diag::codes;
use crate::syntax::lexer::Lexer;
use crate::syntax::tokens::RawPiece;

/// Deepest nesting of interpolated texts in each other's holes.
const HOLES_MAX: u32 = 8;

impl Lexer<'_> {
    /// A format, whose escapes are those of the text around it.
    fn hole_format(&mut self, from: usize, to: usize, verbatim: bool) -> String {
        if verbatim || !self.source[from..to].contains('\\') {
            return self.source[from..to].to_owned();
        }
        let after = std::mem::replace(&mut self.at, from);
        let mut units = Vec::new();
        while self.at < to {
            match self.peek() {
                Some('\\') => self.escape(&mut units),
                Some(c) => {
                    units.extend(c.encode_utf16(&mut [0; 2]).iter());
                    self.at += c.len_utf8();
                }
                None => break,
            }
        }
        self.at = after;
        String::from_utf16_lossy(&units)
    }

    /// `{expr,width:format}`, the cursor at `{`. Finds the ends; the parser parses between them.
    pub(super) fn hole(&mut self, verbatim: bool) -> Option<RawPiece> {
        let open = self.at;
        self.at += 1;
        let start = self.at;
        let (mut depth, mut expr_end, mut width, mut format) = (0_u32, None, None, None);
        loop {
            let Some(c) = self.peek() else {
                let span = Span {
                    from: open as u32,
                    to: open as u32 + 1,
                };
                self.error(
                    codes::UNTERMINATED_TEXT,
                    span,
                    "this `{` of the interpolated text is never closed; add `}`",
                );
                return None;
            };
            let here = self.at;
            match c {
                '"' | '\'' if format.is_none() => {
                    self.at += 1;
                    self.skip_quoted(c, 0);
                    continue;
                }
                '(' | '[' | '{' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                '}' if depth == 0 => {
                    let end = expr_end.unwrap_or(here);
                    if let Some(from) = width.filter(|_| format.is_none()) {
                        width = Some(from);
                    }
                    self.at += 1;
                    let span = |from: usize, to: usize| Span {
                        from: from as u32,
                        to: to as u32,
                    };
                    let width_end = format.unwrap_or(here + 1) - 1;
                    return Some(RawPiece::Hole {
                        expr: span(start, end),
                        width: width.map(|from| span(from, width_end)),
                        format: format.map(|from: usize| self.hole_format(from, here, verbatim)),
                    });
                }
                '}' => depth -= 1,
                ',' if depth == 0 && expr_end.is_none() => {
                    expr_end = Some(here);
                    width = Some(here + 1);
                }
                ':' if depth == 0 && format.is_none() => {
                    expr_end = expr_end.or(Some(here));
                    format = Some(here + 1);
                }
                _ => {}
            }
            self.at += c.len_utf8();
        }
    }

    /// Skips a text inside a hole, the cursor after its opening quote. Holes of that text may hold texts again.
    fn skip_quoted(&mut self, quote: char, depth: u32) {
        let before = self.source[..self.at - 1].trim_end_matches('@');
        let interpolated = quote == '"' && before.ends_with('$') && depth < HOLES_MAX;
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                '\\' => self.at += self.peek().map_or(0, char::len_utf8),
                c if c == quote => return,
                '{' if interpolated && self.peek() == Some('{') => self.at += 1,
                '{' if interpolated => self.skip_hole(depth + 1),
                _ => {}
            }
        }
    }

    /// Skips a hole of a text inside a hole, the cursor after its opening brace.
    fn skip_hole(&mut self, depth: u32) {
        let mut braces = 0_u32;
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                '"' | '\'' => self.skip_quoted(c, depth),
                '{' => braces += 1,
                '}' if braces == 0 => return,
                '}' => braces -= 1,
                _ => {}
            }
        }
    }
}
