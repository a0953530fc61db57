//! Numbers out of texts, and comparison.
//!
//! Invariants: invariant culture; parsing accepts what .NET's Parse accepts, under the styles that are given.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Op, Site};

const FORMAT: &[ErrorKind] = &[ErrorKind::Format];
const PARSE: &[ErrorKind] = &[ErrorKind::Format, ErrorKind::Overflow];
const STYLED: &[ErrorKind] = &[ErrorKind::Format, ErrorKind::Overflow, ErrorKind::Argument];
const ANY_STYLE: &[ErrorKind] = &[ErrorKind::Format, ErrorKind::Argument];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The number that the text holds; NumberStyles say which forms it may have.",
        cost: "256 units and 16 per byte; a double 2304 and 80, a decimal 1024 and 32",
        advice: "use TryParse",
        overloads: &[
            Overload::of(
                "static int.Parse(string s): int",
                Lower::Rt(Fn::ParseInt),
                PARSE,
            ),
            Overload::of(
                "static int.Parse(string s, CultureInfo? provider): int",
                Lower::With(|args, site| first(Fn::ParseInt, &args, &[], site)),
                PARSE,
            ),
            Overload::of(
                "static int.Parse(string s, NumberStyles style, CultureInfo? provider = 0): int",
                Lower::With(|args, site| styled(&args, 0, site)),
                STYLED,
            ),
            Overload::of(
                "static long.Parse(string s): long",
                Lower::Rt(Fn::ParseLong),
                PARSE,
            ),
            Overload::of(
                "static long.Parse(string s, CultureInfo? provider): long",
                Lower::With(|args, site| first(Fn::ParseLong, &args, &[], site)),
                PARSE,
            ),
            Overload::of(
                "static long.Parse(string s, NumberStyles style, CultureInfo? provider = 0): long",
                Lower::With(|args, site| styled(&args, 1, site)),
                STYLED,
            ),
            Overload::of(
                "static double.Parse(string s): double",
                Lower::Rt(Fn::ParseDouble),
                FORMAT,
            ),
            Overload::of(
                "static double.Parse(string s, CultureInfo? provider): double",
                Lower::With(|args, site| first(Fn::ParseDouble, &args, &[], site)),
                FORMAT,
            ),
            Overload::of(
                "static double.Parse(string s, NumberStyles style, CultureInfo? provider = 0): double",
                Lower::With(|args, site| styled(&args, 2, site)),
                ANY_STYLE,
            ),
            Overload::of(
                "static decimal.Parse(string s): decimal",
                Lower::Then(Fn::DecimalParse, &[111]),
                PARSE,
            ),
            Overload::of(
                "static decimal.Parse(string s, CultureInfo? provider): decimal",
                Lower::With(|args, site| first(Fn::DecimalParse, &args, &[111], site)),
                PARSE,
            ),
            Overload::of(
                "static decimal.Parse(string s, NumberStyles style, CultureInfo? provider = 0): decimal",
                Lower::With(|args, site| Ir::Call(Fn::DecimalParse, args[..2].to_vec(), site)),
                STYLED,
            ),
            Overload::of(
                "static bool.Parse(string value): bool",
                Lower::Rt(Fn::ParseBool),
                FORMAT,
            ),
        ],
        examples: &[
            Example::of(r#"int.Parse(" 42 ") + 1"#, "43"),
            Example::with("int.Parse(x)", r#"{"x":""}"#, "error:format"),
            Example::of(r#"int.Parse("2147483648")"#, "error:overflow"),
            Example::of(r#"int.Parse("1,234")"#, "error:format"),
            Example::of(r#"int.Parse("1,234", NumberStyles.AllowThousands)"#, "1234"),
            Example::of(r#"int.Parse("1.5", NumberStyles.Number)"#, "error:overflow"),
            Example::of(r#"int.Parse("ff", NumberStyles.HexNumber)"#, "255"),
            Example::of(
                r#"int.Parse("FFFFFFFE", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)"#,
                "-2",
            ),
            Example::of(
                r#"long.Parse("-9223372036854775808")"#,
                "-9223372036854775808",
            ),
            Example::of(r#"double.Parse("1,234.5")"#, "1234.5"),
            Example::of(r#"double.Parse("1e400").ToString()"#, r#""Infinity""#),
            Example::of(
                r#"double.Parse("1e2", NumberStyles.Number)"#,
                "error:format",
            ),
            Example::of(r#"decimal.Parse("1,234.50").ToString()"#, r#""1234.50""#),
            Example::of(r#"decimal.Parse("12.5-")"#, "-12.5"),
            Example::of(r#"decimal.Parse("1e2")"#, "error:format"),
            Example::of(r#"decimal.Parse("1e2", NumberStyles.Float)"#, "100.0"),
            Example::of(
                r#"decimal.Parse("79228162514264337593543950336")"#,
                "error:overflow",
            ),
            Example::with("int.Parse(x)", r#"{"x":null}"#, "error:argument"),
        ],
    },
    Entry {
        summary: "Whether the text holds a number, which goes into the variable (checked specially); 0 if not.",
        cost: "as Parse",
        advice: "",
        overloads: &[],
        examples: &[
            Example::with("int.TryParse(x, out var n) ? n : -1", r#"{"x":"7x"}"#, "-1"),
            Example::with("int.TryParse(x, out var n) ? n : -1", r#"{"x":null}"#, "-1"),
            Example::of(r#"long.TryParse("7", out long n) ? n : -1"#, "7"),
            Example::of(
                r#"decimal.TryParse("1.50", out var d) ? d.ToString() : "none""#,
                r#""1.50""#,
            ),
            Example::of(r#"decimal.TryParse("x", out var d) || d == 0"#, "true"),
            Example::of(
                r#"int.TryParse("ff", NumberStyles.HexNumber, null, out var n) && n > 254"#,
                "true",
            ),
            Example::of(r#"bool.TryParse(" TRUE ", out _)"#, "true"),
            Example::of(
                r#"if (!int.TryParse("12", out var n)) return 0; return n * 2;"#,
                "24",
            ),
            Example::of(
                r#"Guid.TryParse("x", out var g) ? "" : g.ToString("N")"#,
                r#""00000000000000000000000000000000""#,
            ),
        ],
    },
    Entry {
        summary: "-1, 0 or 1, as the number is less, equal or greater.",
        cost: "free; a decimal 256 units",
        advice: "",
        overloads: &[
            Overload::of(
                "int.CompareTo(int value): int",
                Lower::With(|args, _| order(&args)),
                &[],
            ),
            Overload::of(
                "long.CompareTo(long value): int",
                Lower::With(|args, _| order(&args)),
                &[],
            ),
            Overload::of(
                "decimal.CompareTo(decimal value): int",
                Lower::Rt(Fn::DecimalCompare),
                &[],
            ),
            Overload::of(
                "static decimal.Compare(decimal d1, decimal d2): int",
                Lower::Rt(Fn::DecimalCompare),
                &[],
            ),
        ],
        examples: &[
            Example::of("3.CompareTo(5)", "-1"),
            Example::of("1.0m.CompareTo(1.00m)", "0"),
            Example::with("n.CompareTo(0)", r#"{"n":-1}"#, "-1"),
        ],
    },
    Entry {
        summary: "Whether the double is no number, infinite, or neither.",
        cost: "free",
        advice: "",
        overloads: &[
            Overload::of(
                "static double.IsNaN(double d): bool",
                Lower::With(|args, _| Ir::Op(Op::NeD, twice(&args), 0)),
                &[],
            ),
            Overload::of(
                "static double.IsFinite(double d): bool",
                Lower::With(|args, _| finite(&args)),
                &[],
            ),
            Overload::of(
                "static double.IsPositiveInfinity(double d): bool",
                Lower::With(|args, _| is_exactly(&args, f64::INFINITY)),
                &[],
            ),
            Overload::of(
                "static double.IsNegativeInfinity(double d): bool",
                Lower::With(|args, _| is_exactly(&args, f64::NEG_INFINITY)),
                &[],
            ),
            Overload::of(
                "static double.IsInfinity(double d): bool",
                Lower::With(|args, _| {
                    let number = Ir::Op(Op::EqD, twice(&args), 0);
                    let infinite = Ir::Op(Op::Not, vec![finite(&args)], 0);
                    Ir::If(number.into(), infinite.into(), Ir::Word(0).into())
                }),
                &[],
            ),
        ],
        examples: &[
            Example::of("double.IsNaN(0.0 / 0)", "true"),
            Example::of("double.IsFinite(double.NaN)", "false"),
            Example::of("double.IsInfinity(-1.0 / 0)", "true"),
        ],
    },
];

/// A call with the first argument and these constants: cultures fall away.
fn first(function: Fn, args: &[Ir], words: &[i64], site: Site) -> Ir {
    let mut all = vec![args[0].clone()];
    all.extend(words.iter().map(|word| Ir::Word(*word)));
    let call = Ir::Call(function, all, site);
    if matches!(function, Fn::ParseLong | Fn::ParseDouble) {
        Ir::Unbox(call.into())
    } else {
        call
    }
}

/// Parsed under the styles that are the second argument.
fn styled(args: &[Ir], kind: i64, site: Site) -> Ir {
    let args = vec![args[0].clone(), Ir::Word(kind), args[1].clone()];
    Ir::Unbox(Ir::Call(Fn::ParseStyled, args, site).into())
}

pub(super) fn order(args: &[Ir]) -> Ir {
    let test = |op| Ir::Op(op, args.to_vec(), 0);
    let above = Ir::If(test(Op::Gt).into(), Ir::Word(1).into(), Ir::Word(0).into());
    Ir::If(test(Op::Lt).into(), Ir::Word(-1).into(), above.into())
}

fn twice(args: &[Ir]) -> Vec<Ir> {
    vec![args[0].clone(), args[0].clone()]
}

/// Only a finite number is nothing when it is taken away from itself.
fn finite(args: &[Ir]) -> Ir {
    let nothing = Ir::Op(Op::SubD, twice(args), 0);
    Ir::Op(Op::EqD, vec![nothing, Ir::Word(0)], 0)
}

/// A style of numbers in texts, as .NET numbers it.
pub(super) fn style(name: &str) -> Option<i64> {
    Some(match name {
        "None" => 0,
        "AllowLeadingWhite" => 1,
        "AllowTrailingWhite" => 2,
        "AllowLeadingSign" => 4,
        "Integer" => 7,
        "AllowTrailingSign" => 8,
        "AllowParentheses" => 16,
        "AllowDecimalPoint" => 32,
        "AllowThousands" => 64,
        "Number" => 111,
        "AllowExponent" => 128,
        "Float" => 167,
        "AllowCurrencySymbol" => 256,
        "Currency" => 383,
        "Any" => 511,
        "AllowHexSpecifier" => 512,
        "HexNumber" => 515,
        _ => return None,
    })
}

fn is_exactly(args: &[Ir], value: f64) -> Ir {
    let value = Ir::Word(value.to_bits() as i64);
    Ir::Op(Op::EqD, vec![args[0].clone(), value], 0)
}
