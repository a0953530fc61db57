//! Character classes as .NET's `char.Is…` has them, over UTF-16 units.
//!
//! Invariants: digits are category Nd only; a surrogate half belongs to no class.

use crate::latin_table::{DIGIT_STARTS, LETTER_RANGES};
use crate::mem::Rt;

/// `class`: 0 digit, 1 letter, 2 letter or digit, 3 white space, 4 upper, 5 lower, 6 punctuation, 7 control,
/// 8 number, 9 separator, 10 symbol, 11 half of a pair, 12 the first half, 13 the second half.
pub fn is(_: &mut Rt<'_>, c: i32, class: i32) -> bool {
    let Ok(unit) = u32::try_from(c) else {
        return false;
    };
    let of = |test: fn(char) -> bool| char::from_u32(unit).is_some_and(test);
    match class {
        0 => is_digit(unit),
        1 => is_letter(unit),
        2 => is_digit(unit) || is_letter(unit),
        3 => of(is_white_space),
        4 => is_letter(unit) && of(char::is_uppercase),
        5 => is_letter(unit) && of(char::is_lowercase) && !modifier(unit),
        7 => unit < 0x20 || (0x7f..0xa0).contains(&unit),
        8 => is_digit(unit) || of(|c| c.is_numeric()) && !is_letter(unit),
        9 => of(is_separator),
        10 => of(is_symbol),
        11 => (0xd800..0xe000).contains(&unit),
        12 => (0xd800..0xdc00).contains(&unit),
        13 => (0xdc00..0xe000).contains(&unit),
        _ => of(is_punctuation),
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

/// Category P of Latin-1 and general punctuation.
fn is_punctuation(c: char) -> bool {
    match c {
        '\0'..='\x7f' => {
            c.is_ascii_punctuation()
                && !matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~')
        }
        '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' => true,
        '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{2043}'
        | '\u{2045}'..='\u{2051}'
        | '\u{2053}'..='\u{205e}' => true,
        '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' => true,
        _ => false,
    }
}

/// Zs, Zl and Zp.
fn is_separator(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\t'..='\r' | '\u{85}')
}

/// Category S of ASCII, Latin-1 and the blocks of symbols.
fn is_symbol(c: char) -> bool {
    matches!(c, '$' | '+' | '<'..='>' | '^' | '`' | '|' | '~' | '¢'..='¦' | '¨' | '©' | '¬' | '®'..='±' | '´' | '¸' | '×' | '÷'
        | '˂'..='˅' | '˒'..='˟' | '\u{2044}' | '\u{2052}' | '\u{207a}'..='\u{207c}' | '\u{208a}'..='\u{208c}' | '₠'..='⃀'
        | '\u{2190}'..='\u{2307}' | '\u{230c}'..='\u{2328}' | '\u{232b}'..='\u{23ff}' | '\u{2400}'..='\u{2426}' | '\u{249c}'..='\u{24e9}' | '\u{2500}'..='\u{2767}'
        | '\u{2794}'..='\u{27c4}' | '™' | '℠' | '℃' | '℉' | '№' | '\u{2900}'..='\u{2982}' | '\u{29dc}'..='\u{29fb}' | '\u{29fe}'..='\u{2bff}')
}
