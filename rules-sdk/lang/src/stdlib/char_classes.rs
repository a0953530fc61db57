//! Characters beyond the everyday: classes, categories, case in a culture; texts in canonical form.
//!
//! Invariants: categories are those of the pinned Unicode version; every culture is the invariant one.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Exit, Ir, Op, Site};

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
            &[ErrorKind::OutOfRange],
        )
    };
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Is it a control character, a number of any kind, a separator, a symbol, half of a pair?",
        cost: "free, 64 units beyond ASCII",
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
            class!("IsAscii", 20),
            Overload::sure(
                "static char.IsBetween(char c, char minInclusive, char maxInclusive): bool",
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
            class_at!("IsControl", 7),
            class_at!("IsNumber", 8),
            class_at!("IsSeparator", 9),
            class_at!("IsSymbol", 10),
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
        summary: "The number that a character stands for, -1 for none; a character beyond U+FFFF as its number, and back.",
        cost: "free, 128 units beyond ASCII, 32 for a text",
        advice: "the number must be a character's, the place inside the text and no second half of a pair",
        overloads: &[
            Overload::sure(
                "static char.GetNumericValue(char c): double",
                Lower::Rt(Fn::CharNumericValue),
            ),
            Overload::of(
                "static char.ConvertFromUtf32(int utf32): string",
                Lower::With(from_code_point),
                &[ErrorKind::OutOfRange],
            ),
            Overload::of(
                "static char.ConvertToUtf32(string s, int index): int",
                Lower::Rt(Fn::CodePoint),
                &[ErrorKind::OutOfRange, ErrorKind::Argument],
            ),
        ],
        examples: &[
            Example::of(
                "char.GetNumericValue('7') + char.GetNumericValue('½')",
                "7.5",
            ),
            Example::of("char.GetNumericValue('x')", "-1.0"),
            Example::of("char.ConvertFromUtf32(0x1F600)", "\"😀\""),
            Example::of("char.ConvertFromUtf32(0xD800)", "error:out_of_range"),
            Example::with("char.ConvertToUtf32(s, 0)", r#"{"s":"😀"}"#, "128512"),
            Example::with(
                "char.ConvertToUtf32(s, 0)",
                r#"{"s":""}"#,
                "error:out_of_range",
            ),
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
        summary: "The category of a character; a text in canonical form, composed or taken apart.",
        cost: "64 units, a text 200 per character and 128 per mark",
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
                "string.Normalize(NormalizationForm normalizationForm): string",
                Lower::Rt(Fn::NormalizeAs),
            ),
            Overload::sure(
                "string.IsNormalized(): bool",
                Lower::With(|mut args, site| {
                    args.push(Ir::Word(1));
                    is_normal(args, site)
                }),
            ),
            Overload::sure(
                "string.IsNormalized(NormalizationForm normalizationForm): bool",
                Lower::With(is_normal),
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
            Example::with(
                "s.Normalize(NormalizationForm.FormKC)",
                r#"{"s":"ﬁne ① ＡＢ½ é"}"#,
                "\"fine 1 AB1⁄2 é\"",
            ),
            Example::with(
                "s.IsNormalized(NormalizationForm.FormKD)",
                r#"{"s":"é"}"#,
                "false",
            ),
            Example::with("s.Normalize()", r#"{"s":""}"#, "\"\""),
        ],
    },
];

/// Is the text what it becomes?
fn is_normal(args: Vec<Ir>, site: Site) -> Ir {
    let text = args[0].clone();
    let whole = Ir::Call(Fn::NormalizeAs, args, site);
    Ir::Call(Fn::Equal, vec![text, whole], site)
}

/// A number that is no character's is out of range, halves of pairs included.
fn from_code_point(mut args: Vec<Ir>, site: Site) -> Ir {
    let number = args.remove(0);
    let within = |least, most| {
        let above = Ir::Op(Op::Ge, vec![number.clone(), Ir::Word(least)], 0);
        let below = Ir::Op(Op::Le, vec![number.clone(), Ir::Word(most)], 0);
        Ir::If(above.into(), below.into(), Ir::Word(0).into())
    };
    let fail = Ir::Exit(Exit::Fail(ErrorKind::OutOfRange, site));
    let text = Ir::Call(Fn::FromChar, vec![number.clone()], site);
    let inner = Ir::If(
        within(0, 0x10_ffff).into(),
        text.into(),
        fail.clone().into(),
    );
    Ir::If(within(0xd800, 0xdfff).into(), fail.into(), inner.into())
}

/// The function of the first argument alone.
fn first(function: Fn, mut args: Vec<Ir>, site: Site) -> Ir {
    args.truncate(1);
    Ir::Call(function, args, site)
}
