//! Trimming.
//!
//! Invariants: white space is what .NET calls white space; an empty list of characters means white space.

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The text without white space or characters at both ends.",
        cost: "32 units, 16 per byte removed",
        advice: "",
        overloads: &[
            Overload {
                signature: "string.Trim(): string",
                lower: Lower::Then(Fn::Trim, &[0]),
                errors: &[],
            },
            Overload {
                signature: "string.Trim(params char[] trimChars): string",
                lower: Lower::Then(Fn::TrimChars, &[0]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: "sn.Trim()",
                input: r#"{"sn":"  Byron\t"}"#,
                result: r#""Byron""#,
            },
            Example {
                expr: r#""--x-".Trim('-')"#,
                input: "{}",
                result: r#""x""#,
            },
            Example {
                expr: r#""  ".Trim()"#,
                input: "{}",
                result: r#""""#,
            },
        ],
    },
    Entry {
        summary: "The text without white space or characters at its start.",
        cost: "32 units, 16 per byte removed",
        advice: "",
        overloads: &[
            Overload {
                signature: "string.TrimStart(): string",
                lower: Lower::Then(Fn::Trim, &[1]),
                errors: &[],
            },
            Overload {
                signature: "string.TrimStart(params char[] trimChars): string",
                lower: Lower::Then(Fn::TrimChars, &[1]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: r#""007".TrimStart('0')"#,
                input: "{}",
                result: r#""7""#,
            },
            Example {
                expr: r#""".TrimStart()"#,
                input: "{}",
                result: r#""""#,
            },
        ],
    },
    Entry {
        summary: "The text without white space or characters at its end.",
        cost: "32 units, 16 per byte removed",
        advice: "",
        overloads: &[
            Overload {
                signature: "string.TrimEnd(): string",
                lower: Lower::Then(Fn::Trim, &[2]),
                errors: &[],
            },
            Overload {
                signature: "string.TrimEnd(params char[] trimChars): string",
                lower: Lower::Then(Fn::TrimChars, &[2]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: r#""a/;".TrimEnd(';', '/')"#,
                input: "{}",
                result: r#""a""#,
            },
            Example {
                expr: r#""".TrimEnd()"#,
                input: "{}",
                result: r#""""#,
            },
        ],
    },
];
