//! Upper and lower case.
//!
//! Invariants: invariant, one character to one character; ß stays ß.

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The text in lower case.",
        cost: "32 units, 1 per byte; else 32 per character, and 400 for one beyond ASCII",
        advice: "",
        overloads: &[
            Overload {
                signature: "string.ToLower(): string",
                lower: Lower::Rt(Fn::ToLower),
                errors: &[],
            },
            Overload {
                signature: "string.ToLowerInvariant(): string",
                lower: Lower::Rt(Fn::ToLower),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: "mail.ToLower()",
                input: r#"{"mail":"Ada@Contoso.TEST"}"#,
                result: r#""ada@contoso.test""#,
            },
            Example {
                expr: "mail?.ToLower()",
                input: r#"{"mail":null}"#,
                result: "null",
            },
            Example {
                expr: r#""ÄÖÜ ẞ İ".ToLower()"#,
                input: "{}",
                result: r#""äöü ß İ""#,
            },
        ],
    },
    Entry {
        summary: "The text in upper case.",
        cost: "32 units, 1 per byte; else 32 per character, and 400 for one beyond ASCII",
        advice: "",
        overloads: &[
            Overload {
                signature: "string.ToUpper(): string",
                lower: Lower::Rt(Fn::ToUpper),
                errors: &[],
            },
            Overload {
                signature: "string.ToUpperInvariant(): string",
                lower: Lower::Rt(Fn::ToUpper),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: r#""straße".ToUpper()"#,
                input: "{}",
                result: r#""STRAßE""#,
            },
            Example {
                expr: r#""".ToUpper()"#,
                input: "{}",
                result: r#""""#,
            },
        ],
    },
    Entry {
        summary: "The text with each word's first letter in upper case and the rest in lower case.",
        cost: "16 units per byte, 400 for a character beyond ASCII",
        advice: "",
        overloads: &[Overload {
            signature: "helper TitleCase(string value): string",
            lower: Lower::Rt(Fn::TitleCase),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "TitleCase(sn)",
                input: r#"{"sn":"o'NEIL-smith"}"#,
                result: r#""O'neil-Smith""#,
            },
            Example {
                expr: "sn?.TitleCase()",
                input: r#"{"sn":null}"#,
                result: "null",
            },
        ],
    },
];
