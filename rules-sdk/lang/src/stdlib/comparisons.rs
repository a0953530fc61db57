//! `CompareTo` of every type that has an order, and the classes of characters beyond the everyday ones.
//!
//! Invariants: -1, 0 or 1; no number comes before every other double.

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Op, Site};

macro_rules! class {
    ($name:literal, $class:literal) => {
        Overload::sure(
            concat!("static char.", $name, "(char c): bool"),
            Lower::Then(Fn::CharIs, &[$class]),
        )
    };
}

macro_rules! class_at {
    ($name:literal, $class:literal) => {
        Overload::of(
            concat!("static char.", $name, "(string s, int index): bool"),
            Lower::With(|mut args, site| {
                args.push(Ir::Word(0));
                let c = Ir::Call(Fn::CharAt, args, site);
                Ir::Call(Fn::CharIs, vec![c, Ir::Word($class)], site)
            }),
            &[syncline_model::rules::ErrorKind::OutOfRange],
        )
    };
}

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
                "static TimeSpan.Compare(TimeSpan a, TimeSpan b): int",
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
        summary: "Is it a control character, a number of any kind, a separator, a symbol, half of a pair?",
        cost: "free",
        advice: "the position must lie inside the text",
        overloads: &[
            class!("IsControl", 7),
            class!("IsNumber", 8),
            class!("IsSeparator", 9),
            class!("IsSymbol", 10),
            class!("IsSurrogate", 11),
            class!("IsHighSurrogate", 12),
            class!("IsAsciiDigit", 14),
            class!("IsAsciiLetter", 15),
            class!("IsAsciiLetterOrDigit", 16),
            class!("IsAsciiLetterLower", 17),
            class!("IsAsciiLetterUpper", 18),
            class!("IsAsciiHexDigit", 19),
            Overload::sure(
                "static char.IsBetween(char c, char least, char most): bool",
                Lower::With(|args, _| {
                    let above = Ir::Op(Op::Ge, vec![args[0].clone(), args[1].clone()], 0);
                    let below = Ir::Op(Op::Le, vec![args[0].clone(), args[2].clone()], 0);
                    Ir::If(above.into(), below.into(), Ir::Word(0).into())
                }),
            ),
            class!("IsLowSurrogate", 13),
            class_at!("IsDigit", 0),
            class_at!("IsLetter", 1),
            class_at!("IsLetterOrDigit", 2),
            class_at!("IsWhiteSpace", 3),
            class_at!("IsUpper", 4),
            class_at!("IsLower", 5),
            class_at!("IsPunctuation", 6),
        ],
        examples: &[
            Example::of(
                "char.IsAsciiLetter('x') && !char.IsAsciiLetter('é') && char.IsBetween('b', 'a', 'c')",
                "true",
            ),
            Example::of("char.IsControl('\\t')", "true"),
            Example::of("char.IsNumber('½') && !char.IsDigit('½')", "true"),
            Example::of("char.IsSymbol('+') && char.IsSeparator(' ')", "true"),
            Example::with("char.IsDigit(x, 1)", r#"{"x":"a1"}"#, "true"),
            Example::with("char.IsDigit(x, 0)", r#"{"x":""}"#, "error:out_of_range"),
        ],
    },
    Entry {
        summary: "The character as a text, or in another case; every culture is the invariant one.",
        cost: "32 units",
        advice: "",
        overloads: &[
            Overload::sure(
                "static char.ToString(char c): string",
                Lower::Rt(Fn::FromChar),
            ),
            Overload::sure(
                "static char.ToUpper(char c, CultureInfo? culture): char",
                Lower::With(|args, site| first(Fn::CharUpper, args, site)),
            ),
            Overload::sure(
                "static char.ToLower(char c, CultureInfo? culture): char",
                Lower::With(|args, site| first(Fn::CharLower, args, site)),
            ),
            Overload::sure(
                "string.ToUpper(CultureInfo? culture): string",
                Lower::With(|args, site| first(Fn::ToUpper, args, site)),
            ),
            Overload::sure(
                "string.ToLower(CultureInfo? culture): string",
                Lower::With(|args, site| first(Fn::ToLower, args, site)),
            ),
        ],
        examples: &[
            Example::of(
                "char.ToString('x') + char.ToUpper('i', CultureInfo.InvariantCulture)",
                "\"xI\"",
            ),
            Example::with(
                "s.ToUpper(CultureInfo.InvariantCulture)",
                r#"{"s":""}"#,
                "\"\"",
            ),
        ],
    },
    Entry {
        summary: "Octets as pairs of hexadecimal digits between hyphens; how many octets a text becomes.",
        cost: "64 units, 32 per octet",
        advice: "",
        overloads: &[
            Overload::sure(
                "static BitConverter.ToString(byte[] value): string",
                Lower::Rt(Fn::HexPairs),
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
            Example::of("Encoding.UTF8.GetByteCount(\"é\")", "2"),
        ],
    },
    Entry {
        summary: "The category of a character; a text in canonical form, composed or taken apart.",
        cost: "free, a text 128 per character and 1,536 per mark",
        advice: "",
        overloads: &[
            Overload::sure(
                "static char.GetUnicodeCategory(char c): UnicodeCategory",
                Lower::Rt(Fn::CharCategory),
            ),
            Overload::sure(
                "string.Normalize(): string",
                Lower::Then(Fn::Normalize, &[1]),
            ),
            Overload::sure(
                "string.Normalize(NormalizationForm form): string",
                Lower::Rt(Fn::Normalize),
            ),
            Overload::sure(
                "string.IsNormalized(): bool",
                Lower::With(|args, site| {
                    let whole = Ir::Call(Fn::Normalize, vec![args[0].clone(), Ir::Word(1)], site);
                    Ir::Call(Fn::Equal, vec![args[0].clone(), whole], site)
                }),
            ),
        ],
        examples: &[
            Example::of(
                "char.GetUnicodeCategory('é').ToString()",
                "\"LowercaseLetter\"",
            ),
            Example::with(
                "string.Concat(s.Normalize(NormalizationForm.FormD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark))",
                r#"{"s":"Čapek é"}"#,
                "\"Capek e\"",
            ),
            Example::with("s.Normalize()", r#"{"s":""}"#, "\"\""),
        ],
    },
    Entry {
        summary: "Title case, upper and lower case of a culture's TextInfo; words of capitals alone stay.",
        cost: "32 units, 16 per byte",
        advice: "",
        overloads: &[
            Overload::sure(
                "CultureInfo.ToTitleCase(string text): string",
                Lower::With(|args, site| second(Fn::TitleWords, args, site)),
            ),
            Overload::sure(
                "CultureInfo.ToUpper(string text): string",
                Lower::With(|args, site| second(Fn::ToUpper, args, site)),
            ),
            Overload::sure(
                "CultureInfo.ToLower(string text): string",
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
        cost: "32 units, 16 per byte, 128 outside ASCII",
        advice: "",
        overloads: &[
            Overload::sure(
                "StringComparer.Compare(string? a, string? b): int",
                Lower::With(|mut args, site| {
                    args.rotate_left(1);
                    Ir::Call(Fn::Collate, args, site)
                }),
            ),
            Overload::sure(
                "StringComparer.Equals(string? a, string? b): bool",
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
    Entry {
        summary: "Letters of other alphabets and umlauts as they are written in plain Latin letters (ä becomes ae, щ shch).",
        cost: "32 units, 256 per character",
        advice: "",
        overloads: &[Overload::sure(
            "helper Transliterate(string value): string",
            Lower::Rt(Fn::Transliterate),
        )],
        examples: &[
            Example::with(
                "Transliterate(sn)",
                r#"{"sn":"Müller-Lüdenscheidt"}"#,
                "\"Mueller-Luedenscheidt\"",
            ),
            Example::with(
                "Transliterate(sn)",
                r#"{"sn":"Щукин Ёлкин"}"#,
                "\"Shchukin Elkin\"",
            ),
            Example::with(
                "Transliterate(sn)",
                r#"{"sn":"Ωνάσης Çelik Øster Łódź"}"#,
                "\"Onasis Celik Oester Lodz\"",
            ),
            Example::with("Transliterate(sn)", r#"{"sn":""}"#, "\"\""),
        ],
    },
];

/// The function of the first argument alone.
fn first(function: Fn, mut args: Vec<Ir>, site: Site) -> Ir {
    args.truncate(1);
    Ir::Call(function, args, site)
}

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
