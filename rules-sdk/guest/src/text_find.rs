//! Searching within a window of a text, and comparing windows of two: the overloads with `startIndex` and `count`.
//!
//! Invariants: indexes are UTF-16 units; a match lies wholly inside its window; nothing matches half of a pair.

use crate::bulk;
use crate::collate;
use crate::mem::{CALL, Fault, List, R, Rt, SLOW, Str};
use crate::text_search::prefix;
use crate::utf16;

/// Everything from the start, for a count that was not given.
pub const REST: i32 = -2;

/// The first match inside `start..start + count`.
pub fn index_in(rt: &mut Rt<'_>, s: Str, part: Str, start: i32, count: i32, ic: bool) -> R<i32> {
    rt.charge(CALL)?;
    let len = utf16::len(rt, s)? as i64;
    let (from, to) = window(start, count, len)?;
    matching(rt, s, part, (from, to), ic, false)
}

/// The last match that ends at or before `start` and begins less than `count` before it. `how`: 1 without case, 2 for a
/// character, whose search may not start at the length.
pub fn last_index_in(
    rt: &mut Rt<'_>,
    s: Str,
    part: Str,
    start: i32,
    count: i32,
    how: i32,
) -> R<i32> {
    rt.charge(CALL)?;
    let len = utf16::len(rt, s)? as i64;
    if how & 2 != 0 {
        if len == 0 {
            return Ok(-1);
        }
        if i64::from(start) >= len {
            return Err(Fault::OutOfRange);
        }
    }
    let (from, to) = back(start, count, len)?;
    matching(rt, s, part, (from, to), how & 1 != 0, true)
}

fn window(start: i32, count: i32, len: i64) -> R<(i64, i64)> {
    let start = i64::from(start);
    let count = if count == REST {
        len - start
    } else {
        i64::from(count)
    };
    if start < 0 || start > len || count < 0 || count > len - start {
        return Err(Fault::OutOfRange);
    }
    Ok((start, start + count))
}

/// The window of a search backwards; the length itself stands for the last character.
fn back(start: i32, count: i32, len: i64) -> R<(i64, i64)> {
    let mut start = i64::from(start);
    if len == 0 && (start == -1 || start == 0) {
        return Ok((0, 0));
    }
    let mut count = if count == REST {
        start + 1
    } else {
        i64::from(count)
    };
    if start == len {
        start -= 1;
        count = (count - 1).max(0);
    }
    if start < 0 || start >= len || count < 0 || count > start + 1 {
        return Err(Fault::OutOfRange);
    }
    Ok((start + 1 - count, start + 1))
}

fn matching(
    rt: &mut Rt<'_>,
    s: Str,
    part: Str,
    (from, to): (i64, i64),
    ic: bool,
    last: bool,
) -> R<i32> {
    let (text, wanted) = (rt.str(s), rt.str(part));
    if wanted.is_empty() {
        return Ok(if last { to } else { from } as i32);
    }
    let mut at = 0;
    let mut best = -1;
    for (offset, c) in text.char_indices() {
        if at >= to {
            break;
        }
        rt.charge(SLOW * 2)?;
        if at >= from {
            let rest = &text[offset..];
            let found = if ic {
                prefix(rest, wanted, |units| rt.charge(units))?
            } else if rest.as_bytes()[0] == wanted.as_bytes()[0] {
                rt.charge(wanted.len() as u64)?;
                bulk::begins(rest.as_bytes(), wanted.as_bytes()).then_some(wanted.len())
            } else {
                None
            };
            let units = |len: usize| utf16::units(&rest.as_bytes()[..len]) as i64;
            if found.is_some_and(|len| at + units(len) <= to) {
                best = at;
                if !last {
                    break;
                }
            }
        }
        at += c.len_utf16() as i64;
    }
    Ok(best as i32)
}

/// The first, or the last, of several characters in a window.
pub fn any_in(rt: &mut Rt<'_>, s: Str, chars: List, start: i32, count: i32, last: bool) -> R<i32> {
    rt.charge(CALL)?;
    let len = utf16::len(rt, s)? as i64;
    let (from, to) = match (last, start) {
        (true, _) if len == 0 => (0, 0),
        (true, REST) => (0, len),
        // Unlike a search for a text, this one does not take the length for the last character.
        (true, _) if len > 0 && i64::from(start) == len => return Err(Fault::OutOfRange),
        (true, _) => back(start, count, len)?,
        (false, _) => window(start, count, len)?,
    };
    let mut best = -1;
    for (index, unit) in rt.str(s).encode_utf16().enumerate() {
        rt.charge(SLOW * (1 + chars.len() as u64))?;
        let index = index as i64;
        if index >= from
            && index < to
            && (0..chars.len()).any(|i| rt.item(chars, i) == u64::from(unit))
        {
            best = index;
            if !last {
                break;
            }
        }
    }
    Ok(best as i32)
}

/// `string.Compare(a, indexA, b, indexB, length, how)`
pub fn compare_parts(
    rt: &mut Rt<'_>,
    a: Option<Str>,
    at_a: i32,
    b: Option<Str>,
    at_b: i32,
    len: i32,
    how: i32,
) -> R<i32> {
    rt.charge(CALL)?;
    let (Some(a), Some(b)) = (a, b) else {
        return Ok(i32::from(a.is_some()) - i32::from(b.is_some()));
    };
    if len < 0 {
        return Err(Fault::OutOfRange);
    }
    let (a, b) = (part(rt, a, at_a, len)?, part(rt, b, at_b, len)?);
    collate::compare(rt, Some(a), Some(b), how)
}

fn part(rt: &mut Rt<'_>, s: Str, from: i32, len: i32) -> R<Str> {
    let from_byte = utf16::byte(rt, s, i64::from(from))?;
    let whole = utf16::len(rt, s)? as i64;
    let to = (i64::from(from) + i64::from(len)).min(whole);
    let to_byte = utf16::byte(rt, s, to)?;
    Ok(rt.part(s, from_byte, to_byte))
}
