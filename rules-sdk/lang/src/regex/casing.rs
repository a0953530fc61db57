//! Which characters are the same without case, as .NET's regular expressions have it.
//!
//! Invariants: those with the same simple small letter, one UTF-16 unit each: `K` and the Kelvin sign, but not `s` and `ſ`, nor
//! `i` and `İ`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};
use syncline_rules_guest::lower_case;

use super::{RegexError, why};

/// The characters of each small letter that has others.
static SAME: LazyLock<BTreeMap<char, Vec<char>>> = LazyLock::new(|| {
    let mut same: BTreeMap<char, Vec<char>> = BTreeMap::new();
    for c in '\0'..='\u{ffff}' {
        let small = lower_case(c);
        if small != c {
            same.entry(small).or_insert_with(|| vec![small]).push(c);
        }
    }
    same
});

/// The character with its other cases; none where it has none.
pub(super) fn of(c: char) -> Vec<char> {
    SAME.get(&lower_case(c)).cloned().unwrap_or_default()
}

/// The parts of a class, with the other cases of all its characters.
pub(super) fn closed(items: &str) -> Result<String, RegexError> {
    let class = regex_syntax::parse(&format!("[{items}]"))
        .map_err(|error| RegexError::Malformed(why(&error)))?;
    let ranges: Vec<(char, char)> = match class.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges().iter();
            ranges.map(|range| (range.start(), range.end())).collect()
        }
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).unwrap_or_default();
            text.chars().map(|c| (c, c)).collect()
        }
        _ => return Ok(items.to_owned()),
    };
    let has = |c: &char| ranges.iter().any(|(from, to)| (from..=to).contains(&c));
    let others = SAME.values().filter(|cases| cases.iter().any(has));
    let others: Vec<String> = others.flatten().map(|c| escaped(*c)).collect();
    Ok(format!("{items}{}", others.concat()))
}

fn escaped(c: char) -> String {
    format!(r"\x{{{:x}}}", u32::from(c))
}
