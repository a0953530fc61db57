//! `RemoveDiacritics`: letters without their marks.
//!
//! Invariants: the table comes from Unicode's canonical decomposition and a short list of letters that have none
//! (ø, æ, ß, ł …); a loose combining mark falls away; what the table does not know stays.

use crate::latin_table::{COMBINING_RANGES, DECOMPOSED, SPELLED};
use crate::mem::{CALL, R, Rt, SLOW, Str};

pub fn remove_diacritics(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    rt.charge(CALL)?;
    if s.ascii() {
        return Ok(s);
    }
    let text = rt.str(s);
    let mut out = rt.writer();
    for c in text.chars() {
        if c.is_ascii() {
            out.charge(SLOW * 2)?;
            out.char(c)?;
            continue;
        }
        out.charge(SLOW * 8)?;
        let Ok(unit) = u16::try_from(c as u32) else {
            out.char(c)?;
            continue;
        };
        if let Ok(index) = SPELLED.binary_search_by_key(&unit, |(from, _)| *from) {
            out.push(SPELLED[index].1.as_bytes())?;
        } else if let Ok(index) = DECOMPOSED.binary_search_by_key(&unit, |(from, _)| *from) {
            out.char(char::from_u32(u32::from(DECOMPOSED[index].1)).unwrap_or(c))?;
        } else if !combining(unit) {
            out.char(c)?;
        }
    }
    Ok(out.text())
}

/// The letter without its marks, if it has any.
pub fn base(c: char) -> char {
    let Ok(unit) = u16::try_from(c as u32) else {
        return c;
    };
    match DECOMPOSED.binary_search_by_key(&unit, |(from, _)| *from) {
        Ok(index) => char::from_u32(u32::from(DECOMPOSED[index].1)).unwrap_or(c),
        Err(_) => c,
    }
}

pub fn combining(unit: u16) -> bool {
    let index = COMBINING_RANGES.partition_point(|(_, to)| *to < unit);
    COMBINING_RANGES
        .get(index)
        .is_some_and(|(from, _)| *from <= unit)
}
