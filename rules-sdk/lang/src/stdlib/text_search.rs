//! Search in texts.
//!
//! Invariants: ordinal unless a StringComparison says otherwise; indexes are UTF-16; -1 = not found.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Site};

const RANGE: &[ErrorKind] = &[ErrorKind::OutOfRange];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Does the text begin with another?",
        cost: "32 units, 1 per byte compared",
        advice: "",
        overloads: &[
            Overload {
                signature: "string.StartsWith(string value): bool",
                lower: Lower::Then(Fn::StartsWith, &[0]),
                errors: &[],
            },
            Overload {
                signature: "string.StartsWith(string value, StringComparison comparisonType): bool",
                lower: Lower::Rt(Fn::StartsWith),
                errors: &[],
            },
            Overload::sure(
                "string.StartsWith(string value, bool ignoreCase, CultureInfo? culture): bool",
                Lower::With(|mut args, site| {
                    args.truncate(3);
                    Ir::Call(Fn::StartsWith, args, site)
                }),
            ),
            Overload {
                signature: "string.StartsWith(char value): bool",
                lower: Lower::Chars(Fn::StartsWith, &[0]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: r#"mail.StartsWith("ada")"#,
                input: r#"{"mail":"ada@x"}"#,
                result: "true",
            },
            Example {
                expr: r#"mail.StartsWith("ADA", StringComparison.OrdinalIgnoreCase)"#,
                input: r#"{"mail":"ada@x"}"#,
                result: "true",
            },
            Example {
                expr: r#"mail?.StartsWith("a") == true"#,
                input: r#"{"mail":null}"#,
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Does the text end with another?",
        cost: "32 units, 1 per byte compared",
        advice: "",
        overloads: &[
            Overload {
                signature: "string.EndsWith(string value): bool",
                lower: Lower::Then(Fn::EndsWith, &[0]),
                errors: &[],
            },
            Overload {
                signature: "string.EndsWith(string value, StringComparison comparisonType): bool",
                lower: Lower::Rt(Fn::EndsWith),
                errors: &[],
            },
            Overload::sure(
                "string.EndsWith(string value, bool ignoreCase, CultureInfo? culture): bool",
                Lower::With(|mut args, site| {
                    args.truncate(3);
                    Ir::Call(Fn::EndsWith, args, site)
                }),
            ),
            Overload {
                signature: "string.EndsWith(char value): bool",
                lower: Lower::Chars(Fn::EndsWith, &[0]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: r#"mail.EndsWith(".test")"#,
                input: r#"{"mail":"ada@x.test"}"#,
                result: "true",
            },
            Example {
                expr: r#""".EndsWith("x")"#,
                input: "{}",
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Does the text contain another?",
        cost: "32 units, 1 per byte searched",
        advice: "",
        overloads: &[
            Overload {
                signature: "string.Contains(string value): bool",
                lower: Lower::Then(Fn::Contains, &[0]),
                errors: &[],
            },
            Overload {
                signature: "string.Contains(string value, StringComparison comparisonType): bool",
                lower: Lower::Rt(Fn::Contains),
                errors: &[],
            },
            Overload {
                signature: "string.Contains(char value): bool",
                lower: Lower::Chars(Fn::Contains, &[0]),
                errors: &[],
            },
            Overload::sure(
                "string.Contains(char value, StringComparison comparisonType): bool",
                Lower::Chars(Fn::Contains, &[]),
            ),
        ],
        examples: &[
            Example {
                expr: "mail.Contains('@')",
                input: r#"{"mail":"ada@x"}"#,
                result: "true",
            },
            Example {
                expr: r#"mail.Contains('A', StringComparison.OrdinalIgnoreCase)"#,
                input: r#"{"mail":"ada@x"}"#,
                result: "true",
            },
            Example {
                expr: r#""abc".Contains("")"#,
                input: "{}",
                result: "true",
            },
        ],
    },
    Entry {
        summary: "The position of the first occurrence, or -1.",
        cost: "32 units, 1 per byte searched",
        advice: "the start must lie inside the text",
        overloads: &[
            Overload {
                signature: "string.IndexOf(string value): int",
                lower: Lower::Then(Fn::IndexOf, &[0, 0]),
                errors: &[],
            },
            Overload {
                signature: "string.IndexOf(char value): int",
                lower: Lower::Chars(Fn::IndexOf, &[0, 0]),
                errors: &[],
            },
            Overload {
                signature: "string.IndexOf(string value, int startIndex): int",
                lower: Lower::Then(Fn::IndexOf, &[0]),
                errors: &[ErrorKind::OutOfRange],
            },
            Overload {
                signature: "string.IndexOf(char value, int startIndex): int",
                lower: Lower::Chars(Fn::IndexOf, &[0]),
                errors: &[ErrorKind::OutOfRange],
            },
            Overload {
                signature: "string.IndexOf(string value, StringComparison comparisonType): int",
                lower: Lower::With(|mut args, site| {
                    args.insert(2, Ir::Word(0));
                    Ir::Call(Fn::IndexOf, args, site)
                }),
                errors: &[],
            },
            Overload::of(
                "string.IndexOf(string value, int startIndex, StringComparison comparisonType): int",
                Lower::Rt(Fn::IndexOf),
                RANGE,
            ),
            Overload::of(
                "string.IndexOf(string value, int startIndex, int count): int",
                Lower::Then(Fn::IndexIn, &[0]),
                RANGE,
            ),
            Overload::of(
                "string.IndexOf(char value, int startIndex, int count): int",
                Lower::Chars(Fn::IndexIn, &[0]),
                RANGE,
            ),
            Overload::of(
                "string.IndexOf(string value, int startIndex, int count, StringComparison comparisonType): int",
                Lower::Rt(Fn::IndexIn),
                RANGE,
            ),
            Overload::of(
                "string.IndexOf(char value, StringComparison comparisonType): int",
                Lower::With(char_index),
                &[],
            ),
        ],
        examples: &[
            Example {
                expr: "mail.IndexOf('@')",
                input: r#"{"mail":"ada@x"}"#,
                result: "3",
            },
            Example {
                expr: r#""".IndexOf("x")"#,
                input: "{}",
                result: "-1",
            },
            Example {
                expr: r#""é@x".IndexOf("@")"#,
                input: "{}",
                result: "1",
            },
            Example {
                expr: r#""a.b.c".LastIndexOf(".", 2)"#,
                input: "{}",
                result: "1",
            },
            Example {
                expr: r#""abc".IndexOf("c", 4)"#,
                input: "{}",
                result: "error:out_of_range",
            },
        ],
    },
    Entry {
        summary: "The position of the last occurrence, or -1.",
        cost: "16 units per byte searched",
        advice: "the start must lie inside the text",
        overloads: &[
            Overload {
                signature: "string.LastIndexOf(string value): int",
                lower: Lower::Then(Fn::LastIndexOf, &[0]),
                errors: &[],
            },
            Overload {
                signature: "string.LastIndexOf(char value): int",
                lower: Lower::Chars(Fn::LastIndexOf, &[0]),
                errors: &[],
            },
            Overload {
                signature: "string.LastIndexOf(string value, StringComparison comparisonType): int",
                lower: Lower::Rt(Fn::LastIndexOf),
                errors: &[],
            },
            Overload::of(
                "string.LastIndexOf(string value, int startIndex): int",
                Lower::Then(Fn::LastIndexIn, &[-2, 0]),
                RANGE,
            ),
            Overload::of(
                "string.LastIndexOf(char value, int startIndex): int",
                Lower::Chars(Fn::LastIndexIn, &[-2, 2]),
                RANGE,
            ),
            Overload::of(
                "string.LastIndexOf(string value, int startIndex, int count): int",
                Lower::Then(Fn::LastIndexIn, &[0]),
                RANGE,
            ),
            Overload::of(
                "string.LastIndexOf(char value, int startIndex, int count): int",
                Lower::Chars(Fn::LastIndexIn, &[2]),
                RANGE,
            ),
            Overload::of(
                "string.LastIndexOf(string value, int startIndex, StringComparison comparisonType): int",
                Lower::With(last_from),
                RANGE,
            ),
            Overload::of(
                "string.LastIndexOf(string value, int startIndex, int count, StringComparison comparisonType): int",
                Lower::Rt(Fn::LastIndexIn),
                RANGE,
            ),
        ],
        examples: &[
            Example {
                expr: "path.LastIndexOf('/')",
                input: r#"{"path":"a/b/c"}"#,
                result: "3",
            },
            Example {
                expr: r#""".LastIndexOf("x")"#,
                input: "{}",
                result: "-1",
            },
        ],
    },
    Entry {
        summary: "The position of the first of several characters, or -1.",
        cost: "16 units per byte and character",
        advice: "the start must lie inside the text",
        overloads: &[
            Overload::sure(
                "string.IndexOfAny(List<char> anyOf): int",
                Lower::Rt(Fn::IndexOfAny),
            ),
            Overload::of(
                "string.IndexOfAny(List<char> anyOf, int startIndex): int",
                Lower::Then(Fn::AnyIn, &[-2, 0]),
                RANGE,
            ),
            Overload::of(
                "string.IndexOfAny(List<char> anyOf, int startIndex, int count): int",
                Lower::Then(Fn::AnyIn, &[0]),
                RANGE,
            ),
            Overload::sure(
                "string.LastIndexOfAny(List<char> anyOf): int",
                Lower::Then(Fn::AnyIn, &[-2, -2, 1]),
            ),
            Overload::of(
                "string.LastIndexOfAny(List<char> anyOf, int startIndex): int",
                Lower::Then(Fn::AnyIn, &[-2, 1]),
                RANGE,
            ),
            Overload::of(
                "string.LastIndexOfAny(List<char> anyOf, int startIndex, int count): int",
                Lower::Then(Fn::AnyIn, &[1]),
                RANGE,
            ),
        ],
        examples: &[
            Example {
                expr: r#""a-b_c".IndexOfAny(new[] { '_', '-' })"#,
                input: "{}",
                result: "1",
            },
            Example {
                expr: r#""".IndexOfAny(new[] { '_' })"#,
                input: "{}",
                result: "-1",
            },
        ],
    },
];

/// `IndexOf(char, comparison)`
fn char_index(args: Vec<Ir>, site: Site) -> Ir {
    let [text, c, how] = <[Ir; 3]>::try_from(args).expect("the signature has three values");
    let part = Ir::Call(Fn::FromChar, vec![c], site);
    Ir::Call(Fn::IndexOf, vec![text, part, Ir::Word(0), how], site)
}

/// `LastIndexOf(text, start, comparison)`
fn last_from(args: Vec<Ir>, site: Site) -> Ir {
    let [text, part, start, how] =
        <[Ir; 4]>::try_from(args).expect("the signature has four values");
    Ir::Call(
        Fn::LastIndexIn,
        vec![text, part, start, Ir::Word(-2), how],
        site,
    )
}
