//! Reads cells that a program left behind, believing none of them.
//!
//! Invariants: every address and length is checked against the memory before use, every text is validated as UTF-8,
//! sizes are capped before memory is spent on them; what is handed out borrows from the memory and is gone with it.

use syncline_model::rules::{AttrType, ErrorKind, RuleType, RuleValue};

use crate::batch::Seen;

use crate::limits;
use crate::pack::{DATES_END, is_ascii, is_word};

/// Cells below this are no values: error, ignore and friends (kind in the low byte, site above it).
const SPECIAL_END: i64 = i64::MIN + (1 << 32);
const CODE_IGNORE: u8 = 200;
const CODE_AUTHORITATIVE_NULL: u8 = 201;
const CODE_ARENA: u8 = 250;

/// A cell, understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'m> {
    Null,
    Value(Seen<'m>),
    /// A list, whose values lie in [`Reader::items`].
    List,
    Ignore,
    AuthoritativeNull,
    /// The arena was full: the batch must be split.
    Arena,
    Error {
        kind: ErrorKind,
        site: Option<usize>,
    },
    /// Larger than an output may be.
    TooLarge,
    /// No cell that our compiler would write.
    Hostile,
}

/// The memory of an instance and what this row may still copy out of it.
pub(crate) struct Reader<'m> {
    pub memory: &'m [u8],
    pub bytes_left: usize,
    /// The values of the list that was read last.
    pub items: Vec<Seen<'m>>,
}

impl<'m> Reader<'m> {
    /// A reader that may hand out this many bytes.
    pub fn new(memory: &'m [u8], bytes_left: usize) -> Self {
        Self {
            memory,
            bytes_left,
            items: Vec::new(),
        }
    }

    /// The 64-bit word at this address.
    pub fn word(&self, at: u32) -> Option<i64> {
        let bytes = self.memory.get(at as usize..)?.get(..8)?;
        Some(i64::from_le_bytes(bytes.try_into().ok()?))
    }

    /// The 32-bit word at this address.
    pub fn half(&self, at: u32) -> Option<u32> {
        let bytes = self.memory.get(at as usize..)?.get(..4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    /// The output cell, as a value of this type.
    #[inline]
    pub fn output(&mut self, cell: i64, attr: AttrType) -> Cell<'m> {
        if cell == 0 {
            return Cell::Null;
        }
        if cell < SPECIAL_END {
            return special(cell);
        }
        if attr.multi {
            return match self.list(cell, attr.ty) {
                Ok(()) => Cell::List,
                Err(bad) => bad,
            };
        }
        let value = if is_word(attr.ty) {
            match self.word(cell as u32) {
                Some(word) if cell >> 32 == 0 => self.scalar(word, attr.ty),
                _ => Err(Cell::Hostile),
            }
        } else {
            self.scalar(cell, attr.ty)
        };
        value.map_or_else(|bad| bad, Cell::Value)
    }

    fn list(&mut self, cell: i64, ty: RuleType) -> Result<(), Cell<'m>> {
        self.items.clear();
        let (at, len) = (cell as u32, (cell as u64 >> 32) as usize);
        if len > limits::VALUES_MAX {
            return Err(if len > limits::MEMORY_BYTES_MAX as usize {
                Cell::Hostile
            } else {
                Cell::TooLarge
            });
        }
        // Many lists may name the same memory, so each pays for the room that it takes outside.
        self.take(len * size_of::<RuleValue>())?;
        for index in 0..len as u32 {
            let word = at
                .checked_add(index * 8)
                .and_then(|at| self.word(at))
                .ok_or(Cell::Hostile)?;
            if !is_word(ty) {
                // A list of texts may hold nulls; a directory attribute cannot, so they fall away.
                if word == 0 {
                    continue;
                }
                if word < SPECIAL_END {
                    return Err(Cell::Hostile);
                }
            }
            let item = self.scalar(word, ty)?;
            self.items.push(item);
        }
        Ok(())
    }

    #[inline]
    fn scalar(&mut self, word: i64, ty: RuleType) -> Result<Seen<'m>, Cell<'m>> {
        Ok(match ty {
            RuleType::Bool => match word {
                0 => Seen::Bool(false),
                1 => Seen::Bool(true),
                _ => return Err(Cell::Hostile),
            },
            RuleType::Char => Seen::Char(u16::try_from(word).map_err(|_| Cell::Hostile)?),
            RuleType::Int => Seen::Int(i32::try_from(word).map_err(|_| Cell::Hostile)?),
            RuleType::Long => Seen::Long(word),
            RuleType::Date => {
                let ticks = word >> 1;
                if !(0..DATES_END).contains(&ticks) {
                    return Err(Cell::Hostile);
                }
                Seen::Date(ticks)
            }
            RuleType::Double => {
                let number = f64::from_bits(word as u64);
                // One NaN for all: its payload would carry what no rule computed.
                Seen::Double(if number.is_nan() { f64::NAN } else { number })
            }
            RuleType::String => Seen::String(self.text(word)?),
            RuleType::Reference => Seen::Reference(self.text(word)?),
            RuleType::Binary => Seen::Binary(self.slice(word)?),
            RuleType::Guid => Seen::Guid(self.slice(word)?.try_into().map_err(|_| Cell::Hostile)?),
        })
    }

    /// The text of a string cell.
    pub fn text(&mut self, cell: i64) -> Result<&'m str, Cell<'m>> {
        let bytes = self.slice(cell & i64::MAX)?;
        if is_ascii(bytes) {
            // SAFETY: ASCII is UTF-8. Said of the bytes themselves, not of what the cell claims; and much quicker to see.
            return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
        }
        std::str::from_utf8(bytes).map_err(|_| Cell::Hostile)
    }

    #[inline]
    fn slice(&mut self, cell: i64) -> Result<&'m [u8], Cell<'m>> {
        let (at, len) = (cell as u32 as usize, (cell as u64 >> 32) as usize);
        let bytes = self
            .memory
            .get(at..)
            .and_then(|rest| rest.get(..len))
            .ok_or(Cell::Hostile)?;
        if len > limits::VALUE_BYTES_MAX {
            return Err(Cell::TooLarge);
        }
        self.take(len)?;
        Ok(bytes)
    }

    /// Uses what the row may still copy out.
    fn take(&mut self, bytes: usize) -> Result<(), Cell<'m>> {
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(Cell::TooLarge)?;
        Ok(())
    }
}

/// Whether this cell says that the arena was full.
pub(crate) fn is_arena(cell: i64) -> bool {
    cell < SPECIAL_END && cell as u8 == CODE_ARENA
}

fn special(cell: i64) -> Cell<'static> {
    let low = (cell as u64 & 0xffff_ffff) as u32;
    match low as u8 {
        CODE_IGNORE => Cell::Ignore,
        CODE_AUTHORITATIVE_NULL => Cell::AuthoritativeNull,
        CODE_ARENA => Cell::Arena,
        code => match ErrorKind::from_code(code) {
            // Site 0 means "no site"; sites are counted from 1 in cells.
            Some(kind) => Cell::Error {
                kind,
                site: (low >> 8).checked_sub(1).map(|s| s as usize),
            },
            None => Cell::Hostile,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(memory: &[u8], cell: u64, attr: AttrType) -> Cell<'_> {
        Reader::new(memory, limits::ROW_BYTES_MAX).output(cell as i64, attr)
    }

    #[test]
    fn a_text_outside_the_memory_is_hostile() {
        let string = AttrType::optional(RuleType::String);

        for cell in [
            60 | 5 << 32,
            u64::from(u32::MAX) | 1 << 32,
            1 | 0x7fff_ffff << 32,
        ] {
            assert_eq!(read(&[0; 64], cell, string), Cell::Hostile, "{cell:x}");
        }
    }

    #[test]
    fn a_text_that_is_not_utf8_is_hostile() {
        let memory = [0xff; 64];

        assert_eq!(
            read(&memory, 8 | 4 << 32, AttrType::optional(RuleType::String)),
            Cell::Hostile
        );
    }

    #[test]
    fn a_list_that_lies_about_its_length_is_hostile_or_too_large() {
        let list = AttrType::list(RuleType::String);

        assert_eq!(read(&[0; 64], 8 | 100 << 32, list), Cell::Hostile);
        assert_eq!(read(&[0; 64], 8 | 6_000 << 32, list), Cell::TooLarge);
        assert_eq!(read(&[0; 64], 8 | 0x7fff_ffff << 32, list), Cell::Hostile);
    }

    #[test]
    fn a_boolean_other_than_zero_and_one_is_hostile() {
        let mut memory = [0; 64];
        memory[8] = 2;

        assert_eq!(
            read(&memory, 8, AttrType::optional(RuleType::Bool)),
            Cell::Hostile
        );
    }

    #[test]
    fn many_references_to_one_long_text_do_not_multiply_memory() {
        let mut memory = vec![b'a'; 1 << 20];
        let count = 1_000;
        for index in 0..count {
            let cell: u64 = 100_000 | 900_000 << 32;
            memory[8 + index * 8..16 + index * 8].copy_from_slice(&cell.to_le_bytes());
        }

        assert_eq!(
            read(
                &memory,
                8 | (count as u64) << 32,
                AttrType::list(RuleType::String)
            ),
            Cell::TooLarge
        );
    }
}
