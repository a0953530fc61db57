//! Texts and characters.

use super::arguments::{NUMBER_FORMATS, PATTERNS, format};
use super::kind::Kind;
use super::lists::{doubled, joined, texts};
use super::numbers::{decimal, double, int};
use super::tape::Tape;
use super::truths::truth;
use super::{expr, library, patterns, small};

const LITERALS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"Ada Byron\"",
    "\"ä😀ß\"",
    "\" x-y_z \"",
    "\"12\"",
    "\"a,b;;c\"",
    "\"@\"",
    "\"e\\u0301\\u200d\"",
    "@\"\\d{2}\"",
    "\"\"\"raw \"x\" \\\"\"\"",
    "\"İIıi\"",
    "\"{0}\"",
    "Target.s",
    "Target.t!",
];
/// Characters.
pub const CHARS: &[&str] = &["'a'", "','", "' '", "'ß'", "'-'", "'Z'", "'\\0'", "'İ'"];
const NUMBERS_IN_TEXT: &[&str] = &[
    "$\"{d:0.0#}|{n,9:N0}|{p:D3}\"",
    "$\"{s,-6}|{o,4}|{b}|{k:X}\"",
    "$\"{w:yyyy-MM-dd}{z:o}{g:N}\"",
    "$\"{{{q}}}{e:E2}{ch}{h}\"",
];

/// A text that is there.
pub fn text(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| match t.next(4) {
        0 => t.pick(LITERALS).to_owned(),
        1 => "s".to_owned(),
        2 => "(o ?? \"none\")".to_owned(),
        _ => "o!".to_owned(),
    };
    t.deeper(leaf, |t| match t.next(60) {
        0..18 => library::call(t, Kind::Text).unwrap_or_else(|| leaf(t)),
        18..22 => of_maybe(t),
        22..30 => spoken(t),
        30..40 => built(t),
        40..48 => chosen(t),
        48..52 => doubled(t),
        52..56 => matched(t),
        _ => joined(t),
    })
}

/// From something that may be absent.
fn of_maybe(t: &mut Tape<'_>) -> String {
    match t.next(3) {
        0 => format!("({} ?? {})", maybe(t), text(t)),
        1 => format!("({})!", maybe(t)),
        _ => format!("(\"\" + {})", maybe(t)),
    }
}

/// What another value is as a text.
fn spoken(t: &mut Tape<'_>) -> String {
    let kinds = [
        Kind::Char,
        Kind::Int,
        Kind::Double,
        Kind::Decimal,
        Kind::Date,
        Kind::Span,
        Kind::Guid,
        Kind::Bool,
        Kind::Day,
        Kind::Long,
        Kind::Enum("UnicodeCategory"),
        Kind::Enum("DayOfWeek"),
        Kind::Enum("DateTimeKind"),
    ];
    match t.next(18) {
        0 => format!("Convert.ToBase64String({})", expr(t, Kind::Octets)),
        1 => format!("({}).Value", expr(t, Kind::Match)),
        2 => format!("({}).Groups[{}].Value", expr(t, Kind::Match), t.next(3)),
        3 => format!("({} + {})", text(t), double(t)),
        4 => format!("({} + {})", text(t), decimal(t)),
        other => {
            let kind = kinds[usize::from(other - 5)];
            match t.next(2) {
                0 => format!("({}).ToString()", expr(t, kind)),
                _ => format!("({} + {})", text(t), expr(t, kind)),
            }
        }
    }
}

/// Built from parts.
fn built(t: &mut Tape<'_>) -> String {
    match t.next(13) {
        0 => format!("({} + {})", text(t), maybe(t)),
        1 => format!("string.Concat({}, {}, {})", text(t), maybe(t), text(t)),
        2 => format!(
            "string.Format(\"<{{0}}|{{1,5}}>\", {}, {})",
            text(t),
            int(t)
        ),
        3 => t.pick(NUMBERS_IN_TEXT).to_owned(),
        4 => format!(
            "$\"{{{}.Length}}-{{{}}}\"",
            on(&expr(t, Kind::Text)),
            int(t)
        ),
        5 => format!("({})[{}].ToString()", text(t), small(t)),
        6 => format!("({})[{}..^{}]", text(t), small(t), small(t)),
        7 => format!("new string({}, {})", t.pick(CHARS), small(t)),
        8 => format!("({}).ToString({})", int(t), format(t, NUMBER_FORMATS)),
        9 => format!("({}).ToString({})", double(t), text(t)),
        10 => format!(
            "({}).ToString({})",
            decimal(t),
            format(t, &NUMBER_FORMATS[3..])
        ),
        11 => format!("({})[^{}].ToString()", text(t), small(t)),
        _ => {
            let v = t.fresh();
            let kept = format!("({}).Where({v} => {} != {v})", text(t), t.pick(CHARS));
            format!("new string({kept}.ToArray())")
        }
    }
}

/// One of several.
fn chosen(t: &mut Tape<'_>) -> String {
    match t.next(4) {
        0 => format!("({} ? {} : {})", truth(t), text(t), text(t)),
        1 => patterns::switch(t, text),
        2 => format!("({} ?? throw new Exception({}))", maybe(t), text(t)),
        _ => format!("({}).Split({})[{}]", text(t), t.pick(CHARS), small(t)),
    }
}

/// With patterns that take a function.
fn matched(t: &mut Tape<'_>) -> String {
    let pattern = t.pick(PATTERNS);
    match t.next(4) {
        0 => {
            let (value, v) = (text(t), t.fresh());
            let with = t.looped(|t| match t.next(3) {
                0 => format!("{v}.Value.ToUpper()"),
                1 => format!("{v}.Groups[0].Value + {v}.Index"),
                _ => text(t),
            });
            format!("Regex.Replace({value}, \"{pattern}\", {v} => {with})")
        }
        1 => format!("Regex.Replace({}, \"{pattern}\", \"<$0>\")", text(t)),
        2 => {
            let (value, v) = (text(t), t.fresh());
            format!(
                "string.Join(\"|\", Regex.Matches({value}, \"{pattern}\").Select({v} => {v}.Value + {v}.Length))"
            )
        }
        _ => format!("new Regex(\"{pattern}\").Replace({}, {})", text(t), text(t)),
    }
}

/// A text that may be absent.
pub fn maybe(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| match t.next(4) {
        0 => "o".to_owned(),
        1 => text(t),
        2 => "Target.t".to_owned(),
        _ => "m?.FirstOrDefault()".to_owned(),
    };
    t.deeper(leaf, |t| match t.next(12) {
        0 => "o?.Trim()".to_owned(),
        1 => {
            let (list, v) = (texts(t), t.fresh());
            format!(
                "({list}).FirstOrDefault({v} => {v}.Length > {})",
                t.looped(small)
            )
        }
        2 => format!("({} ? {} : null)", truth(t), text(t)),
        3 => format!("({}).LastOrDefault()", texts(t)),
        4 => "o?.ToUpper()?.Substring(1)".to_owned(),
        5 => format!("({}).ElementAtOrDefault({})", texts(t), small(t)),
        6 => format!("({})?.Replace({}, {})", maybe_of_list(t), text(t), maybe(t)),
        7 => format!("({} as string)", leaf(t)),
        _ => library::call(t, Kind::Maybe).unwrap_or_else(|| leaf(t)),
    })
}

fn maybe_of_list(t: &mut Tape<'_>) -> String {
    format!("({}).FirstOrDefault()", texts(t))
}

/// A character.
pub fn char(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| match t.next(2) {
        0 => t.pick(CHARS).to_owned(),
        _ => "(ch ?? 'x')".to_owned(),
    };
    t.deeper(leaf, |t| match t.next(8) {
        0 => format!("({})[{}]", text(t), small(t)),
        1 => format!(
            "({}).{}()",
            text(t),
            t.pick(&["First", "Last", "Max", "Single"])
        ),
        2 => format!("((char){})", int(t)),
        3 => leaf(t),
        _ => library::call(t, Kind::Char).unwrap_or_else(|| leaf(t)),
    })
}

/// In parentheses.
fn on(value: &str) -> String {
    format!("({value})")
}
