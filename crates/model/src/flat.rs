//! The flat codec: how the attributes of one object lie in a stored body, before compression and sealing.
//!
//! Layout, version 1: the byte 1, then per attribute in ascending order of its interned number
//! `varint(number << 1 | multi)`, a type byte, for multi the count as varint, then each value:
//! text and binary as varint length and bytes, integers and instants as zig-zag varint, a boolean as
//! one byte, a GUID as 16 bytes. Canonical: equal attributes give equal bytes, so the keyed hash of the
//! bytes is the identity of the content. Self-describing in type, so that a changed schema never misreads.

use crate::attrs::{AttrId, Attrs};
use crate::value::{Value, Values};

/// The version byte, part of every content hash.
pub const VERSION: u8 = 1;

/// A body that is not what this codec writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stored body is damaged at byte {at}: {what}")]
pub struct FlatError {
    at: usize,
    what: &'static str,
}

const TEXT: u8 = 1;
const INT: u8 = 2;
const FALSE: u8 = 3;
const TRUE: u8 = 4;
const BYTES: u8 = 5;
const TIME: u8 = 6;
const GUID: u8 = 7;

/// Appends the flat form of these attributes.
pub fn encode(attrs: &Attrs, out: &mut Vec<u8>) {
    out.push(VERSION);
    for (id, values) in attrs.iter() {
        let multi = values.len() > 1;
        put_varint(out, u64::from(id.0) << 1 | u64::from(multi));
        if multi {
            put_varint(out, values.len() as u64);
        }
        for value in values {
            encode_value(value, out);
        }
    }
}

/// Appends one value with its type byte.
pub fn encode_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Text(text) => {
            out.push(TEXT);
            put_bytes(out, text.as_bytes());
        }
        Value::Int(n) => {
            out.push(INT);
            put_varint(out, zigzag(*n));
        }
        Value::Bool(false) => out.push(FALSE),
        Value::Bool(true) => out.push(TRUE),
        Value::Bytes(bytes) => {
            out.push(BYTES);
            put_bytes(out, bytes);
        }
        Value::Time(ticks) => {
            out.push(TIME);
            put_varint(out, zigzag(*ticks));
        }
        Value::Guid(guid) => {
            out.push(GUID);
            out.extend_from_slice(guid);
        }
    }
}

/// Reads back what [`encode`] wrote; anything else is an error, never a guess.
pub fn decode(bytes: &[u8]) -> Result<Attrs, FlatError> {
    let mut reader = Reader::new(bytes);
    if reader.byte()? != VERSION {
        return Err(reader.error("unknown version"));
    }
    let mut pairs: Vec<(AttrId, Values)> = Vec::new();
    while !reader.is_done() {
        let head = reader.varint()?;
        let id = AttrId(u16::try_from(head >> 1).map_err(|_| reader.error("attribute number"))?);
        if pairs.last().is_some_and(|(last, _)| *last >= id) {
            return Err(reader.error("attribute order"));
        }
        let count = if head & 1 == 1 { reader.varint()? } else { 1 };
        if head & 1 == 1 && count < 2 {
            return Err(reader.error("value count"));
        }
        let mut values = Vec::with_capacity(reader.room(count));
        for _ in 0..count {
            values.push(reader.value()?);
        }
        let set = Values::from_canonical(values);
        pairs.push((id, set.ok_or_else(|| reader.error("value set"))?));
    }
    Ok(Attrs::from_pairs(pairs))
}

/// A value where it lies in a body; a GUID is 16 octets in text order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Borrowed<'a> {
    /// Unicode text.
    Text(&'a str),
    /// 64-bit signed integer.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// Octets.
    Bytes(&'a [u8]),
    /// Ticks of 100 ns since 0001-01-01T00:00:00Z.
    Time(i64),
}

/// Items that room is made for at once.
const ROOM: usize = 64;

/// A cursor over bytes in the primitives of this codec; other canonical forms use it too.
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads from the start of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Whether everything was read.
    #[inline(always)]
    pub fn is_done(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// How many items to make room for at once where this many are announced: what a damaged body announces takes no
    /// memory before it is read.
    pub fn room(&self, announced: u64) -> usize {
        usize::try_from(announced).map_or(ROOM, |announced| announced.min(ROOM))
    }

    /// An error at the present position.
    pub fn error(&self, what: &'static str) -> FlatError {
        FlatError { at: self.at, what }
    }

    /// One byte.
    #[inline(always)]
    pub fn byte(&mut self) -> Result<u8, FlatError> {
        let byte = *self
            .bytes
            .get(self.at)
            .ok_or_else(|| self.error("ends early"))?;
        self.at += 1;
        Ok(byte)
    }

    /// A number of at most 64 bits, in its shortest form only.
    #[inline(always)]
    pub fn varint(&mut self) -> Result<u64, FlatError> {
        // Nearly all are one byte.
        if let Some(&byte) = self.bytes.get(self.at)
            && byte < 0x80
        {
            self.at += 1;
            return Ok(u64::from(byte));
        }
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits || (byte == 0 && shift > 0) {
                return Err(self.error("number"));
            }
            n |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(n);
            }
        }
        Err(self.error("number"))
    }

    /// Exactly this many bytes.
    #[inline(always)]
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], FlatError> {
        let end = self
            .at
            .checked_add(len)
            .filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| self.error("ends early"))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// A length-prefixed run of bytes.
    #[inline(always)]
    pub fn bytes(&mut self) -> Result<&'a [u8], FlatError> {
        let len = usize::try_from(self.varint()?).map_err(|_| self.error("length"))?;
        self.take(len)
    }

    /// A length-prefixed text.
    #[inline(always)]
    pub fn text(&mut self) -> Result<&'a str, FlatError> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map_err(|_| self.error("text is not UTF-8"))
    }

    /// One value with its type byte, where it lies.
    #[inline(always)]
    pub fn borrowed(&mut self) -> Result<Borrowed<'a>, FlatError> {
        Ok(match self.byte()? {
            TEXT => Borrowed::Text(self.text()?),
            INT => Borrowed::Int(unzigzag(self.varint()?)),
            FALSE => Borrowed::Bool(false),
            TRUE => Borrowed::Bool(true),
            BYTES => Borrowed::Bytes(self.bytes()?),
            TIME => Borrowed::Time(unzigzag(self.varint()?)),
            GUID => Borrowed::Bytes(self.take(16)?),
            _ => return Err(self.error("value type")),
        })
    }

    /// The bytes of the next value if it is a text, not yet known to be UTF-8; one of another type is not read.
    #[inline(always)]
    pub fn text_bytes(&mut self) -> Result<Option<&'a [u8]>, FlatError> {
        if self.bytes.get(self.at) != Some(&TEXT) {
            return Ok(None);
        }
        self.at += 1;
        self.bytes().map(Some)
    }

    /// Steps over one value; what it holds is not looked at.
    #[inline(always)]
    pub fn skip(&mut self) -> Result<(), FlatError> {
        match self.byte()? {
            TEXT | BYTES => drop(self.bytes()?),
            INT | TIME => drop(self.varint()?),
            FALSE | TRUE => {}
            GUID => drop(self.take(16)?),
            _ => return Err(self.error("value type")),
        }
        Ok(())
    }

    /// One value with its type byte.
    pub fn value(&mut self) -> Result<Value, FlatError> {
        Ok(match self.byte()? {
            TEXT => Value::Text(self.text()?.into()),
            INT => Value::Int(unzigzag(self.varint()?)),
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            BYTES => Value::Bytes(self.bytes()?.into()),
            TIME => Value::Time(unzigzag(self.varint()?)),
            GUID => {
                let mut guid = [0; 16];
                guid.copy_from_slice(self.take(16)?);
                Value::Guid(guid)
            }
            _ => return Err(self.error("value type")),
        })
    }
}

/// Appends a number in its shortest form, low bits first.
pub fn put_varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// Appends a length-prefixed run of bytes.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

fn unzigzag(n: u64) -> i64 {
    (n >> 1) as i64 ^ -((n & 1) as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            "\\PC{0,12}".prop_map(Value::text),
            any::<i64>().prop_map(Value::Int),
            any::<bool>().prop_map(Value::Bool),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(|b| Value::Bytes(b.into())),
            any::<i64>().prop_map(Value::Time),
            any::<[u8; 16]>().prop_map(Value::Guid),
        ]
    }

    fn any_attrs() -> impl Strategy<Value = Attrs> {
        proptest::collection::vec(
            (any::<u16>(), proptest::collection::vec(any_value(), 1..5)),
            0..8,
        )
        .prop_map(|pairs| {
            Attrs::from_pairs(
                pairs
                    .into_iter()
                    .filter_map(|(id, v)| Some((AttrId(id), Values::new(v)?))),
            )
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_equal_and_is_canonical(attrs in any_attrs()) {
            let mut bytes = Vec::new();
            encode(&attrs, &mut bytes);

            let back = decode(&bytes).unwrap();

            let mut again = Vec::new();
            encode(&back, &mut again);
            prop_assert_eq!(&back, &attrs);
            prop_assert_eq!(again, bytes);
        }

        #[test]
        fn damage_is_an_error_or_another_body_but_never_a_panic(attrs in any_attrs(), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let mut bytes = Vec::new();
            encode(&attrs, &mut bytes);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;

            if let Ok(back) = decode(&bytes) {
                let mut again = Vec::new();
                encode(&back, &mut again);
                prop_assert_eq!(again, bytes, "a body that decodes is canonical");
            }
        }
    }
}
