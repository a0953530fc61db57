//! Literals: numbers, characters, and the five forms of text (regular, verbatim, interpolated, both, raw).
//!
//! Invariants: a literal that is wrong is reported once and still gives a token; a text cannot hold half of a surrogate
//! pair, because no directory could store it.

use syncline_model::rules::Span;
use syncline_rules_guest::decimal::Decimal;

use super::lexer::Lexer;
use super::tokens::{RawPiece, Tok};
use crate::diag::codes;

/// Deepest nesting of interpolated texts in each other's holes.
const HOLES_MAX: u32 = 8;

impl Lexer<'_> {
    pub(super) fn number(&mut self) -> Tok {
        let from = self.at;
        let rest = self.rest();
        for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2)] {
            if let Some(digits) = rest.strip_prefix(prefix) {
                let len = digits
                    .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .unwrap_or(digits.len());
                self.at += 2 + len;
                let (body, long) = split_suffix(&digits[..len], radix);
                let value = i64::from_str_radix(&body.replace('_', ""), radix);
                return self.whole(from, value.ok(), long);
            }
        }
        let digits = |text: &str| {
            text.find(|c: char| !(c.is_ascii_digit() || c == '_'))
                .unwrap_or(text.len())
        };
        let mut len = digits(rest);
        let mut real = false;
        if rest[len..].starts_with('.') && rest[len + 1..].starts_with(|c: char| c.is_ascii_digit())
        {
            real = true;
            len += 1 + digits(&rest[len + 1..]);
        }
        if rest[len..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[len + 1..].starts_with(['+', '-']));
            let exponent = digits(&rest[len + 1 + sign..]);
            if exponent > 0 {
                real = true;
                len += 1 + sign + exponent;
            }
        }
        let body = rest[..len].replace('_', "");
        let suffix = rest[len..]
            .find(|c: char| !c.is_alphanumeric())
            .map_or(&rest[len..], |n| &rest[len..len + n]);
        self.at += len + suffix.len();
        match suffix {
            "" if !real => self.whole(from, body.parse().ok(), false),
            "L" | "l" | "UL" | "ul" | "Ul" | "uL" | "LU" | "lu" if !real => {
                self.whole(from, body.parse().ok(), true)
            }
            // What fits 32 bits without a sign is a long here.
            "U" | "u" if !real => {
                let value = body
                    .parse()
                    .ok()
                    .filter(|v: &i64| *v <= i64::from(u32::MAX));
                self.whole(from, value, true)
            }
            "" | "d" | "D" | "f" | "F" => Tok::Double(body.parse().unwrap_or(f64::INFINITY)),
            "m" | "M" => self.decimal(from, &body),
            _ => {
                let span = self.span_from(from);
                self.error(
                    codes::BAD_NUMBER,
                    span,
                    format!("`{}` is no number", &self.source[from..self.at]),
                );
                Tok::Bad
            }
        }
    }

    /// `1.50m` keeps its places.
    fn decimal(&mut self, from: usize, body: &str) -> Tok {
        if let Some(value) = Decimal::literal(body) {
            let (low, high) = value.words();
            return Tok::Decimal(low, high);
        }
        let span = self.span_from(from);
        let text = &self.source[from..self.at];
        let message = format!("`{text}` does not fit a decimal, which ends at 7.9e28");
        self.error(codes::BAD_NUMBER, span, message);
        Tok::Bad
    }

    fn whole(&mut self, from: usize, value: Option<i64>, long: bool) -> Tok {
        match value {
            Some(value) if !long && i32::try_from(value).is_ok() => Tok::Int(value),
            Some(value) => Tok::Long(value),
            None => {
                let span = self.span_from(from);
                let message = format!("`{}` does not fit 64 bits", &self.source[from..self.at]);
                self.error(codes::BAD_NUMBER, span, message);
                Tok::Bad
            }
        }
    }

    pub(super) fn char_token(&mut self) -> Tok {
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
    fn escape(&mut self, units: &mut Vec<u16>) {
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
    fn hole(&mut self, verbatim: bool) -> Option<RawPiece> {
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

    /// `"""…"""` with any number of quotes from three on; holes open with as many braces as there are dollars.
    fn raw(&mut self, from: usize, quotes: usize, dollars: usize) -> Tok {
        self.at += quotes;
        let fence = "\"".repeat(quotes);
        let Some(len) = self.rest().find(&fence) else {
            self.at = self.end;
            let span = Span {
                from: from as u32,
                to: (from + quotes) as u32,
            };
            self.error(
                codes::UNTERMINATED_TEXT,
                span,
                format!("the raw text has no end; add `{fence}`"),
            );
            return Tok::Bad;
        };
        if dollars > 0 {
            return self.raw_pieces(len, quotes, dollars);
        }
        let body = self.rest()[..len].to_owned();
        self.at += len + quotes;
        // A raw text over several lines loses its first and last line break and the indentation of its last line.
        let Some(inner) = body
            .strip_prefix("\r\n")
            .or_else(|| body.strip_prefix('\n'))
        else {
            return Tok::Str(body);
        };
        let (lines, indent) = inner.rsplit_once('\n').unwrap_or(("", inner));
        let text: Vec<&str> = lines
            .split('\n')
            .map(|l| {
                l.strip_prefix(indent)
                    .unwrap_or(l.trim_start())
                    .trim_end_matches('\r')
            })
            .collect();
        Tok::Str(text.join("\n"))
    }
}

impl Lexer<'_> {
    /// An interpolated raw text, the cursor at its body.
    fn raw_pieces(&mut self, len: usize, quotes: usize, dollars: usize) -> Tok {
        let stop = self.at + len;
        let body = &self.source[self.at..stop];
        // Over several lines the indentation of the last one falls away everywhere.
        let lines = body.starts_with('\n') || body.starts_with("\r\n");
        let margin = lines.then(|| body[body.rfind('\n').unwrap_or(0)..].to_owned());
        let mut pieces = Vec::new();
        let mut text = String::new();
        while self.at < stop {
            let rest = &self.source[self.at..stop];
            let braces = rest.len() - rest.trim_start_matches('{').len();
            if braces < dollars {
                let c = rest.chars().next().unwrap_or(' ');
                text.push(c);
                self.at += c.len_utf8();
                continue;
            }
            text.extend(std::iter::repeat_n('{', braces - dollars));
            pieces.push(RawPiece::Text(std::mem::take(&mut text)));
            self.at += braces - 1;
            match self.hole(true) {
                Some(hole) => pieces.push(hole),
                None => return Tok::Bad,
            }
            self.at += dollars - 1;
        }
        self.at = stop + quotes;
        pieces.push(RawPiece::Text(text));
        if let Some(margin) = margin {
            let last = pieces.len() - 1;
            for (index, piece) in pieces.iter_mut().enumerate() {
                let RawPiece::Text(text) = piece else {
                    continue;
                };
                if index == last {
                    text.truncate(text.len() - margin.len().min(text.len()));
                }
                *text = text.replace("\r\n", "\n").replace(&margin, "\n");
                if index == 0 {
                    text.remove(0);
                }
            }
        }
        Tok::Interpolated(pieces)
    }
}

fn split_suffix(digits: &str, radix: u32) -> (&str, bool) {
    match digits.strip_suffix(['L', 'l']) {
        Some(body) if radix == 16 || radix == 2 => (body, true),
        _ => (digits, false),
    }
}
