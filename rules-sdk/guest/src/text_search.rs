//! Equality and search. Ordinal, or ordinal without case.
//!
//! Invariants: nothing is normalised; a search without case compares characters by their simple upper-case mapping, as
//! .NET's OrdinalIgnoreCase does; results are UTF-16 indexes, -1 = not found.

use crate::bulk;
use crate::case::{cost, cost_of_byte, same_letters, upper};
use crate::class;
use crate::mem::{CALL, Fault, List, R, Rt, SLOW, Str};
use crate::utf16;

pub fn equal(rt: &mut Rt<'_>, a: Option<Str>, b: Option<Str>) -> R<bool> {
    let (Some(a), Some(b)) = (a, b) else {
        rt.charge(CALL)?;
        return Ok(a.is_none() && b.is_none());
    };
    rt.charge(
        CALL + if a.len() == b.len() {
            a.len() as u64
        } else {
            0
        },
    )?;
    Ok(bulk::same(rt.bytes(a), rt.bytes(b)))
}

pub fn starts_with(rt: &mut Rt<'_>, s: Str, part: Str, ic: bool) -> R<bool> {
    rt.charge(CALL + part.len() as u64 * if ic { cost_of_byte(s, part) } else { 1 })?;
    let (text, wanted) = (rt.bytes(s), rt.bytes(part));
    Ok(match ic {
        false => bulk::begins(text, wanted),
        true if s.ascii() && part.ascii() => begins_as(text, wanted),
        true => prefix(rt.str(s), rt.str(part), |_| Ok(()))?.is_some(),
    })
}

pub fn ends_with(rt: &mut Rt<'_>, s: Str, part: Str, ic: bool) -> R<bool> {
    rt.charge(CALL + part.len() as u64 * if ic { cost_of_byte(s, part) } else { 4 })?;
    if !ic || s.ascii() && part.ascii() {
        let (text, wanted) = (rt.bytes(s), rt.bytes(part));
        let tail = (text.len().checked_sub(wanted.len())).map(|from| &text[from..]);
        return Ok(tail.is_some_and(|tail| match ic {
            false => bulk::same(tail, wanted),
            true => same_letters(tail, wanted),
        }));
    }
    let mut rest = rt.str(s).chars().rev();
    Ok(rt
        .str(part)
        .chars()
        .rev()
        .all(|p| rest.next().is_some_and(|c| upper(c) == upper(p))))
}

/// ASCII that begins with ASCII, whatever its case.
fn begins_as(text: &[u8], part: &[u8]) -> bool {
    let head = text.get(..part.len());
    head.is_some_and(|head| same_letters(head, part))
}

/// The bytes of `text` that match `part` without case, from its start. Charges each character that it compares.
pub fn prefix(text: &str, part: &str, mut charge: impl FnMut(u64) -> R<()>) -> R<Option<usize>> {
    let mut chars = text.chars();
    let mut len = 0;
    for p in part.chars() {
        let Some(c) = chars.next() else {
            return Ok(None);
        };
        charge(cost(c).max(cost(p)))?;
        if upper(c) != upper(p) {
            return Ok(None);
        }
        len += c.len_utf8();
    }
    Ok(Some(len))
}

/// The first match at or after `from`: byte offset and length in `s`.
pub fn find(
    rt: &mut Rt<'_>,
    s: Str,
    part: Str,
    from: usize,
    ic: bool,
) -> R<Option<(usize, usize)>> {
    if !ic {
        let (text, wanted) = (rt.bytes(s), rt.bytes(part));
        rt.charge((text.len() - from + wanted.len()) as u64)?;
        let found = find_bytes(&text[from..], wanted, |units| rt.charge(units))?;
        return Ok(found.map(|at| (from + at, wanted.len())));
    }
    let (text, wanted) = (rt.str(s), rt.str(part));
    let ascii = s.ascii() && part.ascii();
    let found = find_ignoring_case(&text[from..], wanted, ascii, |units| rt.charge(units))?;
    Ok(found.map(|(at, len)| (from + at, len)))
}

/// The first match without case. `ascii`: both are.
pub fn find_ignoring_case(
    text: &str,
    part: &str,
    ascii: bool,
    mut charge: impl FnMut(u64) -> R<()>,
) -> R<Option<(usize, usize)>> {
    let mut rest = part.chars();
    let Some(first) = rest.next() else {
        return Ok(Some((0, 0)));
    };
    if ascii {
        return find_ascii(text.as_bytes(), part.as_bytes(), charge);
    }
    charge(cost(first))?;
    let first = upper(first);
    for (at, c) in text.char_indices() {
        charge(SLOW / 2 + cost(c))?;
        if upper(c) == first {
            let begun = c.len_utf8();
            if let Some(len) = prefix(&text[at + begun..], rest.as_str(), &mut charge)? {
                return Ok(Some((at, begun + len)));
            }
        }
    }
    Ok(None)
}

fn find_ascii(
    text: &[u8],
    part: &[u8],
    mut charge: impl FnMut(u64) -> R<()>,
) -> R<Option<(usize, usize)>> {
    let first = part[0].to_ascii_lowercase();
    for at in 0..(text.len() + 1).saturating_sub(part.len()) {
        charge(SLOW)?;
        if text[at].to_ascii_lowercase() == first {
            charge(SLOW + part.len() as u64 * 8)?;
            if begins_as(&text[at..], part) {
                return Ok(Some((at, part.len())));
            }
        }
    }
    Ok(None)
}

/// The first position of `part`. Looks for its first byte, then compares; charges what it compared in vain.
#[inline(always)]
pub fn find_bytes(
    text: &[u8],
    part: &[u8],
    mut charge: impl FnMut(u64) -> R<()>,
) -> R<Option<usize>> {
    let Some((&first, rest)) = part.split_first() else {
        return Ok(Some(0));
    };
    let mut at = 0;
    while at + rest.len() < text.len()
        && let Some(step) = bulk::position(&text[at..], first)
    {
        let start = at + step + 1;
        if text.len() - start < rest.len() {
            return Ok(None);
        }
        if bulk::same(&text[start..start + rest.len()], rest) {
            return Ok(Some(start - 1));
        }
        charge(SLOW * 2 + rest.len() as u64)?;
        at = start;
    }
    Ok(None)
}

pub fn contains(rt: &mut Rt<'_>, s: Str, part: Str, ic: bool) -> R<bool> {
    rt.charge(CALL)?;
    Ok(find(rt, s, part, 0, ic)?.is_some())
}

pub fn index_of(rt: &mut Rt<'_>, s: Str, part: Str, start: i32, ic: bool) -> R<i32> {
    rt.charge(CALL)?;
    let from = match utf16::byte(rt, s, i64::from(start)) {
        // Nothing begins between the halves of a pair.
        Err(Fault::Argument) if !part.is_empty() => utf16::byte(rt, s, i64::from(start) + 1)?,
        from => from?,
    };
    match find(rt, s, part, from, ic)? {
        Some((at, _)) => utf16::index(rt, s, at),
        None => Ok(-1),
    }
}

pub fn last_index_of(rt: &mut Rt<'_>, s: Str, part: Str, ic: bool) -> R<i32> {
    rt.charge(CALL)?;
    let found = if !ic || s.ascii() && part.ascii() {
        last_bytes(rt, s, part, ic)?
    } else {
        last_ignoring_case(rt, s, part)?
    };
    found.map_or(Ok(-1), |at| utf16::index(rt, s, at))
}

/// The last place at which these bytes stand; in any case only where both are ASCII.
fn last_bytes(rt: &mut Rt<'_>, s: Str, part: Str, ic: bool) -> R<Option<usize>> {
    let (text, wanted) = (rt.bytes(s), rt.bytes(part));
    let Some(first) = wanted.first() else {
        return Ok(Some(text.len()));
    };
    for at in (0..(text.len() + 1).saturating_sub(wanted.len())).rev() {
        rt.charge(SLOW)?;
        let begins = match ic {
            false => text[at] == *first,
            true => text[at].eq_ignore_ascii_case(first),
        };
        if begins {
            rt.charge(SLOW + wanted.len() as u64 * if ic { 8 } else { 1 })?;
            let found = match ic {
                false => bulk::begins(&text[at..], wanted),
                true => begins_as(&text[at..], wanted),
            };
            if found {
                return Ok(Some(at));
            }
        }
    }
    Ok(None)
}

fn last_ignoring_case(rt: &mut Rt<'_>, s: Str, part: Str) -> R<Option<usize>> {
    let (text, wanted) = (rt.str(s), rt.str(part));
    for (at, _) in text.char_indices().chain([(text.len(), ' ')]).rev() {
        rt.charge(SLOW)?;
        if prefix(&text[at..], wanted, |units| rt.charge(units))?.is_some() {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

pub fn index_of_any(rt: &mut Rt<'_>, s: Str, chars: List) -> R<i32> {
    rt.charge(CALL)?;
    for (index, unit) in rt.str(s).encode_utf16().enumerate() {
        rt.charge(SLOW * (1 + chars.len() as u64))?;
        if (0..chars.len()).any(|i| rt.item(chars, i) == u64::from(unit)) {
            return i32::try_from(index).map_err(|_| Fault::Overflow);
        }
    }
    Ok(-1)
}

pub fn is_null_or_empty(_: &mut Rt<'_>, s: Option<Str>) -> bool {
    s.is_none_or(Str::is_empty)
}

pub fn is_null_or_white_space(rt: &mut Rt<'_>, s: Option<Str>) -> R<bool> {
    rt.charge(CALL)?;
    let Some(s) = s else { return Ok(true) };
    for c in rt.str(s).chars() {
        rt.charge(if c.is_ascii() { SLOW } else { SLOW * 2 })?;
        if !class::is_white_space(c) {
            return Ok(false);
        }
    }
    Ok(true)
}
