//! Texts as the functions of Entra Connect see them: places count from 1, and most mistakes give the input back.
//!
//! Invariants: lengths and places are UTF-16 units; a cut between the halves of a surrogate pair is `Argument`.
//!
//! Source: "Microsoft Entra Connect Sync: Functions Reference" and "Reference for writing expressions for attribute
//! mappings in Microsoft Entra ID".

use crate::bulk;
use crate::case::{lower, upper};
use crate::mem::{CALL, Fault, List, R, Rt, SLOW, Str};
use crate::text_search::find;
use crate::{number_parse, text_build, utf16};

/// The first `count` units; all of it where the count is negative or too large, nothing of an absent text.
pub fn left(rt: &mut Rt<'_>, s: Option<Str>, count: i64) -> R<Str> {
    rt.charge(CALL)?;
    let Some(s) = s else { return Ok(rt.no_text()) };
    if count < 0 || count >= utf16::len(rt, s)? as i64 {
        return Ok(s);
    }
    let end = utf16::byte(rt, s, count)?;
    Ok(rt.part(s, 0, end))
}

/// The last `count` units, with the edges of [`left`].
pub fn right(rt: &mut Rt<'_>, s: Option<Str>, count: i64) -> R<Str> {
    rt.charge(CALL)?;
    let Some(s) = s else { return Ok(rt.no_text()) };
    let len = utf16::len(rt, s)? as i64;
    if count < 0 || count >= len {
        return Ok(s);
    }
    let start = utf16::byte(rt, s, len - count)?;
    Ok(rt.part(s, start, s.len()))
}

/// `count` units from a place on; all of it where the count is negative or the place lies outside.
pub fn mid(rt: &mut Rt<'_>, s: Option<Str>, start: i64, count: i64) -> R<Str> {
    rt.charge(CALL)?;
    let Some(s) = s else { return Ok(rt.no_text()) };
    if count == 0 {
        return Ok(rt.no_text());
    }
    let len = utf16::len(rt, s)? as i64;
    if count < 0 || start <= 0 || start > len {
        return Ok(s);
    }
    let from = utf16::byte(rt, s, start - 1)?;
    let to = utf16::byte(rt, s, (start - 1).saturating_add(count).min(len))?;
    Ok(rt.part(s, from, to))
}

/// The place of the first occurrence from `start` on, 0 where there is none.
pub fn in_str(rt: &mut Rt<'_>, s: Option<Str>, part: Option<Str>, start: i64, ic: bool) -> R<i32> {
    rt.charge(CALL)?;
    let (Some(s), Some(part)) = (s, part) else {
        return Ok(0);
    };
    if start < 1 {
        return Err(Fault::Argument);
    }
    if start > utf16::len(rt, s)? as i64 {
        return Ok(0);
    }
    let from = utf16::byte(rt, s, start - 1)?;
    match find(rt, s, part, from, ic)? {
        Some((at, _)) => Ok(utf16::index(rt, s, at)? + 1),
        None => Ok(0),
    }
}

/// The place of the last occurrence that ends at `start` or before, 0 where there is none; a start of -1 is the end. As
/// in Visual Basic nothing is found in an empty text or from behind the end on, and an empty text is found at the start.
pub fn in_str_rev(
    rt: &mut Rt<'_>,
    s: Option<Str>,
    part: Option<Str>,
    start: i64,
    ic: bool,
) -> R<i32> {
    rt.charge(CALL)?;
    let (Some(s), Some(part)) = (s, part) else {
        return Ok(0);
    };
    if start == 0 || start < -1 {
        return Err(Fault::Argument);
    }
    let len = utf16::len(rt, s)? as i64;
    let start = if start == -1 { len } else { start };
    if len == 0 || start > len {
        return Ok(0);
    }
    if part.is_empty() {
        return Ok(start as i32);
    }
    let end = utf16::byte(rt, s, start)?;
    let before = rt.part(s, 0, end);
    let found = crate::text_search::last_index_of(rt, before, part, ic)?;
    Ok(found + 1)
}

/// The text without its blanks (U+0020), wherever they stand.
pub fn strip_spaces(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    rt.charge(CALL + s.len() as u64)?;
    let bytes = rt.bytes(s);
    if bulk::position(bytes, b' ').is_none() {
        return Ok(s);
    }
    let mut out = rt.writer();
    out.charge(bytes.len() as u64 * 4)?;
    for word in bytes.split(|b| *b == b' ') {
        out.charge(CALL)?;
        out.push(word)?;
    }
    Ok(out.text())
}

/// Filled up to a width with one character; nothing of an absent text.
pub fn pad(rt: &mut Rt<'_>, s: Option<Str>, width: i64, with: Str, left: bool) -> R<Str> {
    rt.charge(CALL)?;
    let Some(s) = s else { return Ok(rt.no_text()) };
    let mut chars = rt.str(with).encode_utf16();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return Err(Fault::Argument);
    };
    let width = i32::try_from(width.max(0)).map_err(|_| Fault::OutOfRange)?;
    text_build::pad(rt, s, width, i32::from(c), left)
}

/// The first letter of each word upper, the rest lower; words end at these characters.
pub fn proper_case(rt: &mut Rt<'_>, s: Str, separators: Str) -> R<Str> {
    rt.charge(CALL)?;
    let (text, separators) = (rt.str(s), rt.str(separators));
    let mut out = rt.writer();
    let mut is_first = true;
    for c in text.chars() {
        out.charge(crate::case::cost(c) * 2 + SLOW + separators.len() as u64 * 8)?;
        out.char(if is_first { upper(c) } else { lower(c) })?;
        is_first = separators.contains(c);
    }
    Ok(out.text())
}

/// Characters replaced by a table `a:b,c:,d:xyz`: one character each, by any number of them. White space does not
/// count.
pub fn replace_chars(rt: &mut Rt<'_>, s: Str, table: Str) -> R<Str> {
    rt.charge(CALL + table.len() as u64 * SLOW)?;
    let (text, table) = (rt.str(s), rt.str(table));
    for pair in table.split(',') {
        let source = pair.split_once(':').map(|(source, _)| source);
        let source = source.map(|source| source.chars().filter(|c| !c.is_whitespace()).count());
        if source != Some(1) && !pair.trim().is_empty() {
            return Err(Fault::Format);
        }
    }
    let mut out = rt.writer();
    for c in text.chars() {
        let wide = if c.is_ascii() { 0 } else { SLOW * 3 };
        out.charge(SLOW * 2 + wide + table.len() as u64 * 2)?;
        let first = c.encode_utf8(&mut [0; 4]).as_bytes()[0];
        if bulk::position(table.as_bytes(), first).is_none() {
            out.char(c)?;
            continue;
        }
        // The whole table is looked through for each character that it has.
        out.charge(SLOW * (8 + 2 * table.len() as u64))?;
        let pairs = table.split(',').filter_map(|pair| pair.split_once(':'));
        let mut pairs = pairs.filter(|(source, _)| source.trim().starts_with(c));
        match pairs.next() {
            Some((_, target)) => {
                for c in target.chars().filter(|c| !c.is_whitespace()) {
                    out.char(c)?;
                }
            }
            None => out.char(c)?,
        }
    }
    Ok(out.text())
}

/// The `number`-th word between any of these characters; nothing where there is none.
pub fn word(rt: &mut Rt<'_>, s: Option<Str>, number: i64, delimiters: Option<Str>) -> R<Str> {
    rt.charge(CALL)?;
    // No text has more words than that, in either evaluator.
    let (Some(s), Ok(number)) = (s, u32::try_from(number.saturating_sub(1))) else {
        return Ok(rt.no_text());
    };
    let text = rt.str(s);
    let delimiters = delimiters.map_or("", |d| rt.str(d));
    rt.charge(text.len() as u64 * (SLOW * 3 + delimiters.len() as u64 * 4))?;
    let is_end = |c: char| delimiters.contains(c);
    let mut from = 0;
    let words = text.split(is_end).map(|word| {
        let start = from;
        let end = start + word.len();
        from = end + text[end..].chars().next().map_or(0, char::len_utf8);
        (start, end)
    });
    let mut words = words.filter(|(start, end)| end > start);
    let found = words.nth(number as usize);
    Ok(found.map_or(rt.no_text(), |(from, to)| rt.part(s, from, to)))
}

/// A text as a condition, as Visual Basic reads it: `True`, `False`, or a number, of which only zero is false.
pub fn truth(rt: &mut Rt<'_>, s: Str) -> R<bool> {
    match number_parse::parse_bool(rt, s) {
        Err(Fault::Format) => {
            let number = number_parse::try_parse(rt, Some(s), 2)?;
            let number = number.ok_or(Fault::Format)?;
            Ok(f64::from_bits(rt.unbox(number)) != 0.0)
        }
        found => found,
    }
}

/// `\n`, `\r` and `\t` of a text as the characters they stand for.
pub fn unescaped(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    rt.charge(CALL + s.len() as u64)?;
    let text = rt.str(s);
    if !text.contains('\\') {
        return Ok(s);
    }
    let mut out = rt.writer();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push(&rest.as_bytes()[..at])?;
        let (c, used) = match rest.as_bytes().get(at + 1) {
            Some(b'n') => (b'\n', 2),
            Some(b'r') => (b'\r', 2),
            Some(b't') => (b'\t', 2),
            _ => (b'\\', 1),
        };
        out.push(&[c])?;
        rest = &rest[at + used..];
    }
    out.push(rest.as_bytes())?;
    Ok(out.text())
}

/// The place of the first value that holds this text, 0 where there is none.
pub fn contains(rt: &mut Rt<'_>, values: Option<List>, part: Str, ic: bool, exact: bool) -> R<i32> {
    rt.charge(CALL)?;
    let Some(values) = values else { return Ok(0) };
    for index in 0..values.len() {
        rt.charge(SLOW)?;
        let value = rt.item(values, index);
        if value == 0 {
            continue;
        }
        let value = Str(value);
        let found = match (exact, ic) {
            (true, false) => crate::text_search::equal(rt, Some(value), Some(part))?,
            (true, true) => crate::case::equal(rt, Some(value), Some(part))?,
            (false, ic) => find(rt, value, part, 0, ic)?.is_some(),
        };
        if found {
            return Ok(index as i32 + 1);
        }
    }
    Ok(0)
}
