//! Groups, chunks, ranges, octets as lists.
//!
//! Invariants: a group is a list of its key and the list of its elements; groups stand in the order of their first
//! elements.

use crate::list;
use crate::mem::{CALL, Fault, List, Octets, R, Rt, SLOW};

/// The elements in groups of equal keys.
pub fn group_by(rt: &mut Rt<'_>, l: List, keys: List, code: i32) -> R<List> {
    let heads = list::distinct(rt, keys, keys, code)?;
    let out = rt.new_list(heads.len())?;
    let numbers = rt.new_list(l.len())?;
    let sizes = rt.new_list(heads.len())?;
    for index in 0..l.len() {
        let group = list::index_of(rt, heads, rt.item(keys, index), code)? as usize;
        rt.set_item(numbers, index, group as u64);
        rt.set_item(sizes, group, rt.item(sizes, group) + 1);
    }
    for group in 0..heads.len() {
        rt.charge(CALL + l.len() as u64 * 4)?;
        let members = rt.new_list(rt.item(sizes, group) as usize)?;
        let mut len = 0;
        for index in 0..l.len() {
            if rt.item(numbers, index) == group as u64 {
                rt.set_item(members, len, rt.item(l, index));
                len += 1;
            }
        }
        let pair = rt.new_list(2)?;
        rt.set_item(pair, 0, rt.item(heads, group));
        rt.set_item(pair, 1, members.0);
        rt.set_item(out, group, pair.0);
    }
    Ok(out)
}

/// Lists of at most `size` elements.
pub fn chunk(rt: &mut Rt<'_>, l: List, size: i32) -> R<List> {
    let size = usize::try_from(size).ok().filter(|s| *s > 0);
    let size = size.ok_or(Fault::OutOfRange)?;
    let count = l.len().div_ceil(size);
    rt.charge(CALL + count as u64 * SLOW)?;
    let out = rt.new_list(count)?;
    for index in 0..count {
        let to = ((index + 1) * size).min(l.len());
        let part = rt.sublist(l, index * size, to);
        rt.set_item(out, index, part.0);
    }
    Ok(out)
}

/// `Enumerable.Range(start, count)`
pub fn range(rt: &mut Rt<'_>, start: i32, count: i32) -> R<List> {
    rt.charge(CALL)?;
    let last = i64::from(start) + i64::from(count) - 1;
    if count < 0 || count > 0 && last > i64::from(i32::MAX) {
        return Err(Fault::OutOfRange);
    }
    rt.charge(count as u64 * SLOW)?;
    let out = rt.new_list(count as usize)?;
    for index in 0..count {
        rt.set_item(out, index as usize, i64::from(start + index) as u64);
    }
    Ok(out)
}

/// Octets as numbers.
pub fn of_octets(rt: &mut Rt<'_>, o: Octets) -> R<List> {
    let octets = rt.octets(o);
    rt.charge(CALL + octets.len() as u64 * SLOW)?;
    let out = rt.new_list(octets.len())?;
    for (index, octet) in octets.iter().enumerate() {
        rt.set_item(out, index, u64::from(*octet));
    }
    Ok(out)
}

/// Numbers as octets.
pub fn to_octets(rt: &mut Rt<'_>, l: List) -> R<Octets> {
    rt.charge(CALL)?;
    let reader = rt.reader();
    let mut out = rt.writer();
    for index in 0..l.len() {
        out.charge(SLOW)?;
        let octet = u8::try_from(reader.item(l, index) as i64).map_err(|_| Fault::Overflow)?;
        out.push(&[octet])?;
    }
    Ok(out.octets())
}

/// A whole number that must lie between two others.
pub fn between(rt: &mut Rt<'_>, value: i64, least: i64, most: i64) -> R<crate::mem::Boxed> {
    rt.charge(SLOW)?;
    if value < least || value > most {
        return Err(Fault::Overflow);
    }
    rt.boxed(value as u64)
}
