//! As much of BER as LDAP controls need, written and read by hand.
//!
//! Invariants: reading never panics and never reads past the end; lengths are definite.

/// Universal tag of an INTEGER.
pub const INTEGER: u8 = 0x02;
/// Universal tag of an OCTET STRING.
pub const OCTETS: u8 = 0x04;
/// Universal tag of a SEQUENCE.
pub const SEQUENCE: u8 = 0x30;

/// One element.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let significant = &length[length.iter().take_while(|b| **b == 0).count()..];
            out.push(0x80 | significant.len() as u8);
            out.extend_from_slice(significant);
        }
    }
    out.extend_from_slice(content);
    out
}

/// An INTEGER in its shortest form.
pub fn integer(n: i32) -> Vec<u8> {
    let bytes = n.to_be_bytes();
    let superfluous = bytes
        .windows(2)
        .take_while(|pair| matches!((pair[0], pair[1] & 0x80), (0, 0) | (0xff, 0x80)))
        .count();
    element(INTEGER, &bytes[superfluous..])
}

/// A SEQUENCE of elements already encoded.
pub fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &elements.concat())
}

/// Reads elements one after another; `None` for anything that is not what was asked for.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The content of the next element, which must have this tag.
    pub fn content(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0, |n, b| n << 8 | usize::from(*b)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        if found != tag {
            return None;
        }
        self.0 = rest;
        Some(content)
    }

    /// The next element, an INTEGER of at most eight octets.
    pub fn integer(&mut self) -> Option<i64> {
        let content = self.content(INTEGER)?;
        if content.is_empty() || content.len() > 8 {
            return None;
        }
        let sign = if content[0] & 0x80 == 0 { 0 } else { -1 };
        Some(content.iter().fold(sign, |n, b| n << 8 | i64::from(*b)))
    }

    /// The next element, a SEQUENCE.
    pub fn sequence(&mut self) -> Option<Reader<'a>> {
        self.content(SEQUENCE).map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn integers_take_their_shortest_form() {
        assert_eq!(integer(0), [2, 1, 0]);
        assert_eq!(integer(127), [2, 1, 127]);
        assert_eq!(integer(128), [2, 2, 0, 128]);
        assert_eq!(integer(-1), [2, 1, 255]);
        assert_eq!(integer(i32::MIN), [2, 4, 0x80, 0, 0, 0]);
    }

    #[test]
    fn long_contents_carry_long_lengths() {
        let encoded = element(OCTETS, &[7; 300]);

        assert_eq!(encoded[..4], [4, 0x82, 1, 44]);
        assert_eq!(Reader::new(&encoded).content(OCTETS), Some(&[7; 300][..]));
    }

    proptest! {
        #[test]
        fn any_integer_reads_back(n: i32) {
            prop_assert_eq!(Reader::new(&integer(n)).integer(), Some(i64::from(n)));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let mut reader = Reader::new(&bytes);
            if let Some(mut inner) = reader.sequence() {
                let read = (inner.integer(), inner.content(OCTETS).map(<[u8]>::len));
                prop_assert!(read.1.is_none_or(|length| length <= bytes.len()));
            }
        }
    }
}
