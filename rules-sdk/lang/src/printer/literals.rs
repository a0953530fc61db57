//! Literals of both dialects.
//!
//! Invariants: what is written is read back as the same value; characters that cannot be seen are escaped where the
//! dialect has escapes, and refused where it has none.

use std::fmt::Write as _;

/// A text in C#.
pub(super) fn csharp_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            c if is_hidden(c) => out.push_str(&escaped(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A character in C#.
pub(super) fn csharp_char(unit: u16) -> String {
    match char::from_u32(u32::from(unit)) {
        Some('\'') => "'\\''".to_owned(),
        Some('"') => "'\"'".to_owned(),
        Some(c) => {
            let quoted = csharp_text(&c.to_string());
            format!("'{}'", &quoted[1..quoted.len() - 1])
        }
        None => format!("'\\u{unit:04x}'"),
    }
}

fn escaped(c: char) -> String {
    let mut out = String::new();
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
    out
}

/// Control characters, and those that change the direction of text.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}

/// A text of the `entra` dialect; none where it cannot say it.
pub(super) fn entra_text(text: &str) -> Option<String> {
    if text == "\r\n" {
        return Some("CRLF".to_owned());
    }
    if text.chars().any(is_hidden) {
        return None;
    }
    let mut out = String::from("\"");
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => out.push_str("\"\""),
            // A backslash is one, unless it would escape what follows.
            '\\' if matches!(rest.peek(), None | Some('"' | '\\')) => out.push_str("\\\\"),
            c => out.push(c),
        }
    }
    out.push('"');
    Some(out)
}

/// A number with a fraction, without an exponent.
pub(super) fn double(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let text = value.to_string();
    Some(match text.contains('.') {
        true => text,
        false => format!("{text}.0"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_where_they_must_be() {
        assert_eq!(csharp_text("a\"b\\c\n\u{202e}é"), r#""a\"b\\c\n\u202eé""#);
        assert_eq!(entra_text(r#"say "x""#).as_deref(), Some(r#""say ""x""""#));
        assert_eq!(entra_text(r"[()\s-]").as_deref(), Some(r#""[()\s-]""#));
        assert_eq!(entra_text(r"\\a\").as_deref(), Some(r#""\\\a\\""#));
        assert_eq!(entra_text("\r\n").as_deref(), Some("CRLF"));
        assert_eq!(entra_text("a\u{202e}"), None);
    }

    #[test]
    fn characters_and_numbers_are_read_back_as_they_were() {
        assert_eq!(csharp_char(u16::from(b'\'')), r"'\''");
        assert_eq!(csharp_char(10), r"'\n'");
        assert_eq!(csharp_char(0xd83d), r"'\ud83d'");
        assert_eq!(double(1e20).as_deref(), Some("100000000000000000000.0"));
        assert_eq!(double(f64::INFINITY), None);
    }
}
