//! Equality and search. Ordinal, or ordinal without case.
//!
//! Invariants: nothing is normalised; a search without case compares characters by their simple upper-case mapping, as
//! .NET's OrdinalIgnoreCase does; results are UTF-16 indexes, -1 = not found.

use crate::bulk;
use crate::case::{cost, cost_of_byte, upper};
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
    Ok(match ic {
        false => bulk::begins(rt.bytes(s), rt.bytes(part)),
        true => prefix(rt.str(s), rt.str(part)).is_some(),
    })
}

pub fn ends_with(rt: &mut Rt<'_>, s: Str, part: Str, ic: bool) -> R<bool> {
    rt.charge(CALL + part.len() as u64 * if ic { cost_of_byte(s, part) } else { 4 })?;
    if !ic {
        return Ok(rt.bytes(s).ends_with(rt.bytes(part)));
    }
    let mut rest = rt.str(s).chars().rev();
    Ok(rt
        .str(part)
        .chars()
        .rev()
        .all(|p| rest.next().is_some_and(|c| upper(c) == upper(p))))
}

/// The bytes of `text` that match `part` without case, from its start.
pub fn prefix(text: &str, part: &str) -> Option<usize> {
    let mut chars = text.chars();
    let mut len = 0;
    for p in part.chars() {
        let c = chars.next().filter(|c| upper(*c) == upper(p))?;
        len += c.len_utf8();
    }
    Some(len)
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
    for (offset, c) in text[from..]
        .char_indices()
        .chain([(text.len() - from, ' ')])
    {
        rt.charge(cost(c))?;
        if let Some(len) = prefix(&text[from + offset..], wanted) {
            return Ok(Some((from + offset, len)));
        }
        // What `prefix` looked at beyond its first character.
        rt.charge(wanted.len().min(16) as u64)?;
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
        charge(SLOW + rest.len() as u64)?;
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
    let (text, wanted) = (rt.str(s), rt.str(part));
    for (offset, _) in text.char_indices().chain([(text.len(), ' ')]).rev() {
        rt.charge(SLOW)?;
        let rest = &text[offset..];
        let found = if ic {
            prefix(rest, wanted).is_some()
        } else {
            rest.starts_with(wanted)
        };
        if found {
            return utf16::index(rt, s, offset);
        }
    }
    Ok(-1)
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
        rt.charge(SLOW)?;
        if !class::is_white_space(c) {
            return Ok(false);
        }
    }
    Ok(true)
}
