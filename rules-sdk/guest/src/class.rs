//! Character classes as .NET's `char.Is…` has them, over UTF-16 units.
//!
//! Invariants: digits are category Nd only; a surrogate half belongs to no class.

use crate::case::LOOKUP;
use crate::category_table::CATEGORIES;
use crate::latin_table::{DIGIT_STARTS, LETTER_RANGES};
use crate::mem::{Boxed, CALL, Fault, R, Rt, Str};
use crate::utf16;

/// `class`: 0 digit, 1 letter, 2 letter or digit, 3 white space, 4 upper, 5 lower, 6 punctuation, 7 control,
/// 8 number, 9 separator, 10 symbol, 11 half of a pair, 12 the first half, 13 the second half,
/// 14 to 19 digits, letters, both, small and capital letters, hexadecimal digits of ASCII, 20 ASCII.
pub fn is(rt: &mut Rt<'_>, c: i32, class: i32) -> bool {
    let Ok(unit) = u32::try_from(c) else {
        return false;
    };
    let is_free = unit < 0x80 && !matches!(class, 6 | 8..=10);
    rt.spend(if is_free { 0 } else { LOOKUP });
    let of = |test: fn(char) -> bool| char::from_u32(unit).is_some_and(test);
    match class {
        0 => is_digit(unit),
        1 => is_letter(unit),
        2 => is_digit(unit) || is_letter(unit),
        3 => of(is_white_space),
        4 => is_letter(unit) && of(char::is_uppercase),
        5 => is_letter(unit) && of(char::is_lowercase) && !modifier(unit),
        7 => unit < 0x20 || (0x7f..0xa0).contains(&unit),
        8 => matches!(category(unit), 8..=10),
        9 => matches!(category(unit), 11..=13),
        10 => matches!(category(unit), 25..=28),
        11 => (0xd800..0xe000).contains(&unit),
        12 => (0xd800..0xdc00).contains(&unit),
        13 => (0xdc00..0xe000).contains(&unit),
        14 => of(|c| c.is_ascii_digit()),
        15 => of(|c| c.is_ascii_alphabetic()),
        16 => of(|c| c.is_ascii_alphanumeric()),
        17 => of(|c| c.is_ascii_lowercase()),
        18 => of(|c| c.is_ascii_uppercase()),
        19 => of(|c| c.is_ascii_hexdigit()),
        20 => unit < 0x80,
        _ => matches!(category(unit), 18..=24),
    }
}

/// Zs, Zl, Zp, the control spaces and U+0085.
pub fn is_white_space(c: char) -> bool {
    c.is_whitespace()
}

pub fn is_letter(unit: u32) -> bool {
    if unit < 0x80 {
        return (unit as u8).is_ascii_alphabetic();
    }
    let Ok(unit) = u16::try_from(unit) else {
        return false;
    };
    let index = LETTER_RANGES.partition_point(|(_, to)| *to < unit);
    LETTER_RANGES
        .get(index)
        .is_some_and(|(from, _)| *from <= unit)
}

pub fn is_digit(unit: u32) -> bool {
    if unit < 0x80 {
        return (unit as u8).is_ascii_digit();
    }
    let index = DIGIT_STARTS.partition_point(|start| u32::from(*start) + 9 < unit);
    DIGIT_STARTS
        .get(index)
        .is_some_and(|start| u32::from(*start) <= unit)
}

/// Letters that Unicode calls lower-case although their category is not Ll.
fn modifier(unit: u32) -> bool {
    matches!(unit, 0xaa | 0xba | 0x2b0..=0x2b8 | 0x2c0..=0x2c1 | 0x2e0..=0x2e4 | 0x37a | 0x1d2c..=0x1d6a | 0x1d78
        | 0x1d9b..=0x1dbf | 0x2071 | 0x207f | 0x2090..=0x209c | 0x2c7c..=0x2c7d | 0xa69c..=0xa69d | 0xa770
        | 0xa7f2..=0xa7f4 | 0xa7f8..=0xa7f9 | 0xab5c..=0xab5f | 0xab69)
}

/// The category as .NET numbers them.
pub fn category(unit: u32) -> u8 {
    let Ok(unit) = u16::try_from(unit) else {
        return 29;
    };
    CATEGORIES[CATEGORIES.partition_point(|(from, _)| *from <= unit) - 1].1
}

/// `char.GetUnicodeCategory`
pub fn category_of(rt: &mut Rt<'_>, c: i32) -> i32 {
    rt.spend(LOOKUP);
    i32::from(category(c as u32))
}

/// `char.GetNumericValue`: of digits of every script, and of the fractions and numerals that names and titles have; else -1.
pub fn numeric_value(rt: &mut Rt<'_>, c: i32) -> f64 {
    let unit = c as u32;
    rt.spend(if unit < 0x80 { 0 } else { LOOKUP * 2 });
    let digit = if unit < 0x80 {
        is_digit(unit).then(|| unit - 0x30)
    } else {
        let mut starts = DIGIT_STARTS.iter().map(|start| u32::from(*start));
        let start = starts.find(|start| (*start..start + 10).contains(&unit));
        start.map(|start| unit - start)
    };
    if let Some(digit) = digit {
        return f64::from(digit);
    }
    match unit {
        0xb2 | 0xb3 => f64::from(unit - 0xb0),
        0xb9 => 1.0,
        0xbc..=0xbe => f64::from(unit - 0xbb) / 4.0,
        0x2070 | 0x2074..=0x2079 => f64::from(unit - 0x2070),
        0x2080..=0x2089 => f64::from(unit - 0x2080),
        0x2153 | 0x2154 => f64::from(unit - 0x2152) / 3.0,
        0x2160..=0x216b => f64::from(unit - 0x215f),
        0x2170..=0x217b => f64::from(unit - 0x216f),
        0x2460..=0x2473 => f64::from(unit - 0x245f),
        _ => -1.0,
    }
}

/// The character that a text has at a place, with both halves of a pair.
pub fn code_point(rt: &mut Rt<'_>, s: Str, index: i32) -> R<i32> {
    let at = utf16::byte(rt, s, i64::from(index))?;
    let c = rt.str(s)[at..].chars().next().ok_or(Fault::OutOfRange)?;
    Ok(c as i32)
}

/// The only character of a text.
pub fn try_parse(rt: &mut Rt<'_>, s: Option<Str>) -> R<Option<Boxed>> {
    rt.charge(CALL)?;
    let Some(s) = s else { return Ok(None) };
    let mut chars = rt.str(s).chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if c.len_utf16() == 1 => rt.boxed(c as u64).map(Some),
        _ => Ok(None),
    }
}
