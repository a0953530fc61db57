//! Lookup tables: the value of a key among sorted rows.
//!
//! A table is a text. It begins with the number of rows, the places of every row's key and value, and where the last value
//! ends; keys and values follow. A number is three digits to the base 128, the lowest first, so that the whole stays UTF-8.
//!
//! Invariants: keys ascend by code point and none comes twice; the keys of a table that ignores case are in upper case; the
//! work does not depend on where the table lies.

use core::cmp::Ordering;

use crate::case;
use crate::mem::{CALL, R, Rt, SLOW, Str};

/// Bytes of a number.
pub const NUMBER: usize = 3;
/// Bytes that a row takes besides its key and value.
pub const ROW: usize = 2 * NUMBER;
/// Units of one comparison.
const STEP: u64 = 64;

/// A number as a table holds it.
pub fn digits(number: usize) -> [u8; NUMBER] {
    [0, 7, 14].map(|shift| (number >> shift & 127) as u8)
}

/// A key as a table that ignores case holds it.
pub fn folded(key: &str) -> impl Iterator<Item = char> {
    key.chars().map(case::upper)
}

fn number(table: &[u8], at: usize) -> usize {
    let digit = |place: usize| usize::from(table[at + place]);
    digit(0) | digit(1) << 7 | digit(2) << 14
}

/// The value of a key; absent where no row has it.
pub fn lookup(rt: &mut Rt<'_>, table: Str, key: Option<Str>, ic: bool) -> R<Option<Str>> {
    rt.charge(CALL)?;
    let Some(key) = key else { return Ok(None) };
    let bytes = rt.bytes(table);
    let place = |index: usize| number(bytes, NUMBER + index * NUMBER);
    let (mut low, mut high) = (0, number(bytes, 0));
    while low < high {
        let middle = low + (high - low) / 2;
        let (from, value, end) = (
            place(2 * middle),
            place(2 * middle + 1),
            place(2 * middle + 2),
        );
        let row = &bytes[from..value];
        if ic && !table.ascii() {
            // Its key is looked through for what is beyond ASCII.
            rt.charge(row.len() as u64)?;
        }
        let (order, work) = match ic {
            false => exact(rt.bytes(key), row),
            true => ignoring_case(rt.str(key), rt.str(rt.part(table, from, value))),
        };
        rt.charge(STEP + work)?;
        match order {
            Ordering::Less => high = middle,
            Ordering::Greater => low = middle + 1,
            Ordering::Equal => {
                rt.charge((end - value) as u64)?;
                return Ok(Some(rt.part(table, value, end)));
            }
        }
    }
    Ok(None)
}

/// The order, and what it cost to find it.
fn exact(key: &[u8], row: &[u8]) -> (Ordering, u64) {
    let mut same = 0;
    for (a, b) in key.iter().zip(row) {
        if a != b {
            return (a.cmp(b), same * SLOW);
        }
        same += 1;
    }
    (key.len().cmp(&row.len()), same * SLOW)
}

fn ignoring_case(key: &str, row: &str) -> (Ordering, u64) {
    let (mut keys, mut rows) = (key.chars(), row.chars());
    let mut work = 0;
    loop {
        match (keys.next(), rows.next()) {
            (Some(a), Some(b)) => {
                work += case::cost(a);
                match case::upper(a).cmp(&b) {
                    Ordering::Equal => {}
                    order => return (order, work),
                }
            }
            (a, b) => return (a.is_some().cmp(&b.is_some()), work),
        }
    }
}
