//! Math.
//!
//! Invariants: doubles are IEEE 754; roots are rounded correctly, powers and logarithms within a bit in the last place,
//! the same in both evaluators; Min, Max, Abs, Sign and Clamp are checked specially, because they keep the type of their
//! arguments.

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
                signature: "static Math.Floor(double d): double",
                lower: Lower::Then(Fn::Math, &[0, 0]),
                errors: &[],
            },
            Overload {
                signature: "static Math.Ceiling(double a): double",
                lower: Lower::Then(Fn::Math, &[0, 1]),
                errors: &[],
            },
            Overload {
                signature: "static Math.Truncate(double d): double",
                lower: Lower::Then(Fn::Math, &[0, 2]),
                errors: &[],
            },
            Overload::of(
                "static Math.Floor(decimal d): decimal",
                Lower::Then(Fn::DecimalRound, &[0, 7]),
                &[],
            ),
            Overload::of(
                "static Math.Ceiling(decimal d): decimal",
                Lower::Then(Fn::DecimalRound, &[0, 8]),
                &[],
            ),
            Overload::of(
                "static Math.Truncate(decimal d): decimal",
                Lower::Then(Fn::DecimalRound, &[0, 6]),
                &[],
            ),
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
            Example::of("Math.Floor(-1.50m).ToString()", r#""-2""#),
            Example::of("Math.Ceiling(1.2m).ToString()", r#""2""#),
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
            Overload::of(
                "static Math.Round(decimal d): decimal",
                Lower::Then(Fn::DecimalRound, &[0, 3]),
                &[],
            ),
            Overload::of(
                "static Math.Round(decimal d, int decimals): decimal",
                Lower::Then(Fn::DecimalRound, &[3]),
                &[ErrorKind::OutOfRange],
            ),
            Overload::of(
                "static Math.Round(decimal d, MidpointRounding mode): decimal",
                Lower::With(|args, site| {
                    let args = vec![args[0].clone(), Ir::Word(0), args[1].clone()];
                    Ir::Call(Fn::DecimalRound, args, site)
                }),
                &[],
            ),
            Overload::of(
                "static Math.Round(decimal d, int decimals, MidpointRounding mode): decimal",
                Lower::Rt(Fn::DecimalRound),
                &[ErrorKind::OutOfRange],
            ),
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
            Example::of("Math.Round(-2.7, MidpointRounding.ToZero)", "-2.0"),
            Example::of(
                "Math.Round(-2.1, MidpointRounding.ToNegativeInfinity)",
                "-3.0",
            ),
            Example::of("Math.Round(3.45m, 1).ToString()", r#""3.4""#),
            Example::of("Math.Round(1.0, 16)", "error:out_of_range"),
        ],
    },
    Entry {
        summary: "The smaller, the greater, the absolute value, the sign, the nearest within bounds (checked specially).",
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
            Example::of("Math.Max(1, 2.50m).ToString()", r#""2.50""#),
            Example::of("Math.Max(double.NaN, 1).ToString()", r#""NaN""#),
            Example::of("Math.Abs(-1.5m)", "1.5"),
            Example::with("Math.Sign(n)", r#"{"n":-7}"#, "-1"),
            Example::of("Math.Sign(0.00m)", "0"),
            Example::of("Math.Clamp(12, 1, 10)", "10"),
            Example::of("Math.Clamp(0.5, 1, 10)", "1.0"),
            Example::of("Math.Clamp(5, 10, 1)", "error:argument"),
        ],
    },
    Entry {
        summary: "Powers, roots, exponentials and logarithms.",
        cost: "4096 units",
        advice: "",
        overloads: &[
            Overload::of(
                "static Math.Pow(double x, double y): double",
                Lower::Then(Fn::MathFunction, &[5]),
                &[],
            ),
            Overload::of(
                "static Math.Sqrt(double d): double",
                Lower::Then(Fn::MathFunction, &[0, 0]),
                &[],
            ),
            Overload::of(
                "static Math.Cbrt(double d): double",
                Lower::Then(Fn::MathFunction, &[0, 9]),
                &[],
            ),
            Overload::of(
                "static Math.Exp(double d): double",
                Lower::Then(Fn::MathFunction, &[0, 1]),
                &[],
            ),
            Overload::of(
                "static Math.Log(double d): double",
                Lower::Then(Fn::MathFunction, &[0, 2]),
                &[],
            ),
            Overload::of(
                "static Math.Log(double a, double newBase): double",
                Lower::Then(Fn::MathFunction, &[6]),
                &[],
            ),
            Overload::of(
                "static Math.Log10(double value): double",
                Lower::Then(Fn::MathFunction, &[0, 3]),
                &[],
            ),
            Overload::of(
                "static Math.Log2(double value): double",
                Lower::Then(Fn::MathFunction, &[0, 4]),
                &[],
            ),
        ],
        examples: &[
            Example::of("Math.Pow(2, 10)", "1024.0"),
            Example::of("Math.Pow(-2, 3)", "-8.0"),
            Example::of("Math.Pow(-8, 1.0 / 3).ToString()", r#""NaN""#),
            Example::of("Math.Pow(0, 0)", "1.0"),
            Example::of("Math.Sqrt(2)", "1.4142135623730951"),
            Example::of("Math.Sqrt(-1).ToString()", r#""NaN""#),
            Example::of("Math.Cbrt(27)", "3.0"),
            Example::of("Math.Exp(1)", "2.718281828459045"),
            Example::of("Math.Log(10)", "2.302585092994046"),
            Example::of("Math.Log(8, 2)", "3.0"),
            Example::of("Math.Log10(1000)", "3.0"),
            Example::of("Math.Log2(8)", "3.0"),
            Example::of("Math.Log(0).ToString()", r#""-Infinity""#),
        ],
    },
];
