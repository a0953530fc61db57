//! Packs a range of rows into the memory image that a program reads: header, columns, output space, heap.
//!
//! Invariants: every value is checked against its slot's type here, so compiled code never sees another one; the image
//! starts at a fixed base and never reaches beyond the input limit.

use syncline_model::rules::{AttrType, ProgramManifest, RuleType};

use crate::batch::{In, Lent, RowSource};
use crate::limits;

/// A string cell whose text holds a byte above 0x7f.
pub(crate) const NON_ASCII: u64 = 1 << 63;
/// Bytes of one output cell: the cell itself and a second word for the text of a `throw`.
pub(crate) const OUTPUT_STRIDE: u32 = 16;

/// Why a batch cannot be packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PackError {
    /// More than the input limit: split and retry.
    TooLarge,
    /// The value in this slot is not of the slot's type: the caller is wrong, not the data.
    Type {
        /// The slot.
        slot: usize,
    },
    /// The stored body of this row is damaged.
    Body {
        /// The row.
        row: usize,
    },
}

/// A packed range of rows.
pub(crate) struct Packed {
    /// Address of the first byte.
    pub base: u32,
    /// The bytes to copy there.
    pub bytes: Vec<u8>,
    /// Address of the first output cell of each output.
    pub outputs: Vec<u32>,
    /// Address of the row states.
    pub status: u32,
}

impl Packed {
    /// First free address after the image, aligned.
    pub fn end(&self) -> u32 {
        align(self.base + self.bytes.len() as u32)
    }
}

fn align(address: u32) -> u32 {
    (address + 15) & !15
}

/// Packs rows `from..to`, reusing `buffer`.
pub(crate) fn pack<R: RowSource + ?Sized>(
    manifest: &ProgramManifest,
    input: &R,
    from: usize,
    to: usize,
    buffer: Vec<u8>,
) -> Result<Packed, PackError> {
    let slots = || manifest.slots.iter().enumerate();
    let constants = slots().map(|(slot, _)| input.is_constant(slot));
    let mut frame = Frame::new(manifest, to - from, constants, buffer)?;
    // Row by row: what one row holds lies together in the caller's memory.
    for row in from..to {
        for (slot, of) in slots() {
            if row == from || !input.is_constant(slot) {
                let cell = frame.image.cell(input, row, slot, of.attr)?;
                frame.put_cell(slot, row - from, cell);
            }
        }
    }
    Ok(frame.packed())
}

/// A batch whose header and columns stand, and whose cells are still 0.
pub(crate) struct Frame {
    image: Image,
    outputs: Vec<u32>,
    status: u32,
    /// Offset of the first cell of each column.
    columns: Vec<usize>,
}

impl Frame {
    /// For so many rows; `constants` says which columns have one cell for all.
    pub fn new(
        manifest: &ProgramManifest,
        rows: usize,
        constants: impl Iterator<Item = bool>,
        mut buffer: Vec<u8>,
    ) -> Result<Self, PackError> {
        let (slots, outs) = (manifest.slots.len(), manifest.outputs.len());
        let base = align(manifest.literals_end);
        buffer.clear();
        let mut image = Image {
            base,
            bytes: buffer,
        };
        // Header: base and stride per slot, base per output, base of the states.
        let header_words = 2 * slots + outs + 1;
        let fixed = header_words * 4
            + 16 * (slots + outs + 2)
            + rows * (slots * 8 + outs * OUTPUT_STRIDE as usize + 4);
        if fixed > limits::INPUT_BYTES_MAX {
            return Err(PackError::TooLarge);
        }
        image.reserve(header_words * 4);
        let mut columns = Vec::with_capacity(slots);
        for (index, constant) in constants.enumerate() {
            let (len, stride) = if constant { (8, 0) } else { (rows * 8, 8) };
            let at = image.reserve(len);
            image.put_u32(index * 8, at);
            image.put_u32(index * 8 + 4, stride);
            columns.push((at - base) as usize);
        }
        let mut outputs = Vec::with_capacity(outs);
        for index in 0..outs {
            let at = image.reserve(rows * OUTPUT_STRIDE as usize);
            image.put_u32(slots * 8 + index * 4, at);
            outputs.push(at);
        }
        let status = image.reserve(rows * 4);
        image.put_u32(slots * 8 + outs * 4, status);
        Ok(Self {
            image,
            outputs,
            status,
            columns,
        })
    }

    /// Writes the cell of a value.
    pub fn put(
        &mut self,
        slot: usize,
        row: usize,
        attr: AttrType,
        value: &In<'_>,
    ) -> Result<(), PackError> {
        let cell = self.image.value(attr, value, slot)?;
        self.put_cell(slot, row, cell);
        Ok(())
    }

    /// Writes the cell that `value` makes.
    #[inline(always)]
    pub fn put_with<E>(
        &mut self,
        slot: usize,
        row: usize,
        value: impl FnOnce(&mut Image) -> Result<u64, E>,
    ) -> Result<(), E> {
        let cell = value(&mut self.image)?;
        self.put_cell(slot, row, cell);
        Ok(())
    }

    /// Writes the cell of so many values, of which `next` makes one after the other.
    pub fn put_list<E: From<PackError>>(
        &mut self,
        slot: usize,
        row: usize,
        len: usize,
        next: impl FnMut(&mut Image) -> Result<u64, E>,
    ) -> Result<(), E> {
        self.put_with(slot, row, |image| image.list(len, next))
    }

    /// What was packed.
    pub fn packed(self) -> Packed {
        Packed {
            base: self.image.base,
            bytes: self.image.bytes,
            outputs: self.outputs,
            status: self.status,
        }
    }

    fn put_cell(&mut self, slot: usize, row: usize, cell: u64) {
        let at = self.columns[slot] + row * 8;
        self.image.bytes[at..at + 8].copy_from_slice(&cell.to_le_bytes());
    }
}

/// Bytes from an address on.
pub(crate) struct Image {
    base: u32,
    bytes: Vec<u8>,
}

impl Image {
    fn reserve(&mut self, len: usize) -> u32 {
        let start = (self.bytes.len() + 15) & !15;
        self.bytes.resize(start + len, 0);
        self.base + start as u32
    }

    fn put_u32(&mut self, at: usize, value: u32) {
        self.bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    #[inline(always)]
    fn push(&mut self, data: &[u8]) -> Result<u32, PackError> {
        if self.bytes.len() + data.len() + 16 > limits::INPUT_BYTES_MAX {
            return Err(PackError::TooLarge);
        }
        let at = self.base + self.bytes.len() as u32;
        self.bytes.extend_from_slice(data);
        Ok(at)
    }

    /// The cell of a row's value: a list, an optional or a plain value.
    #[inline]
    fn cell<R: RowSource + ?Sized>(
        &mut self,
        input: &R,
        row: usize,
        slot: usize,
        attr: AttrType,
    ) -> Result<u64, PackError> {
        match input.value(row, slot) {
            Lent::One(value) => self.value(attr, &value, slot),
            Lent::Many(len) if attr.multi => {
                let items = 0..len;
                let mut items = items.map(|index| input.item(row, slot, index));
                self.list(len, |image| {
                    let item = items.next().unwrap_or(In::Null);
                    image.scalar(attr.ty, &item, slot)
                })
            }
            Lent::Many(_) => Err(PackError::Type { slot }),
        }
    }

    /// The cell of an attribute that is no list: an optional or a plain value.
    #[inline]
    fn value(&mut self, attr: AttrType, value: &In<'_>, slot: usize) -> Result<u64, PackError> {
        match value {
            In::Null if attr.nullable => Ok(0),
            _ if attr.multi => Err(PackError::Type { slot }),
            value => {
                let cell = self.scalar(attr.ty, value, slot)?;
                if attr.nullable && is_word(attr.ty) {
                    return Ok(u64::from(self.push(&cell.to_le_bytes())?));
                }
                Ok(cell)
            }
        }
    }

    /// The cell of a list: its cells first, to be filled as the values behind them are written.
    fn list<E: From<PackError>>(
        &mut self,
        len: usize,
        mut next: impl FnMut(&mut Self) -> Result<u64, E>,
    ) -> Result<u64, E> {
        let start = self.bytes.len();
        if len > limits::INPUT_BYTES_MAX / 8 || start + len * 8 + 16 > limits::INPUT_BYTES_MAX {
            return Err(PackError::TooLarge.into());
        }
        self.bytes.resize(start + len * 8, 0);
        for index in 0..len {
            let cell = next(self)?;
            let at = start + index * 8;
            self.bytes[at..at + 8].copy_from_slice(&cell.to_le_bytes());
        }
        Ok(u64::from(self.base + start as u32) | (len as u64) << 32)
    }

    /// The cell of a text.
    pub fn text(&mut self, text: &str) -> Result<u64, PackError> {
        let flag = if is_ascii(text.as_bytes()) {
            0
        } else {
            NON_ASCII
        };
        Ok(self.ascii(text.as_bytes())? | flag)
    }

    /// The cell of a text that is ASCII.
    #[inline(always)]
    pub fn ascii(&mut self, text: &[u8]) -> Result<u64, PackError> {
        Ok(u64::from(self.push(text)?) | (text.len() as u64) << 32)
    }

    #[inline]
    pub fn scalar(&mut self, ty: RuleType, value: &In<'_>, slot: usize) -> Result<u64, PackError> {
        match (ty, value) {
            (RuleType::String | RuleType::Reference, In::Str(text)) => self.text(text),
            (RuleType::Binary, In::Bytes(bytes)) => {
                Ok(u64::from(self.push(bytes)?) | (bytes.len() as u64) << 32)
            }
            (RuleType::Guid, In::Bytes(bytes)) if bytes.len() == 16 => {
                Ok(u64::from(self.push(bytes)?) | 16 << 32)
            }
            (RuleType::Bool, In::Bool(b)) => Ok(u64::from(*b)),
            (RuleType::Int, In::Int(i)) if i32::try_from(*i).is_ok() => Ok(*i as u64),
            (RuleType::Char, In::Int(i)) if u16::try_from(*i).is_ok() => Ok(*i as u64),
            (RuleType::Long, In::Int(i)) => Ok(*i as u64),
            (RuleType::Date, In::Int(ticks)) if (0..DATES_END).contains(ticks) => {
                // The lowest bit says that no zone is known; what a directory holds is UTC.
                Ok((*ticks as u64) << 1)
            }
            (RuleType::Double, In::Double(d)) => Ok(if d.is_nan() {
                f64::NAN.to_bits()
            } else {
                d.to_bits()
            }),
            _ => Err(PackError::Type { slot }),
        }
    }
}

/// Whether every byte is below 0x80, in words: values are short, and the last word may reach back.
#[inline(always)]
pub(crate) fn is_ascii(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = |eight: &[u8]| u64::from_le_bytes(eight.try_into().unwrap_or([0x80; 8]));
    let Some(last) = bytes.len().checked_sub(8) else {
        return bytes.iter().fold(0, |all, byte| all | byte) < 0x80;
    };
    let all = bytes
        .chunks_exact(8)
        .fold(0, |all, eight| all | word(eight));
    (all | word(&bytes[last..])) & HIGH == 0
}

/// The tick after the last one of the year 9999.
pub(crate) const DATES_END: i64 = 3_155_378_976_000_000_000;

/// Types whose cell is the value itself, so that an optional one needs a box.
pub(crate) fn is_word(ty: RuleType) -> bool {
    matches!(
        ty,
        RuleType::Bool
            | RuleType::Char
            | RuleType::Int
            | RuleType::Long
            | RuleType::Double
            | RuleType::Date
    )
}

#[cfg(test)]
mod tests {
    use super::is_ascii;

    #[test]
    fn a_byte_above_0x7f_is_seen_wherever_it_stands() {
        for len in 0..40 {
            let mut bytes = vec![b'a'; len];
            assert!(is_ascii(&bytes), "{len}");
            for at in 0..len {
                bytes[at] = 0x80;
                assert!(!is_ascii(&bytes), "{at} of {len}");
                bytes[at] = b'a';
            }
        }
    }
}
