//! `switch` and `is`.

use super::lists::texts;
use super::numbers::int;
use super::tape::Tape;
use super::texts::{maybe, text};
use super::truths::truth;

const OF_TEXT: &[&str] = &[
    "\"a\"",
    "null",
    "\"a\" or \"b\"",
    "not \"x\"",
    "{ Length: > 3 }",
    "{ Length: 0 }",
    "\"\" or null",
    "not null and not \"b\"",
];
const OF_NUMBER: &[&str] = &[
    "0",
    "> 5",
    ">= -1 and < 9",
    "not 3",
    "< 0 or > 100",
    "1 or 2 or 3",
];

/// A `switch` whose arms are made by `value`.
pub fn switch(t: &mut Tape<'_>, value: fn(&mut Tape<'_>) -> String) -> String {
    let of_text = t.next(2) == 0;
    let operand = if of_text { maybe(t) } else { int(t) };
    let patterns = if of_text { OF_TEXT } else { OF_NUMBER };
    let mut arms = String::new();
    // Two arms of the same pattern would be an error: the second is never reached.
    let first = usize::from(t.next(patterns.len() as u8));
    for arm in 0..=usize::from(t.next(2)) {
        // Arms after "not" might never be reached: a guard on each keeps them.
        let pattern = patterns[(first + arm) % patterns.len()];
        let guard = truth(t);
        arms.push_str(&format!("{pattern} when ({guard}) => {}, ", value(t)));
    }
    if of_text && t.next(3) == 1 {
        let v = t.fresh();
        arms.push_str(&format!("string {v} when {v}.Length > 1 => {}, ", value(t)));
    }
    format!("(({operand}) switch {{ {arms}_ => {} }})", value(t))
}

/// An `is`.
pub fn test(t: &mut Tape<'_>) -> String {
    let v = t.fresh();
    match t.next(8) {
        0 => format!("(({}) is {})", maybe(t), t.pick(OF_TEXT)),
        1 => format!("(({}) is {})", int(t), t.pick(OF_NUMBER)),
        2 => format!("(({}) is string {v} && {v}.Length > 1)", maybe(t)),
        3 => format!(
            "(({}) is {{ Length: > 1 }} {v} && {v} != {})",
            maybe(t),
            text(t)
        ),
        4 => format!("(({}) is [\"a\", ..])", texts(t)),
        5 => format!("(({}) is [_, _] or [])", texts(t)),
        6 => format!("(({}) is [.., {{ Length: < 4 }}])", texts(t)),
        _ => format!("(p is int {v} && {v} > {})", int(t)),
    }
}

/// A number from a list's pattern.
pub fn list_pattern(t: &mut Tape<'_>) -> String {
    let v = t.fresh();
    match t.next(2) {
        0 => format!("({}) is [_, .. var {v}] ? {v}.Count : 0", texts(t)),
        _ => format!("({}) is [var {v}, ..] ? {v}.Length : -1", texts(t)),
    }
}
