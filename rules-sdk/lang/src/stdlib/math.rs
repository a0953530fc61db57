//! Math.
//!
//! Invariants: doubles are IEEE 754; Min, Max and Abs are checked specially, because they keep the type of their arguments.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::Ir;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The number without its fraction, towards minus infinity, plus infinity or zero.",
        cost: "32 units",
        advice: "",
        overloads: &[
            Overload {
                signature: "static Math.Floor(double value): double",
                lower: Lower::Then(Fn::Math, &[0, 0]),
                errors: &[],
            },
            Overload {
                signature: "static Math.Ceiling(double value): double",
                lower: Lower::Then(Fn::Math, &[0, 1]),
                errors: &[],
            },
            Overload {
                signature: "static Math.Truncate(double value): double",
                lower: Lower::Then(Fn::Math, &[0, 2]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: "Math.Floor(-1.5)",
                input: "{}",
                result: "-2.0",
            },
            Example {
                expr: "Math.Ceiling(1.2)",
                input: "{}",
                result: "2.0",
            },
            Example {
                expr: "Math.Truncate(-0.0)",
                input: "{}",
                result: "-0.0",
            },
        ],
    },
    Entry {
        summary: "The number rounded, halves to even unless told otherwise.",
        cost: "32 units",
        advice: "digits lie between 0 and 15",
        overloads: &[
            Overload {
                signature: "static Math.Round(double value): double",
                lower: Lower::Then(Fn::Math, &[0, 3]),
                errors: &[],
            },
            Overload {
                signature: "static Math.Round(double value, int digits): double",
                lower: Lower::Then(Fn::Math, &[3]),
                errors: &[ErrorKind::OutOfRange],
            },
            Overload {
                signature: "static Math.Round(double value, MidpointRounding mode): double",
                lower: Lower::With(|args, site| {
                    let args = vec![args[0].clone(), Ir::Word(0), args[1].clone()];
                    Ir::Unbox(Ir::Call(Fn::Math, args, site).into())
                }),
                errors: &[],
            },
            Overload {
                signature: "static Math.Round(double value, int digits, MidpointRounding mode): double",
                lower: Lower::Rt(Fn::Math),
                errors: &[ErrorKind::OutOfRange],
            },
        ],
        examples: &[
            Example {
                expr: "Math.Round(2.5)",
                input: "{}",
                result: "2.0",
            },
            Example {
                expr: "Math.Round(2.345, 1)",
                input: "{}",
                result: "2.3",
            },
            Example {
                expr: "Math.Round(2.5, MidpointRounding.AwayFromZero)",
                input: "{}",
                result: "3.0",
            },
        ],
    },
    Entry {
        summary: "The smaller, the greater, the absolute value (checked specially).",
        cost: "free",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: "Math.Min(3, 5)",
                input: "{}",
                result: "3",
            },
            Example {
                expr: "sn.Substring(0, Math.Min(3, sn.Length))",
                input: r#"{"sn":"By"}"#,
                result: r#""By""#,
            },
            Example {
                expr: "Math.Abs(n)",
                input: r#"{"n":-2147483648}"#,
                result: "error:overflow",
            },
            Example {
                expr: "Math.Max(1, 2.5)",
                input: "{}",
                result: "2.5",
            },
        ],
    },
];
