//! Byte offsets of a source as UTF-16 offsets.
//!
//! Invariants: asking costs the same wherever the offset lies; an offset inside a character is that of its beginning.

use syncline_model::rules::Span;

/// Bytes between two known offsets.
const STEP: usize = 128;

/// The offsets of one source.
#[derive(Debug)]
pub(crate) struct Units<'s> {
    source: &'s str,
    /// How many code units stand before the character at every [`STEP`]th byte; empty where bytes and units are the same.
    known: Vec<u32>,
}

impl<'s> Units<'s> {
    pub fn new(source: &'s str) -> Self {
        let mut known = Vec::new();
        if !source.is_ascii() {
            let (mut units, mut from) = (0, 0);
            for step in 0..=source.len() / STEP {
                let to = source.floor_char_boundary(step * STEP);
                units += count(&source[from..to]);
                from = to;
                known.push(units);
            }
        }
        Self { source, known }
    }

    /// A span of bytes in code units.
    pub fn of(&self, span: Span) -> Span {
        Span {
            from: self.one(span.from),
            to: self.one(span.to),
        }
    }

    fn one(&self, byte: u32) -> u32 {
        let byte = self.source.floor_char_boundary(byte as usize);
        let Some(before) = self.known.get(byte / STEP) else {
            return byte as u32;
        };
        let from = self.source.floor_char_boundary(byte / STEP * STEP);
        before + count(&self.source[from..byte])
    }
}

fn count(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offset_is_that_of_counting_from_the_beginning() {
        for source in ["", "abc", "ä😀b", &"x😀ßé ".repeat(90), &"a".repeat(300)] {
            let units = Units::new(source);
            for byte in 0..=source.len() + 3 {
                let at = source.floor_char_boundary(byte);
                let span = Span {
                    from: 0,
                    to: byte as u32,
                };

                assert_eq!(
                    units.of(span).to,
                    count(&source[..at]),
                    "{byte} of {source}"
                );
            }
        }
    }
}
