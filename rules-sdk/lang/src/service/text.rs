//! The tokens around a place, through the holes of interpolated texts.
//!
//! Invariants: whatever the offset is, the place lies on the border of a character; what is inside a text, a comment or a
//! number is told apart from code.

use syncline_model::rules::{Dialect, Span};

use crate::syntax::{RawPiece, Tok, Token, hole_tokens, tokens};

/// A text, the tokens of the piece of code around a place, and the place.
pub(super) struct Around<'a> {
    pub source: &'a str,
    pub dialect: Dialect,
    /// The place, in bytes.
    pub at: usize,
    pub tokens: Vec<Token>,
    /// The code begins here in an interpolated text that has no end yet.
    pub torn: Option<usize>,
}

/// What a place is inside of.
pub(super) enum Inside {
    /// Code, possibly in or right behind the word with these bounds.
    Code,
    /// A text, a comment, a number.
    Opaque,
    /// An attribute in brackets or backticks, or a parameter: its name has these bounds.
    Attribute(usize, usize),
    Parameter(usize, usize),
}

impl<'a> Around<'a> {
    pub fn new(source: &'a str, dialect: Dialect, at: u32) -> Self {
        let mut around = Self {
            source,
            dialect,
            at: byte(source, at),
            tokens: tokens(source, dialect),
            torn: None,
        };
        while let Some(hole) = around.hole() {
            around.tokens = hole_tokens(source, hole);
        }
        around
    }

    /// The hole around the place, if the place is in one of the tokens' holes.
    fn hole(&mut self) -> Option<Span> {
        let at = self.at as u32;
        let token = (self.tokens.iter()).find(|t| t.span.from < at && at <= t.span.to)?;
        let Tok::Interpolated(pieces) = &token.tok else {
            return None;
        };
        let around = |piece: &RawPiece| match piece {
            RawPiece::Hole { expr, .. } if expr.from <= at && at <= expr.to => Some(*expr),
            _ => None,
        };
        if let Some(hole) = pieces.iter().find_map(around) {
            return Some(hole);
        }
        // `$"Hello {mail.` while it is typed: everything behind the last brace is the hole.
        let text = &self.source[token.span.from as usize..self.at];
        let open = text.rfind('{')?;
        let is_hole = !text[..open].ends_with('{') && !text[open..].contains(['}', '"', '\n']);
        if !is_hole || self.torn.is_some() {
            return None;
        }
        let from = token.span.from as usize + open + 1;
        self.torn = Some(from);
        let to = self.source[self.at..].find(['}', '"', '\n']);
        Some(Span {
            from: from as u32,
            to: to.map_or(self.source.len(), |to| self.at + to) as u32,
        })
    }

    pub fn inside(&self) -> Inside {
        let at = self.at as u32;
        let touches = |t: &&Token| t.span.from < at && at <= t.span.to;
        let Some(token) = self.tokens.iter().find(touches) else {
            return if self.in_comment() {
                Inside::Opaque
            } else {
                Inside::Code
            };
        };
        let (from, to) = (token.span.from as usize, token.span.to as usize);
        let text = &self.source[from..to];
        let first = text.chars().next().unwrap_or(' ');
        let name_end = || {
            let rest = &self.source[self.at..to];
            self.at
                + rest
                    .find([']', '`', '%', '"', '(', ')', ',', '\n'])
                    .unwrap_or(rest.len())
        };
        match &token.tok {
            Tok::Attribute(_) | Tok::Bad if matches!(first, '[' | '`') => {
                let closed = at == token.span.to && matches!(token.tok, Tok::Attribute(_));
                if closed {
                    Inside::Code
                } else {
                    Inside::Attribute(from + 1, name_end())
                }
            }
            Tok::Parameter(_) | Tok::Bad if first == '%' => {
                let closed = at == token.span.to && matches!(token.tok, Tok::Parameter(_));
                if closed {
                    Inside::Code
                } else {
                    Inside::Parameter(from + 1, name_end())
                }
            }
            Tok::Str(_) | Tok::Char(_) | Tok::Interpolated(_) | Tok::Bad => {
                let quote = if text.ends_with('\'') { '\'' } else { '"' };
                let closed = text.trim_start_matches(['$', '@']).len() > 1 && text.ends_with(quote);
                match closed && at == token.span.to && token.tok != Tok::Bad {
                    true => Inside::Code,
                    false => Inside::Opaque,
                }
            }
            Tok::Int(_) | Tok::Long(_) | Tok::Double(_) | Tok::Decimal(..) => Inside::Opaque,
            _ => Inside::Code,
        }
    }

    fn in_comment(&self) -> bool {
        let ends = |t: &&Token| t.tok != Tok::End && t.span.to as usize <= self.at;
        let before = self.tokens.iter().rev().find(ends);
        let gap = &self.source[before.map_or(0, |t| t.span.to as usize)..self.at];
        let line = gap
            .rfind("//")
            .is_some_and(|from| !gap[from..].contains('\n'));
        let block = gap
            .rfind("/*")
            .is_some_and(|from| !gap[from..].contains("*/"));
        self.dialect == Dialect::Csharp && (line || block)
    }

    /// The bounds of the word at the place; empty where there is none.
    pub fn word(&self) -> (usize, usize) {
        let at = self.at as u32;
        let found = self
            .tokens
            .iter()
            .find(|t| matches!(t.tok, Tok::Ident { .. }) && t.span.from <= at && at <= t.span.to);
        found.map_or((self.at, self.at), |t| {
            (t.span.from as usize, t.span.to as usize)
        })
    }

    /// How many tokens end before a place.
    pub fn before(&self, at: usize) -> usize {
        let ends =
            |t: &Token| t.tok != Tok::End && t.span.to as usize <= at && t.span.to > t.span.from;
        self.tokens.iter().take_while(|t| ends(t)).count()
    }

    /// The opening bracket that encloses what follows the first `count` tokens.
    pub fn opener(&self, count: usize) -> Option<usize> {
        let mut depth = 0_u32;
        for index in (0..count).rev() {
            match self.tokens[index].tok {
                Tok::Punct(")" | "]" | "}") => depth += 1,
                Tok::Punct("(" | "[" | "{") if depth == 0 => return Some(index),
                Tok::Punct("(" | "[" | "{") => depth -= 1,
                _ => {}
            }
        }
        None
    }

    pub fn punct(&self, index: usize) -> Option<&'static str> {
        match self.tokens.get(index)?.tok {
            Tok::Punct(punct) => Some(punct),
            _ => None,
        }
    }

    pub fn ident(&self, index: usize) -> Option<&str> {
        match &self.tokens.get(index)?.tok {
            Tok::Ident { text, .. } => Some(text),
            _ => None,
        }
    }
}

/// An offset in code units as one in bytes; one inside a character is its beginning.
pub(super) fn byte(source: &str, units: u32) -> usize {
    let mut seen = 0;
    for (at, c) in source.char_indices() {
        let next = seen + c.len_utf16() as u32;
        if next > units {
            return at;
        }
        seen = next;
    }
    source.len()
}
