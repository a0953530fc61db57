//! `Normalize`: canonical decomposition and composition.
//!
//! Invariants: Hangul and the compatibility ideographs stay as they are; a run of more than 30 marks is cut, as Unicode's
//! stream-safe format does.

use crate::category_table::{CANONICAL, CLASSES};
use crate::mem::{CALL, R, Rt, SLOW, Str, Writer};

/// Marks that are put in order together.
const RUN: usize = 32;

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

/// The character that two make.
fn pair(first: char, second: char) -> Option<char> {
    let (a, b) = (first as u32, second as u32);
    let found = CANONICAL
        .iter()
        .find(|(_, x, y, back)| *back && u32::from(*x) == a && u32::from(*y) == b);
    char::from_u32(u32::from(found?.0))
}

impl Run {
    fn add(&mut self, out: &mut Writer<'_, '_>, c: char, composed: bool) -> R<()> {
        if let Some((first, second)) = parts(c) {
            self.add(out, first, composed)?;
            return match second {
                Some(second) => self.add(out, second, composed),
                None => Ok(()),
            };
        }
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
            // A search over the whole table.
            out.charge(if composed { CALL * 48 } else { SLOW })?;
            match pair(starter, mark).filter(|_| composed && !blocked) {
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
    rt.charge(CALL)?;
    if s.ascii() {
        return Ok(s);
    }
    let text = rt.str(s);
    let mut out = rt.writer();
    let mut run = Run {
        chars: [('\0', 0); RUN],
        len: 0,
    };
    for c in text.chars() {
        out.charge(SLOW * 8)?;
        run.add(&mut out, c, composed)?;
    }
    run.flush(&mut out, composed)?;
    Ok(out.text())
}
