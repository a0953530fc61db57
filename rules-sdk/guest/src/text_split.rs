//! `Split`: by characters or by texts, with a limit and options.
//!
//! Invariants: parts are parts of the input, nothing is copied; options are 1 = RemoveEmptyEntries, 2 = TrimEntries;
//! the order of limit, trim and removal is .NET's.

use crate::bulk;
use crate::class;
use crate::mem::{CALL, Fault, List, R, Rt, SLOW, Str};
use crate::text_search::find_bytes;

/// By these characters; none = white space.
pub fn by_chars(rt: &mut Rt<'_>, s: Str, chars: Option<List>, count: i32, options: i32) -> R<List> {
    rt.charge(CALL)?;
    let chars = chars.filter(|l| !l.is_empty());
    let reader = rt.reader();
    split(rt, s, count, options, |rt, text, from| {
        // One separator that is ASCII: the bulk search.
        if let Some(list) = chars.filter(|l| l.len() == 1)
            && reader.item(list, 0) < 0x80
        {
            let wanted = reader.item(list, 0) as u8;
            let found = bulk::position(&text.as_bytes()[from..], wanted);
            rt.charge(CALL + found.unwrap_or(text.len() - from) as u64)?;
            return Ok(found.map(|at| (from + at, 1)));
        }
        rt.charge(CALL)?;
        for (offset, c) in text[from..].char_indices() {
            let wide = u64::from(!c.is_ascii());
            rt.charge(SLOW * (1 + wide + chars.map_or(0, List::len) as u64))?;
            let hit = match chars {
                None => class::is_white_space(c),
                Some(list) => {
                    (0..list.len()).any(|i| reader.item(list, i) == u64::from(u32::from(c)))
                }
            };
            if hit {
                return Ok(Some((from + offset, c.len_utf8())));
            }
        }
        Ok(None)
    })
}

/// The part with this number between separators below 0x80, as `Split(c)[number]` without the list.
pub fn part(rt: &mut Rt<'_>, s: Str, separator: i32, number: i32) -> R<Str> {
    rt.charge(CALL)?;
    let bytes = rt.bytes(s);
    let (mut from, mut left) = (0, number);
    loop {
        let found = bulk::position(&bytes[from..], separator as u8);
        let end = found.map_or(bytes.len(), |at| from + at);
        rt.charge((end - from) as u64)?;
        match (left, found) {
            (0, _) => return Ok(rt.part(s, from, end)),
            (_, Some(_)) => (from, left) = (end + 1, left - 1),
            (_, None) => return Err(Fault::OutOfRange),
        }
    }
}

/// By these texts, the first that fits winning; empty ones never fit; none = white space.
pub fn by_texts(rt: &mut Rt<'_>, s: Str, texts: List, count: i32, options: i32) -> R<List> {
    if texts.is_empty() {
        return by_chars(rt, s, None, count, options);
    }
    rt.charge(CALL)?;
    let reader = rt.reader();
    split(rt, s, count, options, |rt, text, from| {
        if texts.len() == 1 {
            let item = reader.item(texts, 0);
            let wanted = if item == 0 {
                &[][..]
            } else {
                reader.bytes(Str(item))
            };
            if wanted.is_empty() {
                return Ok(None);
            }
            let rest = &text.as_bytes()[from..];
            let found = find_bytes(rest, wanted, |units| rt.charge(units))?;
            rt.charge(CALL * 2 + 2 * found.unwrap_or(rest.len()) as u64 + wanted.len() as u64)?;
            return Ok(found.map(|at| (from + at, wanted.len())));
        }
        rt.charge(CALL)?;
        for (offset, _) in text[from..].char_indices() {
            let here = &text.as_bytes()[from + offset..];
            for index in 0..texts.len() {
                rt.charge(SLOW * 2)?;
                let item = reader.item(texts, index);
                let wanted = if item == 0 {
                    &[][..]
                } else {
                    reader.bytes(Str(item))
                };
                if wanted.first() != here.first() {
                    continue;
                }
                rt.charge(wanted.len() as u64)?;
                if bulk::begins(here, wanted) {
                    return Ok(Some((from + offset, wanted.len())));
                }
            }
        }
        Ok(None)
    })
}

/// Cuts at every separator that `next` finds.
fn split<'m>(
    rt: &mut Rt<'m>,
    s: Str,
    count: i32,
    options: i32,
    mut next: impl FnMut(&mut Rt<'m>, &'m str, usize) -> R<Option<(usize, usize)>>,
) -> R<List> {
    if count < 0 {
        return Err(Fault::OutOfRange);
    }
    let (remove_empty, trim) = (options & 1 != 0, options & 2 != 0);
    let limit = count as usize;
    let text = rt.str(s);
    // How many parts there are at most is known only at the end: two walks would cost more than 8 spare bytes a part.
    let mut found = 0;
    let mut at = 0;
    while let Some((hit, len)) = next(rt, text, at)? {
        found += 1;
        at = hit + len;
    }
    let list = rt.new_list(found + 1)?;
    if limit == 0 {
        return Ok(rt.truncated(list, 0));
    }
    let mut parts = 0;
    let mut from = 0;
    loop {
        // The last part takes the rest, uncut. Leading empty parts of the rest fall away when empties are removed.
        let last = parts + 1 == limit;
        let hit = next(rt, text, from)?;
        let end = if last { None } else { hit };
        let (cut, resume) = end.map_or((text.len(), None), |(at, len)| (at, Some(at + len)));
        if last
            && remove_empty
            && let Some((hit, len)) = hit
        {
            rt.charge((hit - from) as u64 * SLOW)?;
            if blank(&text[from..hit], trim) {
                from = hit + len;
                continue;
            }
        }
        let (start, stop) = if trim {
            trimmed(text, from, cut)
        } else {
            (from, cut)
        };
        rt.charge(SLOW + if trim { CALL } else { 0 })?;
        rt.charge((cut - from - (stop - start)) as u64 * SLOW)?;
        if start < stop || !remove_empty {
            let part = rt.part(s, start, stop);
            rt.set_item(list, parts, part.0);
            parts += 1;
        }
        match resume {
            Some(next_from) => from = next_from,
            None => return Ok(rt.truncated(list, parts)),
        }
    }
}

fn blank(part: &str, trim: bool) -> bool {
    part.is_empty() || trim && part.chars().all(class::is_white_space)
}

fn trimmed(text: &str, from: usize, to: usize) -> (usize, usize) {
    let part = &text[from..to];
    let start = from + part.len() - part.trim_start_matches(class::is_white_space).len();
    let stop = start
        + text[start..to]
            .trim_end_matches(class::is_white_space)
            .len();
    (start, stop)
}
