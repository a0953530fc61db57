//! Base64 and hexadecimal.
//!
//! Invariants: what .NET refuses is `format`.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Op, Site};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Octets as base64 text.",
        cost: "32 units, 16 per 3 bytes",
        advice: "the part must lie inside the octets",
        overloads: &[
            Overload::sure(
                "static Convert.ToBase64String(byte[] inArray): string",
                Lower::Rt(Fn::ToBase64),
            ),
            Overload::of(
                "static Convert.ToBase64String(byte[] inArray, int offset, int length): string",
                Lower::With(|args, site| Ir::Call(Fn::ToBase64, vec![part(&args, site)], site)),
                &[ErrorKind::OutOfRange],
            ),
        ],
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
            signature: "static Convert.FromBase64String(string s): byte[]",
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
        advice: "the part must lie inside the octets",
        overloads: &[
            Overload::sure(
                "static Convert.ToHexString(byte[] inArray): string",
                Lower::Rt(Fn::ToHex),
            ),
            Overload::of(
                "static Convert.ToHexString(byte[] inArray, int offset, int length): string",
                Lower::With(|args, site| Ir::Call(Fn::ToHex, vec![part(&args, site)], site)),
                &[ErrorKind::OutOfRange],
            ),
        ],
        examples: &[
            Example::of(
                "Convert.ToHexString(new byte[] { 1, 2, 3 }, 1, 2)",
                "\"0203\"",
            ),
            Example::of(
                "Convert.ToHexString(new byte[] { 1, 2, 3 }, 2, 2)",
                "error:out_of_range",
            ),
            Example::of(
                "Convert.ToBase64String(new byte[] { 1, 2, 3 }, 0, 1)",
                "\"AQ==\"",
            ),
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
            signature: "static Convert.FromHexString(string s): byte[]",
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

/// Octets from a place on, so many.
pub(super) fn part(args: &[Ir], site: Site) -> Ir {
    let list = Ir::Call(Fn::OctetsToList, vec![args[0].clone()], site);
    let (from, zero) = (args[1].clone(), Ir::Word(0));
    let to = Ir::Op(Op::AddI, vec![from.clone(), args[2].clone()], 0);
    let range = vec![list, from, zero.clone(), to, zero];
    let range = Ir::Call(Fn::ListRange, range, site);
    Ir::Call(Fn::ListToOctets, vec![range], site)
}
