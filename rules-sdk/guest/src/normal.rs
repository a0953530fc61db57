//! `Normalize`: decomposition, canonical or for compatibility, and composition.
//!
//! Invariants: Hangul and the compatibility ideographs stay as they are; a run of more than 30 marks is cut, as Unicode's
//! stream-safe format does.

use crate::category_table::{CANONICAL, CLASSES};
use crate::compatibility_table::{BEYOND, OF_UNITS, PARTS};
use crate::mem::{CALL, R, Rt, SLOW, Str, Writer};

/// Marks that are put in order together.
const RUN: usize = 32;

/// What a text becomes.
#[derive(Clone, Copy)]
struct Form {
    composed: bool,
    /// Characters that only look otherwise become those that they stand for: `ﬁ` two letters, `①` a digit.
    compatible: bool,
}

/// A starter and the marks after it.
struct Run {
    chars: [(char, u8); RUN],
    len: usize,
}

fn class(c: char) -> u8 {
    let Ok(unit) = u16::try_from(c as u32) else {
        return 0;
    };
    match CLASSES.partition_point(|(from, _)| *from <= unit) {
        0 => 0,
        next => CLASSES[next - 1].1,
    }
}

fn parts(c: char) -> Option<(char, Option<char>)> {
    let unit = u16::try_from(c as u32).ok()?;
    let at = CANONICAL
        .binary_search_by_key(&unit, |entry| entry.0)
        .ok()?;
    let (_, first, second, _) = CANONICAL[at];
    let of = |unit: u16| char::from_u32(u32::from(unit));
    Some((of(first)?, of(second).filter(|c| *c != '\0')))
}

/// What a character stands for.
fn compatible(c: char) -> Option<&'static [u16]> {
    let code = u32::from(c);
    let (table, key) = match code.checked_sub(0x10000) {
        None => (OF_UNITS, code),
        Some(rest) => (BEYOND, rest),
    };
    let key = u16::try_from(key).ok()?;
    let at = table.binary_search_by_key(&key, |entry| entry.0).ok()?;
    let (_, from, len) = table[at];
    let from = usize::from(from);
    PARTS.get(from..from + usize::from(len))
}

/// Places in [`CANONICAL`], by the two characters that one is made of.
static PAIRS: [u16; CANONICAL.len()] = by_pairs();

const fn key(at: u16) -> u32 {
    let (_, first, second, _) = CANONICAL[at as usize];
    (first as u32) << 16 | second as u32
}

/// Sorts when the runtime is built; the gaps are those of Ciura.
const fn by_pairs() -> [u16; CANONICAL.len()] {
    let mut out = [0; CANONICAL.len()];
    let mut at = 0;
    while at < out.len() {
        out[at] = at as u16;
        at += 1;
    }
    let (gaps, mut turn) = ([701, 301, 132, 57, 23, 10, 4, 1], 0);
    while turn < gaps.len() {
        let gap = gaps[turn];
        let mut from = gap;
        while from < out.len() {
            let (moved, mut to) = (out[from], from);
            while to >= gap && key(out[to - gap]) > key(moved) {
                out[to] = out[to - gap];
                to -= gap;
            }
            out[to] = moved;
            from += 1;
        }
        turn += 1;
    }
    out
}

/// The character that two make.
fn pair(first: char, second: char) -> Option<char> {
    let (first, second) = (u16::try_from(first as u32), u16::try_from(second as u32));
    let wanted = u32::from(first.ok()?) << 16 | u32::from(second.ok()?);
    let from = PAIRS.partition_point(|at| key(*at) < wanted);
    let same = PAIRS[from..].iter().take_while(|at| key(**at) == wanted);
    let mut back = same.map(|at| CANONICAL[usize::from(*at)]);
    let (whole, ..) = back.find(|(.., back)| *back)?;
    char::from_u32(u32::from(whole))
}

impl Run {
    fn add(&mut self, out: &mut Writer<'_, '_>, c: char, form: Form) -> R<()> {
        if form.compatible
            && let Some(parts) = compatible(c)
        {
            for unit in parts {
                let c = char::from_u32(u32::from(*unit)).unwrap_or(c);
                self.put(out, c, form.composed)?;
            }
            return Ok(());
        }
        if let Some((first, second)) = parts(c) {
            out.charge(SLOW * 8)?;
            self.add(out, first, form)?;
            return match second {
                Some(second) => self.add(out, second, form),
                None => Ok(()),
            };
        }
        self.put(out, c, form.composed)
    }

    /// A character that is made of no others.
    fn put(&mut self, out: &mut Writer<'_, '_>, c: char, composed: bool) -> R<()> {
        out.charge(SLOW * 4)?;
        let class = class(c);
        if class == 0 || self.len == RUN {
            self.flush(out, composed)?;
        }
        self.chars[self.len] = (c, class);
        self.len += 1;
        Ok(())
    }

    fn flush(&mut self, out: &mut Writer<'_, '_>, composed: bool) -> R<()> {
        let mut run = &mut self.chars[..self.len];
        self.len = 0;
        let Some((first, class)) = run.first().copied() else {
            return Ok(());
        };
        if class != 0 {
            order(run);
            return run.iter().try_for_each(|(c, _)| out.char(*c));
        }
        run = &mut run[1..];
        order(run);
        let mut starter = first;
        let mut kept = 0;
        for index in 0..run.len() {
            let (mark, class) = run[index];
            let blocked = kept > 0 && run[kept - 1].1 >= class;
            out.charge(if composed { CALL * 4 } else { CALL })?;
            let whole = if composed && !blocked {
                pair(starter, mark)
            } else {
                None
            };
            match whole {
                Some(whole) => starter = whole,
                None => {
                    run[kept] = (mark, class);
                    kept += 1;
                }
            }
        }
        out.char(starter)?;
        run[..kept].iter().try_for_each(|(c, _)| out.char(*c))
    }
}

/// By class; equal ones keep their order.
fn order(run: &mut [(char, u8)]) {
    for end in 1..run.len() {
        let mut at = end;
        while at > 0 && run[at - 1].1 > run[at].1 {
            run.swap(at - 1, at);
            at -= 1;
        }
    }
}

pub fn normalize(rt: &mut Rt<'_>, s: Str, composed: bool) -> R<Str> {
    normalize_as(rt, s, i32::from(composed))
}

/// `form`: 0 D, 1 C, 2 KD, 3 KC.
pub fn normalize_as(rt: &mut Rt<'_>, s: Str, form: i32) -> R<Str> {
    rt.charge(CALL)?;
    if s.ascii() {
        return Ok(s);
    }
    let form = Form {
        composed: form & 1 == 1,
        compatible: form & 2 == 2,
    };
    let text = rt.str(s);
    let mut out = rt.writer();
    let mut run = Run {
        chars: [('\0', 0); RUN],
        len: 0,
    };
    for c in text.chars() {
        out.charge(SLOW * if form.compatible { 14 } else { 8 })?;
        run.add(&mut out, c, form)?;
    }
    run.flush(&mut out, form.composed)?;
    Ok(out.text())
}
