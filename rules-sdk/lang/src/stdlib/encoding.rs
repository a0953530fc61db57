//! Encodings.
//!
//! Invariants: what cannot be decoded becomes U+FFFD, what ASCII cannot hold becomes `?`.

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};

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
        advice: "",
        overloads: &[
            Overload {
                signature: "static Encoding.UTF8.GetString(byte[] bytes): string",
                lower: Lower::Then(Fn::Decode, &[0]),
                errors: &[],
            },
            Overload {
                signature: "static Encoding.Unicode.GetString(byte[] bytes): string",
                lower: Lower::Then(Fn::Decode, &[1]),
                errors: &[],
            },
            Overload {
                signature: "static Encoding.ASCII.GetString(byte[] bytes): string",
                lower: Lower::Then(Fn::Decode, &[2]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: r#"Encoding.UTF8.GetString(Convert.FromHexString("C3A9FF"))"#,
                input: "{}",
                result: r#""é�""#,
            },
            Example {
                expr: r#"Encoding.Unicode.GetString(Convert.FromHexString(""))"#,
                input: "{}",
                result: r#""""#,
            },
        ],
    },
];
