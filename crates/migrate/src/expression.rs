//! Expressions of the vendor's language, as far as names have to be found in them.
//!
//! Invariants: what stands in a text is left alone; a replacement is put in whole and never read again; what is no attribute,
//! parameter or flow literal is kept as it was written.

/// A piece of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// `[name]`: the name.
    Attribute(&'a str),
    /// `%Name%`: the name.
    Parameter(&'a str),
    /// A word: a function or a literal.
    Word(&'a str),
    /// A text with its quotes.
    Text(&'a str),
    /// White space.
    Blank(&'a str),
    /// Anything else, a character at a time.
    Other(&'a str),
}

impl<'a> Piece<'a> {
    /// As it was written.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Attribute(name) => format!("[{name}]"),
            Self::Parameter(name) => format!("%{name}%"),
            Self::Word(text) | Self::Text(text) | Self::Blank(text) | Self::Other(text) => {
                (*text).to_owned()
            }
        }
    }

    /// What a text says, where nothing in it is escaped.
    pub(crate) fn plain_text(&self) -> Option<&'a str> {
        let Self::Text(text) = self else { return None };
        let inner = text.strip_prefix('"')?.strip_suffix('"')?;
        (!inner.contains(['"', '\\'])).then_some(inner)
    }
}

/// The pieces of an expression, in order. Together they are the expression.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (piece, length) = next(rest, first);
        out.push(piece);
        rest = &rest[length..];
    }
    out
}

fn next(rest: &str, first: char) -> (Piece<'_>, usize) {
    let up_to = |found: fn(char) -> bool| rest.find(|c| !found(c)).unwrap_or(rest.len());
    match first {
        '"' => {
            let end = text_end(rest);
            (Piece::Text(&rest[..end]), end)
        }
        '[' => match rest[1..].find(']') {
            Some(end) => (Piece::Attribute(rest[1..=end].trim()), end + 2),
            None => (Piece::Other(&rest[..1]), 1),
        },
        '%' => match rest[1..].find('%').map(|end| &rest[1..=end]) {
            Some(name) if is_parameter(name) => (Piece::Parameter(name), name.len() + 2),
            _ => (Piece::Other(&rest[..1]), 1),
        },
        c if c.is_whitespace() => {
            let end = up_to(char::is_whitespace);
            (Piece::Blank(&rest[..end]), end)
        }
        c if is_word(c) => {
            let end = up_to(is_word);
            (Piece::Word(&rest[..end]), end)
        }
        c => (Piece::Other(&rest[..c.len_utf8()]), c.len_utf8()),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

fn is_parameter(name: &str) -> bool {
    let rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !name.is_empty() && name.chars().all(rest)
}

/// Where a text ends: a quote is doubled or behind a backslash.
fn text_end(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if matches!(bytes.get(at + 1), Some(b'"' | b'\\')) => at += 2,
            b'"' if bytes.get(at + 1) == Some(&b'"') => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A text as a literal of the language.
pub(crate) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // Line ends have a word of their own in the language.
            '\r' | '\n' => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What says something about the flow and is no value.
pub(crate) const IGNORE: &str = "IgnoreThisFlow";
/// What ends an attribute for every flow.
pub(crate) const NOTHING: &str = "AuthoritativeNull";

/// Whether a word stands outside of texts.
pub(crate) fn says(expression: &str, word: &str) -> bool {
    pieces(expression).contains(&Piece::Word(word))
}

/// The expression with one word for another.
pub(crate) fn with_word(expression: &str, word: &str, other: &str) -> String {
    let replaced = |piece: &Piece<'_>| match piece {
        Piece::Word(w) if *w == word => other.to_owned(),
        piece => piece.written(),
    };
    pieces(expression).iter().map(replaced).collect()
}

/// Functions that name an attribute as a text.
pub(crate) const BY_NAME: [&str; 2] = ["ImportedValue", "ValueCount"];

/// What the expression names: attributes, and parameters.
pub(crate) fn named(expression: &str) -> (Vec<String>, Vec<String>) {
    let (mut attributes, mut parameters) = (Vec::new(), Vec::new());
    let pieces = significant(expression);
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Attribute(name) => attributes.push((*name).to_owned()),
            Piece::Parameter(name) => parameters.push((*name).to_owned()),
            Piece::Word(word) if BY_NAME.contains(word) => {
                let name = pieces.get(at + 2).and_then(Piece::plain_text);
                attributes.extend(name.map(str::to_owned));
            }
            _ => {}
        }
    }
    (attributes, parameters)
}

/// The pieces that are not white space.
pub(crate) fn significant(expression: &str) -> Vec<Piece<'_>> {
    let mut all = pieces(expression);
    all.retain(|piece| !matches!(piece, Piece::Blank(_)));
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_in_texts_are_no_names() {
        let expression =
            r#"IIF([a]="[b] ""%c%"" \" [d]", %Domain.FQDN% & 5 % 3, ImportedValue("e"))"#;

        let (attributes, parameters) = named(expression);

        assert_eq!(attributes, ["a", "e"]);
        assert_eq!(parameters, ["Domain.FQDN"]);
        assert!(!says(r#""IgnoreThisFlow""#, IGNORE));
        assert_eq!(
            with_word("IIF([x],IgnoreThisFlow,1)", IGNORE, "NULL"),
            "IIF([x],NULL,1)"
        );
    }

    #[test]
    fn a_backslash_before_another_character_is_one() {
        let expression = r#"InStr([cn],"\\0ACNF:") & "C:\" & [x]"#;

        // The quote behind the last backslash belongs to the text, as the language reads it.
        assert_eq!(named(expression).0, ["cn"]);
        assert_eq!(literal("a\"b\\c"), r#""a\"b\\c""#);
    }

    proptest! {
        #[test]
        fn the_pieces_together_are_the_expression(text in "[ \\[\\]%\"\\\\a-zA-Z0-9().,&é]{0,60}") {
            let again: String = pieces(&text).iter().map(|piece| match piece {
                // Only blanks around a name are lost.
                Piece::Attribute(name) => format!("[{name}]"),
                other => other.written(),
            }).collect();
            let squeezed = |t: &str| t.replace(' ', "");
            prop_assert_eq!(squeezed(&again), squeezed(&text));
        }
    }
}
