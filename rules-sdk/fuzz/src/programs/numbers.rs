//! Whole numbers, doubles and decimals.

use super::kind::Kind;
use super::lists::{ints, texts};
use super::tape::Tape;
use super::texts::{CHARS, maybe, text};
use super::truths::truth;
use super::{expr, library, patterns, small};

const NARROW: &[&str] = &["byte", "sbyte", "short", "ushort"];

/// An `int`.
pub fn int(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| match t.next(6) {
        0 => t
            .pick(&[
                "0",
                "1",
                "7",
                "(-3)",
                "2147483647",
                "(-2147483647)",
                "int.MinValue",
                "0x1F",
                "1_000",
            ])
            .to_owned(),
        1 => "n".to_owned(),
        2 => "(p ?? 4)".to_owned(),
        3 => "Target.n".to_owned(),
        4 => "numbers.Count".to_owned(),
        _ => "p!.Value".to_owned(),
    };
    t.deeper(leaf, |t| match t.next(40) {
        0..10 => library::call(t, Kind::Int).unwrap_or_else(|| leaf(t)),
        10 => format!("(n {} {})", t.pick(&["+", "-", "*", "/", "%"]), int(t)),
        11 => format!("(n % (p ?? {}))", int(t)),
        12 => format!("({}).Length", text(t)),
        13 => format!("({}).Count", texts(t)),
        14 => format!("({} ? {} : {})", truth(t), int(t), int(t)),
        15 => format!("(n & {} | {})", int(t), small(t)),
        16 => format!(
            "(n << {} ^ n >> {} ^ n >>> {})",
            small(t),
            small(t),
            small(t)
        ),
        17 => format!("Math.{}({}, {})", t.pick(&["Max", "Min"]), int(t), int(t)),
        18 => format!("((int)({}))", double(t)),
        19 => format!("((int){})", decimal(t)),
        20 => format!("((int){})", long(t)),
        21 => {
            let v = t.fresh();
            format!("(int.TryParse({}, out var {v}) ? {v} : n)", text(t))
        }
        22 => {
            let (of, v) = (t.pick(NARROW), t.fresh());
            format!("({of}.TryParse({}, out var {v}) ? {v} : n)", text(t))
        }
        23 => format!("Math.Sign({})", double(t)),
        24 => format!("checked(n {} {})", t.pick(&["+", "-", "*"]), int(t)),
        25 => format!("checked((int)(n * 3L * {}))", int(t)),
        26 => format!("(({}){})", t.pick(NARROW), int(t)),
        27 => format!(
            "Convert.To{}({})",
            t.pick(&["Byte", "Int16", "UInt16", "SByte"]),
            int(t)
        ),
        28 => format!("{}.Parse({})", t.pick(NARROW), text(t)),
        29 => format!(
            "({}).IndexOfAny(new[] {{ {}, 'b' }}, {})",
            text(t),
            t.pick(CHARS),
            small(t)
        ),
        30 => format!("((int)({}))", expr(t, Kind::Enum("UnicodeCategory"))),
        31 => patterns::switch(t, int),
        32 => format!("(~{})", int(t)),
        33 => format!("Math.Abs({})", int(t)),
        34 => format!("({})", patterns::list_pattern(t)),
        35 => format!("({}).Length", expr(t, Kind::Octets)),
        36 => format!("({})[{}]", expr(t, Kind::Octets), small(t)),
        37 => format!("Math.Clamp({}, {}, {})", int(t), small(t), int(t)),
        38 => format!("(- {})", int(t)),
        _ => counted(t),
    })
}

/// From lists.
fn counted(t: &mut Tape<'_>) -> String {
    let v = t.fresh();
    match t.next(10) {
        0 => format!("({}).Where({v} => {v} > {}).Sum()", ints(t), t.looped(int)),
        1 => format!("({}).First({v} => {v} != {})", ints(t), t.looped(int)),
        2 => format!(
            "({}).FindLastIndex({v} => {v}.Length > {})",
            texts(t),
            t.looped(small)
        ),
        3 => format!("Enumerable.Range({}, {} & 15).Sum()", small(t), small(t)),
        4 => format!("({}).Count({v} => {})", texts(t), t.looped(truth)),
        5 => format!(
            "({}).{}()",
            ints(t),
            t.pick(&[
                "Max",
                "Min",
                "Last",
                "Single",
                "SingleOrDefault",
                "LastOrDefault"
            ])
        ),
        6 => format!(
            "({}).{}({})",
            texts(t),
            t.pick(&["IndexOf", "LastIndexOf"]),
            text(t)
        ),
        7 => format!("({}).Sum({v} => {v}.Length)", texts(t)),
        8 => format!(
            "({}).Aggregate({}, (a{v}, {v}) => a{v} {} {v})",
            ints(t),
            int(t),
            t.pick(&["+", "^", "*"])
        ),
        _ => format!("({}).ElementAtOrDefault({})", ints(t), small(t)),
    }
}

/// A `long`.
pub fn long(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| {
        t.pick(&[
            "k",
            "5L",
            "(q ?? 0L)",
            "long.MaxValue",
            "long.MinValue",
            "116444736000000000L",
            "((long)n)",
            "longs.FirstOrDefault()",
        ])
        .to_owned()
    };
    t.deeper(leaf, |t| match t.next(18) {
        0..8 => library::call(t, Kind::Long).unwrap_or_else(|| leaf(t)),
        8 => format!(
            "(k {} {})",
            t.pick(&["+", "-", "*", "/", "%", "&", "|", "^"]),
            long(t)
        ),
        9 => format!("(k {} {})", t.pick(&["<<", ">>", ">>>"]), small(t)),
        10 => {
            let v = t.fresh();
            format!("(long.TryParse({}, out var {v}) ? {v} : k)", text(t))
        }
        11 => format!("checked(k {} {})", t.pick(&["+", "-", "*"]), long(t)),
        12 => format!(
            "((long){})",
            if t.next(2) == 0 {
                double(t)
            } else {
                decimal(t)
            }
        ),
        13 => format!(
            "longs.{}()",
            t.pick(&["Sum", "Max", "Min", "First", "LongCount"])
        ),
        14 => format!("({} ? {} : {})", truth(t), long(t), int(t)),
        15 => format!("(~{})", long(t)),
        16 => format!("unchecked((uint){})", long(t)),
        _ => format!("Math.{}({})", t.pick(&["Abs", "Sign"]), long(t)),
    })
}

/// A `double`.
pub fn double(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| {
        t.pick(&[
            "d",
            "0.5",
            "1e16",
            "(-2.25)",
            "0.0",
            "(e ?? 1.5)",
            "double.NaN",
            "double.MaxValue",
            "double.Epsilon",
            "double.NegativeInfinity",
        ])
        .to_owned()
    };
    t.deeper(leaf, |t| match t.next(24) {
        0..10 => library::call(t, Kind::Double).unwrap_or_else(|| leaf(t)),
        10 => format!("(d {} {})", t.pick(&["+", "-", "*", "/", "%"]), double(t)),
        11 => format!("({} * {})", int(t), double(t)),
        12 => format!("((double){})", decimal(t)),
        13 => format!(
            "Math.{}({}, {})",
            t.pick(&["Max", "Min"]),
            double(t),
            double(t)
        ),
        14 => format!(
            "Math.{}({})",
            t.pick(&[
                "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh"
            ]),
            double(t)
        ),
        15 => format!("({} ? {} : {})", truth(t), double(t), int(t)),
        16 => {
            let v = t.fresh();
            format!("(double.TryParse({}, out var {v}) ? {v} : d)", text(t))
        }
        17 => format!(
            "doubles.{}()",
            t.pick(&["Sum", "Average", "Max", "Min", "First", "Last"])
        ),
        18 => format!("({}).Average()", ints(t)),
        19 => format!(
            "(({} - {}).{})",
            expr(t, Kind::Date),
            expr(t, Kind::Date),
            t.pick(&["TotalDays", "TotalHours", "TotalMilliseconds"])
        ),
        20 => format!("Math.{}({})", t.pick(&["Abs", "Ceiling"]), double(t)),
        21 => format!("((double){})", long(t)),
        22 => format!("(-{})", double(t)),
        _ => {
            let v = t.fresh();
            format!("({}).Average({v} => {v} / 2.0)", ints(t))
        }
    })
}

/// A decimal; its text, so that its scale is compared too, comes from `text`.
pub fn decimal(t: &mut Tape<'_>) -> String {
    let leaf = |t: &mut Tape<'_>| {
        t.pick(&[
            "1.50m",
            "(-0.25m)",
            "0m",
            "79228162514264337593543950335m",
            "0.0000000000000000000000000001m",
            "((decimal)n)",
            "(p + 0.5m ?? 3.0m)",
            "decimal.MinValue",
            "((decimal)k)",
        ])
        .to_owned()
    };
    t.deeper(leaf, |t| match t.next(22) {
        0..9 => library::call(t, Kind::Decimal).unwrap_or_else(|| leaf(t)),
        9 => format!(
            "({} {} {})",
            decimal(t),
            t.pick(&["+", "-", "*"]),
            decimal(t)
        ),
        10 => format!("(1.5m / ({} - 0m))", decimal(t)),
        11 => format!("({} % ({} + 0.75m))", decimal(t), decimal(t)),
        12 => format!("((decimal){})", double(t)),
        13 => format!("({} ? {} : {})", truth(t), decimal(t), int(t)),
        14 => format!(
            "Math.{}({}, {})",
            t.pick(&["Max", "Min"]),
            decimal(t),
            int(t)
        ),
        15 => {
            let v = t.fresh();
            format!(
                "({}).Select({v} => {v} / 4m).{}()",
                ints(t),
                t.pick(&["Sum", "Max", "Min", "Average", "First"])
            )
        }
        16 => format!("Math.Abs(-{})", decimal(t)),
        17 => {
            let v = t.fresh();
            format!(
                "(decimal.TryParse({}, out var {v}) ? {v} : 2.00m)",
                maybe(t)
            )
        }
        18 => format!("decimal.Parse({})", text(t)),
        19 => patterns::switch(t, decimal),
        20 => format!("decimal.Abs({})", decimal(t)),
        _ => format!("(-{})", decimal(t)),
    })
}
