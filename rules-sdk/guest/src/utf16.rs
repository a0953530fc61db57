//! The UTF-16 view of UTF-8 text: lengths and indexes as .NET counts them.
//!
//! Invariants: ASCII text costs nothing; other text is walked once and charged for; an index between the halves of a
//! surrogate pair is `Argument`, because the cut text could not exist in UTF-8.

use crate::mem::{Fault, R, Rt, SLOW, Str};

/// Length in UTF-16 units.
pub fn len(rt: &mut Rt<'_>, s: Str) -> R<usize> {
    if s.ascii() {
        return Ok(s.len());
    }
    rt.charge(s.len() as u64 * 4)?;
    Ok(units(rt.bytes(s)))
}

/// UTF-16 units of UTF-8 bytes: one per character, two per character of four bytes.
pub fn units(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .map(|b| usize::from(b & 0xc0 != 0x80) + usize::from(*b >= 0xf0))
        .sum()
}

/// The byte offset of a UTF-16 index. `OutOfRange` beyond the end; the end itself is allowed.
pub fn byte(rt: &mut Rt<'_>, s: Str, index: i64) -> R<usize> {
    let index = usize::try_from(index).map_err(|_| Fault::OutOfRange)?;
    if s.ascii() {
        return if index <= s.len() {
            Ok(index)
        } else {
            Err(Fault::OutOfRange)
        };
    }
    rt.charge(s.len() as u64 * SLOW)?;
    let mut at = 0;
    for (offset, c) in rt.str(s).char_indices() {
        if at == index {
            return Ok(offset);
        }
        at += c.len_utf16();
        if at > index {
            return Err(Fault::Argument);
        }
    }
    if at == index {
        Ok(s.len())
    } else {
        Err(Fault::OutOfRange)
    }
}

/// The UTF-16 index of a byte offset.
pub fn index(rt: &mut Rt<'_>, s: Str, byte: usize) -> R<i32> {
    if s.ascii() {
        return Ok(byte as i32);
    }
    rt.charge(byte as u64 * 4)?;
    Ok(units(&rt.bytes(s)[..byte]) as i32)
}

/// A unit as a character; a lone half cannot be one.
pub fn char_of(unit: i32) -> R<char> {
    u32::try_from(unit)
        .ok()
        .and_then(char::from_u32)
        .ok_or(Fault::Argument)
}

/// A list of units, given one by one, as characters: pairs are joined.
pub fn join(first: i32, next: impl FnOnce() -> Option<i32>) -> R<char> {
    if !(0xd800..0xdc00).contains(&first) {
        return char_of(first);
    }
    let second = next()
        .filter(|u| (0xdc00..0xe000).contains(u))
        .ok_or(Fault::Argument)?;
    char_of(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
}
