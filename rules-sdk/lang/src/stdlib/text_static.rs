//! Tests on texts that may be absent, and Join, Concat and Format.
//!
//! Invariants: absent and empty stay distinct; an absent part counts as empty in Join and Concat.

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::Ir;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Is the text absent or empty?",
        cost: "free",
        advice: "",
        overloads: &[Overload {
            signature: "static string.IsNullOrEmpty(string? value): bool",
            lower: Lower::Rt(Fn::IsNullOrEmpty),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "string.IsNullOrEmpty(mail)",
                input: r#"{"mail":null}"#,
                result: "true",
            },
            Example {
                expr: "string.IsNullOrEmpty(mail)",
                input: r#"{"mail":" "}"#,
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Is the text absent, empty or white space?",
        cost: "32 units, 16 per leading white character",
        advice: "",
        overloads: &[Overload {
            signature: "static string.IsNullOrWhiteSpace(string? value): bool",
            lower: Lower::Rt(Fn::IsNullOrWhiteSpace),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "string.IsNullOrWhiteSpace(mail)",
                input: r#"{"mail":" \t"}"#,
                result: "true",
            },
            Example {
                expr: "string.IsNullOrWhiteSpace(mail)",
                input: r#"{"mail":null}"#,
                result: "true",
            },
        ],
    },
    Entry {
        summary: "Is the text there and not empty?",
        cost: "free",
        advice: "",
        overloads: &[Overload {
            signature: "helper IsPresent(string? value): bool",
            lower: Lower::With(|args, site| {
                let test = Ir::Call(Fn::IsNullOrEmpty, args, site);
                Ir::Op(crate::ir::Op::Not, vec![test], site)
            }),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "IsPresent(mail)",
                input: r#"{"mail":"x"}"#,
                result: "true",
            },
            Example {
                expr: "IsPresent(mail)",
                input: r#"{"mail":null}"#,
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Texts in one piece with a separator; numbers and characters are converted (checked specially).",
        cost: "32 units, 16 per part, 1 per byte made",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: r#"string.Join(" ", givenName, sn)"#,
                input: r#"{"givenName":"Ada","sn":"Byron"}"#,
                result: r#""Ada Byron""#,
            },
            Example {
                expr: r#"string.Join(", ", otherMailbox)"#,
                input: r#"{"otherMailbox":["a","b"]}"#,
                result: r#""a, b""#,
            },
            Example {
                expr: r#"string.Join("-", givenName, sn)"#,
                input: r#"{"givenName":null,"sn":"x"}"#,
                result: r#""-x""#,
            },
            Example {
                expr: r#"string.Join(",", new[] { 1, 2 })"#,
                input: "{}",
                result: r#""1,2""#,
            },
        ],
    },
    Entry {
        summary: "Texts in one piece (checked specially).",
        cost: "32 units, 1 per byte made",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: r#"string.Concat(givenName, ".", sn)"#,
                input: r#"{"givenName":"a","sn":null}"#,
                result: r#""a.""#,
            },
            Example {
                expr: r#"string.Concat("abc".Where(c => c != 'b'))"#,
                input: "{}",
                result: r#""ac""#,
            },
        ],
    },
    Entry {
        summary: "A text with `{0}` holes filled; the format is a literal (checked specially).",
        cost: "as Concat",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: r#"string.Format("{0}.{1,3:D2}", givenName, 5)"#,
                input: r#"{"givenName":"a"}"#,
                result: r#""a. 05""#,
            },
            Example {
                expr: r#"string.Format("{{}}")"#,
                input: "{}",
                result: r#""{}""#,
            },
        ],
    },
];
