//! Octets: base64, hexadecimal, encodings, GUIDs, SIDs.
//!
//! Invariants: a GUID cell holds the bytes in the order of its text; `ToByteArray` and `new Guid(bytes)` swap to .NET's
//! mixed order, which is also Active Directory's objectGUID; decoding refuses what .NET refuses.

use crate::bulk;
use crate::mem::{CALL, Fault, Octets, R, Rt, SLOW, Str};

pub fn equal(rt: &mut Rt<'_>, a: Option<Octets>, b: Option<Octets>) -> R<bool> {
    rt.charge(CALL)?;
    let (Some(a), Some(b)) = (a, b) else {
        return Ok(a.is_none() && b.is_none());
    };
    let (a, b) = (rt.octets(a), rt.octets(b));
    rt.charge(a.len().min(b.len()) as u64)?;
    Ok(bulk::same(a, b))
}

pub fn length(rt: &mut Rt<'_>, o: Octets) -> i32 {
    rt.octets(o).len() as i32
}

pub fn at(rt: &mut Rt<'_>, o: Octets, index: i32) -> R<i32> {
    rt.charge(SLOW)?;
    let index = usize::try_from(index).map_err(|_| Fault::OutOfRange)?;
    rt.octets(o)
        .get(index)
        .map(|b| i32::from(*b))
        .ok_or(Fault::OutOfRange)
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub fn to_base64(rt: &mut Rt<'_>, o: Octets) -> R<Str> {
    rt.charge(CALL)?;
    let bytes = rt.octets(o);
    let mut out = rt.writer();
    for group in bytes.chunks(3) {
        out.charge(SLOW * 2)?;
        let [a, b, c] = [
            group[0],
            group.get(1).copied().unwrap_or(0),
            group.get(2).copied().unwrap_or(0),
        ];
        let bits = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
        let digit = |shift: u32| BASE64[(bits >> shift & 63) as usize];
        let mut four = [digit(18), digit(12), digit(6), digit(0)];
        four[group.len() + 1..].fill(b'=');
        out.push(&four)?;
    }
    Ok(out.text())
}

/// White space between digits is skipped, as .NET does.
pub fn from_base64(rt: &mut Rt<'_>, s: Str) -> R<Octets> {
    rt.charge(CALL)?;
    let bytes = rt.bytes(s);
    let mut out = rt.writer();
    let (mut bits, mut digits, mut padding) = (0_u32, 0, 0);
    for b in bytes {
        out.charge(SLOW * 2)?;
        let value = match b {
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'=' => {
                padding += 1;
                0
            }
            _ if padding > 0 => return Err(Fault::Format),
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(Fault::Format),
        };
        bits = bits << 6 | u32::from(value);
        digits += 1;
        if digits == 4 {
            if padding > 2 {
                return Err(Fault::Format);
            }
            let three = [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8];
            out.push(&three[..3 - padding])?;
            (bits, digits) = (0, if padding > 0 { 5 } else { 0 });
        } else if digits > 4 {
            return Err(Fault::Format);
        }
    }
    if digits != 0 && digits != 5 {
        Err(Fault::Format)
    } else {
        Ok(out.octets())
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

pub fn to_hex(rt: &mut Rt<'_>, o: Octets) -> R<Str> {
    rt.charge(CALL)?;
    let bytes = rt.octets(o);
    let mut out = rt.writer();
    for b in bytes {
        out.charge(SLOW)?;
        out.push(&[HEX[usize::from(b >> 4)], HEX[usize::from(b & 15)]])?;
    }
    Ok(out.text())
}

/// As [`to_hex`], with a hyphen between octets.
pub fn hex_pairs(rt: &mut Rt<'_>, o: Octets) -> R<Str> {
    rt.charge(CALL)?;
    let bytes = rt.octets(o);
    let mut out = rt.writer();
    for (index, b) in bytes.iter().enumerate() {
        out.charge(SLOW * 2)?;
        if index > 0 {
            out.push(b"-")?;
        }
        out.push(&[HEX[usize::from(b >> 4)], HEX[usize::from(b & 15)]])?;
    }
    Ok(out.text())
}

fn nibble(b: u8) -> R<u8> {
    (b as char)
        .to_digit(16)
        .map(|d| d as u8)
        .ok_or(Fault::Format)
}

pub fn from_hex(rt: &mut Rt<'_>, s: Str) -> R<Octets> {
    rt.charge(CALL)?;
    let bytes = rt.bytes(s);
    if !bytes.len().is_multiple_of(2) {
        return Err(Fault::Format);
    }
    let mut out = rt.writer();
    for pair in bytes.chunks_exact(2) {
        out.charge(SLOW * 2)?;
        out.push(&[nibble(pair[0])? << 4 | nibble(pair[1])?])?;
    }
    Ok(out.octets())
}

/// `encoding`: 0 UTF-8, 1 UTF-16LE, 2 ASCII.
pub fn encode(rt: &mut Rt<'_>, s: Str, encoding: i32) -> R<Octets> {
    rt.charge(CALL)?;
    let text = rt.str(s);
    let mut out = rt.writer();
    match encoding {
        0 => out.push(text.as_bytes())?,
        1 => {
            for unit in text.encode_utf16() {
                out.charge(SLOW * 2)?;
                out.push(&unit.to_le_bytes())?;
            }
        }
        _ => {
            for unit in text.encode_utf16() {
                out.charge(SLOW * 2)?;
                out.push(&[if unit < 0x80 { unit as u8 } else { b'?' }])?;
            }
        }
    }
    Ok(out.octets())
}

/// What cannot be decoded becomes U+FFFD (`?` in ASCII), as .NET's encodings do.
pub fn decode(rt: &mut Rt<'_>, o: Octets, encoding: i32) -> R<Str> {
    rt.charge(CALL)?;
    let bytes = rt.octets(o);
    if encoding == 0 && bulk::is_ascii(bytes) {
        rt.charge(bytes.len() as u64)?;
        return rt.ascii_copy(bytes);
    }
    let mut out = rt.writer();
    match encoding {
        0 => {
            for chunk in bytes.utf8_chunks() {
                out.charge(SLOW * 4 + chunk.valid().len() as u64 * 8)?;
                out.push(chunk.valid().as_bytes())?;
                if !chunk.invalid().is_empty() {
                    out.char('\u{fffd}')?;
                }
            }
        }
        1 => {
            let units = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            for c in char::decode_utf16(units) {
                out.charge(SLOW * 2)?;
                out.char(c.unwrap_or('\u{fffd}'))?;
            }
            if !bytes.len().is_multiple_of(2) {
                out.char('\u{fffd}')?;
            }
        }
        _ => {
            for b in bytes {
                out.charge(SLOW)?;
                out.push(&[if *b < 0x80 { *b } else { b'?' }])?;
            }
        }
    }
    Ok(out.text())
}

/// Text order to .NET's byte array, and back: the same swap.
fn swap(b: &[u8]) -> R<[u8; 16]> {
    let b: &[u8; 16] = b.try_into().map_err(|_| Fault::Argument)?;
    Ok([
        b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12], b[13],
        b[14], b[15],
    ])
}

pub fn guid_from_octets(rt: &mut Rt<'_>, o: Octets) -> R<Octets> {
    rt.charge(CALL)?;
    let swapped = swap(rt.octets(o))?;
    rt.new_octets(&swapped)
}

/// Forms N, D, B and P.
fn parse(text: &[u8]) -> Option<[u8; 16]> {
    let text = text.trim_ascii();
    let inner = match (text.first()?, text.last()?) {
        (b'{', b'}') | (b'(', b')') => text.get(1..text.len() - 1)?,
        _ => text,
    };
    let dashed = inner.len() == 36;
    if !dashed && (inner.len() != 32 || inner.len() != text.len()) {
        return None;
    }
    let mut out = [0; 16];
    let mut digits = 0;
    for (index, b) in inner.iter().enumerate() {
        if dashed && matches!(index, 8 | 13 | 18 | 23) {
            if *b != b'-' {
                return None;
            }
            continue;
        }
        let digit = (*b as char).to_digit(16)? as u8;
        out[digits / 2] = out[digits / 2] << 4 | digit;
        digits += 1;
    }
    Some(out)
}

pub fn guid_parse(rt: &mut Rt<'_>, s: Str) -> R<Octets> {
    rt.charge(CALL * 4 + s.len() as u64 * SLOW)?;
    let guid = parse(rt.bytes(s)).ok_or(Fault::Format)?;
    rt.new_octets(&guid)
}

/// `Guid.ParseExact`: the form is told by its first character and its length.
pub fn guid_parse_exact(rt: &mut Rt<'_>, s: Str, format: Str) -> R<Octets> {
    rt.charge(s.len() as u64 * SLOW)?;
    let text = rt.str(s).trim();
    let fits = match rt.str(format) {
        "N" | "n" => text.len() == 32,
        "D" | "d" => text.len() == 36,
        "B" | "b" => text.len() == 38 && text.starts_with('{'),
        "P" | "p" => text.len() == 38 && text.starts_with('('),
        _ => false,
    };
    if !fits {
        rt.charge(CALL)?;
        return Err(Fault::Format);
    }
    guid_parse(rt, s)
}

/// As [`guid_parse_exact`], absent where it is none.
pub fn guid_try_parse_exact(rt: &mut Rt<'_>, s: Option<Str>, format: Str) -> R<Option<Octets>> {
    match s.map(|s| guid_parse_exact(rt, s, format)) {
        Some(Err(Fault::Format)) => Ok(None),
        found => found.transpose(),
    }
}

/// -1, 0 or 1, as .NET orders them: by the digits of their text.
pub fn guid_compare(rt: &mut Rt<'_>, a: Octets, b: Octets) -> R<i32> {
    rt.charge(CALL * 3)?;
    Ok(rt.octets(a).cmp(rt.octets(b)) as i32)
}

pub fn guid_try_parse(rt: &mut Rt<'_>, s: Option<Str>) -> R<Option<Octets>> {
    rt.charge(CALL * 4 + s.map_or(0, Str::len) as u64 * SLOW)?;
    match s.and_then(|s| parse(rt.bytes(s))) {
        Some(guid) => rt.new_octets(&guid).map(Some),
        None => Ok(None),
    }
}

/// `format`: D (also empty), N, B or P.
pub fn guid_to_text(rt: &mut Rt<'_>, g: Octets, format: Str) -> R<Str> {
    rt.charge(CALL * 16)?;
    let format = match rt.bytes(format) {
        [] => b'D',
        [one] => one.to_ascii_uppercase(),
        _ => return Err(Fault::Format),
    };
    let (open, close, dashes) = match format {
        b'D' => ("", "", true),
        b'N' => ("", "", false),
        b'B' => ("{", "}", true),
        b'P' => ("(", ")", true),
        _ => return Err(Fault::Format),
    };
    let bytes = rt.octets(g);
    let mut out = rt.writer();
    out.push(open.as_bytes())?;
    for (index, b) in bytes.iter().enumerate() {
        if dashes && matches!(index, 4 | 6 | 8 | 10) {
            out.push(b"-")?;
        }
        let digit = |d: u8| HEX[usize::from(d)].to_ascii_lowercase();
        out.push(&[digit(b >> 4), digit(b & 15)])?;
    }
    out.push(close.as_bytes())?;
    Ok(out.text())
}

/// `S-1-5-21-…`
pub fn sid_to_text(rt: &mut Rt<'_>, o: Octets) -> R<Str> {
    rt.charge(CALL * 4)?;
    let bytes = rt.octets(o);
    let [1, count, authority @ ..] = bytes else {
        return Err(Fault::Argument);
    };
    if authority.len() != 6 + usize::from(*count) * 4 || *count > 15 {
        return Err(Fault::Argument);
    }
    let (authority, rest) = authority.split_at(6);
    let mut out = rt.writer();
    out.push(b"S-1-")?;
    decimal(
        &mut out,
        authority.iter().fold(0, |n, b| n << 8 | u64::from(*b)),
    )?;
    for part in rest.chunks_exact(4) {
        out.push(b"-")?;
        decimal(
            &mut out,
            u64::from(u32::from_le_bytes([part[0], part[1], part[2], part[3]])),
        )?;
    }
    Ok(out.text())
}

fn decimal(out: &mut crate::mem::Writer<'_, '_>, value: u64) -> R<()> {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = value;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return out.push(&digits[at..]);
        }
    }
}
