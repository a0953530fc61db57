//! Custom numeric format strings: `0000`, `#,##0.00`, `0.0%`, sections for negative numbers and zero.
//!
//! Invariants: .NET's reading of the picture, character by character; digits that the picture has no place for stand
//! before its first one.

use crate::digits::{Digits, Kind};
use crate::mem::{R, Rt, SLOW, Str, Writer};
use crate::number_format::exponent;

/// What a section of the picture says.
struct Picture {
    /// Places for digits.
    count: i32,
    /// Places before the point.
    point: i32,
    /// Places before the first `0`, if there is one.
    first: i32,
    /// Places up to the last `0`.
    last: i32,
    scientific: bool,
    grouped: bool,
    /// What the number's point moves by.
    shift: i32,
}

/// Where the section with this number begins; the first one where it is missing or empty.
fn find(format: &str, number: u32) -> usize {
    let mut left = number;
    let mut chars = format.char_indices();
    while left > 0 {
        match chars.next() {
            None | Some((_, '\0')) => return 0,
            Some((_, quote @ ('\'' | '"'))) => skip_quoted(&mut chars, quote),
            Some((_, '\\')) => skip(&mut chars, 1),
            Some((at, ';')) => {
                left -= 1;
                if left == 0 {
                    let empty = matches!(format.as_bytes().get(at + 1), None | Some(b';' | 0));
                    return if empty { 0 } else { at + 1 };
                }
            }
            _ => {}
        }
    }
    0
}

fn skip_quoted(chars: &mut core::str::CharIndices<'_>, quote: char) {
    for (_, c) in chars.by_ref() {
        if c == quote {
            return;
        }
    }
}

fn skip(chars: &mut core::str::CharIndices<'_>, count: usize) {
    for _ in 0..count {
        chars.next();
    }
}

/// Is this an exponent, and how long is it behind its letter: an optional sign, then zeros?
fn exponent_mark(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let zeros = bytes[sign..].iter().take_while(|b| **b == b'0').count();
    (zeros > 0).then_some(sign + zeros)
}

fn picture(section: &str) -> Picture {
    let mut found = Picture {
        count: 0,
        point: -1,
        first: i32::MAX,
        last: 0,
        scientific: false,
        grouped: false,
        shift: 0,
    };
    let (mut comma, mut commas) = (-1, 0);
    let mut chars = section.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            ';' | '\0' => break,
            '#' => found.count += 1,
            '0' => {
                found.first = found.first.min(found.count);
                found.count += 1;
                found.last = found.count;
            }
            '.' if found.point < 0 => found.point = found.count,
            ',' if found.count > 0 && found.point < 0 => {
                if comma == found.count {
                    commas += 1;
                } else {
                    found.grouped |= comma >= 0;
                    (comma, commas) = (found.count, 1);
                }
            }
            '%' => found.shift += 2,
            '‰' => found.shift += 3,
            '\'' | '"' => skip_quoted(&mut chars, c),
            '\\' => skip(&mut chars, 1),
            'E' | 'e' => {
                if let Some(len) = exponent_mark(&section[at + 1..]) {
                    skip(&mut chars, len);
                    found.scientific = true;
                }
            }
            _ => {}
        }
    }
    if found.point < 0 {
        found.point = found.count;
    }
    if comma >= 0 {
        if comma == found.point {
            found.shift -= commas * 3;
        } else {
            found.grouped = true;
        }
    }
    found
}

/// The number in the picture.
pub(crate) fn print(rt: &mut Rt<'_>, mut digits: Digits, format: Str) -> R<Str> {
    rt.charge(format.len() as u64 * SLOW * 8)?;
    let format = rt.str(format);
    let start = if digits.is_zero() {
        2
    } else {
        u32::from(digits.negative)
    };
    let mut from = find(format, start);
    let mut found = picture(&format[from..]);
    if digits.is_zero() {
        digits.negative &= digits.kind == Kind::Double;
        digits.point = 0;
    } else {
        shift_and_round(&mut digits, &found);
        if digits.is_zero() {
            let zero = find(format, 2);
            if zero != from {
                from = zero;
                found = picture(&format[from..]);
                digits.negative &= digits.kind == Kind::Double;
                digits.point = 0;
            }
        }
    }
    rt.charge(digits.point.max(0) as u64 * SLOW * 2)?;
    let mut out = rt.writer();
    let signed = digits.negative && from == 0;
    if signed {
        out.push(b"-")?;
    }
    let wrote = body(&mut out, &digits, &found, &format[from..])?;
    let text = out.text();
    // A sign alone is nothing.
    if signed && digits.point == 0 && !wrote {
        return Ok(rt.no_text());
    }
    Ok(text)
}

fn shift_and_round(digits: &mut Digits, found: &Picture) {
    digits.point += found.shift;
    let keep = if found.scientific {
        found.count
    } else {
        digits.point + found.count - found.point
    };
    digits.round(i64::from(keep), false);
}

/// The places that are still to be filled.
struct Cursor {
    next: usize,
    /// The place of the next digit, counted from the point.
    place: i32,
    /// Digits beyond the picture, or places without digits when negative.
    adjust: i32,
    /// Places from here to the point carry commas.
    grouped: bool,
}

impl Cursor {
    /// A digit, and the comma behind it.
    fn put(&self, out: &mut Writer<'_, '_>, digit: u8) -> R<()> {
        out.push(&[digit])?;
        if self.grouped && self.place > 1 && (self.place - 1) % 3 == 0 {
            out.push(b",")?;
        }
        Ok(())
    }
}

/// Writes the section; whether anything was written.
fn body(out: &mut Writer<'_, '_>, digits: &Digits, found: &Picture, section: &str) -> R<bool> {
    let first = (found.point - found.first.min(found.point)).max(0);
    let last = (found.point - found.last).min(0);
    let mut scientific = found.scientific;
    let mut at = if scientific {
        Cursor {
            next: 0,
            place: found.point,
            adjust: 0,
            grouped: found.grouped,
        }
    } else {
        Cursor {
            next: 0,
            place: digits.point.max(found.point),
            adjust: digits.point - found.point,
            grouped: found.grouped,
        }
    };
    let (mut pointed, mut wrote) = (false, false);
    let mut chars = section.char_indices();
    while let Some((index, c)) = chars.next() {
        if matches!(c, '#' | '0' | '.') {
            while at.adjust > 0 {
                at.put(out, digits.at(at.next).unwrap_or(b'0'))?;
                at.next += usize::from(digits.at(at.next).is_some());
                wrote = true;
                at.place -= 1;
                at.adjust -= 1;
            }
        }
        match c {
            ';' | '\0' => break,
            '#' | '0' => {
                let digit = if at.adjust < 0 {
                    at.adjust += 1;
                    (at.place <= first).then_some(b'0')
                } else if let Some(digit) = digits.at(at.next) {
                    at.next += 1;
                    Some(digit)
                } else {
                    (at.place > last).then_some(b'0')
                };
                if let Some(digit) = digit {
                    at.put(out, digit)?;
                    wrote = true;
                }
                at.place -= 1;
            }
            '.' => {
                let digits_follow = found.point < found.count && digits.at(at.next).is_some();
                if at.place == 0 && !pointed && (last < 0 || digits_follow) {
                    out.push(b".")?;
                    (pointed, wrote) = (true, true);
                }
            }
            ',' => {}
            '\'' | '"' => {
                for (_, inner) in chars.by_ref() {
                    if inner == c {
                        break;
                    }
                    out.char(inner)?;
                    wrote = true;
                }
            }
            '\\' => {
                if let Some((_, literal)) = chars.next() {
                    out.char(literal)?;
                    wrote = true;
                }
            }
            'E' | 'e' if scientific => {
                let rest = &section[index + 1..];
                wrote = true;
                let Some(len) = exponent_mark(rest) else {
                    out.push(&[c as u8])?;
                    continue;
                };
                let sign = usize::from(rest.starts_with(['+', '-']));
                let value = if digits.is_zero() {
                    0
                } else {
                    digits.point - found.point
                };
                let least = (len - sign).min(10);
                exponent(out, c as u8, value, least, rest.starts_with('+'))?;
                skip(&mut chars, len);
                scientific = false;
            }
            'E' | 'e' => {
                // Behind the exponent, or without zeros, it is a letter; its sign and zeros are characters too.
                let rest = &section[index + 1..];
                let sign = usize::from(rest.starts_with(['+', '-']));
                let zeros = rest[sign..].bytes().take_while(|b| *b == b'0').count();
                out.push(&[c as u8])?;
                out.push(&rest.as_bytes()[..sign + zeros])?;
                skip(&mut chars, sign + zeros);
                wrote = true;
            }
            c => {
                out.char(c)?;
                wrote = true;
            }
        }
    }
    Ok(wrote)
}
