//! Regular expressions, one match after another: from a place on, so many, the next one, a template for one.
//!
//! Invariants: a match holds the text and the program that it came of, behind its groups; places are UTF-16 units and what lies
//! beyond the text is `OutOfRange`.

use crate::mem::{CALL, Fault, List, R, Rt, Str};
use crate::regex;
use crate::regex_template::{Matched, expand};
use crate::utf16;

/// The first match from a place on.
///
/// # Errors
/// A place beyond the text.
pub fn first_from(rt: &mut Rt<'_>, text: Str, program: Str, start: i32) -> R<List> {
    let start = utf16::byte(rt, text, i64::from(start))?;
    regex::first_from(rt, text, program, start)
}

/// Every match from a place on.
///
/// # Errors
/// A place beyond the text.
pub fn all_from(rt: &mut Rt<'_>, text: Str, program: Str, start: i32) -> R<List> {
    let start = utf16::byte(rt, text, i64::from(start))?;
    regex::all_from(rt, text, program, start)
}

/// The match after a match; none after none.
///
/// # Errors
/// As every call: the row's budget.
pub fn next(rt: &mut Rt<'_>, found: List) -> R<List> {
    rt.charge(CALL)?;
    let Some((text, program, (from, to))) = source(rt, found)? else {
        return rt.new_list(0);
    };
    let step = match to > from {
        true => Some(0),
        // An empty match is followed by a step of one character.
        false => rt.str(text)[to..].chars().next().map(char::len_utf8),
    };
    match step {
        Some(step) => regex::first_from(rt, text, program, to + step),
        None => rt.new_list(0),
    }
}

/// A template filled from a match, as `Replace` fills it.
///
/// # Errors
/// No match.
pub fn result(rt: &mut Rt<'_>, found: List, with: Str) -> R<Str> {
    rt.charge(CALL)?;
    let (text, program, place) = source(rt, found)?.ok_or(Fault::InvalidOperation)?;
    let groups = regex::groups(rt, program);
    let reader = rt.reader();
    let matched = Matched {
        whole: reader.str(text),
        place,
        groups,
    };
    let text_of = |number: usize| match reader.item(found, number * 2) {
        0 => "",
        cell => reader.str(Str(cell)),
    };
    let template = reader.str(with);
    let mut out = rt.writer();
    expand(&mut out, template, &matched, &text_of)?;
    Ok(out.text())
}

/// At most so many matches from a place on replaced; -1 stands for all.
///
/// # Errors
/// A lesser number, a place beyond the text.
pub fn replace_some(
    rt: &mut Rt<'_>,
    text: Str,
    program: Str,
    with: Str,
    count: i32,
    start: i32,
) -> R<Str> {
    let most = match count {
        -1 => usize::MAX,
        count => usize::try_from(count).map_err(|_| Fault::OutOfRange)?,
    };
    let start = utf16::byte(rt, text, i64::from(start))?;
    regex::replace_part(rt, text, program, with, (start, most))
}

/// At most so many parts; 0 stands for all.
///
/// # Errors
/// A negative number.
pub fn split_some(rt: &mut Rt<'_>, text: Str, program: Str, count: i32) -> R<List> {
    let count = usize::try_from(count).map_err(|_| Fault::OutOfRange)?;
    let most = count.checked_sub(1).unwrap_or(usize::MAX);
    regex::split_part(rt, text, program, (0, most))
}

/// What a match was found in and with, and its octets.
type Source = (Str, Str, (usize, usize));

fn source(rt: &mut Rt<'_>, found: List) -> R<Option<Source>> {
    let Some(last) = found.len().checked_sub(2) else {
        return Ok(None);
    };
    let (text, program) = (Str(rt.item(found, last)), Str(rt.item(found, last + 1)));
    let index = rt.item(found, 1) as i32;
    let from = utf16::byte(rt, text, i64::from(index))?;
    let to = from + Str(rt.item(found, 0)).len();
    Ok(Some((text, program, (from, to))))
}
