//! Anchors: a directory's immutable id of an object.
//!
//! Invariants: comparison is typed (a GUID never equals a text that spells it); an anchor never
//! changes (D-06); printing is for people, equality and hashing use the tagged bytes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An object's immutable id in its directory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anchor {
    /// A GUID (objectGUID, entryUUID, an Entra object id), in the byte order of its text form.
    Guid([u8; 16]),
    /// Any other opaque text id, compared byte for byte.
    Text(Box<str>),
    /// Octets (a SID, a packed key).
    Bytes(Box<[u8]>),
}

impl Anchor {
    /// An anchor from Active Directory's objectGUID octets, whose first three fields are little-endian.
    pub fn from_object_guid(octets: [u8; 16]) -> Self {
        let [a, b, c, d, e, f, g, h, rest @ ..] = octets;
        let mut guid = [d, c, b, a, f, e, h, g, 0, 0, 0, 0, 0, 0, 0, 0];
        guid[8..].copy_from_slice(&rest);
        Self::Guid(guid)
    }

    /// The octets Active Directory stores for this GUID; `None` for other kinds of anchor.
    pub fn to_object_guid(&self) -> Option<[u8; 16]> {
        match self {
            Self::Guid(guid) => match Self::from_object_guid(*guid) {
                Self::Guid(octets) => Some(octets),
                _ => None,
            },
            _ => None,
        }
    }

    /// The type-tagged bytes over which keys and hashes are computed.
    pub fn tagged(&self) -> Vec<u8> {
        let (tag, bytes): (u8, &[u8]) = match self {
            Self::Guid(guid) => (1, guid),
            Self::Text(text) => (2, text.as_bytes()),
            Self::Bytes(bytes) => (3, bytes),
        };
        let mut tagged = Vec::with_capacity(bytes.len() + 1);
        tagged.push(tag);
        tagged.extend_from_slice(bytes);
        tagged
    }

    /// Reads back [`Anchor::tagged`]; `None` for anything else.
    pub fn from_tagged(tagged: &[u8]) -> Option<Self> {
        let (tag, bytes) = tagged.split_first()?;
        match tag {
            1 => Some(Self::Guid(bytes.try_into().ok()?)),
            2 => Some(Self::Text(std::str::from_utf8(bytes).ok()?.into())),
            3 => Some(Self::Bytes(bytes.into())),
            _ => None,
        }
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guid(g) => {
                for (i, byte) in g.iter().enumerate() {
                    if matches!(i, 4 | 6 | 8 | 10) {
                        f.write_str("-")?;
                    }
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
            Self::Text(text) => f.write_str(text),
            Self::Bytes(bytes) => {
                f.write_str("0x")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

impl fmt::Debug for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Anchor {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let tag = match self {
            Self::Guid(_) => "guid",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        };
        s.collect_str(&format_args!("{tag}:{self}"))
    }
}

impl<'de> Deserialize<'de> for Anchor {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        let bad = || serde::de::Error::custom("an anchor is `guid:…`, `text:…` or `bytes:0x…`");
        let (tag, rest) = text.split_once(':').ok_or_else(bad)?;
        match tag {
            "text" => Ok(Self::Text(rest.into())),
            "guid" => {
                let digits: String = rest.chars().filter(|c| *c != '-').collect();
                unhex(&digits)
                    .and_then(|b| b.try_into().ok())
                    .map(Self::Guid)
                    .ok_or_else(bad)
            }
            "bytes" => rest
                .strip_prefix("0x")
                .and_then(unhex)
                .map(|b| Self::Bytes(b.into()))
                .ok_or_else(bad),
            _ => Err(bad()),
        }
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    let nibble = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    digits.len().is_multiple_of(2).then_some(())?;
    digits
        .chunks_exact(2)
        .map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_guid_prints_as_administrators_know_it() {
        let octets = [
            0x67, 0x45, 0x23, 0x01, 0xab, 0x89, 0xef, 0xcd, 1, 2, 3, 4, 5, 6, 7, 8,
        ];

        let anchor = Anchor::from_object_guid(octets);

        assert_eq!(anchor.to_string(), "01234567-89ab-cdef-0102-030405060708");
        assert_eq!(anchor.to_object_guid(), Some(octets));
    }

    #[test]
    fn a_guid_is_not_the_text_that_spells_it() {
        let guid = Anchor::Guid([7; 16]);
        let text = Anchor::Text(guid.to_string().into());

        assert_ne!(guid.tagged(), text.tagged());
        for anchor in [guid, text, Anchor::Bytes([1, 2].into())] {
            assert_eq!(Anchor::from_tagged(&anchor.tagged()), Some(anchor.clone()));
            let json = serde_json::to_string(&anchor).unwrap();
            assert_eq!(serde_json::from_str::<Anchor>(&json).unwrap(), anchor);
        }
    }
}
