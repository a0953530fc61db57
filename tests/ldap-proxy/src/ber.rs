//! As much BER as LDAP needs: definite lengths, one-byte tags.
//!
//! Invariants: reading never goes beyond its input; writing uses the shortest length form.

/// The input is not BER as LDAP writes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("malformed BER: {0}")]
pub struct Malformed(pub &'static str);

type Result<T> = std::result::Result<T, Malformed>;

/// Tag of a SEQUENCE.
pub const SEQUENCE: u8 = 0x30;
/// Tag of a SET.
pub const SET: u8 = 0x31;
/// Tag of an INTEGER.
pub const INTEGER: u8 = 0x02;
/// Tag of a BOOLEAN.
pub const BOOLEAN: u8 = 0x01;
/// Tag of an ENUMERATED.
pub const ENUMERATED: u8 = 0x0a;
/// Tag of an OCTET STRING.
pub const OCTETS: u8 = 0x04;

/// One element: its tag, its content, and both together as they were read.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    /// The identifier octet.
    pub tag: u8,
    /// The content octets.
    pub content: &'a [u8],
    /// Tag, length and content.
    pub raw: &'a [u8],
}

/// Reads elements one after another.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the start of `input`.
    #[must_use]
    pub fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element.
    pub fn element(&mut self) -> Result<Element<'a>> {
        let (header, length) =
            header(self.rest)?.ok_or(Malformed("an element ends in its header"))?;
        let end = header
            .checked_add(length)
            .filter(|end| *end <= self.rest.len());
        let end = end.ok_or(Malformed("an element is longer than what holds it"))?;
        let (raw, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Element {
            tag: raw[0],
            content: &raw[header..],
            raw,
        })
    }

    /// The content of the next element, which must have this tag.
    pub fn expect(&mut self, tag: u8) -> Result<&'a [u8]> {
        let element = self.element()?;
        if element.tag == tag {
            Ok(element.content)
        } else {
            Err(Malformed("an element has another tag"))
        }
    }

    /// Goes into the next element, which must have this tag.
    pub fn enter(&mut self, tag: u8) -> Result<Reader<'a>> {
        self.expect(tag).map(Reader::new)
    }

    /// The next INTEGER or ENUMERATED.
    pub fn integer(&mut self, tag: u8) -> Result<i64> {
        let content = self.expect(tag)?;
        if content.is_empty() || content.len() > 8 {
            return Err(Malformed("a number has no or too many octets"));
        }
        let sign = if content[0] & 0x80 == 0 { 0 } else { -1 };
        Ok(content
            .iter()
            .fold(sign, |value, octet| (value << 8) | i64::from(*octet)))
    }

    /// The next BOOLEAN.
    pub fn boolean(&mut self) -> Result<bool> {
        Ok(self.expect(BOOLEAN)?.iter().any(|octet| *octet != 0))
    }

    /// The next OCTET STRING as text; what is not UTF-8 is replaced.
    pub fn text(&mut self, tag: u8) -> Result<String> {
        Ok(String::from_utf8_lossy(self.expect(tag)?).into_owned())
    }
}

/// Length of header and content of the element at the start of `input`; `None` when more input is needed.
pub fn header(input: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(&first) = input.get(1) else {
        return Ok(None);
    };
    if first < 0x80 {
        return Ok(Some((2, usize::from(first))));
    }
    let octets = usize::from(first & 0x7f);
    if octets == 0 || octets > 4 {
        return Err(Malformed("a length is indefinite or too long"));
    }
    let Some(length) = input.get(2..2 + octets) else {
        return Ok(None);
    };
    let length = length
        .iter()
        .fold(0, |length, octet| (length << 8) | usize::from(*octet));
    Ok(Some((2 + octets, length)))
}

/// Writes elements one after another.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// What `write` wrote.
    #[must_use]
    pub fn build(write: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut writer = Self::default();
        write(&mut writer);
        writer.out
    }

    /// An element.
    pub fn element(&mut self, tag: u8, content: &[u8]) {
        self.out.push(tag);
        match content.len() {
            length @ 0..0x80 => self.out.push(length as u8),
            length => {
                let octets = (length as u64).to_be_bytes();
                let skip = octets.iter().take_while(|octet| **octet == 0).count();
                self.out.push(0x80 | (octets.len() - skip) as u8);
                self.out.extend_from_slice(&octets[skip..]);
            }
        }
        self.out.extend_from_slice(content);
    }

    /// An element of elements.
    pub fn nested(&mut self, tag: u8, write: impl FnOnce(&mut Self)) {
        let content = Self::build(write);
        self.element(tag, &content);
    }

    /// An INTEGER or ENUMERATED.
    pub fn integer(&mut self, tag: u8, value: i64) {
        let octets = value.to_be_bytes();
        let redundant =
            |pair: &[u8]| (pair[0] == 0 && pair[1] < 0x80) || (pair[0] == 0xff && pair[1] >= 0x80);
        let skip = octets.windows(2).take_while(|pair| redundant(pair)).count();
        self.element(tag, &octets[skip..]);
    }

    /// A BOOLEAN.
    pub fn boolean(&mut self, value: bool) {
        self.element(BOOLEAN, &[if value { 0xff } else { 0 }]);
    }

    /// An element that is already encoded.
    pub fn raw(&mut self, encoded: &[u8]) {
        self.out.extend_from_slice(encoded);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_long_contents_read_back() {
        for value in [
            0,
            1,
            -1,
            127,
            128,
            255,
            256,
            -128,
            -129,
            i64::from(i32::MAX),
            i64::MIN,
        ] {
            let encoded = Writer::build(|out| out.integer(INTEGER, value));
            assert_eq!(Reader::new(&encoded).integer(INTEGER), Ok(value));
        }
        for length in [0, 127, 128, 255, 256, 70_000] {
            let content = vec![7; length];
            let encoded = Writer::build(|out| out.element(OCTETS, &content));
            let mut reader = Reader::new(&encoded);
            assert_eq!(reader.expect(OCTETS), Ok(content.as_slice()));
            assert!(reader.is_empty());
        }
    }

    #[test]
    fn the_long_length_form_of_other_writers_is_understood() {
        assert_eq!(
            Reader::new(&[4, 0x84, 0, 0, 0, 1, 9]).expect(OCTETS),
            Ok(&[9][..])
        );
    }

    #[test]
    fn cut_or_lying_input_is_malformed_and_never_read_beyond() {
        assert!(Reader::new(&[4]).element().is_err());
        assert!(Reader::new(&[4, 5, 1]).element().is_err());
        assert!(Reader::new(&[4, 0x80, 1]).element().is_err());
        assert!(
            Reader::new(&[4, 0x84, 0xff, 0xff, 0xff, 0xff])
                .element()
                .is_err()
        );
        assert!(Reader::new(&[2, 0]).integer(INTEGER).is_err());
        assert_eq!(header(&[0x30]), Ok(None));
    }
}
