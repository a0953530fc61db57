//! Parts of a text: substring, range, index, trim, remove. Most give a part of the input without a copy.
//!
//! Invariants: indexes are UTF-16; what .NET refuses with ArgumentOutOfRangeException is `OutOfRange`.

use crate::class;
use crate::mem::{CALL, Fault, List, R, Rt, SLOW, Str};
use crate::utf16;

pub fn length(rt: &mut Rt<'_>, s: Str) -> R<i32> {
    rt.charge(CALL)?;
    Ok(utf16::len(rt, s)? as i32)
}

/// `s[index]`, or `s[^index]`.
pub fn char_at(rt: &mut Rt<'_>, s: Str, index: i32, from_end: bool) -> R<i32> {
    rt.charge(CALL)?;
    let index = position(rt, s, index, from_end)?;
    let wanted = usize::try_from(index).map_err(|_| Fault::OutOfRange)?;
    if s.ascii() {
        return rt
            .bytes(s)
            .get(wanted)
            .map(|b| i32::from(*b))
            .ok_or(Fault::OutOfRange);
    }
    rt.charge(s.len() as u64 * SLOW)?;
    rt.str(s)
        .encode_utf16()
        .nth(wanted)
        .map(i32::from)
        .ok_or(Fault::OutOfRange)
}

fn position(rt: &mut Rt<'_>, s: Str, index: i32, from_end: bool) -> R<i64> {
    Ok(if from_end {
        utf16::len(rt, s)? as i64 - i64::from(index)
    } else {
        i64::from(index)
    })
}

pub fn substring(rt: &mut Rt<'_>, s: Str, start: i32) -> R<Str> {
    rt.charge(CALL)?;
    let from = utf16::byte(rt, s, i64::from(start))?;
    Ok(rt.part(s, from, s.len()))
}

pub fn substring_length(rt: &mut Rt<'_>, s: Str, start: i32, len: i32) -> R<Str> {
    rt.charge(CALL)?;
    between(rt, s, i64::from(start), i64::from(start) + i64::from(len))
}

/// `s[from..to]` with either end counted from the end.
pub fn range(rt: &mut Rt<'_>, s: Str, from: i32, from_end: bool, to: i32, to_end: bool) -> R<Str> {
    rt.charge(CALL)?;
    let from = position(rt, s, from, from_end)?;
    let to = position(rt, s, to, to_end)?;
    between(rt, s, from, to)
}

fn between(rt: &mut Rt<'_>, s: Str, from: i64, to: i64) -> R<Str> {
    if from > to {
        return Err(Fault::OutOfRange);
    }
    let start = utf16::byte(rt, s, from)?;
    let end = utf16::byte(rt, s, to)?;
    Ok(rt.part(s, start, end))
}

/// Trims white space. `mode`: 0 both ends, 1 start, 2 end.
pub fn trim(rt: &mut Rt<'_>, s: Str, mode: i32) -> R<Str> {
    rt.charge(CALL)?;
    if !s.ascii() {
        return trim_by(rt, s, mode, class::is_white_space);
    }
    let bytes = rt.bytes(s);
    let (mut from, mut to) = (0, bytes.len());
    while mode != 2 && from < to && is_ascii_space(bytes[from]) {
        from += 1;
    }
    while mode != 1 && to > from && is_ascii_space(bytes[to - 1]) {
        to -= 1;
    }
    rt.charge((from + bytes.len() - to) as u64 * SLOW)?;
    Ok(rt.part(s, from, to))
}

/// The white space below 0x80.
fn is_ascii_space(byte: u8) -> bool {
    byte == b' ' || (9..=13).contains(&byte)
}

/// Trims these characters. An empty list means white space, as in .NET.
pub fn trim_chars(rt: &mut Rt<'_>, s: Str, chars: List, mode: i32) -> R<Str> {
    rt.charge(CALL + chars.len() as u64 * s.len().min(64) as u64)?;
    if chars.is_empty() {
        return trim_by(rt, s, mode, class::is_white_space);
    }
    // Each trimmed character is compared with each of the list; charged as it goes.
    let text = rt.str(s);
    let (mut from, mut to) = (0, text.len());
    if mode != 2 {
        for c in text.chars() {
            rt.charge(SLOW + chars.len() as u64 * SLOW)?;
            if !has(rt, chars, c) {
                break;
            }
            from += c.len_utf8();
        }
    }
    if mode != 1 {
        for c in text[from..].chars().rev() {
            rt.charge(SLOW + chars.len() as u64 * SLOW)?;
            if !has(rt, chars, c) {
                break;
            }
            to -= c.len_utf8();
        }
    }
    Ok(rt.part(s, from, to))
}

fn has(rt: &Rt<'_>, chars: List, c: char) -> bool {
    (0..chars.len()).any(|i| rt.item(chars, i) == u64::from(u32::from(c)))
}

fn trim_by(rt: &mut Rt<'_>, s: Str, mode: i32, trimmed: fn(char) -> bool) -> R<Str> {
    let text = rt.str(s);
    let from = if mode == 2 {
        0
    } else {
        text.len() - text.trim_start_matches(trimmed).len()
    };
    let to = if mode == 1 {
        text.len()
    } else {
        from + text[from..].trim_end_matches(trimmed).len()
    };
    rt.charge((from + text.len() - to) as u64 * SLOW)?;
    Ok(rt.part(s, from, to))
}

pub fn remove(rt: &mut Rt<'_>, s: Str, start: i32) -> R<Str> {
    rt.charge(CALL)?;
    let at = utf16::byte(rt, s, i64::from(start))?;
    Ok(rt.part(s, 0, at))
}

pub fn remove_length(rt: &mut Rt<'_>, s: Str, start: i32, len: i32) -> R<Str> {
    rt.charge(CALL)?;
    if len < 0 {
        return Err(Fault::OutOfRange);
    }
    let from = utf16::byte(rt, s, i64::from(start))?;
    let to = utf16::byte(rt, s, i64::from(start) + i64::from(len))?;
    let bytes = rt.bytes(s);
    let mut out = rt.writer();
    out.push(&bytes[..from])?;
    out.push(&bytes[to..])?;
    Ok(out.text())
}

/// The text as a list of UTF-16 units.
pub fn chars(rt: &mut Rt<'_>, s: Str) -> R<List> {
    rt.charge(CALL)?;
    let text = rt.str(s);
    let mut out = rt.writer();
    for unit in text.encode_utf16() {
        out.charge(SLOW)?;
        out.cell(u64::from(unit))?;
    }
    Ok(out.list())
}
