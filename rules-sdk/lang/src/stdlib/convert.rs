//! Base64 and hexadecimal.
//!
//! Invariants: what .NET refuses is `format`.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Octets as base64 text.",
        cost: "32 units, 16 per 3 bytes",
        advice: "",
        overloads: &[Overload {
            signature: "static Convert.ToBase64String(byte[] value): string",
            lower: Lower::Rt(Fn::ToBase64),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "Convert.ToBase64String(objectGUID)",
                input: r#"{"objectGUID":{"$b64":"AQIDBA=="}}"#,
                result: r#""AQIDBA==""#,
            },
            Example {
                expr: "Convert.ToBase64String(x)",
                input: r#"{"x":{"$b64":""}}"#,
                result: r#""""#,
            },
        ],
    },
    Entry {
        summary: "The octets of a base64 text.",
        cost: "32 units per byte",
        advice: "the text must be base64",
        overloads: &[Overload {
            signature: "static Convert.FromBase64String(string value): byte[]",
            lower: Lower::Rt(Fn::FromBase64),
            errors: &[ErrorKind::Format],
        }],
        examples: &[
            Example {
                expr: r#"Convert.FromBase64String("AQID").Length"#,
                input: "{}",
                result: "3",
            },
            Example {
                expr: "Convert.FromBase64String(x)",
                input: r#"{"x":"A"}"#,
                result: "error:format",
            },
            Example {
                expr: r#"Convert.FromBase64String("").Length"#,
                input: "{}",
                result: "0",
            },
        ],
    },
    Entry {
        summary: "Octets as hexadecimal text, in upper case.",
        cost: "16 units per byte",
        advice: "",
        overloads: &[Overload {
            signature: "static Convert.ToHexString(byte[] value): string",
            lower: Lower::Rt(Fn::ToHex),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "Convert.ToHexString(x)",
                input: r#"{"x":{"$b64":"q80="}}"#,
                result: r#""ABCD""#,
            },
            Example {
                expr: "Convert.ToHexString(x)",
                input: r#"{"x":{"$b64":""}}"#,
                result: r#""""#,
            },
        ],
    },
    Entry {
        summary: "The octets of a hexadecimal text.",
        cost: "16 units per byte",
        advice: "the text must be hexadecimal",
        overloads: &[Overload {
            signature: "static Convert.FromHexString(string value): byte[]",
            lower: Lower::Rt(Fn::FromHex),
            errors: &[ErrorKind::Format],
        }],
        examples: &[
            Example {
                expr: r#"Convert.ToBase64String(Convert.FromHexString("ABcd"))"#,
                input: "{}",
                result: r#""q80=""#,
            },
            Example {
                expr: "Convert.FromHexString(x)",
                input: r#"{"x":"0"}"#,
                result: "error:format",
            },
        ],
    },
];
