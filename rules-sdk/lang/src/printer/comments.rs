//! The comments of a text in its canonical form: where each of them stands.
//!
//! Invariants: a comment is not changed, and stays in its order; it stands at the beginning or the end of the text, on lines of
//! its own before a statement, or at the end of a line; one that had another place is refused, with that place.

use syncline_model::rules::{Dialect, Span};

use super::refusal::Refusal;
use crate::diag::codes;
use crate::syntax::{self, Tok, Token};

/// The canonical text with the comments of its source.
///
/// # Errors
///
/// A comment that has no place.
pub(super) fn carried(source: &str, out: &str, dialect: Dialect) -> Result<String, Refusal> {
    let before = comments(source, dialect);
    let words: Vec<Token> = syntax::tokens(out, dialect)
        .into_iter()
        .filter(is_word)
        .collect();
    let mut placed = Vec::new();
    for comment in &before {
        let place = comment.place(source, out, &words);
        placed.push(place.ok_or_else(|| comment.lost())?);
    }
    let mut text = out.to_owned();
    for (at, inserted) in placed.iter().rev() {
        text.insert_str(*at, inserted);
    }
    let after = comments(&text, dialect);
    let said = |comment: &Comment, text: &str| text[range(comment.span)].to_owned();
    let lost = before.iter().enumerate().find(|(nth, comment)| {
        let other = after.get(*nth).map(|other| said(other, &text));
        other != Some(said(comment, source))
    });
    match lost {
        Some((_, comment)) => Err(comment.lost()),
        None => Ok(text),
    }
}

/// A comment, and what stands around it.
struct Comment {
    span: Span,
    /// Nothing but blanks stands before it on its line.
    begins_line: bool,
    /// Nothing but blanks stands behind it on its line.
    ends_line: bool,
    /// How many names and literals stand before it.
    words: usize,
    /// The tokens around it; none at the beginning and at the end.
    previous: Option<Tok>,
    next: Option<Tok>,
}

impl Comment {
    fn lost(&self) -> Refusal {
        let message = "formatting would lose this comment; put it at the beginning, before a statement, or at the end of a line";
        Refusal::new(codes::LOSES_TEXT, self.span, message)
    }

    /// Where it stands in the canonical text of these words, with the blanks around it.
    fn place(&self, source: &str, out: &str, words: &[Token]) -> Option<(usize, String)> {
        let text = &source[range(self.span)];
        if self.previous.is_none() {
            return self.begins_line.then(|| (0, format!("{text}\n")));
        }
        if self.next.is_none() {
            let blank = if self.begins_line { "\n" } else { " " };
            return Some((out.len(), format!("{blank}{text}")));
        }
        let next = words.get(self.words)?.span.from as usize;
        if self.begins_line {
            let line = out[..next].rfind('\n').map_or(0, |at| at + 1);
            let indent = &out[line..next];
            let fits = self.next.as_ref().is_some_and(is_word_token) && indent.trim().is_empty();
            return fits.then(|| (line, format!("{indent}{text}\n")));
        }
        let previous = words.get(self.words.checked_sub(1)?)?.span.to as usize;
        let end = previous + out[previous..next].find('\n')?;
        // What stands behind a block would come to stand inside.
        let fits = self.ends_line && self.previous != Some(Tok::Punct("}"));
        fits.then(|| (end, format!(" {text}")))
    }
}

/// All comments of a text.
fn comments(source: &str, dialect: Dialect) -> Vec<Comment> {
    let mut found = Vec::new();
    let (mut at, mut words, mut previous) = (0, 0, None);
    for token in syntax::tokens(source, dialect) {
        let (from, to) = (token.span.from as usize, token.span.to as usize);
        let next = Some(token.tok.clone()).filter(|tok| *tok != Tok::End);
        for (from, to) in pieces(source, (at, from), dialect) {
            let line = source[..from].rfind('\n').map_or(0, |at| at + 1);
            let rest = source[to..].split('\n').next().unwrap_or_default();
            found.push(Comment {
                span: Span {
                    from: from as u32,
                    to: to as u32,
                },
                begins_line: source[line..from].trim().is_empty(),
                ends_line: rest.trim().is_empty(),
                words,
                previous: previous.clone(),
                next: next.clone(),
            });
        }
        words += usize::from(is_word(&token));
        (at, previous) = (to, next);
    }
    found
}

/// The comments between two tokens. In the functions of Entra that is the pragma, if anything.
fn pieces(source: &str, (from, to): (usize, usize), dialect: Dialect) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(gap) = source.get(at..to) {
        let text = gap.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.is_empty() {
            break;
        }
        let begin = to - text.len();
        let len = match dialect {
            Dialect::Csharp if text.starts_with("/*") => {
                text[2..].find("*/").map_or(text.len(), |end| end + 4)
            }
            _ => text.find('\n').unwrap_or(text.len()),
        };
        let len = text[..len].trim_end().len();
        found.push((begin, begin + len));
        at = begin + len;
    }
    found
}

fn is_word(token: &Token) -> bool {
    is_word_token(&token.tok)
}

fn is_word_token(tok: &Tok) -> bool {
    !matches!(tok, Tok::Punct(_) | Tok::End)
}

fn range(span: Span) -> std::ops::Range<usize> {
    span.from as usize..span.to as usize
}
