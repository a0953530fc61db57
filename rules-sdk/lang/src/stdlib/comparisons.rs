//! `CompareTo` of every type that has an order, StringComparer, the TextInfo of a culture, octets as text.
//!
//! Invariants: -1, 0 or 1; no number comes before every other double; every culture is the invariant one.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::convert::part;
use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Op, Site};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Whether a value comes before, with or after another: -1, 0 or 1.",
        cost: "free",
        advice: "",
        overloads: &[
            Overload::sure("double.CompareTo(double value): int", Lower::With(doubles)),
            Overload::sure(
                "char.CompareTo(char value): int",
                Lower::With(|args, _| Ir::Op(Op::SubI, args, 0)),
            ),
            Overload::sure(
                "bool.CompareTo(bool value): int",
                Lower::With(|args, _| Ir::Op(Op::SubI, args, 0)),
            ),
            Overload::sure(
                "TimeSpan.CompareTo(TimeSpan value): int",
                Lower::With(|args, _| super::numbers::order(&args)),
            ),
            Overload::sure(
                "static TimeSpan.Compare(TimeSpan t1, TimeSpan t2): int",
                Lower::With(|args, _| super::numbers::order(&args)),
            ),
            Overload::sure(
                "DateOnly.CompareTo(DateOnly value): int",
                Lower::With(|args, _| super::numbers::order(&args)),
            ),
        ],
        examples: &[
            Example::of("1.5.CompareTo(2.5)", "-1"),
            Example::of("double.NaN.CompareTo(0.0)", "-1"),
            Example::of("'b'.CompareTo('a')", "1"),
            Example::of(
                "TimeSpan.FromHours(25).CompareTo(TimeSpan.FromDays(1))",
                "1",
            ),
        ],
    },
    Entry {
        summary: "Octets as pairs of hexadecimal digits between hyphens; how many octets a text becomes.",
        cost: "64 units, 32 per octet",
        advice: "the part must lie inside the octets",
        overloads: &[
            Overload::sure(
                "static BitConverter.ToString(byte[] value): string",
                Lower::Rt(Fn::HexPairs),
            ),
            Overload::of(
                "static BitConverter.ToString(byte[] value, int startIndex, int length): string",
                Lower::With(|args, site| Ir::Call(Fn::HexPairs, vec![part(&args, site)], site)),
                &[ErrorKind::OutOfRange],
            ),
            Overload::sure(
                "static Encoding.UTF8.GetByteCount(string s): int",
                Lower::With(|args, site| count(args, 0, site)),
            ),
            Overload::sure(
                "static Encoding.Unicode.GetByteCount(string s): int",
                Lower::With(|args, site| count(args, 1, site)),
            ),
            Overload::sure(
                "static Encoding.ASCII.GetByteCount(string s): int",
                Lower::With(|args, site| count(args, 2, site)),
            ),
        ],
        examples: &[
            Example::with(
                "BitConverter.ToString(x)",
                r#"{"x":{"$b64":"AAH/"}}"#,
                "\"00-01-FF\"",
            ),
            Example::with("BitConverter.ToString(x)", r#"{"x":{"$b64":""}}"#, "\"\""),
            Example::of(
                "BitConverter.ToString(new byte[] { 1, 2, 3 }, 1, 2)",
                "\"02-03\"",
            ),
            Example::of("Encoding.UTF8.GetByteCount(\"é\")", "2"),
        ],
    },
    Entry {
        summary: "Title case, upper and lower case of a culture's TextInfo; words of capitals alone stay.",
        cost: "32 units, 16 per byte",
        advice: "",
        overloads: &[
            Overload::sure(
                "CultureInfo.ToTitleCase(string str): string",
                Lower::With(|args, site| second(Fn::TitleWords, args, site)),
            ),
            Overload::sure(
                "CultureInfo.ToUpper(string str): string",
                Lower::With(|args, site| second(Fn::ToUpper, args, site)),
            ),
            Overload::sure(
                "CultureInfo.ToLower(string str): string",
                Lower::With(|args, site| second(Fn::ToLower, args, site)),
            ),
        ],
        examples: &[
            Example::of(
                "CultureInfo.InvariantCulture.TextInfo.ToTitleCase(\"ada o'neil IBM\")",
                "\"Ada O'neil IBM\"",
            ),
            Example::with(
                "CultureInfo.InvariantCulture.TextInfo.ToTitleCase(s)",
                r#"{"s":""}"#,
                "\"\"",
            ),
        ],
    },
    Entry {
        summary: "Equality and order of a StringComparer.",
        cost: "64 units, 16 per byte, 192 outside ASCII",
        advice: "",
        overloads: &[
            Overload::sure(
                "StringComparer.Compare(string? x, string? y): int",
                Lower::With(|mut args, site| {
                    args.rotate_left(1);
                    Ir::Call(Fn::Collate, args, site)
                }),
            ),
            Overload::sure(
                "StringComparer.Equals(string? x, string? y): bool",
                Lower::With(|args, site| {
                    let (a, b) = (args[1].clone(), args[2].clone());
                    match args[0] {
                        Ir::Word(how) if how & 1 == 1 => {
                            Ir::Call(Fn::EqualIgnoreCase, vec![a, b], site)
                        }
                        _ => Ir::Call(Fn::Equal, vec![a, b], site),
                    }
                }),
            ),
        ],
        examples: &[
            Example::of(
                "StringComparer.OrdinalIgnoreCase.Equals(\"a\", \"A\")",
                "true",
            ),
            Example::with(
                "StringComparer.Ordinal.Compare(x, \"\")",
                r#"{"x":null}"#,
                "-1",
            ),
        ],
    },
];

fn count(mut args: Vec<Ir>, encoding: i64, site: Site) -> Ir {
    args.push(Ir::Word(encoding));
    Ir::Call(
        Fn::OctetsLength,
        vec![Ir::Call(Fn::Encode, args, site)],
        site,
    )
}

fn doubles(args: Vec<Ir>, _: Site) -> Ir {
    let [a, b] = <[Ir; 2]>::try_from(args).expect("the signature has two values");
    let less = |x: &Ir, y: &Ir| {
        let below = Ir::Op(Op::LtD, vec![x.clone(), y.clone()], 0);
        let is_number = |v: &Ir| Ir::Op(Op::EqD, vec![v.clone(), v.clone()], 0);
        let only_second = Ir::If(is_number(x).into(), Ir::Word(0).into(), is_number(y).into());
        Ir::If(below.into(), Ir::Word(1).into(), only_second.into())
    };
    let above = Ir::If(less(&b, &a).into(), Ir::Word(1).into(), Ir::Word(0).into());
    Ir::If(less(&a, &b).into(), Ir::Word(-1).into(), above.into())
}

/// The function of the text after the culture.
fn second(function: Fn, mut args: Vec<Ir>, site: Site) -> Ir {
    Ir::Call(function, vec![args.remove(1)], site)
}
