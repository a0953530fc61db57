//! GUIDs.
//!
//! Invariants: `new Guid(bytes)` and `ToByteArray` use the mixed byte order of .NET and of objectGUID.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::Ir;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The GUID in a text, or in 16 octets.",
        cost: "128 units, a text 16 per byte more",
        advice: "the text must be a GUID, octets must be 16",
        overloads: &[
            Overload {
                signature: "static Guid.Parse(string input): Guid",
                lower: Lower::Rt(Fn::GuidParse),
                errors: &[ErrorKind::Format],
            },
            Overload::of(
                "static Guid.ParseExact(string input, string format): Guid",
                Lower::Rt(Fn::GuidParseExact),
                &[ErrorKind::Format],
            ),
            Overload {
                signature: "static Guid.new(string g): Guid",
                lower: Lower::Rt(Fn::GuidParse),
                errors: &[ErrorKind::Format],
            },
            Overload::sure(
                "static Guid.new(): Guid",
                Lower::With(|_, site| {
                    let digits = Ir::Text("0".repeat(32));
                    Ir::Call(Fn::GuidParse, vec![digits], site)
                }),
            ),
            Overload {
                signature: "static Guid.new(byte[] b): Guid",
                lower: Lower::Rt(Fn::GuidFromOctets),
                errors: &[ErrorKind::Argument],
            },
        ],
        examples: &[
            Example {
                expr: "new Guid(objectGUID).ToString()",
                input: r#"{"objectGUID":{"$b64":"AAECAwQFBgcICQoLDA0ODw=="}}"#,
                result: r#""03020100-0504-0706-0809-0a0b0c0d0e0f""#,
            },
            Example {
                expr: "Guid.Parse(x)",
                input: r#"{"x":""}"#,
                result: "error:format",
            },
            Example {
                expr: r#"Guid.TryParse(x, out var g) ? g.ToString("N") : "none""#,
                input: r#"{"x":"{03020100-0504-0706-0809-0A0B0C0D0E0F}"}"#,
                result: r#""030201000504070608090a0b0c0d0e0f""#,
            },
            Example {
                expr: r#"Guid.TryParseExact(x, "N", out var g)"#,
                input: r#"{"x":"03020100-0504-0706-0809-0A0B0C0D0E0F"}"#,
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Which of two GUIDs comes first, by the digits of their text: -1, 0 or 1.",
        cost: "96 units",
        advice: "",
        overloads: &[Overload::sure(
            "Guid.CompareTo(Guid other): int",
            Lower::Rt(Fn::GuidCompare),
        )],
        examples: &[
            Example {
                expr: "Guid.Parse(x).CompareTo(new Guid())",
                input: r#"{"x":"03020100-0504-0706-0809-0a0b0c0d0e0f"}"#,
                result: "1",
            },
            Example {
                expr: "Guid.Empty.CompareTo(new Guid())",
                input: "{}",
                result: "0",
            },
        ],
    },
    Entry {
        summary: "The octets of a GUID.",
        cost: "32 units",
        advice: "",
        overloads: &[Overload {
            signature: "Guid.ToByteArray(): byte[]",
            lower: Lower::Rt(Fn::GuidToOctets),
            errors: &[],
        }],
        examples: &[Example {
            expr: "Convert.ToBase64String(Guid.Parse(x).ToByteArray())",
            input: r#"{"x":"03020100-0504-0706-0809-0a0b0c0d0e0f"}"#,
            result: r#""AAECAwQFBgcICQoLDA0ODw==""#,
        }],
    },
    Entry {
        summary: "The GUID as a text in form D, N, B or P.",
        cost: "512 units",
        advice: "use D, N, B or P",
        overloads: &[Overload {
            signature: "Guid.ToString(string format): string",
            lower: Lower::Rt(Fn::GuidToText),
            errors: &[ErrorKind::Format],
        }],
        examples: &[
            Example {
                expr: r#"new Guid(x).ToString("B")"#,
                input: r#"{"x":{"$b64":"AAECAwQFBgcICQoLDA0ODw=="}}"#,
                result: r#""{03020100-0504-0706-0809-0a0b0c0d0e0f}""#,
            },
            Example {
                expr: r#"Guid.Empty.ToString("N")"#,
                input: "{}",
                result: r#""00000000000000000000000000000000""#,
            },
        ],
    },
];
