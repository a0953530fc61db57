//! Conditions.

use super::kind::Kind;
use super::lists::{ints, texts};
use super::numbers::{decimal, double, int, long};
use super::patterns::test;
use super::tape::Tape;
use super::texts::{maybe, text};
use super::{expr, library, small};

/// A `bool`.
pub fn truth(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| {
        t.pick(&[
            "b",
            "true",
            "false",
            "o == null",
            "o is not null",
            "p > 3",
            "(c ?? false)",
            "c == true",
            "Target.b",
        ])
        .to_owned()
    };
    t.deeper(leaf, |t| match t.next(34) {
        0..12 => library::call(t, Kind::Bool).unwrap_or_else(|| format!("({})", leaf(t))),
        12 => format!("({} && {})", truth(t), truth(t)),
        13 => format!("({} || {})", truth(t), truth(t)),
        14 => format!("!({})", truth(t)),
        15 => format!("({} {} {})", text(t), t.pick(&["==", "!="]), maybe(t)),
        16 => format!("({} {} {})", int(t), compared(t), int(t)),
        17 => format!("({} {} {})", double(t), compared(t), double(t)),
        18 => format!("({} {} {})", decimal(t), compared(t), decimal(t)),
        19 => format!("({} {} {})", long(t), compared(t), int(t)),
        20 => format!(
            "({} {} {})",
            expr(t, Kind::Date),
            compared(t),
            expr(t, Kind::Date)
        ),
        21 => format!(
            "({} {} {})",
            expr(t, Kind::Span),
            compared(t),
            expr(t, Kind::Span)
        ),
        22 => format!("({} == {})", expr(t, Kind::Guid), expr(t, Kind::Guid)),
        23 => format!("(p {} {})", compared(t), decimal(t)),
        24 => format!("(z {} {})", compared(t), expr(t, Kind::Date)),
        25 => format!(
            "({}).SequenceEqual({})",
            expr(t, Kind::Octets),
            expr(t, Kind::Octets)
        ),
        26 => "(o != null && o.Length > 2)".to_owned(),
        27 => format!("(bool.TryParse({}, out var _) ^ {})", text(t), truth(t)),
        28 => format!("(Guid.TryParse({}, out var _) & {})", maybe(t), truth(t)),
        29 => format!("(DateTime.TryParse({}, out var _) | {})", text(t), truth(t)),
        30..32 => test(t),
        _ => of_lists(t),
    })
}

fn compared(t: &mut Tape<'_>) -> String {
    t.pick(&["<", "<=", ">", ">=", "==", "!="]).to_owned()
}

fn of_lists(t: &mut Tape<'_>) -> String {
    let v = t.fresh();
    match t.next(8) {
        0 => format!("({}).Any({v} => {v} == {})", texts(t), t.looped(text)),
        1 => format!("({}).Contains({})", texts(t), maybe(t)),
        2 => format!(
            "({}).All({v} => {v}.Length > {})",
            texts(t),
            t.looped(small)
        ),
        3 => format!("({}).Any(char.IsDigit)", text(t)),
        4 => format!(
            "({}).Contains({}, StringComparer.OrdinalIgnoreCase)",
            texts(t),
            text(t)
        ),
        5 => format!("({}).SequenceEqual({})", texts(t), texts(t)),
        6 => format!("({}).Contains({})", ints(t), int(t)),
        _ => format!("({}).Exists({v} => {})", texts(t), t.looped(truth)),
    }
}
