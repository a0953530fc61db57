//! Raw texts: any number of quotes from three on, over one line or several.
//!
//! Invariants: over several lines the first and the last line break fall away, and the indentation of the last line
//! everywhere.

use syncline_model::rules::Span;

use crate::diag::codes;
use crate::syntax::lexer::Lexer;
use crate::syntax::tokens::{RawPiece, Tok};

impl Lexer<'_> {
    /// `"""…"""` with any number of quotes from three on; holes open with as many braces as there are dollars.
    pub(super) fn raw(&mut self, from: usize, quotes: usize, dollars: usize) -> Tok {
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
