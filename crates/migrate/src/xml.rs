//! XML from outside, under limits: no document type, no entity but XML's own five, bounded text, nodes and depth.
//!
//! Invariants: what is refused is refused before a tree is built of it; an element that its reader does not know is
//! collected with its path, once per path.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use crate::ReadError;

/// Files at most.
pub const FILES_MAX: usize = 2_000;
/// Octets of all files at most.
pub const TEXT_MAX: usize = 24 * 1024 * 1024;
/// Nodes of a file at most.
const NODES_MAX: u32 = 600_000;
/// Elements within elements at most.
const DEPTH_MAX: usize = 64;
/// Characters of a path that is shown.
const PATH_SHOWN: usize = 200;

/// One file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// Refuses more than an export is.
pub fn within_limits(files: &[File]) -> Result<(), ReadError> {
    if files.len() > FILES_MAX {
        return Err(ReadError::TooLarge {
            what: format!("{} files", files.len()),
            limit: format!("{FILES_MAX} files"),
        });
    }
    let octets: usize = files.iter().map(|file| file.text.len()).sum();
    if octets > TEXT_MAX {
        return Err(ReadError::TooLarge {
            what: format!("{octets} octets"),
            limit: format!("{TEXT_MAX} octets"),
        });
    }
    Ok(())
}

/// The tree of a file.
pub(crate) fn parse(file: &File) -> Result<Document<'_>, ReadError> {
    let text = file.text.trim_start_matches('\u{feff}').trim();
    deep(&file.name, text)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: NODES_MAX,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| ReadError::Malformed {
        file: file.name.clone(),
        why: error.to_string(),
    })
}

/// Counts tags before anything recurses over them. A `<` within a comment or a section of characters counts as what it looks
/// like: exports have no such thing near the limit.
fn deep(file: &str, text: &str) -> Result<(), ReadError> {
    let mut depth: usize = 0;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        if let Some(section) = rest.strip_prefix("<![CDATA[") {
            rest = section.find("]]>").map_or("", |end| &section[end + 3..]);
            continue;
        }
        let end = tag_end(rest);
        let tag = &rest[..end];
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !tag.starts_with("<?") && !tag.starts_with("<!") && !tag.ends_with("/>") {
            depth += 1;
        }
        if depth > DEPTH_MAX {
            return Err(ReadError::TooDeep {
                file: file.to_owned(),
                limit: DEPTH_MAX,
            });
        }
        rest = &rest[end.max(1)..];
    }
    Ok(())
}

/// Where a tag ends: behind the first `>` outside of quotes.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// Elements that nobody knows: path, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown(pub BTreeMap<String, usize>);

impl Unknown {
    /// Takes note of the children of an element, and of its attributes, whose names are not among these.
    pub(crate) fn beside(&mut self, at: &str, node: Node<'_, '_>, known: &[&str]) {
        let children = node.children().filter(Node::is_element);
        for child in children {
            let name = child.tag_name().name();
            if !known.contains(&name) {
                self.note(format!("{at}/{name}"));
            }
        }
        for attribute in node.attributes() {
            let name = format!("@{}", attribute.name());
            if !known.contains(&name.as_str()) {
                self.note(format!("{at}/{name}"));
            }
        }
    }

    fn note(&mut self, path: String) {
        *self.0.entry(shown(&path)).or_default() += 1;
    }
}

/// A text as messages show it: on one line, and not endless.
pub(crate) fn shown(text: &str) -> String {
    let mut out: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(PATH_SHOWN)
        .collect();
    if text.chars().count() > PATH_SHOWN {
        out.push('\u{2026}');
    }
    out
}

/// The element children of that name.
pub(crate) fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'i>> + 'a {
    node.children()
        .filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The first element child of that name.
pub(crate) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children()
        .find(|child| child.is_element() && child.tag_name().name() == name)
}

/// The element at the end of a path of names.
pub(crate) fn path<'a, 'i>(node: Node<'a, 'i>, names: &[&str]) -> Option<Node<'a, 'i>> {
    names.iter().try_fold(node, |at, name| child(at, name))
}

/// The text of an element, without the white space around it.
pub(crate) fn text(node: Node<'_, '_>) -> String {
    let parts = node
        .children()
        .filter_map(|child| child.text().filter(|_| child.is_text()));
    parts.collect::<String>().trim().to_owned()
}

/// The text of a child; empty where there is none.
pub(crate) fn text_of(node: Node<'_, '_>, name: &str) -> String {
    child(node, name).map(text).unwrap_or_default()
}

/// A GUID as exports write it, without braces and in small letters.
pub(crate) fn guid(text: &str) -> Option<String> {
    let inner = text.trim().trim_start_matches('{').trim_end_matches('}');
    let bytes = inner.as_bytes();
    let right = bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    right.then(|| inner.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: impl Into<String>) -> File {
        File {
            name: "a.xml".into(),
            text: text.into(),
        }
    }

    #[test]
    fn entities_and_document_types_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";

        assert_eq!(parse(&file(bomb)).unwrap_err().code(), "import.malformed");
        assert_eq!(
            parse(&file("<a>&c;</a>")).unwrap_err().code(),
            "import.malformed"
        );
        assert_eq!(parse(&file("")).unwrap_err().code(), "import.malformed");
        assert!(parse(&file("\u{feff}<?xml version='1.0'?><a b='&lt;&gt;'/>")).is_ok());
    }

    #[test]
    fn a_hundred_thousand_levels_are_refused_before_they_are_walked() {
        let deep = "<a>".repeat(100_000);

        assert_eq!(parse(&file(deep)).unwrap_err().code(), "import.too_deep");
        let hidden = format!("<a b='>'>{}", "<c>".repeat(100));
        assert_eq!(parse(&file(hidden)).unwrap_err().code(), "import.too_deep");
        let flat = format!("<a><!-- {} --></a>", "<b>".repeat(1_000));
        assert!(parse(&file(flat)).is_ok());
    }

    #[test]
    fn a_guid_is_one_or_none() {
        let plain = "ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d";

        assert_eq!(
            guid("{AE4DB4CC-B16B-4EB2-ACF5-837CA84E4D7D}").as_deref(),
            Some(plain)
        );
        assert_eq!(guid(plain).as_deref(), Some(plain));
        for wrong in [
            "",
            "{}",
            "ae4db4cc",
            "ae4db4cc-b16b-4eb2-acf5-837ca84e4d7g",
            "ééééééééé-",
        ] {
            assert_eq!(guid(wrong), None, "{wrong}");
        }
    }
}
