//! Case: .NET's invariant, one-to-one mapping, comparison without case, title case.
//!
//! Invariants: no character becomes two (ß stays ß); U+0130, U+0131 and U+017F map to themselves, as in .NET's invariant
//! culture; order is that of UTF-16 units.

use core::cmp::Ordering;

use crate::bulk;
use crate::class;
use crate::mem::{CALL, R, Rt, SLOW, Str};

/// The simple upper-case mapping.
pub fn upper(c: char) -> char {
    match c {
        'a'..='z' => c.to_ascii_uppercase(),
        '\0'..='\x7f' | '\u{131}' | '\u{17f}' => c,
        // Letters whose full mapping is several characters but whose simple one is the title-case letter.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => shift(c, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => shift(c, 9),
        _ => only(c.to_uppercase()).unwrap_or(c),
    }
}

/// The simple lower-case mapping.
pub fn lower(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        '\0'..='\x7f' | '\u{130}' => c,
        _ => only(c.to_lowercase()).unwrap_or(c),
    }
}

/// Units of a character whose case is looked up: beyond ASCII in a table.
pub fn cost(c: char) -> u64 {
    if c.is_ascii() { SLOW } else { SLOW * 24 }
}

/// Units of a character beyond ASCII whose class is looked up.
pub const LOOKUP: u64 = SLOW * 4;

/// The same for a byte of two texts that are compared without case.
pub fn cost_of_byte(a: Str, b: Str) -> u64 {
    if a.ascii() && b.ascii() {
        SLOW
    } else {
        SLOW * 24
    }
}

fn shift(c: char, by: u32) -> char {
    char::from_u32(c as u32 + by).unwrap_or(c)
}

fn only(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    let first = mapped.next();
    first.filter(|_| mapped.next().is_none())
}

/// `letters`: the first of the 26 that change.
fn map(rt: &mut Rt<'_>, s: Str, letters: u8, each: fn(char) -> char) -> R<Str> {
    rt.charge(CALL + s.len() as u64)?;
    let bytes = rt.bytes(s);
    if s.ascii() {
        if !bulk::has_letter(bytes, letters) {
            return Ok(s);
        }
        let copy = rt.ascii_copy(bytes)?;
        bulk::change_case(rt.fresh(copy), letters);
        return Ok(copy);
    }
    let text = rt.str(s);
    let mut out = rt.writer();
    for c in text.chars() {
        out.charge(SLOW + cost(c))?;
        out.char(each(c))?;
    }
    Ok(out.text())
}

pub fn to_lower(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    map(rt, s, b'A', lower)
}

pub fn to_upper(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    map(rt, s, b'a', upper)
}

pub fn char_lower(rt: &mut Rt<'_>, c: i32) -> i32 {
    unit(rt, c, lower)
}

pub fn char_upper(rt: &mut Rt<'_>, c: i32) -> i32 {
    unit(rt, c, upper)
}

fn unit(rt: &mut Rt<'_>, c: i32, each: fn(char) -> char) -> i32 {
    rt.spend(if c < 0x80 { 0 } else { LOOKUP });
    u32::try_from(c)
        .ok()
        .and_then(char::from_u32)
        .map_or(c, |c| each(c) as i32)
}

/// Equal but for the case of the letters of ASCII: quicker than `eq_ignore_ascii_case` where compiled code counts.
pub fn same_letters(a: &[u8], b: &[u8]) -> bool {
    let same = |(a, b): (&u8, &u8)| a == b || a ^ b == 0x20 && (a | 0x20).is_ascii_lowercase();
    a.len() == b.len() && a.iter().zip(b).all(same)
}

/// Equal without case.
pub fn equal(rt: &mut Rt<'_>, a: Option<crate::mem::Str>, b: Option<Str>) -> R<bool> {
    let (Some(a), Some(b)) = (a, b) else {
        rt.charge(CALL)?;
        return Ok(a.is_none() && b.is_none());
    };
    rt.charge(CALL + a.len().min(b.len()) as u64 * cost_of_byte(a, b))?;
    if a.ascii() && b.ascii() {
        return Ok(same_letters(rt.bytes(a), rt.bytes(b)));
    }
    let (a, b) = (rt.str(a), rt.str(b));
    Ok(a.chars().map(upper).eq(b.chars().map(upper)))
}

/// Ordinal order: -1, 0 or 1; absent comes first.
pub fn compare(rt: &mut Rt<'_>, a: Option<Str>, b: Option<Str>, ic: bool) -> R<i32> {
    rt.charge(CALL)?;
    let (Some(a), Some(b)) = (a, b) else {
        return Ok(i32::from(a.is_some()) - i32::from(b.is_some()));
    };
    let of_byte = if ic { cost_of_byte(a, b) } else { SLOW };
    rt.charge(a.len().min(b.len()) as u64 * of_byte)?;
    Ok(order(rt, a, b, ic) as i32)
}

/// Order of UTF-16 units. Of ASCII the bytes are the units.
pub fn order(rt: &Rt<'_>, a: Str, b: Str, ic: bool) -> Ordering {
    if a.ascii() && b.ascii() {
        let (a, b) = (rt.bytes(a), rt.bytes(b));
        let upper = u8::to_ascii_uppercase;
        return match ic {
            true => a.iter().map(upper).cmp(b.iter().map(upper)),
            false => a.cmp(b),
        };
    }
    let (a, b) = (rt.str(a), rt.str(b));
    if ic {
        let unit = |c: char| upper(c);
        return utf16_order(a.chars().map(unit), b.chars().map(unit));
    }
    utf16_order(a.chars(), b.chars())
}

/// Characters above U+FFFF sort among the surrogates, below U+E000, when UTF-16 units are compared.
fn utf16_order(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> Ordering {
    let rank = |c: char| {
        let c = c as u32;
        match c {
            0x10000.. => c - 0x10000 + 0xd800,
            0xe000..=0xffff => c + 0x0010_0000,
            _ => c,
        }
    };
    a.map(rank).cmp(b.map(rank))
}

/// .NET's title case: the first letter of each word upper, the rest lower.
pub fn title(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    rt.charge(CALL)?;
    if s.ascii() {
        return title_ascii(rt, s);
    }
    let text = rt.str(s);
    let mut out = rt.writer();
    let mut inside = false;
    for c in text.chars() {
        out.charge(SLOW + cost(c))?;
        let letter = class::is_letter(c as u32);
        out.char(if letter && !inside {
            upper(c)
        } else {
            lower(c)
        })?;
        // An apostrophe does not begin a word.
        inside = letter || inside && c == '\'';
    }
    Ok(out.text())
}

/// As [`title`], byte by byte.
fn title_ascii(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    rt.charge(s.len() as u64 * SLOW)?;
    let copy = rt.ascii_copy(rt.bytes(s))?;
    let mut inside = false;
    for b in rt.fresh(copy) {
        let letter = b.is_ascii_alphabetic();
        *b = if letter && !inside {
            b.to_ascii_uppercase()
        } else {
            b.to_ascii_lowercase()
        };
        inside = letter || inside && *b == b'\'';
    }
    Ok(copy)
}

/// `TextInfo.ToTitleCase`: as [`title`], but a word of capitals alone stays as it is.
pub fn title_words(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    rt.charge(CALL)?;
    let text = rt.str(s);
    let mut out = rt.writer();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        out.charge(if c.is_ascii() { SLOW * 4 } else { SLOW * 8 })?;
        if !class::is_letter(c as u32) {
            out.char(c)?;
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let len = rest.find(ends_word).unwrap_or(rest.len());
        let (word, after) = rest.split_at(len);
        out.charge(len as u64 * SLOW * 8)?;
        out.char(first_of_word(c))?;
        let mut lowered = class::category(c as u32) == 1;
        let mut part = &word[c.len_utf8()..];
        // Letters up to an apostrophe are lowered where one of them is small, and after it always.
        while !part.is_empty() {
            let end = part.find('\'').map_or(part.len(), |at| at + 1);
            let (now, later) = part.split_at(end);
            lowered |= now.chars().any(|c| class::category(c as u32) == 1);
            for c in now.chars() {
                out.char(if lowered { lower(c) } else { c })?;
            }
            lowered = true;
            part = later;
        }
        rest = after;
    }
    Ok(out.text())
}

/// Upper case, but for the digraphs that have a form for the beginning of a word.
fn first_of_word(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        _ => upper(c),
    }
}

/// Spaces, controls, punctuation and symbols, but for the apostrophe.
fn ends_word(c: char) -> bool {
    c != '\'' && matches!(class::category(c as u32), 11..=15 | 18..=28)
}
