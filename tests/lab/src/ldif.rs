//! LDIF: written for `ldapadd`, read back from `ldapsearch`.
//!
//! Invariants: what is written reads back byte for byte; values that are not plain ASCII travel as base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt::Write;

/// One entry as a directory answered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The distinguished name.
    pub dn: String,
    /// Attribute names as answered (`member;range=0-1499` included) with their values, in order.
    pub attributes: Vec<(String, Vec<u8>)>,
}

impl Entry {
    /// An entry without attributes.
    pub(crate) fn new(dn: impl Into<String>) -> Self {
        Self {
            dn: dn.into(),
            attributes: Vec::new(),
        }
    }

    /// Adds a value.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.attributes
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Adds a value if there is one.
    pub(crate) fn with_some(self, name: &str, value: Option<impl AsRef<[u8]>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// All values of an attribute, its name compared without case.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.attributes
            .iter()
            .filter(move |(attribute, _)| attribute.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    /// The first value of an attribute as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.values(name)
            .next()
            .map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// Appends this entry as an LDIF content record.
    pub(crate) fn write(&self, out: &mut String) {
        write_line(out, "dn", self.dn.as_bytes());
        for (name, value) in &self.attributes {
            write_line(out, name, value);
        }
        out.push('\n');
    }
}

fn write_line(out: &mut String, name: &str, value: &[u8]) {
    let plain = value.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && !matches!(value.first(), Some(b' ' | b':' | b'<'))
        && value.last() != Some(&b' ');
    match std::str::from_utf8(value) {
        Ok(text) if plain => writeln!(out, "{name}: {text}"),
        _ => writeln!(out, "{name}:: {}", STANDARD.encode(value)),
    }
    .expect("writing to a String does not fail");
}

/// Reads LDIF content records. Comments, referrals and everything else without a `dn` are left out.
pub(crate) fn parse(text: &str) -> Vec<Entry> {
    let unfolded = text.replace("\n ", "");
    let mut entries: Vec<Entry> = Vec::new();
    let mut open = false;
    for line in unfolded.lines() {
        let Some((name, rest)) = line.split_once(':').filter(|_| !line.starts_with('#')) else {
            open = open && !line.is_empty();
            continue;
        };
        let value = match rest.strip_prefix(':') {
            Some(encoded) => STANDARD.decode(encoded.trim()).unwrap_or_default(),
            None => rest.strip_prefix(' ').unwrap_or(rest).as_bytes().to_vec(),
        };
        if name == "dn" {
            entries.push(Entry::new(String::from_utf8_lossy(&value)));
            open = true;
        } else if open && let Some(entry) = entries.last_mut() {
            entry.attributes.push((name.to_owned(), value));
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awkward_values_read_back_as_they_were() {
        let entry = Entry::new("CN=Łukasz\\, Jr,OU=Staff,DC=contoso,DC=test")
            .with("displayName", " leading and trailing ")
            .with("streetAddress", "1 High Street\nFloor 2")
            .with("thumbnailPhoto", [0xff, 0xd8, 0, 10])
            .with("description", "plain: with a colon")
            .with("info", "");
        let mut text = String::new();

        entry.write(&mut text);

        assert_eq!(parse(&text), vec![entry]);
    }

    #[test]
    fn folded_lines_are_joined_and_referrals_left_out() {
        let text = "# refldap://x\nref: ldap://contoso.test\n\ndn: CN=A\ncn: long\n er\n\n# done\nresult: 0\n";

        let entries = parse(text);

        assert_eq!(entries, vec![Entry::new("CN=A").with("cn", "longer")]);
    }
}
