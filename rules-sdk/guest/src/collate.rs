//! The order of texts that a culture has, for the invariant culture: letters before case, base letters before marks.
//!
//! Invariants: three passes, as the Unicode collation algorithm has them (base characters; marks; case, small first);
//! what a pass does not see decides nothing there; characters of other scripts order by their number.

use core::cmp::{Ordering, Reverse};

use crate::case;
use crate::latin;
use crate::mem::{CALL, R, Rt, SLOW, Str};

/// Punctuation and symbols of ASCII in the order of the root collation; digits and letters follow.
const MARKS: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// `how` is .NET's StringComparison: even numbers see case, from 4 on units alone count.
pub fn compare(rt: &mut Rt<'_>, a: Option<Str>, b: Option<Str>, how: i32) -> R<i32> {
    let ic = how & 1 == 1;
    if how >= 4 {
        return case::compare(rt, a, b, ic);
    }
    rt.charge(CALL)?;
    let (Some(a), Some(b)) = (a, b) else {
        return Ok(i32::from(a.is_some()) - i32::from(b.is_some()));
    };
    Ok(texts(rt, a, b, ic)? as i32)
}

/// As [`order`], charged.
pub fn texts(rt: &mut Rt<'_>, a: Str, b: Str, ic: bool) -> R<Ordering> {
    let units = if a.ascii() && b.ascii() {
        CALL + a.len().min(b.len()) as u64 * SLOW
    } else {
        (a.len() + b.len()) as u64 * SLOW * 12
    };
    rt.charge(units)?;
    Ok(order(rt.str(a), rt.str(b), ic))
}

/// The places of ASCII characters; 0 is ignored.
const PLACES: [u8; 128] = places();

const fn places() -> [u8; 128] {
    let mut out = [0; 128];
    let mut c = 0;
    while c < 128 {
        out[c] = match c as u8 {
            b'\t'..=b'\r' => c as u8,
            b' ' => 0x20,
            b'0'..=b'9' => c as u8 + 0x30,
            b'a'..=b'z' => c as u8 + 0x10,
            b'A'..=b'Z' => c as u8 + 0x30,
            _ => 0,
        };
        c += 1;
    }
    let marks = MARKS.as_bytes();
    let mut at = 0;
    while at < marks.len() {
        out[marks[at] as usize] = 0x30 + at as u8;
        at += 1;
    }
    out
}

fn ascii_order(a: &str, b: &str, ic: bool) -> Ordering {
    let place = |b: &u8| PLACES[usize::from(*b & 0x7f)];
    let visible = |b: &&u8| PLACES[usize::from(**b & 0x7f)] != 0;
    let (a, b) = (a.as_bytes().iter(), b.as_bytes().iter());
    let (a, b) = (a.filter(visible), b.filter(visible));
    let first = a.clone().map(place).cmp(b.clone().map(place));
    if ic || first != Ordering::Equal {
        return first;
    }
    a.map(u8::is_ascii_uppercase)
        .cmp(b.map(u8::is_ascii_uppercase))
}

pub fn order(a: &str, b: &str, ic: bool) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if a.is_ascii() && b.is_ascii() {
        return ascii_order(a, b, ic);
    }
    let first = || bases(a).map(primary).cmp(bases(b).map(primary));
    let second = || marks(a).cmp(marks(b));
    let third = || bases(a).map(is_upper).cmp(bases(b).map(is_upper));
    let order = first().then_with(second);
    if ic { order } else { order.then_with(third) }
}

/// What no pass sees.
fn ignored(c: char) -> bool {
    matches!(c, '\0'..='\x08' | '\x0e'..='\x1f' | '\x7f'..='\u{9f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn is_mark(c: char) -> bool {
    u16::try_from(c as u32).is_ok_and(latin::combining)
}

/// The characters without their marks.
fn bases(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| !ignored(*c) && !is_mark(*c))
        .flat_map(base)
}

fn base(c: char) -> impl Iterator<Item = char> {
    let letters: [Option<char>; 2] = match c {
        'ß' => [Some('s'), Some('s')],
        'ẞ' => [Some('S'), Some('S')],
        'æ' => [Some('a'), Some('e')],
        'Æ' => [Some('A'), Some('E')],
        'œ' => [Some('o'), Some('e')],
        'Œ' => [Some('O'), Some('E')],
        _ => [Some(latin::base(c)), None],
    };
    letters.into_iter().flatten()
}

/// A base character's place: spaces, marks, digits, letters.
fn primary(c: char) -> u32 {
    let small = case::lower(c);
    match small {
        '\t'..='\r' => small as u32,
        ' ' | '\u{a0}' => 0x20,
        '0'..='9' => 0x200 + small as u32,
        'a'..='z' => 0x400 + small as u32,
        'ς' => 0x1000 + 'σ' as u32,
        _ => match MARKS.chars().position(|m| m == small) {
            Some(at) => 0x40 + at as u32,
            None if small.is_alphabetic() => 0x1000 + small as u32,
            None => 0x100 + (small as u32 & 0xff),
        },
    }
}

/// The marks in their order, each with the number of the base before it.
fn marks(text: &str) -> impl Iterator<Item = (Reverse<usize>, u32)> {
    let mut at = 0;
    text.chars().filter(|c| !ignored(*c)).filter_map(move |c| {
        if is_mark(c) {
            return Some((Reverse(at), c as u32));
        }
        at += base(c).count();
        let small = case::lower(c);
        // A mark that is part of its letter; a later base without one comes first, so the sooner mark is the greater.
        (latin::base(small) != small || matches!(small, 'ß' | 'æ' | 'œ'))
            .then_some((Reverse(at), small as u32))
    })
}

fn is_upper(c: char) -> bool {
    case::lower(c) != c
}
