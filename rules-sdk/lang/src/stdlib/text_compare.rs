//! Comparison of texts.
//!
//! Invariants: as the culture orders, unless units alone are asked for (`Ordinal`); absent comes before everything.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::Ir;

const RANGE: &[ErrorKind] = &[ErrorKind::OutOfRange];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Negative, zero or positive as the first text sorts before, with or after the second.",
        cost: "64 units, 16 per byte, 192 outside ASCII",
        advice: "the positions must lie inside the texts",
        overloads: &[
            Overload {
                signature: "static string.Compare(string? strA, string? strB): int",
                lower: Lower::Then(Fn::Collate, &[0]),
                errors: &[],
            },
            Overload {
                signature: "static string.Compare(string? strA, string? strB, StringComparison comparisonType): int",
                lower: Lower::Rt(Fn::Collate),
                errors: &[],
            },
            Overload {
                signature: "static string.Compare(string? strA, string? strB, bool ignoreCase): int",
                lower: Lower::Rt(Fn::Collate),
                errors: &[],
            },
            Overload::sure(
                "static string.Compare(string? strA, string? strB, bool ignoreCase, CultureInfo? culture): int",
                Lower::With(in_culture),
            ),
            Overload::of(
                "static string.Compare(string? strA, int indexA, string? strB, int indexB, int length): int",
                Lower::Then(Fn::CompareParts, &[0]),
                RANGE,
            ),
            Overload::of(
                "static string.Compare(string? strA, int indexA, string? strB, int indexB, int length, bool ignoreCase): int",
                Lower::Rt(Fn::CompareParts),
                RANGE,
            ),
            Overload::of(
                "static string.Compare(string? strA, int indexA, string? strB, int indexB, int length, StringComparison comparisonType): int",
                Lower::Rt(Fn::CompareParts),
                RANGE,
            ),
            Overload::of(
                "static string.CompareOrdinal(string? strA, int indexA, string? strB, int indexB, int length): int",
                Lower::Then(Fn::CompareParts, &[4]),
                RANGE,
            ),
            Overload {
                signature: "static string.CompareOrdinal(string? strA, string? strB): int",
                lower: Lower::Then(Fn::Compare, &[0]),
                errors: &[],
            },
            Overload {
                signature: "string.CompareTo(string? strB): int",
                lower: Lower::Then(Fn::Collate, &[0]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: r#"string.Compare("a", "b") < 0"#,
                input: "{}",
                result: "true",
            },
            Example::of(
                r#"string.Compare("apple", "Banana") < 0 && string.Compare("a", "A") < 0"#,
                "true",
            ),
            Example::of(r#"string.CompareOrdinal("apple", "Banana") < 0"#, "false"),
            Example {
                expr: "string.Compare(mail, null)",
                input: r#"{"mail":null}"#,
                result: "0",
            },
            Example {
                expr: r#"string.Compare("A", "a", StringComparison.OrdinalIgnoreCase)"#,
                input: "{}",
                result: "0",
            },
        ],
    },
    Entry {
        summary: "Are the texts equal?",
        cost: "32 units, 1 per byte",
        advice: "",
        overloads: &[
            Overload {
                signature: "static string.Equals(string? a, string? b): bool",
                lower: Lower::Rt(Fn::Equal),
                errors: &[],
            },
            Overload {
                signature: "static string.Equals(string? a, string? b, StringComparison comparisonType): bool",
                lower: Lower::With(equal),
                errors: &[],
            },
            Overload {
                signature: "string.Equals(string? value, StringComparison comparisonType): bool",
                lower: Lower::With(equal),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: r#"c.Equals("fte", StringComparison.OrdinalIgnoreCase)"#,
                input: r#"{"c":"FTE"}"#,
                result: "true",
            },
            Example {
                expr: "string.Equals(c, null)",
                input: r#"{"c":null}"#,
                result: "true",
            },
        ],
    },
];

/// With or without case, as the last argument says.
fn equal(args: Vec<Ir>, site: crate::ir::Site) -> Ir {
    let [a, b, how] = <[Ir; 3]>::try_from(args).expect("the signature has three values");
    match how {
        Ir::Word(0) => Ir::Call(Fn::Equal, vec![a, b], site),
        Ir::Word(_) => Ir::Call(Fn::EqualIgnoreCase, vec![a, b], site),
        how => {
            let exact = Ir::Call(Fn::Equal, vec![a.clone(), b.clone()], site);
            let loose = Ir::Call(Fn::EqualIgnoreCase, vec![a, b], site);
            Ir::If(how.into(), loose.into(), exact.into())
        }
    }
}

/// Every culture is the invariant one.
fn in_culture(mut args: Vec<Ir>, site: crate::ir::Site) -> Ir {
    args.truncate(3);
    Ir::Call(Fn::Collate, args, site)
}
