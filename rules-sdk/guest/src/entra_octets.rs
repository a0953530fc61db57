//! Octets as the functions of Entra Connect see them.
//!
//! Invariants: numbers are little-endian, as in the structures of Active Directory that rules take apart
//! (KEYCREDENTIALLINK_BLOB); places count from 1, with the edges of texts.
//!
//! Source: the vendor's rule "In from AAD - User NGCKey"; the public reference has none of these.

use crate::binary;
use crate::mem::{CALL, Fault, Octets, R, Rt, Str};

/// `count` octets from a place on; all where the count is negative or the place lies outside.
pub fn mid(rt: &mut Rt<'_>, o: Octets, start: i64, count: i64) -> R<Octets> {
    rt.charge(CALL)?;
    let len = o.len() as i64;
    if count < 0 || start <= 0 || start > len {
        return Ok(o);
    }
    let from = start as usize - 1;
    let to = (start - 1).saturating_add(count).min(len) as usize;
    let bytes = rt.octets(o);
    rt.new_octets(&bytes[from..to])
}

/// One after the other.
pub fn concat(rt: &mut Rt<'_>, a: Option<Octets>, b: Option<Octets>) -> R<Octets> {
    rt.charge(CALL)?;
    let mut bytes = [&[][..]; 2];
    for (slot, part) in bytes.iter_mut().zip([a, b]) {
        *slot = part.map_or(&[][..], |o| rt.octets(o));
    }
    let mut out = rt.writer();
    out.push(bytes[0])?;
    out.push(bytes[1])?;
    Ok(out.octets())
}

/// The number in at most eight octets.
pub fn to_number(rt: &mut Rt<'_>, o: Octets) -> R<crate::mem::Boxed> {
    rt.charge(CALL)?;
    let bytes = rt.octets(o);
    let mut word = [0; 8];
    let Some(room) = word.get_mut(..bytes.len()) else {
        return Err(Fault::Overflow);
    };
    room.copy_from_slice(bytes);
    rt.boxed(u64::from_le_bytes(word))
}

/// A GUID in the two forms of the reference, with hyphens and with braces around them; nothing of any other text.
pub fn guid(rt: &mut Rt<'_>, s: Option<Str>) -> R<Option<Octets>> {
    let bytes = s.map_or(&[][..], |s| rt.bytes(s));
    let is_one = match bytes.len() {
        36 => true,
        38 => bytes.starts_with(b"{") && bytes.ends_with(b"}"),
        _ => false,
    } && !bytes.iter().any(u8::is_ascii_whitespace);
    match is_one {
        true => binary::guid_try_parse(rt, s),
        false => rt.charge(CALL).map(|()| None),
    }
}

/// The lowest octets of a number.
pub fn of_number(rt: &mut Rt<'_>, value: i64, count: i64) -> R<Octets> {
    rt.charge(CALL)?;
    let bytes = value.to_le_bytes();
    let count = usize::try_from(count).map_err(|_| Fault::OutOfRange)?;
    let Some(lowest) = bytes.get(..count) else {
        return Err(Fault::OutOfRange);
    };
    if bytes[count..].iter().any(|b| *b != 0) && value >= 0 {
        return Err(Fault::Overflow);
    }
    rt.new_octets(lowest)
}
