//! Values in the place of `${name}` in the text of an expression.
//!
//! Invariants: a value becomes one whole literal of the rule language, so that nothing in it is ever read as code; a
//! gap that stands inside a text, or where it cannot be told whether it does, is refused instead of filled; an
//! expression without a gap of the template's stays as it is, byte for byte.

use std::collections::BTreeMap;

use super::document::ParameterValue;

/// Values by parameter name.
pub type Values = BTreeMap<String, ParameterValue>;

/// Why the gaps of an expression cannot be filled: the template is wrong, not the values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpliceError {
    /// It stands inside a text, where a value would not be a literal of its own.
    #[error("`${{{0}}}` stands inside a text; close the text before it and join with +")]
    InsideText(String),
    /// The expression has forms of text or comments that gaps do not go with.
    #[error(
        "an expression with `${{{0}}}` has only plain texts, no @\"…\", $\"…\", \"\"\"…\"\"\" and no comment"
    )]
    OtherForms(String),
    /// Nothing of that name is given.
    #[error("`${{{0}}}` has no value")]
    NoValue(String),
}

/// The expression with its gaps filled.
pub fn splice(text: &str, values: &Values) -> Result<String, SpliceError> {
    let Some(first) = gaps(text).find(|name| values.contains_key(*name)) else {
        return Ok(text.to_owned());
    };
    let other_forms = || SpliceError::OtherForms(first.to_owned());
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut len = c.len_utf8();
        if rest.starts_with("${") {
            let name = gap(rest).ok_or_else(other_forms)?;
            let value = values
                .get(name)
                .ok_or_else(|| SpliceError::NoValue(name.to_owned()))?;
            out.push_str(&literal(value));
            rest = &rest[name.len() + 3..];
            continue;
        }
        let strange = ["@\"", "$\"", "$@\"", "\"\"\"", "//", "/*"];
        if strange.iter().any(|form| rest.starts_with(form)) {
            return Err(other_forms());
        }
        if matches!(c, '"' | '\'' | '`') {
            len = quoted(rest, c).ok_or_else(other_forms)?;
            if let Some(name) = gaps(&rest[..len]).find(|name| values.contains_key(*name)) {
                return Err(SpliceError::InsideText(name.to_owned()));
            }
        }
        out.push_str(&rest[..len]);
        rest = &rest[len..];
    }
    Ok(out)
}

/// The length of a quoted piece at the start, both quotes included.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The names of everything that looks like a gap.
fn gaps(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("${")
        .filter_map(|(at, _)| gap(&text[at..]))
}

/// The name of the gap that a text starts with.
fn gap(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("${")?;
    let name = &inner[..inner.find('}')?];
    let sound = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    sound.then_some(name)
}

/// A value as a literal of the rule language.
pub fn literal(value: &ParameterValue) -> String {
    match value {
        ParameterValue::Flag(flag) => flag.to_string(),
        ParameterValue::Text(text) => quote(text),
        ParameterValue::List(items) => {
            let items: Vec<String> = items.iter().map(|item| quote(item)).collect();
            format!("new[] {{ {} }}", items.join(", "))
        }
    }
}

fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // Line ends of any alphabet, and what nobody sees.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
