//! `Convert`: numbers to numbers, texts to numbers in a base and back.
//!
//! Invariants: rounded half to even and checked, where a cast truncates and does not check; absent texts give 0 or
//! false where Parse fails.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Op, Site};

const OVERFLOW: &[ErrorKind] = &[ErrorKind::Overflow];
const FORMAT: &[ErrorKind] = &[ErrorKind::Format];
const PARSE: &[ErrorKind] = &[ErrorKind::Format, ErrorKind::Overflow];
const BASE: &[ErrorKind] = &[
    ErrorKind::Format,
    ErrorKind::Overflow,
    ErrorKind::Argument,
    ErrorKind::OutOfRange,
];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The value as an int or long, rounded half to even, or the text parsed; absent gives 0.",
        cost: "32 units, a text as Parse",
        advice: "test the range first",
        overloads: &[
            Overload::of(
                "static Convert.ToInt32(int value): int",
                Lower::With(same),
                &[],
            ),
            Overload::of(
                "static Convert.ToInt32(double value): int",
                Lower::Rt(Fn::DoubleToInt),
                OVERFLOW,
            ),
            // A long beyond the ints stays beyond them as a double.
            Overload::of(
                "static Convert.ToInt32(long value): int",
                Lower::With(|args, site| {
                    let double = Ir::Op(Op::LongToDouble, args, 0);
                    Ir::Call(Fn::DoubleToInt, vec![double], site)
                }),
                OVERFLOW,
            ),
            Overload::of(
                "static Convert.ToInt32(decimal value): int",
                Lower::Then(Fn::DecimalToInt, &[1]),
                OVERFLOW,
            ),
            Overload::of(
                "static Convert.ToInt32(bool value): int",
                Lower::With(same),
                &[],
            ),
            Overload::of(
                "static Convert.ToInt32(char value): int",
                Lower::With(same),
                &[],
            ),
            Overload::of(
                "static Convert.ToInt32(string? value, CultureInfo? provider = 0): int",
                Lower::With(|args, site| zero_when_absent(args, site, Fn::ParseInt)),
                PARSE,
            ),
            Overload::of(
                "static Convert.ToInt64(long value): long",
                Lower::With(same),
                &[],
            ),
            Overload::of(
                "static Convert.ToInt64(double value): long",
                Lower::Rt(Fn::DoubleToLong),
                OVERFLOW,
            ),
            Overload::of(
                "static Convert.ToInt64(decimal value): long",
                Lower::Then(Fn::DecimalToLong, &[1]),
                OVERFLOW,
            ),
            Overload::of(
                "static Convert.ToInt64(bool value): long",
                Lower::With(same),
                &[],
            ),
            Overload::of(
                "static Convert.ToInt64(string? value, CultureInfo? provider = 0): long",
                Lower::With(|args, site| zero_when_absent(args, site, Fn::ParseLong)),
                PARSE,
            ),
        ],
        examples: &[
            Example::of("Convert.ToInt32(2.5)", "2"),
            Example::of("Convert.ToInt32(3.5m)", "4"),
            Example::of(r#"Convert.ToInt32("12")"#, "12"),
            Example::of(
                r#"Convert.ToInt32("12", CultureInfo.InvariantCulture)"#,
                "12",
            ),
            Example::with("Convert.ToInt32(x)", r#"{"x":null}"#, "0"),
            Example::of("Convert.ToInt32(3000000000.0)", "error:overflow"),
            Example::of("Convert.ToInt32(2147483648L)", "error:overflow"),
            Example::of("Convert.ToInt32(true) + Convert.ToInt32('A')", "66"),
            Example::of("Convert.ToInt64(2147483648.5m)", "2147483648"),
        ],
    },
    Entry {
        summary: "The value as a double or decimal, or the text parsed; absent gives 0.",
        cost: "32 units, a text as Parse",
        advice: "test the range first",
        overloads: &[
            Overload::of(
                "static Convert.ToDouble(double value): double",
                Lower::With(same),
                &[],
            ),
            Overload::of(
                "static Convert.ToDouble(decimal value): double",
                Lower::Rt(Fn::DecimalToDouble),
                &[],
            ),
            Overload::of(
                "static Convert.ToDouble(bool value): double",
                Lower::With(|args, _| Ir::Op(Op::LongToDouble, args, 0)),
                &[],
            ),
            Overload::of(
                "static Convert.ToDouble(string? value, CultureInfo? provider = 0): double",
                Lower::With(|args, site| zero_when_absent(args, site, Fn::ParseDouble)),
                FORMAT,
            ),
            Overload::of(
                "static Convert.ToDecimal(decimal value): decimal",
                Lower::With(same),
                &[],
            ),
            Overload::of(
                "static Convert.ToDecimal(double value): decimal",
                Lower::Rt(Fn::DecimalFromDouble),
                OVERFLOW,
            ),
            Overload::of(
                "static Convert.ToDecimal(bool value): decimal",
                Lower::Rt(Fn::DecimalFromLong),
                &[],
            ),
            Overload::of(
                "static Convert.ToDecimal(string? value, CultureInfo? provider = 0): decimal",
                Lower::With(|args, site| zero_when_absent(args, site, Fn::DecimalParse)),
                PARSE,
            ),
        ],
        examples: &[
            Example::of(r#"Convert.ToDouble("1.5e3")"#, "1500.0"),
            Example::of("Convert.ToDouble(0.1m)", "0.1"),
            Example::of("Convert.ToDecimal(0.1).ToString()", r#""0.1""#),
            Example::of(r#"Convert.ToDecimal("1.10").ToString()"#, r#""1.10""#),
            Example::with("Convert.ToDecimal(x).ToString()", r#"{"x":null}"#, r#""0""#),
            Example::of("Convert.ToDecimal(1e30)", "error:overflow"),
        ],
    },
    Entry {
        summary: "Whether the number is not 0, or the text says True; absent gives false.",
        cost: "free, a text as Parse",
        advice: "the text must be True or False",
        overloads: &[
            Overload::of(
                "static Convert.ToBoolean(bool value): bool",
                Lower::With(same),
                &[],
            ),
            Overload::of(
                "static Convert.ToBoolean(long value): bool",
                Lower::With(|args, _| Ir::Op(Op::Ne, vec![args[0].clone(), Ir::Word(0)], 0)),
                &[],
            ),
            Overload::of(
                "static Convert.ToBoolean(double value): bool",
                Lower::With(|args, _| Ir::Op(Op::NeD, vec![args[0].clone(), Ir::Word(0)], 0)),
                &[],
            ),
            Overload::of(
                "static Convert.ToBoolean(decimal value): bool",
                Lower::With(|args, site| {
                    let zero = Ir::Call(Fn::DecimalFromLong, vec![Ir::Word(0)], site);
                    let order = Ir::Call(Fn::DecimalCompare, vec![args[0].clone(), zero], site);
                    Ir::Op(Op::Ne, vec![order, Ir::Word(0)], 0)
                }),
                &[],
            ),
            Overload::of(
                "static Convert.ToBoolean(string? value, CultureInfo? provider = 0): bool",
                Lower::With(|args, site| zero_when_absent(args, site, Fn::ParseBool)),
                FORMAT,
            ),
        ],
        examples: &[
            Example::with("Convert.ToBoolean(n)", r#"{"n":2}"#, "true"),
            Example::of(r#"Convert.ToBoolean("true")"#, "true"),
            Example::of(r#"Convert.ToBoolean("1")"#, "error:format"),
            Example::of("Convert.ToBoolean(0.00m)", "false"),
            Example::with("Convert.ToBoolean(x)", r#"{"x":null}"#, "false"),
        ],
    },
    Entry {
        summary: "The digits of a number in base 2, 8, 10 or 16, and the number of such digits; absent gives 0.",
        cost: "256 units, a text 16 per byte",
        advice: "bases are 2, 8, 10 and 16",
        overloads: &[
            Overload::of(
                "static Convert.ToString(int value, int toBase): string",
                Lower::Then(Fn::ToBase, &[32]),
                &[ErrorKind::Argument],
            ),
            Overload::of(
                "static Convert.ToString(long value, int toBase): string",
                Lower::Then(Fn::ToBase, &[64]),
                &[ErrorKind::Argument],
            ),
            Overload::of(
                "static Convert.ToInt32(string? value, int fromBase): int",
                Lower::With(|args, site| from_base(&args, 32, site)),
                BASE,
            ),
            Overload::of(
                "static Convert.ToInt64(string? value, int fromBase): long",
                Lower::With(|args, site| from_base(&args, 64, site)),
                BASE,
            ),
        ],
        examples: &[
            Example::of("Convert.ToString(10, 2)", r#""1010""#),
            Example::of("Convert.ToString(-1, 16)", r#""ffffffff""#),
            Example::of("Convert.ToString(64, 3)", "error:argument"),
            Example::of(r#"Convert.ToInt32("0xFF", 16)"#, "255"),
            Example::of(r#"Convert.ToInt32("ffffffff", 16)"#, "-1"),
            Example::of(r#"Convert.ToInt32("102", 2)"#, "error:format"),
            Example::of(r#"Convert.ToInt64("777", 8)"#, "511"),
            Example::with("Convert.ToInt32(x, 16)", r#"{"x":null}"#, "0"),
            Example::with(
                "Convert.ToInt32(x, 16)",
                r#"{"x":""}"#,
                "error:out_of_range",
            ),
        ],
    },
    Entry {
        summary: "Casts do not round: places are cut off, whole numbers keep their low bits, and a double beyond the type becomes its nearest value, NaN 0, as .NET 9 has it on every processor; only decimals are checked.",
        cost: "free, a decimal 256 units",
        advice: "",
        overloads: &[],
        examples: &[
            Example::of("(int)2.9 + (int)-2.9", "0"),
            Example::with("(int)(n + 4294967296L)", r#"{"n":1}"#, "1"),
            Example::with("(int)(n * 1e20)", r#"{"n":1}"#, "2147483647"),
            Example::with("(int)(n / 0.0)", r#"{"n":0}"#, "0"),
            Example::with("(long)(n * 1e30)", r#"{"n":-1}"#, "-9223372036854775808"),
            Example::with("(char)n", r#"{"n":65601}"#, r#""A""#),
            Example::of("(int)'A'", "65"),
            Example::with("(byte)n", r#"{"n":300}"#, "44"),
            Example::of("(double)7 / 2", "3.5"),
            Example::of("((int?)null).HasValue", "false"),
        ],
    },
    Entry {
        summary: "checked(…): whole numbers that do not fit fail instead of wrapping. unchecked(…): constants may wrap too.",
        cost: "free",
        advice: "",
        overloads: &[],
        examples: &[
            Example::with("n + 1", r#"{"n":2147483647}"#, "-2147483648"),
            Example::with("checked(n + 1)", r#"{"n":2147483647}"#, "error:overflow"),
            Example::with("checked(n + 1)", r#"{"n":0}"#, "1"),
            Example::with(
                "checked(n * 4611686018427387904L)",
                r#"{"n":-2}"#,
                "-9223372036854775808",
            ),
            Example::with(
                "checked(n * 4611686018427387904L)",
                r#"{"n":2}"#,
                "error:overflow",
            ),
            Example::with("checked((int)(n + 0L))", r#"{"n":7}"#, "7"),
            Example::with("checked((int)(n * 1e10))", r#"{"n":7}"#, "error:overflow"),
            Example::with("checked(-n)", r#"{"n":-2147483648}"#, "error:overflow"),
            Example::of("unchecked(2147483647 + 1)", "-2147483648"),
        ],
    },
    Entry {
        summary: "The number as a text, as ToString gives it; the culture changes nothing.",
        cost: "128 units, a double 6144",
        advice: "",
        overloads: &[
            Overload::of(
                "static Convert.ToString(long value, CultureInfo? provider): string",
                Lower::With(|args, site| Ir::Call(Fn::IntToText, args[..1].to_vec(), site)),
                &[],
            ),
            Overload::of(
                "static Convert.ToString(double value, CultureInfo? provider): string",
                Lower::With(|args, site| Ir::Call(Fn::DoubleToText, args[..1].to_vec(), site)),
                &[],
            ),
            Overload::of(
                "static Convert.ToString(decimal value, CultureInfo? provider): string",
                Lower::With(|args, site| {
                    let args = vec![args[0].clone(), Ir::Text(String::new())];
                    Ir::Call(Fn::DecimalToText, args, site)
                }),
                &[],
            ),
        ],
        examples: &[
            Example::of(
                "Convert.ToString(1.50m, CultureInfo.InvariantCulture)",
                r#""1.50""#,
            ),
            Example::with(
                "Convert.ToString(n, CultureInfo.InvariantCulture)",
                r#"{"n":-7}"#,
                r#""-7""#,
            ),
        ],
    },
];

fn same(args: Vec<Ir>, _: Site) -> Ir {
    args[0].clone()
}

fn from_base(args: &[Ir], bits: i64, site: Site) -> Ir {
    let args = vec![args[0].clone(), args[1].clone(), Ir::Word(bits)];
    Ir::Unbox(Ir::Call(Fn::FromBase, args, site).into())
}

/// `Convert` gives 0 for an absent text where `Parse` fails.
pub(super) fn zero_when_absent(args: Vec<Ir>, site: Site, parse: Fn) -> Ir {
    let text = args[0].clone();
    let mut zero = Ir::Word(0);
    let parsed = match parse {
        Fn::DecimalParse => {
            zero = Ir::Call(Fn::DecimalFromLong, vec![zero], site);
            Ir::Call(parse, vec![text.clone(), Ir::Word(111)], site)
        }
        Fn::ParseLong | Fn::ParseDouble => {
            Ir::Unbox(Ir::Call(parse, vec![text.clone()], site).into())
        }
        _ => Ir::Call(parse, vec![text.clone()], site),
    };
    Ir::If(Ir::IsNull(text.into()).into(), zero.into(), parsed.into())
}
