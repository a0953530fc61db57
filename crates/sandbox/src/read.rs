//! Reads cells that a program left behind, believing none of them.
//!
//! Invariants: every address and length is checked against the memory before use, every text is validated as UTF-8,
//! everything is copied out; sizes are capped before memory is spent on them.

use syncline_model::rules::{AttrType, ErrorKind, RuleType, RuleValue};

use crate::limits;
use crate::pack::{DATES_END, is_word};

/// Cells below this are no values: error, ignore and friends (kind in the low byte, site above it).
const SPECIAL_END: i64 = i64::MIN + (1 << 32);
const CODE_IGNORE: u8 = 200;
const CODE_AUTHORITATIVE_NULL: u8 = 201;
const CODE_ARENA: u8 = 250;

/// A cell, understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Value(RuleValue),
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
}

impl<'m> Reader<'m> {
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
    pub fn output(&mut self, cell: i64, attr: AttrType) -> Cell {
        if cell == 0 {
            return Cell::Null;
        }
        if cell < SPECIAL_END {
            return special(cell);
        }
        let value = if attr.multi {
            self.list(cell, attr.ty)
        } else if is_word(attr.ty) {
            match self.word(cell as u32) {
                Some(word) if cell >> 32 == 0 => self.scalar(word, attr.ty),
                _ => Err(Cell::Hostile),
            }
        } else {
            self.scalar(cell, attr.ty)
        };
        value.map_or_else(|bad| bad, Cell::Value)
    }

    fn list(&mut self, cell: i64, ty: RuleType) -> Result<RuleValue, Cell> {
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
        let mut items = Vec::with_capacity(len);
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
            items.push(self.scalar(word, ty)?);
        }
        Ok(RuleValue::List(items))
    }

    fn scalar(&mut self, word: i64, ty: RuleType) -> Result<RuleValue, Cell> {
        Ok(match ty {
            RuleType::Bool => match word {
                0 => RuleValue::Bool(false),
                1 => RuleValue::Bool(true),
                _ => return Err(Cell::Hostile),
            },
            RuleType::Char => RuleValue::Char(u16::try_from(word).map_err(|_| Cell::Hostile)?),
            RuleType::Int => RuleValue::Int(i32::try_from(word).map_err(|_| Cell::Hostile)?),
            RuleType::Long => RuleValue::Long(word),
            RuleType::Date => {
                let ticks = word >> 1;
                if !(0..DATES_END).contains(&ticks) {
                    return Err(Cell::Hostile);
                }
                RuleValue::Date(ticks)
            }
            RuleType::Double => {
                let number = f64::from_bits(word as u64);
                // One NaN for all: its payload would carry what no rule computed.
                RuleValue::Double(if number.is_nan() { f64::NAN } else { number })
            }
            RuleType::String => RuleValue::String(self.text(word)?),
            RuleType::Reference => RuleValue::Reference(self.text(word)?),
            RuleType::Binary => RuleValue::Binary(self.slice(word)?.to_vec()),
            RuleType::Guid => {
                RuleValue::Guid(self.slice(word)?.try_into().map_err(|_| Cell::Hostile)?)
            }
        })
    }

    /// The text of a string cell.
    pub fn text(&mut self, cell: i64) -> Result<String, Cell> {
        let bytes = self.slice(cell & i64::MAX)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| Cell::Hostile)
    }

    fn slice(&mut self, cell: i64) -> Result<&'m [u8], Cell> {
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
    fn take(&mut self, bytes: usize) -> Result<(), Cell> {
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(Cell::TooLarge)?;
        Ok(())
    }
}

fn special(cell: i64) -> Cell {
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

    fn read(memory: &[u8], cell: u64, attr: AttrType) -> Cell {
        Reader {
            memory,
            bytes_left: limits::ROW_BYTES_MAX,
        }
        .output(cell as i64, attr)
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
