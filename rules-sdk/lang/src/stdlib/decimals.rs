//! Decimals: arithmetic by name, rounding, conversion.
//!
//! Invariants: 96 bits of digits and a scale of 0 to 28; sums and products keep their scale; halves go to even unless
//! told otherwise. As the answer of an expression whose target is open, a decimal is given as the nearest double.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::Ir;

const OVERFLOW: &[ErrorKind] = &[ErrorKind::Overflow];
const RANGE: &[ErrorKind] = &[ErrorKind::OutOfRange];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Arithmetic of decimals: what the operators do, by name.",
        cost: "1024 units, division and remainder 8192",
        advice: "test the divisor and the range first",
        overloads: &[
            Overload::of(
                "static decimal.Add(decimal d1, decimal d2): decimal",
                Lower::Then(Fn::DecimalArithmetic, &[0]),
                OVERFLOW,
            ),
            Overload::of(
                "static decimal.Subtract(decimal d1, decimal d2): decimal",
                Lower::Then(Fn::DecimalArithmetic, &[1]),
                OVERFLOW,
            ),
            Overload::of(
                "static decimal.Multiply(decimal d1, decimal d2): decimal",
                Lower::Then(Fn::DecimalArithmetic, &[2]),
                OVERFLOW,
            ),
            Overload::of(
                "static decimal.Divide(decimal d1, decimal d2): decimal",
                Lower::Then(Fn::DecimalArithmetic, &[3]),
                &[ErrorKind::DivideByZero, ErrorKind::Overflow],
            ),
            Overload::of(
                "static decimal.Remainder(decimal d1, decimal d2): decimal",
                Lower::Then(Fn::DecimalArithmetic, &[4]),
                &[ErrorKind::DivideByZero],
            ),
            Overload::of(
                "static decimal.Negate(decimal d): decimal",
                Lower::Then(Fn::DecimalSign, &[0]),
                &[],
            ),
        ],
        examples: &[
            Example::of("(1.10m + 2.2m).ToString()", r#""3.30""#),
            Example::of("(1.20m * 3.0m).ToString()", r#""3.600""#),
            Example::of("(0.1m + 0.2m) == 0.3m", "true"),
            Example::of("(1m / 3).ToString()", r#""0.3333333333333333333333333333""#),
            Example::of("(2m / 3).ToString()", r#""0.6666666666666666666666666667""#),
            Example::of("(1.00m / 2m).ToString()", r#""0.50""#),
            Example::of("(1m / 4).ToString()", r#""0.25""#),
            Example::of("(-5.5m % 2m).ToString()", r#""-1.5""#),
            Example::of("decimal.MaxValue + 1", "error:overflow"),
            Example::of(
                "decimal.Add(decimal.MaxValue, 0.4m) == decimal.MaxValue",
                "true",
            ),
            Example::with("10m / n", r#"{"n":0}"#, "error:divide_by_zero"),
            Example::with("n + 0.5m", r#"{"n":2}"#, "2.5"),
            Example::of("(-1.50m).ToString()", r#""-1.50""#),
            Example::of("new[] { 1.5m, 2m, 3.25m }.Sum().ToString()", r#""6.75""#),
            Example::of("new[] { 1.5m, 2m }.Average().ToString()", r#""1.75""#),
            Example::of(
                "new[] { 2m, 1.5m, 2.00m }.Distinct().Max().ToString()",
                r#""2""#,
            ),
        ],
    },
    Entry {
        summary: "The decimal with at most so many places; halves go to even unless told otherwise.",
        cost: "512 units",
        advice: "places lie between 0 and 28",
        overloads: &[
            Overload::of(
                "static decimal.Round(decimal d): decimal",
                Lower::Then(Fn::DecimalRound, &[0, 3]),
                &[],
            ),
            Overload::of(
                "static decimal.Round(decimal d, int decimals): decimal",
                Lower::Then(Fn::DecimalRound, &[3]),
                RANGE,
            ),
            Overload::of(
                "static decimal.Round(decimal d, MidpointRounding mode): decimal",
                Lower::With(|args, site| {
                    let args = vec![args[0].clone(), Ir::Word(0), args[1].clone()];
                    Ir::Call(Fn::DecimalRound, args, site)
                }),
                &[],
            ),
            Overload::of(
                "static decimal.Round(decimal d, int decimals, MidpointRounding mode): decimal",
                Lower::Rt(Fn::DecimalRound),
                RANGE,
            ),
            Overload::of(
                "static decimal.Floor(decimal d): decimal",
                Lower::Then(Fn::DecimalRound, &[0, 7]),
                &[],
            ),
            Overload::of(
                "static decimal.Ceiling(decimal d): decimal",
                Lower::Then(Fn::DecimalRound, &[0, 8]),
                &[],
            ),
            Overload::of(
                "static decimal.Truncate(decimal d): decimal",
                Lower::Then(Fn::DecimalRound, &[0, 6]),
                &[],
            ),
        ],
        examples: &[
            Example::of("decimal.Round(2.5m).ToString()", r#""2""#),
            Example::of("decimal.Round(2.345m, 2).ToString()", r#""2.34""#),
            Example::of(
                "decimal.Round(2.345m, 2, MidpointRounding.AwayFromZero).ToString()",
                r#""2.35""#,
            ),
            Example::of("decimal.Round(1.5m, 3).ToString()", r#""1.5""#),
            Example::of("decimal.Floor(-1.5m).ToString()", r#""-2""#),
            Example::of("decimal.Ceiling(1.01m).ToString()", r#""2""#),
            Example::of("decimal.Round(1m, 29)", "error:out_of_range"),
            Example::of("decimal.Truncate(0m).ToString()", r#""0""#),
        ],
    },
    Entry {
        summary: "The decimal as another number: places are cut off, what does not fit fails, as with a cast.",
        cost: "256 units",
        advice: "test the range first",
        overloads: &[
            Overload::of(
                "static decimal.ToInt32(decimal value): int",
                Lower::Then(Fn::DecimalToInt, &[0]),
                OVERFLOW,
            ),
            Overload::of(
                "static decimal.ToInt64(decimal value): long",
                Lower::Then(Fn::DecimalToLong, &[0]),
                OVERFLOW,
            ),
            Overload::of(
                "static decimal.ToDouble(decimal d): double",
                Lower::Rt(Fn::DecimalToDouble),
                &[],
            ),
        ],
        examples: &[
            Example::of("(int)-2.9m", "-2"),
            Example::of("(int)3000000000m", "error:overflow"),
            Example::of("(long)3000000000.9m", "3000000000"),
            Example::of("(double)1.25m", "1.25"),
            Example::of("((decimal)0.1).ToString()", r#""0.1""#),
            Example::of("((decimal)1e29).ToString()", "error:overflow"),
            Example::of("(char)65.5m", r#""A""#),
            Example::of("decimal.ToInt32(0m)", "0"),
        ],
    },
];
