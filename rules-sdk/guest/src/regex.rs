//! Regular expressions: what is asked of a pattern and a text.
//!
//! A program is made by the compiler (`syncline_rules::regex`). Where it has a table (`regex_table`), that is gone by; else the
//! machine of `regex_machine` runs.
//!
//! Invariants: of all matches at the leftmost place the one wins that a backtracking machine would find first, as in .NET;
//! work is charged before it is done; time is linear in the text for every match that is looked for.

use crate::mem::{CALL, List, R, Rt, SLOW, Str};
use crate::regex_machine::{NONE, Program, SLOTS_MAX, search};
use crate::regex_table::{Keep, Table};
use crate::regex_template::{Matched, expand};
use crate::utf16;

/// The next match after one: an empty match is followed by a step of one character.
fn next_start(text: &str, places: &[u32; SLOTS_MAX]) -> Option<usize> {
    let (from, to) = (places[0] as usize, places[1] as usize);
    if to > from {
        return Some(to);
    }
    text[to..].chars().next().map(|c| to + c.len_utf8())
}

/// A group of a match; `None` where it took no part.
fn group(rt: &Rt<'_>, text: Str, places: &[u32; SLOTS_MAX], number: usize) -> Option<Str> {
    let (from, to) = (places[number * 2], places[number * 2 + 1]);
    (from != NONE && to != NONE).then(|| rt.part(text, from as usize, to as usize))
}

pub(crate) fn groups(rt: &Rt<'_>, program: Str) -> usize {
    Program::of(rt.bytes(program)).slots / 2
}

/// Whether the pattern occurs in a text.
///
/// # Errors
/// As every call: the row's budget.
pub fn is_match(rt: &mut Rt<'_>, text: Str, program: Str) -> R<bool> {
    let Some(table) = table(rt, program) else {
        return Ok(search(rt, program, text, 0)?.is_some());
    };
    rt.charge(CALL * 4)?;
    let text = rt.bytes(text);
    table.find::<false>(text, 0, &mut Keep::new(), &mut |units| rt.charge(units))
}

fn table<'m>(rt: &Rt<'m>, program: Str) -> Option<Table<'m>> {
    let text = rt.bytes(program);
    Table::of(text, Program::of(text).slots)
}

/// A match as a list: the text of each group, absent where it took no part, and its index in UTF-16 units; then the text
/// and the program, so that the next match can be asked for.
fn match_list(rt: &mut Rt<'_>, text: Str, program: Str, places: &[u32; SLOTS_MAX]) -> R<List> {
    let count = groups(rt, program);
    let list = rt.new_list(count * 2 + 2)?;
    rt.set_item(list, count * 2, text.0);
    rt.set_item(list, count * 2 + 1, program.0);
    for number in 0..count {
        if let Some(value) = group(rt, text, places, number) {
            let index = utf16::index(rt, text, places[number * 2] as usize)?;
            rt.set_item(list, number * 2, value.0);
            rt.set_item(list, number * 2 + 1, index as u64);
        }
    }
    Ok(list)
}

/// The first match, or an empty list.
pub fn first(rt: &mut Rt<'_>, text: Str, program: Str) -> R<List> {
    first_from(rt, text, program, 0)
}

/// The first match from an octet on.
pub(crate) fn first_from(rt: &mut Rt<'_>, text: Str, program: Str, start: usize) -> R<List> {
    let found = match table(rt, program) {
        Some(table) => {
            rt.charge(CALL * 4 + KEEP)?;
            let (text, mut keep) = (rt.bytes(text), Keep::new());
            let found =
                table.find::<true>(text, start, &mut keep, &mut |units| rt.charge(units))?;
            found.then_some(*keep.found())
        }
        None => search(rt, program, text, start)?,
    };
    match found {
        Some(places) => match_list(rt, text, program, &places),
        None => rt.new_list(0),
    }
}

/// Every match.
pub fn all(rt: &mut Rt<'_>, text: Str, program: Str) -> R<List> {
    all_from(rt, text, program, 0)
}

/// Every match from an octet on.
pub(crate) fn all_from(rt: &mut Rt<'_>, text: Str, program: Str, start: usize) -> R<List> {
    let width = groups(rt, program) * 2;
    let found = places(rt, text, program, (start, usize::MAX))?;
    let count = found.len() / width;
    let list = rt.new_list(count)?;
    let mut places = [NONE; SLOTS_MAX];
    for one in 0..count {
        rt.charge(CALL)?;
        for (slot, place) in places[..width].iter_mut().enumerate() {
            *place = rt.item(found, one * width + slot) as u32;
        }
        let one_list = match_list(rt, text, program, &places)?;
        rt.set_item(list, one, one_list.0);
    }
    Ok(list)
}

/// Where matches are looked for: from which octet on, and how many at most.
pub(crate) type Part = (usize, usize);

/// All of a text.
pub(crate) const WHOLE: Part = (0, usize::MAX);

/// Goes from match to match.
fn walk(
    rt: &mut Rt<'_>,
    text: Str,
    program: Str,
    (start, most): Part,
    mut each: impl FnMut(&mut Rt<'_>, &[u32; SLOTS_MAX]) -> R<()>,
) -> R<()> {
    let mut start = Some(start);
    let mut left = most;
    while let Some(at) = start {
        if left == 0 {
            return Ok(());
        }
        left -= 1;
        let Some(places) = search(rt, program, text, at)? else {
            return Ok(());
        };
        each(rt, &places)?;
        start = next_start(rt.str(text), &places);
    }
    Ok(())
}

/// A group of a match, in the form of a match; one of no match took no part.
pub fn one_group(rt: &mut Rt<'_>, found: List, number: i32) -> R<List> {
    rt.charge(CALL)?;
    let at = usize::try_from(number).unwrap_or(usize::MAX);
    if at < (found.len() / 2).saturating_sub(1) {
        return Ok(rt.sublist(found, at * 2, at * 2 + 2));
    }
    rt.new_list(0)
}

/// Whether a match was found, or a group took part in one.
pub fn success(rt: &mut Rt<'_>, found: List) -> bool {
    !found.is_empty() && rt.item(found, 0) != 0
}

/// The text of a match or group; empty where there is none.
pub fn value(rt: &mut Rt<'_>, found: List) -> Str {
    if success(rt, found) {
        Str(rt.item(found, 0))
    } else {
        rt.no_text()
    }
}

/// Where a match or group begins, in UTF-16 units; 0 where there is none.
pub fn index(rt: &mut Rt<'_>, found: List) -> i32 {
    if success(rt, found) {
        rt.item(found, 1) as i32
    } else {
        0
    }
}

/// The length of a match or group in UTF-16 units.
///
/// # Errors
/// As every call: the row's budget.
pub fn length(rt: &mut Rt<'_>, found: List) -> R<i32> {
    let text = value(rt, found);
    Ok(utf16::len(rt, text)? as i32)
}

/// Every match replaced: `$1`, `${1}`, `$$`, `$&`, ``$` ``, `$'`, `$+` and `$_` as in .NET; names became numbers before.
pub fn replace(rt: &mut Rt<'_>, text: Str, program: Str, with: Str) -> R<Str> {
    replace_part(rt, text, program, with, WHOLE)
}

/// As [`replace`], of some matches.
pub(crate) fn replace_part(
    rt: &mut Rt<'_>,
    text: Str,
    program: Str,
    with: Str,
    part: Part,
) -> R<Str> {
    let count = groups(rt, program);
    // Places first, as nothing can be searched while a text is written.
    let found = places(rt, text, program, part)?;
    let reader = rt.reader();
    let (whole, template) = (reader.str(text), reader.str(with));
    let width = count * 2;
    rt.charge(CALL)?;
    let mut out = rt.writer();
    let mut done = 0;
    for one in 0..found.len() / width {
        let place = |slot: usize| {
            let word = reader.item(found, one * width + slot) as u32;
            (word != NONE).then_some(word as usize)
        };
        let (from, to) = (place(0).unwrap_or(0), place(1).unwrap_or(0));
        let text_of = |number: usize| match (place(number * 2), place(number * 2 + 1)) {
            (Some(from), Some(to)) => &whole[from..to],
            _ => "",
        };
        out.push(&whole.as_bytes()[done..from])?;
        let matched = Matched {
            whole,
            place: (from, to),
            groups: count,
        };
        expand(&mut out, template, &matched, &text_of)?;
        done = to;
    }
    out.push(&whole.as_bytes()[done..])?;
    Ok(out.text())
}

/// One group of every match replaced by a text, taken as it is.
///
/// # Errors
/// As every call: the row's budget.
pub fn replace_group(rt: &mut Rt<'_>, text: Str, program: Str, number: i32, with: Str) -> R<Str> {
    let width = groups(rt, program) * 2;
    let found = places(rt, text, program, WHOLE)?;
    let reader = rt.reader();
    let (whole, with) = (reader.bytes(text), reader.bytes(with));
    let slot = usize::try_from(number).unwrap_or(0).min(width / 2 - 1) * 2;
    rt.charge(CALL)?;
    let mut out = rt.writer();
    let mut done = 0;
    for one in 0..found.len() / width {
        let place = |slot: usize| reader.item(found, one * width + slot) as u32;
        let (from, to) = (place(slot), place(slot + 1));
        if from != NONE && to != NONE {
            out.push(&whole[done..from as usize])?;
            out.push(with)?;
            done = to as usize;
        }
    }
    out.push(&whole[done..])?;
    Ok(out.text())
}

/// Units of keeping the places of a match and of reading them again.
const KEPT: u64 = 120;
/// Units of room for what a search by table remembers.
const KEEP: u64 = CALL * 26;
/// Places of a match that are written at once.
const CELLS: usize = 8;

/// The places of every match, one after the other.
fn places(rt: &mut Rt<'_>, text: Str, program: Str, part: Part) -> R<List> {
    let width = groups(rt, program) * 2;
    match table(rt, program) {
        Some(table) => by_table(rt, table, text, width, part),
        None => by_machine(rt, program, text, width, part),
    }
}

fn by_table(
    rt: &mut Rt<'_>,
    table: Table<'_>,
    text: Str,
    width: usize,
    (start, most): Part,
) -> R<List> {
    rt.charge(CALL * 4 + KEEP)?;
    let text = rt.str(text);
    let (mut keep, mut cells) = (Keep::new(), [[0; 8]; CELLS]);
    let mut out = rt.writer();
    let (mut start, mut left) = (Some(start), most);
    while let Some(at) = start.filter(|_| left > 0) {
        left -= 1;
        let bytes = text.as_bytes();
        if !table.find::<true>(bytes, at, &mut keep, &mut |units| out.charge(units))? {
            break;
        }
        out.charge(KEPT + width as u64 * 8)?;
        for some in keep.found()[..width].chunks(CELLS) {
            let kept = cells.iter_mut().zip(some);
            kept.for_each(|(cell, place)| *cell = u64::from(*place).to_le_bytes());
            out.push(cells[..some.len()].as_flattened())?;
        }
        start = next_start(text, keep.found());
    }
    Ok(out.list())
}

fn by_machine(rt: &mut Rt<'_>, program: Str, text: Str, width: usize, part: Part) -> R<List> {
    let mut count = 0;
    walk(rt, text, program, part, |_, _| {
        count += 1;
        Ok(())
    })?;
    let list = rt.new_list(count * width)?;
    let mut index = 0;
    walk(rt, text, program, part, |rt, places| {
        for place in &places[..width] {
            rt.set_item(list, index, u64::from(*place));
            index += 1;
        }
        Ok(())
    })?;
    Ok(list)
}

/// The text with the matches of [`all`] replaced by these texts.
pub fn splice(rt: &mut Rt<'_>, text: Str, program: Str, texts: List) -> R<Str> {
    let width = groups(rt, program) * 2;
    let found = places(rt, text, program, WHOLE)?;
    let reader = rt.reader();
    let whole = reader.bytes(text);
    rt.charge(CALL)?;
    let mut out = rt.writer();
    let mut done = 0;
    for one in 0..(found.len() / width).min(texts.len()) {
        let place = |slot: usize| reader.item(found, one * width + slot) as usize;
        out.push(&whole[done..place(0)])?;
        let with = reader.item(texts, one);
        if with != 0 {
            out.push(reader.bytes(Str(with)))?;
        }
        done = place(1);
    }
    out.push(&whole[done..])?;
    Ok(out.text())
}

/// The texts between matches, with the groups of each match between them, as .NET gives them.
pub fn split(rt: &mut Rt<'_>, text: Str, program: Str) -> R<List> {
    split_part(rt, text, program, WHOLE)
}

/// As [`split`], at some matches.
pub(crate) fn split_part(rt: &mut Rt<'_>, text: Str, program: Str, part: Part) -> R<List> {
    let width = groups(rt, program) * 2;
    let found = places(rt, text, program, part)?;
    let reader = rt.reader();
    rt.charge(CALL)?;
    let mut out = rt.writer();
    let mut done = 0;
    for one in 0..found.len() / width {
        let place = |slot: usize| reader.item(found, one * width + slot) as u32;
        out.cell(reader.part(text, done, place(0) as usize).0)?;
        for number in 1..width / 2 {
            let (from, to) = (place(number * 2), place(number * 2 + 1));
            if from != NONE && to != NONE {
                out.cell(reader.part(text, from as usize, to as usize).0)?;
            }
        }
        done = place(1) as usize;
    }
    out.cell(reader.part(text, done, text.len()).0)?;
    Ok(out.list())
}

/// The text with every character that means something in a pattern escaped.
pub fn escape(rt: &mut Rt<'_>, text: Str) -> R<Str> {
    rt.charge(CALL + text.len() as u64 * SLOW * 2)?;
    let source = rt.str(text);
    let mut out = rt.writer();
    for c in source.chars() {
        match escaped(c) {
            Some(c) => {
                out.push(b"\\")?;
                out.char(c)?;
            }
            None => out.char(c)?,
        }
    }
    Ok(out.text())
}

/// What stands behind the backslash where a pattern means this character.
pub fn escaped(c: char) -> Option<char> {
    Some(match c {
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{c}' => 'f',
        '\\' | '*' | '+' | '?' | '|' | '{' | '[' | '(' | ')' | '^' | '$' | '.' | '#' | ' ' => c,
        _ => return None,
    })
}
