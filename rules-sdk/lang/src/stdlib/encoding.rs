//! Encodings.
//!
//! Invariants: what cannot be decoded becomes U+FFFD, what ASCII cannot hold becomes `?`.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::convert::part;
use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Site};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The octets of a text.",
        cost: "32 units, 1 to 32 per byte",
        advice: "",
        overloads: &[
            Overload {
                signature: "static Encoding.UTF8.GetBytes(string s): byte[]",
                lower: Lower::Then(Fn::Encode, &[0]),
                errors: &[],
            },
            Overload {
                signature: "static Encoding.Unicode.GetBytes(string s): byte[]",
                lower: Lower::Then(Fn::Encode, &[1]),
                errors: &[],
            },
            Overload {
                signature: "static Encoding.ASCII.GetBytes(string s): byte[]",
                lower: Lower::Then(Fn::Encode, &[2]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: r#"Convert.ToHexString(Encoding.UTF8.GetBytes("é"))"#,
                input: "{}",
                result: r#""C3A9""#,
            },
            Example {
                expr: r#"Convert.ToBase64String(Encoding.Unicode.GetBytes("Hello world!"))"#,
                input: "{}",
                result: r#""SABlAGwAbABvACAAdwBvAHIAbABkACEA""#,
            },
            Example {
                expr: r#"Encoding.ASCII.GetBytes("").Length"#,
                input: "{}",
                result: "0",
            },
        ],
    },
    Entry {
        summary: "The text that octets hold.",
        cost: "32 units, 1 to 32 per byte",
        advice: "the part must lie inside the octets",
        overloads: &[
            Overload {
                signature: "static Encoding.UTF8.GetString(byte[] bytes): string",
                lower: Lower::Then(Fn::Decode, &[0]),
                errors: &[],
            },
            Overload::of(
                "static Encoding.UTF8.GetString(byte[] bytes, int index, int count): string",
                Lower::With(|args, site| decoded(&args, 0, site)),
                &[ErrorKind::OutOfRange],
            ),
            Overload {
                signature: "static Encoding.Unicode.GetString(byte[] bytes): string",
                lower: Lower::Then(Fn::Decode, &[1]),
                errors: &[],
            },
            Overload::of(
                "static Encoding.Unicode.GetString(byte[] bytes, int index, int count): string",
                Lower::With(|args, site| decoded(&args, 1, site)),
                &[ErrorKind::OutOfRange],
            ),
            Overload {
                signature: "static Encoding.ASCII.GetString(byte[] bytes): string",
                lower: Lower::Then(Fn::Decode, &[2]),
                errors: &[],
            },
            Overload::of(
                "static Encoding.ASCII.GetString(byte[] bytes, int index, int count): string",
                Lower::With(|args, site| decoded(&args, 2, site)),
                &[ErrorKind::OutOfRange],
            ),
        ],
        examples: &[
            Example {
                expr: r#"Encoding.UTF8.GetString(Convert.FromHexString("C3A9FF"))"#,
                input: "{}",
                result: r#""é�""#,
            },
            Example::of(
                r#"Encoding.UTF8.GetString(Encoding.UTF8.GetBytes("abc"), 1, 2)"#,
                "\"bc\"",
            ),
            Example::of(
                r#"Encoding.ASCII.GetString(Encoding.UTF8.GetBytes("abc"), 1, 3)"#,
                "error:out_of_range",
            ),
            Example {
                expr: r#"Encoding.Unicode.GetString(Convert.FromHexString(""))"#,
                input: "{}",
                result: r#""""#,
            },
        ],
    },
];

/// The text in a part of the octets.
fn decoded(args: &[Ir], encoding: i64, site: Site) -> Ir {
    let args = vec![part(args, site), Ir::Word(encoding)];
    Ir::Call(Fn::Decode, args, site)
}
