//! Distinguished names (RFC 4514), parsed once and never compared as text.
//!
//! Invariants: attribute types compare without case and by their short names (OIDs of the common ones
//! are normalised), values by the match fold, multi-valued RDNs as sets; `\,` and `\2C` are equal and
//! spaces around separators do not count (D-61). Printing escapes minimally and reads back equal.

use std::fmt;
use std::str::FromStr;

use crate::text::{match_fold, uniqueness_fold};

/// Why a text is not a distinguished name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a distinguished name: {what} at character {at}")]
pub struct DnError {
    at: usize,
    what: &'static str,
}

/// One attribute type and value of an RDN.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ava {
    attr: Box<str>,
    value: Box<str>,
}

/// A relative distinguished name: one level of a DN.
#[derive(Clone)]
pub struct Rdn(Vec<Ava>);

/// A distinguished name; the first RDN is the object's own.
#[derive(Clone, PartialEq, Eq)]
pub struct Dn(Vec<Rdn>);

impl Rdn {
    /// An RDN of one attribute type and value; the value is raw, not escaped.
    pub fn new(attr: &str, value: &str) -> Self {
        Self(vec![Ava {
            attr: normal_type(attr),
            value: value.into(),
        }])
    }

    /// The attribute type of the first pair, as `CN`.
    pub fn attr(&self) -> &str {
        &self.0[0].attr
    }

    /// The unescaped value of the first pair.
    pub fn value(&self) -> &str {
        &self.0[0].value
    }

    /// The text under which two RDNs are the same name for a person (D-61).
    pub fn match_key(&self) -> String {
        self.key(match_fold)
    }

    /// The text under which two RDNs collide in one container (D-62).
    pub fn uniqueness_key(&self) -> String {
        self.key(uniqueness_fold)
    }

    fn key(&self, fold: fn(&str) -> String) -> String {
        let mut pairs: Vec<String> = self
            .0
            .iter()
            .map(|ava| {
                format!(
                    "{}={}",
                    ava.attr.to_ascii_lowercase(),
                    escape(&fold(&ava.value))
                )
            })
            .collect();
        pairs.sort_unstable();
        pairs.join("+")
    }
}

impl PartialEq for Rdn {
    fn eq(&self, other: &Self) -> bool {
        self.match_key() == other.match_key()
    }
}
impl Eq for Rdn {}

impl Dn {
    /// The DN of a child of this one.
    pub fn child(&self, rdn: Rdn) -> Self {
        let mut rdns = Vec::with_capacity(self.0.len() + 1);
        rdns.push(rdn);
        rdns.extend_from_slice(&self.0);
        Self(rdns)
    }

    /// The root, which has no RDN.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The object's own RDN; `None` for the root.
    pub fn rdn(&self) -> Option<&Rdn> {
        self.0.first()
    }

    /// The container; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        (!self.0.is_empty()).then(|| Self(self.0[1..].to_vec()))
    }

    /// All RDNs from the object's own to the top.
    pub fn rdns(&self) -> &[Rdn] {
        &self.0
    }

    /// Whether this name is `other` or lies below it.
    pub fn is_under(&self, other: &Self) -> bool {
        self.0.len() >= other.0.len() && self.0[self.0.len() - other.0.len()..] == other.0
    }

    /// The text under which two DNs are equal.
    pub fn match_key(&self) -> String {
        self.0
            .iter()
            .map(Rdn::match_key)
            .collect::<Vec<_>>()
            .join(",")
    }
}

impl fmt::Display for Rdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, ava) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("+")?;
            }
            write!(f, "{}={}", ava.attr, escape(&ava.value))?;
        }
        Ok(())
    }
}
impl fmt::Debug for Rdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl fmt::Display for Dn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, rdn) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            fmt::Display::fmt(rdn, f)?;
        }
        Ok(())
    }
}
impl fmt::Debug for Dn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Dn {
    type Err = DnError;

    fn from_str(text: &str) -> Result<Self, DnError> {
        if text.trim().is_empty() {
            return Ok(Self::root());
        }
        let mut parser = Parser {
            chars: text.chars().collect(),
            at: 0,
        };
        let mut rdns = vec![parser.rdn()?];
        while parser.eat(',') || parser.eat(';') {
            rdns.push(parser.rdn()?);
        }
        parser.end()?;
        Ok(Self(rdns))
    }
}

impl FromStr for Rdn {
    type Err = DnError;

    fn from_str(text: &str) -> Result<Self, DnError> {
        let mut parser = Parser {
            chars: text.chars().collect(),
            at: 0,
        };
        let rdn = parser.rdn()?;
        parser.end()?;
        Ok(rdn)
    }
}

/// Escapes a value for use inside a DN (RFC 4514 section 2.4).
pub fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (i, c) in value.chars().enumerate() {
        let edge_space = c == ' ' && (i == 0 || i == last);
        match c {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' => escaped.extend(['\\', c]),
            '#' if i == 0 => escaped.push_str("\\#"),
            ' ' if edge_space => escaped.push_str("\\ "),
            c if c.is_ascii_control() => escaped.push_str(&format!("\\{:02X}", c as u32)),
            c => escaped.push(c),
        }
    }
    escaped
}

/// One spelling for an attribute type: upper-case short name, OIDs of the common naming types resolved.
fn normal_type(attr: &str) -> Box<str> {
    let attr = attr.trim();
    let bare = attr
        .strip_prefix("OID.")
        .or_else(|| attr.strip_prefix("oid."))
        .unwrap_or(attr);
    let name = match bare {
        "2.5.4.3" => "CN",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.6" => "C",
        "0.9.2342.19200300.100.1.25" => "DC",
        "0.9.2342.19200300.100.1.1" => "UID",
        other => {
            return match other.to_ascii_uppercase().as_str() {
                "COMMONNAME" => "CN".into(),
                "DOMAINCOMPONENT" => "DC".into(),
                "ORGANIZATIONALUNITNAME" => "OU".into(),
                upper => upper.into(),
            };
        }
    };
    name.into()
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

impl Parser {
    fn error(&self, what: &'static str) -> DnError {
        DnError { at: self.at, what }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(' ') {
            self.at += 1;
        }
    }

    fn end(&self) -> Result<(), DnError> {
        if self.at == self.chars.len() {
            Ok(())
        } else {
            Err(self.error("unexpected character"))
        }
    }

    fn rdn(&mut self) -> Result<Rdn, DnError> {
        let mut avas = vec![self.ava()?];
        while self.eat('+') {
            avas.push(self.ava()?);
        }
        Ok(Rdn(avas))
    }

    fn ava(&mut self) -> Result<Ava, DnError> {
        self.skip_spaces();
        let start = self.at;
        while self
            .peek()
            .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        {
            self.at += 1;
        }
        if start == self.at {
            return Err(self.error("an attribute type is missing"));
        }
        let attr: String = self.chars[start..self.at].iter().collect();
        self.skip_spaces();
        if !self.eat('=') {
            return Err(self.error("`=` is missing"));
        }
        self.skip_spaces();
        let value = if self.eat('"') {
            self.quoted()?
        } else {
            self.plain()?
        };
        self.skip_spaces();
        Ok(Ava {
            attr: normal_type(&attr),
            value: value.into(),
        })
    }

    fn quoted(&mut self) -> Result<String, DnError> {
        let mut bytes = Vec::new();
        loop {
            match self.peek() {
                None => return Err(self.error("a quotation mark is missing")),
                Some('"') => {
                    self.at += 1;
                    return self.utf8(bytes);
                }
                Some(_) => self.one(&mut bytes)?,
            }
        }
    }

    fn plain(&mut self) -> Result<String, DnError> {
        let mut bytes = Vec::new();
        let mut kept = 0; // trailing unescaped spaces belong to the separator
        while let Some(c) = self.peek() {
            if matches!(c, ',' | ';' | '+') {
                break;
            }
            if matches!(c, '"' | '<' | '>') {
                return Err(self.error("this character must be escaped"));
            }
            self.one(&mut bytes)?;
            if c != ' ' {
                kept = bytes.len();
            }
        }
        bytes.truncate(kept);
        self.utf8(bytes)
    }

    /// One character, or one escape: `\` and a special character, or `\` and two hex digits of a UTF-8 octet.
    fn one(&mut self, bytes: &mut Vec<u8>) -> Result<(), DnError> {
        let c = self.peek().ok_or_else(|| self.error("ends early"))?;
        self.at += 1;
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return Ok(());
        }
        let hex = |c: Option<&char>| c.and_then(|c| c.to_digit(16));
        if let (Some(high), Some(low)) = (
            hex(self.chars.get(self.at)),
            hex(self.chars.get(self.at + 1)),
        ) {
            bytes.push((high << 4 | low) as u8);
            self.at += 2;
            return Ok(());
        }
        let escaped = self
            .peek()
            .ok_or_else(|| self.error("an escape ends early"))?;
        bytes.extend_from_slice(escaped.encode_utf8(&mut [0; 4]).as_bytes());
        self.at += 1;
        Ok(())
    }

    fn utf8(&self, bytes: Vec<u8>) -> Result<String, DnError> {
        let text =
            String::from_utf8(bytes).map_err(|_| self.error("escaped octets are not UTF-8"))?;
        if text.is_empty() {
            Err(self.error("a value is missing"))
        } else {
            Ok(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dn(text: &str) -> Dn {
        text.parse().unwrap()
    }

    #[test]
    fn spellings_of_one_name_are_equal() {
        assert_eq!(
            dn("cn=Lee\\, Ann , OU=People,dc=SRC"),
            dn("CN=Lee\\2C Ann,ou=people,DC=src")
        );
        assert_eq!(dn("2.5.4.3=x,DC=a"), dn("cn=X,dc=A"));
        assert_eq!(dn("CN=a+UID=b,DC=x"), dn("uid=B+cn=A,dc=x"));
        assert_ne!(dn("CN=a,DC=x"), dn("CN=a\\ ,DC=x,DC=y"));
    }

    #[test]
    fn a_name_knows_its_place() {
        let name = dn("CN=Ann,OU=People,DC=src");

        assert_eq!(name.parent(), Some(dn("OU=People,DC=src")));
        assert!(name.is_under(&dn("dc=SRC")));
        assert!(!name.is_under(&dn("OU=Other,DC=src")));
        assert_eq!(
            dn("DC=src").child(Rdn::new("ou", "A,B")).to_string(),
            "OU=A\\,B,DC=src"
        );
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_place() {
        for text in [
            "people",
            "CN=",
            "CN=a,,DC=b",
            "CN=a\\",
            "=x",
            "CN=a<b",
            "CN=\\ff",
        ] {
            assert!(text.parse::<Dn>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_value_survives_printing_and_parsing(value in "\\PC{1,20}") {
            let name = Dn::root().child(Rdn::new("DC", "x")).child(Rdn::new("CN", &value));

            let back: Dn = name.to_string().parse().unwrap();

            prop_assert_eq!(back.rdn().unwrap().value(), value.as_str());
        }
    }
}
