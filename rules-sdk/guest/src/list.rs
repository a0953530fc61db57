//! Lists: equality by kind, sets, order, sums. A list is an array of cells that never changes.
//!
//! Invariants: skip and take give parts of the input without a copy; sorting is stable; quadratic work is charged
//! before it is done.

use core::cmp::Ordering;

use crate::bulk;
use crate::case;
use crate::collate;
use crate::decimal_ops;
use crate::mem::{Boxed, CALL, Dec, Fault, List, Octets, R, Rt, SLOW, Str, TURN};

/// How elements compare: 0 words, 1 texts, 2 octets, 3 doubles, 4 boxed words, 5 texts without case, 6 dates,
/// 7 decimals, 8 texts in the order of the culture, 9 those without case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Text,
    Octets,
    Double,
    Boxed,
    TextIgnoringCase,
    When,
    Decimal,
    Culture,
    CultureIgnoringCase,
}

fn kind(code: i32) -> Kind {
    match code {
        1 => Kind::Text,
        2 => Kind::Octets,
        3 => Kind::Double,
        4 => Kind::Boxed,
        5 => Kind::TextIgnoringCase,
        6 => Kind::When,
        7 => Kind::Decimal,
        8 => Kind::Culture,
        9 => Kind::CultureIgnoringCase,
        _ => Kind::Word,
    }
}

#[inline(never)]
fn order(rt: &mut Rt<'_>, kind: Kind, a: u64, b: u64) -> R<Ordering> {
    rt.charge(if kind == Kind::Word { SLOW } else { SLOW * 2 })?;
    if !matches!(kind, Kind::Word | Kind::Double | Kind::When) && (a == 0 || b == 0) {
        return Ok((a != 0).cmp(&(b != 0)));
    }
    Ok(match kind {
        Kind::Word => (a as i64).cmp(&(b as i64)),
        // Without the bit that says that no zone is known.
        Kind::When => (a >> 1).cmp(&(b >> 1)),
        Kind::Text | Kind::TextIgnoringCase => {
            let (a, b) = (Str(a), Str(b));
            let ic = kind == Kind::TextIgnoringCase;
            let of_byte = if ic { case::cost_of_byte(a, b) } else { SLOW };
            rt.charge(CALL + a.len().min(b.len()) as u64 * of_byte)?;
            case::order(rt, a, b, ic)
        }
        Kind::Culture | Kind::CultureIgnoringCase => {
            let (a, b) = (Str(a), Str(b));
            collate::texts(rt, a, b, kind == Kind::CultureIgnoringCase)?
        }
        Kind::Octets => {
            let (a, b) = (rt.octets(Octets(a)), rt.octets(Octets(b)));
            rt.charge(a.len().min(b.len()) as u64 * 4)?;
            a.cmp(b)
        }
        Kind::Decimal => {
            rt.charge(CALL * 6)?;
            decimal_ops::read(rt, Dec(a)).order(decimal_ops::read(rt, Dec(b)))
        }
        // .NET sorts NaN before everything and calls it equal to itself.
        Kind::Double => {
            let (a, b) = (f64::from_bits(a), f64::from_bits(b));
            a.partial_cmp(&b)
                .unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
        }
        Kind::Boxed => (rt.unbox(Boxed(a)) as i64).cmp(&(rt.unbox(Boxed(b)) as i64)),
    })
}

/// Words and texts in the loop itself: there are as many comparisons as pairs.
#[inline(always)]
fn same(rt: &mut Rt<'_>, kind: Kind, a: u64, b: u64) -> R<bool> {
    if kind == Kind::Word {
        rt.charge(SLOW)?;
        return Ok(a == b);
    }
    if kind == Kind::Text && a != 0 && b != 0 {
        let (a, b) = (Str(a), Str(b));
        if a.len() != b.len() {
            rt.charge(SLOW)?;
            return Ok(false);
        }
        rt.charge(SLOW + a.len() as u64)?;
        return Ok(bulk::same(rt.bytes(a), rt.bytes(b)));
    }
    Ok(order(rt, kind, a, b)? == Ordering::Equal)
}

/// One turn of a loop that compiled code runs.
pub fn turn(rt: &mut Rt<'_>) -> R<()> {
    rt.charge(TURN)
}

pub fn box_word(rt: &mut Rt<'_>, word: u64) -> R<Boxed> {
    rt.charge(SLOW)?;
    rt.boxed(word)
}

pub fn new_list(rt: &mut Rt<'_>, len: i64) -> R<List> {
    rt.charge(CALL)?;
    rt.new_list(usize::try_from(len).map_err(|_| Fault::OutOfRange)?)
}

pub fn item_at(rt: &mut Rt<'_>, l: List, index: i32, from_end: bool) -> R<u64> {
    rt.charge(SLOW)?;
    let index = if from_end {
        l.len() as i64 - i64::from(index)
    } else {
        i64::from(index)
    };
    match usize::try_from(index) {
        Ok(index) if index < l.len() => Ok(rt.item(l, index)),
        _ => Err(Fault::OutOfRange),
    }
}

/// As [`item_at`], for elements whose bare word could look like an error.
pub fn boxed_item_at(rt: &mut Rt<'_>, l: List, index: i32, from_end: bool) -> R<Boxed> {
    let word = item_at(rt, l, index, from_end)?;
    rt.boxed(word)
}

pub fn index_of(rt: &mut Rt<'_>, l: List, item: u64, code: i32) -> R<i32> {
    rt.charge(CALL)?;
    let kind = kind(code);
    for index in 0..l.len() {
        if same(rt, kind, rt.item(l, index), item)? {
            return Ok(index as i32);
        }
    }
    Ok(-1)
}

pub fn contains(rt: &mut Rt<'_>, l: List, item: u64, code: i32) -> R<bool> {
    Ok(index_of(rt, l, item, code)? >= 0)
}

fn pushed(rt: &mut Rt<'_>, out: List, len: &mut usize, cell: u64) {
    rt.set_item(out, *len, cell);
    *len += 1;
}

/// The first element of each distinct key, in order.
pub fn distinct(rt: &mut Rt<'_>, l: List, keys: List, code: i32) -> R<List> {
    rt.charge(CALL)?;
    let out = rt.new_list(l.len())?;
    let seen = rt.new_list(l.len())?;
    let (kind, mut len) = (kind(code), 0);
    'next: for index in 0..l.len() {
        let key = rt.item(keys, index);
        for earlier in 0..len {
            if same(rt, kind, rt.item(seen, earlier), key)? {
                continue 'next;
            }
        }
        rt.set_item(seen, len, key);
        pushed(rt, out, &mut len, rt.item(l, index));
    }
    Ok(rt.truncated(out, len))
}

pub fn concat(rt: &mut Rt<'_>, a: List, b: List) -> R<List> {
    rt.charge(CALL)?;
    let out = rt.new_list(a.len() + b.len())?;
    let mut len = 0;
    for list in [a, b] {
        for index in 0..list.len() {
            pushed(rt, out, &mut len, rt.item(list, index));
        }
    }
    Ok(out)
}

pub fn append(rt: &mut Rt<'_>, l: List, item: u64, front: bool) -> R<List> {
    rt.charge(CALL)?;
    let out = rt.new_list(l.len() + 1)?;
    for index in 0..l.len() {
        rt.set_item(out, index + usize::from(front), rt.item(l, index));
    }
    rt.set_item(out, if front { 0 } else { l.len() }, item);
    Ok(out)
}

/// The distinct elements of `a` that are in `b` (`keep`) or are not.
pub fn except(rt: &mut Rt<'_>, a: List, b: List, code: i32, keep: bool) -> R<List> {
    rt.charge(CALL)?;
    let out = rt.new_list(a.len())?;
    let mut len = 0;
    for index in 0..a.len() {
        let item = rt.item(a, index);
        let so_far = rt.truncated(out, len);
        if contains(rt, b, item, code)? == keep && !contains(rt, so_far, item, code)? {
            pushed(rt, out, &mut len, item);
        }
    }
    Ok(rt.truncated(out, len))
}

pub fn reverse(rt: &mut Rt<'_>, l: List) -> R<List> {
    rt.charge(CALL)?;
    let out = rt.new_list(l.len())?;
    for index in 0..l.len() {
        rt.set_item(out, l.len() - 1 - index, rt.item(l, index));
    }
    Ok(out)
}

fn clamp(l: List, count: i32) -> usize {
    usize::try_from(count).unwrap_or(0).min(l.len())
}

pub fn skip(rt: &mut Rt<'_>, l: List, count: i32) -> List {
    rt.sublist(l, clamp(l, count), l.len())
}

pub fn take(rt: &mut Rt<'_>, l: List, count: i32) -> List {
    rt.sublist(l, 0, clamp(l, count))
}

pub fn skip_last(rt: &mut Rt<'_>, l: List, count: i32) -> List {
    rt.sublist(l, 0, l.len() - clamp(l, count))
}

pub fn take_last(rt: &mut Rt<'_>, l: List, count: i32) -> List {
    rt.sublist(l, l.len() - clamp(l, count), l.len())
}

pub fn range(
    rt: &mut Rt<'_>,
    l: List,
    from: i32,
    from_end: bool,
    to: i32,
    to_end: bool,
) -> R<List> {
    rt.charge(CALL)?;
    let at = |index: i32, end: bool| {
        if end {
            l.len() as i64 - i64::from(index)
        } else {
            i64::from(index)
        }
    };
    let (from, to) = (at(from, from_end), at(to, to_end));
    if from < 0 || from > to || to > l.len() as i64 {
        return Err(Fault::OutOfRange);
    }
    Ok(rt.sublist(l, from as usize, to as usize))
}

/// The elements in the order of their keys. Stable: a merge sort from the bottom.
pub fn sort_by(rt: &mut Rt<'_>, l: List, keys: List, code: i32, descending: bool) -> R<List> {
    rt.charge(CALL)?;
    let len = l.len();
    let (mut from, mut to) = (rt.new_list(len)?, rt.new_list(len)?);
    for index in 0..len {
        rt.set_item(from, index, index as u64);
    }
    let mut width = 1;
    while width < len {
        let mut start = 0;
        while start < len {
            let (middle, end) = ((start + width).min(len), (start + 2 * width).min(len));
            let (mut left, mut right) = (start, middle);
            for slot in start..end {
                let take_left = if left == middle {
                    false
                } else if right == end {
                    true
                } else {
                    let a = rt.item(keys, rt.item(from, left) as usize);
                    let b = rt.item(keys, rt.item(from, right) as usize);
                    let order = order(rt, kind(code), a, b)?;
                    if descending {
                        order != Ordering::Less
                    } else {
                        order != Ordering::Greater
                    }
                };
                let source = if take_left { &mut left } else { &mut right };
                rt.charge(CALL)?;
                rt.set_item(to, slot, rt.item(from, *source));
                *source += 1;
            }
            start = end;
        }
        core::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    for index in 0..len {
        rt.set_item(to, index, rt.item(l, rt.item(from, index) as usize));
    }
    Ok(to)
}

/// A list of lists as one list.
pub fn flatten(rt: &mut Rt<'_>, l: List) -> R<List> {
    rt.charge(CALL)?;
    let reader = rt.reader();
    let mut out = rt.writer();
    for index in 0..l.len() {
        let inner = List(reader.item(l, index));
        for index in 0..inner.len() {
            out.cell(reader.item(inner, index))?;
        }
    }
    Ok(out.list())
}

fn sum(rt: &mut Rt<'_>, l: List) -> R<i128> {
    rt.charge(CALL + l.len() as u64 * SLOW)?;
    Ok((0..l.len()).map(|i| i128::from(rt.item(l, i) as i64)).sum())
}

/// .NET's `Sum` is checked.
pub fn sum_int(rt: &mut Rt<'_>, l: List) -> R<i32> {
    i32::try_from(sum(rt, l)?).map_err(|_| Fault::Overflow)
}

pub fn sum_long(rt: &mut Rt<'_>, l: List) -> R<Boxed> {
    let total = i64::try_from(sum(rt, l)?).map_err(|_| Fault::Overflow)?;
    rt.boxed(total as u64)
}

pub fn sum_double(rt: &mut Rt<'_>, l: List) -> R<Boxed> {
    rt.charge(CALL + l.len() as u64 * SLOW)?;
    let total = (0..l.len()).fold(0.0, |sum, i| sum + f64::from_bits(rt.item(l, i)));
    rt.boxed(if total.is_nan() {
        f64::NAN.to_bits()
    } else {
        total.to_bits()
    })
}

/// The least or greatest element, boxed; none is `InvalidOperation`.
pub fn extreme(rt: &mut Rt<'_>, l: List, code: i32, max: bool) -> R<Boxed> {
    rt.charge(CALL)?;
    if l.is_empty() {
        return Err(Fault::InvalidOperation);
    }
    let mut best = rt.item(l, 0);
    for index in 1..l.len() {
        let item = rt.item(l, index);
        let wanted = if max {
            Ordering::Greater
        } else {
            Ordering::Less
        };
        if order(rt, kind(code), item, best)? == wanted {
            best = item;
        }
    }
    rt.boxed(best)
}

pub fn sequence_equal(rt: &mut Rt<'_>, a: List, b: List, code: i32) -> R<bool> {
    rt.charge(CALL)?;
    if a.len() != b.len() {
        return Ok(false);
    }
    for index in 0..a.len() {
        if !same(rt, kind(code), rt.item(a, index), rt.item(b, index))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A list with this text, or none when it is absent.
pub fn text_list(rt: &mut Rt<'_>, s: Option<Str>) -> R<List> {
    rt.charge(CALL)?;
    let list = rt.new_list(usize::from(s.is_some()))?;
    if let Some(s) = s {
        rt.set_item(list, 0, s.0);
    }
    Ok(list)
}
