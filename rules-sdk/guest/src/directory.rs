//! Directory helpers: DN escaping and parts, primary SMTP address, mail domain.
//!
//! Invariants: escaping follows RFC 4514 as Active Directory prints it; nothing here looks anything up.

use crate::mem::{CALL, Fault, List, R, Rt, SLOW, Str};

/// A value as it must stand in a DN.
pub fn dn_escape(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    escaped(rt, s, 0)
}

/// The same for a component: an attribute type and `=` in front of the value stay as they are.
pub fn dn_escape_component(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    let bytes = rt.bytes(s);
    let is_type = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let from = match bytes.iter().position(|b| !is_type(b)) {
        Some(end @ 1..) if bytes[end] == b'=' => end + 1,
        _ => 0,
    };
    rt.charge(from as u64 * SLOW)?;
    escaped(rt, s, from)
}

/// A text whose value begins at `from`.
fn escaped(rt: &mut Rt<'_>, s: Str, from: usize) -> R<Str> {
    rt.charge(CALL)?;
    let (front, bytes) = rt.bytes(s).split_at(from);
    let last = bytes.len().saturating_sub(1);
    let special = |index: usize, b: u8| match b {
        b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';' | b'=' | 0..=0x1f => true,
        b'#' => index == 0,
        b' ' => index == 0 || index == last,
        _ => false,
    };
    rt.charge(bytes.len() as u64 * SLOW)?;
    if !bytes
        .iter()
        .enumerate()
        .any(|(index, b)| special(index, *b))
    {
        return Ok(s);
    }
    let mut out = rt.writer();
    out.push(front)?;
    for (index, b) in bytes.iter().enumerate() {
        match *b {
            b if b < 0x20 => out.push(&[b'\\', hex(b >> 4), hex(b & 15)])?,
            b if special(index, b) => out.push(&[b'\\', b])?,
            b => out.push(&[b])?,
        }
    }
    Ok(out.text())
}

fn hex(digit: u8) -> u8 {
    b"0123456789ABCDEF"[usize::from(digit)]
}

/// Where the first RDN ends: the first comma that is not escaped or quoted.
fn first_comma(rt: &mut Rt<'_>, s: Str) -> R<Option<usize>> {
    rt.charge(CALL + s.len() as u64 * SLOW)?;
    let (mut escaped, mut quoted) = (false, false);
    for (index, b) in rt.bytes(s).iter().enumerate() {
        match *b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => return Ok(Some(index)),
            _ => {}
        }
    }
    Ok(None)
}

/// The first RDN (`CN=Ada`); absent for an empty DN.
pub fn dn_rdn(rt: &mut Rt<'_>, s: Str) -> R<Option<Str>> {
    let end = first_comma(rt, s)?.unwrap_or(s.len());
    Ok((!s.is_empty()).then(|| rt.part(s, 0, end)))
}

/// The DN of the parent; absent when there is none.
pub fn dn_parent(rt: &mut Rt<'_>, s: Str) -> R<Option<Str>> {
    Ok(first_comma(rt, s)?.map(|at| rt.part(s, at + 1, s.len())))
}

/// The value of the n-th RDN from the left, or from the right; absent where there is none. Domain components do not count
/// with `skip_dc`.
pub fn dn_component(
    rt: &mut Rt<'_>,
    s: Str,
    number: i64,
    from_right: bool,
    skip_dc: bool,
) -> R<Option<Str>> {
    if number < 1 {
        return Err(Fault::OutOfRange);
    }
    // An address has 32 bits in one of the evaluators and 64 in the other: neither has so many parts.
    let before = usize::try_from(number - 1).unwrap_or(usize::MAX);
    if !from_right {
        return Ok(rdn_value(rt, s, before, skip_dc)?.0);
    }
    let (_, count) = rdn_value(rt, s, usize::MAX, skip_dc)?;
    match count.checked_sub(before.saturating_add(1)) {
        Some(left) => Ok(rdn_value(rt, s, left, skip_dc)?.0),
        None => Ok(None),
    }
}

/// The value of the RDN with so many before it, and how many were looked at.
fn rdn_value(rt: &mut Rt<'_>, s: Str, before: usize, skip_dc: bool) -> R<(Option<Str>, usize)> {
    let (mut count, mut rest) = (0, s);
    while !rest.is_empty() {
        let end = first_comma(rt, rest)?;
        let rdn = rt.part(rest, 0, end.unwrap_or(rest.len()));
        let text = rt.str(rdn);
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name.trim(), value),
            None => ("", text),
        };
        if !(skip_dc && name.eq_ignore_ascii_case("dc")) {
            if count == before {
                let start = text.len() - value.trim_start().len();
                let value = value.trim();
                // A blank behind a backslash belongs to the value.
                let slashes = value.bytes().rev().take_while(|b| *b == b'\\').count();
                let end = (start + value.len() + slashes % 2).min(text.len());
                return Ok((Some(rt.part(rdn, start, end)), count));
            }
            count += 1;
        }
        let Some(end) = end else { break };
        rest = rt.part(rest, end + 1, rest.len());
    }
    Ok((None, count))
}

/// The address behind `SMTP:` in a list of proxy addresses; absent when there is none.
pub fn primary_smtp(rt: &mut Rt<'_>, l: Option<List>) -> R<Option<Str>> {
    rt.charge(CALL)?;
    let Some(l) = l else { return Ok(None) };
    for index in 0..l.len() {
        rt.charge(SLOW)?;
        let item = rt.item(l, index);
        if item != 0 && rt.bytes(Str(item)).starts_with(b"SMTP:") {
            let text = Str(item);
            return Ok(Some(rt.part(text, 5, text.len())));
        }
    }
    Ok(None)
}

/// The address with another domain; `Argument` without an `@`.
pub fn replace_domain(rt: &mut Rt<'_>, s: Str, domain: Str) -> R<Str> {
    rt.charge(CALL + s.len() as u64)?;
    let (bytes, domain) = (rt.bytes(s), rt.bytes(domain));
    let at = bytes
        .iter()
        .rposition(|b| *b == b'@')
        .ok_or(Fault::Argument)?;
    let mut out = rt.writer();
    out.push(&bytes[..=at])?;
    out.push(domain.strip_prefix(b"@").unwrap_or(domain))?;
    Ok(out.text())
}
