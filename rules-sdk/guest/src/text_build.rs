//! New texts from old ones: concatenation, join, replace, insert, pad.
//!
//! Invariants: an absent text counts as empty where .NET says so; every result is charged by its bytes before it is made,
//! so no doubling outruns the budget.

use crate::mem::{CALL, Fault, List, R, Rt, SLOW, Str, TURN};
use crate::text_search::{find_bytes, find_ignoring_case};
use crate::utf16;

#[inline(always)]
fn concat(rt: &mut Rt<'_>, parts: &[Option<Str>]) -> R<Str> {
    rt.charge(CALL)?;
    // One present part is the result: strings never change.
    let mut present = parts.iter().flatten().filter(|s| !s.is_empty());
    if let (Some(only), None) = (present.next(), present.next()) {
        return Ok(*only);
    }
    let mut out = rt.writer();
    let mut ascii = true;
    for part in parts.iter().flatten() {
        ascii &= part.ascii();
        out.push_text(*part)?;
    }
    Ok(out.text_that_is(ascii))
}

pub fn concat2(rt: &mut Rt<'_>, a: Option<Str>, b: Option<Str>) -> R<Str> {
    concat(rt, &[a, b])
}

pub fn concat3(rt: &mut Rt<'_>, a: Option<Str>, b: Option<Str>, c: Option<Str>) -> R<Str> {
    concat(rt, &[a, b, c])
}

pub fn concat_list(rt: &mut Rt<'_>, list: List) -> R<Str> {
    join(rt, None, list)
}

pub fn join(rt: &mut Rt<'_>, separator: Option<Str>, list: List) -> R<Str> {
    rt.charge(CALL + list.len() as u64 * 2 * SLOW)?;
    // A raw look at the arguments first: the writer borrows the arena, and earlier memory never changes.
    let separator = separator.map_or(&[][..], |s| rt.bytes(s));
    let reader = rt.reader();
    let mut out = rt.writer();
    for index in 0..list.len() {
        if index > 0 {
            out.push(separator)?;
        }
        let item = reader.item(list, index);
        if item != 0 {
            out.push(reader.bytes(Str(item)))?;
        }
    }
    Ok(out.text())
}

/// Every occurrence of `old`. An empty `old` is `Argument`, an absent `new` removes.
pub fn replace(rt: &mut Rt<'_>, s: Str, old: Str, new: Option<Str>, ic: bool) -> R<Str> {
    rt.charge(CALL)?;
    if old.is_empty() {
        return Err(Fault::Argument);
    }
    if !ic {
        return replace_bytes(rt, s, old, new);
    }
    let (mut rest, wanted) = (rt.str(s), rt.str(old));
    let ascii = s.ascii() && old.ascii();
    let mut hit = find_ignoring_case(rest, wanted, ascii, |units| rt.charge(units))?;
    if hit.is_none() {
        return Ok(s);
    }
    let new = new.map_or(&[][..], |n| rt.bytes(n));
    let mut out = rt.writer();
    while let Some((at, len)) = hit {
        out.charge(CALL * 2)?;
        out.push(&rest.as_bytes()[..at])?;
        out.push(new)?;
        rest = &rest[at + len..];
        hit = find_ignoring_case(rest, wanted, ascii, |units| out.charge(units))?;
    }
    out.push(rest.as_bytes())?;
    Ok(out.text())
}

/// [`replace`] in every text of a list.
pub fn replace_each(rt: &mut Rt<'_>, list: List, old: Str, new: Option<Str>) -> R<List> {
    let out = crate::list::new_list(rt, list.len() as i64)?;
    for index in 0..list.len() {
        rt.charge(TURN)?;
        let text = replace(rt, Str(rt.item(list, index)), old, new, false)?;
        rt.set_item(out, index, text.0);
    }
    Ok(out)
}

/// As [`replace`], byte by byte equal.
fn replace_bytes(rt: &mut Rt<'_>, s: Str, old: Str, new: Option<Str>) -> R<Str> {
    let (mut rest, wanted) = (rt.bytes(s), rt.bytes(old));
    rt.charge((rest.len() + wanted.len()) as u64)?;
    let mut hit = find_bytes(rest, wanted, |units| rt.charge(units))?;
    if hit.is_none() {
        return Ok(s);
    }
    let ascii = s.ascii() && new.is_none_or(Str::ascii);
    let new = new.map_or(&[][..], |n| rt.bytes(n));
    let mut out = rt.writer();
    out.charge(rest.len() as u64 * 2)?;
    while let Some(at) = hit {
        out.charge(CALL + SLOW + (at + new.len()) as u64)?;
        out.put_text(&rest[..at])?;
        out.put_text(new)?;
        rest = &rest[at + wanted.len()..];
        hit = find_bytes(rest, wanted, |units| out.charge(units))?;
    }
    out.push(rest)?;
    Ok(if ascii {
        out.text_that_is(true)
    } else {
        out.text()
    })
}

pub fn insert(rt: &mut Rt<'_>, s: Str, at: i32, part: Str) -> R<Str> {
    rt.charge(CALL)?;
    let at = utf16::byte(rt, s, i64::from(at))?;
    let (bytes, part) = (rt.bytes(s), rt.bytes(part));
    let mut out = rt.writer();
    out.push(&bytes[..at])?;
    out.push(part)?;
    out.push(&bytes[at..])?;
    Ok(out.text())
}

/// `PadLeft` or `PadRight`. A negative width is `OutOfRange`.
pub fn pad(rt: &mut Rt<'_>, s: Str, width: i32, c: i32, left: bool) -> R<Str> {
    rt.charge(CALL)?;
    let width = usize::try_from(width).map_err(|_| Fault::OutOfRange)?;
    let missing = width.saturating_sub(utf16::len(rt, s)?);
    if missing == 0 {
        return Ok(s);
    }
    rt.charge(CALL)?;
    let (c, bytes) = (utf16::char_of(c)?, rt.bytes(s));
    let mut out = rt.writer();
    if !left {
        out.push(bytes)?;
    }
    out.repeat(c.encode_utf8(&mut [0; 4]).as_bytes(), missing)?;
    if left {
        out.push(bytes)?;
    }
    Ok(out.text())
}

/// The alignment of an interpolation: positive = right-aligned, negative = left-aligned.
pub fn align(rt: &mut Rt<'_>, s: Str, width: i32) -> R<Str> {
    pad(
        rt,
        s,
        width.checked_abs().ok_or(Fault::Argument)?,
        i32::from(b' '),
        width > 0,
    )
}

pub fn repeat(rt: &mut Rt<'_>, c: i32, count: i32) -> R<Str> {
    rt.charge(CALL)?;
    let count = usize::try_from(count).map_err(|_| Fault::OutOfRange)?;
    let c = utf16::char_of(c)?;
    let mut out = rt.writer();
    out.repeat(c.encode_utf8(&mut [0; 4]).as_bytes(), count)?;
    Ok(out.text())
}

pub fn from_char(rt: &mut Rt<'_>, c: i32) -> R<Str> {
    rt.charge(CALL)?;
    let mut out = rt.writer();
    out.char(utf16::char_of(c)?)?;
    Ok(out.text())
}

/// A text from UTF-16 units.
pub fn from_chars(rt: &mut Rt<'_>, list: List) -> R<Str> {
    rt.charge(CALL)?;
    let reader = rt.reader();
    let mut out = rt.writer();
    let mut index = 0;
    while index < list.len() {
        out.charge(SLOW * 3)?;
        let c = utf16::join(reader.item(list, index) as i32, || {
            index += 1;
            (index < list.len()).then(|| reader.item(list, index) as i32)
        })?;
        out.char(c)?;
        index += 1;
    }
    Ok(out.text())
}

/// Keeps the text of a `throw` for the error cell.
pub fn throw(rt: &mut Rt<'_>, text: Option<Str>) -> R<()> {
    rt.charge(CALL)?;
    rt.set_custom(text.map_or(0, |t| t.0));
    Err(Fault::Custom)
}
