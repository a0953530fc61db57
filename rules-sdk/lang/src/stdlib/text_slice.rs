//! Parts of a text.
//!
//! Invariants: indexes are UTF-16 and start at 0; nothing is copied.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::Ir;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The part from a position on, or of a length.",
        cost: "32 units; 16 per byte beyond ASCII",
        advice: "test the length first, or use a range over Math.Min",
        overloads: &[
            Overload {
                signature: "string.Substring(int startIndex): string",
                lower: Lower::Rt(Fn::Substring),
                errors: &[ErrorKind::OutOfRange],
            },
            Overload {
                signature: "string.Substring(int startIndex, int length): string",
                lower: Lower::Rt(Fn::SubstringLength),
                errors: &[ErrorKind::OutOfRange],
            },
        ],
        examples: &[
            Example {
                expr: "sn.Substring(0, 3)",
                input: r#"{"sn":"Byron"}"#,
                result: r#""Byr""#,
            },
            Example {
                expr: "sn.Substring(5)",
                input: r#"{"sn":"Byron"}"#,
                result: r#""""#,
            },
            Example {
                expr: "sn.Substring(0, 3)",
                input: r#"{"sn":"By"}"#,
                result: "error:out_of_range",
            },
            Example {
                expr: r#""añb".Substring(1, 1)"#,
                input: "{}",
                result: r#""ñ""#,
            },
            Example {
                expr: r#""a😀b".Substring(0, 2)"#,
                input: "{}",
                result: "error:argument",
            },
        ],
    },
    Entry {
        summary: "The text without what follows a position, or without a part.",
        cost: "32 units, 1 per byte",
        advice: "test the length first",
        overloads: &[
            Overload {
                signature: "string.Remove(int startIndex): string",
                lower: Lower::Rt(Fn::Remove),
                errors: &[ErrorKind::OutOfRange],
            },
            Overload {
                signature: "string.Remove(int startIndex, int count): string",
                lower: Lower::Rt(Fn::RemoveLength),
                errors: &[ErrorKind::OutOfRange],
            },
        ],
        examples: &[
            Example {
                expr: r#""abcdef".Remove(2, 2)"#,
                input: "{}",
                result: r#""abef""#,
            },
            Example {
                expr: r#""".Remove(0, 0)"#,
                input: "{}",
                result: r#""""#,
            },
            Example {
                expr: r#""abc".Remove(4)"#,
                input: "{}",
                result: "error:out_of_range",
            },
        ],
    },
    Entry {
        summary: "The text as a list of characters.",
        cost: "16 units per byte",
        advice: "the part must lie inside the text",
        overloads: &[
            Overload::sure("string.ToCharArray(): List<char>", Lower::Rt(Fn::Chars)),
            Overload::of(
                "string.ToCharArray(int startIndex, int length): List<char>",
                Lower::With(|args, site| {
                    let part = Ir::Call(Fn::SubstringLength, args, site);
                    Ir::Call(Fn::Chars, vec![part], site)
                }),
                &[ErrorKind::OutOfRange],
            ),
        ],
        examples: &[
            Example::of(r#"string.Join("-", "abcd".ToCharArray(1, 2))"#, r#""b-c""#),
            Example::of(r#""ab".ToCharArray(1, 2).Count()"#, "error:out_of_range"),
            Example::of(r#"new string("abcd".ToCharArray(), 1, 2)"#, r#""bc""#),
            Example {
                expr: r#""ab".ToCharArray().Count()"#,
                input: "{}",
                result: "2",
            },
            Example {
                expr: r#""".ToCharArray().Any()"#,
                input: "{}",
                result: "false",
            },
        ],
    },
];
