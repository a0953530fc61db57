//! Numbers and texts.
//!
//! Invariants: invariant culture; parsing accepts what .NET's Parse accepts without a culture.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::Ir;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The number that the text holds.",
        cost: "64 units, 16 per byte",
        advice: "use TryParse",
        overloads: &[
            Overload {
                signature: "static int.Parse(string value): int",
                lower: Lower::Rt(Fn::ParseInt),
                errors: &[ErrorKind::Format, ErrorKind::Overflow],
            },
            Overload {
                signature: "static long.Parse(string value): long",
                lower: Lower::Rt(Fn::ParseLong),
                errors: &[ErrorKind::Format, ErrorKind::Overflow],
            },
            Overload {
                signature: "static double.Parse(string value): double",
                lower: Lower::Rt(Fn::ParseDouble),
                errors: &[ErrorKind::Format],
            },
            Overload {
                signature: "static bool.Parse(string value): bool",
                lower: Lower::Rt(Fn::ParseBool),
                errors: &[ErrorKind::Format],
            },
        ],
        examples: &[
            Example {
                expr: r#"int.Parse(" 42 ") + 1"#,
                input: "{}",
                result: "43",
            },
            Example {
                expr: "int.Parse(x)",
                input: r#"{"x":""}"#,
                result: "error:format",
            },
            Example {
                expr: r#"int.Parse("2147483648")"#,
                input: "{}",
                result: "error:overflow",
            },
            Example {
                expr: r#"double.Parse("1,234.5")"#,
                input: "{}",
                result: "1234.5",
            },
            Example {
                expr: "int.Parse(x)",
                input: r#"{"x":null}"#,
                result: "error:argument",
            },
            Example {
                expr: "int.TryParse(x, out var n) ? n : -1",
                input: r#"{"x":"7x"}"#,
                result: "-1",
            },
            Example {
                expr: r#"long.TryParse("7", out var n) ? n : -1"#,
                input: "{}",
                result: "7",
            },
        ],
    },
    Entry {
        summary: "The number as a text in a standard format (D, X, N, F, G).",
        cost: "512 units",
        advice: "use a standard format",
        overloads: &[
            Overload {
                signature: "int.ToString(string format): string",
                lower: Lower::Then(Fn::FormatInt, &[32]),
                errors: &[ErrorKind::Format],
            },
            Overload {
                signature: "long.ToString(string format): string",
                lower: Lower::Then(Fn::FormatInt, &[64]),
                errors: &[ErrorKind::Format],
            },
            Overload {
                signature: "double.ToString(string format): string",
                lower: Lower::Rt(Fn::FormatDouble),
                errors: &[ErrorKind::Format],
            },
        ],
        examples: &[
            Example {
                expr: r#"n.ToString("D6")"#,
                input: r#"{"n":42}"#,
                result: r#""000042""#,
            },
            Example {
                expr: r#"255.ToString("X")"#,
                input: "{}",
                result: r#""FF""#,
            },
            Example {
                expr: r#"(1234.5).ToString("N1")"#,
                input: "{}",
                result: r#""1,234.5""#,
            },
            Example {
                expr: r#"(-5).ToString("D3")"#,
                input: "{}",
                result: r#""-005""#,
            },
            Example {
                expr: r#"n.ToString("Q")"#,
                input: r#"{"n":1}"#,
                result: "error:format",
            },
        ],
    },
    Entry {
        summary: "The number as an int or long, rounded half to even, or the text parsed; absent gives 0.",
        cost: "64 units",
        advice: "test the range first",
        overloads: &[
            Overload {
                signature: "static Convert.ToInt32(double value): int",
                lower: Lower::Rt(Fn::DoubleToInt),
                errors: &[ErrorKind::Overflow],
            },
            Overload {
                signature: "static Convert.ToInt64(double value): long",
                lower: Lower::Rt(Fn::DoubleToLong),
                errors: &[ErrorKind::Overflow],
            },
            Overload {
                signature: "static Convert.ToInt32(string? value): int",
                lower: Lower::With(|args, site| zero_when_absent(args, site, Fn::ParseInt, false)),
                errors: &[ErrorKind::Format, ErrorKind::Overflow],
            },
            Overload {
                signature: "static Convert.ToInt64(string? value): long",
                lower: Lower::With(|args, site| zero_when_absent(args, site, Fn::ParseLong, true)),
                errors: &[ErrorKind::Format, ErrorKind::Overflow],
            },
        ],
        examples: &[
            Example {
                expr: "Convert.ToInt32(2.5)",
                input: "{}",
                result: "2",
            },
            Example {
                expr: r#"Convert.ToInt32("12")"#,
                input: "{}",
                result: "12",
            },
            Example {
                expr: "Convert.ToInt32(x)",
                input: r#"{"x":null}"#,
                result: "0",
            },
            Example {
                expr: "Convert.ToInt32(3000000000.0)",
                input: "{}",
                result: "error:overflow",
            },
        ],
    },
];

/// `Convert` gives 0 for an absent text where `Parse` fails.
fn zero_when_absent(args: Vec<Ir>, site: crate::ir::Site, parse: Fn, boxed: bool) -> Ir {
    let text = args
        .into_iter()
        .next()
        .expect("the signature has one value");
    let parsed = Ir::Call(parse, vec![text.clone()], site);
    let parsed = if boxed {
        Ir::Unbox(parsed.into())
    } else {
        parsed
    };
    Ir::If(
        Ir::IsNull(text.into()).into(),
        Ir::Word(0).into(),
        parsed.into(),
    )
}
