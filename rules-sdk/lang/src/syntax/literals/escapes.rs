//! Characters in single quotes, and escape sequences.
//!
//! Invariants: a character is one UTF-16 code unit.

use crate::diag::codes;
use crate::syntax::lexer::Lexer;
use crate::syntax::tokens::Tok;

impl Lexer<'_> {
    pub(in crate::syntax) fn char_token(&mut self) -> Tok {
        let from = self.at;
        self.at += 1;
        let mut units = Vec::new();
        loop {
            match self.peek() {
                None | Some('\n') => {
                    let span = self.span_from(from);
                    self.error(
                        codes::UNTERMINATED_TEXT,
                        span,
                        "the character has no closing `'`",
                    );
                    return Tok::Bad;
                }
                Some('\'') => {
                    self.at += 1;
                    break;
                }
                Some('\\') => self.escape(&mut units),
                Some(c) => {
                    self.at += c.len_utf8();
                    units.extend(c.encode_utf16(&mut [0; 2]).iter());
                }
            }
        }
        if let [unit] = units[..] {
            return Tok::Char(unit);
        }
        let span = self.span_from(from);
        let message = if units.is_empty() {
            "`''` holds no character".to_owned()
        } else {
            "single quotes hold exactly one character; texts need double quotes".to_owned()
        };
        let text = format!("\"{}\"", &self.source[from + 1..self.at - 1]);
        self.diagnostics.push(
            crate::diag::Diagnostic::error(codes::BAD_CHAR, span, message).fix(
                "use double quotes",
                span,
                text,
            ),
        );
        // Taken as the text it was meant to be, so that types are checked as the author meant them.
        Tok::Str(String::from_utf16_lossy(&units))
    }

    /// One escape sequence, the cursor at the backslash.
    pub(super) fn escape(&mut self, units: &mut Vec<u16>) {
        let from = self.at;
        self.at += 1;
        let Some(c) = self.peek() else { return };
        self.at += c.len_utf8();
        let simple = match c {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'e' => '\u{1b}',
            '\\' | '"' | '\'' => c,
            'u' | 'U' | 'x' => {
                let (least, most) = match c {
                    'u' => (4, 4),
                    'U' => (8, 8),
                    _ => (1, 4),
                };
                let digits = self
                    .rest()
                    .chars()
                    .take(most)
                    .take_while(char::is_ascii_hexdigit)
                    .count();
                let value = u32::from_str_radix(&self.rest()[..digits], 16).ok();
                self.at += digits;
                match value {
                    Some(value) if digits >= least && value <= 0xffff => units.push(value as u16),
                    Some(value) if digits >= least && char::from_u32(value).is_some() => {
                        let c = char::from_u32(value).unwrap_or('\u{fffd}');
                        units.extend(c.encode_utf16(&mut [0; 2]).iter());
                    }
                    _ => self.bad_escape(from),
                }
                return;
            }
            _ => {
                self.bad_escape(from);
                return;
            }
        };
        units.push(simple as u16);
    }

    fn bad_escape(&mut self, from: usize) {
        let span = self.span_from(from);
        let text = &self.source[from..self.at];
        let message = format!(
            "`{text}` is no escape sequence; write `\\\\` for a backslash, or use a verbatim text @\"…\""
        );
        self.error(codes::BAD_ESCAPE, span, message);
    }
}
