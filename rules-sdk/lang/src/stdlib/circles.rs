//! Math: circles, hyperbolas, remainders, wide products.
//!
//! Invariants: within a few units in the last place of .NET's answers, the same in both evaluators.

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Op, Site};

macro_rules! of_one {
    ($name:literal, $op:literal) => {
        Overload::sure(
            concat!("static Math.", $name, "(double value): double"),
            Lower::Then(Fn::Circle, &[0, $op]),
        )
    };
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Sine, cosine, tangent, their inverses and their likes of the hyperbola; angles are in radians.",
        cost: "1280 units, of the hyperbola 3072",
        advice: "",
        overloads: &[
            of_one!("Sin", 0),
            of_one!("Cos", 1),
            of_one!("Tan", 2),
            of_one!("Asin", 3),
            of_one!("Acos", 4),
            of_one!("Atan", 5),
            of_one!("Sinh", 7),
            of_one!("Cosh", 8),
            of_one!("Tanh", 9),
            Overload::sure(
                "static Math.Atan2(double y, double x): double",
                Lower::Then(Fn::Circle, &[6]),
            ),
            Overload::sure(
                "static Math.Asinh(double d): double",
                Lower::Then(Fn::MathMore, &[0, 7]),
            ),
            Overload::sure(
                "static Math.Acosh(double d): double",
                Lower::Then(Fn::MathMore, &[0, 8]),
            ),
            Overload::sure(
                "static Math.Atanh(double d): double",
                Lower::Then(Fn::MathMore, &[0, 9]),
            ),
        ],
        examples: &[
            Example::of("Math.Sin(0)", "0.0"),
            Example::of("Math.Round(Math.Cos(Math.PI), 9)", "-1.0"),
            Example::of("Math.Round(Math.Atan2(1, 1) * 4, 9)", "3.141592654"),
            Example::of("double.IsNaN(Math.Asin(2))", "true"),
            Example::of("Math.Round(Math.Asinh(1), 12)", "0.881373587020"),
            Example::of("Math.Round(Math.Acosh(2), 12)", "1.316957896925"),
            Example::of("Math.Round(Math.Atanh(0.5), 12)", "0.549306144334"),
            Example::of("double.IsNaN(Math.Acosh(0.5))", "true"),
        ],
    },
    Entry {
        summary: "Exponents, signs and neighbours of doubles.",
        cost: "4096 units",
        advice: "",
        overloads: &[
            Overload::sure(
                "static Math.ScaleB(double x, int n): double",
                Lower::With(|mut args, site| {
                    let power = Ir::Op(Op::LongToDouble, vec![args.remove(1)], 0);
                    args.push(power);
                    args.push(Ir::Word(0));
                    Ir::Unbox(Ir::Call(Fn::MathMore, args, site).into())
                }),
            ),
            Overload::sure(
                "static Math.ILogB(double x): int",
                Lower::With(|mut args, site| {
                    args.extend([Ir::Word(0), Ir::Word(1)]);
                    let exponent = Ir::Unbox(Ir::Call(Fn::MathMore, args, site).into());
                    Ir::Op(Op::DoubleToInt, vec![exponent], 0)
                }),
            ),
            Overload::sure(
                "static Math.CopySign(double x, double y): double",
                Lower::Then(Fn::MathMore, &[2]),
            ),
            Overload::sure(
                "static Math.MaxMagnitude(double x, double y): double",
                Lower::Then(Fn::MathMore, &[3]),
            ),
            Overload::sure(
                "static Math.MinMagnitude(double x, double y): double",
                Lower::Then(Fn::MathMore, &[4]),
            ),
            Overload::sure(
                "static Math.BitIncrement(double x): double",
                Lower::Then(Fn::MathMore, &[0, 5]),
            ),
            Overload::sure(
                "static Math.BitDecrement(double x): double",
                Lower::Then(Fn::MathMore, &[0, 6]),
            ),
            Overload::sure(
                "static double.IsNegative(double d): bool",
                Lower::With(|mut args, _| Ir::Op(Op::Lt, vec![args.remove(0), Ir::Word(0)], 0)),
            ),
        ],
        examples: &[
            Example::of("Math.ScaleB(1.5, 3)", "12.0"),
            Example::of("Math.ILogB(0.1)", "-4"),
            Example::of("Math.ILogB(0)", "-2147483648"),
            Example::of("Math.CopySign(1, -2)", "-1.0"),
            Example::of("Math.MaxMagnitude(-3, 2)", "-3.0"),
            Example::of("Math.MinMagnitude(-3, 2)", "2.0"),
            Example::of("Math.BitIncrement(1) > 1", "true"),
            Example::of("double.IsNegative(-0.0)", "true"),
        ],
    },
    Entry {
        summary: "The remainder that IEEE 754 defines, and the product of two ints as a long.",
        cost: "3072 units, the product free",
        advice: "",
        overloads: &[
            Overload::sure(
                "static Math.IEEERemainder(double x, double y): double",
                Lower::Then(Fn::Circle, &[10]),
            ),
            Overload::sure(
                "static Math.BigMul(int a, int b): long",
                Lower::With(|args: Vec<Ir>, _: Site| Ir::Op(Op::MulL, args, 0)),
            ),
        ],
        examples: &[
            Example::of("Math.IEEERemainder(5, 3)", "-1.0"),
            Example::of("double.IsNaN(Math.IEEERemainder(5, 0))", "true"),
            Example::of("Math.BigMul(2147483647, 2)", "4294967294"),
        ],
    },
];
