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
        cost: "512 units",
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
        ],
        examples: &[
            Example::of("Math.Sin(0)", "0.0"),
            Example::of("Math.Round(Math.Cos(Math.PI), 9)", "-1.0"),
            Example::of("Math.Round(Math.Atan2(1, 1) * 4, 9)", "3.141592654"),
            Example::of("double.IsNaN(Math.Asin(2))", "true"),
        ],
    },
    Entry {
        summary: "The remainder that IEEE 754 defines, and the product of two ints as a long.",
        cost: "512 units, the product free",
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
