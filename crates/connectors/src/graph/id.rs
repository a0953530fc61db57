//! Object ids: GUIDs, as anchors and as Graph writes them.
//!
//! Invariant: an anchor's bytes are in the order of the text form, so that Graph's text comes back unchanged
//! (in lower case, as Graph writes it).

use syncline_model::Anchor;
use syncline_model::import::ObjectName;

/// The bytes of `8-4-4-4-12` hex digits; nothing else is taken.
pub fn parse(text: &str) -> Option<[u8; 16]> {
    let bytes = text.as_bytes();
    if bytes.len() != 36 || [8, 13, 18, 23].iter().any(|at| bytes[*at] != b'-') {
        return None;
    }
    let mut guid = [0_u8; 16];
    let mut digits = bytes.iter().filter(|b| **b != b'-');
    for byte in &mut guid {
        let mut nibble = || char::from(*digits.next()?).to_digit(16);
        let (high, low) = (nibble()?, nibble()?);
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    digits.next().is_none().then_some(guid)
}

/// A reference to an object.
pub fn name(guid: [u8; 16]) -> ObjectName {
    ObjectName::Anchor(Anchor::Guid(guid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_as_graph_writes_it_and_other_text_is_no_id() {
        let id = "8a5d2f10-1234-4abc-9def-0123456789ab";

        let anchor = Anchor::Guid(parse(id).unwrap());

        assert_eq!(anchor.to_string(), id);
        assert_eq!(parse(&id.to_uppercase()), parse(id));
        for other in [
            "",
            "8a5d2f10",
            &id[1..],
            "8a5d2f10-1234-4abc-9def-0123456789ag",
            "-a5d2f1081234-4abc-9def-0123456789ab",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
