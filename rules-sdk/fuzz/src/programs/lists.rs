//! Lists, and what is made of them.

use super::kind::Kind;
use super::numbers::{int, long};
use super::tape::Tape;
use super::texts::{CHARS, maybe, text};
use super::truths::truth;
use super::{expr, library, small};

/// A list of texts.
pub fn texts(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| t.pick(&["l", "(m ?? l)", "m!", "Target.l"]).to_owned();
    t.deeper(leaf, |t| match t.next(44) {
        0..8 => library::call(t, Kind::Texts).unwrap_or_else(|| leaf(t)),
        8..20 => with_lambda(t),
        20..24 => of_others(t),
        24 => format!("({}).Distinct()", texts(t)),
        25 => format!(
            "({}).{}({})",
            texts(t),
            t.pick(&["Skip", "Take", "SkipLast", "TakeLast"]),
            small(t)
        ),
        26 => format!(
            "({}).{}({})",
            texts(t),
            t.pick(&["Concat", "Except", "Union", "Intersect"]),
            texts(t)
        ),
        27 => {
            let name = t.pick(&["Except", "Union", "Intersect"]);
            format!(
                "({}).{name}({}, StringComparer.OrdinalIgnoreCase)",
                texts(t),
                texts(t)
            )
        }
        28 => format!("new[] {{ {}, {} }}", text(t), text(t)),
        29 => format!("new List<string> {{ {}, {} }}", text(t), text(t)),
        30 => format!(
            "({}).{}({})",
            texts(t),
            t.pick(&["Append", "Prepend"]),
            text(t)
        ),
        31 => format!(
            "({}).{}()",
            texts(t),
            t.pick(&[
                "Reverse",
                "Order",
                "OrderDescending",
                "ToArray",
                "ToHashSet"
            ])
        ),
        32 => format!("({})[{}..]", texts(t), small(t)),
        33 => format!("({})[{}..^{}]", texts(t), small(t), small(t)),
        34 => format!("({}).GetRange({}, {})", texts(t), small(t), small(t)),
        35 => format!("({}).DefaultIfEmpty({})", texts(t), text(t)),
        36 => format!("({} ? {} : {})", truth(t), texts(t), texts(t)),
        37 => format!("({}).Distinct(StringComparer.OrdinalIgnoreCase)", texts(t)),
        38 => format!("({}).Split({})", text(t), t.pick(CHARS)),
        39 => format!("({}).Chunk({}).First()", texts(t), small(t)),
        40 => format!("Enumerable.Repeat({}, {})", text(t), small(t)),
        41 => format!("({}).Where(string.IsNullOrEmpty)", texts(t)),
        _ => format!("({}).AsEnumerable()", texts(t)),
    })
}

fn with_lambda(t: &mut Tape<'_>) -> String {
    let (list, v) = (texts(t), t.fresh());
    t.looped(|t| match t.next(15) {
        0 => format!("({list}).Where({v} => {v} != {})", text(t)),
        1 => format!("({list}).Select({v} => {v} + {})", int(t)),
        2 => format!("({list}).OrderBy({v} => {v})"),
        3 => format!("({list}).OrderBy({v} => {v}.Length).ThenBy({v} => {v}, StringComparer.OrdinalIgnoreCase)"),
        4 => format!("({list}).SelectMany({v} => {v}.Split('-'))"),
        5 => format!("({list}).OrderByDescending({v} => {v}.Length).ThenByDescending({v} => {v})"),
        6 => format!("({list}).{}({v} => {v}.Length < {})", t.pick(&["TakeWhile", "SkipWhile"]), small(t)),
        7 => format!("({list}).Where(({v}, i{v}) => i{v} % 2 == 0 || {})", truth(t)),
        8 => format!("({list}).DistinctBy({v} => {v}.ToLower())"),
        9 => format!("({list}).Select({v} => {})", text(t)),
        10 => format!("({list}).Select(({v}, i{v}) => i{v} + {v})"),
        11 => format!("({list}).GroupBy({v} => {v}.Length, {v} => {v} + \"!\").Select({v} => {v}.First() + {v}.Key)"),
        12 => format!("({list}).FindAll({v} => {})", truth(t)),
        13 => format!("({list}).Zip({}, ({v}, b{v}) => {v} + b{v})", texts(t)),
        _ => format!("({list}).Select({v} => ({v} == \"\" ? null : {v})).Where({v} => {v} != null).Select({v} => {v}!)"),
    })
}

/// From lists of other things.
fn of_others(t: &mut Tape<'_>) -> String {
    let v = t.fresh();
    match t.next(6) {
        0 => format!("({}).Select({v} => {v}.ToString())", ints(t)),
        1 => format!("({}).Select({v} => {v}.Value)", expr(t, Kind::Matches)),
        2 => format!("({}).Select({v} => {v}.ToString())", expr(t, Kind::Chars)),
        3 => format!("dates.{}.Select({v} => {v}.ToString(\"s\"))", sorted(t)),
        4 => format!("longs.{}.Select({v} => ({v} / 3).ToString())", sorted(t)),
        _ => format!("doubles.{}.Select({v} => {v}.ToString())", sorted(t)),
    }
}

/// What lists of anything can do.
fn sorted(t: &mut Tape<'_>) -> &'static str {
    t.pick(&[
        "Distinct()",
        "Order()",
        "OrderDescending()",
        "Reverse()",
        "TakeLast(2)",
        "Skip(1)",
    ])
}

/// A list of `int`.
pub fn ints(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| {
        t.pick(&["numbers", "new[] { 3, n, 3 }", "Enumerable.Range(1, 5)"])
            .to_owned()
    };
    t.deeper(leaf, |t| {
        let v = t.fresh();
        match t.next(14) {
            0 => format!("({}).Select({v} => {v}.Length)", texts(t)),
            1 => format!("({}).Where({v} => {v} > {})", ints(t), t.looped(small)),
            2 => format!(
                "({}).{}()",
                ints(t),
                t.pick(&["Order", "OrderDescending", "Distinct", "Reverse", "ToList"])
            ),
            3 => format!(
                "({}).Select({v} => {v} {} {})",
                ints(t),
                t.pick(&["+", "*", "-", "/", "%"]),
                t.looped(int)
            ),
            4 => format!("({}).OrderByDescending({v} => {v} % 3)", ints(t)),
            5 => format!(
                "({}).{}({})",
                ints(t),
                t.pick(&["Concat", "Except", "Union", "Intersect"]),
                ints(t)
            ),
            6 => format!(
                "({}).{}({})",
                ints(t),
                t.pick(&["Append", "Prepend"]),
                int(t)
            ),
            7 => format!("Enumerable.Range({}, {} & 31)", small(t), int(t)),
            8 => format!(
                "({}).SelectMany({v} => new[] {{ {v}, {} }})",
                ints(t),
                t.looped(int)
            ),
            9 => format!(
                "({}).GroupBy({v} => {v} & 3).Select({v} => {v}.Key * {v}.Count())",
                ints(t)
            ),
            10 => format!("({}).Chunk(2).Select({v} => {v}.Sum())", ints(t)),
            11 => format!("({}).Zip({}, ({v}, b{v}) => {v} - b{v})", ints(t), ints(t)),
            12 => format!("({}).DefaultIfEmpty()", ints(t)),
            _ => format!("({}).Select({v} => (int){v})", expr(t, Kind::Chars)),
        }
    })
}

/// One text of a list.
pub fn joined(t: &mut Tape<'_>) -> String {
    let v = t.fresh();
    match t.next(12) {
        0 => format!("string.Join({}, {})", text(t), texts(t)),
        1 => format!("({}).{}()", texts(t), t.pick(&["First", "Last", "Single"])),
        2 => format!("string.Join(',', {})", ints(t)),
        3 => format!("string.Concat({}.OrderBy({v} => {v}))", on(&texts(t))),
        4 => format!("({}).Aggregate(({v}, b{v}) => {v} + b{v})", texts(t)),
        5 => format!(
            "({}).Aggregate({}, ({v}, b{v}) => {v} + b{v}.Length, {v} => {v}.Trim())",
            texts(t),
            text(t)
        ),
        6 => format!(
            "(({}).{}({v} => {v}.Length) ?? \"-\")",
            texts(t),
            t.pick(&["MaxBy", "MinBy"])
        ),
        7 => format!("({})[{}]", texts(t), small(t)),
        8 => format!("({})[^{}]", texts(t), small(t)),
        9 => format!("({}).ElementAt({})", texts(t), small(t)),
        10 => format!(
            "string.Join(\";\", new[] {{ {}, {} }}.Select({v} => {v}.ToString()))",
            text(t),
            text(t)
        ),
        _ => format!("string.Join(\"/\", {}, {})", text(t), maybe(t)),
    }
}

/// Two passes over the same list, groups and pairs.
pub fn doubled(t: &mut Tape<'_>) -> String {
    let v = t.fresh();
    match t.next(5) {
        0 => format!(
            "string.Concat(({}).GroupBy({v} => {v}.Length).Select(g{v} => g{v}.Key + g{v}.First()))",
            texts(t)
        ),
        1 => format!(
            "string.Join(\"+\", ({}).Zip({}, ({v}, b{v}) => {v} + b{v}))",
            texts(t),
            texts(t)
        ),
        2 => format!(
            "string.Concat(({}).GroupBy({v} => {v}.ToLower(), StringComparer.Ordinal).Select({v} => {v}.Key + {v}.Count()))",
            texts(t)
        ),
        3 => format!(
            "string.Concat(({}).Select({v} => l.Where(b{v} => b{v} != {v}).Count() + {v}))",
            texts(t)
        ),
        _ => format!(
            "string.Concat(longs.Select({v} => {v} ^ {}))",
            t.looped(long)
        ),
    }
}

fn on(value: &str) -> String {
    format!("({value})")
}
