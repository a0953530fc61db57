//! A search result entry as octets, before the schema says what they mean.
//!
//! Invariants: never decides text or binary by looking at the octets; never panics on what a server
//! sent; a value set that the server cut (`member;range=0-1499`) is marked as cut.

use lber::structure::{PL, StructureTag};
use ldap3::ResultEntry;

/// One entry as the server sent it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawEntry {
    /// Its name as sent: plain, or with `<GUID=…>` in front.
    pub dn: String,
    /// Its attributes in the order sent.
    pub attrs: Vec<RawAttr>,
}

/// One attribute of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawAttr {
    /// Its name without options.
    pub name: String,
    /// The part of the value set this is, when the server or the request cut it.
    pub range: Option<Range>,
    /// Values.
    pub values: Vec<Vec<u8>>,
}

/// The option `range=0-1499` or `range=1500-*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Index of the first value.
    pub first: u32,
    /// Index of the last value, or `None` for `*`: nothing follows.
    pub last: Option<u32>,
}

/// Why a message is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server sent a search entry that is not well-formed")]
pub struct Malformed;

impl RawEntry {
    /// The entry in a search result message; `None` for references to other servers, which are never followed.
    pub fn read(entry: ResultEntry) -> Result<Option<Self>, Malformed> {
        if entry.is_ref() || entry.is_intermediate() {
            return Ok(None);
        }
        let mut parts = children(entry.0)?.into_iter();
        let dn =
            String::from_utf8(octets(parts.next().ok_or(Malformed)?)?).map_err(|_| Malformed)?;
        let attrs = children(parts.next().ok_or(Malformed)?)?
            .into_iter()
            .filter_map(|tag| attr(tag).transpose())
            .collect::<Result<_, _>>()?;
        Ok(Some(Self { dn, attrs }))
    }

    /// The octets of its values.
    pub fn weight(&self) -> usize {
        self.attrs
            .iter()
            .flat_map(|attr| &attr.values)
            .map(Vec::len)
            .sum()
    }

    /// An attribute by name, whole or cut.
    pub fn attr(&self, name: &str) -> Option<&RawAttr> {
        let mut named = self.attrs.iter().filter(|attr| attr.is(name));
        // Beside `member;range=0-1499` Windows sends an empty `member`: the one with values counts.
        let first = named.next()?;
        Some(named.find(|attr| !attr.values.is_empty()).unwrap_or(first))
    }

    /// The first value of an attribute, if it has any.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.attr(name)?.values.first().map(Vec::as_slice)
    }

    /// The first value of an attribute as text, if it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.first(name)?).ok()
    }

    /// All values of an attribute that are text.
    pub fn texts<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.attrs
            .iter()
            .filter(move |attr| attr.is(name))
            .flat_map(|attr| &attr.values)
            .filter_map(|value| std::str::from_utf8(value).ok())
    }
}

impl RawAttr {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl Range {
    fn parse(option: &str) -> Option<Self> {
        let prefix = option.get(..6)?;
        if !prefix.eq_ignore_ascii_case("range=") {
            return None;
        }
        let (first, last) = option[6..].split_once('-')?;
        Some(Self {
            first: first.parse().ok()?,
            last: match last {
                "*" => None,
                digits => Some(digits.parse().ok()?),
            },
        })
    }
}

/// Attributes with a language option are other attributes than the one named and are left out; `;binary` says nothing new.
fn attr(tag: StructureTag) -> Result<Option<RawAttr>, Malformed> {
    let mut parts = children(tag)?.into_iter();
    let description =
        String::from_utf8(octets(parts.next().ok_or(Malformed)?)?).map_err(|_| Malformed)?;
    let values = children(parts.next().ok_or(Malformed)?)?
        .into_iter()
        .map(octets)
        .collect::<Result<_, _>>()?;
    let mut options = description.split(';');
    let name = options.next().unwrap_or_default().to_owned();
    let mut range = None;
    for option in options {
        match Range::parse(option) {
            Some(found) => range = Some(found),
            None if option.eq_ignore_ascii_case("binary") => {}
            None => return Ok(None),
        }
    }
    Ok(Some(RawAttr {
        name,
        range,
        values,
    }))
}

fn children(tag: StructureTag) -> Result<Vec<StructureTag>, Malformed> {
    match tag.payload {
        PL::C(children) => Ok(children),
        PL::P(_) => Err(Malformed),
    }
}

fn octets(tag: StructureTag) -> Result<Vec<u8>, Malformed> {
    match tag.payload {
        PL::P(octets) => Ok(octets),
        PL::C(_) => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use lber::common::TagClass;

    use super::*;

    fn octet_string(text: &[u8]) -> StructureTag {
        StructureTag {
            class: TagClass::Universal,
            id: 4,
            payload: PL::P(text.to_vec()),
        }
    }

    fn list(children: Vec<StructureTag>) -> StructureTag {
        StructureTag {
            class: TagClass::Universal,
            id: 16,
            payload: PL::C(children),
        }
    }

    fn sent(dn: &str, attrs: &[(&str, &[&[u8]])]) -> StructureTag {
        let attrs = attrs
            .iter()
            .map(|(name, values)| {
                let values = values.iter().map(|v| octet_string(v)).collect();
                list(vec![octet_string(name.as_bytes()), list(values)])
            })
            .collect();
        StructureTag {
            class: TagClass::Application,
            id: 4,
            payload: PL::C(vec![octet_string(dn.as_bytes()), list(attrs)]),
        }
    }

    fn read(tag: StructureTag) -> Result<Option<RawEntry>, Malformed> {
        RawEntry::read(ResultEntry::new(tag))
    }

    #[test]
    fn values_that_happen_to_be_text_stay_octets() {
        let entry = read(sent("CN=a", &[("objectGUID", &[b"sixteen octets!!"])]))
            .unwrap()
            .unwrap();

        assert_eq!(entry.first("OBJECTGUID"), Some(&b"sixteen octets!!"[..]));
    }

    #[test]
    fn a_cut_value_set_is_marked_and_wins_over_its_empty_twin() {
        let entry = read(sent(
            "CN=g",
            &[("member", &[]), ("member;range=0-1", &[b"CN=a", b"CN=b"])],
        ))
        .unwrap()
        .unwrap();

        let member = entry.attr("member").unwrap();

        assert_eq!(
            member.range,
            Some(Range {
                first: 0,
                last: Some(1)
            })
        );
        assert_eq!(member.values.len(), 2);
        assert_eq!(
            Range::parse("Range=1500-*"),
            Some(Range {
                first: 1500,
                last: None
            })
        );
    }

    #[test]
    fn language_variants_are_other_attributes() {
        let entry = read(sent(
            "CN=a",
            &[("cn;lang-de", &[b"x"]), ("userCertificate;binary", &[b"y"])],
        ))
        .unwrap()
        .unwrap();

        assert_eq!(entry.attr("cn"), None);
        assert_eq!(entry.first("userCertificate"), Some(&b"y"[..]));
    }

    #[test]
    fn a_malformed_entry_is_an_error_and_no_panic() {
        assert_eq!(read(octet_string(b"x")), Err(Malformed));
        assert_eq!(read(list(vec![octet_string(b"\xff\xfe")])), Err(Malformed));
        assert_eq!(read(list(vec![])), Err(Malformed));
    }
}
