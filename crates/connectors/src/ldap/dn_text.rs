//! The forms in which Active Directory writes names: `<GUID=…>;<SID=…>;CN=…`, and SIDs.
//!
//! Invariants: a GUID printed here is the text form of the anchor; what does not parse is `None`, never a guess.

use std::fmt::Write as _;

use syncline_model::Anchor;
use syncline_model::dn::Dn;
use syncline_model::import::ObjectName;

/// A name as sent under the extended DN control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendedDn<'a> {
    /// The object's GUID, when the server gave it.
    pub anchor: Option<Anchor>,
    /// The plain name.
    pub dn: &'a str,
}

impl<'a> ExtendedDn<'a> {
    /// Takes the components in angle brackets apart from the name behind them.
    pub fn parse(text: &'a str) -> Self {
        let mut anchor = None;
        let mut rest = text;
        while let Some(component) = rest.strip_prefix('<') {
            let Some((component, behind)) = component.split_once('>') else {
                break;
            };
            if let Some(guid) = component.strip_prefix("GUID=") {
                anchor = parse_guid(guid);
            }
            rest = behind.strip_prefix(';').unwrap_or(behind);
        }
        Self { anchor, dn: rest }
    }

    /// The object by the best name there is: its GUID, else its DN; `None` when neither can be read.
    pub fn object_name(&self) -> Option<ObjectName> {
        match &self.anchor {
            Some(anchor) => Some(ObjectName::Anchor(anchor.clone())),
            None => self.dn.parse::<Dn>().ok().map(ObjectName::Dn),
        }
    }
}

/// A GUID in its text form, with or without hyphens.
pub fn parse_guid(text: &str) -> Option<Anchor> {
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    let mut guid = [0; 16];
    if digits.len() != 32 {
        return None;
    }
    for (byte, pair) in guid.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Anchor::Guid(guid))
}

/// `<GUID=…>`: the object under whatever name it has now. `None` for anchors that are no GUID.
pub fn guid_name(anchor: &Anchor) -> Option<String> {
    match anchor {
        Anchor::Guid(_) => Some(format!("<GUID={anchor}>")),
        _ => None,
    }
}

/// `S-1-5-21-…`; `None` for octets that are no SID.
pub fn sid_text(octets: &[u8]) -> Option<String> {
    let (&[revision, count, ref authority @ ..], sub_authorities) =
        octets.split_first_chunk::<8>()?;
    if revision != 1 || sub_authorities.len() != usize::from(count) * 4 {
        return None;
    }
    let authority = authority.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
    let mut text = format!("S-1-{authority}");
    for part in sub_authorities.chunks_exact(4) {
        let part = u32::from_le_bytes([part[0], part[1], part[2], part[3]]);
        write!(text, "-{part}").ok()?;
    }
    Some(text)
}

/// Octets as a search filter writes them.
pub fn filter_octets(octets: &[u8]) -> String {
    octets
        .iter()
        .fold(String::with_capacity(octets.len() * 3), |mut text, byte| {
            let _ = write!(text, "\\{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "ccff9e05-fd4e-4cd6-addc-bf21930afd69";

    #[test]
    fn the_guid_in_front_of_a_name_is_the_anchor() {
        let text = format!("<GUID={GUID}>;<SID=S-1-5-21-1-2-3-1102>;CN=a\\<b,DC=x");

        let name = ExtendedDn::parse(&text);

        assert_eq!(name.dn, "CN=a\\<b,DC=x");
        assert_eq!(name.anchor.as_ref().unwrap().to_string(), GUID);
        assert_eq!(
            guid_name(name.anchor.as_ref().unwrap()),
            Some(format!("<GUID={GUID}>"))
        );
    }

    #[test]
    fn a_plain_name_is_a_name() {
        let name = ExtendedDn::parse("CN=a,DC=x");

        assert_eq!(name.anchor, None);
        assert_eq!(
            name.object_name(),
            Some(ObjectName::Dn("CN=a,DC=x".parse().unwrap()))
        );
        assert_eq!(ExtendedDn::parse("<GUID=zz>;no name").object_name(), None);
    }

    #[test]
    fn a_sid_prints_as_administrators_know_it() {
        let octets = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0];

        assert_eq!(sid_text(&octets).as_deref(), Some("S-1-5-32-544"));
        assert_eq!(sid_text(&octets[..15]), None);
        assert_eq!(sid_text(b""), None);
    }
}
